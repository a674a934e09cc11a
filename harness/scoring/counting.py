"""Turns a gold report and its prediction into one row of the count table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.annotation import Annotations, Mention, Report
from harness.corpus.crosswalk import Trim, View, trim
from harness.corpus.document import Document
from harness.scoring.mentions import COUNTERS, Item, count_mentions
from harness.scoring.table import Column, CountTable

SCORER_VERSION = 1
"""Raised when a definition changes, so that counts made by different scorers are never compared."""


def count_documents(
    documents: Iterable[Document],
    predictions: Mapping[str, Annotations],
    views: Sequence[View],
    ignore_zones: frozenset[str],
) -> CountTable:
    """The count table of a corpus; a report without a prediction counts as an empty one."""
    columns = [
        Column("mentions", view.name, label, counter) for view in views for label in view.labels for counter in COUNTERS
    ]
    rows = {
        report.id: count_report(report, gold, predictions.get(report.id, Annotations(report.id)), views, ignore_zones)
        for report, gold in documents
    }
    return CountTable.from_rows(columns, rows)


def count_report(
    report: Report,
    gold: Annotations,
    predicted: Annotations,
    views: Sequence[View],
    ignore_zones: frozenset[str],
) -> list[int]:
    """One row: for each view, label and counter a whole number.

    Mentions that lie wholly inside an ignored zone are not counted, on either side.
    """
    ignored = _merged((zone.start, zone.end) for zone in report.zones if zone.kind in ignore_zones)
    gold_mentions = list(_outside(gold.mentions, ignored))
    predicted_mentions = list(_outside(predicted.mentions, ignored))
    counts: list[int] = []
    for view in views:
        found = list(_items(predicted_mentions, view.predicted, report.text, view.trims))
        found += [
            (("unaligned", index, one.surface), view.predicted[one.label])
            for index, one in enumerate(predicted.unaligned)
            if one.label in view.predicted
        ]
        counts += count_mentions(_items(gold_mentions, view.gold, report.text, ()), found, view.labels)
    return counts


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches of text, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _outside(mentions: Iterable[Mention], zones: Sequence[tuple[int, int]]) -> Iterator[Mention]:
    for mention in mentions:
        if not any(start <= mention.start and mention.end <= end for start, end in zones):
            yield mention


def _items(mentions: Iterable[Mention], labels: Mapping[str, str], text: str, trims: Sequence[Trim]) -> Iterator[Item]:
    for mention in mentions:
        if mention.label in labels:
            yield trim(mention, text, trims).spans, labels[mention.label]
