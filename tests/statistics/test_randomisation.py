"""Approximate randomisation. The slow test is a simulation: p-values are not too small where there is no difference."""

from itertools import product
from typing import get_args

import numpy as np
import pytest

from harness.statistics import bootstrap
from harness.statistics.bootstrap import Floats, Resampling
from harness.statistics.randomisation import Alternative, randomisation_test
from tests.statistics.simulated import drawn_counts, micro_f1

ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)


def precision(totals: Floats) -> Floats:
    """Of shape (n, 1) from predicted and correct; undefined where nothing was predicted."""
    with np.errstate(invalid="ignore"):
        return totals[:, 1:] / totals[:, :1]


def share(first: Floats, second: Floats, alternative: Alternative) -> float:
    """The slow twin: in how many of all swaps the difference is at least as far from 0, or as far down."""
    differences = []
    for swaps in product((False, True), repeat=len(first)):
        swapped = np.array(swaps)[:, np.newaxis]
        sides = np.where(swapped, second, first), np.where(swapped, first, second)
        one, other = (float(micro_f1(side.sum(axis=0, keepdims=True))[0, 0]) for side in sides)
        differences.append(one - other)
    observed = differences[0]  # nothing is swapped
    if alternative == "less":
        return float(np.mean([one <= observed + 1e-12 for one in differences]))
    return float(np.mean([abs(one) >= abs(observed) - 1e-12 for one in differences]))


FOUR = drawn_counts(np.random.default_rng(7), 6, 4, (0.75, 0.6))
"""Pairs of systems on four reports."""


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("number", range(len(FOUR)))
def test_random_swaps_agree_with_all_swaps_of_four_reports(number: int, alternative: Alternative) -> None:
    first, second = FOUR[number]
    swaps = 20_000
    p_value = randomisation_test(first, second, micro_f1, Resampling(swaps, 3), alternative)[0]
    expected = share(first, second, alternative)
    assert p_value == pytest.approx(expected, abs=4 * (expected * (1 - expected) / swaps) ** 0.5 + 1 / swaps)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Gold, predicted, correct. Two reports, one of them better: half of the swaps turn its sign, none moves it.
        pytest.param([[2, 2, 2], [2, 2, 1]], [[2, 2, 1], [2, 2, 1]], 1.0, id="one report decides"),
        # Both better by one: a half of all swaps cancels out.
        pytest.param([[2, 2, 2], [2, 2, 2]], [[2, 2, 1], [2, 2, 1]], 0.5, id="two reports agree"),
        pytest.param([[2, 2, 2]] * 4, [[2, 2, 1]] * 4, 2 / 16, id="four reports agree"),
    ],
)
def test_share_of_swaps_by_hand(first: list[list[float]], second: list[list[float]], expected: float) -> None:
    sides = np.array(first, dtype=np.float64), np.array(second, dtype=np.float64)
    assert share(*sides, "two-sided") == expected
    assert randomisation_test(*sides, micro_f1, Resampling(20_000, 3))[0] == pytest.approx(expected, abs=0.015)


def test_less_asks_how_often_the_difference_is_as_far_down() -> None:
    worse, better = np.array([[2.0, 2.0, 1.0]] * 4), np.array([[2.0, 2.0, 2.0]] * 4)
    resampling = Resampling(20_000, 3)
    assert randomisation_test(worse, better, micro_f1, resampling, "less")[0] == pytest.approx(1 / 16, abs=0.01)
    assert randomisation_test(better, worse, micro_f1, resampling, "less")[0] == 1.0


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("values", [FOUR[0, 0], FOUR[0, 0] / 3], ids=["counts", "thirds"])
def test_equal_tables_have_p_1(values: Floats, alternative: Alternative) -> None:
    assert randomisation_test(values, values.copy(), micro_f1, Resampling(200, 3), alternative).tolist() == [1.0]


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_p_is_never_0(alternative: Alternative) -> None:
    # Of 2**40 swaps only those of none and of all reports reach this difference.
    worst, best = np.array([[2.0, 2.0, 0.0]] * 40), np.array([[2.0, 2.0, 2.0]] * 40)
    assert randomisation_test(worst, best, micro_f1, Resampling(999, 3), alternative).tolist() == [1 / 1000]


def test_an_undefined_difference_has_no_p_and_leaves_the_others_alone() -> None:
    def two_labels(totals: Floats) -> Floats:
        return np.concatenate([precision(totals[:, :2]), precision(totals[:, 2:])], axis=1)

    first = np.array([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 2.0]])
    second = np.array([[1.0, 1.0, 2.0, 1.0], [0.0, 0.0, 2.0, 1.0]])
    found = randomisation_test(first, second, two_labels, Resampling(500, 3))
    assert found[0] == pytest.approx(np.nan, nan_ok=True)
    assert found[1] == randomisation_test(first[:, 2:], second[:, 2:], precision, Resampling(500, 3))[0]


def test_a_swap_that_leaves_the_measure_undefined_counts_as_extreme() -> None:
    # Each system predicts in one report only: two of the four swaps leave one of them without predictions.
    first, second = np.array([[2.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    assert randomisation_test(first, second, precision, Resampling(200, 3)).tolist() == [1.0]


def test_the_same_seed_gives_the_same_p_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = drawn_counts(np.random.default_rng(1), 1, 30, (0.7, 0.68))[0]
    at_once = randomisation_test(first, second, micro_f1, Resampling(500, 3)).tolist()
    assert randomisation_test(first, second, micro_f1, Resampling(500, 4)).tolist() != at_once
    monkeypatch.setattr(bootstrap, "BLOCK", 70)
    assert randomisation_test(first, second, micro_f1, Resampling(500, 3)).tolist() == at_once


def test_the_order_of_systems_makes_no_difference_to_a_two_sided_test() -> None:
    first, second = drawn_counts(np.random.default_rng(1), 1, 30, (0.7, 0.68))[0]
    there, back = (
        randomisation_test(*sides, micro_f1, Resampling(500, 3)) for sides in ((first, second), (second, first))
    )
    assert there.tolist() == back.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("reports", [8, 40])
@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_p_values_are_valid_where_systems_are_exchangeable(reports: int, alternative: Alternative) -> None:
    simulations = 2_000
    pairs = drawn_counts(np.random.default_rng(reports), simulations, reports, (0.7, 0.7))
    p_values = np.array(
        [
            randomisation_test(first, second, micro_f1, Resampling(999, number), alternative)[0]
            for number, (first, second) in enumerate(pairs)
        ]
    )
    for alpha in (0.01, 0.05, 0.1):
        error = (alpha * (1 - alpha) / simulations) ** 0.5
        assert (p_values <= alpha).mean() <= alpha + 3 * error
        assert (p_values <= alpha).mean() >= alpha - 3 * error - 2 / 2**reports  # nor are they too large
