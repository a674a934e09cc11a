"""Counts mentions: how many there are, how many are right, and what is wrong with the others, by label.

Mentions are sets: an exact duplicate counts once. Everything but the set counts is read from the one assignment of
`matching`. A label column holds what happened to its gold mentions and to its predicted ones; an error that joins two
labels stands in the column of the gold label (`..._gold`) and in that of the predicted one (`..._predicted`), so that
columns of labels sum to the overall counts.
"""

import numpy as np

from harness.scoring.matching import Flags, Matching, common
from harness.scoring.spans import Ints, Spans, all_but
from harness.scoring.table import Floats

GOLD = "gold"
PREDICTED = "predicted"
STRICT_CORRECT = "strict_correct"

EXACT_GOLD = "exact_gold"
EXACT_PREDICTED = "exact_predicted"
EXACT_CORRECT_GOLD = "exact_correct_gold"
EXACT_CORRECT_PREDICTED = "exact_correct_predicted"
EXACT_INCORRECT_GOLD = "exact_incorrect_gold"
EXACT_INCORRECT_PREDICTED = "exact_incorrect_predicted"

LABEL_GOLD = "label_gold"
LABEL_PREDICTED = "label_predicted"
TOO_LONG = "too_long"
TOO_SHORT = "too_short"
SHIFTED = "shifted"
BOUNDARY_LABEL_GOLD = "boundary_label_gold"
BOUNDARY_LABEL_PREDICTED = "boundary_label_predicted"
MISSED = "missed"
MERGED = "merged"
SPURIOUS = "spurious"
SPLIT = "split"

REACHING = "reaching"
BELOW = "below"

COUNTERS = (
    *(GOLD, PREDICTED, STRICT_CORRECT),
    *(EXACT_GOLD, EXACT_PREDICTED, EXACT_CORRECT_GOLD, EXACT_CORRECT_PREDICTED),
    *(EXACT_INCORRECT_GOLD, EXACT_INCORRECT_PREDICTED),
    *(LABEL_GOLD, LABEL_PREDICTED, TOO_LONG, TOO_SHORT, SHIFTED, BOUNDARY_LABEL_GOLD, BOUNDARY_LABEL_PREDICTED),
    *(MISSED, MERGED, SPURIOUS, SPLIT),
    *(REACHING, BELOW),
)
"""The counters of the layer "mentions", for every label.

`gold`, `predicted`, `strict_correct`: the sets, and what is in both. `exact_...`: the same for sets of spans without
labels; a span that carries several labels on a side stands once, under a label that both sides give it if there is one,
otherwise under the first in the order of the view. `exact_incorrect_...`: spans that only overlap their partner.

Every mention that is not strictly correct is in exactly one of the following. Pairs: `label_...` (same span, other
label); `too_long`, `too_short`, `shifted` (same label; the prediction encloses the gold span, lies within it, or
neither); `boundary_label_...` (neither span nor label). Without a partner: `merged` (a gold mention that overlaps a
prediction which another one got), `missed`; `split` (a prediction that overlaps a gold mention which another one got),
`spurious`. Pairs with the same label and other spans are also in `reaching` or `below`, as their
overlap reaches the threshold or not.
"""


def found_as(label: str) -> str:
    """The counter of gold mentions whose partner has `label`: a cell of the confusion matrix."""
    return f"found_as {label}"


def count_mentions(matching: Matching, reports: int, labels: int) -> Floats:
    """Counts of shape (reports, labels * len(COUNTERS)): for each label the counters, one after the other.

    Example: gold {X [0, 1)}, predicted {Y [0, 3), X [0, 1)} gives X gold 1, predicted 1, strict_correct 1, and Y
    predicted 1, spurious 1: the exact pair comes first, and what is left overlaps nothing that is left.
    """
    gold, predicted = matching.gold, matching.predicted
    same, exact = matching.same, matching.exact
    found, partner = matching.gold_of, matching.predicted_of
    strict = exact & same
    alone = all_but(found, len(gold))
    unasked = all_but(partner, len(predicted))
    longer, shorter = _encloses(matching), _within(matching)
    inexact = ~exact & same
    events: dict[str, tuple[Spans, Ints]] = {
        GOLD: (gold, np.arange(len(gold))),
        PREDICTED: (predicted, np.arange(len(predicted))),
        STRICT_CORRECT: (gold, found[strict]),
        **_exact_events(matching),
        LABEL_GOLD: (gold, found[exact & ~same]),
        LABEL_PREDICTED: (predicted, partner[exact & ~same]),
        TOO_LONG: (gold, found[inexact & longer]),
        TOO_SHORT: (gold, found[inexact & shorter]),
        SHIFTED: (gold, found[inexact & ~longer & ~shorter]),
        BOUNDARY_LABEL_GOLD: (gold, found[~exact & ~same]),
        BOUNDARY_LABEL_PREDICTED: (predicted, partner[~exact & ~same]),
        MISSED: (gold, alone[~matching.gold_touched[alone]]),
        MERGED: (gold, alone[matching.gold_touched[alone]]),
        SPURIOUS: (predicted, unasked[~matching.predicted_touched[unasked]]),
        SPLIT: (predicted, unasked[matching.predicted_touched[unasked]]),
        REACHING: (gold, found[inexact & matching.reaches]),
        BELOW: (gold, found[inexact & ~matching.reaches]),
    }
    width = len(COUNTERS)
    cells = [
        (side.report[chosen] * labels + side.label[chosen]) * width + COUNTERS.index(counter)
        for counter, (side, chosen) in events.items()
    ]
    counts = np.bincount(np.concatenate(cells), minlength=reports * labels * width)
    return counts.reshape(reports, labels * width).astype(np.float64)


def count_confusions(matching: Matching, reports: int, labels: int) -> Floats:
    """Pairs of shape (reports, labels * labels), by gold label, then predicted label."""
    gold, predicted = matching.gold, matching.predicted
    cell = gold.label[matching.gold_of] * labels + predicted.label[matching.predicted_of]
    counts = np.bincount(gold.report[matching.gold_of] * labels * labels + cell, minlength=reports * labels * labels)
    return counts.reshape(reports, labels * labels).astype(np.float64)


def count_subset(matching: Matching, gold: Flags, predicted: Flags | None, reports: int, labels: int) -> Floats:
    """Counts of a subset of the mentions, of shape (reports, labels * len(subset_counters(...))).

    `gold` and `predicted` tell which mentions of each side belong to it; None: the attribute is of gold mentions only.
    A correct mention belongs to it if its gold side does.
    """
    strict = matching.gold_of[matching.strict]
    chosen = [(matching.gold, np.flatnonzero(gold)), (matching.gold, strict[gold[strict]])]
    if predicted is not None:
        chosen.append((matching.predicted, np.flatnonzero(predicted)))
    width = len(chosen)
    cells = [
        (side.report[which] * labels + side.label[which]) * width + number
        for number, (side, which) in enumerate(chosen)
    ]
    counts = np.bincount(np.concatenate(cells), minlength=reports * labels * width)
    return counts.reshape(reports, labels * width).astype(np.float64)


def subset_counters(*, gold_only: bool) -> tuple[str, ...]:
    """The counters of a slice of mentions, in order."""
    return (GOLD, STRICT_CORRECT) if gold_only else (GOLD, STRICT_CORRECT, PREDICTED)


def _encloses(matching: Matching) -> Flags:
    """For each pair, whether the prediction covers the gold mention. Discontinuous ones by what encloses them."""
    gold, predicted = matching.gold.take(matching.gold_of), matching.predicted.take(matching.predicted_of)
    return (predicted.start <= gold.start) & (predicted.end >= gold.end) & (predicted.length > gold.length)


def _within(matching: Matching) -> Flags:
    gold, predicted = matching.gold.take(matching.gold_of), matching.predicted.take(matching.predicted_of)
    return (predicted.start >= gold.start) & (predicted.end <= gold.end) & (predicted.length < gold.length)


def _exact_events(matching: Matching) -> dict[str, tuple[Spans, Ints]]:
    strict = matching.strict
    gold = _ExactSide(matching.gold, matching.gold_place, matching.gold_of, strict)
    predicted = _ExactSide(matching.predicted, matching.predicted_place, matching.predicted_of, strict)
    gold_correct = np.zeros(len(gold.places), dtype=bool)
    predicted_correct = np.zeros(len(predicted.places), dtype=bool)
    both = common(gold.places, predicted.places)
    gold_correct[both[0]] = predicted_correct[both[1]] = True
    return {
        EXACT_GOLD: (gold.mentions, gold.chosen),
        EXACT_PREDICTED: (predicted.mentions, predicted.chosen),
        EXACT_CORRECT_GOLD: (gold.mentions, gold.chosen[gold_correct]),
        EXACT_CORRECT_PREDICTED: (predicted.mentions, predicted.chosen[predicted_correct]),
        EXACT_INCORRECT_GOLD: (gold.mentions, gold.chosen[gold.paired & ~gold_correct]),
        EXACT_INCORRECT_PREDICTED: (predicted.mentions, predicted.chosen[predicted.paired & ~predicted_correct]),
    }


class _ExactSide:
    """The spans of one side without their labels: for each the mention that stands for it."""

    def __init__(self, mentions: Spans, place: Ints, pairs: Ints, strict: Flags) -> None:
        agreed = np.zeros(len(mentions), dtype=bool)
        agreed[pairs[strict]] = True
        order = np.lexsort((~agreed, place))  # stable, and mentions at one place are in the order of their labels
        first = np.ones(len(order), dtype=bool)
        first[1:] = place[order][1:] != place[order][:-1]
        paired = np.zeros(len(mentions), dtype=bool)
        paired[pairs] = True
        self.mentions = mentions
        self.chosen = order[first]
        self.places = place[self.chosen]
        self.paired = np.logical_or.reduceat(paired[order], np.flatnonzero(first)) if len(order) else first
