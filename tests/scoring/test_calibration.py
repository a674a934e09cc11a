"""Confidences against scikit-learn, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.calibration import BINS, average_precision, calibrate, calibration_error, curve, fixed_bins

VIEW = View("fine", ("A",), {"A": "A"}, {"A": "A"})
GOLD = Document(Report("r", "x" * 40), Annotations("r", (Mention(0, 2, "A"), Mention(4, 6, "A"))))


def answer(*mentions: tuple[int, int, float | None]) -> dict[str, Annotations]:
    return {"r": Annotations("r", tuple(Mention(s, e, "A", confidence=c) for s, e, c in mentions))}


lists = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=20)


@given(lists, st.integers(0, 5))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_average_precision_is_that_of_scikit_learn_times_the_recall_that_can_be_reached(
    pairs: list[tuple[float, bool]], missed: int
) -> None:
    confidence, correct = (np.array(column) for column in zip(*pairs, strict=True))
    gold = int(correct.sum()) + missed
    ours = average_precision(curve(confidence, correct, gold))
    if not correct.any():
        assert ours == (None if gold == 0 else 0.0)
        return
    theirs = average_precision_score(correct, confidence)
    assert ours == pytest.approx(theirs * correct.sum() / gold)


def test_calibration_error_by_hand() -> None:
    confidence = np.array([1.0, 0.95, 0.55, 0.0])
    bins = fixed_bins(confidence, np.array([True, False, True, False]))
    assert len(bins) == BINS
    assert [one.predicted for one in bins if one.predicted] == [1, 1, 2]
    assert calibration_error(bins) == pytest.approx((1 * 0.0 + 1 * 0.45 + 2 * abs(0.975 - 0.5)) / 4)


def test_predictions_without_confidence_are_counted_apart() -> None:
    found = calibrate([GOLD], answer((0, 2, 0.9), (10, 12, None)), VIEW, frozenset(), "test")
    assert found is not None
    assert (found.gold, found.predicted, found.without, found.best_threshold) == (2, 2, 1, None)
    assert found.reports == {"r": ((0.9, True),)}
    assert found.average_precision == pytest.approx(0.5)


def test_of_duplicates_the_most_confident_counts() -> None:
    found = calibrate([GOLD], answer((0, 2, 0.2), (0, 2, 0.8), (0, 2, None)), VIEW, frozenset(), "test")
    assert found is not None
    assert found.reports == {"r": ((0.8, True),)}


def test_the_best_threshold_is_chosen_on_dev_only() -> None:
    mentions = answer((0, 2, 0.9), (10, 12, 0.8), (4, 6, 0.7), (20, 22, 0.1))
    dev = calibrate([GOLD], mentions, VIEW, frozenset(), "dev")
    test = calibrate([GOLD], mentions, VIEW, frozenset(), "test")
    assert dev is not None
    assert test is not None
    assert (dev.best_threshold, test.best_threshold) == (0.7, None)


def test_a_backend_without_confidences_has_no_calibration() -> None:
    assert calibrate([GOLD], answer((0, 2, None)), VIEW, frozenset(), "test") is None
    assert calibrate([GOLD], {}, VIEW, frozenset(), "test") is None
