from itertools import combinations

import numpy as np
import pytest
from hypothesis import strategies as st

from harness.statistics.multiplicity import holm
from tests.scoring.cases import in_two_sizes

NAN = float("nan")


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        pytest.param([0.01, 0.04, 0.03], [0.03, 0.06, 0.06], id="3 * 0.01, then 2 * 0.03; 0.04 not below it"),
        pytest.param([0.01, 0.02, 0.03], [0.03, 0.04, 0.04], id="ascending"),
        pytest.param([0.03, 0.02, 0.01], [0.04, 0.04, 0.03], id="in the order given"),
        pytest.param([0.02, 0.02], [0.04, 0.04], id="ties"),
        pytest.param([0.3, 0.01, 0.01, 0.3], [0.6, 0.04, 0.04, 0.6], id="two ties"),
        pytest.param([0.5, 0.9, 0.6], [1.0, 1.0, 1.0], id="at most 1"),
        pytest.param([0.04], [0.04], id="a single test is as it was"),
        pytest.param([0.01, NAN, 0.03], [0.02, NAN, 0.03], id="an undefined test is no member"),
        pytest.param([NAN, 0.04], [NAN, 0.04], id="nor counted"),
        pytest.param([NAN, NAN], [NAN, NAN], id="no test is defined"),
        pytest.param([], [], id="no test"),
        pytest.param([0.001, 1.0], [0.002, 1.0], id="the least of 999 swaps"),
    ],
)
def test_holm(p_values: list[float], expected: list[float]) -> None:
    assert holm(p_values).tolist() == pytest.approx(expected, nan_ok=True)
    assert holm(np.array(p_values)).tolist() == pytest.approx(expected, nan_ok=True)


def by_subsets(p_values: list[float]) -> list[float]:
    """The slow twin: the greatest Bonferroni-adjusted minimum of all families that a test belongs to."""
    numbers = range(len(p_values))
    families = [family for size in numbers for family in combinations(numbers, size + 1)]
    return [
        max(min(1.0, len(family) * min(p_values[n] for n in family)) for family in families if number in family)
        for number in numbers
    ]


p_value = st.floats(0.0001, 1) | st.sampled_from([0.001, 0.02, 0.5, 1.0])


@in_two_sizes(st.lists(p_value, min_size=1, max_size=6), quick=100, slow=2_000)
def test_holm_is_the_closed_test_of_bonferroni(p_values: list[float]) -> None:
    assert holm(p_values).tolist() == pytest.approx(by_subsets(p_values), rel=1e-12)


@in_two_sizes(st.lists(p_value | st.just(NAN), max_size=12), quick=100, slow=2_000)
def test_adjusted_values_keep_their_order_and_never_fall(p_values: list[float]) -> None:
    raw, adjusted = np.array(p_values), holm(p_values)
    tested = ~np.isnan(raw)
    assert np.isnan(adjusted[~tested]).all()
    assert (adjusted[tested] >= raw[tested]).all()
    assert (adjusted[tested] <= 1).all()
    assert (np.diff(adjusted[tested][np.argsort(raw[tested], kind="stable")]) >= 0).all()
    order = np.random.default_rng(len(p_values)).permutation(len(p_values))
    assert holm(raw[order]).tolist() == pytest.approx(adjusted[order].tolist(), nan_ok=True, rel=0, abs=0)
