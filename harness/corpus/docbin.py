"""spaCy's DocBin files (`.spacy`): texts and labelled spans. No model is needed; spaCy is imported only when used."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from harness.annotation import Annotations, Mention, Report
from harness.corpus.document import Document
from harness.errors import FileError, NotInstalledError

if TYPE_CHECKING:
    from spacy.tokens import Doc

_Spans = list[tuple[int, int, str]]
"""Start, end (half-open, in code points) and label."""


class _Stored(NamedTuple):
    """What a file holds about one document, as plain values. `entities` are None if the file stores none."""

    name: str
    text: str
    entities: _Spans | None
    groups: dict[str, _Spans]


def read_docbin(path: Path, spans_key: str | None = None, stem: str | None = None) -> list[Document]:
    """The documents of a file, in its order, with mentions in the order of the text.

    Mentions are the entities (`doc.ents`), or the spans of the group `spans_key` (`doc.spans`), which may overlap. A
    report is called by its `doc.user_data["id"]` if that is a string, else after `stem` (default: that of the file) and
    position: `train-0001`.
    FileError names the document of the first fault; documents count from 1.
    """
    stored = _read(path)
    width = max(4, len(str(len(stored))))
    seen: dict[str, int] = {}
    documents: list[Document] = []
    for number, document in enumerate(stored, 1):
        name = document.name or f"{stem or path.stem}-{number:0{width}}"
        if name in seen:
            message = f"document {number} has the id {name!r} of document {seen[name]}"
            raise FileError(path, message, "Rename one.")
        seen[name] = number
        spans = _entities(document, path) if spans_key is None else _group(stored, number, spans_key, path)
        mentions = tuple(_mentions(spans, f"document {number} ({name})", path))
        documents.append(Document(Report(name, document.text), Annotations(name, mentions)))
    return documents


def _read(path: Path) -> list[_Stored]:
    try:
        from spacy.attrs import ENT_IOB, ENT_TYPE
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError:
        raise NotInstalledError(
            f"reading {path} needs spaCy, which is not installed", "pip install 'extraction-harness[spacy]'"
        ) from None
    data = _read_bytes(path)
    try:
        docs = DocBin().from_bytes(data)
        # spaCy drops entities without a word if only one of the two is stored
        has_entities = {ENT_IOB, ENT_TYPE} <= set(docs.attrs)
        return [_stored(doc, has_entities) for doc in docs.get_docs(Vocab())]
    except Exception as error:  # what spaCy raises for a broken file is anything: ValueError, KeyError, TypeError, …
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError(path, f"is no DocBin file: {reason}", "Write it with DocBin.to_disk of spaCy 3.") from None


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, "no such file", "Check the path.") from None
    except IsADirectoryError:
        raise FileError(path, "is a folder, not a file", "Name a file.") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}", "Check its permissions.") from None


def _stored(doc: "Doc", has_entities: bool) -> _Stored:
    name = doc.user_data.get("id")
    return _Stored(
        name=name if isinstance(name, str) else "",
        text=doc.text,
        entities=[(span.start_char, span.end_char, span.label_) for span in doc.ents] if has_entities else None,
        groups={
            key: [(span.start_char, span.end_char, span.label_) for span in group] for key, group in doc.spans.items()
        },
    )


def _entities(document: _Stored, path: Path) -> _Spans:
    if document.entities is None:
        remedy = "Write it with DocBin(attrs=['ENT_IOB', 'ENT_TYPE']), or name a group of spans."
        raise FileError(path, "stores no entities", remedy)
    return document.entities


def _group(stored: Sequence[_Stored], number: int, key: str, path: Path) -> _Spans:
    groups = stored[number - 1].groups
    if key not in groups:
        known = ", ".join(sorted({name for document in stored for name in document.groups}))
        remedy = f"The file has {known}." if known else "The file has none; leave spans_key out to read its entities."
        raise FileError(path, f"document {number} has no group of spans {key!r}", remedy)
    return groups[key]


def _mentions(spans: _Spans, where: str, path: Path) -> Iterator[Mention]:
    for start, end, label in sorted(spans):
        if not label:
            raise FileError(path, f"{where} has a span [{start}, {end}) without a label", "Label it, or remove it.")
        try:
            yield Mention(start, end, label)
        except ValueError as error:
            raise FileError(path, f"{where}: {error}", "Mend the span, or remove it.") from None
