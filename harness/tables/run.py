"""The table of one run."""

import os
from collections.abc import Iterable
from pathlib import Path

from harness.files import display_path
from harness.runs.record import Run, interval_name
from harness.scoring.measures import MACRO, MICRO, Row
from harness.tables.anatomy import confusion_tables, error_table, label_tables, match_table, match_tables
from harness.tables.model import Page, Table, interval, joined
from harness.tables.render import to_markdown
from harness.tables.slices import calibration_tables, slice_tables
from harness.wording import counted, percent

HEADINGS = ("label", "gold", "found", "precision", "recall", "F1", "95% interval", "exact F1")


def run_markdown(run: Run) -> str:
    """The content of table.md."""
    return to_markdown(full_page(run))


def full_page(run: Run) -> Page:
    """The page of a run with everything: also all categories, the confusion matrix, slices and calibration."""
    page = run_page(run)
    if not page.tables:
        return page
    more = (
        *match_tables(run),
        *label_tables(run),
        *confusion_tables(run),
        *slice_tables(run),
        *calibration_tables(run),
    )
    return Page(page.title, page.introduction, (*page.tables, *more), page.notes)


def run_page(run: Run) -> Page:
    """What a terminal shows: for each view strict scores by label; the other ways of matching; what the errors are."""
    record = run.record
    if record.status == "error" or record.gold is None:
        return Page(f"{record.model}: nothing could be scored", (record.error,), ())
    gold = record.gold
    speed = record.speed
    rate = f", {speed.reports_per_second:.1f} reports/s" if speed and speed.reports_per_second else ""
    name = f"{record.model} on {gold.name} ({gold.split}): {counted(len(gold.scored), 'report')}{rate}"
    memory = f", peak {speed.peak_memory_mib:.0f} MiB" if speed and speed.peak_memory_mib else ""
    introduction = (
        "precision, recall, F1: same span and same label (strict); exact: same span. micro pools all labels,",
        f"macro averages them. {interval_name(run)} interval: of F1, by bootstrap over reports. All in percent.",
    )
    tables = (*_tables(run), match_table(run), error_table(run))
    return Page(f"{name}{memory}", introduction, tables, tuple(_notes(run)))


def _tables(run: Run) -> Iterable[Table]:
    confidence = interval_name(run)
    headings = tuple(heading.replace("95%", confidence) for heading in HEADINGS)
    for view in run.record.views:
        strict = _by_label(run.rows, view.name, "strict", "all")
        exact = _by_label(run.rows, view.name, "exact", "all")
        rows = [_cells(label, strict[label], exact[label]) for label in view.labels if _occurs(strict[label])]
        rows += [_cells(f"{name}, all", strict[name], exact[name]) for name in (MICRO, MACRO)]
        strong = {len(rows) - 2, len(rows) - 1}
        if set(view.emitted) != set(view.labels):
            strict = _by_label(run.rows, view.name, "strict", "emitted")
            exact = _by_label(run.rows, view.name, "exact", "emitted")
            rows += [_cells(f"{name}, emitted", strict[name], exact[name]) for name in (MICRO, MACRO)]
        yield Table(
            f"{view.name} labels",
            headings,
            tuple(rows),
            tuple(_view_notes(run, view.name)),
            frozenset(strong),
        )


def _cells(name: str, strict: Row, exact: Row) -> tuple[str, ...]:
    return (
        name,
        str(strict.gold),
        str(strict.predicted),
        percent(strict.precision),
        percent(strict.recall),
        percent(strict.f1),
        interval(strict.low, strict.high),
        percent(exact.f1),
    )


def _view_notes(run: Run, name: str) -> Iterable[str]:
    view = next(view for view in run.record.views if view.name == name)
    missing = [label for label in view.labels if label not in view.emitted]
    if missing:
        yield f"never emitted by {run.record.model}, left out of 'emitted': {joined(missing)}"
    strict = _by_label(run.rows, name, "strict", "all")
    spurious = [label for label in view.labels if strict[label].gold == 0 and (strict[label].predicted or 0) > 0]
    if spurious:
        yield f"found but not in this gold, left out of macro: {joined(spurious)}"


def _notes(run: Run) -> Iterable[str]:
    record = run.record
    if record.counts.failed:
        yield f"FAILED: {record.error}"
    ignored = sorted({label for view in record.views for label in view.ignored})
    if ignored:
        everywhere = [label for label in ignored if all(label in view.ignored for view in record.views)]
        if everywhere:
            yield f"labels of {record.model} without a counterpart, ignored: {joined(everywhere)}"
        for view in record.views:
            own = [label for label in view.ignored if label not in everywhere]
            if own:
                yield f"ignored in {view.name} only: {joined(own)}"
    for view in record.views:
        if view.gold_ignored:
            yield f"labels of the gold that {view.name} lacks, not counted there: {joined(view.gold_ignored)}"
    trims = sorted({word for view in record.views for one in view.trims for word in (*one.leading, *one.trailing)})
    if trims:
        words = "  ".join(f"“{word}”" for word in trims)
        yield f"words cut from the edges of predictions (scoring.trims=false keeps them): {words}"
    if record.gold is not None:
        yield from record.gold.remarks
        yield from record.remarks
        if len(record.gold.scored) < 50:
            number = counted(len(record.gold.scored), "report")
            yield f"Only {number}: intervals are rough, and small differences mean nothing."
    if run.directory == Path(os.devnull):
        yield "labels by match, categories, confusions, slices, confidences: --format markdown"
    else:
        yield "labels by match, categories, confusions, slices, confidences: table.md in the run directory"
        yield f"run: {display_path(run.directory)}"


def _by_label(rows: Iterable[Row], view: str, match: str, scope: str) -> dict[str, Row]:
    wanted = (view, match, scope, "")
    return {row.label: row for row in rows if (row.view, row.match, row.scope, row.slice) == wanted}


def _occurs(row: Row) -> bool:
    return row.gold > 0 or (row.predicted or 0) > 0
