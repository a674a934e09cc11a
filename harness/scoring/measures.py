"""Precision, recall and F1, read off sums of counts.

`precision_recall_f1` works on arrays of any shape, so the same code serves a corpus, its slices and its resamples.
What is undefined is nan in arrays and None in rows: precision where nothing was predicted, recall where there is no
gold, F1 where there is neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from harness.errors import ConfigurationError
from harness.scoring.matches import MATCHES, SUBSETS, Match
from harness.scoring.table import MENTIONS, CountTable, Floats

MICRO = "micro"
MACRO = "macro"
WEIGHTED = "weighted"
AVERAGES = (MICRO, MACRO, WEIGHTED)
ALL = "all"
EMITTED = "emitted"
CATEGORIES = ("incorrect", "incorrect_predicted", "partial", "partial_predicted")
FEW_REPORTS = 5
"""A slice of fewer reports has no intervals: so few cannot be resampled."""


class Row(msgspec.Struct, frozen=True):
    """One line of scores.json.

    `match`: how mentions are compared (`harness.scoring.matches`). `scope`: "all" labels of the view, or those that
    the backend can emit. `label`: a label of the view, "micro" (counts pooled over labels), "macro" (mean over labels
    with gold support in the scored set; a label without predictions enters macro precision as 0) or "weighted" (the
    same mean weighted by gold counts). `slice`: a subset of reports or mentions, empty for all; `reports` is how many
    reports are in it.

    On the gold side `correct + incorrect + partial + missed = gold`, on the predicted side the same with
    `correct_predicted`, `incorrect_predicted`, `partial_predicted`, `spurious` and `predicted`. The sides differ where
    a match ignores labels: by label, and in scope "emitted". Sequences and slices of mentions are not divided so
    (None); of slices by what only gold mentions have, `predicted` is not known either. `low` and `high` bound F1's
    interval; None below two reports, in a slice below FEW_REPORTS.
    """

    layer: str
    match: str
    view: str
    scope: str
    label: str
    gold: int
    predicted: int | None
    correct: int
    correct_predicted: int | None
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None
    incorrect: int | None = None
    incorrect_predicted: int | None = None
    partial: int | None = None
    partial_predicted: int | None = None
    missed: int | None = None
    spurious: int | None = None
    slice: str = ""
    reports: int = 0


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


@dataclass(frozen=True, eq=False)
class _Group:
    """The rows that are averaged together: one layer, match, view, scope and slice of mentions."""

    layer: str
    match: Match
    view: str
    scope: str
    part: str
    labels: tuple[str, ...]
    columns: Mapping[str, npt.NDArray[np.intp]]
    """For each quantity of the match the numbers of the columns that it sums, of shape (counters, labels)."""
    supported: npt.NDArray[np.bool_]
    """Which labels have gold support in the whole table, of shape (labels,)."""
    by_label: bool
    """Whether labels have rows, or only the averages."""

    @property
    def names(self) -> tuple[str, ...]:
        """The labels of the rows."""
        return (*self.labels, *AVERAGES) if self.by_label else AVERAGES

    def counts(self, totals: Floats) -> dict[str, Floats]:
        """The quantities of the match, each of shape (n, labels), from totals of shape (n, columns)."""
        return {name: totals[:, numbers].sum(axis=1) for name, numbers in self.columns.items()}

    def measures(self, totals: Floats) -> Floats:
        """Precision, recall and F1 of shape (n, 3, names)."""
        counts = self.counts(totals)
        credited = [
            counts["gold"],
            counts["predicted"],
            counts["correct"] + counts["partial"] / 2,
            counts["correct_predicted"] + counts["partial_predicted"] / 2,
        ]
        by_label = np.stack(precision_recall_f1(*credited), axis=1)
        micro = np.stack(precision_recall_f1(*(one.sum(axis=1, keepdims=True) for one in credited)), axis=1)
        if self.match.averages_of_seqeval:
            averages = _averages_of_seqeval(by_label, np.stack(credited[:2]), self.labels)
        else:
            averages = _averages(by_label, credited[0], self.supported)
        shown = [by_label] if self.by_label else []
        measures: Floats = np.concatenate([*shown, micro, averages], axis=2)
        if self.match.recall_only:
            measures[:, [0, 2]] = np.nan
        return measures


class Scoresheet:
    """All measures that can be read off a count table.

    `emitted` lists, for each view, the labels that the backend can emit. Which labels enter a macro average is fixed by
    the whole table, also when `evaluate` is given resamples of it. A match whose counters the table lacks has no rows,
    nor has one of sequences if gold could not be tagged. Slices have rows for the averages only, and so has everything
    if `by_label` is False. An interval needs two reports. `layers` other than mentions are sets: they have strict rows.
    """

    def __init__(
        self,
        table: CountTable,
        emitted: Mapping[str, Sequence[str]],
        matches: Sequence[Match] = MATCHES,
        *,
        by_label: bool = True,
        scopes: Sequence[str] = (ALL, EMITTED),
        layers: Sequence[str] = (MENTIONS,),
    ) -> None:
        taken = [name for name in AVERAGES if any(column.label == name for column in table.columns)]
        if taken:
            raise ConfigurationError(f"a label is called {taken[0]}, as an average is", "Rename it.")
        self._by_label = by_label
        self._totals = table.totals
        self._groups: list[_Group] = []
        parts = [
            (layer, view, part)
            for layer in layers
            for view in table.views(layer)
            for part in ("", *table.slices(layer, view))
        ]
        for layer, view, part in parts:
            positions = table.positions(layer, view, part)
            labels = {ALL: tuple(positions), EMITTED: tuple(one for one in positions if one in emitted[view])}
            known = frozenset(next(iter(positions.values()), ()))
            sets_only = bool(part) or layer != MENTIONS
            found = [
                match
                for match in (SUBSETS if sets_only else matches)
                if match.counters <= known and not self._any(match.unless, positions)
            ]
            for match in found[:1] if sets_only else found:
                self._groups += [
                    self._group(layer, match, view, scope, part, labels[scope], positions) for scope in scopes
                ]

    def _any(self, counter: str, positions: Mapping[str, Mapping[str, int]]) -> bool:
        return any(self._totals[own[counter]] > 0 for own in positions.values() if counter in own)

    def _group(
        self,
        layer: str,
        match: Match,
        view: str,
        scope: str,
        part: str,
        labels: tuple[str, ...],
        positions: Mapping[str, Mapping[str, int]],
    ) -> _Group:
        columns = {
            name: np.array(
                [[positions[label][counter] for label in labels] for counter in counters], dtype=np.intp
            ).reshape(len(counters), len(labels))
            for name, counters in match.quantities.items()
        }
        supported = self._totals[columns["gold"]].sum(axis=0) > 0
        return _Group(layer, match, view, scope, part, labels, columns, supported, self._by_label and not part)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(len(group.names) for group in self._groups)

    def evaluate(self, totals: Floats) -> Floats:
        """Precision, recall and F1 of every row, of shape (n, 3, rows), from totals of shape (n, columns)."""
        parts = [group.measures(totals) for group in self._groups]
        return np.concatenate(parts, axis=2) if parts else np.zeros((len(totals), 3, 0))

    def rows(self, low: Floats, high: Floats, reports: int, part: str = "") -> list[Row]:
        """The rows of the whole table, with bounds of F1 of shape (rows,).

        `reports` is the number of rows of the table, `part` the slice of reports that it is, if it is one.
        """
        measures = self.evaluate(self._totals[np.newaxis])[0]
        if reports < (FEW_REPORTS if part else 2):
            low = high = np.full(self.size, np.nan)
        rows: list[Row] = []
        for group in self._groups:
            counts = {name: values[0] for name, values in group.counts(self._totals[np.newaxis]).items()}
            for label in group.names:
                chosen = slice(None) if label in AVERAGES else [group.labels.index(label)]
                index = len(rows)
                rows.append(
                    _row(
                        group,
                        label,
                        group.part or part,
                        reports,
                        {name: int(values[chosen].sum()) for name, values in counts.items()},
                        [*measures[:, index], low[index], high[index]],
                    )
                )
        return rows


def _row(
    group: _Group, label: str, part: str, reports: int, counts: Mapping[str, int], measures: Sequence[float]
) -> Row:
    precision, recall, f1, low, high = (None if np.isnan(value) else float(value) for value in measures)
    categories: dict[str, int] = {}
    if group.match.paired:
        categories = {name: counts[name] for name in CATEGORIES}
        found = counts["correct"] + counts["incorrect"] + counts["partial"]
        right = counts["correct_predicted"] + counts["incorrect_predicted"] + counts["partial_predicted"]
        categories |= {"missed": counts["gold"] - found, "spurious": counts["predicted"] - right}
    return Row(
        layer=group.layer,
        match=group.match.name,
        view=group.view,
        scope=group.scope,
        label=label,
        gold=counts["gold"],
        predicted=None if group.match.recall_only else counts["predicted"],
        correct=counts["correct"],
        correct_predicted=None if group.match.recall_only else counts["correct_predicted"],
        precision=precision,
        recall=recall,
        f1=f1,
        low=low,
        high=high,
        slice=part,
        reports=reports,
        **categories,
    )


def _averages(by_label: Floats, gold: Floats, supported: npt.NDArray[np.bool_]) -> Floats:
    """Macro and weighted means over the supported labels, of shape (n, 3, 2), from measures of shape (n, 3, labels).

    A label with gold but without predictions has precision 0; one with neither, as may happen in a resample, is left
    out of the macro mean, and has no weight in the other.
    """
    values = by_label.copy()
    values[:, 0][(gold > 0) & np.isnan(values[:, 0])] = 0.0
    values = values[:, :, supported]
    defined = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        macro = np.where(defined, values, 0.0).sum(axis=2) / defined.sum(axis=2)
    return np.stack([macro, _weighted(values, gold[:, supported])], axis=2)


def _averages_of_seqeval(by_label: Floats, counts: Floats, names: Sequence[str]) -> Floats:
    """The same as seqeval 1.2.2 has them: over the labels that occur on either side, what is undefined counting 0.

    `counts` are those of gold and of predictions, of shape (2, n, labels). Undefined where nothing occurs at all, and
    weighted means without gold; seqeval says 0 there.
    """
    order = np.argsort(names)  # floating-point sums depend on the order, so it is seqeval's
    values = np.where(np.isnan(by_label), 0.0, by_label)[:, :, order]
    gold, occurs = counts[0][:, order], counts.sum(axis=0)[:, order] > 0
    averages = np.full((len(values), 3, 2), np.nan)
    patterns, kind = np.unique(occurs, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        if pattern.any():
            alike = kind.ravel() == number
            present = np.ascontiguousarray(values[alike][:, :, pattern])
            averages[alike, :, 0] = present.mean(axis=2)
            averages[alike, :, 1] = _weighted(present, gold[alike][:, pattern])
    return averages


def _weighted(values: Floats, gold: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        sums = (np.where(np.isnan(values), 0.0, values) * gold[:, np.newaxis]).sum(axis=2)
        means: Floats = sums / gold.sum(axis=1, keepdims=True)
    return means
