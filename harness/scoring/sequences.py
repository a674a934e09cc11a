"""Counts chunks of tag sequences, for comparison with the literature.

A chunk is right if the other side has one with the same first and last token and the same label. The averages of these
rows are seqeval's own (Nakayama 2018, version 1.2.2): over the labels that occur on either side, where a label without
gold or predictions enters with 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.corpus.crosswalk import FINE, View
from harness.scoring.spans import Ints
from harness.scoring.table import MENTIONS, Column, CountTable, Floats
from harness.tagging.schemes import Scheme, scheme_named
from harness.tagging.sequences import Chunks, Labels, Policy, TagArray, decode, parse_tags

COUNTERS = ("gold", "predicted", "correct")
NO_LABEL = ""
"""Stands in the table of a corpus without any mention, so that its averages are there, undefined."""


def counter(policy: Policy, name: str) -> str:
    """The name of a counter of this layer, such as `sequence_strict_gold`."""
    return f"sequence_{policy}_{name}"


def sequence_counters(policies: Sequence[Policy] = tuple(Policy)) -> tuple[str, ...]:
    """The sequence counters of every label, in order."""
    return tuple(counter(policy, name) for policy in policies for name in COUNTERS)


@dataclass(frozen=True, eq=False)
class TaggedCorpus:
    """Gold and predicted tags of the same tokens, in one scheme.

    `names` are the labels by their numbers; `report` is the number of each sentence's report, of shape (sentences,).
    """

    gold: TagArray
    predicted: TagArray
    names: Sequence[str]
    report: Ints
    scheme: Scheme

    def count(
        self,
        labels: Sequence[str],
        gold: Mapping[str, str],
        predicted: Mapping[str, str],
        reports: int,
        policies: Sequence[Policy] = tuple(Policy),
    ) -> Floats:
        """Counts of shape (reports, labels * sequence counters); `gold` and `predicted` map names to `labels`.

        Chunks are decoded before their labels are mapped; those without a target are left out.
        """
        parts = []
        report = np.repeat(self.report, np.diff(self.gold.ends, prepend=-1))
        for policy in policies:
            chunks = [
                _mapped(decode(tags, self.scheme, policy), _numbers(self.names, mapping, labels))
                for tags, mapping in ((self.gold, gold), (self.predicted, predicted))
            ]
            parts.append(count_chunks(chunks[0], chunks[1], report, reports, len(labels)))
        return np.stack(parts, axis=2).reshape(reports, len(labels) * len(parts) * len(COUNTERS))

    def in_labels_of(self, view: View) -> "TaggedCorpus | None":
        """The same tags with the labels of a view, for the audit; None if labels are mapped, for chunks might merge."""
        if any(view.gold.get(name, view.predicted.get(name)) != name for name in self.names):
            return None
        return self


def count_chunks(gold: Chunks, predicted: Chunks, report: Ints, reports: int, labels: int) -> Floats:
    """Counts of shape (reports, labels, len(COUNTERS)); `report` numbers the report of every position."""
    size = len(report)
    end, label = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    end[gold.start], label[gold.start] = gold.end, gold.label
    right = (end[predicted.start] == predicted.end) & (label[predicted.start] == predicted.label)
    counted = (
        (gold.start, gold.label),
        (predicted.start, predicted.label),
        (predicted.start[right], predicted.label[right]),
    )
    cells = [(report[start] * labels + number) * len(COUNTERS) + k for k, (start, number) in enumerate(counted)]
    counts = np.bincount(np.concatenate(cells), minlength=reports * labels * len(COUNTERS))
    return counts.reshape(reports, labels, len(COUNTERS)).astype(np.float64)


def sequence_table(
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    scheme: str = "IOB2",
    policies: Sequence[Policy] = tuple(Policy),
) -> CountTable:
    """The counts of tagged sentences, as one report. ValueError if the sides have other numbers of tags.

    TagError (a ValueError) for a tag that the scheme does not know.
    """
    if list(map(len, gold)) != list(map(len, predicted)):
        raise ValueError("gold and predictions must have the same sentences and tokens")
    names, known = Labels(), scheme_named(scheme)
    tags = [parse_tags(side, known, names) for side in (gold, predicted)]
    corpus = TaggedCorpus(tags[0], tags[1], names.names, np.zeros(len(gold), dtype=np.int64), known)
    labels = sorted(names.names) or [NO_LABEL]
    same = {name: name for name in labels}
    columns = [Column(MENTIONS, FINE, label, name) for label in labels for name in sequence_counters(policies)]
    return CountTable(("all",), tuple(columns), corpus.count(labels, same, same, 1, policies))


def _numbers(names: Sequence[str], mapping: Mapping[str, str], labels: Sequence[str]) -> Ints:
    """For each name the number of its label, or -1."""
    position = {label: number for number, label in enumerate(labels)}
    return np.array([position.get(mapping.get(name, ""), -1) for name in names], dtype=np.int64)


def _mapped(chunks: Chunks, numbers: Ints) -> Chunks:
    label = numbers[chunks.label]
    kept = label >= 0
    return Chunks(chunks.start[kept], chunks.end[kept], label[kept])
