"""Precision, recall and F1, read off sums of counts.

`precision_recall_f1` works on arrays of any shape, so the same code serves a corpus, its slices and its resamples.
What is undefined is nan in arrays and None in rows: precision where nothing was predicted, recall where there is no
gold, F1 where there is neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from harness.scoring import mentions
from harness.scoring.table import CountTable, Floats

MICRO = "micro"
MACRO = "macro"


class Row(msgspec.Struct, frozen=True):
    """One line of scores.json.

    `match`: how strictly mentions are compared. `scope`: "all" labels of the view, or those the backend can emit.
    `label`: a label of the view, "micro" (counts pooled over labels) or "macro" (mean over labels with gold support in
    the scored set; a label without predictions enters macro precision as 0). `correct` is the numerator of recall,
    `correct_predicted` that of precision; they differ where the match ignores labels: by label, and in scope
    "emitted", whose precision counts hits on every gold span. `low` and `high` bound F1's interval.
    """

    layer: str
    match: str
    view: str
    scope: str
    label: str
    gold: int
    predicted: int
    correct: int
    correct_predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None


class Match(NamedTuple):
    """A way of comparing mentions, as the counters it is read from."""

    name: str
    gold: str
    predicted: str
    correct_gold: str
    correct_predicted: str


MATCHES = (
    Match("strict", mentions.GOLD, mentions.PREDICTED, mentions.STRICT_CORRECT, mentions.STRICT_CORRECT),
    Match(
        "exact",
        mentions.EXACT_GOLD,
        mentions.EXACT_PREDICTED,
        mentions.EXACT_CORRECT_GOLD,
        mentions.EXACT_CORRECT_PREDICTED,
    ),
)


def precision_recall_f1(
    gold: Floats, predicted: Floats, correct_gold: Floats, correct_predicted: Floats
) -> tuple[Floats, Floats, Floats]:
    """Three arrays of the shape of the arguments; nan where a measure is undefined.

    precision = correct_predicted / predicted, recall = correct_gold / gold, F1 = 2PR / (P + R), which is 0 where there
    is gold or a prediction but nothing correct (van Rijsbergen 1979).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = correct_predicted / predicted
        recall = correct_gold / gold
        f1 = 2 * precision * recall / (precision + recall)
    something = (gold + predicted) > 0
    f1 = np.where(something & ~(precision + recall > 0), 0.0, f1)
    return precision, recall, np.where(something, f1, np.nan)


@dataclass(frozen=True)
class _Group:
    """The rows that are averaged together: one match, view and scope."""

    match: str
    view: str
    scope: str
    labels: tuple[str, ...]
    columns: np.ndarray
    """Column numbers, of shape (4, labels): gold, predicted, correct_gold, correct_predicted."""
    supported: np.ndarray
    """Which labels have gold support in the whole table, of shape (labels,)."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.labels, MICRO, MACRO)


class Scoresheet:
    """All measures of the layer "mentions" that can be read off a count table.

    `emitted` lists, for each view, the labels that the backend can emit. Which labels enter a macro average is fixed by
    the whole table, also when `evaluate` is given resamples of it.
    """

    def __init__(self, table: CountTable, emitted: Mapping[str, Sequence[str]]) -> None:
        self._totals = table.totals
        self._groups: list[_Group] = []
        for view in table.views("mentions"):
            positions = table.positions("mentions", view)
            scopes = {
                "all": tuple(positions),
                "emitted": tuple(one for one in positions if one in emitted[view]),
            }
            for match in MATCHES:
                for scope, labels in scopes.items():
                    columns = [[positions[label][counter] for label in labels] for counter in match[1:]]
                    numbers = np.array(columns, dtype=np.intp).reshape(4, len(labels))
                    supported = self._totals[numbers[0]] > 0
                    self._groups.append(_Group(match.name, view, scope, labels, numbers, supported))

    def evaluate(self, totals: Floats) -> Floats:
        """Precision, recall and F1 of every row, of shape (n, 3, rows), from totals of shape (n, columns)."""
        return np.concatenate(
            [_with_averages(totals[:, group.columns], group.supported) for group in self._groups], axis=2
        )

    def rows(self, low: Floats, high: Floats) -> list[Row]:
        """The rows of the whole table, with bounds of F1 of shape (rows,)."""
        measures = self.evaluate(self._totals[np.newaxis])[0]
        rows: list[Row] = []
        for group in self._groups:
            counts = self._totals[group.columns]
            pooled = counts.sum(axis=1, keepdims=True)
            for name, four in zip(group.names, np.hstack([counts, pooled, pooled]).T, strict=True):
                index = len(rows)
                values = (*measures[:, index], low[index], high[index])
                rows.append(
                    Row(
                        "mentions",
                        group.match,
                        group.view,
                        group.scope,
                        name,
                        *(int(count) for count in four),
                        *(None if np.isnan(value) else float(value) for value in values),
                    )
                )
        return rows


def _with_averages(counts: Floats, supported: np.ndarray) -> Floats:
    """From counts of shape (n, 4, labels) to measures of shape (n, 3, labels + 2): labels, then micro, then macro."""
    by_label = np.stack(precision_recall_f1(*np.moveaxis(counts, 1, 0)), axis=1)
    pooled = counts.sum(axis=2, keepdims=True)
    micro = np.stack(precision_recall_f1(*np.moveaxis(pooled, 1, 0)), axis=1)
    unpredicted = (counts[:, 0] > 0) & np.isnan(by_label[:, 0])
    averaged = by_label.copy()
    averaged[:, 0][unpredicted] = 0.0
    averaged = averaged[:, :, supported]
    defined = ~np.isnan(averaged)
    with np.errstate(invalid="ignore"):
        macro = np.where(defined, averaged, 0.0).sum(axis=2, keepdims=True) / defined.sum(axis=2, keepdims=True)
    return np.concatenate([by_label, micro, macro], axis=2)
