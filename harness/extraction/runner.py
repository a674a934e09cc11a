"""Runs a backend over reports; a report on which it fails is found and isolated, the others go on."""

import traceback
import warnings
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from harness.annotation import Annotations, Report
from harness.backends.base import Backend
from harness.errors import HarnessWarning


class Failure(msgspec.Struct, frozen=True):
    """A report on which the backend raised, or broke its contract."""

    report: str
    error: str
    """Type and message of the exception."""
    where: str = ""
    """Function and line of the innermost frame."""


Outcome = Annotations | Failure


def extract(backend: Backend, reports: Iterable[Report]) -> Iterator[Outcome]:
    """One outcome a report, in order.

    The backend gets all reports as one stream, so that it can form batches. When it raises, the reports that it had
    taken but not answered are given to it one by one until the one that fails alone is found; then the stream goes on.
    """
    feed = _Feed(reports)
    while feed.has_more():
        raised: BaseException | None = None
        try:
            for prediction in backend.extract(feed):
                outcome = _checked(prediction, feed.waiting_for(), backend)
                feed.answered()
                yield outcome
        except (Exception, SystemExit) as error:
            raised = error
        for report in feed.unanswered():
            outcome = _alone(backend, report)
            yield outcome
            if isinstance(outcome, Failure):
                raised = None
                break
        if raised is not None:
            message = f"the backend raised {type(raised).__name__} on a stream of reports, but on none of them alone"
            warnings.warn(f"{message}: {raised}", HarnessWarning, stacklevel=2)


class _Feed:
    """Hands out reports and remembers those that were not answered yet."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._source = iter(reports)
        self._ahead: deque[Report] = deque()  # to be handed out before the source
        self._pending: deque[Report] = deque()  # handed out, not answered

    def __iter__(self) -> Iterator[Report]:
        return self

    def __next__(self) -> Report:
        report = self._ahead.popleft() if self._ahead else next(self._source)
        self._pending.append(report)
        return report

    def has_more(self) -> bool:
        """Whether a report is left; the next one is looked up in the source if need be."""
        if not self._ahead:
            self._ahead.extend(report for report in [next(self._source, None)] if report is not None)
        return bool(self._ahead)

    def waiting_for(self) -> Report:
        """The report that the next answer must belong to."""
        if not self._pending:
            raise ValueError("the backend answered more often than it was asked")
        return self._pending[0]

    def answered(self) -> None:
        """The report that was waited for has its answer."""
        self._pending.popleft()

    def unanswered(self) -> Iterator[Report]:
        """Those handed out without an answer, at least one if any is left; the ones not taken are handed out again."""
        count = max(len(self._pending), 1)
        self._ahead.extendleft(reversed(self._pending))
        self._pending.clear()
        while count and self.has_more():
            count -= 1
            yield self._ahead.popleft()


def _alone(backend: Backend, report: Report) -> Outcome:
    try:
        predictions = list(backend.extract(iter([report])))
        if len(predictions) == 1:
            return _checked(predictions[0], report, backend)
    except (Exception, SystemExit) as error:
        return Failure(report.id, f"{type(error).__name__}: {error}", _innermost(error))
    return Failure(report.id, f"broken contract: {len(predictions)} answers for one report")


def _checked(prediction: Annotations, report: Report, backend: Backend) -> Outcome:
    """`prediction`, or a Failure if it breaks the contract. ValueError if it belongs to another report."""
    if not isinstance(prediction, Annotations):
        raise TypeError(f"the backend yielded {type(prediction).__name__}, not Annotations")
    if prediction.report != report.id:
        raise ValueError(f"the backend answered for report {prediction.report} when asked for {report.id}")
    try:
        prediction.check_within(report.text)
    except ValueError as error:
        return Failure(report.id, f"broken contract: {error}")
    if undeclared := sorted(prediction.mention_labels - set(backend.labels)):
        return Failure(report.id, f"broken contract: it does not declare the labels {', '.join(undeclared)}")
    return prediction


def _innermost(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].name}, line {frames[-1].lineno}" if frames else ""
