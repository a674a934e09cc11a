"""Checks a brat folder as a whole: every fault, and everything that a person should look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.annotation import Report
from harness.corpus import brat, standoff
from harness.corpus.actors import read_actors
from harness.corpus.crosswalk import Crosswalk
from harness.corpus.examine import examine
from harness.corpus.gold import brat_schema, orphans, read_metadata, report_files
from harness.corpus.review import Page, labels_of, review
from harness.corpus.similarity import too_similar
from harness.corpus.standoff import TextBound
from harness.corpus.zones import read_zones
from harness.errors import FileError, HarnessError, InputError
from harness.files import existing_folder, read_text
from harness.schema import Schema


@dataclass(frozen=True)
class Listed:
    """A name with several types in different reports: no fault, but worth a look. `types` holds reports by type."""

    surface: str
    types: Mapping[str, Sequence[str]]


@dataclass
class CheckResult:
    """What was checked, and what was found.

    `faults` break the schema. `warnings` are what a person should look at (harness.corpus.review), by rule; `waived` is
    how many were looked at and found right. `listed` is for information.
    """

    reports: int = 0
    mentions: int = 0
    faults: list[HarnessError] = field(default_factory=list)
    warnings: list[tuple[str, FileError]] = field(default_factory=list)
    waived: int = 0
    listed: list[Listed] = field(default_factory=list)


def check_folder(folder: Path, crosswalk: Crosswalk | None = None) -> CheckResult:
    """Check all reports of a gold folder; `crosswalk`, if it covers the labels, brings the gold's conventions.

    Warnings are looked for in reports without faults. Raises InputError if the folder or its annotation.conf cannot be
    read.
    """
    existing_folder(folder, "gold folder", "Name a folder of .txt and .ann files.")
    schema = brat_schema(folder)
    if crosswalk is not None and crosswalk.covers(schema.entities):
        schema = crosswalk.apply(schema)
    files = report_files(folder)
    if not files:
        raise InputError(f"{folder} holds no .txt files", "Name a folder of .txt and .ann files.")
    result = CheckResult(len(files))
    metadata: dict[str, dict[str, str]] | None = None
    actors: Mapping[str, frozenset[str]] | None = None
    try:
        metadata = read_metadata(folder, [path.stem for path in files])
    except FileError as error:
        result.faults.append(error)
    try:
        actors = read_actors(folder, schema.conventions.actors)
    except FileError as error:
        result.faults.append(error)
    pages = []
    texts: dict[str, str] = {}
    for path in files:
        annotations = path.with_suffix(".ann")
        try:
            text, content = _read(path)
        except FileError as error:
            result.faults.append(error)
            continue
        if syntax := standoff.malformed(content, annotations):
            result.faults += syntax
            continue
        lines = standoff.parse(content, annotations)
        result.mentions += sum(isinstance(line, TextBound) and line.label in schema.entities for line in lines)
        faults = [*examine(lines, text, schema, annotations), *_boilerplate(path, text, lines, schema)]
        result.faults += faults
        if not faults:
            zones_path = path.with_suffix(".zones.tsv")
            zones = read_zones(zones_path, text) if zones_path.exists() else ()
            report = Report(path.stem, text, zones)
            texts[path.stem] = _own_words(report, schema)
            pages.append(Page(report, brat.to_annotations(lines, path.stem, schema), schema, actors))
            numbers = {name: line.number for line in lines if (name := getattr(line, "id", ""))}
            _review(pages[-1], numbers, annotations, result)
    result.faults += orphans(files)
    if metadata is not None:
        result.warnings += _across(folder, texts, metadata)
    result.listed += _several_types(pages)
    return result


def _review(page: Page, numbers: Mapping[str, int], path: Path, result: CheckResult) -> None:
    findings, waived = review(page)
    result.waived += waived
    result.warnings += [
        (one.rule, FileError(path, f"{one.target or 'report'}: {one.message}", one.remedy, numbers.get(one.target, 0)))
        for one in findings
    ]


def _own_words(report: Report, schema: Schema) -> str:
    """The text without zones that are ignored: reports of one site share its furniture."""
    text = list(report.text)
    for zone in report.zones:
        if zone.kind in schema.ignore_zones:
            text[zone.start : zone.end] = " " * (zone.end - zone.start)
    return "".join(text)


def _across(
    folder: Path, texts: Mapping[str, str], metadata: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, FileError]]:
    """What only shows when reports are compared."""
    table = folder / "reports.csv"
    clusters = {name: row.get("cluster") or name for name, row in metadata.items()}
    for value, one, other in too_similar(texts, clusters):
        message = f"{one} and {other} are too alike ({value:.2f} of their sequences of eight words)"
        yield "too-similar", FileError(table, message, "Put them into one cluster or rewrite one.")
    splits: dict[str, set[str]] = {}
    for name, row in metadata.items():
        splits.setdefault(clusters[name], set()).add(row.get("split", ""))
    for cluster, names in splits.items():
        if len(names) > 1:
            message = f"cluster {cluster!r} has reports in {' and '.join(sorted(names))}"
            yield "split-cluster", FileError(table, message, "Put reports on one happening into one split.")


def _several_types(pages: Sequence[Page]) -> Iterator[Listed]:
    found: dict[str, dict[str, list[str]]] = {}
    for page in pages:
        for surface, labels in labels_of(page).items():
            for label in labels:
                found.setdefault(surface, {}).setdefault(label, []).append(page.report.id)
    for surface in sorted(found):
        if len(found[surface]) > 1:
            yield Listed(surface, found[surface])


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
