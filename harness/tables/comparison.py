"""The table of several runs, one row each."""

from collections.abc import Sequence
from pathlib import Path

from harness.errors import InputError, NotComparableError
from harness.runs.record import Run, read_run
from harness.scoring.measures import MICRO, Row
from harness.tables.model import Page, Table, interval, joined, percent


def find_runs(paths: Sequence[Path]) -> list[Run]:
    """The runs in `paths`: run directories, or sweep directories of them. InputError if there is none."""
    runs = []
    for path in paths:
        if (path / "run.json").exists():
            runs.append(read_run(path))
            continue
        inside = sorted(path.glob("*/run.json"), key=_sweep_order) if path.is_dir() else []
        if not inside:
            remedy = "Name a run directory, or a sweep directory of runs; one without run.json was not finished."
            raise InputError(f"{path} is no run directory", remedy)
        runs += [read_run(found.parent) for found in inside]
    return runs


def check_comparable(runs: Sequence[Run]) -> None:
    """NotComparableError if two runs were scored on other texts or other labels."""
    scored = [run for run in runs if run.record.gold is not None]
    for run in scored[1:]:
        first, other = scored[0].record.gold, run.record.gold
        if first is None or other is None:
            continue
        names = f"{scored[0].directory} and {run.directory}"
        if first.text_hash != other.text_hash:
            why = "splits" if first.split != other.split else "texts"
            raise NotComparableError(f"{names} were scored on different {why}", "Run both on the same gold.")
        if first.label_hash != other.label_hash:
            raise NotComparableError(f"{names} were scored on different labels", "Run both on the same gold.")
        if scored[0].record.scorer_version != run.record.scorer_version:
            raise NotComparableError(f"{names} were scored by different scorers", "Run both again.")


def comparison_page(runs: Sequence[Run]) -> Page:
    """One table with a row a run; runs that failed are rows too. Raises as `check_comparable`."""
    check_comparable(runs)
    scored = [run for run in runs if run.record.gold is not None]
    views = list(dict.fromkeys(view.name for run in scored for view in run.record.views))
    tables = tuple(_table(view, runs) for view in views) or (_table("", runs),)
    gold = scored[0].record.gold if scored else None
    title = f"{len(runs)} backends" if len(runs) != 1 else "1 backend"
    if gold is not None:
        title += f" on {gold.name} ({gold.split}): {len(gold.reports)} reports"
    notes = [f"FAILED {run.record.model}: {run.record.error}" for run in runs if run.record.error]
    notes += _emitted_notes(scored)
    if gold is not None and len(gold.reports) < 50:
        notes.append(f"Only {len(gold.reports)} reports: intervals are rough, and small differences mean nothing.")
    return Page(title, ("strict micro scores: same span and same label",), tables, tuple(notes))


def comparison_rows(runs: Sequence[Run]) -> list[dict[str, object]]:
    """The rows of every run's scores.json, each with its model and run."""
    return [
        {
            "model": run.record.model,
            "run": str(run.directory),
            **{name: getattr(row, name) for name in Row.__struct_fields__},
        }
        for run in runs
        for row in run.rows
    ]


def _table(view: str, runs: Sequence[Run]) -> Table:
    headings = ("model", "precision", "recall", "F1", "95% of F1", "F1 emitted", "reports/s", "MiB", "status")
    return Table(f"{view} labels" if view else "", headings, tuple(_row(run, view) for run in runs))


def _row(run: Run, view: str) -> tuple[str, ...]:
    record = run.record
    found = {row.scope: row for row in run.rows if (row.view, row.match, row.label) == (view, "strict", MICRO)}
    speed = record.speed
    rate = f"{speed.reports_per_second:.1f}" if speed and speed.reports_per_second else "–"
    memory = f"{speed.peak_memory_mib:.0f}" if speed and speed.peak_memory_mib else "–"
    if not found:
        missing = "no such view" if record.status == "ok" else _status(run)
        return (record.model, "–", "–", "–", "", "–", rate, memory, missing)
    row, emitted = found["all"], found["emitted"]
    return (
        record.model,
        percent(row.precision),
        percent(row.recall),
        percent(row.f1),
        interval(row.low, row.high),
        percent(emitted.f1),
        rate,
        memory,
        _status(run),
    )


def _status(run: Run) -> str:
    record = run.record
    if record.status == "error":
        return "failed"
    return f"failed on {record.counts.failed}" if record.counts.failed else "ok"


def _emitted_notes(runs: Sequence[Run]) -> list[str]:
    notes = []
    for run in runs:
        for view in run.record.views:
            missing = [label for label in view.labels if label not in view.emitted]
            if missing:
                notes.append(f"{run.record.model} never emits, {view.name}: {joined(missing)}")
    return notes


def _sweep_order(path: Path) -> tuple[int, str]:
    number, _, name = path.parent.name.partition("-")
    return (int(number), name) if number.isdigit() else (0, path.parent.name)
