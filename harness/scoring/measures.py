"""Measures read off sums of counts: every row of a score sheet, for a corpus and for its resamples alike.

What is undefined is nan in arrays and None in rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from harness.errors import ConfigurationError
from harness.scoring.formulas import averages, averages_of_seqeval, precision_recall_f1
from harness.scoring.matches import MATCHES, STRICT, SUBSETS, Match
from harness.scoring.table import MENTIONS, CountTable, Floats

Ints = npt.NDArray[np.intp]

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


@dataclass(frozen=True, eq=False)
class _Group:
    """The rows that are averaged together: one layer, match, view, scope and slice."""

    layer: str
    match: Match
    view: str
    scope: str
    part: str
    labels: tuple[str, ...]
    columns: Mapping[str, Ints]
    """For each quantity of the match the numbers of the table's columns that it sums, of shape (counters, labels)."""
    supported: npt.NDArray[np.bool_]
    """Which labels have gold support in the whole table, of shape (labels,)."""
    by_label: bool
    """Whether labels have rows, or only the averages."""
    sums: Ints
    """Which sums are gold, predicted and credited on each side, of shape (4, labels + 1): labels, then all of them."""

    @property
    def names(self) -> tuple[str, ...]:
        """The labels of the rows."""
        return (*self.labels, *AVERAGES) if self.by_label else AVERAGES

    @property
    def content(self) -> tuple[object, ...]:
        """What its measures depend on: two scopes with the same labels have the same ones."""
        return self.layer, self.match.name, self.view, self.part, self.labels, self.by_label


class _Batch:
    """Groups that are measured in one go: those with as many labels and the same kind of averages.

    Arrays are of shape (labels, groups, n), so that sums over labels are sums of long rows.
    """

    def __init__(self, groups: Sequence[_Group], first: Sequence[int]) -> None:
        self._sums = np.stack([group.sums for group in groups], axis=2)
        self._supported = np.stack([group.supported for group in groups], axis=1)[:, :, np.newaxis]
        self._names = [group.labels for group in groups]
        self._match = groups[0].match
        lengths = [len(group.names) for group in groups]
        labels = len(groups[0].labels)
        self.rows = np.concatenate([start + np.arange(length) for start, length in zip(first, lengths, strict=True)])
        """The numbers of the rows of all groups."""
        places = [np.arange(labels + len(AVERAGES))[-length:] for length in lengths]
        self._shown = np.concatenate(places), np.repeat(np.arange(len(groups)), lengths)

    def measures(self, sums: Floats, kept: Sequence[int]) -> Floats:
        """Those of precision (0), recall (1) and F1 (2) that are `kept`, of shape (kept, rows, n).

        `sums` are of shape (sums, n).
        """
        credited = sums[self._sums]
        gold, predicted = credited[0, :-1], credited[1, :-1]
        every = precision_recall_f1(*credited)
        found = []
        for number in kept:
            one = every[number]
            if self._match.averages_of_seqeval:
                means = averages_of_seqeval(one[:-1], gold, predicted, self._names)
            else:
                values = np.where((gold > 0) & np.isnan(one[:-1]), 0.0, one[:-1]) if number == 0 else one[:-1]
                means = averages(values, gold, self._supported)
            found.append(np.concatenate([one, means])[self._shown])
            if self._match.recall_only and number != 1:
                found[-1].fill(np.nan)
        return np.stack(found)


class _Sums:
    """The sums of columns that measures are read from, each of them once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[int, float], ...], int] = {}

    def number(self, columns: Ints, halves: Ints) -> int:
        """The number of the sum of `columns` and of half of `halves`."""
        parts = tuple(sorted([(int(one), 1.0) for one in columns] + [(int(one), 0.5) for one in halves]))
        return self._numbers.setdefault(parts, len(self._numbers))

    def matrix(self, columns: int) -> csr_array:
        """What a table is multiplied by, of shape (columns, sums)."""
        cells = [(column, number, weight) for parts, number in self._numbers.items() for column, weight in parts]
        rows, numbers, weights = zip(*cells, strict=True) if cells else ((), (), ())
        return csr_array((weights, (rows, numbers)), shape=(columns, len(self._numbers)), dtype=np.float64)


class Scoresheet:
    """All measures that can be read off a count table.

    They are read off `sums` of its columns, which are linear: sums of resampled rows are the same resample of sums.
    `emitted` lists, for each view, the labels that the backend can emit. Which labels enter a macro average is fixed by
    the whole table, also for resamples of it. A match whose counters the table lacks has no rows, nor has one of
    sequences if gold could not be tagged. Slices have rows for the averages only, and so has everything if `by_label`
    is False. `slices` says how many reports are in each slice of reports that the table has columns for. An interval
    needs two reports, in a slice of reports FEW_REPORTS. `layers` other than mentions are sets: they have strict rows.
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
        slices: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        taken = [name for name in AVERAGES if any(column.label == name for column in table.columns)]
        if taken:
            raise ConfigurationError(f"a label is called {taken[0]}, as an average is", "Rename it.")
        self._by_label = by_label
        self._slices = slices
        self._totals = table.totals
        self._reports = len(table.reports)
        self._groups: list[_Group] = []
        sums = _Sums()
        for layer, view, part, positions in table.groups(layers):
            labels = {ALL: tuple(positions), EMITTED: tuple(one for one in positions if one in emitted[view])}
            for match in self._matches_of(layer, part, positions, matches):
                self._groups += [
                    self._group(layer, match, view, scope, part, labels[scope], positions, sums) for scope in scopes
                ]
        self._matrix = sums.matrix(len(table.columns))
        self.size = sum(len(group.names) for group in self._groups)
        """How many rows there are."""
        first = np.cumsum([0, *(len(group.names) for group in self._groups)]).tolist()
        originals: dict[tuple[object, ...], int] = {}
        kept, repeated, original = [], [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
        for number, group in enumerate(self._groups):
            same = originals.setdefault(group.content, number)
            if same == number:
                kept.append(number)
            else:
                repeated.append(np.arange(first[number], first[number + 1]))
                original.append(np.arange(first[same], first[same + 1]))
        self._repeated, self._original = np.concatenate(repeated), np.concatenate(original)
        self._batches = _batches([self._groups[n] for n in kept], [first[n] for n in kept])

    def _matches_of(
        self, layer: str, part: str, positions: Mapping[str, Mapping[str, int]], matches: Sequence[Match]
    ) -> list[Match]:
        known = frozenset(next(iter(positions.values()), ()))
        if part or layer != MENTIONS:
            return [match for match in (STRICT, *SUBSETS) if match.counters <= known][:1]
        return [match for match in matches if match.counters <= known and not self._any(match.unless, positions)]

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
        sums: _Sums,
    ) -> _Group:
        columns = {
            name: np.array(
                [[positions[label][counter] for label in labels] for counter in counters], dtype=np.intp
            ).reshape(len(counters), len(labels))
            for name, counters in match.quantities.items()
        }
        credited = (("gold", ""), ("predicted", ""), ("correct", "partial"), ("correct_predicted", "partial_predicted"))
        numbers = []
        for whole, half in credited:
            halves = columns[half] if half else columns[whole][:0]
            by_label = [sums.number(columns[whole][:, n], halves[:, n]) for n in range(len(labels))]
            numbers.append([*by_label, sums.number(columns[whole].ravel(), halves.ravel())])
        supported = self._totals[columns["gold"]].sum(axis=0) > 0
        shown = self._by_label and not part
        return _Group(layer, match, view, scope, part, labels, columns, supported, shown, np.array(numbers))

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Label and slice of every row."""
        return [(label, group.part) for group in self._groups for label in group.names]

    def sums(self, values: Floats) -> Floats:
        """What measures are read from, of shape (..., sums), from counts of shape (..., columns)."""
        flat = values.reshape(-1, values.shape[-1]) @ self._matrix
        return np.asarray(flat).reshape(*values.shape[:-1], self._matrix.shape[1])

    def measures(self, sums: Floats) -> Floats:
        """Precision, recall and F1 of every row, of shape (n, 3, rows), from sums of shape (n, sums)."""
        return self._measures(sums, (0, 1, 2))

    def f1(self, sums: Floats) -> Floats:
        """F1 of every row, of shape (n, rows)."""
        return self._measures(sums, (2,))[:, 0]

    def _measures(self, sums: Floats, kept: Sequence[int]) -> Floats:
        found = np.empty((len(kept), self.size, len(sums)))
        transposed = np.ascontiguousarray(sums.T)
        for batch in self._batches:
            found[:, batch.rows] = batch.measures(transposed, kept)
        found[:, self._repeated] = found[:, self._original]
        return found.transpose(2, 0, 1)

    @property
    def estimates(self) -> Floats:
        """Precision, recall and F1 of every row for the whole table, of shape (3, rows)."""
        measures: Floats = self.measures(self.sums(self._totals[np.newaxis]))[0]
        return measures

    def rows(self, low: Floats, high: Floats) -> list[Row]:
        """The rows of the whole table, with bounds of F1 of shape (rows,)."""
        measures = self.estimates
        rows: list[Row] = []
        for group in self._groups:
            counts = {name: self._totals[numbers].sum(axis=0) for name, numbers in group.columns.items()}
            reports = self._slices.get(group.part, self._reports)
            resampled = reports >= (FEW_REPORTS if group.part in self._slices else 2)
            for label in group.names:
                chosen = slice(None) if label in AVERAGES else [group.labels.index(label)]
                index = len(rows)
                bounds = (low[index], high[index]) if resampled else (np.nan, np.nan)
                summed = {name: int(values[chosen].sum()) for name, values in counts.items()}
                rows.append(_row(group, label, reports, summed, [*measures[:, index], *bounds]))
        return rows


def _row(group: _Group, label: str, reports: int, counts: Mapping[str, int], measures: Sequence[float]) -> Row:
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
        slice=group.part,
        reports=reports,
        **categories,
    )


def _batches(groups: Sequence[_Group], first: Sequence[int]) -> list[_Batch]:
    """Groups that are alike, together; `first` are the numbers of their first rows."""
    alike: dict[tuple[int, bool, bool], list[int]] = {}
    for number, group in enumerate(groups):
        key = len(group.labels), group.match.averages_of_seqeval, group.match.recall_only
        alike.setdefault(key, []).append(number)
    return [_Batch([groups[n] for n in numbers], [first[n] for n in numbers]) for numbers in alike.values()]
