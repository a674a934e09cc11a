"""Differences of systems with what noise can do, against plain loops over reports; and the sentences about them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from harness.comparison.compare import Comparison, compare_by_texts, compare_runs, sentence
from harness.comparison.contenders import Contender
from harness.comparison.differences import (
    POINTS,
    Difference,
    Options,
    ViewComparison,
    clusters_of,
    compare_in_view,
    shared_layout,
)
from harness.errors import ConfigurationError, InputError, NotComparableError
from harness.scoring.table import Column, CountTable
from harness.statistics.bootstrap import Resampling
from harness.statistics.power import detectable_difference, units_needed
from tests.comparison.cases import Held, f1_of, held, holm_by_hand, mixed, record_of, scored, table_of, tables
from tests.scoring.cases import in_two_sizes

NAMES = ("a", "b", "c")
QUICK = Options(resampling=Resampling(200, 5))
RIGHT, WRONG = (2, 2, 2), (2, 2, 0)


def contenders(*systems: CountTable | Sequence[CountTable]) -> list[Contender]:
    """Contenders a, b and c; several tables are repetitions."""
    found = []
    for name, one in zip(NAMES, systems, strict=False):
        runs = [one] if isinstance(one, CountTable) else one
        found.append(Contender(name, tuple(scored(name, table, repeat=n) for n, table in enumerate(runs))))
    return found


def compared(
    *systems: CountTable | Sequence[CountTable],
    options: Options = QUICK,
    slices: dict[str, list[str]] | None = None,
) -> ViewComparison:
    return compare_in_view("fine", contenders(*systems), options, slices or {})


def only(view: ViewComparison) -> Difference:
    (one,) = view.differences
    return one


def pairs(view: ViewComparison) -> list[tuple[str, str]]:
    return [(one.model, one.reference) for one in view.differences]


# --- slow twins ---


def resampled(table: CountTable, options: Options, label: str = "micro") -> list[float | None]:
    """F1 in every resample, report by report."""
    draws = options.resampling.draws(len(table.reports), 1)
    return [f1_of(table, draw, label) for block in draws for draw in block.tolist()]


@in_two_sizes(tables(5, 3), quick=10, slow=100)
def test_differences_and_intervals_equal_a_loop_over_resampled_reports(drawn: list[CountTable]) -> None:
    view = compared(*drawn)
    samples = [resampled(table, QUICK) for table in drawn]
    for one in view.differences:
        first, second = NAMES.index(one.model), NAMES.index(one.reference)
        whole = [f1_of(drawn[number], range(5)) for number in (first, second)]
        if whole[0] is None or whole[1] is None:
            assert one.difference is None
            continue
        found = [x - y for x, y in zip(samples[first], samples[second], strict=True) if x is not None and y is not None]
        expected = [whole[0] - whole[1], *np.quantile(found, [0.025, 0.975]), np.std(found, ddof=1) * 5**0.5]
        assert [one.difference, one.low, one.high, one.spread] == pytest.approx(expected, abs=1e-12)


@in_two_sizes(tables(5, 2), quick=10, slow=100)
def test_standings_equal_a_loop_over_resampled_reports(drawn: list[CountTable]) -> None:
    for standing, table in zip(compared(*drawn).standings, drawn, strict=True):
        row = standing.rows[0]
        assert row.f1 == pytest.approx(f1_of(table, range(5)), abs=1e-12)
        defined = [one for one in resampled(table, QUICK) if one is not None]
        if defined:
            assert [row.low, row.high] == pytest.approx(np.quantile(defined, [0.025, 0.975]).tolist(), abs=1e-12)
        else:
            assert (row.low, row.high) == (None, None)


def share_of_swaps(first: CountTable, second: CountTable) -> float:
    """In how many of all swaps of reports the systems differ at least as much."""
    found = []
    for swaps in product((False, True), repeat=len(first.reports)):
        sides = mixed(first, second, swaps), mixed(second, first, swaps)
        one, other = (f1_of(side, range(len(first.reports))) for side in sides)
        found.append(abs((one or 0.0) - (other or 0.0)))
    return float(np.mean([one >= found[0] - 1e-12 for one in found]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param([RIGHT] * 5, [WRONG] * 5, id="all five reports"),
        pytest.param([RIGHT] * 5, [WRONG, *[RIGHT] * 4], id="one of five"),
        pytest.param([RIGHT, WRONG, RIGHT, WRONG, RIGHT], [WRONG, RIGHT, WRONG, WRONG, WRONG], id="three against one"),
        pytest.param([(5, 1, 1), (1, 5, 1), (3, 3, 2), (2, 2, 2), (4, 0, 0)], [RIGHT] * 5, id="uneven reports"),
    ],
)
def test_p_is_the_share_of_all_swaps(first: list[tuple[int, int, int]], second: list[tuple[int, int, int]]) -> None:
    swaps = 10_000
    systems = table_of(A=first), table_of(A=second)
    expected = share_of_swaps(*systems)
    p = only(compared(*systems, options=replace(QUICK, resampling=Resampling(swaps, 5)))).p
    assert p == pytest.approx(expected, abs=4 * (expected * (1 - expected) / swaps) ** 0.5 + 1 / swaps)


# --- pairs and families ---

THREE = table_of(A=[RIGHT] * 6, B=[RIGHT] * 6), table_of(A=[WRONG, *[RIGHT] * 5], B=[WRONG] * 6)
THIRD = table_of(A=[WRONG] * 2 + [RIGHT] * 4, B=[RIGHT] * 6)


def test_all_pairs_or_those_with_the_reference() -> None:
    assert pairs(compared(*THREE, THIRD)) == [("b", "a"), ("c", "a"), ("c", "b")]
    assert pairs(compared(*THREE, THIRD, options=replace(QUICK, reference="b"))) == [("a", "b"), ("c", "b")]


def test_nobody_is_compared_with_a_contender_that_there_is_not() -> None:
    with pytest.raises(ConfigurationError, match="there is no contender 'nope'") as caught:
        compared(*THREE, options=replace(QUICK, reference="nope"))
    assert caught.value.remedy == "Choose one of a, b."


def test_the_reference_only_turns_the_sign() -> None:
    there = only(compared(*THREE, options=replace(QUICK, reference="a")))
    back = only(compared(*THREE, options=replace(QUICK, reference="b")))
    assert (there.model, back.model) == ("b", "a")
    assert (there.difference, there.p) == (-(back.difference or 0), back.p)
    assert [there.low, there.high] == pytest.approx([-(back.high or 0), -(back.low or 0)], abs=1e-12)


@pytest.mark.parametrize(("reference", "tests"), [("", 3), ("a", 2)])
def test_each_table_is_a_family_of_holm(reference: str, tests: int) -> None:
    options = replace(QUICK, reference=reference, by_label=True)
    view = compared(*THREE, THIRD, options=options)
    measure = view.of_measure(options)
    by_label = [one for one in view.differences if one not in measure]
    assert [one.label for one in by_label] == ["A", "B"] * tests
    for family in (measure, by_label):
        assert {one.family for one in family} == {len(family)}
        raw = [one.p for one in family if one.p is not None]
        assert [one.p_adjusted for one in family] == pytest.approx(holm_by_hand(raw))


def test_an_undefined_test_is_no_member_of_the_family() -> None:
    systems = [table_of(A=[RIGHT] * 4, B=[(0, 0, 0)] * 4), table_of(A=[WRONG] * 4, B=[(0, 0, 0)] * 4)]
    options = replace(QUICK, by_label=True)
    view = compared(*systems, options=options)
    found = {one.label: one for one in view.differences}
    assert (found["B"].difference, found["B"].p, found["B"].p_adjusted, found["B"].spread) == (None,) * 4
    assert (found["B"].detectable, dict(found["B"].needed)) == (None, {})
    assert found["A"].family == 1
    assert found["A"].p_adjusted == found["A"].p


def test_of_a_label_there_is_no_row_beside_itself() -> None:
    options = replace(QUICK, label="A", by_label=True)
    view = compared(*THREE, options=options)
    assert [one.label for one in view.differences] == ["A", "B"]
    assert [one.label for one in view.of_measure(options)] == ["A"]


def test_power_is_that_of_the_strictest_step_of_holm() -> None:
    view = compared(*THREE, THIRD)
    for one in view.differences:
        assert one.spread
        assert one.detectable == detectable_difference(one.spread, 6, 0.05 / 3)
        assert one.needed == {points: units_needed(one.spread, points / 100, 0.05 / 3) for points in POINTS}


def test_macro_and_other_measures() -> None:
    found = {label: only(compared(*THREE, options=replace(QUICK, label=label))).difference for label in ("macro", "B")}
    assert found == pytest.approx({"B": -1, "macro": (-1 / 6 - 1) / 2})
    with pytest.raises(ConfigurationError, match="there is no strict score of 'nope' in the view fine"):
        compared(*THREE, options=replace(QUICK, label="nope"))


# --- clusters and slices ---

SIX_NAMES = [f"r{number}" for number in range(6)]


def bounds(one: Difference) -> tuple[float | None, ...]:
    return one.difference, one.low, one.high, one.p, one.spread


def test_clusters_of_one_report_each_are_no_clusters() -> None:
    apart = {f"conflict={name}": [name] for name in SIX_NAMES}
    clustered = compared(*THREE, options=replace(QUICK, cluster="conflict"), slices=apart)
    assert clustered.units == 6
    assert bounds(only(clustered)) == bounds(only(compared(*THREE)))


def test_clusters_are_as_reports_that_hold_their_sums() -> None:
    halves = {"conflict=one": SIX_NAMES[:3], "conflict=two": SIX_NAMES[3:], "year=2001": SIX_NAMES[:2]}
    clustered = compared(*THREE, options=replace(QUICK, cluster="conflict"), slices=halves)
    sums = [
        CountTable.from_rows(one.columns, {"r0": one.values[:3].sum(axis=0), "r1": one.values[3:].sum(axis=0)})
        for one in THREE
    ]
    assert clustered.units == 2
    assert bounds(only(clustered)) == bounds(only(compared(*sums)))


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        ({"conflict=x": ["r2", "r0"], "year=1": ["r1"]}, [[2, 0], [1], [3]]),
        ({"conflict=x": ["r0", "elsewhere"], "conflict=y": ["elsewhere"]}, [[0], [1], [2], [3]]),
        ({"conflict=x": ["r0", "r1", "r2", "r3"]}, [[0, 1, 2, 3]]),
    ],
)
def test_a_report_in_no_slice_is_a_cluster_by_itself(slices: dict[str, list[str]], expected: list[list[int]]) -> None:
    assert clusters_of(SIX_NAMES[:4], slices, "conflict") == expected
    assert clusters_of(SIX_NAMES[:4], slices, "") == []


def test_clusters_that_there_are_not() -> None:
    with pytest.raises(ConfigurationError) as caught:
        clusters_of(["r0"], {"year=1": ["r0"], "year=2": [], "style=x": []}, "conflict")
    assert caught.value.message == "the runs have no slices of reports called 'conflict'"
    assert caught.value.remedy == "There are: year, style."


def test_one_cluster_of_all_reports_is_nothing_to_resample() -> None:
    whole = {"conflict=one": SIX_NAMES}
    view = compared(*THREE, options=replace(QUICK, cluster="conflict"), slices=whole)
    assert (view.units, view.differences) == (1, ())


def test_one_cluster_of_all_reports_has_no_interval() -> None:
    whole = {"conflict=one": SIX_NAMES}
    view = compared(*THREE, options=replace(QUICK, cluster="conflict"), slices=whole)
    assert [(one.rows[0].low, one.rows[0].high) for one in view.standings] == [(None, None)] * 2


def test_a_slice_of_reports_is_a_comparison_of_these_reports() -> None:
    options = replace(QUICK, by_slice=True)
    slices = {"year=2001": SIX_NAMES[:2], "year=2002": SIX_NAMES[2:]}
    view = compared(*THREE, options=options, slices=slices)
    found = {one.slice: one for one in view.differences}
    assert list(found) == ["", "year=2001", "year=2002"]
    assert found["year=2001"].difference == pytest.approx(f1_of(THREE[1], [0, 1]) - 1)  # type: ignore[operator]
    assert found["year=2002"].difference == pytest.approx(f1_of(THREE[1], range(2, 6)) - 1)  # type: ignore[operator]
    assert {found[name].p for name in slices} == {None}  # fewer than five reports
    assert [row.reports for row in view.standings[0].rows] == [6, 2, 4]
    assert [(row.low, row.high) for row in view.standings[0].rows[1:]] == [(None, None)] * 2  # fewer than five reports


def test_slices_of_mentions_are_compared_only_if_all_have_them() -> None:
    whole = table_of(A=[RIGHT, WRONG])
    columns = [replace_slice(column, "length=1") for column in whole.columns if column.counter in SUBSET]
    part = CountTable(whole.reports, tuple(columns), np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]))
    divided = whole.beside(part)
    both = compared(divided, divided, options=replace(QUICK, by_slice=True))
    assert [(one.label, one.slice) for one in both.differences] == [("micro", ""), ("micro", "length=1")]
    one = compared(divided, whole, options=replace(QUICK, by_slice=True))
    assert [(one.label, one.slice) for one in one.differences] == [("micro", "")]


SUBSET = ("gold", "predicted", "strict_correct")


def replace_slice(column: Column, name: str) -> Column:
    return column._replace(slice=name)


def test_labels_of_any_contender_count_for_all() -> None:
    first, second = table_of(A=[RIGHT] * 2), table_of(A=[RIGHT] * 2, C=[(0, 4, 0)] * 2)
    layout = shared_layout([first, second], "fine", sliced=False)
    assert list(layout.positions("mentions", "fine")) == ["A", "C"]
    assert layout.totals.sum() == 0
    assert only(compared(first, second)).difference == pytest.approx(2 * 4 / (4 + 12) - 1)


# --- repeats, single reports ---


@in_two_sizes(tables(4, 2), st.integers(2, 3), quick=8, slow=80)
def test_equal_repeats_are_one_run(drawn: list[CountTable], repeats: int) -> None:
    once, often = compared(*drawn), compared(drawn[0], [drawn[1]] * repeats)
    assert bounds(only(once)) == pytest.approx(bounds(only(often)), abs=1e-12)
    assert [one.rows[0].f1 for one in once.standings] == pytest.approx([one.rows[0].f1 for one in often.standings])


def test_repeats_are_compared_in_the_mean_and_their_noise_counts() -> None:
    steady = table_of(A=[(2, 2, 1)] * 4)
    turns = [table_of(A=[RIGHT, WRONG] * 2), table_of(A=[WRONG, RIGHT] * 2)]
    one = only(compared(steady, turns))
    assert (one.difference, one.p) == (0, 1)
    assert (one.low or 0) < 0 < (one.high or 0)


def test_one_report_has_scores_but_no_differences_and_no_intervals() -> None:
    view = compared(table_of(A=[RIGHT]), table_of(A=[(2, 2, 1)]))
    assert (view.units, view.differences) == (1, ())
    assert [(one.rows[0].f1, one.rows[0].low, one.rows[0].high) for one in view.standings] == [
        (1, None, None),
        (0.5, None, None),
    ]


def test_bca_is_marked_where_it_could_be_had() -> None:
    varied = table_of(A=[(4, 4, n % 5) for n in range(10)]), table_of(A=[(4, 4, 2 + n % 3) for n in range(10)])
    options = replace(QUICK, interval="bca")
    assert only(compared(*varied, options=options)).corrected
    assert not only(compared(varied[0], varied[0], options=options)).corrected  # no variance
    assert not only(compared(*varied)).corrected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"match": "nope"}, "there is no match 'nope'"),
        ({"interval": "nope"}, "there is no interval 'nope'"),
        ({"confidence": 0.0}, "the confidence is 0.0"),
        ({"confidence": 1.0}, "the confidence is 1.0"),
        ({"resampling": Resampling(99)}, "99 resamples"),
        ({"resampling": Resampling(1_000_001)}, "1000001 resamples"),
    ],
)
def test_options_that_make_no_sense(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Options(**change)  # type: ignore[arg-type]
    assert caught.value.message == message


# --- sentences ---


UNSURE = Difference(
    *("b", "a", "fine", "strict", "micro", ""),
    difference=0.012,
    low=-0.004,
    high=0.028,
    p=0.2,
    p_adjusted=0.3,
    units=96,
    spread=0.1,
    needed={1: 760, 2: 190, 3: 85, 5: 31},
)


def difference(**changes: object) -> Difference:
    return msgspec.structs.replace(UNSURE, **changes)


@pytest.mark.parametrize(
    ("one", "cluster", "expected"),
    [
        (
            difference(),
            "",
            "b and a cannot be told apart on 96 reports (+1.2 points, -0.4 to +2.8); "
            "to detect 2 points at this variance takes 190.",
        ),
        (
            difference(difference=0.031, low=0.012, high=0.05, p_adjusted=0.004),
            "",
            "b is better than a on 96 reports: by 3.1 points (1.2 to 5.0; adjusted p 0.004).",
        ),
        (
            difference(difference=-0.031, low=-0.05, high=-0.012, p_adjusted=0.0001),
            "",
            "a is better than b on 96 reports: by 3.1 points (1.2 to 5.0; adjusted p < 0.001).",
        ),
        (
            difference(difference=0.031, low=0.012, high=0.05, p_adjusted=0.05),
            "conflict",
            "b is better than a on 96 clusters: by 3.1 points (1.2 to 5.0; adjusted p 0.050).",
        ),
        (
            difference(needed={2: 12_345}),
            "conflict",
            "b and a cannot be told apart on 96 clusters (+1.2 points, -0.4 to +2.8); "
            "to detect 2 points at this variance takes 12,345.",
        ),
        (
            difference(difference=0.0, low=0.0, high=0.0, p_adjusted=1.0, needed={}, spread=0.0),
            "",
            "b and a do not differ on any of 96 reports.",
        ),
        (
            difference(difference=None, low=None, high=None, p=None, p_adjusted=None, needed={}),
            "",
            "b and a cannot be compared on 96 reports: nothing was found, or there is no gold.",
        ),
    ],
)
def test_sentences(one: Difference, cluster: str, expected: str) -> None:
    assert sentence(one, Options(cluster=cluster)) == expected


def test_bounds_of_a_real_difference_keep_their_sign_where_the_interval_holds_0() -> None:
    """The test and the interval may disagree: p is below 0.05, and 0 within the bounds."""
    told = sentence(difference(difference=0.031, low=-0.004, high=0.05, p_adjusted=0.04), Options())
    assert "-0.4 to" in told


def test_a_difference_that_is_the_same_in_all_reports_is_a_difference() -> None:
    systems = table_of(A=[(4, 4, 4)] * 3), table_of(A=[(4, 4, 3)] * 3)
    one = only(compared(*systems))
    assert (one.difference, one.low, one.high) == (-0.25, -0.25, -0.25)
    assert "do not differ on any" not in sentence(one, QUICK)


# --- whole comparisons ---


def whole(*runs: Held, options: Options = QUICK) -> Comparison:
    return compare_runs(runs, options)


def test_a_view_holds_those_that_were_scored_in_it() -> None:
    fine, coarse = table_of(A=[RIGHT, WRONG, RIGHT]), table_of("coarse", C=[RIGHT, RIGHT, WRONG])
    both = fine.beside(coarse)
    found = whole(held("a", both), held("b", both), held("c", fine))
    assert [(view.view, [one.name for one in view.standings]) for view in found.views] == [
        ("fine", ["a", "b", "c"]),
        ("coarse", ["a", "b"]),
    ]
    assert [len(view.differences) for view in found.views] == [3, 1]
    assert {one.family for one in found.views[1].differences} == {1}


def test_a_reference_that_a_view_lacks_leaves_all_pairs_there() -> None:
    fine, coarse = table_of(A=[RIGHT, WRONG, RIGHT]), table_of("coarse", C=[RIGHT, RIGHT, WRONG])
    both = fine.beside(coarse)
    found = whole(held("a", fine), held("b", both), held("c", both), options=replace(QUICK, reference="a"))
    assert [pairs(view) for view in found.views] == [[("b", "a"), ("c", "a")], [("c", "b")]]


def test_sentences_are_about_the_measure_in_the_first_view() -> None:
    table = table_of(A=[RIGHT, WRONG, RIGHT], B=[WRONG] * 3)
    found = whole(held("a", table), held("b", table), options=replace(QUICK, by_label=True))
    assert found.sentences() == ["b and a do not differ on any of 3 reports."]


def test_runs_that_could_not_be_scored_stand_apart() -> None:
    table = table_of(A=[RIGHT] * 2)
    broken = Held(record_of("broken", None, error="out of memory"))
    found = whole(held("a", table), broken)
    assert [one.name for one in found.contenders] == ["a"]
    assert found.unscored == (broken,)
    alone = whole(broken)
    assert (alone.contenders, alone.views, alone.gold, alone.sentences(), alone.frontier()) == ((), (), None, [], [])
    with pytest.raises(InputError, match="there is nothing to compare"):
        whole()


def test_runs_on_other_texts_are_refused_or_compared_apart() -> None:
    ours = held("a", table_of(A=[RIGHT] * 2))
    theirs = held("b", table_of(A=[RIGHT] * 3), texts="other texts")
    broken = Held(record_of("broken", None, error="out of memory"))
    with pytest.raises(NotComparableError, match="different texts"):
        whole(ours, theirs)
    found = compare_by_texts([broken, ours, theirs], QUICK)
    assert [[one.name for one in comparison.contenders] for comparison in found] == [["a"], ["b"]]
    assert [len(comparison.unscored) for comparison in found] == [1, 0]


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        pytest.param({"a": (2, 10.0), "b": (1, 20.0)}, ["a", "b"], id="better or faster"),
        pytest.param({"a": (2, 10.0), "b": (1, 10.0)}, ["a"], id="as fast and worse"),
        pytest.param({"a": (2, 10.0), "b": (2, 20.0)}, ["b"], id="as good and slower"),
        pytest.param({"a": (2, 20.0), "b": (1, 10.0)}, ["a"], id="worse and slower"),
        pytest.param({"a": (1, 10.0), "b": (1, 10.0)}, ["a", "b"], id="alike"),
        pytest.param({"a": (2, None), "b": (1, 10.0)}, ["b"], id="of unknown speed"),
        pytest.param({"a": (0, 30.0), "b": (1, 20.0), "c": (2, 10.0)}, ["a", "b", "c"], id="three"),
    ],
)
def test_the_frontier(systems: dict[str, tuple[int, float | None]], expected: list[str]) -> None:
    runs = [held(name, table_of(A=[(2, 2, right)] * 2), rate=rate) for name, (right, rate) in systems.items()]
    assert whole(*runs).frontier() == expected
