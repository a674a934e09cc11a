"""What the errors are, and where the points lie: read off a count table.

Every mention or pair that is not strictly correct is exactly one error (`harness.scoring.mentions`). For each kind of
error: what strict F1 would be if only these were put right. The idea is TIDE's (Bolya and others 2020), for detection;
here a pair is put right by giving it the gold span and label, a missed or merged mention by finding it, a spurious or
split one by taking it away.
"""

from dataclasses import dataclass

import msgspec
import numpy as np

from harness.scoring import mentions as m
from harness.scoring.measures import MICRO
from harness.scoring.table import MENTIONS, CountTable, Floats


@dataclass(frozen=True)
class ErrorKind:
    """A kind of error: the counters of its gold side and of its predicted side.

    `found`: it has a gold mention, which is correct once the error is fixed. `given`: it has a prediction.
    """

    name: str
    on_gold: str = ""
    on_predicted: str = ""

    @property
    def counter(self) -> str:
        """The counter that says how many there are."""
        return self.on_gold or self.on_predicted


KINDS = (
    ErrorKind("too long", m.TOO_LONG, m.TOO_LONG),
    ErrorKind("too short", m.TOO_SHORT, m.TOO_SHORT),
    ErrorKind("shifted", m.SHIFTED, m.SHIFTED),
    ErrorKind("label", m.LABEL_GOLD, m.LABEL_PREDICTED),
    ErrorKind("boundary+label", m.BOUNDARY_LABEL_GOLD, m.BOUNDARY_LABEL_PREDICTED),
    ErrorKind("merged", m.MERGED),
    ErrorKind("split", "", m.SPLIT),
    ErrorKind("missed", m.MISSED),
    ErrorKind("spurious", "", m.SPURIOUS),
)


class ErrorRow(msgspec.Struct, frozen=True):
    """One line of errors.json: how many errors of a kind there are for a label, and what F1 would be without them.

    `label` is one of the view, or "micro". Errors of a pair stand under its gold label. `f1` is strict F1 as it is,
    `f1_if_fixed` as it would be; None where there is neither gold nor a prediction.
    """

    view: str
    label: str
    error: str
    count: int
    f1: float | None
    f1_if_fixed: float | None


class Confusion(msgspec.Struct, frozen=True):
    """One cell of the confusion matrix: pairs of a gold label and a predicted label.

    `predicted` None: gold mentions without a partner; `gold` None: predictions without one. Cells of 0 are left out.
    """

    view: str
    gold: str | None
    predicted: str | None
    count: int


def error_rows(table: CountTable) -> list[ErrorRow]:
    """All kinds of errors, by view, then label, "micro" last."""
    rows: list[ErrorRow] = []
    for view in table.views(MENTIONS):
        positions = table.positions(MENTIONS, view)
        counts = {name: _by_label(table, positions, name) for name in m.COUNTERS}
        fixed = [_fixed(counts, kind) for kind in KINDS]
        base = counts[m.GOLD], counts[m.PREDICTED], counts[m.STRICT_CORRECT]
        for place, label in enumerate((*positions, MICRO)):
            for kind, after in zip(KINDS, fixed, strict=True):
                number = int(_at(counts[kind.counter], place))
                before_f1, after_f1 = (_f1(*(_at(one, place) for one in three)) for three in (base, after))
                rows.append(ErrorRow(view, label, kind.name, number, before_f1, after_f1))
    return rows


def confusions(table: CountTable) -> list[Confusion]:
    """The confusion matrix of each view, gold labels in the order of the view, then predictions without a partner."""
    cells: list[Confusion] = []
    for view in table.views(MENTIONS):
        positions = table.positions(MENTIONS, view)
        totals = table.totals
        for gold in positions:
            cells += [
                Confusion(view, gold, other, int(totals[positions[gold][m.found_as(other)]])) for other in positions
            ]
            cells.append(
                Confusion(view, gold, None, int(sum(totals[positions[gold][one]] for one in (m.MISSED, m.MERGED))))
            )
        cells += [
            Confusion(view, None, label, int(sum(totals[positions[label][one]] for one in (m.SPURIOUS, m.SPLIT))))
            for label in positions
        ]
    return [cell for cell in cells if cell.count]


def _by_label(table: CountTable, positions: dict[str, dict[str, int]], counter: str) -> Floats:
    return table.totals[[own[counter] for own in positions.values()]]


def _fixed(counts: dict[str, Floats], kind: ErrorKind) -> tuple[Floats, Floats, Floats]:
    """Gold, predicted and correct by label when errors of a kind are put right."""
    nothing = np.zeros_like(counts[m.GOLD])
    found = counts[kind.on_gold] if kind.on_gold else nothing
    removed = counts[kind.on_predicted] if kind.on_predicted else nothing
    return counts[m.GOLD], counts[m.PREDICTED] + found - removed, counts[m.STRICT_CORRECT] + found


def _at(values: Floats, place: int) -> float:
    """The value of a label, or the sum behind the last one."""
    return float(values[place] if place < len(values) else values.sum())


def _f1(gold: float, predicted: float, correct: float) -> float | None:
    return 2 * correct / (gold + predicted) if gold + predicted else None
