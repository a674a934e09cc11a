"""A blessed baseline: three files that are kept in git, so that a review sees what changed.

`MODEL.json` holds the record of the run, its scores and the hashes of the other two; `MODEL.counts.jsonl` the count
table, one report a line, zeros left out; `MODEL.predictions.jsonl` the raw predictions. No path of a machine is kept.
"""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from harness.annotation import Annotations
from harness.corpus import jsonl
from harness.errors import FileError
from harness.files import read_text, write_bytes
from harness.runs.record import RunRecord, decode_document, encode_document
from harness.runs.stored import Stored
from harness.scoring.measures import Row
from harness.scoring.table import Column, CountTable

BASELINE_SCHEMA = 1
REMEDY = "Take it back from git, or bless a run again: python -m harness bless RUN."
Cells = dict[str, dict[str, dict[str, dict[str, float]]]]
"""Counts that are not 0, by layer, view, label and counter."""


class LayerColumns(msgspec.Struct, frozen=True):
    """The columns of one layer and view: every label has every counter."""

    layer: str
    view: str
    labels: tuple[str, ...]
    counters: tuple[str, ...]


class BaselineFile(msgspec.Struct, frozen=True):
    """MODEL.json. `sha256` are the hashes of the two other files, "counts" and "predictions"."""

    kind: Literal["baseline"]
    schema: int
    record: RunRecord
    columns: tuple[LayerColumns, ...]
    sha256: Mapping[str, str]
    scores: tuple[Row, ...]


class _Line(msgspec.Struct, frozen=True):
    report: str
    counts: Cells


class Baseline(Stored):
    """A baseline as it lies on disk; its two other files are read, and checked, when they are asked for."""

    def __init__(self, place: Path, content: BaselineFile) -> None:
        super().__init__(place, content.record)
        self.content = content

    def table(self) -> CountTable:
        """From MODEL.counts.jsonl; slices of mentions are not kept."""
        path = self._checked("counts")
        columns = tuple(
            Column(one.layer, one.view, label, counter)
            for one in self.content.columns
            for label in one.labels
            for counter in one.counters
        )
        place = {column: number for number, column in enumerate(columns)}
        lines = list(jsonl.read_lines(path, _Line))
        values = np.zeros((len(lines), len(columns)))
        seen: set[str] = set()
        for row, (number, line) in enumerate(lines):
            if line.report in seen:
                raise FileError(path, f"report {line.report!r} stands twice", REMEDY, number)
            seen.add(line.report)
            for column, value in _cells(line.counts):
                if column not in place:
                    raise FileError(path, f"counts {column} are not declared in {self.place.name}", REMEDY, number)
                values[row, place[column]] = value
        return CountTable(tuple(line.report for _, line in lines), columns, values)

    def predictions(self) -> dict[str, Annotations]:
        """From MODEL.predictions.jsonl."""
        return {one.report: one for one in jsonl.read_predictions(self._checked("predictions"))}

    def check(self) -> None:
        """FileError if one of its files is missing, or not as it was blessed."""
        for part in ("counts", "predictions"):
            self._checked(part)

    def _checked(self, part: str) -> Path:
        path = part_of(self.place, part)
        content = read_text(path)
        if hashlib.sha256(content.encode()).hexdigest() != self.content.sha256.get(part):
            raise FileError(path, f"is not the file that {self.place.name} was blessed with", REMEDY)
        return path


def part_of(path: Path, part: str) -> Path:
    """The file beside MODEL.json that holds its counts or predictions."""
    return path.with_name(f"{path.name.removesuffix('.json')}.{part}.jsonl")


def find_baselines(path: Path) -> list[Path]:
    """The baselines that `path` stands for: itself, or those in a folder, by name."""
    if path.is_dir():
        return sorted(path.glob("*.json"))
    return [path] if path.suffix == ".json" and path.is_file() else []


def read_baseline(path: Path) -> Baseline:
    """The baseline in MODEL.json. FileError if it is none, is broken or was written by a newer version."""
    content = decode_document(path, BaselineFile, REMEDY)
    if content.schema > BASELINE_SCHEMA:
        raise FileError(path, f"was written by a newer harness (schema {content.schema})", "Update the harness.")
    if content.record.gold is None:
        raise FileError(path, "holds the record of a run without scores", REMEDY)
    return Baseline(path, content)


def write_baseline(
    path: Path,
    record: RunRecord,
    table: CountTable,
    predictions: Mapping[str, Annotations],
    scores: tuple[Row, ...],
) -> Baseline:
    """Write the three files of a baseline, MODEL.json last, and read it back."""
    table = table.unsliced()
    counts = b"".join(msgspec.json.encode(line) + b"\n" for line in _lines(table))
    order = record.gold.reports if record.gold else ()
    answers = b"".join(jsonl.encode_line(predictions[report]) for report in order if report in predictions)
    hashes = {}
    for part, lines in (("counts", counts), ("predictions", answers)):
        write_bytes(part_of(path, part), lines)
        hashes[part] = hashlib.sha256(lines).hexdigest()
    columns = tuple(_columns(table))
    content = BaselineFile("baseline", BASELINE_SCHEMA, portable(record), columns, hashes, scores)
    write_bytes(path, encode_document(content))
    return read_baseline(path)


def portable(record: RunRecord) -> RunRecord:
    """The record without paths of the machine: those below the current folder become relative, others their name."""
    gold = record.gold
    if gold is not None:
        source = gold.source
        if source is not None:
            conf = source.annotation_conf
            source = dataclasses.replace(
                source, path=_portable_path(source.path), annotation_conf=conf and _portable_path(conf)
            )
        gold = msgspec.structs.replace(gold, path=str(_portable_path(Path(gold.path))), source=source)
    fingerprint = record.fingerprint
    if fingerprint is not None:
        arguments = {name: _portable_value(value) for name, value in fingerprint.arguments.items()}
        fingerprint = msgspec.structs.replace(fingerprint, arguments=arguments)
    config: dict[str, object] = {
        "model": {"name": record.model, "args": dict(fingerprint.arguments) if fingerprint else {}}
    }
    config |= {name: record.config[name] for name in ["scoring"] if name in record.config}
    return msgspec.structs.replace(record, gold=gold, config=config, fingerprint=fingerprint)


def _portable_value(value: object) -> object:
    return str(_portable_path(Path(value))) if isinstance(value, str) and Path(value).is_absolute() else value


def _portable_path(path: Path) -> Path:
    here = Path.cwd()
    absolute = path.resolve()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else Path(absolute.name)


def _columns(table: CountTable) -> Iterator[LayerColumns]:
    for layer in dict.fromkeys(column.layer for column in table.columns):
        for _, view, _, positions in table.groups([layer]):
            counters = tuple(dict.fromkeys(counter for own in positions.values() for counter in own))
            yield LayerColumns(layer, view, tuple(positions), counters)


def _lines(table: CountTable) -> Iterator[_Line]:
    for report, row in zip(table.reports, table.values, strict=True):
        cells: Cells = {}
        for number in np.flatnonzero(row):
            one, value = table.columns[number], float(row[number])
            of_label = cells.setdefault(one.layer, {}).setdefault(one.view, {}).setdefault(one.label, {})
            of_label[one.counter] = int(value) if value.is_integer() else value
        yield _Line(report, cells)


def _cells(counts: Cells) -> Iterator[tuple[Column, float]]:
    for layer, views in counts.items():
        for view, labels in views.items():
            for label, counters in labels.items():
                yield from ((Column(layer, view, label, counter), value) for counter, value in counters.items())
