"""Reads brat's annotation.conf (https://brat.nlplab.org/configuration.html) into a Schema.

Understood: the sections [entities], [relations], [events] and [attributes]; types nested by leading tabs;
`!` before a type that only groups others; macros `<NAME>=A|B`; `<ANY>`, `<ENTITY>`, `<RELATION>` and `<EVENT>`;
role suffixes `?`, `*`, `+`, `{2}`, `{1-3}`; `<REL-TYPE>`; `<OVL-TYPE>` and `<OVERLAP>`, which only steer brat's editor.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import FileError
from harness.files import read_text
from harness.schema import AttributeType, EventType, RelationType, Role, Schema

SECTIONS = ("entities", "relations", "events", "attributes")
_ROLE = re.compile(r"(?P<name>[^\s:?*+{}]+)(?P<many>[?*+]|\{(?P<low>\d+)(?:-(?P<high>\d+))?\})?:(?P<targets>\S+)")
_MACRO = re.compile(r"<(?P<name>[^<>]+)>\s*=\s*(?P<value>\S+)")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str

    @property
    def name(self) -> str:
        return self.text.split()[0].lstrip("!") if self.text.split() else ""

    @property
    def rest(self) -> str:
        parts = self.text.split(None, 1)
        return parts[1] if len(parts) > 1 else ""


@dataclass
class _Sections:
    lines: dict[str, list[_Line]] = field(default_factory=lambda: {name: [] for name in SECTIONS})
    macros: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in SECTIONS})


def read_annotation_conf(path: Path) -> Schema:
    """Read `path`; FileError names the line that brat would not understand either."""
    sections = _split(path)
    entities = tuple(line.name for line in sections.lines["entities"] if not line.text.startswith("!"))
    events = tuple(line.name for line in sections.lines["events"] if not line.text.startswith("!"))
    if not entities:
        raise FileError(path, "declares no entity label", "List at least one label under [entities].")
    relation_names = tuple(dict.fromkeys(line.name for line in sections.lines["relations"] if line.name[0] != "<"))
    known = {"ENTITY": entities, "EVENT": events, "ANY": (*entities, *events), "RELATION": relation_names}
    readers = {name: _RoleReader(path, known, sections.macros[name]) for name in SECTIONS}
    relations, chains = _relations(path, sections.lines["relations"], readers["relations"])
    return Schema(
        entities=entities,
        relations=relations,
        events={
            line.name: EventType(line.name, readers["events"].roles(line))
            for line in sections.lines["events"]
            if line.name in events
        },
        attributes={line.name: readers["attributes"].attribute(line) for line in sections.lines["attributes"]},
        chains=chains or ("Equiv",),
    )


def _relations(
    path: Path, lines: Iterable[_Line], reader: "_RoleReader"
) -> tuple[dict[str, RelationType], tuple[str, ...]]:
    """The relations, and the names of those that are chains. Several lines of one name allow what any of them does."""
    relations: dict[str, RelationType] = {}
    chains: list[str] = []
    for line in lines:
        if line.name.startswith("<"):
            continue
        kind = re.search(r"<REL-TYPE>:(\S+)", line.rest)
        kinds = kind[1].rstrip(",").split("-") if kind else []
        if "transitive" in kinds and "symmetric" in kinds:
            chains.append(line.name)
            continue
        roles = reader.roles(line)
        if len(roles) != 2:
            raise FileError(path, f"relation {line.name} has {len(roles)} arguments, not 2", "", line.number)
        if line.name in relations:
            roles = tuple(_either(*both) for both in zip(relations[line.name].arguments, roles, strict=True))
        relations[line.name] = RelationType(line.name, roles, "symmetric" in kinds)
    return relations, tuple(chains)


def _either(first: Role, second: Role) -> Role:
    targets = tuple(dict.fromkeys((*first.targets, *second.targets)))
    return Role(first.name, targets, first.minimum, first.maximum)


def format_annotation_conf(schema: Schema) -> str:
    """An annotation.conf that declares `schema`."""
    lines = ["[entities]", *schema.entities, "", "[relations]"]
    for relation in schema.relations.values():
        kind = ", <REL-TYPE>:symmetric" if relation.symmetric else ""
        lines.append(f"{relation.label}\t{', '.join(_format_role(role) for role in relation.arguments)}{kind}")
    lines += [f"{name}\tArg1:<ANY>, Arg2:<ANY>, <REL-TYPE>:symmetric-transitive" for name in schema.chains]
    lines += ["", "[events]"]
    lines += [
        f"{e.label}\t{', '.join(_format_role(role) for role in e.roles)}".rstrip() for e in schema.events.values()
    ]
    lines += ["", "[attributes]"]
    for attribute in schema.attributes.values():
        values = f", Value:{'|'.join(attribute.values)}" if attribute.values else ""
        lines.append(f"{attribute.name}\tArg:{'|'.join(attribute.targets)}{values}")
    return "\n".join(lines) + "\n"


def _format_role(role: Role) -> str:
    many = {(1, 1): "", (0, 1): "?", (0, None): "*", (1, None): "+"}.get((role.minimum, role.maximum))
    if many is None:
        many = f"{{{role.minimum}-{role.maximum}}}"
    return f"{role.name}{many}:{'|'.join(role.targets)}"


def _split(path: Path) -> _Sections:
    sections, current = _Sections(), ""
    for number, raw in enumerate(read_text(path).split("\n"), 1):
        text = raw.split("#", 1)[0].strip()
        if not text:
            continue
        if text.startswith("[") and text.endswith("]"):
            current = text[1:-1].strip().lower()
            if current not in SECTIONS:
                raise FileError(path, f"unknown section {text}", f"Sections are {_names(SECTIONS)}.", number)
        elif not current:
            raise FileError(path, f"{text!r} stands before any section", "Start with [entities].", number)
        elif macro := _MACRO.fullmatch(text):
            sections.macros[current][macro["name"]] = macro["value"]
        elif not text.strip("-"):
            continue  # a separator line of brat's menus
        else:
            sections.lines[current].append(_Line(number, text))
    return sections


@dataclass(frozen=True)
class _RoleReader:
    path: Path
    known: dict[str, tuple[str, ...]]
    macros: dict[str, str]

    def roles(self, line: _Line) -> tuple[Role, ...]:
        return tuple(
            Role(match["name"], self._expand(match["targets"], line), *_cardinality(match))
            for match in self._parts(line)
            if not match["name"].startswith("<")
        )

    def attribute(self, line: _Line) -> AttributeType:
        fields = {match["name"]: match["targets"] for match in self._parts(line)}
        if "Arg" not in fields:
            raise FileError(self.path, f"attribute {line.name} has no Arg:", "Write 'Arg:<EVENT>'.", line.number)
        values = fields.get("Value", fields.get("Values", ""))
        return AttributeType(line.name, self._expand(fields["Arg"], line), tuple(values.split("|")) if values else ())

    def _parts(self, line: _Line) -> list[re.Match[str]]:
        matches = []
        for part in filter(None, (part.strip() for part in line.rest.split(","))):
            match = _ROLE.fullmatch(part)
            if not match:
                raise FileError(
                    self.path,
                    f"cannot read {part!r}",
                    "Write 'Role:LABEL|LABEL', parts separated by commas.",
                    line.number,
                )
            matches.append(match)
        return matches

    def _expand(self, targets: str, line: _Line, inside: tuple[str, ...] = ()) -> tuple[str, ...]:
        labels: list[str] = []
        for target in targets.split("|"):
            name = target[1:-1] if target.startswith("<") and target.endswith(">") else ""
            if name in self.macros and name not in inside:
                labels.extend(self._expand(self.macros[name], line, (*inside, name)))
            elif name in self.known:
                labels.extend(self.known[name])
            elif name or target not in self.known["ANY"]:
                raise FileError(
                    self.path, f"{target!r} is not declared", "Declare it as a label or a macro.", line.number
                )
            else:
                labels.append(target)
        return tuple(dict.fromkeys(labels))


def _cardinality(match: re.Match[str]) -> tuple[int, int | None]:
    match match["many"]:
        case None:
            return 1, 1
        case "?":
            return 0, 1
        case "*":
            return 0, None
        case "+":
            return 1, None
    low = int(match["low"])
    return low, int(match["high"] or low)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"[{name}]" for name in names)
