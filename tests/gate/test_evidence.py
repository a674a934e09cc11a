"""What a verdict rests on, read off small count tables: bounds, labels, repeats; a comparison says the same."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from harness.comparison.contenders import Contender
from harness.comparison.differences import Options, compare_in_view
from harness.configuration import GateConf
from harness.errors import ConfigurationError, NotComparableError
from harness.gate.evidence import Evidence, LabelChange, Weighing
from harness.gate.rules import decide, rules_of
from harness.gate.verdict import weigh
from harness.scoring.table import CountTable
from harness.statistics.bootstrap import Resampling
from harness.statistics.power import detectable_difference, units_needed
from tests.comparison.cases import f1_of, holm_by_hand, mixed, scored, table_of, tables
from tests.scoring.cases import in_two_sizes

CONF = GateConf(resamples=1000, support=4, catastrophe=0.5)
RIGHT, WRONG = (2, 2, 2), (2, 2, 0)


def weighed(
    before: CountTable, *after: CountTable, conf: GateConf = CONF, alpha: float = 0.05, known: bool = False
) -> Evidence:
    weighing = Weighing(before, conf, alpha)
    sums = weighing.sums([before], [])
    samples = weighing.samples(sums) if known else None
    return weighing.weigh(sums, weighing.sums(list(after), []), samples)


def bounds(one: Evidence) -> tuple[float, float]:
    return one.lower, one.upper


# --- a label before and after ---


@pytest.mark.parametrize(
    ("before", "after", "difference", "lost_share"),
    [
        (0.5, 0.25, -0.25, 0.5),
        (0.5, 0.5, 0.0, 0.0),
        (0.25, 0.5, 0.25, 0.0),
        (0.5, 0.0, -0.5, 1.0),
        (0.5, None, -0.5, 1.0),
        (None, 0.5, 0.5, 0.0),
        (0.0, 0.5, 0.5, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        (None, None, None, 0.0),
    ],
)
def test_a_label_change(before: float | None, after: float | None, difference: float | None, lost_share: float) -> None:
    one = LabelChange("A", 10, before, after)
    assert (one.difference, one.lost_share) == (difference, lost_share)


# --- the measure and its bounds ---


def test_identical_systems_have_bounds_of_0() -> None:
    table = table_of(A=[(2, 3, 1), (4, 1, 1), (0, 2, 0)], B=[(1, 1, 1), (0, 0, 0), (2, 2, 1)])
    one = weighed(table, table)
    assert (one.difference, *bounds(one), one.spread) == (0, 0, 0, 0)
    assert one.before == one.after == 8 / 18
    assert [(label.label, label.gold, label.difference, label.p) for label in one.labels] == [
        ("A", 6, 0, None),
        ("B", 3, 0, None),
    ]
    assert (one.detectable, one.units_for(0.01)) == (0, 2)


def test_a_loss_that_is_the_same_in_every_report_has_no_noise() -> None:
    before, after = table_of(A=[(4, 4, 4)] * 3), table_of(A=[(4, 4, 3)] * 3)
    one = weighed(before, after)
    assert (one.before, one.after, *bounds(one), one.spread) == (1, 0.75, -0.25, -0.25, 0)


@pytest.mark.parametrize(
    ("after", "alpha", "expected"),
    [
        # Resamples of two reports: both the first (1/4), one of each (1/2), both the second (1/4).
        pytest.param([WRONG, RIGHT], 0.05, (-1, 0), id="one report decides"),
        pytest.param([WRONG, RIGHT], 0.3, (-0.5, -0.5), id="the middle ones"),
        pytest.param([WRONG, WRONG], 0.05, (-1, -1), id="both"),
        pytest.param([RIGHT, RIGHT], 0.05, (0, 0), id="none"),
    ],
)
def test_bounds_are_one_sided_quantiles_over_resamples(
    after: list[tuple[float, float, float]], alpha: float, expected: tuple[float, float]
) -> None:
    assert bounds(weighed(table_of(A=[RIGHT, RIGHT]), table_of(A=after), alpha=alpha)) == expected


def test_spread_and_power() -> None:
    # The difference in resamples of two reports is -1, -1/2 and 0 in a quarter, a half and a quarter of all: its
    # standard deviation is sqrt(1/8), times the root of two reports 1/2.
    one = weighed(table_of(A=[RIGHT, RIGHT]), table_of(A=[WRONG, RIGHT]), conf=replace(CONF, resamples=20_000))
    assert one.spread == pytest.approx(0.5, abs=0.01)
    assert one.detectable == detectable_difference(one.spread, 2, 0.05, sides=1)
    assert one.units_for(0.1) == units_needed(one.spread, 0.1, 0.05, sides=1)
    assert one.units_for(one.detectable) in (2, 3)  # on two reports that loss can just be seen


def test_only_the_label_of_the_settings_decides() -> None:
    before = table_of(A=[RIGHT] * 3, B=[RIGHT] * 3)
    after = table_of(A=[RIGHT] * 3, B=[WRONG] * 3)
    found = {label: weighed(before, after, conf=replace(CONF, label=label)) for label in ("A", "B", "micro", "macro")}
    assert {label: one.difference for label, one in found.items()} == {"A": 0, "B": -1, "micro": -0.5, "macro": -0.5}
    assert found["B"].measure == "B strict F1 (fine labels)"


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("label", "NOPE", "there is no strict F1 of 'NOPE' in the view 'fine'"),
        ("match", "sequence-strict", "there is no sequence-strict F1 of 'micro' in the view 'fine'"),
        ("label", "B", "the gold holds no mention for B strict F1 (fine labels)"),
    ],
)
def test_a_measure_that_is_not_there_cannot_be_compared(setting: str, value: str, message: str) -> None:
    with pytest.raises(NotComparableError) as caught:
        Weighing(table_of(A=[RIGHT], B=[(0, 1, 0)]), replace(CONF, **{setting: value}), 0.05)
    assert caught.value.message == message
    assert "gate.label" in caught.value.remedy


def test_a_match_that_there_is_not_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"gate\.match is 'nope'"):
        Weighing(table_of(A=[RIGHT]), replace(CONF, match="nope"), 0.05)


# --- properties ---


@in_two_sizes(tables(5, 2), quick=15, slow=200)
def test_swapping_candidate_and_baseline_mirrors_everything(drawn: list[CountTable]) -> None:
    if not drawn[0].totals[0]:
        return  # no gold of A: nothing to weigh
    there, back = weighed(*drawn), weighed(*drawn[::-1])
    assert there.difference == -back.difference
    assert bounds(there) == pytest.approx((-back.upper, -back.lower), abs=1e-12)
    assert there.spread == pytest.approx(back.spread, abs=1e-12)


@in_two_sizes(tables(5, 2), quick=15, slow=200)
def test_a_comparison_says_the_same_of_the_same_tables(drawn: list[CountTable]) -> None:
    before, after = drawn
    if not before.totals[0]:
        return
    one = weighed(before, after)
    options = Options(confidence=0.9, reference="before", resampling=Resampling(CONF.resamples, CONF.seed))
    contenders = [
        Contender(name, (scored(name, table),)) for name, table in zip(("before", "after"), drawn, strict=True)
    ]
    view = compare_in_view("fine", contenders, options)
    (found,) = view.differences
    assert (found.model, found.units) == ("after", one.units)
    assert [found.difference, found.low, found.high, found.spread] == pytest.approx(
        [one.difference, one.lower, one.upper, one.spread], abs=1e-12
    )
    assert [standing.rows[0].f1 for standing in view.standings] == [one.before, one.after]


@in_two_sizes(tables(4, 2), quick=15, slow=200)
def test_known_samples_of_the_baseline_change_nothing(drawn: list[CountTable]) -> None:
    if drawn[0].totals[0]:
        assert weighed(*drawn, known=True) == weighed(*drawn)


@in_two_sizes(tables(5, 2), quick=10, slow=100)
def test_bounds_equal_a_loop_over_resampled_reports(drawn: list[CountTable]) -> None:
    before, after = drawn
    if not before.totals[0]:
        return
    one = weighed(before, after)
    found = []
    for draws in Resampling(CONF.resamples, CONF.seed).draws(5, 1):
        for draw in draws.tolist():
            sides = f1_of(after, draw), f1_of(before, draw)
            if sides[0] is not None and sides[1] is not None:
                found.append(sides[0] - sides[1])
    assert bounds(one) == pytest.approx(np.quantile(found, [0.05, 0.95]).tolist(), abs=1e-12)
    assert one.spread == pytest.approx(np.std(found, ddof=1) * 5**0.5, abs=1e-12)


# --- labels ---

SIX = 6


def share_as_far_down(before: CountTable, after: CountTable, label: str) -> float:
    """In how many of all swaps of reports a label falls at least as far."""
    falls = []
    for swaps in product((False, True), repeat=len(before.reports)):
        sides = mixed(after, before, swaps), mixed(before, after, swaps)
        first, second = (f1_of(side, range(len(before.reports)), label) or 0.0 for side in sides)
        falls.append(first - second)
    return float(np.mean([fall <= falls[0] + 1e-12 for fall in falls]))


def test_p_is_that_of_all_swaps_adjusted_over_the_labels_with_support() -> None:
    before = table_of(lost=[RIGHT] * SIX, same=[RIGHT] * SIX, some=[RIGHT] * SIX, rare=[(1, 1, 1)] + [(0, 0, 0)] * 5)
    after = table_of(
        lost=[WRONG] * SIX, same=[RIGHT] * SIX, some=[WRONG, *[RIGHT] * 5], rare=[(1, 0, 0)] + [(0, 0, 0)] * 5
    )
    one = weighed(before, after, conf=replace(CONF, resamples=20_000))
    shares = [share_as_far_down(before, after, label) for label in ("lost", "same", "some")]
    assert shares == [1 / 64, 1, 1 / 2]
    expected = holm_by_hand(shares)
    found = {label.label: label.p for label in one.labels}
    assert found.pop("rare") is None  # one gold mention, support is 4
    assert list(found.values()) == pytest.approx(expected, abs=3 * 4 * (1 / 64 / 20_000) ** 0.5)


@pytest.mark.parametrize(
    ("gold", "right", "tested"),
    [
        pytest.param(4, 2, True, id="support at the limit, half lost"),
        pytest.param(3, 0, False, id="support below the limit"),
        pytest.param(4, 3, False, id="less than half lost"),
        pytest.param(4, 0, True, id="all lost"),
    ],
)
def test_labels_are_tested_only_where_one_with_support_lost_enough(gold: int, right: int, tested: bool) -> None:
    rest = [(4, 4, 4)] * 3
    before = table_of(A=[(gold, gold, gold), (0, 0, 0), (0, 0, 0)], B=rest)
    after = table_of(A=[(gold, gold, right), (0, 0, 0), (0, 0, 0)], B=rest)
    one = weighed(before, after)
    assert [label.p is not None for label in one.labels] == [tested, tested]


def test_a_label_that_rose_from_nothing_is_listed() -> None:
    one = weighed(table_of(A=[(1, 0, 0)], B=[(1, 1, 1)]), table_of(A=[(1, 1, 1)], B=[(1, 1, 1)]))
    assert [(label.label, label.before, label.after) for label in one.labels] == [("A", 0, 1), ("B", 1, 1)]


def test_a_label_without_gold_or_predictions_is_undefined() -> None:
    table = table_of(A=[(1, 1, 1)], B=[(0, 0, 0)])
    (_, label) = weighed(table, table).labels
    assert (label.gold, label.before, label.after, label.difference) == (0, None, None, None)


# --- repeats and clusters ---


def test_equal_repeats_are_one_run() -> None:
    before, after = table_of(A=[RIGHT, WRONG, RIGHT]), table_of(A=[WRONG, WRONG, RIGHT])
    assert weighed(before, after, after, after) == weighed(before, after)


def test_repeats_are_taken_in_the_mean_and_their_noise_enters_the_bounds() -> None:
    # Every report is found in one of two repetitions: in the mean half of it.
    before = table_of(A=[(2, 2, 1)] * 4)
    after = table_of(A=[RIGHT, WRONG] * 2), table_of(A=[WRONG, RIGHT] * 2)
    one = weighed(before, *after)
    assert (one.before, one.after, one.difference) == (0.5, 0.5, 0)
    assert one.lower < 0 < one.upper
    assert one.labels == (LabelChange("A", 8, 0.5, 0.5),)


def test_clusters_are_the_units() -> None:
    before, after = table_of(A=[RIGHT] * 4), table_of(A=[WRONG, WRONG, RIGHT, RIGHT])
    weighing = Weighing(before, CONF, 0.05)
    clusters = [[0, 1], [2, 3]]
    one = weighing.weigh(weighing.sums([before], clusters), weighing.sums([after], clusters))
    assert (one.units, one.before, one.after, *bounds(one)) == (2, 1, 0.5, -1, 0)  # as if there were two reports
    single = [[n] for n in range(4)]
    apart = weighing.weigh(weighing.sums([before], single), weighing.sums([after], single))
    assert apart == weighed(before, after)


def test_weighing_runs_is_weighing_their_tables() -> None:
    before, after = table_of(A=[RIGHT] * 3), table_of(A=[WRONG, RIGHT, RIGHT])
    assert weigh([scored("m", after)], scored("m", before), CONF, 0.05) == weighed(before, after)
    with pytest.raises(NotComparableError, match="was not scored in the view coarse"):
        weigh([scored("m", after)], scored("m", before), replace(CONF, view="coarse"), 0.05)


def test_a_label_that_only_the_candidate_has_counts_as_spurious() -> None:
    before, after = table_of(A=[RIGHT] * 3), table_of(A=[RIGHT] * 3, C=[(0, 4, 0)] * 3)
    one = weigh([scored("m", after)], scored("m", before), CONF, 0.05)
    assert (one.before, one.after) == (1, 2 * 6 / (6 + 6 + 12))
    assert [label.label for label in one.labels] == ["A", "C"]


@pytest.mark.parametrize("right", [1, 4], ids=["fails", "passes"])
def test_one_report_is_no_evidence(right: int) -> None:
    before, after = table_of(A=[(4, 4, 4)]), table_of(A=[(4, 4, right)])
    conf = replace(CONF, support=30)
    findings = [finding for rule in rules_of(conf) for finding in rule.judge(weighed(before, after, conf=conf))]
    assert decide(findings) == "unsure"


def test_sentences_speak_of_clusters_where_these_are_resampled() -> None:
    slices = {"conflict=one": ("r0", "r1"), "conflict=two": ("r2", "r3")}
    before, after = table_of(A=[RIGHT] * 4), table_of(A=[WRONG, WRONG, RIGHT, RIGHT])
    conf = replace(CONF, cluster="conflict")
    one = weigh([scored("m", after, slices=slices)], scored("m", before, slices=slices), conf, 0.05)
    assert one.units == 2
    told = " ".join(finding.sentence for rule in rules_of(conf) for finding in rule.judge(one))
    assert "2 clusters" in told
