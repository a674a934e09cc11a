"""Predictions that were made elsewhere, read from a JSONL file or a brat folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from harness.annotation import Annotations, Report
from harness.backends.base import Backend
from harness.corpus import brat, jsonl
from harness.corpus.gold import brat_schema, report_files
from harness.errors import ConfigurationError, FileError
from harness.files import read_text


class ReplayBackend(Backend):
    """What stands in `path` for each report.

    A JSONL file holds one prediction a line (as in predictions.jsonl); a brat folder holds ID.txt and ID.ann and an
    annotation.conf. `labels` are the labels that the model could have emitted; default: those that occur. A report
    that is not in the file fails. Where a run record lies beside the file, the labels are of the set that it names.
    """

    def __init__(self, path: str, labels: Iterable[str] = ()) -> None:
        self._path = Path(path)
        if self._path.is_dir():
            schema = brat_schema(self._path)
            self._files = report_files(self._path)
            documents = [brat.read_document(file, schema) for file in self._files]
            predictions = [document.annotations for document in documents]
            self._texts = {document.report.id: document.report.text for document in documents}
        else:
            self._files = [self._path]
            predictions = list(jsonl.read_predictions(self._path))
            self._texts = {}
        self._predictions = {prediction.report: prediction for prediction in predictions}
        found = {label for prediction in predictions for label in prediction.mention_labels}
        self.labels = tuple(labels) or tuple(sorted(found))
        self.label_set = _label_set_of_run(self._path)
        if not self.labels:
            raise FileError(path, "holds no mention", "Say what the model can emit: model.args.labels=[A,B].")
        if missing := sorted(found - set(self.labels)):
            raise ConfigurationError(
                f"{path} holds labels that model.args.labels lacks: {', '.join(missing)}", "Add them."
            )

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """The stored prediction of each report. LookupError if there is none, ValueError if the text is another one."""
        for report in reports:
            if report.id not in self._predictions:
                raise LookupError(f"{self._path} holds no prediction for report {report.id}")
            if self._texts.get(report.id, report.text) != report.text:
                raise ValueError(f"{self._path} holds another text for report {report.id}")
            yield self._predictions[report.id]

    def data_files(self) -> Iterable[Path]:
        """The file, or the .ann files of the folder with their texts."""
        beside = [file.with_suffix(".ann") for file in self._files if file.suffix == ".txt"]
        conf = [self._path / "annotation.conf"] if (self._path / "annotation.conf").exists() else []
        return [*self._files, *beside, *conf]


class _Named(msgspec.Struct):
    name: str | None = None


class _Model(msgspec.Struct):
    crosswalk: _Named


class _Config(msgspec.Struct):
    model: _Model


class _Record(msgspec.Struct):
    """The part of a run record that says which label set its model emits."""

    config: _Config


def _label_set_of_run(predictions: Path) -> str | None:
    record = predictions.parent / "run.json"
    if predictions.is_dir() or not record.exists():
        return None
    try:
        return msgspec.json.decode(read_text(record), type=_Record).config.model.crosswalk.name
    except msgspec.DecodeError as error:
        raise FileError(record, f"cannot be read: {error}", "Move the predictions away from it.") from None
