"""Power, against simulation. The slow test simulates the whole way from two runs to a p-value."""

import math

import numpy as np
import pytest
from hypothesis import strategies as st

from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.power import POWER, detectable_difference, units_needed
from harness.statistics.randomisation import randomisation_test
from tests.scoring.cases import in_two_sizes
from tests.statistics.simulated import accuracy_for, drawn_counts, micro_f1, true_f1


@pytest.mark.parametrize(
    ("spread", "difference", "alpha", "sides", "needed"),
    [
        pytest.param(0.1, 0.02, 0.05, 2, 197, id="((1.959964 + 0.841621) * 5)**2 = 196.2"),
        pytest.param(0.1, 0.02, 0.05, 1, 155, id="((1.644854 + 0.841621) * 5)**2 = 154.6"),
        pytest.param(0.1, 0.02, 0.05 / 3, 2, 262, id="((2.393980 + 0.841621) * 5)**2 = 261.7"),
        pytest.param(0.3, 0.01, 0.05, 2, 7064, id="((1.959964 + 0.841621) * 30)**2 = 7063.99"),
        pytest.param(0.001, 0.5, 0.05, 2, 2, id="one unit has no spread"),
        pytest.param(0.0, 0.02, 0.05, 2, 2, id="no spread"),
    ],
)
def test_units_needed(spread: float, difference: float, alpha: float, sides: int, needed: int) -> None:
    assert units_needed(spread, difference, alpha, sides=sides) == needed


def test_another_power_needs_other_units() -> None:
    assert units_needed(0.2, 0.05, 0.05, power=0.9) == 169  # ((1.959964 + 1.281552) * 4)**2 = 168.1


@pytest.mark.parametrize("difference", [0.0, -0.01])
def test_a_difference_to_detect_is_positive(difference: float) -> None:
    with pytest.raises(ValueError, match=rf"^a difference to detect is positive, not {difference}$"):
        units_needed(0.1, difference, 0.05)


@pytest.mark.parametrize(
    ("spread", "units", "alpha", "sides", "expected"),
    [
        pytest.param(0.1, 76, 0.05, 2, 0.0321364, id="2.801585 * 0.1 / 8.717798"),
        pytest.param(0.2, 100, 0.05, 2, 0.0560317, id="2.801585 * 0.2 / 10"),
        pytest.param(0.1, 100, 0.05, 1, 0.0248647, id="2.486475 * 0.1 / 10"),
        pytest.param(0.0, 100, 0.05, 2, 0.0, id="no spread"),
    ],
)
def test_detectable_difference(spread: float, units: int, alpha: float, sides: int, expected: float) -> None:
    assert detectable_difference(spread, units, alpha, sides=sides) == pytest.approx(expected, abs=1e-7)


@in_two_sizes(st.floats(0.01, 1), st.integers(2, 5_000), st.floats(0.001, 0.2), st.sampled_from([1, 2]), quick=100)
def test_units_needed_for_what_is_detectable_are_those_that_there_are(
    spread: float, units: int, alpha: float, sides: int
) -> None:
    detectable = detectable_difference(spread, units, alpha, sides=sides)
    # A little less is not quite detectable, a little more is.
    assert units_needed(spread, detectable * (1 + 1e-9), alpha, sides=sides) <= units
    assert units_needed(spread, detectable * (1 - 1e-9), alpha, sides=sides) == units + 1


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 6])
def test_a_normal_test_detects_what_is_detectable_with_the_power_that_is_promised(alpha: float, sides: int) -> None:
    spread, units, simulations = 0.12, 76, 50_000
    difference = detectable_difference(spread, units, alpha, sides=sides)
    error = spread / math.sqrt(units)
    found = np.random.default_rng(3).normal(difference, error, simulations) / error
    bound = -np.quantile(np.random.default_rng(4).normal(size=2_000_000), alpha / sides)  # not from harness's tables
    rate = ((np.abs(found) if sides == 2 else found) > bound).mean()
    assert rate == pytest.approx(POWER, abs=3 * math.sqrt(POWER * (1 - POWER) / simulations) + 0.002)


@pytest.mark.slow
def test_the_randomisation_test_detects_what_is_detectable_with_about_that_power(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reports, simulations, accuracy = 76, 2_000, 0.7
    source = np.random.default_rng(11)
    pilot = drawn_counts(source, 1, 20_000, (accuracy, accuracy))[0]
    first, second = resample(list(pilot), [micro_f1, micro_f1], Resampling(2_000, 3))
    spread = float(np.std(first - second, ddof=1)) * math.sqrt(pilot.shape[1])
    difference = detectable_difference(spread, reports, 0.05)
    worse = accuracy_for(true_f1(accuracy) - difference)
    pairs = drawn_counts(source, simulations, reports, (accuracy, worse))
    p_values = [
        randomisation_test(first, second, micro_f1, Resampling(999, number))[0]
        for number, (first, second) in enumerate(pairs)
    ]
    power = float(np.mean(np.array(p_values) <= 0.05))
    with capsys.disabled():
        print(f"\na difference of {100 * difference:.2f} points in {reports} reports is found in {power:.1%}")
    assert 0.7 <= power <= 0.9
