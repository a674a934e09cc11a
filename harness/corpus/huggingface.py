"""`datasets` in and out: a typed `Dataset` for a list of documents, a `DatasetDict` for a gold set by split.

The columns are derived from the types in `annotation`, so that nothing is lost on the way. A folder on disk may
come from `save_to_disk` or hold files that `load_dataset` reads; any other name is looked up on the hub by the
same code, which is not tested where there is no network. Imports `datasets` only when used.
"""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_origin, get_type_hints

import msgspec

from harness.corpus.document import Document, refuse_duplicates
from harness.corpus.jsonl import Record
from harness.errors import FileError, InputError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features


def features() -> Features:
    """The columns of a dataset of documents."""
    from datasets import Features

    return Features(typing.cast("dict[str, object]", _feature(Record)))


def to_dataset(documents: Iterable[Document]) -> Dataset:
    """A `Dataset` with one row a document."""
    from datasets import Dataset

    rows = [_row(Record.of(document)) for document in documents]
    columns = {name: [row[name] for row in rows] for name in Record.__struct_fields__}
    return Dataset.from_dict(columns, features=features())


def to_dataset_dict(splits: Mapping[str, Sequence[Document]]) -> DatasetDict:
    """A `DatasetDict` with one `Dataset` a split."""
    from datasets import DatasetDict

    return DatasetDict({name: to_dataset(documents) for name, documents in splits.items()})


def from_dataset(dataset: Dataset, source: str) -> list[Document]:
    """The documents of a `Dataset`; InputError names the row of the first fault. `source` is used in errors."""
    documents = []
    for index, row in enumerate(dataset):
        try:
            documents.append(msgspec.convert(_plain(row, Record), Record).document())
        except (ValueError, msgspec.ValidationError) as error:
            raise InputError(f"{source}, row {index}: {error}", "See docs/formats.md for the columns.") from None
    refuse_duplicates((document.report.id for document in documents), source)
    return documents


def load(path: str) -> DatasetDict:
    """The dataset at `path`: a folder of `save_to_disk`, a folder of data files, or a name on the hub."""
    import datasets

    folder = Path(path)
    if (folder / "dataset_dict.json").exists():
        return datasets.load_from_disk(path)
    if (folder / "state.json").exists():
        return datasets.DatasetDict({"all": datasets.load_from_disk(path)})
    try:
        return datasets.load_dataset(path)
    except (OSError, ValueError, datasets.exceptions.DatasetNotFoundError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError(
            path,
            f"no dataset could be loaded: {reason}",
            "Name a folder written by save_to_disk or a hub dataset.",
        ) from None


def _feature(kind: object) -> object:
    """The `datasets` feature of a type."""
    from datasets import List, Value

    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {name: _feature(hint) for name, hint in get_type_hints(kind).items()}
    if kind is int:
        return Value("int64")
    if kind is str:
        return Value("string")
    if get_origin(kind) is tuple:
        return List(_feature(get_args(kind)[0]))
    if get_origin(kind) is collections.abc.Mapping:
        return List({"key": Value("string"), "value": Value("string")})
    if float in get_args(kind):
        return Value("float64")
    raise TypeError(f"no feature for {kind}")


def _row(record: Record) -> dict[str, object]:
    row = _columns(record)
    if not isinstance(row, dict):
        raise TypeError("a record becomes a row")
    return row


def _columns(value: object) -> object:
    """`value` as `datasets` stores it: every field present, mappings as lists of key and value."""
    if isinstance(value, msgspec.Struct):
        return {name: _columns(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return [{"key": key, "value": item} for key, item in value.items()]
    if isinstance(value, tuple):
        return [_columns(item) for item in value]
    return value


def _plain(value: object, kind: object) -> object:
    """The inverse of `_columns`: what msgspec converts to `kind`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, Mapping):
        hints = get_type_hints(kind)
        return {str(name): _plain(item, hints.get(str(name))) for name, item in value.items() if item is not None}
    if get_origin(kind) is collections.abc.Mapping and isinstance(value, list):
        return {item["key"]: item["value"] for item in value}
    if get_origin(kind) is tuple and isinstance(value, list):
        return [_plain(item, get_args(kind)[0]) for item in value]
    return value
