"""The bootstrap over reports, on count tables: a resample is a weighted sum of rows (Efron 1979).

Knows nothing of layers or labels: a table is an array of shape (reports, columns).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def resampled_totals(values: Floats, resamples: int, seed: int) -> Floats:
    """Column sums of `resamples` bootstrap samples of the rows, of shape (resamples, columns).

    Each sample draws as many rows as there are, with replacement; the same seed gives the same bytes.
    """
    reports = values.shape[0]
    if reports == 0:
        return np.zeros((resamples, values.shape[1]))
    random = np.random.Generator(np.random.PCG64(seed))
    weights = random.multinomial(reports, np.full(reports, 1 / reports), size=resamples)
    # Sums of whole numbers below 2**53 are exact, in whatever order a BLAS adds them up.
    return np.asarray(weights.astype(np.float64) @ values)


def percentile_interval(samples: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper percentile bounds over the first axis, of shape samples.shape[1:].

    Samples in which a measure is undefined (nan) are left out; where all are, so are the bounds (nan).
    """
    tail = 100 * (1 - confidence) / 2
    low = np.full(samples.shape[1:], np.nan)
    high = low.copy()
    defined = ~np.isnan(samples).all(axis=0)
    low[defined] = np.nanpercentile(samples[:, defined], tail, axis=0)
    high[defined] = np.nanpercentile(samples[:, defined], 100 - tail, axis=0)
    return low, high
