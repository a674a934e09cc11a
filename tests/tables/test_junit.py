"""Verdicts as JUnit XML: valid for every outcome, counted rightly, and no character breaks it."""

import xml.etree.ElementTree as Xml
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import junitparser
import pytest
import xmlschema

from harness.gate.rules import Answer, Finding
from harness.gate.verdict import Outcome, Verdict
from harness.tables.junit import CASES, to_junit

NASTY = "<b> & \"so\" 'so' 100 % _ \\ | ]]> 🔥 Київ"
FAILED = Finding("regression", Answer.FAIL, "It fell.")
COLLAPSED = Finding("collapse", Answer.FAIL, "GPE collapsed.")
PASSED = Finding("not worse", Answer.PASS, "It is no worse.")
UNSURE = Finding("not worse", Answer.UNSURE, "It may be anything.")
ADVICE = Finding("label floor", Answer.ADVICE, "ORG lost 4 points.")


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent.parent / "gate" / "junit.xsd")


def verdict(outcome: Outcome, *findings: Finding, model: str = "spacy", notes: tuple[str, ...] = ()) -> Verdict:
    return Verdict(model, "results/runs/x", "results/baselines/spacy.json", outcome, findings, notes)


def ended(outcome: Outcome, answer: Answer = Answer.UNSURE) -> Verdict:
    """A verdict without evidence, as `judge` makes it."""
    return verdict(outcome, Finding(outcome.value, answer, "That is why."))


def document(*verdicts: Verdict, strict: bool = False) -> Xml.Element:
    """A valid document, whose counts are those of its cases."""
    text = to_junit(verdicts, strict=strict)
    schema().validate(text)
    root = Xml.fromstring(text.removeprefix('<?xml version="1.0" encoding="UTF-8"?>\n'))
    for element in (root, *root.iter("testsuite")):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(name, "")) == len(list(element.iter(tag)))
    assert junitparser.JUnitXml.fromstring(text.encode()).tests == int(root.get("tests", ""))
    return root


def cases(root: Xml.Element) -> list[tuple[str, str]]:
    """Names of cases with what became of them."""
    return [(one.get("name", ""), one[0].tag if len(one) else "") for one in root.iter("testcase")]


def results(*became: str) -> list[tuple[str, str]]:
    return list(zip(CASES, became, strict=False))


@pytest.mark.parametrize(
    ("one", "plain", "strict"),
    [
        (verdict(Outcome.FAIL, FAILED, PASSED), ["", "", "failure", "", "skipped"], None),
        (verdict(Outcome.FAIL, FAILED, COLLAPSED, ADVICE), ["", "", "failure", "failure", "skipped"], None),
        (verdict(Outcome.FAIL, COLLAPSED), ["", "", "", "failure", "skipped"], None),
        (verdict(Outcome.PASS, PASSED, ADVICE), ["", "", "", "", ""], None),
        (ended(Outcome.PASS, Answer.PASS), ["", "", "", "", ""], None),
        (verdict(Outcome.INCONCLUSIVE, UNSURE), ["", "", "", "", "skipped"], ["", "", "", "", "error"]),
        (ended(Outcome.INCOMPARABLE), ["", "error"], None),
        (ended(Outcome.FAILED_REPORTS), ["error"], None),
    ],
)
def test_outcomes(one: Verdict, plain: list[str], strict: list[str] | None) -> None:
    assert cases(document(one)) == results(*plain)
    assert cases(document(one, strict=True)) == results(*(strict or plain))


def test_every_outcome_is_shown_here() -> None:
    assert {one.value for one in Outcome} == {"fail", "pass", "inconclusive", "incomparable", "failed reports"}


def test_a_failure_says_what_the_rule_found() -> None:
    more = Finding("collapse", Answer.FAIL, "ORG collapsed.")
    (suite,) = document(verdict(Outcome.FAIL, FAILED, COLLAPSED, more, notes=("a note",)))
    assert suite.get("name") == "spacy against results/baselines/spacy.json"
    told = [(one.get("type"), one.get("message"), one.text) for one in suite.iter("failure")]
    both = "GPE collapsed. ORG collapsed."
    assert told == [("regression", "It fell.", "It fell."), ("collapse", both, both)]
    assert suite.findtext("system-out") == "It fell.\nGPE collapsed.\nORG collapsed.\na note"


@pytest.mark.parametrize("outcome", [Outcome.INCOMPARABLE, Outcome.FAILED_REPORTS])
def test_an_error_says_why_nothing_was_judged(outcome: Outcome) -> None:
    (error,) = document(ended(outcome)).iter("error")
    assert (error.get("type"), error.get("message")) == (outcome.value, "That is why.")


def test_inconclusive_is_told_with_its_sentence() -> None:
    (skipped,) = document(verdict(Outcome.INCONCLUSIVE, UNSURE)).iter("skipped")
    assert (skipped.get("message"), skipped.text) == ("It may be anything.", None)
    (error,) = document(verdict(Outcome.INCONCLUSIVE, UNSURE), strict=True).iter("error")
    assert (error.get("type"), error.get("message")) == ("inconclusive", "It may be anything.")


ALL = (
    verdict(Outcome.FAIL, FAILED),
    ended(Outcome.PASS, Answer.PASS),
    verdict(Outcome.INCONCLUSIVE, UNSURE),
    ended(Outcome.INCOMPARABLE),
    ended(Outcome.FAILED_REPORTS),
)


@pytest.mark.parametrize(("strict", "errors", "skipped"), [(False, 2, 2), (True, 3, 1)])
def test_one_suite_a_verdict_and_sums_over_all(strict: bool, errors: int, skipped: int) -> None:
    root = document(*ALL, strict=strict)
    assert len(root) == len(ALL)
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        str(3 * len(CASES) + 2 + 1),
        "1",
        str(errors),
        str(skipped),
    ]


def nasty(text: str) -> Sequence[Verdict]:
    return [
        verdict(outcome, Finding(rule, answer, text), model=text, notes=(text,))
        for outcome, rule, answer in (
            (Outcome.FAIL, "regression", Answer.FAIL),
            (Outcome.INCONCLUSIVE, "not worse", Answer.UNSURE),
            (Outcome.INCOMPARABLE, "incomparable", Answer.UNSURE),
        )
    ]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("text", [NASTY, "<![CDATA[", "&amp;", "--> <!--", "\u2028 \u00a0", "tab\tand more"])
def test_special_characters_are_text(text: str, strict: bool) -> None:
    root = document(*nasty(text), strict=strict)
    assert {one.get("classname") for one in root.iter("testcase")} == {f"gate.{text}"}
    assert {one.get("message") for one in root.iter("failure")} == {text}
    assert {one.findtext("system-out") for one in root} == {f"{text}\n{text}"}


@pytest.mark.parametrize("text", ["\x1b[31mboom\x1b[0m", "nul \x00", "\x0c", "\ufffe"])
def test_control_characters_of_an_error_message_do_not_break_the_document(text: str) -> None:
    document(*nasty(text))
