"""JSON Lines: one report a line.

A line of a gold file holds a report and its layers side by side:
`{"id": "a", "text": "…", "mentions": [{"start": 0, "end": 3, "label": "GPE"}]}`.
A line of a prediction file holds an `Annotations` value: `{"report": "a", "mentions": […]}`.
Both are canonical when written: UTF-8, no spaces, fields in a fixed order, defaults left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from harness.annotation import (
    Annotations,
    Attribute,
    Attribution,
    Chain,
    Event,
    Link,
    Mention,
    Note,
    Relation,
    Report,
    TimeValue,
    UnalignedMention,
    Zone,
)
from harness.corpus.document import Document
from harness.errors import FileError
from harness.files import read_text

Value = TypeVar("Value")


class Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document as one flat JSON object."""

    id: str
    text: str
    zones: tuple[Zone, ...] = ()
    metadata: Mapping[str, str] = {}
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

    @classmethod
    def of(cls, document: Document) -> "Record":
        """The record of a document."""
        report, annotations = document
        layers = {name: getattr(annotations, name) for name in _LAYERS}
        return cls(report.id, report.text, report.zones, report.metadata, **layers)

    def document(self) -> Document:
        """The document of a record. ValueError if something lies outside the text or refers to nothing."""
        annotations = Annotations(self.id, **{name: getattr(self, name) for name in _LAYERS})
        annotations.check_within(self.text)
        return Document(Report(self.id, self.text, self.zones, self.metadata), annotations)


_LAYERS = tuple(name for name in Annotations.__struct_fields__ if name != "report")


def read_documents(path: Path) -> list[Document]:
    """The documents of a gold file; FileError names the line and field of the first fault."""
    documents: list[Document] = []
    seen: dict[str, int] = {}
    for number, record in read_lines(path, Record):
        if record.id in seen:
            raise FileError(path, f"report {record.id!r} already stands in line {seen[record.id]}", "Keep one.", number)
        seen[record.id] = number
        try:
            documents.append(record.document())
        except ValueError as error:
            raise FileError(path, str(error), "Mend the line.", number) from None
    return documents


def read_predictions(path: Path) -> Iterator[Annotations]:
    """The predictions of a file, in its order; FileError names the line and field of the first fault."""
    seen: dict[str, int] = {}
    for number, annotations in read_lines(path, Annotations):
        if annotations.report in seen:
            message = f"report {annotations.report!r} already stands in line {seen[annotations.report]}"
            raise FileError(path, message, "Keep one.", number)
        seen[annotations.report] = number
        yield annotations


def encode_documents(documents: Iterable[Document]) -> bytes:
    """A whole gold file."""
    return b"".join(encode_line(Record.of(document)) for document in documents)


def encode_line(value: Record | Annotations) -> bytes:
    """One canonical line with its line break."""
    return msgspec.json.encode(value, order="deterministic") + b"\n"


def read_lines(path: Path, kind: type[Value]) -> Iterator[tuple[int, Value]]:
    """Line numbers and values of a file with one JSON object a line; FileError names line and field of a fault."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, decoder.decode(line)
        except msgspec.DecodeError as error:
            raise FileError(path, f"cannot read the line: {error}", "See docs/formats.md.", number) from None
