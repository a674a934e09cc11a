"""The rules of the gate on literal evidence: what they answer, and every word of it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.configuration import GateConf
from harness.gate.evidence import Evidence, LabelChange
from harness.gate.rules import (
    Answer,
    Collapse,
    Finding,
    LabelFloor,
    NotWorse,
    Regression,
    Rule,
    decide,
    rules_of,
)

MEASURE = "micro strict F1 (fine labels)"


def evidence(
    before: float = 0.5,
    after: float = 0.5,
    lower: float = 0.0,
    upper: float = 0.0,
    *labels: LabelChange,
    spread: float = 0.25,
    units: int = 100,
    alpha: float = 0.05,
    p: float | None = 0.001,
) -> Evidence:
    return Evidence(MEASURE, before, after, lower, upper, spread, units, alpha, labels, p)


def said(rule: Rule, one: Evidence) -> list[tuple[Answer, str]]:
    found = list(rule.judge(one))
    assert {finding.rule for finding in found} <= {rule.name}
    return [(finding.answer, finding.sentence) for finding in found]


# --- regression: halves and quarters are exact in binary, so that a boundary is a boundary ---


@pytest.mark.parametrize(
    ("tolerance", "before", "after", "upper", "fails"),
    [
        pytest.param(0.25, 0.75, 0.25, -0.125, True, id="more than the tolerance, surely"),
        pytest.param(0.25, 0.75, 0.5, -0.125, True, id="exactly the tolerance"),
        pytest.param(0.25, 0.75, 0.5625, -0.125, False, id="less than the tolerance, however sure"),
        pytest.param(0.25, 0.75, 0.25, 0.0, False, id="an upper bound of exactly 0"),
        pytest.param(0.25, 0.75, 0.25, -(2.0**-40), True, id="an upper bound just below 0"),
        pytest.param(0.25, 0.75, 0.25, 0.125, False, id="an upper bound above 0"),
        pytest.param(0.0, 0.75, 0.625, -0.125, True, id="no tolerance"),
        pytest.param(0.0, 0.5, 0.625, -0.125, False, id="no tolerance, and it rose"),
    ],
)
def test_regression(tolerance: float, before: float, after: float, upper: float, fails: bool) -> None:
    found = said(Regression(tolerance), evidence(before, after, -0.5, upper))
    assert [answer for answer, _ in found] == [Answer.FAIL] * fails


def test_what_a_regression_says() -> None:
    assert said(Regression(0.005), evidence(0.847, 0.825, -0.031, -0.013, units=96)) == [
        (
            Answer.FAIL,
            "micro strict F1 (fine labels) fell by 2.2 points, from 84.7 to 82.5; by at least 1.3 with 95 % "
            "confidence, which noise on 96 reports does not explain.",
        )
    ]


@pytest.mark.parametrize(("alpha", "sure"), [(0.05, "95 %"), (0.025, "97.5 %"), (0.01, "99 %"), (0.1, "90 %")])
def test_confidence_is_that_of_one_side(alpha: float, sure: str) -> None:
    ((_, failed),) = said(Regression(0.0), evidence(0.5, 0.25, -0.5, -0.125, alpha=alpha))
    ((_, passed),) = said(NotWorse(0.25), evidence(alpha=alpha))
    assert f"with {sure} confidence" in failed
    assert f"with {sure} confidence" in passed


# --- collapse ---


@pytest.mark.parametrize(
    ("gold", "before", "after", "p", "fails"),
    [
        pytest.param(30, 0.5, 0.125, 0.01, True, id="more than the share"),
        pytest.param(30, 0.5, 0.25, 0.01, True, id="exactly the share"),
        pytest.param(30, 0.5, 0.3125, 0.01, False, id="less than the share"),
        pytest.param(30, 0.5, 0.25, 0.05, True, id="p of exactly alpha"),
        pytest.param(30, 0.5, 0.25, 0.0501, False, id="p above alpha"),
        pytest.param(30, 0.5, 0.25, None, False, id="not tested"),
        pytest.param(29, 0.5, 0.0, 0.01, False, id="one mention short of support"),
        pytest.param(30, 0.5, 0.0, 0.01, True, id="nothing is left"),
        pytest.param(30, 0.5, None, 0.01, True, id="an undefined rest is nothing"),
        pytest.param(30, 0.0, 0.0, 0.01, False, id="nothing was there"),
        pytest.param(30, None, None, 0.01, False, id="undefined before"),
        pytest.param(30, 0.25, 0.5, 0.01, False, id="it rose"),
    ],
)
def test_collapse(gold: int, before: float | None, after: float | None, p: float | None, fails: bool) -> None:
    label = LabelChange("GPE", gold, before, after, p)
    found = said(Collapse(0.5, 30), evidence(0.5, 0.5, 0, 0, label))
    assert [answer for answer, _ in found] == [Answer.FAIL] * fails


def test_what_a_collapse_says_of_each_label_in_their_order() -> None:
    labels = (
        LabelChange("GPE", 30, 0.5, 0.25, 0.05),
        LabelChange("ORG", 999, 0.9, 0.8, 0.01),
        LabelChange("PERSON", 412, 0.8, 0.0, 0.0004),
    )
    assert said(Collapse(0.5, 30), evidence(0.5, 0.5, 0, 0, *labels)) == [
        (
            Answer.FAIL,
            "GPE collapsed: F1 from 50.0 to 25.0 on 30 gold mentions, 50 % of it lost (adjusted p 0.050).",
        ),
        (
            Answer.FAIL,
            "PERSON collapsed: F1 from 80.0 to 0.0 on 412 gold mentions, 100 % of it lost (adjusted p < 0.001).",
        ),
    ]


# --- not worse ---


@pytest.mark.parametrize(
    ("lower", "answer"),
    [
        pytest.param(-0.25, Answer.UNSURE, id="exactly the margin"),
        pytest.param(-0.25 + 2.0**-40, Answer.PASS, id="just inside the margin"),
        pytest.param(-0.5, Answer.UNSURE, id="beyond the margin"),
        pytest.param(0.0, Answer.PASS, id="nothing changed"),
        pytest.param(0.125, Answer.PASS, id="better"),
    ],
)
def test_not_worse(lower: float, answer: Answer) -> None:
    found = said(NotWorse(0.25), evidence(0.5, 0.5, lower, 0.5))
    assert [one for one, _ in found] == [answer]


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            evidence(0.5, 0.496, -0.0101, 0.002),
            "micro strict F1 (fine labels) changed by -0.4 points, and is no worse than -1.0 with 95 % confidence "
            "(allowed: -1.5).",
        ),
        (
            evidence(0.5, 0.52, 0.011, 0.03),
            "micro strict F1 (fine labels) changed by +2.0 points, and is at least +1.1 with 95 % confidence "
            "(allowed: -1.5).",
        ),
        (
            evidence(0.5, 0.5, -0.0, 0.0),
            "micro strict F1 (fine labels) changed by +0.0 points, and is no worse than +0.0 with 95 % confidence "
            "(allowed: -1.5).",
        ),
        # (1.6449 + 0.8416) * 0.25 / 10 = 0.0622; ((1.6449 + 0.8416) * 0.25 / 0.015)^2 = 1717.4
        (
            evidence(0.5, 0.48, -0.05, 0.01),
            "micro strict F1 (fine labels) changed by -2.0 points; it may be anything from -5.0 to +1.0. "
            "On 100 reports a loss of 6.2 points would be found with a chance of 80 %; finding one of 1.5 takes 1,718.",
        ),
    ],
)
def test_what_not_worse_says(one: Evidence, sentence: str) -> None:
    assert [told for _, told in said(NotWorse(0.015), one)] == [sentence]


# --- label floor ---


def test_the_floor_names_labels_that_lost_so_much_the_greatest_loss_first() -> None:
    labels = (
        LabelChange("little", 10, 0.5, 0.4375),
        LabelChange("exactly", 10, 0.5, 0.375),
        LabelChange("rose", 10, 0.5, 1.0),
        LabelChange("most", 3, 0.5, 0.0),
        LabelChange("no gold", 0, 0.5, 0.0),
        LabelChange("undefined", 10, None, None),
        LabelChange("gone", 7, 0.25, None),
    )
    assert said(LabelFloor(0.125), evidence(0.5, 0.5, 0, 0, *labels)) == [
        (Answer.ADVICE, "most lost 50.0 points of F1, from 50.0 to 0.0 (n = 3)."),
        (Answer.ADVICE, "gone lost 25.0 points of F1, from 25.0 to – (n = 7)."),
        (Answer.ADVICE, "exactly lost 12.5 points of F1, from 50.0 to 37.5 (n = 10)."),
    ]


# --- all of them ---

FAIL, PASS, UNSURE, ADVICE = (Finding("rule", answer, "") for answer in Answer)


@pytest.mark.parametrize(
    ("findings", "answer"),
    [
        ([], Answer.UNSURE),
        ([ADVICE], Answer.UNSURE),
        ([UNSURE, ADVICE], Answer.UNSURE),
        ([PASS], Answer.PASS),
        ([ADVICE, PASS], Answer.PASS),
        ([UNSURE, PASS], Answer.PASS),
        ([PASS, FAIL], Answer.FAIL),
        ([FAIL, UNSURE], Answer.FAIL),
        ([FAIL, FAIL, PASS, ADVICE], Answer.FAIL),
    ],
)
def test_one_failure_fails_then_a_pass_passes(findings: list[Finding], answer: Answer) -> None:
    assert decide(findings) == answer
    assert decide(findings[::-1]) == answer


def test_points_of_the_settings_become_shares() -> None:
    assert rules_of(GateConf(tolerance=0.5, catastrophe=0.3, support=30, margin=1.5, floor=3)) == (
        Regression(0.005),
        Collapse(0.3, 30),
        NotWorse(0.015),
        LabelFloor(0.03),
    )


def test_a_loss_that_is_certain_fails_although_it_is_within_the_margin() -> None:
    rules = rules_of(GateConf())
    findings = [one for rule in rules for one in rule.judge(evidence(0.8, 0.792, -0.012, -0.004))]
    assert [(one.rule, one.answer) for one in findings] == [
        ("regression", Answer.FAIL),
        ("not worse", Answer.PASS),
    ]
    assert decide(findings) == Answer.FAIL


shares = st.floats(0, 1)
tiny = st.sampled_from([0.0, -0.0, 1e-12, -1e-12, 4e-4, -4e-4])
differences = st.floats(-1, 1) | tiny
label_changes = st.builds(
    LabelChange,
    st.sampled_from(["GPE", "ORG"]),
    st.integers(0, 100),
    st.none() | shares,
    st.none() | shares,
    st.none() | shares,
)
anything = st.builds(
    lambda before, change, bounds, spread, units, alpha, labels: Evidence(
        MEASURE, before, before + change, min(bounds), max(bounds), spread, units, alpha, tuple(labels)
    ),
    shares,
    differences,
    st.tuples(differences, differences),
    st.floats(0, 1),
    st.integers(1, 500),
    st.sampled_from([0.05, 0.025, 0.001]),
    st.lists(label_changes, max_size=3),
)


@given(anything, st.sampled_from([0.1, 0.5, 3.0]))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_sentence_says_minus_nought_or_nan(one: Evidence, tolerance: float) -> None:
    for rule in rules_of(GateConf(tolerance=tolerance)):
        for finding in rule.judge(one):
            words = finding.sentence.replace("(", " ").replace(";", " ").replace(",", " ").split()
            assert not {"-0.0", "nan", "+nan", "inf", "None"} & set(words), finding.sentence
            assert finding.sentence.endswith(".")
            assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding


def test_without_tolerance_a_fall_by_nothing_is_no_fall_by_minus_nought() -> None:
    assert not any("-0.0" in told for _, told in said(Regression(0.0), evidence(0.5, 0.5, -0.25, -0.125)))


@pytest.mark.parametrize(("p", "fails"), [(0.05, True), (0.051, False), (None, False)])
def test_a_regression_needs_both_tests(p: float | None, fails: bool) -> None:
    found = said(Regression(0.005), evidence(0.8, 0.7, -0.15, -0.05, p=p))
    assert bool(found) == fails


@pytest.mark.parametrize(
    ("units", "words"), [(4, "4 reports cannot tell a change from noise; 5 are the least"), (1, "1 report ")]
)
def test_a_handful_of_reports_passes_nothing(units: int, words: str) -> None:
    ((answer, sentence),) = said(NotWorse(0.015), evidence(0.8, 0.8, 0.0, 0.0, units=units))
    assert answer == Answer.UNSURE
    assert words in sentence
