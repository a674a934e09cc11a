"""The line forms of brat standoff (https://brat.nlplab.org/standoff.html), parsed without losing a byte.

This module knows syntax only: what a line says, not whether it is true of a text. `parse` and `serialise` are
inverse to each other for every file that brat reads.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.annotation import Offsets
from harness.errors import FileError

CONFIDENCE = "Confidence"
"""The kind of note that holds a backend's confidence, for which standoff has no field."""


@dataclass(frozen=True, kw_only=True)
class _Line:
    number: int = 0
    """Line number in the file, from 1; 0 for lines that were not read from one."""
    tail: str = ""
    """White space after the last field; some tools write it."""


@dataclass(frozen=True)
class TextBound(_Line):
    """`T1<tab>LABEL 0 5;9 12<tab>surface`: a labelled stretch of text."""

    id: str
    label: str
    spans: tuple[Offsets, ...]
    surface: str

    def __str__(self) -> str:
        offsets = ";".join(f"{start} {end}" for start, end in self.spans)
        return f"{self.id}\t{self.label} {offsets}\t{self.surface}"


@dataclass(frozen=True)
class EventLine(_Line):
    """`E1<tab>LABEL:T1 Role:T2 Role:E3`: an event, its trigger and its arguments as (role, id)."""

    id: str
    label: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        parts = [f"{self.label}:{self.trigger}", *(f"{role}:{target}" for role, target in self.arguments)]
        return f"{self.id}\t{' '.join(parts)}{self.tail}"


@dataclass(frozen=True)
class RelationLine(_Line):
    """`R1<tab>LABEL Arg1:T1 Arg2:T2`: a binary relation."""

    id: str
    label: str
    arguments: tuple[tuple[str, str], tuple[str, str]]

    def __str__(self) -> str:
        parts = [self.label, *(f"{role}:{target}" for role, target in self.arguments)]
        return f"{self.id}\t{' '.join(parts)}{self.tail}"


@dataclass(frozen=True)
class AttributeLine(_Line):
    """`A1<tab>NAME E1 value` (or `M1…`, brat's older form): a closed value, or a flag without one."""

    id: str
    name: str
    target: str
    value: str

    def __str__(self) -> str:
        return f"{self.id}\t{' '.join(filter(None, (self.name, self.target, self.value)))}{self.tail}"


@dataclass(frozen=True)
class NormalisationLine(_Line):
    """`N1<tab>Reference T1 RESOURCE:ID<tab>surface`: a link, or a TIMEX3 value."""

    id: str
    kind: str
    target: str
    resource: str
    identifier: str
    surface: str

    def __str__(self) -> str:
        return f"{self.id}\t{self.kind} {self.target} {self.resource}:{self.identifier}\t{self.surface}"


@dataclass(frozen=True)
class EquivLine(_Line):
    """`*<tab>Equiv T1 T2 T3`: a coreference chain."""

    label: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"*\t{self.label} {' '.join(self.members)}{self.tail}"


@dataclass(frozen=True)
class NoteLine(_Line):
    """`#1<tab>KIND T1<tab>text`: a remark; also a bare `# comment`, kept in `text` with empty `id`."""

    id: str
    kind: str
    target: str
    text: str

    def __str__(self) -> str:
        if not self.id:
            return self.text
        return f"{self.id}\t{' '.join(filter(None, (self.kind, self.target)))}\t{self.text}"


@dataclass(frozen=True)
class BlankLine(_Line):
    """An empty line."""

    def __str__(self) -> str:
        return self.tail


Line = TextBound | EventLine | RelationLine | AttributeLine | NormalisationLine | EquivLine | NoteLine | BlankLine

_N = "(?:0|[1-9][0-9]*)"
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "T": (
        re.compile(rf"(?P<id>T\S+)\t(?P<label>\S+) (?P<spans>{_N} {_N}(?:;{_N} {_N})*)\t(?P<surface>.*)"),
        "T1<tab>LABEL START END<tab>SURFACE",
    ),
    "E": (
        re.compile(r"(?P<id>E\S+)\t(?P<label>[^\s:]+):(?P<trigger>\S+)(?P<rest>(?: [^\s:]+:\S+)*)(?P<tail>\s*)"),
        "E1<tab>LABEL:T1 ROLE:T2",
    ),
    "R": (
        re.compile(
            r"(?P<id>R\S+)\t(?P<label>\S+) (?P<r1>[^\s:]+):(?P<t1>\S+) (?P<r2>[^\s:]+):(?P<t2>\S+)(?P<tail>\s*)"
        ),
        "R1<tab>LABEL Arg1:T1 Arg2:T2",
    ),
    "A": (
        re.compile(r"(?P<id>[AM]\S+)\t(?P<name>\S+) (?P<target>\S+)(?: (?P<value>\S+))?(?P<tail>\s*)"),
        "A1<tab>NAME TARGET VALUE",
    ),
    "N": (
        re.compile(
            r"(?P<id>N\S+)\t(?P<kind>\S+) (?P<target>\S+) (?P<resource>[^\s:]+):(?P<identifier>\S+)\t(?P<surface>.*)"
        ),
        "N1<tab>Reference T1 RESOURCE:ID<tab>SURFACE",
    ),
    "*": (
        re.compile(r"\*\t(?P<label>\S+)(?P<members>(?: \S+){2,})(?P<tail>\s*)"),
        "*<tab>Equiv T1 T2",
    ),
    "#": (
        re.compile(r"(?P<id>#\S+)\t(?P<kind>\S+)(?: (?P<target>\S+))?\t(?P<text>.*)"),
        "#1<tab>AnnotatorNotes T1<tab>TEXT",
    ),
}
_FORMS["M"] = _FORMS["A"]


def parse(content: str, path: Path) -> tuple[Line, ...]:
    """The lines of an .ann file; the last one is what follows the last line break, usually a BlankLine.

    `path` is only used in errors. FileError names the first malformed line.
    """
    return tuple(_parse_line(raw, number, path) for number, raw in enumerate(content.split("\n"), 1))


def malformed(content: str, path: Path) -> list[FileError]:
    """A fault for every line that `parse` would refuse."""
    faults = []
    for number, raw in enumerate(content.split("\n"), 1):
        try:
            _parse_line(raw, number, path)
        except FileError as fault:
            faults.append(fault)
    return faults


def serialise(lines: Sequence[Line]) -> str:
    """The content of an .ann file. It ends with a line break if the last line is a BlankLine."""
    return "\n".join(str(line) for line in lines)


def surface_of(text: str, spans: Iterable[Offsets]) -> str:
    """What a T line shows: the pieces joined by a space, line breaks shown as spaces."""
    return " ".join(text[start:end] for start, end in spans).replace("\n", " ").replace("\r", " ")


def role_name(written: str, declared: Iterable[str]) -> str:
    """The declared role that `written` means: brat numbers a repeated role (`Place2`)."""
    if written in declared:
        return written
    stripped = written.rstrip("0123456789")
    return stripped if stripped in declared else written


def _parse_line(raw: str, number: int, path: Path) -> Line:
    if not raw.strip():
        return BlankLine(number=number, tail=raw)
    form = _FORMS.get(raw[0])
    if form is None:
        raise FileError(
            path,
            f"a line cannot start with {raw[0]!r}",
            "Lines start with T, E, R, A, M, N, * or #.",
            number,
            1,
        )
    pattern, usage = form
    match = pattern.fullmatch(raw)
    if match is None:
        if raw[0] == "#" and "\t" not in raw:
            return NoteLine("", "", "", raw, number=number)
        raise FileError(path, f"cannot read {_shorten(raw)!r}", f"Write {usage}.", number, _fault(raw))
    return _build(match, number)


def _build(match: re.Match[str], number: int) -> Line:
    field = match.groupdict()
    tail = field.get("tail") or ""
    match match[0][0]:
        case "T":
            pairs = (pair.split(" ") for pair in match["spans"].split(";"))
            spans = tuple((int(start), int(end)) for start, end in pairs)
            return TextBound(match["id"], match["label"], spans, match["surface"], number=number)
        case "E":
            arguments = tuple(_pair(part) for part in match["rest"].split())
            return EventLine(match["id"], match["label"], match["trigger"], arguments, number=number, tail=tail)
        case "R":
            both = ((match["r1"], match["t1"]), (match["r2"], match["t2"]))
            return RelationLine(match["id"], match["label"], both, number=number, tail=tail)
        case "A" | "M":
            value = match["value"] or ""
            return AttributeLine(match["id"], match["name"], match["target"], value, number=number, tail=tail)
        case "N":
            return NormalisationLine(
                *(match[name] for name in ("id", "kind", "target", "resource", "identifier", "surface")),
                number=number,
            )
        case "*":
            return EquivLine(match["label"], tuple(match["members"].split()), number=number, tail=tail)
        case _:
            return NoteLine(match["id"], match["kind"], match["target"] or "", match["text"], number=number)


def _pair(part: str) -> tuple[str, str]:
    role, _, target = part.partition(":")
    return role, target


_SECOND_FIELDS = {
    "T": re.compile(rf"\S+ {_N} {_N}(?:;{_N} {_N})*"),
    "N": re.compile(r"\S+ \S+ [^\s:]+:\S+"),
    "#": re.compile(r"\S+(?: \S+)?"),
}
"""What stands between the tabs of lines with three fields."""


def _fault(raw: str) -> int:
    """Column of what spoils the line: the id, the second field, or the end where the third field is missing."""
    fields = raw.split("\t")
    if len(fields) == 1 or (raw[0] != "*" and not re.fullmatch(r"[TERAMN#]\S+", fields[0])):
        return 1
    complete = raw[0] in _SECOND_FIELDS and _SECOND_FIELDS[raw[0]].fullmatch(fields[1])
    return len(raw) + 1 if complete else len(fields[0]) + 2


def _shorten(raw: str, width: int = 60) -> str:
    return raw if len(raw) <= width else raw[: width - 1] + "…"
