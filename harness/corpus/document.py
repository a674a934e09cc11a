"""A report together with what is annotated in it, and a gold set of such documents."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from harness.annotation import Annotations, Report
from harness.errors import InputError
from harness.schema import Schema
from harness.tagging.schemes import TOKENIZER

SPLITS = ("train", "dev", "test")


class Document(NamedTuple):
    """A report and its annotations."""

    report: Report
    annotations: Annotations


@dataclass(frozen=True)
class Gold:
    """The labelled reports that a run is scored on, in the order of their ids.

    `split` names the part of the set that is held here ("all": everything).
    """

    name: str
    path: str
    schema: Schema
    split: str
    documents: Sequence[Document]
    remarks: tuple[str, ...] = ()
    """What was left out when reading, in sentences."""
    train: Sequence[Document] = ()
    """The reports of the split train, unless they are among `documents`."""
    tokenizer: str = TOKENIZER
    """What makes the tokens of sequence scores: a key of `harness.tagging.tokens.TOKENIZERS`."""

    @property
    def reports(self) -> list[Report]:
        """The reports without their labels: all that a backend ever sees."""
        return [document.report for document in self.documents]

    @property
    def text_hash(self) -> str:
        """SHA-256 over ids and texts: equal exactly if two runs saw the same reports."""
        return _digest([document.report.id, document.report.text] for document in self.documents)

    @property
    def label_hash(self) -> str:
        """SHA-256 over all annotations and zones: equal exactly if two runs were scored on the same labels."""
        return _digest(
            [document.report.zones, msgspec.structs.replace(document.annotations, notes=())]
            for document in self.documents
        )


def refuse_duplicates(names: Iterable[str], source: str) -> None:
    """InputError if a report id occurs twice; `source` says where."""
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(f"{source} holds report {name!r} {count} times", "Keep one, or rename it.")


def _digest(items: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(msgspec.json.encode(item, order="deterministic"))
        digest.update(b"\n")
    return digest.hexdigest()
