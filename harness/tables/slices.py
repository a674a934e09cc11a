"""Scores of subsets, and what confidences are worth."""

from collections.abc import Iterable

from harness.runs.record import Run, interval_name
from harness.scoring.measures import MICRO, Row
from harness.tables.model import Table, interval
from harness.wording import percent


def slice_tables(run: Run) -> Iterable[Table]:
    """For each view and each way of slicing a table of micro strict scores."""
    headings = ("slice", "reports", "gold", "found", "precision", "recall", "F1", f"{interval_name(run)} interval")
    of_reports = run.record.gold.slices if run.record.gold else {}
    for view in run.record.views:
        groups: dict[str, list[Row]] = {}
        for row in run.rows:
            if (row.view, row.scope, row.label) == (view.name, "all", MICRO) and row.slice:
                groups.setdefault(row.slice.partition("=")[0], []).append(row)
        for name, rows in groups.items():
            if len(rows) < 2:
                continue  # everything is in one slice
            kind = "reports" if rows[0].slice in of_reports else "mentions"
            cells = tuple(_cells(row) for row in rows)
            notes = _SIDES[rows[0].predicted is not None] if kind == "mentions" else ()
            unit = UNITS.get(name, "")
            yield Table(f"{kind} by {name}{unit}, {view.name} labels, strict", headings, cells, notes)


UNITS = {
    "density": " (gold mentions in a hundred tokens)",
    "frequency": " (times in the train split)",
    "length": " (tokens)",
    "seen": " (in the train split)",
    "zone": " (smallest around the mention)",
}
"""What the slices of conf/scoring/default.yaml are counted in."""
_SIDES = {
    True: ("each mention is in the slice of its own side: false positives where the predicted surface puts them.",),
    False: ("only gold mentions have this attribute: recall alone.",),
}


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.slice.partition("=")[2],
        str(row.reports),
        str(row.gold),
        "–" if row.predicted is None else str(row.predicted),
        percent(row.precision),
        percent(row.recall),
        percent(row.f1),
        interval(row.low, row.high),
    )


def calibration_tables(run: Run) -> Iterable[Table]:
    """For each view that has confidences: how they rank, and confidence against precision in 15 bins."""
    for one in run.calibrations:
        ranked = (
            percent(one.average_precision),
            percent(one.calibration_error),
            "–" if one.best_threshold is None else f"{one.best_threshold:.3g}",
            str(one.predicted - one.without),
            str(one.without),
        )
        headings = ("", "average precision", "calibration error", "best threshold", "with confidence", "without")
        notes = () if one.best_threshold is not None else ("the best threshold is only chosen on split dev.",)
        yield Table(f"confidences, {one.view} labels, strict", headings, (("all", *ranked),), notes)
        rows = tuple(
            (
                f"{each.low:.2f}–{each.high:.2f}",
                str(each.predicted),
                str(each.correct),
                percent(each.confidence),
                percent(each.precision),
            )
            for each in one.bins
            if each.predicted
        )
        yield Table(
            f"calibration, {one.view} labels", ("confidence", "found", "right", "mean confidence", "precision"), rows
        )
