"""Brat standoff folders: what the lines of `standoff` mean for a report, and back.

`read_document` refuses a report in which `examine` finds a fault.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.annotation import (
    Annotations,
    Argument,
    Attribute,
    Attribution,
    Chain,
    Event,
    Link,
    Mention,
    Note,
    Offsets,
    Relation,
    Report,
    TimeValue,
    Trigger,
)
from harness.corpus import standoff
from harness.corpus.document import Document
from harness.corpus.examine import examine
from harness.corpus.standoff import (
    CONFIDENCE,
    AttributeLine,
    BlankLine,
    EquivLine,
    EventLine,
    Line,
    NormalisationLine,
    NoteLine,
    RelationLine,
    TextBound,
    role_name,
    surface_of,
)
from harness.corpus.zones import format_zones, read_zones
from harness.errors import FileError, InputError
from harness.files import read_text, write_text
from harness.schema import Schema

TIMEX3 = "TIMEX3"
"""The resource name under which N lines hold the value of a time."""


def read_document(path: Path, schema: Schema, metadata: Mapping[str, str] | None = None) -> Document:
    """Read `ID.txt` at `path` with the `ID.ann` (and `ID.zones.tsv`) beside it.

    Raises FileError for the first fault, with the number of further ones.
    """
    text = read_text(path)
    zones_path = path.with_suffix(".zones.tsv")
    zones = read_zones(zones_path, text) if zones_path.exists() else ()
    report = Report(path.stem, text, zones, metadata or {})
    annotations_path = path.with_suffix(".ann")
    lines = standoff.parse(read_annotations(annotations_path), annotations_path)
    faults = list(examine(lines, text, schema, annotations_path))
    if faults:
        first = faults[0]
        if len(faults) > 1:
            first.remedy += f" ({len(faults) - 1} more in this file; 'harness gold check' lists them all.)"
        raise first
    return Document(report, to_annotations(lines, report.id, schema))


def read_annotations(path: Path) -> str:
    """The content of an .ann file.

    FileError if it is missing, or has Windows line ends or a byte order mark, which brat cannot read.
    """
    if not path.exists():
        text = path.with_suffix(".txt").name
        raise FileError(path, "no such file", f"Create it (empty if nothing in {text} is labelled).")
    content = read_text(path)
    if content.startswith("\ufeff"):
        raise FileError(path, "begins with a byte order mark", "Save it as UTF-8 without one.", 1, 1)
    if re.search(
        r"^T[^\n]*\r$", content, re.MULTILINE
    ):  # a surface shows line ends as spaces, so this is the line's own
        raise FileError(path, "has Windows line ends", f"Convert it: sed -i 's/\\r$//' {path.name}", 1)
    return content


def write_document(document: Document, folder: Path) -> None:
    """Write `ID.txt` and `ID.ann` (and the zone table if there are zones) into `folder`.

    InputError for what standoff cannot hold, such as a label with a space; nothing is written then.
    """
    report = document.report
    if Path(report.id).name != report.id or "\\" in report.id:
        raise InputError(f"report {report.id!r} cannot be a file name", "Rename it, or write JSONL.")
    ann = _writable([*to_lines(document.annotations, report.text), BlankLine()], report.id)
    write_text(folder / f"{report.id}.txt", report.text)
    write_text(folder / f"{report.id}.ann", ann)
    if report.zones:
        write_text(folder / f"{report.id}.zones.tsv", format_zones(report.zones))


def _writable(lines: list[Line], report: str) -> str:
    """The content of an .ann file that reads back as `lines`."""
    for line in lines:
        try:
            (again,) = standoff.parse(str(line), Path(report))
        except (FileError, ValueError):
            again = None
        if type(again) is not type(line) or str(again) != str(line):
            raise InputError(f"{report}: brat cannot hold the line {str(line)!r}", "Write JSONL instead.")
    return standoff.serialise(lines)


def to_annotations(lines: Iterable[Line], report: str, schema: Schema) -> Annotations:
    """What valid lines say, as values."""
    lines = list(lines)
    bounds = {line.id: line for line in lines if isinstance(line, TextBound)}
    confidences = {
        line.target: float(line.text) for line in lines if isinstance(line, NoteLine) and line.kind == CONFIDENCE
    }
    events, attributions = [], []
    for line in lines:
        if not isinstance(line, EventLine):
            continue
        roles = [role.name for role in schema.events[line.label].roles]
        arguments = tuple(Argument(role_name(role, roles), target) for role, target in line.arguments)
        start, end, fragments = _offsets(bounds[line.trigger].spans)
        trigger = Trigger(start, end, line.trigger, fragments)
        confidence = confidences.get(line.id)
        if schema.attribution is not None and line.label == schema.attribution.event:
            attributions.append(
                Attribution(
                    line.id,
                    line.label,
                    trigger,
                    tuple(one for one in arguments if one.role == schema.attribution.source),
                    tuple(one for one in arguments if one.role != schema.attribution.source),
                    confidence,
                )
            )
        else:
            events.append(Event(line.id, line.label, trigger, arguments, confidence))
    return Annotations(
        report,
        mentions=tuple(
            _mention(line, confidences.get(line.id)) for line in bounds.values() if line.label not in schema.events
        ),
        events=tuple(events),
        attributions=tuple(attributions),
        relations=tuple(
            Relation(
                line.id,
                line.label,
                (Argument(*line.arguments[0]), Argument(*line.arguments[1])),
                confidences.get(line.id),
            )
            for line in lines
            if isinstance(line, RelationLine)
        ),
        chains=tuple(Chain(line.members, line.label) for line in lines if isinstance(line, EquivLine)),
        attributes=tuple(
            Attribute(line.id, line.name, line.target, line.value) for line in lines if isinstance(line, AttributeLine)
        ),
        times=tuple(
            TimeValue(line.id, line.target, line.identifier, line.surface)
            for line in lines
            if isinstance(line, NormalisationLine) and line.resource == TIMEX3
        ),
        links=tuple(
            Link(line.id, line.target, line.resource, line.identifier, line.surface)
            for line in lines
            if isinstance(line, NormalisationLine) and line.resource != TIMEX3
        ),
        notes=tuple(
            Note(line.id, line.kind, line.target, line.text)
            for line in lines
            if isinstance(line, NoteLine) and line.kind != CONFIDENCE
        ),
    )


def to_lines(annotations: Annotations, text: str) -> Iterator[Line]:
    """Standoff lines in canonical order: T by number, then R, E, A, N, *, #.

    Mentions without an id get free ones. InputError for what standoff cannot hold (unaligned mentions).
    """
    if annotations.unaligned:
        raise InputError(
            f"{annotations.report}: {len(annotations.unaligned)} mentions have no place in the text, which brat "
            "cannot hold",
            "Write JSONL instead.",
        )
    numbers = _free_numbers(annotations)
    bounds: dict[str, TextBound] = {}
    notes: list[tuple[str, float]] = []
    for mention in annotations.mentions:
        name = mention.id or f"T{next(numbers)}"
        bounds[name] = TextBound(name, mention.label, mention.spans, surface_of(text, mention.spans))
        if mention.confidence is not None:
            notes.append((name, mention.confidence))
    triggers: list[str] = []
    for _, label, trigger in annotations.triggers():
        name = trigger.id or f"T{next(numbers)}"
        bounds[name] = TextBound(name, label, trigger.spans, surface_of(text, trigger.spans))
        triggers.append(name)
    yield from sorted(bounds.values(), key=lambda line: _number(line.id))
    for relation in annotations.relations:
        first, second = relation.arguments
        yield RelationLine(relation.id, relation.label, ((first.role, first.target), (second.role, second.target)))
    event_lines = [
        EventLine(event.id, event.label, name, tuple((one.role, one.target) for one in event.arguments))
        for event, name in zip(annotations.events, triggers, strict=False)
    ]
    event_lines += [
        EventLine(said.id, said.label, name, tuple((one.role, one.target) for one in (*said.sources, *said.content)))
        for said, name in zip(annotations.attributions, triggers[len(annotations.events) :], strict=True)
    ]
    yield from sorted(event_lines, key=lambda line: _number(line.id))
    others: list[Event | Attribution | Relation] = [
        *annotations.events,
        *annotations.attributions,
        *annotations.relations,
    ]
    notes += [(value.id, value.confidence) for value in others if value.confidence is not None]
    yield from (AttributeLine(one.id, one.name, one.target, one.value) for one in annotations.attributes)
    normalisations = [
        NormalisationLine(time.id, "Reference", time.target, TIMEX3, time.value, time.surface)
        for time in annotations.times
    ]
    normalisations += [
        NormalisationLine(link.id, "Reference", link.target, link.resource, link.identifier, link.surface)
        for link in annotations.links
    ]
    yield from sorted(normalisations, key=lambda line: _number(line.id))
    yield from (EquivLine(members.label, members.members) for members in annotations.chains)
    yield from (NoteLine(note.id, note.kind, note.target, note.text) for note in annotations.notes)
    used = max((_number(note.id)[0] for note in annotations.notes), default=0)
    for offset, (name, confidence) in enumerate(notes, 1):
        yield NoteLine(f"#{used + offset}", CONFIDENCE, name, repr(float(confidence)))


def _mention(line: TextBound, confidence: float | None) -> Mention:
    start, end, fragments = _offsets(line.spans)
    return Mention(start, end, line.label, line.id, confidence, fragments)


def _offsets(spans: tuple[Offsets, ...]) -> tuple[int, int, tuple[Offsets, ...]]:
    return spans[0][0], spans[-1][1], spans if len(spans) > 1 else ()


def _free_numbers(annotations: Annotations) -> Iterator[int]:
    names = [mention.id for mention in annotations.mentions]
    names += [trigger.id for _, _, trigger in annotations.triggers()]
    number = max((_number(name)[0] for name in names if name), default=0)
    while True:
        number += 1
        yield number


def _number(identifier: str) -> tuple[int, str]:
    digits = identifier[1:]
    return (int(digits), "") if digits.isdecimal() else (0, identifier)
