"""What confidences are worth: whether they rank, and whether they mean what they say.

Works on lists of (confidence, correct), one entry a prediction, where correct is strict. Average precision and the best
threshold do not add up over reports and are kept out of gates; calibration error is read off 15 fixed bins.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from harness.annotation import Annotations
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.gather import gather
from harness.scoring.matching import match

BINS = 15


class Bin(msgspec.Struct, frozen=True):
    """Predictions with a confidence in [low, high) (the last bin holds 1 too): how many, how many right, their mean."""

    low: float
    high: float
    predicted: int
    correct: int
    confidence: float | None
    precision: float | None


class Point(msgspec.Struct, frozen=True):
    """Precision, recall and F1 of the predictions with at least this confidence."""

    threshold: float
    predicted: int
    correct: int
    precision: float
    recall: float | None
    f1: float


class Calibration(msgspec.Struct, frozen=True):
    """What the confidences of a run are worth, in a view.

    `without` predictions have no confidence and are left out of everything here. `average_precision`: the sum over
    thresholds of precision times the gain in recall. `calibration_error`: the mean difference between confidence and
    precision over the bins, weighted by their predictions (Naeini and others 2015). `best_threshold`: where F1 is
    highest, the higher one of equals; only known on dev, because a threshold must not be chosen on the reports that are
    scored. `reports` lists, by report id, its predictions as (confidence, correct).
    """

    view: str
    gold: int
    predicted: int
    without: int
    average_precision: float | None
    calibration_error: float | None
    best_threshold: float | None
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]
    reports: Mapping[str, tuple[tuple[float, bool], ...]]


def calibrate(
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    view: View,
    ignore_zones: frozenset[str],
    split: str,
) -> Calibration | None:
    """The calibration of a view; None if no prediction has a confidence."""
    gold, predicted = gather(documents, predictions, view, ignore_zones)
    scores = np.array([np.nan if one is None else one for *_, one in predicted.mentions], dtype=np.float64)
    if not len(scores) or np.isnan(scores).all():
        return None
    # Of exact duplicates the most confident counts.
    order = np.argsort(-scores, kind="stable")
    matching = match(gold.spans(), predicted.spans().take(order))
    correct = np.zeros(len(matching.predicted), dtype=bool)
    correct[matching.predicted_of[matching.strict]] = True
    confidence = scores[order][matching.predicted_source]
    known = ~np.isnan(confidence)
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for index in np.flatnonzero(known).tolist():
        name = documents[int(matching.predicted.report[index])].report.id
        pairs.setdefault(name, []).append((float(confidence[index]), bool(correct[index])))
    points = curve(confidence[known], correct[known], len(matching.gold))
    bins = fixed_bins(confidence[known], correct[known])
    return Calibration(
        view.name,
        len(matching.gold),
        len(matching.predicted),
        int((~known).sum()),
        average_precision(points),
        calibration_error(bins),
        max(points, key=lambda point: (point.f1, point.threshold)).threshold if split == "dev" else None,
        tuple(bins),
        tuple(points),
        {name: tuple(sorted(pairs[name], reverse=True)) for name in sorted(pairs)},
    )


def curve(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], gold: int) -> list[Point]:
    """One point for every confidence that occurs, the highest first; `gold` is the number of gold mentions."""
    points = []
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(correct[order])
    for index in np.flatnonzero(np.diff(confidence[order], append=-1.0)).tolist():
        found, right = index + 1, int(hits[index])
        points.append(
            Point(
                float(confidence[order[index]]),
                found,
                right,
                right / found,
                right / gold if gold else None,
                2 * right / (found + gold),
            )
        )
    return points


def average_precision(points: Sequence[Point]) -> float | None:
    """The area under the steps of the curve: sum of (R_n - R_(n-1)) * P_n; None without gold.

    Example: confidences 0.9 right, 0.8 wrong, 0.7 right with 2 gold mentions: 1/2 * 1 + 1/2 * 2/3 = 5/6.
    """
    area, before = 0.0, 0.0
    for point in points:
        if point.recall is None:
            return None
        area += (point.recall - before) * point.precision
        before = point.recall
    return area


def fixed_bins(confidence: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_]) -> list[Bin]:
    """15 bins of equal width over [0, 1]."""
    number = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    bins = []
    for index in range(BINS):
        inside = number == index
        size, right = int(inside.sum()), int(correct[inside].sum())
        mean = float(confidence[inside].mean()) if size else None
        bins.append(Bin(index / BINS, (index + 1) / BINS, size, right, mean, right / size if size else None))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean over predictions of |confidence - precision| of their bin; None without predictions."""
    total = sum(one.predicted for one in bins)
    if not total:
        return None
    gaps = (
        one.predicted * abs(one.confidence - one.precision)
        for one in bins
        if one.confidence is not None and one.precision is not None
    )
    return sum(gaps) / total
