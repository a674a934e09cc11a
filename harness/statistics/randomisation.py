"""Approximate randomisation: how often is the difference as large if rows change systems by chance.

Noreen 1989; for F1, Yeh 2000. The rows of two paired tables are swapped at random, the measures taken of the sums.
"""

from typing import Literal

import numpy as np

from harness.statistics.bootstrap import Floats, Measure, Resampling, in_exact_precision, product

Alternative = Literal["two-sided", "less"]
_ROUNDING = 1e-12
"""Differences that lie closer than this are equal."""


def randomisation_test(
    first: Floats,
    second: Floats,
    measure: Measure,
    resampling: Resampling,
    alternative: Alternative = "two-sided",
) -> Floats:
    """p-values of measure(first) - measure(second), of the shape of one measure; nan where a difference is undefined.

    `first` and `second` are counts of shape (units, columns). p = (1 + k) / (1 + B), where k of B random swaps give a
    difference that is at least as far from 0 ("less": at least as far down). A swap in which the measure is
    undefined counts as one of those k.
    """
    observed = _difference(measure, first.sum(axis=0, keepdims=True), second.sum(axis=0, keepdims=True))[0]
    rows = in_exact_precision(first - second, len(first))
    random = np.random.Generator(np.random.PCG64(resampling.seed))
    extreme = np.zeros(observed.shape)
    for size in resampling.blocks(max(first.shape)):
        swapped = product(random.integers(0, 2, size=(size, len(first))), rows)
        found = _difference(measure, first.sum(axis=0) - swapped, second.sum(axis=0) + swapped)
        less = alternative == "less"
        inside = found > observed + _ROUNDING if less else np.abs(found) < np.abs(observed) - _ROUNDING
        extreme += (~inside).sum(axis=0)
    return np.where(np.isnan(observed), np.nan, (1 + extreme) / (1 + resampling.resamples))


def _difference(measure: Measure, first: Floats, second: Floats) -> Floats:
    return measure(first) - measure(second)
