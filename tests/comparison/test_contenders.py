"""Who is compared: names, repetitions, and what is resampled of them."""

import pytest

from harness.comparison.contenders import Contender, contenders_of, stacked
from harness.scoring.table import CountTable
from tests.comparison.cases import scored, table_of

TABLE = table_of(A=[(1, 1, 1), (2, 2, 0), (3, 3, 3)])


def named(*runs: tuple[str, str, int]) -> list[tuple[str, int]]:
    """Names and numbers of runs of the contenders, from model, digest of the fingerprint and repeat of each run."""
    made = [scored(model, TABLE, digest=digest, repeat=repeat) for model, digest, repeat in runs]
    return [(one.name, len(one.runs)) for one in contenders_of(made)]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([("a", "1", 0), ("b", "2", 0)], [("a", 1), ("b", 1)], id="two models"),
        pytest.param([("a", "1", 0), ("a", "1", 1), ("a", "1", 2)], [("a", 3)], id="repetitions"),
        pytest.param([("a", "", 0), ("a", "", 1)], [("a", 2)], id="repetitions without a fingerprint"),
        pytest.param([("a", "1", 0), ("a", "2", 1)], [("a #1", 1), ("a #2", 1)], id="another fingerprint"),
        pytest.param([("a", "1", 0), ("a", "", 1)], [("a #1", 1), ("a #2", 1)], id="one has a fingerprint"),
        pytest.param([("a", "1", 0), ("a", "1", 0)], [("a #1", 1), ("a #2", 1)], id="the same repeat twice"),
        pytest.param(
            [("a", "1", 0), ("b", "1", 0), ("a", "1", 1), ("b", "1", 1)],
            [("a", 2), ("b", 2)],
            id="repetitions of two models, in turns",
        ),
        pytest.param(
            [("a", "1", 0), ("a", "2", 0), ("b", "", 0), ("a", "1", 1)],
            [("a #1", 2), ("a #2", 1), ("b", 1)],
            id="namesakes are numbered, each with its repetitions",
        ),
    ],
)
def test_contenders(runs: list[tuple[str, str, int]], expected: list[tuple[str, int]]) -> None:
    assert named(*runs) == expected


def test_a_contender_is_what_its_first_run_says() -> None:
    other = table_of(A=[(1, 1, 0)] * 3)
    first, second = scored("a", TABLE, repeat=0), scored("a", other, repeat=1)
    (one,) = contenders_of([first, second])
    assert (one.record, one.table, one.tables) == (first.record, TABLE, [TABLE, other])
    assert one.view("fine") == first.views[0]
    assert one.view("coarse") is None


def golds(tables: list[CountTable], *clusters: list[int]) -> object:
    """The first column (gold of A) of what is resampled."""
    return stacked(tables, clusters)[..., 0].tolist()


def test_units_are_reports_or_sums_of_clusters() -> None:
    assert golds([TABLE]) == [1, 2, 3]
    assert golds([TABLE], [0, 2], [1]) == [4, 2]
    assert golds([TABLE], [0], [1], [2]) == [1, 2, 3]
    assert golds([TABLE], [2, 1, 0]) == [6]


def test_repeats_have_an_axis_of_their_own() -> None:
    assert golds([TABLE, TABLE]) == [[1, 2, 3]] * 2
    assert golds([TABLE, TABLE], [0, 1], [2]) == [[3, 3]] * 2
    assert stacked([TABLE]).shape == (3, len(TABLE.columns))


def test_a_contender_may_be_made_by_hand() -> None:
    assert Contender("x", (scored("a", TABLE),)).record.model == "a"
