"""Checks a brat folder as a whole: every fault, not only the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.corpus import brat, standoff
from harness.corpus.crosswalk import Crosswalk
from harness.corpus.examine import examine
from harness.corpus.gold import brat_schema, orphans, read_metadata, report_files
from harness.corpus.standoff import TextBound
from harness.corpus.zones import read_zones
from harness.errors import FileError, HarnessError, InputError
from harness.files import existing_folder, read_text
from harness.schema import Schema


@dataclass(frozen=True)
class CheckResult:
    """What was checked, and every fault that was found."""

    reports: int
    mentions: int
    faults: tuple[HarnessError, ...]


def check_folder(folder: Path, crosswalk: Crosswalk | None = None) -> CheckResult:
    """Check all reports of a gold folder; `crosswalk`, if it covers the labels, says which zones are ignored.

    Raises InputError if the folder or its annotation.conf cannot be read.
    """
    existing_folder(folder, "gold folder", "Name a folder of .txt and .ann files.")
    schema = brat_schema(folder)
    if crosswalk is not None and crosswalk.covers(schema.entities):
        schema = crosswalk.apply(schema)
    files = report_files(folder)
    if not files:
        raise InputError(f"{folder} holds no .txt files", "Name a folder of .txt and .ann files.")
    faults: list[HarnessError] = []
    mentions = 0
    try:
        read_metadata(folder, [path.stem for path in files])
    except FileError as error:
        faults.append(error)
    for path in files:
        annotations = path.with_suffix(".ann")
        try:
            text, content = _read(path)
        except FileError as error:
            faults.append(error)
            continue
        if syntax := standoff.malformed(content, annotations):
            faults += syntax
            continue
        lines = standoff.parse(content, annotations)
        mentions += sum(isinstance(line, TextBound) and line.label in schema.entities for line in lines)
        faults += examine(lines, text, schema, annotations)
        faults += _boilerplate(path, text, lines, schema)
    faults += orphans(files)
    return CheckResult(len(files), mentions, tuple(faults))


def _read(path: Path) -> tuple[str, str]:
    """The text, and the content of the .ann file beside it."""
    return read_text(path), brat.read_annotations(path.with_suffix(".ann"))


def _boilerplate(path: Path, text: str, lines: tuple[standoff.Line, ...], schema: Schema) -> Iterator[FileError]:
    """Faults of the zone table, and labels in zones that the schema ignores."""
    table = path.with_suffix(".zones.tsv")
    if not table.exists():
        return
    try:
        zones = read_zones(table, text)
    except FileError as error:
        yield error
        return
    ignored = [zone for zone in zones if zone.kind in schema.ignore_zones]
    for line in lines:
        if isinstance(line, TextBound):
            for zone in ignored:
                if zone.start < line.spans[-1][1] and line.spans[0][0] < zone.end:
                    yield FileError(
                        path.with_suffix(".ann"),
                        f"{line.id} lies in {zone.kind} [{zone.start}, {zone.end}), where nothing is labelled",
                        "Remove the label or mend the zone.",
                        line.number,
                        1,
                    )
