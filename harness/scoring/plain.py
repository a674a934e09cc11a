"""Scores of plain Python values, for those who have no reports: lists of tags, or lists of (start, end, label)."""

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

import numpy as np

from harness.corpus.crosswalk import FINE
from harness.scoring.matching import match
from harness.scoring.measures import ALL, Row, Scoresheet
from harness.scoring.mentions import COUNTERS, count_confusions, count_mentions, found_as
from harness.scoring.sequences import NO_LABEL, sequence_table
from harness.scoring.spans import Spans
from harness.scoring.table import MENTIONS, Column, CountTable
from harness.tagging.sequences import Policy

PlainSpan = tuple[int, int, str]


def score_tags(
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    scheme: str = "IOB2",
    policies: Sequence[Policy] = tuple(Policy),
) -> list[Row]:
    """Rows by label, and the averages of seqeval, of sentences of tags; without intervals.

    ValueError if the sides differ in length or hold a tag that `scheme` does not know.

    Example: gold [["B-PER", "I-PER"]], predicted [["I-PER", "I-PER"]] in IOB2: F1 1 under conlleval, 0 under strict.
    """
    return _rows(sequence_table(gold, predicted, scheme, policies))


def score_spans(
    gold: Sequence[Sequence[PlainSpan]], predicted: Sequence[Sequence[PlainSpan]], overlap: float = 0.5
) -> list[Row]:
    """Rows of all matches by label, and the averages, of half-open spans with labels; without intervals.

    One entry of `gold` and `predicted` is one report. ValueError if they differ in length, for spans that are empty or
    negative, and for labels with the name of an average.
    """
    return _rows(span_table(gold, predicted, overlap))


def span_table(
    gold: Sequence[Sequence[PlainSpan]], predicted: Sequence[Sequence[PlainSpan]], overlap: float = 0.5
) -> CountTable:
    """The counts of spans, as one row "all"; labels in alphabetical order."""
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} reports of gold, but {len(predicted)} of predictions")
    flat = [list(chain.from_iterable(side)) for side in (gold, predicted)]
    labels = sorted({label for side in flat for label in map(itemgetter(2), side)}) or [NO_LABEL]
    numbers = {label: number for number, label in enumerate(labels)}
    matching = match(_spans(gold, flat[0], numbers), _spans(predicted, flat[1], numbers), overlap)
    whole = matching.in_one_report()
    columns = [Column(MENTIONS, FINE, label, counter) for label in labels for counter in COUNTERS]
    columns += [Column(MENTIONS, FINE, label, found_as(other)) for label in labels for other in labels]
    counts = [count_mentions(whole, 1, len(labels)), count_confusions(whole, 1, len(labels))]
    return CountTable(("all",), tuple(columns), np.concatenate(counts, axis=1))


def _spans(side: Sequence[Sequence[PlainSpan]], flat: Sequence[PlainSpan], numbers: dict[str, int]) -> Spans:
    report = np.repeat(np.arange(len(side)), [len(spans) for spans in side])
    start, end = (np.fromiter(map(itemgetter(place), flat), np.int64, len(flat)) for place in (0, 1))
    if len(flat) and (start.min() < 0 or (start >= end).any()):
        at = int(np.flatnonzero((start < 0) | (start >= end))[0])
        raise ValueError(f"report {report[at]}: [{start[at]}, {end[at]}) is empty or negative")
    label = np.fromiter(map(numbers.__getitem__, map(itemgetter(2), flat)), np.int64, len(flat))
    return Spans(report, start, end, label, np.zeros(len(flat), dtype=np.int64))


def _rows(table: CountTable) -> list[Row]:
    sheet = Scoresheet(table, {FINE: tuple(dict.fromkeys(column.label for column in table.columns))}, scopes=(ALL,))
    unknown = np.full(sheet.size, np.nan)
    return [row for row in sheet.rows(unknown, unknown) if row.label != NO_LABEL]
