"""The best one-to-one assignment within one group of overlapping mentions.

Solved by scipy's `linear_sum_assignment` (Crouse 2016) on whole-number weights, so that no rounding decides between two
assignments; what ties is settled by position, so that the order of input never does.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EXACT = 2**53
"""Whole numbers up to here are exact in float64, in which scipy computes."""


@dataclass(frozen=True, eq=False)
class Overlaps:
    """The pairs of overlapping gold and predicted mentions of one component, one entry a pair.

    `gold` and `predicted` number the mentions of each side from 0 in order of position. `shared` and `joint` are the
    numbers of code points that a pair has in common and covers together. `same`: equal labels. `reaches`: equal labels
    and an overlap that reaches the threshold.
    """

    gold: Ints
    predicted: Ints
    same: Flags
    reaches: Flags
    shared: Ints
    joint: Ints


def best_assignment(overlaps: Overlaps) -> Ints:
    """The numbers of the chosen pairs, no mention in two of them.

    They maximise, in this order: the number of pairs, the pairs with the same label, the summed intersection over union
    (an exact sum of fractions, unless their common denominator is beyond 53 bits: then each is rounded down to the
    finest unit that fits), the pairs that reach the threshold. Among equals the choice is the one whose pairs, listed
    by gold mention, come first: the first gold mention gets the first predicted one that it can, and so on.

    Example: gold [0, 5) and [3, 9), predicted [2, 8): the second, because 5/7 is more than 3/8.
    """
    from scipy.optimize import linear_sum_assignment

    weights = _weights(overlaps)
    shape = (int(overlaps.gold.max()) + 1, int(overlaps.predicted.max()) + 1)
    matrix = np.zeros(shape)
    matrix[overlaps.gold, overlaps.predicted] = weights
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    chosen = np.full(shape[0], -1, dtype=np.int64)
    chosen[rows] = np.where(matrix[rows, columns] > 0, columns, -1)
    del matrix
    chosen = _first_of_the_best(overlaps, weights, chosen, shape[1])
    return np.flatnonzero(chosen[overlaps.gold] == overlaps.predicted)


def _weights(overlaps: Overlaps) -> Ints:
    """One whole number a pair, such that a greater sum is a better assignment; all sums stay below 2**53."""
    pairs = min(int(overlaps.gold.max()), int(overlaps.predicted.max())) + 1
    limit = max(EXACT // (pairs + 2) ** 4, 1)
    unit = 1
    for joint in np.unique(overlaps.joint).tolist():
        unit = math.lcm(unit, joint)
        if unit > limit:
            unit = limit
            break
    # shared * unit // joint, without a product beyond 63 bits.
    overlap = overlaps.shared * (unit // overlaps.joint) + overlaps.shared * (unit % overlaps.joint) // overlaps.joint
    count = overlaps.same + (pairs + 1)
    weights: Ints = overlaps.reaches + (pairs + 1) * (overlap + (pairs * unit + 1) * count)
    return weights


def _first_of_the_best(overlaps: Overlaps, weights: Ints, chosen: Ints, width: int) -> Ints:
    """Among the assignments that are as good as `chosen`, the first in lexicographic order.

    `chosen` holds for each gold mention the number of its predicted one, or -1. By linear programming duality an
    assignment is optimal exactly if it uses only pairs that are tight under a dual solution and covers every mention
    whose dual is positive.
    """
    paired = np.zeros(len(chosen), dtype=np.int64)
    edges = chosen[overlaps.gold] == overlaps.predicted
    paired[overlaps.gold[edges]] = weights[edges]
    duals = _duals(overlaps, weights, chosen, paired, width)
    gold_duals = np.where(chosen >= 0, paired - duals[chosen], 0)
    tight = gold_duals[overlaps.gold] + duals[overlaps.predicted] == weights
    free = chosen[overlaps.gold] == -1
    if not (tight & (free | (overlaps.predicted < chosen[overlaps.gold]))).any():
        return chosen
    return _Alternatives(overlaps, tight, chosen, gold_duals == 0, duals == 0).first()


def _duals(overlaps: Overlaps, weights: Ints, chosen: Ints, paired: Ints, width: int) -> Ints:
    """The least prices of the predicted mentions under which nobody wants another partner (Bellman and Ford)."""
    partner = chosen[overlaps.gold]
    gain = weights - paired[overlaps.gold]
    prices = np.zeros(width + 1, dtype=np.int64)  # the last stands for "no partner" and stays 0
    while True:
        before = prices.copy()
        np.maximum.at(prices, overlaps.predicted, gain + before[partner])
        if np.array_equal(prices, before):
            return prices[:-1]


class _Alternatives:
    """Rearranges an optimal assignment along tight pairs.

    Every mention is given a stand-in to be paired with when it stays alone (allowed where its dual is 0), so that all
    optimal assignments become perfect ones, and one turns into another along closed paths.
    """

    def __init__(self, overlaps: Overlaps, tight: Flags, chosen: Ints, gold_free: Flags, predicted_free: Flags) -> None:
        self._golds, self._predicted = len(chosen), len(predicted_free)
        self._predicted_free = predicted_free
        options: list[list[int]] = [[] for _ in chosen]
        for gold, predicted in zip(overlaps.gold[tight].tolist(), overlaps.predicted[tight].tolist(), strict=True):
            options[gold].append(predicted)
        # Columns: predicted mentions, then the stand-ins of gold mentions. Rows: gold mentions, then the stand-ins of
        # predicted ones.
        self._options = [
            sorted(own) + ([self._predicted + gold] if gold_free[gold] else []) for gold, own in enumerate(options)
        ]
        self._partner = [
            int(column) if column >= 0 else self._predicted + gold for gold, column in enumerate(chosen.tolist())
        ]
        alone = sorted(set(range(self._predicted)) - set(self._partner))
        spare = sorted(set(range(self._predicted, self._predicted + self._golds)) - set(self._partner))
        self._partner += [-1] * self._predicted
        for predicted in alone:
            self._partner[self._golds + predicted] = predicted
        busy = (predicted for predicted in range(self._predicted) if self._partner[self._golds + predicted] < 0)
        for predicted, column in zip(busy, spare, strict=True):
            self._partner[self._golds + predicted] = column
        self._owner = {column: row for row, column in enumerate(self._partner)}

    def first(self) -> Ints:
        """The first of the assignments in lexicographic order, by gold mention; -1: no partner."""
        for gold in range(self._golds):
            for column in self._options[gold]:
                if column >= self._partner[gold]:
                    break
                if self._owner[column] > gold and self._rearrange(gold, column):
                    break
        found = np.array(self._partner[: self._golds], dtype=np.int64)
        return np.where(found < self._predicted, found, -1)

    def _rearrange(self, gold: int, column: int) -> bool:
        """Pair `gold` with `column` if the rest, without the mentions before `gold`, can be paired again."""
        goal, start = self._partner[gold], self._owner[column]
        previous: dict[int, int] = {column: gold}
        waiting = deque([start])
        while waiting:
            row = waiting.popleft()
            for other in self._columns(row):
                if other in previous or (other != goal and self._owner[other] <= gold):
                    continue
                previous[other] = row
                if other == goal:
                    self._shift(goal, previous, gold)
                    return True
                waiting.append(self._owner[other])
        return False

    def _columns(self, row: int) -> list[int]:
        if row < self._golds:
            return self._options[row]
        predicted = row - self._golds
        stand_ins = list(range(self._predicted, self._predicted + self._golds))
        return [predicted, *stand_ins] if self._predicted_free[predicted] else stand_ins

    def _shift(self, goal: int, previous: dict[int, int], first: int) -> None:
        column = goal
        while True:
            row = previous[column]
            column, self._partner[row] = self._partner[row], column
            if row == first:
                break
        self._owner = {column: row for row, column in enumerate(self._partner)}
