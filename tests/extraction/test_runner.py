"""Failing backends: each report gets exactly one outcome, in order, and only the culprits fail."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.annotation import Annotations, Mention, Report
from harness.backends import Backend
from harness.errors import HarnessWarning
from harness.extraction.runner import Failure, extract


class Batched(Backend):
    """Takes `batch` reports before it answers; raises on reports whose text holds "bad"."""

    labels = ("A",)

    def __init__(self, batch: int = 1) -> None:
        self.batch = batch

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        waiting: list[Report] = []
        for report in reports:
            waiting.append(report)
            if len(waiting) == self.batch:
                yield from self.answer(waiting)
                waiting = []
        yield from self.answer(waiting)

    def answer(self, reports: list[Report]) -> list[Annotations]:
        if any("bad" in report.text for report in reports):
            raise RuntimeError("cannot read this")
        return [Annotations(report.id, (Mention(0, 1, "A"),)) for report in reports]


def reports(good: list[bool]) -> list[Report]:
    return [Report(str(number), "fine" if fine else "bad") for number, fine in enumerate(good)]


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_every_report_has_one_outcome_and_only_culprits_fail(good: list[bool], batch: int) -> None:
    outcomes = list(extract(Batched(batch), reports(good)))
    assert [outcome.report for outcome in outcomes] == [str(number) for number in range(len(good))]
    assert [isinstance(outcome, Annotations) for outcome in outcomes] == good


def test_a_failure_says_what_and_where() -> None:
    (failure,) = extract(Batched(), reports([False]))
    assert failure == Failure("0", "RuntimeError: cannot read this", failure.where)
    assert failure.where.startswith("answer, line ")


class Misbehaving(Backend):
    labels = ("A",)

    def __init__(self, how: str) -> None:
        self.how = how

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        if self.how == "raises before it reads":
            raise OSError("no model")
        if self.how == "ends the program":
            raise SystemExit(0)
        for report in reports:
            match self.how:
                case "another report":
                    yield Annotations("someone else")
                case "offsets outside":
                    yield Annotations(report.id, (Mention(0, 999, "A"),))
                case "undeclared label":
                    yield Annotations(report.id, (Mention(0, 1, "B"),))
                case "no annotations":
                    yield "text"  # type: ignore[misc]
                case "answers twice":
                    yield Annotations(report.id)
                    yield Annotations(report.id)
                case "stops early":
                    return


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("raises before it reads", "OSError: no model"),
        ("another report", "ValueError: the backend answered for report someone else when asked for 0"),
        ("offsets outside", "broken contract: [0, 999) lies outside the text of 0, which has 4 characters"),
        ("undeclared label", "broken contract: it does not declare the labels B"),
        ("no annotations", "TypeError: the backend yielded str, not Annotations"),
        ("ends the program", "SystemExit: 0"),
        ("stops early", "broken contract: 0 answers for one report"),
    ],
)
def test_a_broken_contract_fails_the_report_and_ends(how: str, error: str) -> None:
    outcomes = list(extract(Misbehaving(how), reports([True, True])))
    assert [type(outcome) for outcome in outcomes] == [Failure, Failure]
    assert outcomes[0].error == error  # type: ignore[union-attr]


def test_an_answer_too_many_is_noted_and_nothing_is_lost() -> None:
    with pytest.warns(HarnessWarning, match="answered more often than it was asked"):
        outcomes = list(extract(Misbehaving("answers twice"), reports([True])))
    assert outcomes == [Annotations("0")]


class Batchwise(Batched):
    """Fails on every batch of more than one report."""

    def answer(self, reports: list[Report]) -> list[Annotations]:
        if len(reports) > 1:
            raise MemoryError("batch too large")
        return super().answer(reports)


def test_what_fails_only_in_a_batch_is_answered_alone_and_noted() -> None:
    with pytest.warns(HarnessWarning, match="MemoryError on a stream of reports, but on none of them alone"):
        outcomes = list(extract(Batchwise(2), reports([True] * 3)))
    assert [type(outcome) for outcome in outcomes] == [Annotations] * 3


def test_reports_are_taken_lazily() -> None:
    taken = []

    def source() -> Iterator[Report]:
        for report in reports([True] * 5):
            taken.append(report.id)
            yield report

    outcomes = extract(Batched(2), source())
    next(outcomes)
    assert len(taken) <= 3
