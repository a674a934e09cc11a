import random

import numpy as np
import pytest

from harness.statistics.bootstrap import Resampling, resampled_totals
from harness.statistics.intervals import percentile_interval


def test_totals_are_sums_of_rows_drawn_with_replacement() -> None:
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    totals = resampled_totals(values, Resampling(500, 1))
    assert totals.shape == (500, 2)
    assert totals.min() >= 0
    assert totals.sum(axis=1).max() <= 3  # three draws
    assert len({tuple(row) for row in totals.tolist()}) == 10  # every split of three draws over three rows occurs


def test_the_same_seed_gives_the_same_bytes() -> None:
    values = np.arange(12.0).reshape(4, 3)
    assert (
        resampled_totals(values, Resampling(50, 7)).tobytes() == resampled_totals(values, Resampling(50, 7)).tobytes()
    )
    assert (
        resampled_totals(values, Resampling(50, 7)).tobytes() != resampled_totals(values, Resampling(50, 8)).tobytes()
    )


def test_mean_and_spread_agree_with_a_loop_that_resamples_rows() -> None:
    source = random.Random(5)
    values = np.array([[source.randrange(10)] for _ in range(30)], dtype=float)
    fast = resampled_totals(values, Resampling(20_000, 3))[:, 0]
    slow = [sum(values[source.randrange(30), 0] for _ in range(30)) for _ in range(20_000)]
    assert fast.mean() == pytest.approx(np.mean(slow), rel=0.01)
    assert fast.std() == pytest.approx(np.std(slow), rel=0.03)


def test_percentiles_leave_undefined_samples_out() -> None:
    samples = np.array([[0.0, np.nan], [1.0, np.nan], [np.nan, np.nan]])
    low, high = percentile_interval(samples, 0.5)
    assert low.tolist() == pytest.approx([0.25, np.nan], nan_ok=True)
    assert high.tolist() == pytest.approx([0.75, np.nan], nan_ok=True)


def test_no_reports_give_zero_totals() -> None:
    assert resampled_totals(np.zeros((0, 2)), Resampling(3, 1)).tolist() == [[0, 0]] * 3
