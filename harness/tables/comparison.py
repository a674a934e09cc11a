"""The tables of several runs: one row each, and what their differences are worth."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from harness.comparison.compare import Comparison
from harness.comparison.differences import BCA, Difference, Standing, ViewComparison
from harness.files import display_path
from harness.runs.record import RunRecord
from harness.scoring.measures import AVERAGES, Row
from harness.tables.model import Page, Table, interval, joined
from harness.wording import counted, p_value, percent, signed

MEASURES = {
    "strict": "same span and same label",
    "exact": "same span",
    "partial": "overlapping spans earn half",
    "type": "same label, spans overlap",
    "overlap": "same label, spans overlap enough",
}
Record = dict[str, object]


def comparison_page(comparison: Comparison) -> Page:
    """What is said about all runs: scores, differences, sentences."""
    gold = comparison.gold
    size = len(comparison.contenders) + len(comparison.unscored)
    title = counted(size, "backend")
    if gold is not None:
        title += f" on {gold.name} ({gold.split}): {counted(len(gold.reports), 'report')}"
    tables: list[Table] = []
    for view in comparison.views:
        tables += [_standings(comparison, view), *_difference_tables(comparison, view)]
    if not tables:
        tables = [_unscored_table(comparison)]
    return Page(title, _introduction(comparison), tuple(tables), tuple(_notes(comparison)))


def _introduction(comparison: Comparison) -> tuple[str, ...]:
    options = comparison.options
    meaning = f" ({MEASURES[options.match]})" if options.match in MEASURES else ""
    kind = "BCa" if options.interval == BCA else "percentile"
    units = f"slices by {options.cluster}" if options.cluster else "reports"
    return (
        f"{options.label} {options.match} scores{meaning}, in percent.",
        f"Intervals: {kind}, by {options.resampling.resamples:,} paired bootstrap resamples of {units}.",
        "F1 emitted: micro, over the labels that the backend can emit. MiB: peak memory of the process.",
    )


def _standings(comparison: Comparison, view: ViewComparison) -> Table:
    shown = {one.name: one for one in view.standings}
    confidence = f"{100 * comparison.options.confidence:g}% interval"
    usage = any(one.record.usage for one in comparison.contenders)
    headings = (
        *("model", "precision", "recall", "F1", confidence, "F1 emitted", "reports/s", "MiB"),
        *(["cost"] if usage else []),
        "status",
    )
    rows = [
        _standing_row(contender.name, contender.record, len(contender.runs), shown.get(contender.name), usage=usage)
        for contender in comparison.contenders
    ]
    rows += [_standing_row(run.record.model, run.record, 1, None, usage=usage) for run in comparison.unscored]
    best = {
        number for number, contender in enumerate(comparison.contenders) if _is_best(contender.name, view, comparison)
    }
    return Table(f"{view.view} labels", headings, tuple(rows), strong=frozenset(best))


def _standing_row(
    name: str, record: RunRecord, runs: int, standing: Standing | None, *, usage: bool
) -> tuple[str, ...]:
    speed = record.speed
    rate = f"{speed.reports_per_second:.1f}" if speed and speed.reports_per_second else "–"
    memory = f"{speed.peak_memory_mib:.0f}" if speed and speed.peak_memory_mib else "–"
    cost = [_cost(record)] if usage else []
    name = f"{name} ({runs} repeats)" if runs > 1 else name
    if standing is None:
        status = "failed" if record.gold is None else "no such view"
        return (name, "–", "–", "–", "", "–", rate, memory, *cost, status)
    row = standing.rows[0]
    measures = (percent(row.precision), percent(row.recall), percent(row.f1), interval(row.low, row.high))
    status = f"failed on {record.counts.failed}" if record.counts.failed else "ok"
    return (name, *measures, percent(standing.emitted), rate, memory, *cost, status)


def _cost(record: RunRecord) -> str:
    usage = record.usage
    if usage is None:
        return "–"
    if usage.cost is not None:
        return f"{usage.cost:.2f} {usage.currency}"
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    return f"{tokens:,} tokens"


def _is_best(name: str, view: ViewComparison, comparison: Comparison) -> bool:
    """Whether a contender is better than each of the others by more than noise."""
    won = set()
    for one in view.of_measure(comparison.options):
        if one.difference is not None and one.is_real(1 - comparison.options.confidence):
            better, other = (one.model, one.reference) if one.difference > 0 else (one.reference, one.model)
            if better == name:
                won.add(other)
    others = {one.name for one in view.standings} - {name}
    return bool(others) and won == others


def _difference_tables(comparison: Comparison, view: ViewComparison) -> Iterable[Table]:
    options = comparison.options
    unit = "clusters" if options.cluster else "reports"
    confidence = f"{100 * options.confidence:g}% interval"
    measure = view.of_measure(options)
    if measure:
        headings = (*("difference", "points", confidence, "p (Holm)", "detectable"), *(f"{n} pt" for n in (1, 2, 3, 5)))
        rows = tuple((_pair(n), *_difference_cells(n), percent(n.detectable), *_needed(n)) for n in measure)
        told = f"detectable: with a chance of 80 %, on {view.units} {unit}"
        notes = (f"{told}. 1 pt, 2 pt, ...: {unit} it takes to find so much.",)
        yield Table(f"differences in {options.label} F1, {view.view} labels", headings, rows, notes)
    rest = [one for one in view.standings[0].rows if (one.label, one.slice) != (options.label, "")]
    labels = [row for row in rest if not row.slice and row.label not in AVERAGES and row.gold]
    if options.by_label and labels:
        yield from _part_tables(comparison, view, "label", [(row.label, "") for row in labels])
    if options.by_slice:
        sliced = [(row.label, row.slice) for row in rest if row.slice]
        for name, keys in groupby(sliced, key=lambda key: key[1].partition("=")[0]):
            yield from _part_tables(comparison, view, name, list(keys))


def _part_tables(
    comparison: Comparison, view: ViewComparison, title: str, keys: Sequence[tuple[str, str]]
) -> Iterable[Table]:
    """F1 of every contender by label or slice, then the differences of every pair."""
    confidence = f"{100 * comparison.options.confidence:g}% interval"
    found = [{(row.label, row.slice): row for row in one.rows} for one in view.standings]
    if len(keys) < 2 and title != "label":
        return
    headings = (title, "gold", *(heading for one in view.standings for heading in (one.name, confidence)))
    rows = tuple(
        (
            _part(key),
            str(found[0][key].gold),
            *(cell for own in found for cell in (percent(own[key].f1), interval(own[key].low, own[key].high))),
        )
        for key in keys
    )
    yield Table(f"F1 by {title}, {view.view} labels", headings, rows)
    pairs = dict.fromkeys((one.model, one.reference) for one in view.differences)
    for model, reference in pairs:
        own = {
            (one.label, one.slice): one for one in view.differences if (one.model, one.reference) == (model, reference)
        }
        cells = tuple((_part(key), *_difference_cells(own[key])) for key in keys)
        yield Table(
            f"{model} − {reference} by {title}, {view.view} labels", (title, "points", confidence, "p (Holm)"), cells
        )


def _part(key: tuple[str, str]) -> str:
    label, part = key
    return part.partition("=")[2] if part else label


def _pair(one: Difference) -> str:
    return f"{one.model} − {one.reference}"


def _difference_cells(one: Difference) -> tuple[str, str, str]:
    bounds = "" if one.low is None or one.high is None else f"{signed(one.low)} to {signed(one.high)}"
    return signed(one.difference), bounds, p_value(one.p_adjusted)


def _needed(one: Difference) -> tuple[str, ...]:
    return tuple(f"{one.needed[points]:,}" if one.needed else "–" for points in (1, 2, 3, 5))


def _unscored_table(comparison: Comparison) -> Table:
    return Table("", ("model", "status"), tuple((run.record.model, "failed") for run in comparison.unscored))


def _notes(comparison: Comparison) -> Iterable[str]:
    yield from comparison.sentences()
    runs = [*(run for one in comparison.contenders for run in (one.record,)), *(r.record for r in comparison.unscored)]
    yield from (f"FAILED {record.model}: {record.error}" for record in runs if record.error)
    frontier = comparison.frontier()
    if len(comparison.contenders) > 1 and frontier:
        yield f"on the frontier of F1 and speed (no other is both as good and as fast): {joined(frontier)}"
    yield from comparison.remarks
    for contender in comparison.contenders:
        if contender.name != contender.record.model:
            yield f"{contender.name}: {contender.runs[0].stored.name}"
    for contender in comparison.contenders:
        for view in contender.runs[0].views:
            missing = [label for label in view.labels if label not in view.emitted]
            if missing:
                yield f"{contender.name} never emits, {view.name}: {joined(missing)}"
    if comparison.options.interval == BCA and not all(
        corrected for view in comparison.views for one in view.standings for corrected in one.corrected
    ):
        yield "where BCa is undefined (no variance, or all resamples on one side), the interval is the percentile one"
    gold = comparison.gold
    if gold is not None and len(gold.reports) < 50:
        yield f"Only {counted(len(gold.reports), 'report')}: intervals are rough, and small differences mean nothing."


def comparison_records(comparison: Comparison) -> list[Record]:
    """Scores and differences as flat records, for CSV and data frames; `kind` tells them apart."""
    records: list[Record] = []
    for view in comparison.views:
        for standing in view.standings:
            records += [_score_record(standing.name, row) for row in standing.rows]
        records += [_difference_record(one) for one in view.differences]
    return records


def _score_record(name: str, row: Row) -> Record:
    keys = {"view": row.view, "match": row.match, "label": row.label, "slice": row.slice}
    counts = {"reports": row.reports, "gold": row.gold, "predicted": row.predicted, "correct": row.correct}
    bounds = {"precision": row.precision, "recall": row.recall, "value": row.f1, "low": row.low, "high": row.high}
    return {"kind": "F1", "model": name, "reference": None, **keys, **counts, **bounds, "p": None, "p_adjusted": None}


def _difference_record(one: Difference) -> Record:
    keys = {"view": one.view, "match": one.match, "label": one.label, "slice": one.slice}
    counts = {"reports": one.units, "gold": None, "predicted": None, "correct": None, "precision": None, "recall": None}
    bounds = {"value": one.difference, "low": one.low, "high": one.high, "p": one.p, "p_adjusted": one.p_adjusted}
    return {"kind": "difference", "model": one.model, "reference": one.reference, **keys, **counts, **bounds}


def comparison_rows(comparison: Comparison) -> list[Record]:
    """The rows of every contender as scores.json has them, each with its model and run."""
    places = {one.name: display_path(one.runs[0].stored.place) for one in comparison.contenders}
    return [
        {
            "model": standing.name,
            "run": places[standing.name],
            **{name: getattr(row, name) for name in Row.__struct_fields__},
        }
        for view in comparison.views
        for standing in view.standings
        for row in standing.rows
    ]
