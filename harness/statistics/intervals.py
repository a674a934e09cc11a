"""Intervals from samples of a statistic, which lie along the first axis; undefined ones (nan) are left out."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_NORMAL = NormalDist()


def quantile(samples: Floats, share: float | Floats) -> Floats:
    """The quantile of every column, interpolated between neighbours (type 7 of Hyndman and Fan 1996).

    `share` is one number, or one a column. Of shape samples.shape[1:]; nan where no sample is defined.
    """
    columns = samples.reshape(len(samples), -1)
    ordered = np.sort(np.ascontiguousarray(columns.T), axis=1)  # nan stand last
    defined = (~np.isnan(ordered)).sum(axis=1)
    place = np.broadcast_to(share, samples.shape[1:]).ravel() * np.maximum(defined - 1, 0)
    lower = np.floor(place).astype(np.int64)
    upper = np.minimum(lower + 1, np.maximum(defined - 1, 0))
    index = np.arange(len(ordered))
    low, high = ordered[index, lower], ordered[index, upper]
    # Equal neighbours give themselves, to the last digit; so does a place that is a whole number.
    found = np.where((low == high) | (place == lower), low, low + (place - lower) * (high - low))
    return np.where(defined > 0, found, np.nan).reshape(samples.shape[1:])


def percentile_interval(samples: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper percentile bounds of a two-sided interval (Efron 1979), of shape samples.shape[1:]."""
    tail = (1 - confidence) / 2
    return quantile(samples, tail), quantile(samples, 1 - tail)


def bca_interval(
    samples: Floats, estimate: Floats, left_out: Floats, confidence: float
) -> tuple[Floats, Floats, Flags]:
    """Bias-corrected and accelerated bounds (Efron 1987), and where they could be had.

    `samples` of shape (resamples, n), `estimate` of shape (n,), `left_out` of shape (units, n): the statistic without
    each of the units. Where a correction is undefined or infinite (no variance, all samples on one side of the
    estimate), the bounds are those of the percentile interval and the flag is False.
    """
    tail = (1 - confidence) / 2
    below = _share(samples < estimate, samples) + _share(samples == estimate, samples) / 2
    deviation = _mean(left_out) - left_out
    squares = np.nansum(deviation**2, axis=0)
    corrected = (below > 0) & (below < 1) & (squares > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        acceleration = np.nansum(deviation**3, axis=0) / (6 * squares**1.5)
    bias = _normal_quantiles(np.where(corrected, below, 0.5))
    shares = []
    for z in (_NORMAL.inv_cdf(tail), _NORMAL.inv_cdf(1 - tail)):
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = bias + (bias + z) / (1 - acceleration * (bias + z))
        corrected &= np.isfinite(moved) & (1 - acceleration * (bias + z) > 0)
        shares.append(moved)
    low, high = (
        quantile(samples, np.where(corrected, _normal_shares(moved), plain))
        for moved, plain in zip(shares, (tail, 1 - tail), strict=True)
    )
    return low, high, corrected


def standard_deviation(samples: Floats) -> Floats:
    """Of every column, over the samples that are defined (n - 1 in the denominator); nan of fewer than two."""
    defined = (~np.isnan(samples)).sum(axis=0)
    squares = np.nansum((samples - _mean(samples)) ** 2, axis=0)
    deviation: Floats = np.sqrt(np.where(defined > 1, squares, np.nan) / np.maximum(defined - 1, 1))
    return deviation


def _mean(samples: Floats) -> Floats:
    """Of every column, over the samples that are defined; nan of none."""
    with np.errstate(invalid="ignore"):
        mean: Floats = np.nansum(samples, axis=0) / (~np.isnan(samples)).sum(axis=0)
    return mean


def _share(chosen: Flags, samples: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        share: Floats = chosen.sum(axis=0) / (~np.isnan(samples)).sum(axis=0)
    return share


def _normal_quantiles(shares: Floats) -> Floats:
    return np.array([_NORMAL.inv_cdf(float(one)) for one in shares.ravel()]).reshape(shares.shape)


def _normal_shares(quantiles: Floats) -> Floats:
    safe = np.where(np.isfinite(quantiles), quantiles, 0.0)
    return np.array([_NORMAL.cdf(float(one)) for one in safe.ravel()]).reshape(quantiles.shape)
