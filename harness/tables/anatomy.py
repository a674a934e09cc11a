"""The other ways of matching, what the errors are, and which labels are mistaken for which."""

from collections.abc import Iterable, Sequence

from harness.runs.record import Run, interval_name, overlap_of
from harness.scoring.measures import AVERAGES, MACRO, MICRO, WEIGHTED, Row
from harness.tables.model import Table, interval
from harness.wording import percent

MEANINGS = {
    "strict": "same span, same label",
    "exact": "same span",
    "partial": "overlapping spans earn half",
    "type": "same label, spans overlap",
    "overlap": "same label, overlap ≥ {overlap:g}",
    "sequence-conlleval": "entities as seqeval counts them",
    "sequence-strict": "the same in its mode strict",
}


def match_table(run: Run) -> Table:
    """Micro F1 of every match, one pair of columns a view."""
    views = [view.name for view in run.record.views]
    found = {(row.match, row.view): row for row in _overall(run.rows) if row.label == MICRO}
    matches = list(dict.fromkeys(match for match, _ in found))
    name = interval_name(run)
    rows = []
    for match in matches:
        cells = [match, MEANINGS.get(match, "").format(overlap=overlap_of(run))]
        for view in views:
            row = found.get((match, view))
            cells += [percent(row.f1), interval(row.low, row.high)] if row else ["–", ""]
        rows.append(tuple(cells))
    headings = ("match", "what is right", *(heading for view in views for heading in (f"{view} F1", name)))
    return Table("ways of matching (micro, all labels)", headings, tuple(rows), wide=frozenset({1}))


def match_tables(run: Run) -> Iterable[Table]:
    """For each view the categories of every match, and all averages."""
    headings = (
        *("match", "correct", "incorrect", "partial", "missed", "spurious"),
        *("precision", "recall", "F1", "macro F1", "weighted F1"),
    )
    for view in run.record.views:
        found: dict[str, dict[str, Row]] = {}
        for row in _overall(run.rows):
            if row.view == view.name:
                found.setdefault(row.match, {})[row.label] = row
        rows = tuple(_categories(match, own[MICRO], own) for match, own in found.items())
        yield Table(f"categories, {view.name} labels", headings, rows)


def _categories(match: str, micro: Row, averages: dict[str, Row]) -> tuple[str, ...]:
    numbers = ("–" if n is None else str(n) for n in (micro.incorrect, micro.partial, micro.missed, micro.spurious))
    shares = (micro.precision, micro.recall, micro.f1, averages[MACRO].f1, averages[WEIGHTED].f1)
    return (match, str(micro.correct), *numbers, *map(percent, shares))


def label_tables(run: Run) -> Iterable[Table]:
    """For each view F1 by label and match, and the errors by label."""
    for view in run.record.views:
        found = {
            (row.label, row.match): row
            for row in run.rows
            if (row.view, row.scope, row.slice) == (view.name, "all", "") and row.label not in AVERAGES
        }
        labels = [
            label
            for label in view.labels
            if any(one == label and row.gold + (row.predicted or 0) for (one, _), row in found.items())
        ]
        matches = list(dict.fromkeys(match for _, match in found))
        rows = [(label, *(percent(found[label, match].f1) for match in matches)) for label in labels]
        yield Table(f"F1 by label and match, {view.name} labels", ("label", *matches), tuple(rows))
        errors = {(row.label, row.error): row.count for row in run.errors if row.view == view.name}
        kinds = list(dict.fromkeys(error for _, error in errors))
        counts = [(label, *(str(errors[label, kind] or "·") for kind in kinds)) for label in labels]
        yield Table(f"errors by label, {view.name} labels", ("label", *kinds), tuple(counts))


def _overall(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.scope == "all" and not row.slice and row.label in AVERAGES]


def error_table(run: Run) -> Table:
    """How many errors of each kind there are, and what micro strict F1 would be without them."""
    views = [view.name for view in run.record.views]
    found = {(row.error, row.view): row for row in run.errors if row.label == MICRO}
    rows = []
    for error in dict.fromkeys(error for error, _ in found):
        cells = [error]
        for view in views:
            row = found[error, view]
            gain = "–" if row.f1 is None or row.f1_if_fixed is None else f"{100 * (row.f1_if_fixed - row.f1):+.1f}"
            cells += [str(row.count), percent(row.f1_if_fixed), gain]
        rows.append(tuple(cells))
    headings = ("error", *(heading for view in views for heading in (view, "F1 if fixed", "gain")))
    notes = ("F1 if fixed: strict micro F1 if only the errors of this kind were put right.",)
    return Table("errors", headings, tuple(rows), notes)


def confusion_tables(run: Run) -> Iterable[Table]:
    """For each view gold labels against the labels of their partners."""
    for view in run.record.views:
        cells = {(cell.gold, cell.predicted): cell.count for cell in run.confusions if cell.view == view.name}
        rows: list[tuple[str, ...]] = []
        sides: Sequence[str | None] = (*view.labels, None)
        for gold in sides:
            numbers = [cells.get((gold, predicted), 0) for predicted in sides]
            if any(numbers):
                rows.append((gold or "spurious", *(str(number) if number else "·" for number in numbers)))
        headings = ("gold \\ found as", *view.labels, "missed")
        notes = ("pairs of the assignment; missed and spurious include merged and split.",)
        yield Table(f"confusions, {view.name} labels", headings, tuple(rows), notes)
