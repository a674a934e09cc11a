"""The values that everything else speaks about: a report, and what is annotated in it.

All values are frozen and refuse nonsense when they are made (`ValueError`, or `msgspec.ValidationError` when
decoded from JSON). Offsets are half-open and count Unicode code points of the text as it is; texts are never
normalised. This module knows nothing of files, models or scores.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise

import msgspec

Offsets = tuple[int, int]
"""A half-open interval [start, end) of code points."""


class _Value(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all values: immutable, compared by content, encoded to JSON without default fields."""


class _Located(_Value, frozen=True):
    """A stretch of text.

    `start` and `end` enclose it. Where it is discontinuous, `fragments` lists its pieces in order, the first
    beginning at `start`, the last ending at `end`; otherwise `fragments` is empty.
    """

    start: int
    end: int

    def _check_offsets(self, fragments: tuple[Offsets, ...]) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"[{self.start}, {self.end}) is empty or negative")
        if not fragments:
            return
        if len(fragments) == 1:
            raise ValueError("one fragment is no discontinuity; leave fragments empty")
        if fragments[0][0] != self.start or fragments[-1][1] != self.end:
            raise ValueError(f"fragments {fragments} do not span [{self.start}, {self.end})")
        if any(start >= end for start, end in fragments) or any(a[1] > b[0] for a, b in pairwise(fragments)):
            raise ValueError(f"fragments {fragments} are empty, overlap or are out of order")


class Mention(_Located, frozen=True):
    """A labelled stretch of text, such as "Syrian Army" as MILITARY.

    `id` is only needed where another layer refers to the mention. `confidence` is the backend's own, in [0, 1].
    """

    label: str
    id: str = ""
    confidence: float | None = None
    fragments: tuple[Offsets, ...] = ()

    def __post_init__(self) -> None:
        self._check_offsets(self.fragments)
        _check_label(self.label)
        _check_confidence(self.confidence)

    @property
    def spans(self) -> tuple[Offsets, ...]:
        """The pieces of the mention: one pair of offsets, or several where it is discontinuous."""
        return self.fragments or ((self.start, self.end),)


class UnalignedMention(_Value, frozen=True):
    """A mention that a backend named but that could not be found in the text. It counts as spurious."""

    surface: str
    label: str
    confidence: float | None = None

    def __post_init__(self) -> None:
        _check_label(self.label)
        _check_confidence(self.confidence)


class Trigger(_Located, frozen=True):
    """The word or words that evoke an event, or the cue of an attribution."""

    id: str = ""
    fragments: tuple[Offsets, ...] = ()

    def __post_init__(self) -> None:
        self._check_offsets(self.fragments)

    @property
    def spans(self) -> tuple[Offsets, ...]:
        """The pieces of the trigger: one pair of offsets, or several where it is discontinuous."""
        return self.fragments or ((self.start, self.end),)


class Argument(_Value, frozen=True):
    """What fills a role: `target` is the id of a mention or of an event."""

    role: str
    target: str

    def __post_init__(self) -> None:
        _check_label(self.role)
        _check_id(self.target)


class Event(_Value, frozen=True):
    """Something that happens, or is said to happen: a trigger with arguments."""

    id: str
    label: str
    trigger: Trigger
    arguments: tuple[Argument, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_label(self.label)
        _check_confidence(self.confidence)


class Attribution(_Value, frozen=True):
    """Who says so: a cue ("reported"), its sources (none: the author) and the events that are said."""

    id: str
    label: str
    cue: Trigger
    sources: tuple[Argument, ...] = ()
    content: tuple[Argument, ...] = ()
    confidence: float | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_label(self.label)
        _check_confidence(self.confidence)


class Relation(_Value, frozen=True):
    """A binary relation between two mentions; where it is symmetric, the earlier one stands first."""

    id: str
    label: str
    arguments: tuple[Argument, Argument]
    confidence: float | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_label(self.label)
        _check_confidence(self.confidence)


class Chain(_Value, frozen=True):
    """Coreference: the ids of mentions (or of triggers) that name one and the same thing."""

    members: tuple[str, ...]
    label: str = "Equiv"

    def __post_init__(self) -> None:
        if len(set(self.members)) != len(self.members) or len(self.members) < 2:
            raise ValueError(f"a chain joins at least two different mentions, not {list(self.members)}")


class Attribute(_Value, frozen=True):
    """A closed value on a mention or an event, such as Stage=planned. `value` is empty for a mere flag."""

    id: str
    name: str
    target: str
    value: str = ""

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_label(self.name)
        _check_id(self.target)


class TimeValue(_Value, frozen=True):
    """The normalised value of a time mention in TIMEX3 notation (ISO 8601 with TimeML's extensions)."""

    id: str
    target: str
    value: str
    surface: str = ""


class Link(_Value, frozen=True):
    """A mention's entry in a knowledge base, such as resource "Wikidata", identifier "Q2429253"."""

    id: str
    target: str
    resource: str
    identifier: str
    surface: str = ""


class Note(_Value, frozen=True):
    """A free remark of an annotator about `target` (an id, or empty: about the report)."""

    id: str
    kind: str
    target: str
    text: str


class Zone(_Value, frozen=True):
    """A region of a page: an article, its headline or dateline, site furniture.

    `article` numbers the articles of a page from 1; 0 means that the zone belongs to none. `value` of a
    dateline is the ISO date that relative times of that article refer to.
    """

    kind: str
    start: int
    end: int
    article: int = 0
    value: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"zone {self.kind} [{self.start}, {self.end}) is empty or negative")


class Report(_Value, frozen=True):
    """One page of text, as it is."""

    id: str
    text: str
    zones: tuple[Zone, ...] = ()
    metadata: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        _check_id(self.id)
        for zone in self.zones:
            if zone.end > len(self.text):
                raise ValueError(f"zone {zone.kind} [{zone.start}, {zone.end}) ends after the text ({len(self.text)})")


class Annotations(_Value, frozen=True):
    """Everything that is annotated in one report, by a person or by a backend: all layers.

    Ids are unique over all layers, and every reference points to something that is there.
    """

    report: str
    mentions: tuple[Mention, ...] = ()
    unaligned: tuple[UnalignedMention, ...] = ()
    events: tuple[Event, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    relations: tuple[Relation, ...] = ()
    chains: tuple[Chain, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    times: tuple[TimeValue, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.report)
        known = self._ids()
        for source, target in self._references():
            if target not in known:
                raise ValueError(f"{source} refers to {target!r}, which is not annotated in {self.report}")

    def _ids(self) -> set[str]:
        layers: tuple[
            tuple[Mention | Event | Attribution | Relation | Attribute | TimeValue | Link | Note, ...], ...
        ] = (
            *(self.mentions, self.events, self.attributions, self.relations),
            *(self.attributes, self.times, self.links, self.notes),
        )
        triggers = {trigger.id for _, _, trigger in self.triggers()}
        counts = Counter(value.id for layer in layers for value in layer if value.id)
        counts.update(triggers - {""})  # several events may share a trigger
        for identifier, count in counts.items():
            if count > 1:
                raise ValueError(f"id {identifier!r} is used twice in {self.report}")
        return set(counts)

    def _references(self) -> Iterator[tuple[str, str]]:
        for event in self.events:
            yield from ((f"event {event.id}", argument.target) for argument in event.arguments)
        for said in self.attributions:
            yield from ((f"attribution {said.id}", argument.target) for argument in (*said.sources, *said.content))
        for relation in self.relations:
            yield from ((f"relation {relation.id}", argument.target) for argument in relation.arguments)
        for members in self.chains:
            yield from (("a chain", member) for member in members.members)
        yield from ((f"attribute {attribute.id}", attribute.target) for attribute in self.attributes)
        yield from ((f"time value {time.id}", time.target) for time in self.times)
        yield from ((f"link {link.id}", link.target) for link in self.links)
        yield from ((f"note {note.id}", note.target) for note in self.notes if note.target)

    def triggers(self) -> Iterator[tuple[str, str, Trigger]]:
        """Id, label and trigger of every event, then id, label and cue of every attribution."""
        yield from ((event.id, event.label, event.trigger) for event in self.events)
        yield from ((said.id, said.label, said.cue) for said in self.attributions)

    @property
    def mention_labels(self) -> set[str]:
        """The labels of all mentions, with or without a place in the text."""
        return {mention.label for mention in self.mentions} | {mention.label for mention in self.unaligned}

    def check_within(self, text: str) -> None:
        """Raise ValueError if anything lies outside `text`."""
        stretches: Iterator[_Located] = chain(self.mentions, (trigger for _, _, trigger in self.triggers()))
        for stretch in stretches:
            if stretch.end > len(text):
                raise ValueError(
                    f"[{stretch.start}, {stretch.end}) lies outside the text of {self.report}, "
                    f"which has {len(text)} characters"
                )


def _check_label(label: str) -> None:
    if not label or label != label.strip() or any(character in label for character in "\t\r\n"):
        raise ValueError(f"{label!r} is no label: empty, white space at an end, or more than one line")


def _check_id(identifier: str) -> None:
    if not identifier:
        raise ValueError("an id must not be empty")


def _check_confidence(confidence: float | None) -> None:
    if confidence is not None and not 0.0 <= confidence <= 1.0:
        raise ValueError(f"confidence {confidence} lies outside [0, 1]")
