"""Count tables in short notation, and runs that lie in memory, for tests of comparisons and of the gate."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from hypothesis import strategies as st

from harness.annotation import Annotations
from harness.backends.fingerprint import Fingerprint
from harness.comparison.align import Scored
from harness.corpus.crosswalk import View
from harness.runs.record import GoldRecord, RunRecord, Speed
from harness.runs.stored import Stored
from harness.scoring.matches import STRICT
from harness.scoring.mentions import GOLD, PREDICTED, STRICT_CORRECT
from harness.scoring.table import Column, CountTable
from tests.scoring.cases import view_of

Counts = tuple[float, float, float]
"""Gold, predicted and strictly correct mentions of one report and label."""
COUNTERS = (GOLD, PREDICTED, STRICT_CORRECT)
REST = sorted(STRICT.counters - set(COUNTERS))
"""What strict rows also show, which no F1 is read from: 0 in all tables here."""


def table_of(view: str = "fine", **labels: Sequence[Counts]) -> CountTable:
    """`table_of(A=[(2, 2, 1)])`: one report, r0, with two gold mentions of A, two predicted ones, one of them right."""
    size = len(next(iter(labels.values())))
    columns = [Column("mentions", view, label, counter) for label in labels for counter in (*COUNTERS, *REST)]
    rows = {
        f"r{number}": [value for own in labels.values() for value in (*own[number], *([0] * len(REST)))]
        for number in range(size)
    }
    return CountTable.from_rows(columns, rows)


def f1_of(table: CountTable, rows: Iterable[int], label: str = "micro") -> float | None:
    """F1 by plain arithmetic, of some rows of a table (a row may be there several times)."""
    totals = dict.fromkeys(COUNTERS, 0.0)
    for row in rows:
        for column, value in zip(table.columns, table.values[row].tolist(), strict=True):
            if column.counter in totals and label in ("micro", column.label):
                totals[column.counter] += value
    size = totals[GOLD] + totals[PREDICTED]
    return 2 * totals[STRICT_CORRECT] / size if size else None


def mixed(first: CountTable, second: CountTable, swaps: Sequence[bool]) -> CountTable:
    """The first table with the rows of the second where it is swapped."""
    values = [(two if swap else one) for one, two, swap in zip(first.values, second.values, swaps, strict=True)]
    return CountTable.from_rows(first.columns, dict(zip(first.reports, values, strict=True)))


def holm_by_hand(p_values: Sequence[float]) -> list[float]:
    """The smallest times n, the next one times n - 1 and so on, none below the one before, none above 1."""
    found = [0.0] * len(p_values)
    last = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda n: p_values[n])):
        last = max(last, p_values[number] * (len(p_values) - place))
        found[number] = min(1.0, last)
    return found


@st.composite
def tables(draw: Callable[[st.SearchStrategy[int]], int], reports: int, systems: int) -> list[CountTable]:
    """Tables of several systems on the same gold, of two labels."""
    gold = [[draw(st.integers(0, 4)) for _ in range(reports)] for _ in "AB"]
    found = []
    for _ in range(systems):
        labels: dict[str, list[Counts]] = {}
        for label, own in zip("AB", gold, strict=True):
            labels[label] = []
            for size in own:
                correct = draw(st.integers(0, size))
                labels[label].append((size, correct + draw(st.integers(0, 2)), correct))
        found.append(table_of(**labels))
    return found


def fingerprint_of(digest: str) -> Fingerprint:
    return Fingerprint(digest, "Backend", "source", {}, {}, {}, {})


def gold_record(
    reports: Sequence[str], slices: Mapping[str, tuple[str, ...]] | None = None, texts: str = "texts"
) -> GoldRecord:
    names = tuple(reports)
    return GoldRecord("small", "gold", "test", texts, "labels", names, names, ("A", "B"), slices=slices or {})


def record_of(
    model: str,
    gold: GoldRecord | None,
    *,
    digest: str = "",
    repeat: int = 0,
    rate: float | None = None,
    views: tuple[View, ...] = (),
    error: str = "",
    finished: str = "2026-01-01T00:00:00+00:00",
) -> RunRecord:
    return RunRecord(
        schema=1,
        status="error" if error else "ok",
        exit_code=0,
        model=model,
        config={},
        finished=finished,
        error=error,
        repeat=repeat,
        fingerprint=fingerprint_of(digest) if digest else None,
        gold=gold,
        views=views,
        speed=None if rate is None else Speed(0, 1, 0, rate, None),
    )


class Held(Stored):
    """A run in memory."""

    def __init__(
        self, record: RunRecord, table: CountTable | None = None, answers: Mapping[str, Annotations] | None = None
    ) -> None:
        super().__init__(Path(record.model), record)
        self._table, self._answers = table, dict(answers or {})

    def table(self) -> CountTable:
        assert self._table is not None, "nobody should ask for these counts"
        return self._table

    def predictions(self) -> dict[str, Annotations]:
        return self._answers


def held(model: str, table: CountTable, **facts: object) -> Held:
    """A run of a model in the views and labels of its table."""
    names = table.views("mentions")
    views = tuple(
        View(name, own.labels, own.gold, own.predicted)
        for name in names
        for own in [view_of(list(table.positions("mentions", name)))]
    )
    gold = gold_record(table.reports, facts.pop("slices", None), facts.pop("texts", "texts"))  # type: ignore[arg-type]
    record = record_of(model, gold, views=views, **facts)  # type: ignore[arg-type]
    return Held(record, table)


def scored(model: str, table: CountTable, **facts: object) -> Scored:
    run = held(model, table, **facts)
    return Scored(run, table, run.record.views)
