"""From one format of annotated reports to another."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from harness.corpus import brat, jsonl
from harness.corpus.annotation_conf import format_annotation_conf
from harness.corpus.document import Document, Gold
from harness.errors import ConfigurationError, InputError
from harness.files import new_folder, write_bytes, write_text

TARGETS = ("brat", "jsonl", "datasets")


def write_gold(gold: Gold, target: Path, kind: str) -> None:
    """Write the documents of `gold` to a new file (jsonl) or folder (brat, datasets: a DatasetDict by split).

    InputError if `target` already exists or cannot be written.
    """
    if target.exists():
        raise InputError(f"{target} already exists", "Name a new file or folder.")
    if kind == "jsonl":
        write_bytes(target, jsonl.encode_documents(gold.documents))
    elif kind == "brat":
        with new_folder(target) as folder:
            for document in gold.documents:
                brat.write_document(document, folder)
            write_text(folder / "annotation.conf", format_annotation_conf(gold.schema))
            _write_metadata(gold.documents, folder / "reports.csv")
    elif kind == "datasets":
        from harness.corpus.huggingface import to_dataset_dict

        with new_folder(target) as folder:
            to_dataset_dict(by_split(gold.documents)).save_to_disk(str(folder))
    else:
        raise ConfigurationError(f"unknown format {kind!r}", f"Formats to write: {', '.join(TARGETS)}.")


def _write_metadata(documents: Sequence[Document], path: Path) -> None:
    """The metadata of all reports as a table with one column a key; nothing if there are none."""
    keys = list(dict.fromkeys(key for document in documents for key in document.report.metadata))
    if keys:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["id", *keys])
        writer.writerows([d.report.id, *(d.report.metadata.get(key, "") for key in keys)] for d in documents)
        write_text(path, table.getvalue())


def by_split(documents: Sequence[Document]) -> dict[str, list[Document]]:
    """Documents by the split that their metadata declare; "all" for those that declare none."""
    splits: dict[str, list[Document]] = {}
    for document in documents:
        splits.setdefault(document.report.metadata.get("split", "all"), []).append(document)
    return splits
