"""The table of several runs, one row each."""

from collections.abc import Sequence
from pathlib import Path

from harness.errors import InputError, NotComparableError
from harness.files import display_path
from harness.runs.record import GoldRecord, Run, interval_name, read_run
from harness.scoring.measures import MICRO, Row
from harness.tables.model import Page, Table, counted, interval, joined, percent


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
    """NotComparableError if two runs were scored on other texts, reports or labels, or by other definitions."""
    scored = [(run, run.record.gold) for run in runs if run.record.gold is not None]
    for run, gold in scored[1:]:
        first, reference = scored[0]
        differs = _difference(reference, gold)
        if not differs and first.record.scorer_version != run.record.scorer_version:
            differs = "by different versions of the scorer"
        if differs:
            names = f"{display_path(first.directory)} and {display_path(run.directory)}"
            raise NotComparableError(f"{names} were scored {differs}", "Run both on the same gold.")


def _difference(first: GoldRecord, other: GoldRecord) -> str:
    """What makes scores on two golds incomparable; empty if nothing does."""
    if first.text_hash != other.text_hash:
        same_set = (first.name, first.path) == (other.name, other.path)
        return "on different splits" if same_set and first.split != other.split else "on different texts"
    if first.scored != other.scored:
        return "on different reports (failed ones were excluded)"
    if first.label_hash != other.label_hash:
        return "on different labels"
    if (first.counted, first.ignore_zones) != (other.counted, other.ignore_zones):
        return "with different labels or zones left out"
    return ""


def comparison_pages(runs: Sequence[Run]) -> list[Page]:
    """One page for each set of runs that can be compared; runs that could not be scored stand on the first."""
    groups: list[list[Run]] = []
    for run in runs:
        for group in groups:
            try:
                check_comparable([*group, run])
            except NotComparableError:
                continue
            group.append(run)
            break
        else:
            groups.append([run])
    return [comparison_page(group) for group in groups]


def comparison_page(runs: Sequence[Run]) -> Page:
    """One table with a row a run; runs that failed are rows too. Raises as `check_comparable`."""
    check_comparable(runs)
    scored = [run for run in runs if run.record.gold is not None]
    views = list(dict.fromkeys(view.name for run in scored for view in run.record.views))
    names = _names(runs)
    tables = tuple(_table(view, runs, names) for view in views) or (_table("", runs, names),)
    gold = scored[0].record.gold if scored else None
    title = counted(len(runs), "backend")
    if gold is not None:
        title += f" on {gold.name} ({gold.split}): {counted(len(gold.scored), 'report')}"
    notes = [f"FAILED {name}: {run.record.error}" for name, run in zip(names, runs, strict=True) if run.record.error]
    notes += [
        f"{name}: {display_path(run.directory)}"
        for name, run in zip(names, runs, strict=True)
        if name != run.record.model
    ]
    notes += _emitted_notes(scored)
    if gold is not None and len(gold.scored) < 50:
        number = counted(len(gold.scored), "report")
        notes.append(f"Only {number}: intervals are rough, and small differences mean nothing.")
    introduction = (
        "micro scores, strict: same span and same label, in percent, with a bootstrap interval over reports.",
        "F1 emitted: over the labels that the backend can emit. MiB: peak memory of the process.",
    )
    return Page(title, introduction, tables, tuple(notes))


def _names(runs: Sequence[Run]) -> list[str]:
    """The model of each run, numbered where several runs have the same."""
    models = [run.record.model for run in runs]
    return [
        f"{model} #{models[: index + 1].count(model)}" if models.count(model) > 1 else model
        for index, model in enumerate(models)
    ]


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


def _table(view: str, runs: Sequence[Run], names: Sequence[str]) -> Table:
    confidence = next((interval_name(run) for run in runs if run.record.gold is not None), "95%")
    headings = (
        "model",
        "precision",
        "recall",
        "F1",
        f"{confidence} interval",
        "F1 emitted",
        "reports/s",
        "MiB",
        "status",
    )
    return Table(
        f"{view} labels" if view else "",
        headings,
        tuple(_row(run, name, view) for run, name in zip(runs, names, strict=True)),
    )


def _row(run: Run, name: str, view: str) -> tuple[str, ...]:
    record = run.record
    found = {
        row.scope: row for row in run.rows if (row.view, row.match, row.label, row.slice) == (view, "strict", MICRO, "")
    }
    speed = record.speed
    rate = f"{speed.reports_per_second:.1f}" if speed and speed.reports_per_second else "–"
    memory = f"{speed.peak_memory_mib:.0f}" if speed and speed.peak_memory_mib else "–"
    if not found:
        missing = "no such view" if record.status == "ok" else _status(run)
        return (name, "–", "–", "–", "", "–", rate, memory, missing)
    row, emitted = found["all"], found["emitted"]
    return (
        name,
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
