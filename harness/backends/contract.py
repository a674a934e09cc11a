"""The clauses that every backend must keep, and one line to test them.

In a test module::

    from harness.backends.contract import contract_test

    test_contract = contract_test(lambda: MyBackend())

makes one test a clause. Each clause is a function that returns a sentence about what is broken, or None.
"""

from collections.abc import Callable, Iterable, Iterator

from harness.annotation import Annotations, Report
from harness.backends.base import Backend
from harness.backends.fingerprint import fingerprint

Clause = Callable[[Callable[[], Backend]], str | None]

REPORTS = (
    Report("empty", ""),
    Report("blank", " \n\n\t "),
    Report("plain", "Government troops retook Bor from rebels on Monday, a spokesman said."),
    Report("astral", "🚁 Helicopters over Gao 🇲🇱 fired rockets; cafe\u0301 owners fled.\u00a0At least 12 died."),
    Report("crlf", "Goma, 20 November\r\n\r\nM23 entered the city.\r\n"),
    Report("right-to-left", "قال متحدث باسم الجيش إن القوات دخلت الموصل يوم الاثنين."),
    Report("long", "On Tuesday the army shelled Kobani near the Turkish border. " * 200),
)
"""Texts on which backends stumble: empty, emoji, combining marks, CRLF, right-to-left, long."""


def contract_test(make: Callable[[], Backend]) -> Callable[..., None]:
    """A pytest test function, parametrised over the clauses, for the backend that `make` returns."""
    import pytest

    @pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
    def test_contract(clause: Clause) -> None:
        problem = clause(make)
        assert problem is None, problem

    return test_contract


def declares_labels(make: Callable[[], Backend]) -> str | None:
    """`labels` is a tuple of different, non-empty strings."""
    labels = make().labels
    if not isinstance(labels, tuple) or not labels or not all(isinstance(one, str) and one for one in labels):
        return f"labels is {labels!r}, not a tuple of non-empty strings"
    return f"labels holds duplicates: {labels}" if len(set(labels)) < len(labels) else None


def one_prediction_a_report_in_order(make: Callable[[], Backend]) -> str | None:
    """`extract` yields one `Annotations` for each report, in order."""
    found = [prediction.report for prediction in _predict(make(), REPORTS)]
    wanted = [report.id for report in REPORTS]
    return None if found == wanted else f"extract yielded {found} for {wanted}"


def no_reports_give_nothing(make: Callable[[], Backend]) -> str | None:
    """`extract` takes an iterator, and no reports give no predictions."""
    found = list(make().extract(iter(())))
    return f"extract yielded {found} for no reports" if found else None


def offsets_lie_in_the_text(make: Callable[[], Backend]) -> str | None:
    """Every offset is a code point of the text as it was given."""
    for report, prediction in zip(REPORTS, _predict(make(), REPORTS), strict=False):
        try:
            prediction.check_within(report.text)
        except ValueError as error:
            return str(error)
    return None


def labels_are_declared(make: Callable[[], Backend]) -> str | None:
    """No label is emitted that `labels` does not declare."""
    backend = make()
    for prediction in _predict(backend, REPORTS):
        if undeclared := sorted(prediction.mention_labels - set(backend.labels)):
            return f"labels lacks {undeclared}"
    return None


def same_report_same_prediction(make: Callable[[], Backend]) -> str | None:
    """A deterministic backend gives the same in another order, and again."""
    backend = make()
    if not backend.deterministic:
        return None
    first = {one.report: one for one in _predict(backend, REPORTS)}
    second = {one.report: one for one in _predict(backend, tuple(reversed(REPORTS)))}
    differing = [name for name in first if first[name] != second.get(name)]
    return f"another order gave other predictions for {differing}" if differing else None


def batch_equals_single(make: Callable[[], Backend]) -> str | None:
    """What a report gets does not depend on the reports beside it."""
    backend = make()
    if not backend.deterministic:
        return None
    together = list(_predict(backend, REPORTS))
    alone = [one for report in REPORTS for one in _predict(backend, [report])]
    differing = [one.report for one, other in zip(together, alone, strict=False) if one != other]
    return f"alone, {differing} got other predictions than in a batch" if differing else None


def fingerprint_is_stable(make: Callable[[], Backend]) -> str | None:
    """Two instances made alike have the same fingerprint."""
    first, second = fingerprint(make(), {}), fingerprint(make(), {})
    return None if first == second else "two instances made alike have different fingerprints"


CLAUSES: tuple[Clause, ...] = (
    declares_labels,
    one_prediction_a_report_in_order,
    no_reports_give_nothing,
    offsets_lie_in_the_text,
    labels_are_declared,
    same_report_same_prediction,
    batch_equals_single,
    fingerprint_is_stable,
)


def _predict(backend: Backend, reports: Iterable[Report]) -> Iterator[Annotations]:
    return backend.extract(iter(reports))
