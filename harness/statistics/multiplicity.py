"""Several tests at once: p-values adjusted so that the chance of any false rejection stays below alpha."""

from collections.abc import Sequence

import numpy as np

from harness.statistics.bootstrap import Floats


def holm(p_values: Sequence[float] | Floats) -> Floats:
    """Holm's step-down adjustment (Holm 1979), in the order given; an undefined test (nan) is no member of the family.

    Example: (0.01, 0.04, 0.03) becomes (0.03, 0.06, 0.06).
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
