"""The formulas: precision, recall, F1, and averages over labels. Arrays of any shape in, arrays out.

What is undefined is nan: precision where nothing was predicted, recall where there is no gold, F1 where there is
neither.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


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


def averages(values: Floats, gold: Floats, supported: npt.NDArray[np.bool_]) -> Floats:
    """Macro and weighted means over the supported labels, of shape (2, ...), from one measure of shape (labels, ...).

    A label with neither gold nor predictions, as may happen in a resample, is left out of the macro mean, and has no
    weight in the other. (One with gold but without predictions has precision 0, and stands so in `values`.)
    """
    defined = supported & ~np.isnan(values)
    values = np.where(defined, values, 0.0)
    with np.errstate(invalid="ignore"):
        macro = _sum(values) / defined.sum(axis=0)
        weighted = _sum(values * gold) / _sum(np.where(supported, gold, 0.0))
    return np.stack([macro, weighted])


def _sum(values: Floats) -> Floats:
    """The sum over the first axis, one after the other: numpy's own order depends on the lengths of the others."""
    return reduce(np.add, values, np.zeros(values.shape[1:]))


def averages_of_seqeval(values: Floats, gold: Floats, predicted: Floats, names: Sequence[Sequence[str]]) -> Floats:
    """The same as seqeval 1.2.2 has them: over the labels that occur on either side, what is undefined counting 0.

    Arrays of shape (labels, groups, n); `names` are the labels of each group. Undefined where nothing occurs at all,
    and weighted means without gold; seqeval says 0 there.
    """
    averages = np.full((2, *values.shape[1:]), np.nan)
    for group, labels in enumerate(names):
        order = np.argsort(labels)  # floating-point sums depend on the order, and on what is summed, so it is seqeval's
        own = np.where(np.isnan(values[:, group]), 0.0, values[:, group])[order].T
        support = gold[order, group].T
        occurs = (gold + predicted)[order, group].T > 0
        patterns, kind = np.unique(occurs, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            if pattern.any():
                alike = kind.ravel() == number
                present = np.ascontiguousarray(own[alike][:, pattern])
                weights = support[alike][:, pattern]
                averages[0, group, alike] = present.mean(axis=1)
                with np.errstate(invalid="ignore"):
                    averages[1, group, alike] = (present * weights).sum(axis=1) / weights.sum(axis=1)
    return averages
