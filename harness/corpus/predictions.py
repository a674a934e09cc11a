"""Reading predictions that were made elsewhere, in any format that gold is read in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.corpus import brat, jsonl, standoff
from harness.corpus.annotation_conf import read_annotation_conf
from harness.corpus.docbin import read_docbin
from harness.corpus.document import Document, Gold
from harness.corpus.examine import examine
from harness.errors import ConfigurationError, FileError, InputError
from harness.files import read_text
from harness.schema import Schema

SUFFIXES = {
    ".jsonl": "jsonl",
    ".spacy": "docbin",
    **dict.fromkeys((".conll", ".iob", ".iob2", ".bio", ".bioes", ".tsv", ".txt", ".col"), "conll"),
}
"""The format of a file by its suffix; a folder is taken for brat's."""


def guess_format(path: Path, option: str) -> str:
    """The format of a file or folder. ConfigurationError names `option` if there is no telling."""
    if path.is_dir():
        return "brat"
    if path.suffix not in SUFFIXES:
        raise ConfigurationError(
            f"cannot tell the format of {path}", f"Add {option} FORMAT: brat, jsonl, conll, docbin."
        )
    return SUFFIXES[path.suffix]


@dataclass(frozen=True)
class Predicted:
    """Predictions by report id, and what was left out, in sentences."""

    annotations: Mapping[str, Annotations]
    remarks: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that occur, sorted."""
        return tuple(sorted({label for one in self.annotations.values() for label in one.mention_labels}))


def read_predictions(path: Path, kind: str, gold: Gold, spans_key: str | None = None) -> Predicted:
    """Predictions in brat's format, JSONL or DocBin for the reports of `gold`.

    A brat folder may hold .ann files alone; their offsets then refer to the gold texts. InputError if a report has no
    prediction, or its text is another one.
    """
    if kind == "brat":
        return fit(_read_brat(path, gold), gold, path)
    if kind == "docbin":
        return fit_documents(read_docbin(path, spans_key, Path(gold.path).stem), gold, path)
    if kind == "jsonl":
        return _read_jsonl(path, gold)
    raise ConfigurationError(f"unknown format {kind!r} of predictions", "Formats: brat, jsonl, conll, docbin.")


def fit_documents(documents: Sequence[Document], gold: Gold, path: Path) -> Predicted:
    """Predictions that bring their texts."""
    texts = {report.id: report.text for report, _ in gold.documents}
    for report, _ in documents:
        _check_text(report.id, report.text, texts, path)
    return fit([annotations for _, annotations in documents], gold, path)


def fit(predictions: Sequence[Annotations], gold: Gold, path: Path) -> Predicted:
    """Predictions by report, one for every report of `gold`; others are left out and counted.

    InputError names a report without a prediction, or a mention outside its text.
    """
    found = {one.report: one for one in predictions}
    missing = [report.id for report, _ in gold.documents if report.id not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(
            f"{path} holds no prediction for report {missing[0]}{more}",
            "A report without mentions needs an empty prediction; or choose the split that was predicted.",
        )
    for report, _ in gold.documents:
        try:
            found[report.id].check_within(report.text)
        except ValueError as error:
            raise InputError(f"{path}: {error}", "Predict on the same text as the gold's.") from None
    strangers = len(found) - len(gold.documents)
    remarks = (f"{strangers} predicted reports are not in the gold ({gold.split}): not scored",) if strangers else ()
    return Predicted({report.id: found[report.id] for report, _ in gold.documents}, remarks)


def _check_text(name: str, text: str, texts: Mapping[str, str], path: Path) -> None:
    if texts.get(name, text) != text:
        raise InputError(f"{path} holds another text for report {name}", "Predict on the same text as the gold's.")


def _read_brat(path: Path, gold: Gold) -> list[Annotations]:
    folder = path / "reports" if (path / "reports").is_dir() else path
    confs = [one / "annotation.conf" for one in (path, folder) if (one / "annotation.conf").exists()]
    files = sorted(folder.glob("*.ann"))
    if not files:
        raise InputError(f"{path} holds no .ann files", "Name a folder with one ID.ann for every report.")
    texts = {report.id: report.text for report, _ in gold.documents}
    schema = read_annotation_conf(confs[0]) if confs else gold.schema
    found = []
    for file in files:
        if file.stem not in texts:
            found.append(Annotations(file.stem))
            continue
        beside = file.with_suffix(".txt")
        if beside.exists():
            _check_text(file.stem, read_text(beside), texts, path)
        found.append(_parse(file, texts[file.stem], schema, declared=bool(confs)))
    return found


def _parse(file: Path, text: str, schema: Schema, *, declared: bool) -> Annotations:
    lines = standoff.parse(brat.read_annotations(file), file)
    if not declared:
        labels = (line.label for line in lines if isinstance(line, standoff.TextBound))
        found = (label for label in labels if label not in schema.events)
        schema = msgspec.structs.replace(schema, entities=tuple(dict.fromkeys((*schema.entities, *found))))
    for fault in examine(lines, text, schema, file):
        raise fault
    return brat.to_annotations(lines, file.stem, schema)


def _read_jsonl(path: Path, gold: Gold) -> Predicted:
    first = next((line for line in read_text(path).split("\n") if line.strip()), "{}")
    try:
        brings_text = "text" in msgspec.json.decode(first, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise FileError(path, f"cannot read the line: {error}", "See docs/formats.md.", 1) from None
    if brings_text:
        return fit_documents(jsonl.read_documents(path), gold, path)
    return fit(list(jsonl.read_predictions(path)), gold, path)
