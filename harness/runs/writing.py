"""Writes a run directory: every file under a temporary name and renamed, `run.json` last."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from harness.annotation import Annotations
from harness.corpus import jsonl
from harness.corpus.document import Gold
from harness.corpus.gold import GoldSource
from harness.extraction.runner import Failure
from harness.files import write_bytes
from harness.runs.assess import Assessment
from harness.runs.record import (
    GoldRecord,
    Run,
    RunRecord,
    encode_calibrations,
    encode_errors,
    encode_record,
    encode_rows,
)


def run_of(directory: Path, record: RunRecord, assessment: Assessment, failures: Sequence[Failure] = ()) -> Run:
    """A run as it will be read back."""
    return Run(
        directory,
        record,
        assessment.rows,
        tuple(failures),
        assessment.errors,
        assessment.confusions,
        assessment.calibrations,
    )


def gold_record(
    gold: Gold, source: GoldSource, scored: Sequence[str], slices: Mapping[str, Sequence[str]]
) -> GoldRecord:
    """What the run record says of a gold set, of which the reports `scored` counted."""
    return GoldRecord(
        gold.name,
        gold.path,
        gold.split,
        gold.text_hash,
        gold.label_hash,
        tuple(document.report.id for document in gold.documents),
        tuple(scored),
        gold.schema.counted,
        tuple(sorted(gold.schema.ignore_zones)),
        gold.remarks,
        {name: tuple(reports) for name, reports in slices.items()},
        source,
    )


def write_run(run: Run, predictions: Mapping[str, Annotations], assessment: Assessment, shown: str) -> None:
    """Write all files of a run; `shown` is the content of table.md. Predictions stand in the order of the gold."""
    names = run.record.gold.reports if run.record.gold else ()
    lines = (jsonl.encode_line(predictions[name]) for name in names if name in predictions)
    write_bytes(run.directory / "predictions.jsonl", b"".join(lines))
    if run.failures:
        write_bytes(run.directory / "failures.jsonl", msgspec.json.Encoder().encode_lines(run.failures))
    assessment.table.write(run.directory / "counts.parquet")
    write_bytes(run.directory / "scores.json", encode_rows(run.rows).encode())
    write_bytes(run.directory / "errors.json", encode_errors(run.errors, run.confusions).encode())
    if run.calibrations:
        write_bytes(run.directory / "calibration.json", encode_calibrations(run.calibrations))
    write_bytes(run.directory / "table.md", shown.encode())
    write_bytes(run.directory / "run.json", encode_record(run.record))
