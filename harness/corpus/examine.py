"""Finds everything that is wrong with the standoff lines of one report: against its text and the schema."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from harness.corpus.standoff import (
    CONFIDENCE,
    AttributeLine,
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
from harness.errors import FileError
from harness.schema import Role, Schema


def examine(lines: Iterable[Line], text: str, schema: Schema, path: Path) -> Iterator[FileError]:
    """Everything in `lines` that is not true of `text` or not allowed by `schema`, in the order of the file."""
    lines = list(lines)
    index = _Index(lines)
    seen: dict[str, int] = {}
    for line in lines:
        identifier = getattr(line, "id", "")
        if identifier and identifier in seen:
            yield FileError(
                path,
                f"id {identifier} was already used in line {seen[identifier]}",
                f"Give this line a free id, for example {index.free_id(identifier[0])}.",
                line.number,
                1,
            )
        if identifier:
            seen.setdefault(identifier, line.number)
        for fault in _faults(line, text, schema, index):
            yield FileError(path, fault.problem, fault.remedy, line.number, _column(str(line), fault))


class _Index:
    """What the ids of a file stand for."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.ids: set[str] = set()
        self.labels: dict[str, str] = {}
        self.text_bounds: set[str] = set()
        self.triggers: set[str] = set()
        for line in lines:
            if isinstance(line, NoteLine) and line.kind == CONFIDENCE:
                continue  # becomes a field of what it is about, and cannot be referred to
            if identifier := getattr(line, "id", ""):
                self.ids.add(identifier)
            if isinstance(line, TextBound | EventLine | RelationLine):
                self.labels.setdefault(line.id, line.label)
            if isinstance(line, TextBound):
                self.text_bounds.add(line.id)
            if isinstance(line, EventLine):
                self.triggers.add(line.trigger)

    def free_id(self, letter: str) -> str:
        numbers = [int(name[1:]) for name in self.ids if name[0] == letter and name[1:].isdigit()]
        return f"{letter}{max(numbers, default=0) + 1}"


class _Fault(NamedTuple):
    """What is wrong, what to do, and the part of the line to point at: words of it, the first or a later time."""

    problem: str
    remedy: str
    words: str = ""
    occurrence: int = 0


def _column(line: str, fault: _Fault) -> int:
    """Column, from 1, at which the words of a fault stand; 1 if they stand nowhere."""
    whole = rf"(?<=[ \t:]){re.escape(fault.words)}(?=[\s:;]|$)"
    columns = [match.start() + 1 for match in re.finditer(whole, line)] if fault.words else []
    return columns[fault.occurrence] if fault.occurrence < len(columns) else 1


def _faults(line: Line, text: str, schema: Schema, index: _Index) -> Iterator[_Fault]:
    match line:
        case TextBound():
            yield from _text_bound_faults(line, text, schema, index)
        case EventLine():
            yield from _event_faults(line, schema, index)
        case RelationLine():
            kind = schema.relations.get(line.label)
            if kind is None:
                yield _undeclared("relation", line.label, schema.relations)
                return
            for (role, target), declared in zip(line.arguments, kind.arguments, strict=True):
                yield from _argument_faults(
                    line.label, role, target, declared if role == declared.name else None, index
                )
        case AttributeLine():
            yield from _attribute_faults(line, schema, index)
        case NormalisationLine():
            if line.target not in index.text_bounds:
                yield _dangling(line.target)
        case EquivLine():
            if line.label not in schema.chains:
                yield _undeclared("chain", line.label, schema.chains)
            if len(set(line.members)) < len(line.members):
                twice = next(one for one in line.members if line.members.count(one) > 1)
                yield _Fault("a mention stands twice in one chain", "Name it once.", twice)
            yield from (_dangling(member) for member in line.members if member not in index.text_bounds)
        case NoteLine():
            if line.target and line.target not in index.ids:
                yield _dangling(line.target)
            if line.kind == CONFIDENCE and not _is_share(line.text):
                yield _Fault(f"{line.text!r} is no confidence", "Write a number from 0 to 1.", line.text)


def _text_bound_faults(line: TextBound, text: str, schema: Schema, index: _Index) -> Iterator[_Fault]:
    if line.label not in schema.entities and line.label not in schema.events:
        yield _undeclared("label", line.label, (*schema.entities, *schema.events))
    elif line.label in schema.events and line.id not in index.triggers:
        yield _Fault(f"trigger {line.id} belongs to no event", "Add an E line for it or remove it.")
    offsets = ";".join(f"{start} {end}" for start, end in line.spans)
    previous = 0
    for start, end in line.spans:
        if start >= end:
            yield _Fault(f"[{start}, {end}) is empty", "START must lie before END.", offsets)
            return
        if start < previous:
            yield _Fault(f"fragment [{start}, {end}) overlaps the one before it", "Order the fragments.", offsets)
            return
        if end > len(text):
            yield _Fault(
                f"[{start}, {end}) ends after the text ({len(text)} characters)",
                "Mend the offsets.",
                offsets,
            )
            return
        previous = end
    actual = surface_of(text, line.spans)
    if actual != line.surface:
        found = [m.start() for m in re.finditer(re.escape(line.surface), text)] if line.surface else []
        nearest = min(found, key=lambda start: abs(start - line.spans[0][0]), default=None)
        remedy = (
            f"{line.surface!r} stands at [{nearest}, {nearest + len(line.surface)})."
            if nearest is not None
            else f"{line.surface!r} does not occur in the text."
        )
        if text.startswith("\ufeff"):
            remedy += " The text begins with a byte order mark, which counts as a character."
        if "\r\n" in text:
            remedy += " The text has Windows line ends, which count as two characters."
        yield _Fault(f"the text at {offsets} is {actual!r}, not {line.surface!r}", remedy, offsets)


def _event_faults(line: EventLine, schema: Schema, index: _Index) -> Iterator[_Fault]:
    kind = schema.events.get(line.label)
    if kind is None:
        yield _undeclared("event", line.label, schema.events)
        return
    if line.trigger not in index.text_bounds:
        yield _dangling(line.trigger)
    elif index.labels[line.trigger] != line.label:
        yield _Fault(
            f"trigger {line.trigger} is labelled {index.labels[line.trigger]}, not {line.label}",
            "Give both the same label.",
            line.trigger,
        )
    counts: dict[str, int] = {}
    for written, target in line.arguments:
        role = role_name(written, [role.name for role in kind.roles])
        counts[role] = counts.get(role, 0) + 1
        yield from _argument_faults(line.label, written, target, kind.role(role), index)
    for declared in kind.roles:
        count = counts.get(declared.name, 0)
        if count < declared.minimum or (declared.maximum is not None and count > declared.maximum):
            upper = "any number" if declared.maximum is None else declared.maximum
            yield _Fault(
                f"{line.label} has {count} {declared.name}, allowed are {declared.minimum} to {upper}",
                "Mend the arguments or the declaration in annotation.conf.",
                line.label,
            )


def _argument_faults(label: str, written: str, target: str, declared: Role | None, index: _Index) -> Iterator[_Fault]:
    """Faults of one argument; `written` is its role as it stands in the line."""
    argument = f"{written}:{target}"
    if declared is None:
        yield _Fault(f"{label} has no role {written!r}", "Use a role that annotation.conf declares for it.", argument)
    elif target not in index.labels:
        yield _dangling(target)
    elif index.labels[target] not in declared.targets:
        yield _Fault(
            f"{declared.name} of {label} cannot be {target}, a {index.labels[target]}",
            f"Allowed are {', '.join(declared.targets)}.",
            argument,
        )


def _attribute_faults(line: AttributeLine, schema: Schema, index: _Index) -> Iterator[_Fault]:
    kind = schema.attributes.get(line.name)
    if kind is None:
        yield _undeclared("attribute", line.name, schema.attributes)
        return
    if line.target not in index.labels:
        yield _dangling(line.target)
    elif index.labels[line.target] not in kind.targets:
        yield _Fault(
            f"{line.name} cannot stand on {line.target}, a {index.labels[line.target]}",
            f"Allowed are {', '.join(kind.targets)}.",
            line.target,
        )
    if bool(kind.values) != bool(line.value) or (line.value and line.value not in kind.values):
        allowed = f"Allowed are {', '.join(kind.values)}." if kind.values else "It is a flag and takes no value."
        yield _Fault(f"{line.name} has the value {line.value!r}", allowed, line.value)


def _undeclared(what: str, name: str, known: Iterable[str]) -> _Fault:
    return _Fault(f"{what} {name!r} is not declared", f"annotation.conf declares {', '.join(known) or 'none'}.", name)


def _dangling(target: str) -> _Fault:
    return _Fault(f"{target} is not annotated in this file", "Add the line that it refers to, or mend the id.", target)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
