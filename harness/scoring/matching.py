"""Which predicted mention stands for which gold one: the one assignment that every measure is read from.

First exact pairs with the same label, then exact pairs, then the best one-to-one assignment over overlapping mentions
(`assignment`). Nothing is counted twice, and the order of input never matters. Cost follows local overlap, not the
length of a report: what remains after the exact pairs falls into groups of overlapping mentions, most of which have one
mention on a side and are solved for the whole corpus at once.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from harness.scoring.assignment import Overlaps, best_assignment
from harness.scoring.spans import Ints, Spans, all_but, packed_keys

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Matching:
    """Gold and predicted mentions of a corpus as sets in order of position, and their pairs.

    `gold_source` and `predicted_source` are the numbers that the mentions had when they were given to `match`.
    Arrays of shape (pairs,): `gold_of` and `predicted_of` number the mentions of a pair; `exact`: equal spans;
    `reaches`: the intersection over union reaches the threshold. Arrays over the mentions of a side: `gold_place` and
    `predicted_place` are equal exactly for equal spans; `gold_touched` and `predicted_touched` tell which mentions
    overlap one of the other side, exact pairs apart.
    """

    gold: Spans
    predicted: Spans
    gold_source: Ints
    predicted_source: Ints
    gold_place: Ints
    predicted_place: Ints
    gold_of: Ints
    predicted_of: Ints
    exact: Flags
    reaches: Flags
    gold_touched: Flags
    predicted_touched: Flags

    def in_one_report(self) -> "Matching":
        """The same pairs, all mentions as of report 0: for those who only want sums."""
        gold, predicted = (replace(side, report=np.zeros_like(side.report)) for side in (self.gold, self.predicted))
        return replace(self, gold=gold, predicted=predicted)

    @property
    def same(self) -> Flags:
        """For each pair, whether the labels are equal."""
        same: Flags = self.gold.label[self.gold_of] == self.predicted.label[self.predicted_of]
        return same

    @property
    def strict(self) -> Flags:
        """For each pair, whether spans and labels are equal."""
        return self.exact & self.same


def match(gold: Spans, predicted: Spans, threshold: float = 0.5) -> Matching:
    """The assignment of a corpus. `threshold`: the intersection over union from which a pair `reaches` it.

    Exact duplicates on one side count once. Labels of a span that carries several on both sides are paired in order.

    Example: gold A [0, 12), B [14, 17), predicted A [0, 17): the pair (A, A) with overlap 12/17; B stays alone.
    """
    (gold_keys, predicted_keys), label_bits = packed_keys([gold, predicted])
    gold_keys, gold_order = np.unique(gold_keys, return_index=True)
    predicted_keys, predicted_order = np.unique(predicted_keys, return_index=True)
    gold, predicted = gold.take(gold_order), predicted.take(predicted_order)
    strict = common(gold_keys, predicted_keys)
    gold_place, predicted_place = gold_keys >> label_bits, predicted_keys >> label_bits
    gold_left = all_but(strict[0], len(gold))
    predicted_left = all_but(strict[1], len(predicted))
    relabelled = common(
        _nth_of_place(gold_place[gold_left], label_bits), _nth_of_place(predicted_place[predicted_left], label_bits)
    )
    other = gold_left[relabelled[0]], predicted_left[relabelled[1]]
    gold_left = np.delete(gold_left, relabelled[0])
    predicted_left = np.delete(predicted_left, relabelled[1])
    edges = _overlaps(gold.take(gold_left), predicted.take(predicted_left), threshold)
    chosen = _assign(edges, len(gold_left), len(predicted_left))
    inexact = gold_left[edges.gold[chosen]], predicted_left[edges.predicted[chosen]]
    exact = len(strict[0]) + len(other[0])
    flags = np.zeros(exact + len(chosen), dtype=bool)
    flags[:exact] = True
    gold_touched = np.zeros(len(gold), dtype=bool)
    gold_touched[gold_left[edges.gold]] = True
    predicted_touched = np.zeros(len(predicted), dtype=bool)
    predicted_touched[predicted_left[edges.predicted]] = True
    enough = _reaching(edges.shared[chosen], edges.joint[chosen], threshold)
    return Matching(
        gold,
        predicted,
        gold_order,
        predicted_order,
        gold_place,
        predicted_place,
        np.concatenate([strict[0], other[0], inexact[0]]),
        np.concatenate([strict[1], other[1], inexact[1]]),
        flags,
        np.concatenate([flags[:exact], enough]),
        gold_touched,
        predicted_touched,
    )


def common(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Positions in each of the values that both arrays hold; both are sorted and without repeats."""
    if not len(right):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(right, left), len(right) - 1)
    found = np.flatnonzero(right[at] == left)
    return found, at[found]


def _nth_of_place(places: Ints, bits: int) -> Ints:
    """A key that tells the first mention at a place from the second, and so on; `places` are sorted."""
    index = np.arange(len(places))
    begins = np.ones(len(places), dtype=bool)
    begins[1:] = places[1:] != places[:-1]
    return places << bits | (index - np.maximum.accumulate(np.where(begins, index, 0)))


def _overlaps(gold: Spans, predicted: Spans, threshold: float) -> Overlaps:
    """All pairs of mentions that share a code point, by gold, then predicted; both sides in order of position."""
    offset = np.zeros(max(int(s.report.max(initial=-1)) for s in (gold, predicted)) + 2, dtype=np.int64)
    for side in (gold, predicted):
        np.maximum.at(offset, side.report + 1, side.end + 1)
    offset = np.cumsum(offset)
    gold_start, gold_end = gold.start + offset[gold.report], gold.end + offset[gold.report]
    start, end = predicted.start + offset[predicted.report], predicted.end + offset[predicted.report]
    # Predictions that begin before the gold mention ends stand before `stop`; those before `first` all end too early.
    stop = np.searchsorted(start, gold_end, "left")
    first = np.searchsorted(np.maximum.accumulate(end), gold_start, "right")
    counts = np.maximum(stop - first, 0)
    i = np.repeat(np.arange(len(gold)), counts)
    j = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    shared = np.minimum(gold_end[i], end[j]) - np.maximum(gold_start[i], start[j])
    for edge in np.flatnonzero((shared > 0) & ((gold.shape[i] > 0) | (predicted.shape[j] > 0))):
        shared[edge] = sum(
            max(min(b, d) - max(a, c), 0)
            for a, b in gold.pieces(int(i[edge]))
            for c, d in predicted.pieces(int(j[edge]))
        )
    kept = shared > 0
    i, j, shared = i[kept], j[kept], shared[kept]
    joint = gold.length[i] + predicted.length[j] - shared
    same = gold.label[i] == predicted.label[j]
    return Overlaps(i, j, same, same & _reaching(shared, joint, threshold), shared, joint)


def _reaching(shared: Ints, joint: Ints, threshold: float) -> Flags:
    # The quotient of two whole numbers is rounded correctly, so 1/2 reaches 0.5.
    return shared / joint >= threshold


def _assign(edges: Overlaps, golds: int, predicted: int) -> Ints:
    """The numbers of the chosen edges, in order."""
    if not len(edges.gold):
        return np.zeros(0, dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(edges.gold), dtype=np.int8)
    graph = coo_array((ones, (edges.gold, edges.predicted + golds)), shape=(golds + predicted,) * 2)
    component = connected_components(graph, directed=False)[1][edges.gold]
    lonely = _one_of_a_side(component, edges.gold) | _one_of_a_side(component, edges.predicted)
    return np.sort(np.concatenate([_best_of_each(edges, component, lonely), _solve_each(edges, component, ~lonely)]))


def _one_of_a_side(component: Ints, mention: Ints) -> Flags:
    """For each edge, whether all edges of its component end in the same mention of a side."""
    low = np.full(int(component.max()) + 1, np.iinfo(np.int64).max)
    high = np.full(len(low), -1)
    np.minimum.at(low, component, mention)
    np.maximum.at(high, component, mention)
    alone: Flags = low == high
    return alone[component]


def _best_of_each(edges: Overlaps, component: Ints, among: Flags) -> Ints:
    """The best edge of each component, where only one can be chosen: same label, overlap, position."""
    chosen = np.flatnonzero(among)
    component = component[chosen]
    # Distinct quotients of whole numbers below 2**26 are distinct in float64, and equal ones are equal.
    overlap = edges.shared[chosen] / edges.joint[chosen]
    order = np.lexsort((edges.predicted[chosen], edges.gold[chosen], -overlap, ~edges.same[chosen], component))
    component = component[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = component[1:] != component[:-1]
    return chosen[order[first]]


def _solve_each(edges: Overlaps, component: Ints, among: Flags) -> Ints:
    """The chosen edges of components with several mentions on both sides."""
    numbers = np.flatnonzero(among)
    numbers = numbers[np.argsort(component[numbers], kind="stable")]
    groups = np.split(numbers, np.flatnonzero(np.diff(component[numbers])) + 1) if len(numbers) else []
    chosen = []
    for group in groups:
        local = Overlaps(
            np.unique(edges.gold[group], return_inverse=True)[1],
            np.unique(edges.predicted[group], return_inverse=True)[1],
            edges.same[group],
            edges.reaches[group],
            edges.shared[group],
            edges.joint[group],
        )
        chosen.append(group[best_assignment(local)])
    return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
