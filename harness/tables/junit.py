"""Verdicts of the gate as JUnit XML: one test suite a baseline, one test case a rule."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from harness.gate.rules import Answer, Finding
from harness.gate.verdict import Outcome, Verdict

CASES = ("reports", "comparable", "regression", "collapse", "not worse")
"""What is asked of every candidate, in order; findings are filed under the rule that made them."""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENDED = {Outcome.FAILED_REPORTS: "reports", Outcome.INCOMPARABLE: "comparable"}


def to_junit(verdicts: Sequence[Verdict], *, strict: bool) -> str:
    """A document that continuous integration reads: a failing rule fails, what could not be judged is an error.

    An inconclusive verdict skips its case; under `strict` it is an error.
    """
    suites = Xml.Element("testsuites", name="extraction gate")
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for verdict in verdicts:
        suite = Xml.SubElement(suites, "testsuite", name=f"{verdict.model} against {verdict.baseline}")
        counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        for case in _cases(verdict):
            counts["tests"] += 1
            element = Xml.SubElement(suite, "testcase", classname=f"gate.{verdict.model}", name=case, time="0")
            kind = _result(element, case, verdict, strict=strict)
            if kind:
                counts[kind] += 1
        told = [finding.sentence for finding in verdict.findings] + list(verdict.notes)
        Xml.SubElement(suite, "system-out").text = "\n".join(told)
        for name, number in counts.items():
            suite.set(name, str(number))
            totals[name] += number
        suite.set("time", "0")
    for name, number in totals.items():
        suites.set(name, str(number))
    for element in suites.iter():
        element.text = _allowed(element.text) if element.text else element.text
        for name, value in element.attrib.items():
            element.set(name, _allowed(value))
    Xml.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(suites, encoding="unicode")}\n'


def _allowed(text: str) -> str:
    """The text with what XML 1.0 forbids, such as control characters of a terminal, made visible."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _cases(verdict: Verdict) -> Sequence[str]:
    """The questions that were reached: nothing is asked of what could not be compared."""
    ended = _ENDED.get(verdict.outcome)
    return CASES[: CASES.index(ended) + 1] if ended else CASES


def _result(element: Xml.Element, case: str, verdict: Verdict, *, strict: bool) -> str:
    """Add what became of a case; returns which count it belongs to, "" for a success."""
    if _ENDED.get(verdict.outcome) == case:
        _told(element, "error", verdict.findings, verdict.outcome.value)
        return "errors"
    own = [finding for finding in verdict.findings if finding.rule == case]
    if any(finding.answer == Answer.FAIL for finding in own):
        _told(element, "failure", own, case)
        return "failures"
    if any(finding.answer == Answer.UNSURE for finding in own):
        _told(element, "error" if strict else "skipped", own, "inconclusive")
        return "errors" if strict else "skipped"
    if case == "not worse" and verdict.outcome == Outcome.FAIL:
        Xml.SubElement(element, "skipped", message="not asked: another rule failed")
        return "skipped"
    return ""


def _told(element: Xml.Element, kind: str, findings: Sequence[Finding], reason: str) -> None:
    message = " ".join(finding.sentence for finding in findings)
    found = Xml.SubElement(element, kind, message=message)
    if kind != "skipped":
        found.set("type", reason)
        found.text = message
