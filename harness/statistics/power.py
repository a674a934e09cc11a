"""What a comparison could have seen: detectable differences, and how many reports a difference takes.

The difference of two systems is taken for normal with variance `spread`**2 / units, where the spread comes from the
bootstrap: its standard deviation over resamples times the root of the number of units.
"""

import math
from statistics import NormalDist

POWER = 0.8
"""The chance with which a difference is to be detected."""
_NORMAL = NormalDist()


def detectable_difference(spread: float, units: int, alpha: float, *, power: float = POWER, sides: int = 2) -> float:
    """The smallest difference that a test at `alpha` detects with the given power (Cohen 1988)."""
    return _distance(alpha, power, sides) * spread / math.sqrt(units)


def units_needed(spread: float, difference: float, alpha: float, *, power: float = POWER, sides: int = 2) -> int:
    """How many units it takes to detect `difference`; ValueError unless it is positive."""
    if difference <= 0:
        raise ValueError(f"a difference to detect is positive, not {difference}")
    return max(2, math.ceil((_distance(alpha, power, sides) * spread / difference) ** 2))


def _distance(alpha: float, power: float, sides: int) -> float:
    """How many standard errors the true difference must lie from 0."""
    return _NORMAL.inv_cdf(1 - alpha / sides) + _NORMAL.inv_cdf(power)
