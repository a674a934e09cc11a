"""Counts mentions: how many there are, and how many are right, by label.

Definitions. A mention is a set of half-open spans with a label; gold and predictions are *sets*, so an exact duplicate
counts once.

* strict: the same spans with the same label are on both sides.
* exact: the same spans are on both sides, whatever the labels. Here the label only says in whose column a span is
  counted: each side's spans stand under their own label, so a gold GPE found as ORG is right in the recall of GPE and
  in the precision of ORG. A span that carries several labels on one side stands once, under a label that both sides
  give it if there is one, otherwise under the first of its labels in the view's order; so label columns sum to the
  overall counts.
"""

from collections.abc import Hashable, Iterable, Sequence

GOLD = "gold"
PREDICTED = "predicted"
STRICT_CORRECT = "strict_correct"
EXACT_GOLD = "exact_gold"
EXACT_PREDICTED = "exact_predicted"
EXACT_CORRECT_GOLD = "exact_correct_gold"
EXACT_CORRECT_PREDICTED = "exact_correct_predicted"

COUNTERS = (
    GOLD,
    PREDICTED,
    STRICT_CORRECT,
    EXACT_GOLD,
    EXACT_PREDICTED,
    EXACT_CORRECT_GOLD,
    EXACT_CORRECT_PREDICTED,
)
"""The counters of the layer "mentions", for every label."""

Item = tuple[Hashable, str]
"""What identifies a mention: its spans (or, where it has no place in the text, something unique) and its label."""


def count_mentions(gold: Iterable[Item], predicted: Iterable[Item], labels: Sequence[str]) -> list[int]:
    """Counts of one report: for each label of `labels` the numbers of COUNTERS, one after the other.

    Labels outside `labels` raise KeyError: map them before counting. Example: gold {[0,1) X}, predicted {[0,3) Y,
    [0,1) X} gives X: gold 1, predicted 1, strict_correct 1, and Y: predicted 1.
    """
    width = len(COUNTERS)
    offset = {label: index * width for index, label in enumerate(labels)}
    counts = [0] * (len(labels) * width)
    gold_set, predicted_set = set(gold), set(predicted)
    for _, label in gold_set:
        counts[offset[label]] += 1
    for _, label in predicted_set:
        counts[offset[label] + 1] += 1
    both = gold_set & predicted_set
    for _, label in both:
        counts[offset[label] + 2] += 1
    gold_spans = _one_label_each(gold_set, both, offset)
    predicted_spans = _one_label_each(predicted_set, both, offset)
    for spans, label in gold_spans.items():
        counts[offset[label] + 3] += 1
        counts[offset[label] + 5] += spans in predicted_spans
    for spans, label in predicted_spans.items():
        counts[offset[label] + 4] += 1
        counts[offset[label] + 6] += spans in gold_spans
    return counts


def _one_label_each(items: set[Item], both: set[Item], order: dict[str, int]) -> dict[Hashable, str]:
    chosen: dict[Hashable, str] = {}
    for item in sorted(items, key=lambda item: (item not in both, order[item[1]])):
        chosen.setdefault(*item)
    return chosen
