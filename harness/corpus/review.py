"""What a person should look at in a labelled report: labels that break no rule of the schema, but look wrong.

Each finding has a rule and is about one label. Who has looked and found it right says so in the file, by a note on that
label: `#1<tab>AnnotatorNotes E3<tab>reviewed no-time: the date is that of the other event`. Such a waiver counts for
that rule and that label only; one that waives nothing is itself a finding.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from harness.annotation import Annotations, Event, Mention, Report, Trigger
from harness.corpus import timex
from harness.corpus.sentences import split_sentences
from harness.corpus.standoff import surface_of
from harness.schema import Schema

WAIVER = re.compile(r"reviewed (?P<rule>[\w-]+): *(?P<reason>\S.*)")

DATELINE = "dateline"
"""The kind of zone whose value is the date that an article was filed on."""

LONGEST_TRIGGER = 4
"""Words. A trigger is the smallest stretch that evokes an event."""


@dataclass(frozen=True)
class Finding:
    """A label, by its id, that a person should look at."""

    rule: str
    target: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Page:
    """A report with its labels, and what rules need to know about them. `actors` holds the types of actors by name."""

    report: Report
    annotations: Annotations
    schema: Schema
    actors: Mapping[str, frozenset[str]] | None = None

    @cached_property
    def mentions(self) -> dict[str, Mention]:
        """Mentions by id."""
        return {mention.id: mention for mention in self.annotations.mentions}

    @cached_property
    def chain_of(self) -> dict[str, int]:
        """The number of the chain of each mention that is in one."""
        return {member: number for number, chain in enumerate(self.annotations.chains) for member in chain.members}

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in split_sentences(self.report.text)]

    def sentence(self, offset: int) -> int:
        """The number of the sentence in which `offset` lies."""
        return bisect_right(self._sentence_starts, offset)

    @cached_property
    def by_sentence(self) -> dict[int, list[Mention]]:
        """The mentions that begin in each sentence."""
        found: dict[int, list[Mention]] = {}
        for mention in self.annotations.mentions:
            found.setdefault(self.sentence(mention.start), []).append(mention)
        return found

    def surface(self, stretch: Mention | Trigger) -> str:
        """What is labelled; the pieces of a discontinuous stretch are joined by a space."""
        return surface_of(self.report.text, stretch.spans)

    def article(self, offset: int) -> int:
        """The number of the article in which `offset` lies; 0 if in none."""
        return next((zone.article for zone in self.report.zones if zone.article and zone.start <= offset < zone.end), 0)

    def dateline(self, article: int) -> date | None:
        """The date to which relative times of an article refer."""
        for zone in self.report.zones:
            if zone.kind == DATELINE and zone.article == article and _is_date(zone.value):
                return date.fromisoformat(zone.value)
        return None

    @cached_property
    def named(self) -> list[Mention]:
        """The mentions whose labels are names."""
        return [one for one in self.annotations.mentions if one.label in self.schema.conventions.names]


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def waivers_in(annotations: Annotations) -> dict[tuple[str, str], str]:
    """The id of the note that waives a rule on a label, by rule and label."""
    matches = ((note, WAIVER.fullmatch(note.text)) for note in annotations.notes)
    return {(match["rule"], note.target): note.id for note, match in matches if match}


Rule = Callable[[Page], Iterator[tuple[str, str, str]]]
"""Yields (id of the label, what is odd about it, what to do)."""


def review(page: Page) -> tuple[list[Finding], int]:
    """The findings that no note waives, and how many were waived."""
    waivers = waivers_in(page.annotations)
    findings, used = [], set()
    circumstances = {f"no-{role.lower()}": _without(role) for role in page.schema.conventions.circumstances}
    for rule, look in {**RULES, **circumstances}.items():
        for target, message, remedy in look(page):
            if (rule, target) in waivers:
                used.add((rule, target))
            else:
                findings.append(Finding(rule, target, message, remedy))
    stale = [(place, name) for place, name in waivers.items() if place not in used]
    findings += [
        Finding("stale-waiver", name, f"there is no {rule} on {on}", "Remove it.") for (rule, on), name in stale
    ]
    return findings, len(used)


def _white_space(page: Page) -> Iterator[tuple[str, str, str]]:
    for one in page.annotations.mentions:
        surface = page.surface(one)
        if surface != surface.strip():
            yield one.id, f"{surface!r} begins or ends with white space", "Cut it off."


def _article(page: Page) -> Iterator[tuple[str, str, str]]:
    conventions = page.schema.conventions
    for one in page.annotations.mentions:
        first, space, _ = page.surface(one).partition(" ")
        if space and one.label not in conventions.counting and first.lower() in conventions.leading:
            yield one.id, f"{page.surface(one)!r} begins with an article", "Cut it off."


def _possessive(page: Page) -> Iterator[tuple[str, str, str]]:
    for one in page.annotations.mentions:
        surface = page.surface(one)
        if page.schema.conventions.trailing and surface.endswith(page.schema.conventions.trailing):
            yield one.id, f"{surface!r} ends with a possessive", "Cut it off."


def _unlabelled_repeat(page: Page) -> Iterator[tuple[str, str, str]]:
    counted = (one for one in page.annotations.mentions if one.label not in page.schema.uncounted)
    taken = [piece for one in counted for piece in one.spans]
    taken += [(zone.start, zone.end) for zone in page.report.zones if zone.kind in page.schema.ignore_zones]
    seen = set()
    for one in page.named:
        surface = page.surface(one)
        if surface in seen:
            continue
        seen.add(surface)
        for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", page.report.text):
            if not any(start < found.end() and found.start() < end for start, end in taken):
                yield one.id, f"{surface!r} is not labelled at {found.start()}", "Label it there too."


def _several_types(page: Page) -> Iterator[tuple[str, str, str]]:
    for surface, labels in labels_of(page).items():
        if len(labels) > 1:
            first = next(one for one in page.named if page.surface(one) == surface)
            yield first.id, f"{surface!r} is labelled {' and '.join(sorted(labels))}", "Decide by the guidelines."


def labels_of(page: Page) -> dict[str, set[str]]:
    """The labels of every name by its surface."""
    labels: dict[str, set[str]] = {}
    for one in page.named:
        labels.setdefault(page.surface(one), set()).add(one.label)
    return labels


def _mixed_chain(page: Page) -> Iterator[tuple[str, str, str]]:
    places = {one.id: (one.label, one.start) for one in page.annotations.mentions}
    places |= {trigger.id: (label, trigger.start) for _, label, trigger in page.annotations.triggers()}
    for chain in page.annotations.chains:
        members = [places[one] for one in chain.members if one in places]
        labels = {label for label, _ in members}
        if len(labels) > 1:
            yield chain.members[0], f"its chain mixes {' and '.join(sorted(labels))}", "One thing has one type."
        if len({page.article(start) for _, start in members}) > 1:
            yield chain.members[0], "its chain joins mentions of several articles", "Split it."


def _two_chains(page: Page) -> Iterator[tuple[str, str, str]]:
    counts = Counter(member for chain in page.annotations.chains for member in chain.members)
    for member, count in counts.items():
        if count > 1:
            yield member, f"stands in {count} chains", "Join them: what is the same as one of them is the same as all."


def _split_chain(page: Page) -> Iterator[tuple[str, str, str]]:
    """Only where the report has chains of mentions at all, so that a gold without coreference has no such finding."""
    if not any(member in page.mentions for member in page.chain_of):
        return
    chains: defaultdict[tuple[int, str, str], dict[str, str]] = defaultdict(dict)
    for one in page.named:
        place = page.article(one.start), one.label, page.surface(one)
        chains[place].setdefault(str(page.chain_of.get(one.id, one.id)), one.id)
    for (_, label, surface), members in chains.items():
        if len(members) > 1 and label not in page.schema.conventions.kinds:
            yield next(iter(members.values())), f"mentions of {surface!r} are not in one chain", "Join them."


def _no_role(page: Page) -> Iterator[tuple[str, str, str]]:
    values = page.annotations
    arguments = [argument for event in values.events for argument in event.arguments]
    arguments += [argument for said in values.attributions for argument in (*said.sources, *said.content)]
    arguments += [argument for relation in values.relations for argument in relation.arguments]
    filling = {argument.target for argument in arguments}
    for one in values.mentions:
        if one.label in page.schema.uncounted and one.id not in filling:
            yield one.id, f"{page.surface(one)!r} fills no role", "Remove the label."


def _far_argument(page: Page) -> Iterator[tuple[str, str, str]]:
    for event in page.annotations.events:
        for argument in event.arguments:
            filler = page.mentions.get(argument.target)
            if filler and page.sentence(filler.start) != page.sentence(event.trigger.start):
                surface = page.surface(filler)
                yield event.id, f"{argument.role} {surface!r} stands in another sentence", "Take one of its own."


def _without(role: str) -> Rule:
    """The rule that an event has a circumstance which its sentence gives, in `role` or in a role of its own."""

    def look(page: Page) -> Iterator[tuple[str, str, str]]:
        labels = page.schema.conventions.circumstances.get(role, ())
        for event in page.annotations.events:
            if page.schema.events[event.label].role(role) is None or _has(page, event, role, labels):
                continue
            near = page.by_sentence.get(page.sentence(event.trigger.start), ())
            told = ", ".join(repr(page.surface(one)) for one in near if one.label in labels)
            if told:
                trigger = page.surface(event.trigger)
                yield event.id, f"{trigger!r} has no {role}; its sentence has {told}", f"Add the {role} if it is one."

    return look


def _has(page: Page, event: Event, role: str, labels: tuple[str, ...]) -> bool:
    """Whether a role of the event that may hold one of `labels` is filled by it, or by a phrase in such a role."""
    kind = page.schema.events[event.label]
    for argument in event.arguments:
        declared = kind.role(argument.role)
        filler = page.mentions.get(argument.target)
        if declared is None or filler is None or not set(labels) <= set(declared.targets):
            continue  # a role such as Attacker may be filled by a country, which says nothing of the place
        if argument.role == role or filler.label in labels or filler.label in page.schema.uncounted:
            return True
    return False


def _no_value(page: Page) -> Iterator[tuple[str, str, str]]:
    values = {one.target: one.value for one in page.annotations.times}
    for one in page.annotations.mentions:
        if one.label not in page.schema.conventions.times:
            continue
        surface = page.surface(one)
        if one.id not in values:
            yield one.id, f"{surface!r} has no TIMEX3 value", "Add an N line."
        elif not timex.is_value(values[one.id]):
            yield one.id, f"{values[one.id]!r} is no TIMEX3 value", "Write it as GUIDELINES.md shows."


def _calendar(page: Page) -> Iterator[tuple[str, str, str]]:
    for one in page.annotations.times:
        mention = page.mentions.get(one.target)
        if mention is None:
            yield one.target, f"the value {one.value} stands on a trigger", "Put it on a mention."
            continue
        surface = page.surface(mention)
        against = timex.contradiction(surface, one.value, page.dateline(page.article(mention.start)))
        if against:
            yield mention.id, f"{surface!r} has the value {one.value}, but {against}", "Mend the value."


def _dateline(page: Page) -> Iterator[tuple[str, str, str]]:
    for zone in page.report.zones:
        if zone.kind == DATELINE and zone.value and not _is_date(zone.value):
            yield "", f"the value of the dateline, {zone.value!r}, is no date", "Write YYYY-MM-DD in the zone table."


def _two_values(page: Page) -> Iterator[tuple[str, str, str]]:
    counts = Counter((one.target, one.name) for one in page.annotations.attributes)
    for (target, name), count in counts.items():
        if count > 1:
            yield target, f"it has {count} values of {name}", "Keep one."


def _no_attribute(page: Page) -> Iterator[tuple[str, str, str]]:
    given = {(one.target, one.name) for one in page.annotations.attributes}
    certainty = page.schema.attribution.certainty if page.schema.attribution else ""
    said = {one.id for one in page.annotations.attributions}
    for attribute in page.schema.attributes.values():
        for identifier, label, _ in page.annotations.triggers():
            asked = label in attribute.targets and (identifier not in said or attribute.name == certainty)
            if asked and attribute.values and (identifier, attribute.name) not in given:
                yield identifier, f"{label} has no {attribute.name}", f"Add {' or '.join(attribute.values)}."


def _long_trigger(page: Page) -> Iterator[tuple[str, str, str]]:
    for identifier, _, trigger in page.annotations.triggers():
        surface = page.surface(trigger)
        if len(surface.split()) > LONGEST_TRIGGER:
            yield identifier, f"{surface!r} is long for a trigger", "Take the smallest stretch that evokes the event."


def _no_content(page: Page) -> Iterator[tuple[str, str, str]]:
    for one in page.annotations.attributions:
        if not one.content:
            yield one.id, "it presents no event", "Add what is said, or remove it."


def _actor(page: Page) -> Iterator[tuple[str, str, str]]:
    if page.actors is None:
        return
    for one in page.annotations.mentions:
        if one.label in page.schema.conventions.actors:
            surface = page.surface(one)
            known = page.actors.get(surface.casefold())
            if known is None:
                yield one.id, f"{surface!r} is not in actors.csv", f"Add a row with its type ({one.label}?) and why."
            elif one.label not in known:
                yield one.id, f"{surface!r} is {' or '.join(sorted(known))} in actors.csv", "Mend one of the two."


RULES: Mapping[str, Rule] = {
    "white-space": _white_space,
    "article": _article,
    "possessive": _possessive,
    "unlabelled-repeat": _unlabelled_repeat,
    "several-types": _several_types,
    "mixed-chain": _mixed_chain,
    "two-chains": _two_chains,
    "split-chain": _split_chain,
    "no-role": _no_role,
    "far-argument": _far_argument,
    "no-value": _no_value,
    "calendar": _calendar,
    "dateline": _dateline,
    "two-values": _two_values,
    "long-trigger": _long_trigger,
    "no-attribute": _no_attribute,
    "no-content": _no_content,
    "actor": _actor,
}
"""Every rule by the name under which it is waived; to these come no-place, no-time … for declared circumstances."""
