"""Our backends keep the contract; a backend that breaks a clause is told which, in a sentence."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from harness.annotation import Annotations, Mention, Report
from harness.backends import Backend, contract
from harness.backends.contract import REPORTS, contract_test
from harness.backends.replay import ReplayBackend
from harness.backends.rules import RulesBackend
from harness.backends.spacy import SpacyBackend
from harness.corpus import jsonl

RECORDED = b"".join(
    jsonl.encode_line(Annotations(report.id, (Mention(0, 1, "A"),) if report.text else ())) for report in REPORTS
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "predictions.jsonl"
    path.write_bytes(RECORDED)
    return path


spacy_instance: list[SpacyBackend] = []


def spacy() -> SpacyBackend:
    """One instance for all clauses but the fingerprint's, because loading takes a second."""
    if not spacy_instance:
        spacy_instance.append(SpacyBackend())
    return spacy_instance[0]


test_spacy = contract_test(spacy)
test_rules = contract_test(RulesBackend)


@pytest.mark.parametrize("clause", contract.CLAUSES, ids=lambda clause: clause.__name__)
def test_replay(clause: contract.Clause, recorded: Path) -> None:
    assert clause(lambda: ReplayBackend(str(recorded))) is None


class Good(Backend):
    labels = ("A",)

    def __init__(self) -> None:
        self.calls = 0

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        for report in reports:
            yield Annotations(report.id, self.mentions(report))

    def mentions(self, report: Report) -> tuple[Mention, ...]:
        return (Mention(0, 1, "A"),) if report.text else ()


class NoLabels(Good):
    labels = ()


class DuplicateLabels(Good):
    labels = ("A", "A")


class Skips(Good):
    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        return super().extract(report for report in reports if report.text)


class AnswersNothing(Good):
    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        yield from super().extract([*reports] or [Report("invented", "x")])


class CountsBytes(Good):
    def mentions(self, report: Report) -> tuple[Mention, ...]:
        length = len(report.text.encode())
        return (Mention(length - 1, length, "A"),) if length else ()


class OtherLabel(Good):
    def mentions(self, report: Report) -> tuple[Mention, ...]:
        return (Mention(0, 1, "B"),) if report.text else ()


class Forgetful(Good):
    def mentions(self, report: Report) -> tuple[Mention, ...]:
        self.calls += 1
        return (Mention(0, 1, "A"),) if self.calls % 2 and report.text else ()


class LooksLeft(Good):
    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        previous = ""
        for report in reports:
            yield Annotations(report.id, (Mention(0, 1, "A"),) if previous and report.text else ())
            previous = report.text


class Restless(Good):
    made = 0

    def description(self) -> dict[str, str]:
        Restless.made += 1
        return {"made": str(Restless.made)}


@pytest.mark.parametrize("clause", contract.CLAUSES, ids=lambda clause: clause.__name__)
def test_a_good_backend_breaks_no_clause(clause: contract.Clause) -> None:
    assert clause(Good) is None


@pytest.mark.parametrize(
    ("make", "clause", "sentence"),
    [
        (NoLabels, contract.declares_labels, "labels is (), not a tuple of non-empty strings"),
        (DuplicateLabels, contract.declares_labels, "labels holds duplicates"),
        (Skips, contract.one_prediction_a_report_in_order, "extract yielded ['blank',"),
        (AnswersNothing, contract.no_reports_give_nothing, "for no reports"),
        (CountsBytes, contract.offsets_lie_in_the_text, "lies outside the text of astral"),
        (OtherLabel, contract.labels_are_declared, "labels lacks ['B']"),
        (Forgetful, contract.same_report_same_prediction, "another order gave other predictions"),
        (LooksLeft, contract.batch_equals_single, "got other predictions than in a batch"),
        (Restless, contract.fingerprint_is_stable, "have different fingerprints"),
    ],
)
def test_a_broken_clause_is_named(make: Callable[[], Backend], clause: contract.Clause, sentence: str) -> None:
    problem = clause(make)
    assert problem is not None
    assert sentence in problem
