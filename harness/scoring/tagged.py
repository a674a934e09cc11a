"""Mentions of reports as tag sequences over our tokens, so that sequence scores can be counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.corpus.document import Document
from harness.scoring.sequences import TaggedCorpus
from harness.scoring.spans import Spans
from harness.scoring.table import Floats
from harness.tagging.schemes import IOB2, TOKENIZER
from harness.tagging.tokens import TokenSpans, to_tags, to_tokens, tokenize

UNTAGGABLE_GOLD = "untaggable_gold"
TAGGING_COUNTERS = ("realigned_gold", "realigned_predicted", UNTAGGABLE_GOLD, "untaggable_predicted")
"""How many mentions of a label were widened to whole tokens, and how many could not be tagged at all."""


@dataclass(frozen=True, eq=False)
class Tagged:
    """A tagged corpus, and counts of shape (reports, labels * len(TAGGING_COUNTERS))."""

    corpus: TaggedCorpus
    counts: Floats

    def total(self, counter: str) -> int:
        """The sum of a counter over reports and labels."""
        return int(self.counts[:, TAGGING_COUNTERS.index(counter) :: len(TAGGING_COUNTERS)].sum())


def tag_sides(
    documents: Sequence[Document], gold: Spans, predicted: Spans, labels: Sequence[str], tokenizer: str = TOKENIZER
) -> Tagged:
    """Both sides as IOB2 tags over the tokens of a tokenizer, one sentence a report.

    `gold` and `predicted` hold no duplicates. Mentions that tags cannot hold (overlapping an earlier one,
    discontinuous, without a token) are left out of the tags and counted; if gold has any, nothing should be scored on
    the tags.
    """
    tokens = tokenize((report.text for report, _ in documents), tokenizer)
    fitted = [to_tokens(tokens, _rows(side)) for side in (gold, predicted)]
    tags = [to_tags(tokens, fit, side.label[fit.kept]) for side, fit in zip((gold, predicted), fitted, strict=True)]
    report = np.arange(len(documents))
    return Tagged(
        TaggedCorpus(tags[0], tags[1], labels, report, IOB2), _counts(gold, predicted, fitted, len(documents), labels)
    )


def _rows(side: Spans) -> list[tuple[int, int, int, bool]]:
    columns = (side.report.tolist(), side.start.tolist(), side.end.tolist(), (side.shape == 0).tolist())
    return list(zip(*columns, strict=True))


def _counts(gold: Spans, predicted: Spans, fitted: Sequence[TokenSpans], reports: int, labels: Sequence[str]) -> Floats:
    realigned = [fit.kept[fit.realigned] for fit in fitted]
    untaggable = [
        np.delete(np.arange(len(side)), fit.kept) for side, fit in zip((gold, predicted), fitted, strict=True)
    ]
    events = ((gold, realigned[0]), (predicted, realigned[1]), (gold, untaggable[0]), (predicted, untaggable[1]))
    width = len(TAGGING_COUNTERS)
    cells = [
        (side.report[chosen] * len(labels) + side.label[chosen]) * width + k for k, (side, chosen) in enumerate(events)
    ]
    counts = np.bincount(np.concatenate(cells), minlength=reports * len(labels) * width)
    return counts.reshape(reports, len(labels) * width).astype(np.float64)
