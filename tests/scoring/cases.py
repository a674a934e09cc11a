"""Mentions in short notation, small crowded corpora of them, and a decorator that runs one check in two sizes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.annotation import Annotations, Mention, Report, UnalignedMention
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.counting import PLAIN, Options, count_documents
from harness.scoring.matches import MATCHES, Match
from harness.scoring.measures import AVERAGES, Row, Scoresheet
from harness.scoring.sequences import sequence_counters
from harness.scoring.table import Column, CountTable, Floats
from harness.scoring.tagged import TAGGING_COUNTERS

LABELS = ("X", "Y", "Z")
LENGTH = 8
TEXT = "." * LENGTH
"""A text for all mentions here: every character is a token."""
REPORTS = 10
"""Reports in a generated corpus; each of them is a case."""
QUICK, SLOW = 25, 500
"""Corpora in the default run and in the slow one: 250 and 5,000 cases."""

ReportMentions = tuple[list[Mention], list[Mention]]
"""Gold and predicted mentions of one report."""
Corpus = list[ReportMentions]


def mention(label: str, *offsets: int) -> Mention:
    """`mention("X", 0, 3)` lies at [0, 3); `mention("X", 0, 1, 5, 7)` has the pieces [0, 1) and [5, 7)."""
    pieces = tuple(zip(offsets[::2], offsets[1::2], strict=True))
    return Mention(offsets[0], offsets[-1], label, fragments=pieces if len(pieces) > 1 else ())


X, Y, Z = (partial(mention, label) for label in LABELS)

CONTINUOUS = [(start, end) for start in range(LENGTH - 1) for end in range(start + 1, LENGTH)]
DISCONTINUOUS = [(0, 1, 2, 3), (0, 2, 3, 4), (1, 2, 4, 6), (2, 4, 6, 7), (1, 3, 3, 5), (0, 1, 3, 5, 6, 7)]
"""No two of these are enclosed by the same interval."""


def in_two_sizes(
    *strategies: st.SearchStrategy[object], quick: int = QUICK, slow: int = SLOW
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """A test of `quick` examples in the default run and one of `slow` examples, marked so; both always the same."""

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize(
            "examples", [pytest.param(quick, id="quick"), pytest.param(slow, id="slow", marks=pytest.mark.slow)]
        )
        def test(examples: int) -> None:
            settings(max_examples=examples, deadline=None, derandomize=True, database=None)(given(*strategies)(check))()

        test.__doc__ = check.__doc__
        return test

    return decorate


def corpora(places: Sequence[Sequence[int]] = CONTINUOUS, most: int = 16) -> st.SearchStrategy[Corpus]:
    """Corpora of REPORTS reports with up to `most` mentions in `places`.

    Drawn as bytes, because that is fast: for each report how many mentions it has, then each of them.
    """
    known = [(side, mention(label, *place)) for place in places for label in LABELS for side in (0, 1)]

    def corpus(data: bytes) -> Corpus:
        rest = iter(data)
        found: Corpus = []
        for _ in range(REPORTS):
            sides: ReportMentions = ([], [])
            for byte in islice(rest, next(rest, 0) % (most + 1)):
                side, one = known[byte % len(known)]
                sides[side].append(one)
            found.append(sides)
        return found

    size = REPORTS * (most + 1)
    return st.binary(min_size=size // 2, max_size=size).map(corpus)


def without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that overlap none of those kept before."""
    kept: list[Mention] = []
    for one in mentions:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def view_of(labels: Sequence[str]) -> View:
    """The view in the labels as they are."""
    return View("fine", tuple(labels), {label: label for label in labels}, {label: label for label in labels})


def documents_of(corpus: Corpus, text: str = TEXT) -> tuple[list[Document], dict[str, Annotations]]:
    """The corpus as documents and predictions, reports called r0, r1 and so on."""
    documents = [
        Document(Report(f"r{number}", text), Annotations(f"r{number}", tuple(gold)))
        for number, (gold, _) in enumerate(corpus)
    ]
    return documents, {f"r{n}": Annotations(f"r{n}", tuple(predicted)) for n, (_, predicted) in enumerate(corpus)}


def with_unaligned(predictions: dict[str, Annotations], numbers: Sequence[int]) -> dict[str, Annotations]:
    """The predictions with so many mentions that have no place, for each report."""
    return {
        name: Annotations(name, one.mentions, tuple(UnalignedMention("Ghost", "X") for _ in range(number)))
        for (name, one), number in zip(predictions.items(), numbers, strict=True)
    }


def counted(corpus: Corpus, options: Options = PLAIN, text: str = TEXT) -> CountTable:
    """The count table of a corpus in LABELS."""
    return count_documents(*documents_of(corpus, text), [view_of(LABELS)], frozenset(), options)


@cache
def _places(columns: tuple[Column, ...]) -> dict[str, list[int]]:
    """For each counter its column numbers, by label; slices apart."""
    found: dict[str, list[int]] = {}
    for number, column in enumerate(columns):
        if not column.slice:
            found.setdefault(column.counter, []).append(number)
    return found


def counter(table: CountTable, *names: str) -> Floats:
    """The sum of some counters, of shape (reports, labels)."""
    places = _places(table.columns)
    return sum((table.values[:, places[name]] for name in names), np.zeros((len(table.reports), len(LABELS))))


def quantities(table: CountTable, match: Match) -> dict[str, Floats]:
    """The quantities of a match by name, each of shape (reports, labels)."""
    return {name: counter(table, *counters) for name, counters in match.quantities.items()}


def rows_of(table: CountTable, matches: Sequence[Match] = MATCHES) -> dict[tuple[str, str], Row]:
    """The rows of a table by match and label, without intervals."""
    sheet = Scoresheet(table, {"fine": LABELS}, matches, scopes=("all",))
    unknown = np.full(sheet.size, np.nan)
    return {(row.match, row.label): row for row in sheet.rows(unknown, unknown)}


def micro_of(table: CountTable, matches: Sequence[Match] = MATCHES) -> dict[str, Floats]:
    """For each match micro precision, recall and F1 of every report, of shape (reports, 3)."""
    sheet = Scoresheet(table, {"fine": LABELS}, matches, by_label=False, scopes=("all",))
    measures = sheet.measures(sheet.sums(table.values))
    return {match.name: measures[:, :, place * len(AVERAGES)] for place, match in enumerate(matches)}


Counts = Mapping[str, Mapping[str, int]]


def counts_of(table: CountTable, *, sequences: bool = False) -> dict[str, dict[str, int]]:
    """For each label the counters that are not zero; those of tag sequences only if asked for."""
    found: dict[str, dict[str, int]] = {}
    for column, value in zip(table.columns, table.totals.tolist(), strict=True):
        of_sequence = column.counter in (*sequence_counters(), *TAGGING_COUNTERS)
        if value and of_sequence == sequences:
            found.setdefault(column.label, {})[column.counter] = value
    return found


def only(**counts: int) -> dict[str, int]:
    """Counts of a label by counter; `found_as_X` stands for the counter "found_as X"."""
    return {name.replace("found_as_", "found_as "): count for name, count in counts.items()}


TWELVE = tuple(f"L{number}" for number in (10, 3, 7, 11, 2, 12, 5, 1, 9, 4, 8, 6))
"""Labels in another order than the alphabet's, and as many as make the order of a sum show."""


def none_for_nan(values: Iterable[float]) -> list[float | None]:
    return [None if isnan(value) else float(value) for value in values]
