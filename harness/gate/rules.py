"""The rules of the gate. Each looks at the evidence and answers with the sentences that the user reads."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from harness.configuration import GateConf
from harness.gate.evidence import Evidence, LabelChange
from harness.wording import counted, p_value, percent, signed

FEWEST = 5
"""Reports, or clusters: of four, even the worst result is one in sixteen by chance."""


class Answer(StrEnum):
    """What a rule may say: the candidate fails, passes, or here is something to know."""

    FAIL = "fail"
    PASS = "pass"
    UNSURE = "unsure"
    ADVICE = "advice"


class Finding(msgspec.Struct, frozen=True):
    """What a rule found, in one sentence."""

    rule: str
    answer: Answer
    sentence: str


class Rule(ABC):
    """One question to the evidence."""

    name: str

    @abstractmethod
    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """The findings of this rule; none if there is nothing to say."""

    def _found(self, answer: Answer, sentence: str) -> Finding:
        return Finding(self.name, answer, sentence)


@dataclass(frozen=True)
class Regression(Rule):
    """Fails if the measure surely fell, and by more than a tolerance (in shares of 1)."""

    tolerance: float
    name: str = "regression"

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """Surely: the one-sided upper bound of the difference lies below 0, and p is at most alpha.

        The two hardly differ, except on few reports, where the bootstrap is too sure of itself.
        """
        sure = evidence.upper < 0 and evidence.p is not None and evidence.p <= evidence.alpha
        if sure and evidence.difference <= -self.tolerance:
            fell = f"fell by {percent(-evidence.difference)} points, {_change(evidence.before, evidence.after)}"
            surely = f"by at least {percent(-evidence.upper)} with {_sure(evidence)} confidence"
            noise = f"which noise on {_units(evidence)} does not explain"
            yield self._found(Answer.FAIL, f"{evidence.measure} {fell}; {surely}, {noise}.")


@dataclass(frozen=True)
class Collapse(Rule):
    """Fails if a label with enough support surely lost a large share of its F1."""

    share: float
    support: int
    name: str = "collapse"

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """Surely: p, one-sided and adjusted over all labels with support, is at most alpha."""
        for one in evidence.labels:
            big = one.gold >= self.support and one.lost_share >= self.share
            if big and one.p is not None and one.p <= evidence.alpha:
                lost = f"{100 * one.lost_share:.0f} % of it lost (adjusted p {p_value(one.p)})"
                fell = f"F1 {_change(one.before, one.after)} on {one.gold} gold mentions"
                yield self._found(Answer.FAIL, f"{one.label} collapsed: {fell}, {lost}.")


@dataclass(frozen=True)
class NotWorse(Rule):
    """Passes if the measure surely did not fall by more than a margin (in shares of 1)."""

    margin: float
    name: str = "not worse"

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """Surely: the one-sided lower bound of the difference lies above -margin. Otherwise it says what is unknown."""
        change = f"{evidence.measure} changed by {signed(evidence.difference)} points"
        if evidence.units < FEWEST:
            few = f"{_units(evidence)} cannot tell a change from noise; {FEWEST} are the least"
            yield self._found(Answer.UNSURE, f"{change}; {few}.")
            return
        if evidence.lower > -self.margin:
            least = "at least" if evidence.lower > 0 else "no worse than"
            surely = f"is {least} {signed(evidence.lower)} with {_sure(evidence)} confidence"
            yield self._found(Answer.PASS, f"{change}, and {surely} (allowed: {signed(-self.margin)}).")
            return
        unknown = f"it may be anything from {signed(evidence.lower)} to {signed(evidence.upper)}"
        seen = f"a loss of {percent(evidence.detectable)} points would be found with a chance of 80 %"
        takes = f"finding one of {percent(self.margin)} takes {evidence.units_for(self.margin):,}"
        yield self._found(Answer.UNSURE, f"{change}; {unknown}. On {_units(evidence)} {seen}; {takes}.")


@dataclass(frozen=True)
class LabelFloor(Rule):
    """Names labels that lost more than a floor (in shares of 1). Advice: single labels are noisy."""

    floor: float
    name: str = "label floor"

    def judge(self, evidence: Evidence) -> Iterator[Finding]:
        """One finding a label, the greatest loss first."""
        lost = [one for one in evidence.labels if one.gold and one.difference is not None]
        for one in sorted(lost, key=_difference):
            if _difference(one) <= -self.floor:
                fell = f"lost {percent(-_difference(one))} points of F1, {_change(one.before, one.after)}"
                yield self._found(Answer.ADVICE, f"{one.label} {fell} (n = {one.gold}).")


def rules_of(conf: GateConf) -> tuple[Rule, ...]:
    """The rules as they are configured, those that can fail first."""
    return (
        Regression(conf.tolerance / 100),
        Collapse(conf.catastrophe, conf.support),
        NotWorse(conf.margin / 100),
        LabelFloor(conf.floor / 100),
    )


def decide(findings: list[Finding]) -> Answer:
    """The verdict: one failure fails, then a pass passes; otherwise it is unsure."""
    answers = {one.answer for one in findings}
    return next((one for one in (Answer.FAIL, Answer.PASS) if one in answers), Answer.UNSURE)


def _difference(one: LabelChange) -> float:
    return one.difference or 0.0


def _units(evidence: Evidence) -> str:
    return counted(evidence.units, evidence.unit)


def _change(before: float | None, after: float | None) -> str:
    return f"from {percent(before)} to {percent(after)}"


def _sure(evidence: Evidence) -> str:
    return f"{100 * (1 - evidence.alpha):g} %"
