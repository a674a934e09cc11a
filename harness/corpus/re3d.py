"""Folders in the format of re3d (Dstl, 2017): documents.json, entities.json, relations.json, one JSON object a line.

Labelled candidates carry a confidence; those below a cut were rejected by the annotators but stay in the files.
Offsets are trusted over the copied `value`, which differs in a few places.
"""

from collections import defaultdict
from pathlib import Path

import msgspec

from harness.annotation import Annotations, Argument, Mention, Relation, Report
from harness.corpus.document import Document
from harness.corpus.jsonl import read_lines
from harness.errors import FileError
from harness.schema import RelationType, Role, Schema


class _Document(msgspec.Struct, frozen=True, rename={"id": "_id", "source": "sourceName", "url": "sourceUrl"}):
    id: str
    text: str
    source: str = ""
    url: str = ""
    title: str = ""


class _Entity(msgspec.Struct, frozen=True, rename={"document": "documentId", "label": "type"}):
    document: str
    begin: int
    end: int
    label: str
    confidence: float


class _Relation(msgspec.Struct, frozen=True, rename="camel"):
    document_id: str
    source_begin: int
    source_end: int
    target_begin: int
    target_end: int
    type: str
    confidence: float


def read_re3d(
    folder: Path, labels: tuple[str, ...], minimum_confidence: float
) -> tuple[Schema, list[Document], list[str]]:
    """Schema, documents and remarks on what was left out.

    `labels` are the entity types to expect. FileError names the line of the first fault.
    """
    documents: dict[str, _Document] = {}
    path = folder / "documents.json"
    for number, record in read_lines(path, _Document):
        if record.id in documents:
            raise FileError(path, f"document {record.id!r} stands twice", "Keep one.", number)
        documents[record.id] = record
    mentions: dict[str, dict[tuple[int, int, str], Mention]] = defaultdict(dict)
    ids: dict[tuple[str, int, int], str] = {}
    rejected = 0
    path = folder / "entities.json"
    for number, entity in read_lines(path, _Entity):
        text = _text_of(entity.document, documents, path, number)
        if entity.label not in labels:
            known = ", ".join(labels)
            raise FileError(path, f"unknown type {entity.label!r}", f"The crosswalk re3d lists {known}.", number)
        if not 0 <= entity.begin < entity.end <= len(text):
            message = f"[{entity.begin}, {entity.end}) lies outside the text of {entity.document}"
            raise FileError(path, message, f"The text has {len(text)} characters.", number)
        if entity.confidence < minimum_confidence:
            rejected += 1
            continue
        own = mentions[entity.document]
        key = (entity.begin, entity.end, entity.label)
        mention = own.setdefault(key, Mention(entity.begin, entity.end, entity.label, id=f"T{len(own) + 1}"))
        ids.setdefault((entity.document, entity.begin, entity.end), mention.id)
    relations: dict[str, list[Relation]] = defaultdict(list)
    kinds: set[str] = set()
    rejected_relations = loose = 0
    path = folder / "relations.json"
    for number, found in read_lines(path, _Relation) if path.exists() else ():
        _text_of(found.document_id, documents, path, number)
        if found.confidence < minimum_confidence:
            rejected_relations += 1
            continue
        source = ids.get((found.document_id, found.source_begin, found.source_end))
        target = ids.get((found.document_id, found.target_begin, found.target_end))
        if source is None or target is None:
            loose += 1
            continue
        own_relations = relations[found.document_id]
        kinds.add(found.type)
        own_relations.append(
            Relation(f"R{len(own_relations) + 1}", found.type, (Argument("Arg1", source), Argument("Arg2", target)))
        )
    roles = (Role("Arg1", labels, 1, 1), Role("Arg2", labels, 1, 1))
    schema = Schema(labels, relations={kind: RelationType(kind, roles) for kind in sorted(kinds)})
    remarks = [
        f"{rejected} entities and {rejected_relations} relations below confidence {minimum_confidence:g} left out",
        f"{loose} relations left out because an end is no kept entity",
    ]
    return (
        schema,
        [_document(documents[key], mentions[key], relations[key]) for key in sorted(documents)],
        remarks,
    )


def _document(record: _Document, mentions: dict[tuple[int, int, str], Mention], relations: list[Relation]) -> Document:
    metadata = {"source": record.source, "url": record.url, "title": record.title}
    report = Report(record.id, record.text, metadata=metadata)
    ordered = tuple(sorted(mentions.values(), key=lambda mention: (mention.start, mention.end, mention.label)))
    return Document(report, Annotations(record.id, ordered, relations=tuple(relations)))


def _text_of(identifier: str, documents: dict[str, _Document], path: Path, number: int) -> str:
    if identifier not in documents:
        raise FileError(path, f"document {identifier!r} is not in documents.json", "Add it there.", number)
    return documents[identifier].text
