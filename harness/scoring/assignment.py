"""The best one-to-one assignment within one group of overlapping mentions.

Solved by scipy (`linear_sum_assignment`, Crouse 2016; for sparse components `min_weight_full_bipartite_matching`,
Jonker and Volgenant 1987) on whole-number weights, so that no rounding decides between two assignments; what ties is
settled by position, so that the order of input never does.
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
DENSE = 10
"""A component is solved as a matrix if at least one pair in so many overlaps."""


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
    weights = _weights(overlaps)
    golds, predicted = int(overlaps.gold.max()) + 1, int(overlaps.predicted.max()) + 1
    solve = _solve_dense if DENSE * len(weights) >= golds * predicted else _solve_sparse
    chosen = _first_of_the_best(overlaps, weights, solve(overlaps, weights, golds, predicted), predicted)
    return np.flatnonzero(chosen[overlaps.gold] == overlaps.predicted)


def _solve_dense(overlaps: Overlaps, weights: Ints, golds: int, predicted: int) -> Ints:
    """The number of each gold mention's partner, or -1, in one of the best assignments."""
    from scipy.optimize import linear_sum_assignment

    matrix = np.zeros((golds, predicted))
    matrix[overlaps.gold, overlaps.predicted] = weights
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    chosen = np.full(golds, -1, dtype=np.int64)
    chosen[rows] = np.where(matrix[rows, columns] > 0, columns, -1)
    return chosen


def _solve_sparse(overlaps: Overlaps, weights: Ints, golds: int, predicted: int) -> Ints:
    """The same without a matrix of all pairs, for long chains of mentions."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    # Every gold mention gets a column of its own for staying alone; 1 on all weights keeps that one from being 0.
    alone = np.arange(golds)
    rows = np.concatenate([overlaps.gold, alone])
    columns = np.concatenate([overlaps.predicted, predicted + alone])
    values = np.concatenate([weights + 1, np.ones(golds)])
    matrix = csr_array((values, (rows, columns)), shape=(golds, predicted + golds))
    rows, columns = min_weight_full_bipartite_matching(matrix, maximize=True)
    chosen = np.full(golds, -1, dtype=np.int64)
    chosen[rows] = np.where(columns < predicted, columns, -1)
    return chosen


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


ALONE = -1
"""Stands for the partner of a mention without one."""


class _Alternatives:
    """Rearranges an optimal assignment along tight pairs.

    When a gold mention takes another partner, the one that had it must take another one in turn, and so on, until
    somebody takes what the first one left. A mention may also become alone, if its dual is 0, when another one of
    either side ceases to be: then the number of pairs stays what it is.
    """

    def __init__(self, overlaps: Overlaps, tight: Flags, chosen: Ints, gold_free: Flags, predicted_free: Flags) -> None:
        self._partner: list[int] = chosen.tolist()
        self._owner = [ALONE] * len(predicted_free)
        for gold, column in enumerate(self._partner):
            if column != ALONE:
                self._owner[column] = gold
        self._options: list[list[int]] = [[] for _ in chosen]
        # Sets of gold mentions are the bits of whole numbers.
        self._takers = [0] * len(predicted_free)
        for gold, column in zip(overlaps.gold[tight].tolist(), overlaps.predicted[tight].tolist(), strict=True):
            self._options[gold].append(column)
            self._takers[column] |= 1 << gold
        self._may_be_alone = sum(1 << gold for gold in np.flatnonzero(gold_free).tolist())
        self._may_be_left: list[bool] = predicted_free.tolist()

    def first(self) -> Ints:
        """The first of the assignments in lexicographic order, by gold mention; -1: no partner."""
        for gold, options in enumerate(self._options):
            now = self._partner[gold]
            wanted = [
                column
                for column in sorted(options)
                if (column < now or now == ALONE) and not 0 <= self._owner[column] < gold
            ]
            if wanted:
                self._improve(gold, wanted)
        return np.array(self._partner, dtype=np.int64)

    def _improve(self, gold: int, wanted: list[int]) -> None:
        """Pair `gold` with the first of the `wanted` mentions for which all later ones can be paired again.

        Searches backwards from what `gold` would leave: who could take it, who could take what that one leaves, and so
        on. `takes` says what each gold mention that was met takes. Once a gold mention that was alone could take
        something, or a predicted one could be left alone, others may become alone `instead`: (that gold mention, or
        ALONE if it is `gold` itself; that predicted one, or ALONE).
        """
        takes: dict[int, int] = {}
        instead: tuple[int, int] | None = None
        unmet = (1 << len(self._partner)) - (1 << gold + 1)  # the mentions behind `gold`
        waiting = deque([self._partner[gold]])
        first = self._owner[wanted[0]]
        last = ALONE  # the gold mention that was met when it was alone
        while waiting and first not in takes:
            column = waiting.popleft()
            if instead is None and (column == ALONE or self._may_be_left[column]):
                instead = (last, ALONE) if column == ALONE else (self._owner[column], column)
                if first == ALONE:
                    break
                if column != ALONE:
                    waiting.append(ALONE)
                waiting += [number for number, owner in enumerate(self._owner) if owner == ALONE]
            met = (self._may_be_alone if column == ALONE else self._takers[column]) & unmet
            if first != ALONE and met >> first & 1:
                met = 1 << first
            unmet &= ~met
            while met:
                lowest = met & -met
                met ^= lowest
                number = lowest.bit_length() - 1
                takes[number] = column
                if self._partner[number] != ALONE:
                    waiting.append(self._partner[number])
                elif last == ALONE and instead is None:
                    last = number
                    waiting.append(ALONE)
        for column in wanted:
            if self._owner[column] in takes or (self._owner[column] == ALONE and instead is not None):
                self._shift(gold, column, takes, instead)
                return

    def _shift(self, gold: int, column: int, takes: dict[int, int], instead: tuple[int, int] | None) -> None:
        goal = self._partner[gold]
        while True:
            displaced = ALONE if column == ALONE else self._owner[column]
            self._partner[gold] = column
            if column != ALONE:
                self._owner[column] = gold
            if column == goal:
                return
            if displaced == ALONE:
                assert instead is not None
                displaced, left = instead
                if left != ALONE:
                    self._owner[left] = ALONE
                if displaced == ALONE or left == goal:
                    return
            gold, column = displaced, takes[displaced]
