"""The bootstrap over units (reports, or clusters of them): a resample is a weighted sum of rows (Efron 1979).

Knows nothing of layers or labels: a system is an array of counts of shape (units, columns), or of shape
(repeats, units, columns) where a system that is not deterministic was run several times. All measures of a system are
read off one matrix product, in blocks, so that memory does not grow with the number of resamples.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.number]
Measure = Callable[[Floats], Floats]
"""Reads measures of shape (n, ...) off totals of shape (n, columns)."""

BLOCK = 4_000_000
"""How many cells a block of resamples may have, of draws or of totals.

It bounds memory; of counts and their halves it changes no byte.
"""
_EXACT_IN_SINGLE = 2**23


@dataclass(frozen=True)
class Resampling:
    """How many resamples, and the seed: the same two give the same bytes."""

    resamples: int = 10_000
    seed: int = 13

    def draws(self, units: int, width: int) -> Iterator[Ints]:
        """Blocks of numbers of units, of shape (block, units): each row is one resample with replacement.

        `width` is the number of columns that every resample is to have.
        """
        random = np.random.Generator(np.random.PCG64(self.seed))
        for size in self.blocks(max(units, width)):
            yield random.integers(0, units, size=(size, units))

    def blocks(self, width: int) -> Iterator[int]:
        """The sizes of blocks that hold `width` cells a resample."""
        block = max(1, BLOCK // max(width, 1))
        for start in range(0, self.resamples, block):
            yield min(block, self.resamples - start)


def resample(systems: Sequence[Floats], measures: Sequence[Measure], resampling: Resampling) -> list[Floats]:
    """For each system its measures of shape (resamples, ...) in the same resamples, so that they can be subtracted.

    ValueError if systems have other numbers of units. Of a system with repeats, each drawn unit also draws as many of
    its repeats as there are, with replacement, and takes their mean: two levels (Davison and Hinkley 1997, 3.8).
    """
    units = {_units(system) for system in systems}
    if len(units) > 1:
        raise ValueError(f"systems with {sorted(units)} units cannot be paired")
    size = units.pop() if units else 0
    if size == 0:
        zeros = [np.zeros((resampling.resamples, system.shape[-1])) for system in systems]
        return [measure(totals) for measure, totals in zip(measures, zeros, strict=True)]
    prepared = [_Prepared(system, resampling.seed, number) for number, system in enumerate(systems)]
    found: list[list[Floats]] = [[] for _ in systems]
    for draws, once in _weights(resampling, size, max(_width(system) for system in systems)):
        for samples, measure, system in zip(found, measures, prepared, strict=True):
            samples.append(measure(system.totals(draws, once)))
    return [np.concatenate(samples) for samples in found]


def resampled_totals(values: Floats, resampling: Resampling) -> Floats:
    """Column sums of every resample, of shape (resamples, columns)."""
    return resample([values], [lambda totals: totals], resampling)[0]


class _Prepared:
    """One system, ready to be multiplied by the weights of a block."""

    def __init__(self, system: Floats, seed: int, number: int) -> None:
        self._repeats = system.shape[0] if system.ndim == 3 else 1
        self._units = _units(system)
        rows = system.transpose(1, 0, 2).reshape(-1, system.shape[-1]) if system.ndim == 3 else system
        self._rows = in_exact_precision(rows, self._units * self._repeats)
        self._random = np.random.Generator(np.random.PCG64([seed, number + 1]))  # [seed, 0] is the stream of units

    def totals(self, draws: Ints, once: Numbers) -> Floats:
        if self._repeats == 1:
            return product(once, self._rows)
        picked = self._random.integers(0, self._repeats, size=(*draws.shape, self._repeats))
        rows = (draws[:, :, np.newaxis] * self._repeats + picked).reshape(len(draws), -1)
        return product(count_draws(rows, self._units * self._repeats), self._rows) / self._repeats


def _weights(resampling: Resampling, units: int, width: int) -> Iterator[tuple[Ints, Numbers]]:
    """Blocks of draws, and how often each unit occurs in them."""
    if resampling.resamples * max(units, width) <= BLOCK:
        yield _single_block(resampling, units)
        return
    for draws in resampling.draws(units, width):
        yield draws, count_draws(draws, units)


@lru_cache(maxsize=1)
def _single_block(resampling: Resampling, units: int) -> tuple[Ints, Numbers]:
    """All draws at once, kept for the next table of as many units."""
    (draws,) = resampling.draws(units, 1)
    return draws, count_draws(draws, units).astype(np.float32)  # no unit is drawn 2**24 times


def count_draws(draws: Ints, units: int) -> Numbers:
    """How often each unit occurs in each row of `draws`, of shape (len(draws), units)."""
    offset = np.arange(len(draws))[:, np.newaxis] * units
    counts = np.bincount((draws + offset).ravel(), minlength=len(draws) * units)
    return counts.reshape(len(draws), units)


def in_exact_precision(rows: Floats, weight: int) -> Numbers:
    """The rows in single precision where no sum of rows with weights that add up to `weight` can be rounded in it.

    Counts are multiples of a half, and so are their sums; single precision holds those below 2**23, in whatever order
    a BLAS adds them up, and is twice as fast.
    """
    largest = float(np.abs(rows).max(initial=0.0)) * weight
    exact = largest < _EXACT_IN_SINGLE and bool((rows * 2 == np.rint(rows * 2)).all())
    return rows.astype(np.float32) if exact else rows


def product(weights: Numbers, rows: Numbers) -> Floats:
    """Weights @ rows in the precision of the rows, as float64."""
    weights = weights.astype(rows.dtype, copy=False)
    return np.asarray(np.matmul(weights, rows), dtype=np.float64)


def _width(system: Floats) -> int:
    """How many cells a resample of a system takes: its columns, or the draws of its repeats."""
    repeats = system.shape[0] if system.ndim == 3 else 1
    return max(int(system.shape[-1]), repeats**2 * _units(system) if repeats > 1 else 0)


def _units(system: Floats) -> int:
    return int(system.shape[-2])
