"""Counts a corpus: gold reports and their predictions become one count table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.annotation import Annotations
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.gather import Side, gather
from harness.scoring.matching import Matching, match
from harness.scoring.mentions import (
    COUNTERS,
    count_confusions,
    count_mentions,
    count_subset,
    found_as,
    subset_counters,
)
from harness.scoring.sequences import TaggedCorpus, sequence_counters
from harness.scoring.slices import MENTION_SLICINGS, Context, Seen, Slicing, natural_order, surfaces_of
from harness.scoring.spans import Ints
from harness.scoring.table import MENTIONS, Column, CountTable, Floats
from harness.scoring.tagged import TAGGING_COUNTERS, tag_sides
from harness.tagging.schemes import TOKENIZER

SCORER_VERSION = 2
"""Raised when a definition changes, so that counts made by different scorers are never compared."""


@dataclass(frozen=True)
class Options:
    """How mentions are counted.

    `overlap` is the intersection over union from which an overlapping pair counts as correct in the match "overlap".
    `train` are the reports that "seen" and "frequency" refer to. `tokenizer` makes the tokens of the sequence scores.
    """

    overlap: float = 0.5
    slicings: Sequence[Slicing] = ()
    train: Sequence[Document] = ()
    tokenizer: str = TOKENIZER


PLAIN = Options()
"""No slices."""


@dataclass
class _Columns:
    """Columns as they are counted, with their values of shape (reports, columns)."""

    names: list[Column] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)

    def add(self, view: View, counters: Sequence[str], values: Floats, part: str = "") -> None:
        """For each label of the view all counters, one after the other."""
        self.names += [
            Column(MENTIONS, view.name, label, counter, part) for label in view.labels for counter in counters
        ]
        self.values.append(values)


def count_documents(
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    views: Sequence[View],
    ignore_zones: frozenset[str],
    options: Options = PLAIN,
    tagged: TaggedCorpus | None = None,
) -> CountTable:
    """The count table of a corpus; a report without a prediction counts as an empty one.

    Sequence counters are taken from `tagged` if the corpus came as tags (unless trims changed its mentions), otherwise
    from the tokens of `options.tokenizer`. Where gold holds mentions that tags cannot hold, these are counted as
    `untaggable_gold`, and the sequence counters mean nothing.
    """
    columns = _Columns()
    size = len(documents)
    for view in views:
        gold, predicted = gather(documents, predictions, view, ignore_zones)
        matching = match(gold.spans(), predicted.spans(), options.overlap)
        columns.add(view, COUNTERS, count_mentions(matching, size, len(view.labels)))
        columns.add(view, [found_as(one) for one in view.labels], count_confusions(matching, size, len(view.labels)))
        if tagged is not None and not view.trims:
            counts = tagged.count(view.labels, view.gold, view.predicted, size)
            columns.add(view, sequence_counters(), counts)
        else:
            own = tag_sides(documents, matching.gold, matching.predicted, view.labels, options.tokenizer)
            same = {label: label for label in view.labels}
            columns.add(view, sequence_counters(), own.corpus.count(view.labels, same, same, size))
            columns.add(view, TAGGING_COUNTERS, own.counts)
        if options.slicings:
            seen = surfaces_of(options.train, view, ignore_zones)
            _count_slices(columns, view, documents, predictions, (gold, predicted), matching, options, seen)
    values = np.concatenate(columns.values, axis=1) if columns.values else np.zeros((size, 0))
    return CountTable(tuple(report.id for report, _ in documents), tuple(columns.names), values)


def _count_slices(
    columns: _Columns,
    view: View,
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    sides: tuple[Side, Side],
    matching: Matching,
    options: Options,
    seen: Seen,
) -> None:
    for slicing in options.slicings:
        if slicing.of_reports or (slicing.needs_train and not options.train):
            continue
        names: dict[str, int] = {}
        gold_annotations = [annotations for _, annotations in documents]
        answers = [predictions.get(report.id, Annotations(report.id)) for report, _ in documents]
        gold = _values(slicing, names, documents, gold_annotations, sides[0], seen)[matching.gold_source]
        predicted = None
        if not slicing.gold_only:
            predicted = _values(slicing, names, documents, answers, sides[1], seen)[matching.predicted_source]
        for name in sorted(names, key=natural_order):
            number = names[name]
            asked = None if predicted is None else predicted == number
            counts = count_subset(matching, gold == number, asked, len(documents), len(view.labels))
            columns.add(view, subset_counters(gold_only=slicing.gold_only), counts, name)


def _values(
    slicing: Slicing,
    names: dict[str, int],
    documents: Sequence[Document],
    annotations: Sequence[Annotations],
    side: Side,
    seen: Seen,
) -> Ints:
    """The number of the slice of every mention of a side, in order of appearance; -1: none."""
    attribute = MENTION_SLICINGS[slicing.by]
    values = []
    for report, label, mention, _ in side.mentions:
        if mention is None:
            values.append(-1)
            continue
        context = Context(documents[report].report, annotations[report], label, seen)
        name = slicing.of(attribute(slicing, mention, context))
        values.append(names.setdefault(name, len(names)))
    return np.array(values, dtype=np.int64)
