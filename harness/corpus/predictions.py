"""Reading predictions that were made elsewhere, in any format that gold is read in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.corpus import brat, jsonl, standoff
from harness.corpus.annotation_conf import read_annotation_conf
from harness.corpus.docbin import read_docbin
from harness.corpus.document import Document, Gold
from harness.corpus.examine import examine
from harness.errors import ConfigurationError, InputError
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
    if not path.exists():
        raise InputError(f"{path}: no such file or folder", "Check the path.")
    if path.is_dir():
        return "brat"
    if path.suffix not in SUFFIXES:
        raise ConfigurationError(
            f"cannot tell the format of {path}", f"Add {option} FORMAT, such as jsonl, conll or docbin."
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
    if len(missing) == len(gold.documents) and found:
        raise InputError(
            f"{path} holds no report of the gold: its reports are called {_some(found)}, the gold's {_some(missing)}",
            "Call them the same, or choose the split that was predicted.",
        )
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
    told = f"{strangers} predicted report{'s' * (strangers != 1)} not in the gold ({gold.split}): not scored"
    remarks = (told,) if strangers else ()
    return Predicted({report.id: found[report.id] for report, _ in gold.documents}, remarks)


def _some(names: Collection[str]) -> str:
    return ", ".join(list(names)[:3]) + ", ..." * (len(names) > 3)


def _check_text(name: str, text: str, texts: Mapping[str, str], path: Path) -> None:
    gold = texts.get(name, text)
    if gold == text:
        return
    at = next((at for at, (a, b) in enumerate(zip(gold, text, strict=False)) if a != b), min(len(gold), len(text)))
    raise InputError(
        f"{path} holds another text for report {name}: from character {at} on {text[at : at + 20]!r}, "
        f"in the gold {gold[at : at + 20]!r}",
        "Predict on the same text as the gold's.",
    )


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
    """The annotations of a file. Where no annotation.conf declares labels, all that stand there are mentions' labels.

    Other layers are then left out: they cannot be checked, and mentions are all that is scored.
    """
    lines = standoff.parse(brat.read_annotations(file), file)
    if not declared:
        triggers = {line.trigger for line in lines if isinstance(line, standoff.EventLine)}
        mentions = [one for one in lines if isinstance(one, standoff.TextBound) and one.id not in triggers]
        known = {one.id for one in mentions}
        notes = [one for one in lines if isinstance(one, standoff.NoteLine) and one.target in known]
        lines = (*mentions, *notes)
        schema = Schema(tuple(dict.fromkeys((*schema.entities, *(one.label for one in mentions)))))
    for fault in examine(lines, text, schema, file):
        raise fault
    return brat.to_annotations(lines, file.stem, schema)


def _read_jsonl(path: Path, gold: Gold) -> Predicted:
    first = next(jsonl.read_lines(path, dict[str, msgspec.Raw]), None)
    if first is not None and "text" in first[1]:
        return fit_documents(jsonl.read_documents(path), gold, path)
    return fit(list(jsonl.read_predictions(path)), gold, path)
