"""Intervals, and whether they cover. The slow test is a simulation: it asserts coverage at the size of the gold set."""

import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import strategies as st

from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import Floats, bca_interval, percentile_interval, quantile
from tests.scoring.cases import in_two_sizes
from tests.statistics.simulated import drawn_counts, micro_f1, true_f1

NAN = float("nan")


def column(values: list[float] | Floats) -> Floats:
    """Of shape (n, 1)."""
    return np.asarray(values, dtype=np.float64)[:, np.newaxis]


# --- quantiles ---


@pytest.mark.parametrize(
    ("samples", "share", "expected"),
    [
        pytest.param([1, 2, 3, 4, 5], 0.5, 3, id="the middle one"),
        pytest.param([4, 1, 3, 2], 0.5, 2.5, id="between the middle ones, in any order"),
        pytest.param([0, 10], 0.3, 3, id="interpolated"),
        pytest.param([0, 10], 0, 0, id="the least"),
        pytest.param([0, 10], 1, 10, id="the greatest"),
        pytest.param([7], 0.9, 7, id="only one"),
        pytest.param([NAN, 0, NAN, 10], 0.3, 3, id="what is undefined is left out"),
        pytest.param([NAN, NAN], 0.3, NAN, id="nothing is defined"),
        pytest.param([0.1, 0.1, 0.1], 0.7, 0.1, id="equal ones to the last digit"),
    ],
)
def test_quantile(samples: list[float], share: float, expected: float) -> None:
    tolerance = 0 if len(set(samples)) == 1 else 1e-12
    assert quantile(column(samples), share).tolist() == pytest.approx([expected], rel=tolerance, nan_ok=True)


def test_each_column_may_have_its_own_share() -> None:
    samples = np.arange(12.0).reshape(3, 2, 2)
    shares = np.array([[0, 0.25], [0.5, 1]])
    assert quantile(samples, shares).tolist() == [[0, 3], [6, 11]]


numbers = st.floats(-1e6, 1e6) | st.just(NAN)


@in_two_sizes(
    st.integers(1, 30).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=4)),
    st.floats(0, 1),
    quick=100,
    slow=2_000,
)
def test_quantiles_are_those_of_numpy(columns: list[list[float]], share: float) -> None:
    samples = np.array(columns).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, where nothing is defined
        expected = np.nanquantile(samples, share, axis=0)
    assert quantile(samples, share).tolist() == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-9, nan_ok=True)


# --- percentile intervals ---


@pytest.mark.parametrize(
    ("samples", "confidence", "expected"),
    [
        pytest.param(range(1001), 0.95, (25, 975), id="95 %"),
        pytest.param(range(1001), 0.9, (50, 950), id="90 %"),
        pytest.param([0, 1], 0.5, (0.25, 0.75), id="interpolated"),
        pytest.param([0, 1, NAN], 0.5, (0.25, 0.75), id="what is undefined is left out"),
        pytest.param([NAN, NAN], 0.5, (NAN, NAN), id="nothing is defined"),
        pytest.param([3, 3, 3], 0.95, (3, 3), id="no variance"),
    ],
)
def test_percentile_interval(samples: list[float], confidence: float, expected: tuple[float, float]) -> None:
    low, high = percentile_interval(column([float(one) for one in samples]), confidence)
    assert [low[0], high[0]] == pytest.approx(list(expected), nan_ok=True)


# --- BCa: which quantiles it takes is worked out by hand from tables of the normal distribution ---

EVEN = [0.0, 1.0, 2.0]
"""The statistic without each unit, evenly about its mean: no acceleration."""
SKEWED = [0.0, 0.0, 0.0, 4.0]
"""Mean 1, so deviations 1, 1, 1 and -3: acceleration (3 - 27) / (6 * 12**1.5) = -0.096225."""


@pytest.mark.parametrize(
    ("estimate", "left_out", "low", "high"),
    [
        pytest.param(499.5, EVEN, 0.025, 0.975, id="no correction: the percentile interval"),
        # Six in ten samples lie below the estimate: bias 0.253347, so Phi(0.506694 -+ 1.959964).
        pytest.param(599.5, EVEN, 0.0730744, 0.9931810, id="bias"),
        # A quarter does: bias -0.674490, so Phi(-1.348980 -+ 1.959964).
        pytest.param(249.5, EVEN, 0.0004682, 0.7293951, id="bias to the other side"),
        # Phi(-1.959964 / (1 - 0.188598)) = Phi(-2.415527) and Phi(1.959964 / (1 + 0.188598)) = Phi(1.648970).
        pytest.param(499.5, SKEWED, 0.0078562, 0.9504233, id="acceleration"),
        # Phi(0.253347 - 1.706617 / (1 - 0.164219)) = Phi(-1.788570),
        # Phi(0.253347 + 2.213311 / (1 + 0.212976)) = Phi(2.078041).
        pytest.param(599.5, SKEWED, 0.0368399, 0.9811473, id="both"),
        pytest.param(599.5, [-one for one in SKEWED], 0.1126524, 0.9989138, id="both, skewed to the other side"),
    ],
)
def test_bca_takes_corrected_quantiles(estimate: float, left_out: list[float], low: float, high: float) -> None:
    samples = column(np.arange(1000.0))  # the quantile of a share is 999 times it
    found = bca_interval(samples, np.array([estimate]), column(left_out), 0.95)
    assert [one.tolist() for one in found] == [
        [pytest.approx(999 * low, abs=2e-4)],
        [pytest.approx(999 * high, abs=2e-4)],
        [True],
    ]


def test_samples_that_equal_the_estimate_count_half_to_its_bias() -> None:
    samples = column([0.0, 1.0, 1.0, 2.0])
    low, high, corrected = bca_interval(samples, np.array([1.0]), column(EVEN), 0.5)
    assert [low[0], high[0], corrected[0]] == [0.75, 1.25, True]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_bca_is_that_of_scipy_in_the_same_resamples(seed: int, confidence: float) -> None:
    # Whole numbers, so that resamples tie with the estimate; skewed, so that there is something to accelerate.
    values = np.random.default_rng(seed).poisson(2, 25).astype(np.float64)
    peer = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=2_000, confidence_level=confidence, method="BCa", random_state=seed
    )
    samples = column(peer.bootstrap_distribution)
    left_out = column((values.sum() - values) / (len(values) - 1))
    low, high, corrected = bca_interval(samples, np.array([values.mean()]), left_out, confidence)
    expected = [peer.confidence_interval.low, peer.confidence_interval.high]
    assert [low[0], high[0]] == pytest.approx(expected, abs=1e-9)
    assert corrected.tolist() == [True]


ONE_OUTLIER = [0.0] * 999 + [-1.0]
"""Acceleration 0.1664, close to the greatest that there is, a sixth."""


@pytest.mark.parametrize(
    ("samples", "estimate", "left_out"),
    [
        pytest.param(np.full(200, 0.5), 0.5, [0.5] * 4, id="no variance"),
        pytest.param(np.arange(200.0), 99.5, [1.0] * 4, id="no unit matters"),
        pytest.param(np.arange(200.0), -1.0, SKEWED, id="all samples above the estimate"),
        pytest.param(np.arange(200.0), 200.0, SKEWED, id="all samples below the estimate"),
        pytest.param(np.arange(200_000.0), 199_998.5, ONE_OUTLIER, id="the correction would be infinite"),
        pytest.param(np.array([NAN, 1.0, 2.0]), NAN, SKEWED, id="the estimate is undefined"),
        pytest.param(np.arange(200.0), 99.5, [], id="no units"),
    ],
)
def test_without_a_correction_bca_gives_the_percentile_interval(
    samples: Floats, estimate: float, left_out: list[float]
) -> None:
    low, high, corrected = bca_interval(column(samples), np.array([estimate]), column(left_out), 0.95)
    expected_low, expected_high = percentile_interval(column(samples), 0.95)
    assert (low.tolist(), high.tolist()) == (expected_low.tolist(), expected_high.tolist())
    assert corrected.tolist() == [False]


def test_an_undefined_column_has_no_bounds_and_leaves_the_others_alone() -> None:
    samples = np.stack([np.full(1000, NAN), np.arange(1000.0)], axis=1)
    left_out = np.stack([np.full(4, NAN), SKEWED], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high, corrected = bca_interval(samples, np.array([NAN, 599.5]), left_out, 0.95)
    alone = bca_interval(samples[:, 1:], np.array([599.5]), left_out[:, 1:], 0.95)
    assert low.tolist() == pytest.approx([NAN, alone[0][0]], nan_ok=True)
    assert high.tolist() == pytest.approx([NAN, alone[1][0]], nan_ok=True)
    assert corrected.tolist() == [False, True]


# --- coverage ---

ACCURACY = 0.7


@pytest.mark.slow
def test_the_interval_of_micro_f1_covers_the_true_value(capsys: pytest.CaptureFixture[str]) -> None:
    truth, simulations = true_f1(ACCURACY), 8_000
    covered = {}
    for reports in (12, 24, 76):
        population = drawn_counts(np.random.default_rng(reports), simulations, reports, (ACCURACY,))[:, 0]
        hits = 0
        for number, values in enumerate(population):
            (samples,) = resample([values], [micro_f1], Resampling(1_000, number))
            low, high = percentile_interval(samples, 0.95)
            hits += bool(low[0] <= truth <= high[0])
        covered[reports] = hits / simulations
    with capsys.disabled():  # coverage in few reports is told, not asserted: it is known to fall short
        shares = ", ".join(f"{share:.1%} with {reports} reports" for reports, share in covered.items())
        print(f"\n95% percentile intervals of micro F1 cover the true value in {shares}")
    assert covered[76] >= 0.93
