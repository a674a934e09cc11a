"""What holds for all counts and rows, whatever the mentions are."""

import random
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from harness.annotation import Annotations
from harness.corpus.document import Document
from harness.scoring.anatomy import confusions, error_rows
from harness.scoring.counting import Options, count_documents
from harness.scoring.gather import gather
from harness.scoring.matches import EXACT, OVERLAP, PARTIAL, STRICT, TYPE, Match
from harness.scoring.matching import Matching, match
from harness.scoring.measures import AVERAGES, MICRO, Row
from harness.scoring.mentions import found_as
from harness.scoring.plain import PlainSpan, score_spans
from harness.scoring.slices import Slicing
from harness.scoring.table import CountTable, Floats
from tests.scoring.cases import (
    CONTINUOUS,
    DISCONTINUOUS,
    LABELS,
    REPORTS,
    Corpus,
    X,
    Y,
    Z,
    corpora,
    counted,
    counter,
    documents_of,
    in_two_sizes,
    micro_of,
    rows_of,
    view_of,
    with_unaligned,
)

SPAN_MATCHES = (STRICT, EXACT, PARTIAL, TYPE, OVERLAP)
SIDES = (
    ("gold", "predicted"),
    ("correct", "correct_predicted"),
    ("incorrect", "incorrect_predicted"),
    ("partial", "partial_predicted"),
    ("missed", "spurious"),
)
"""Each quantity of the gold side with its counterpart."""

everywhere = corpora(CONTINUOUS + DISCONTINUOUS)
sources = st.integers(0, 2**32).map(random.Random)


def plain(corpus: Corpus, side: int) -> list[list[PlainSpan]]:
    return [[(one.start, one.end, one.label) for one in report[side]] for report in corpus]


def swapped(corpus: Corpus) -> Corpus:
    return [(predicted, gold) for gold, predicted in corpus]


def side(row: Row, number: int) -> tuple[int, ...]:
    """The quantities of a row on the gold side (0) or on the predicted one (1)."""
    return tuple(getattr(row, names[number]) for names in SIDES)


def on_side(table: CountTable, match: Match, number: int) -> Floats:
    """The same without missed and spurious for every report and label, of shape (4, reports, labels)."""
    return np.stack([counter(table, *match.quantities[names[number]]) for names in SIDES[:-1]])


# --- order, and which side is which


def shuffled(corpus: Corpus, source: random.Random) -> Corpus:
    """The mentions of each report in another order."""
    return [(source.sample(gold, len(gold)), source.sample(found, len(found))) for gold, found in corpus]


@in_two_sizes(everywhere, sources)
def test_the_order_of_mentions_and_of_reports_never_matters(corpus: Corpus, source: random.Random) -> None:
    there = counted(corpus)
    documents, predictions = documents_of(shuffled(corpus, source))
    source.shuffle(documents)
    back = count_documents(documents, predictions, [view_of(LABELS)], frozenset())
    assert back.select(there.reports) == there


@in_two_sizes(corpora(), sources)
def test_the_order_of_plain_spans_never_matters(corpus: Corpus, source: random.Random) -> None:
    other = shuffled(corpus, source)
    source.shuffle(other)
    assert score_spans(plain(other, 0), plain(other, 1)) == score_spans(plain(corpus, 0), plain(corpus, 1))


TWO_IN_ONE_FRAME = [X(0, 2, 4, 6), Y(0, 1, 3, 6)]
"""Different pieces between the same start and end; both have the overlap 1/4 with [0, 1)."""


def test_the_order_of_gold_mentions_with_the_same_frame_never_matters() -> None:
    there = counted([(TWO_IN_ONE_FRAME, [Z(0, 1)])])
    assert counted([(TWO_IN_ONE_FRAME[::-1], [Z(0, 1)])]) == there


def test_what_other_reports_hold_never_matters_to_mentions_with_the_same_frame() -> None:
    alone = counted([(TWO_IN_ONE_FRAME, [Z(0, 1)])])
    after_another = counted([(TWO_IN_ONE_FRAME[:1], []), (TWO_IN_ONE_FRAME, [Z(0, 1)])])
    assert after_another.values[1].tolist() == alone.values[0].tolist()


@in_two_sizes(everywhere)
def test_swapping_the_sides_swaps_precision_and_recall_of_every_match(corpus: Corpus) -> None:
    there, back = (micro_of(counted(one), SPAN_MATCHES) for one in (corpus, swapped(corpus)))
    for way in SPAN_MATCHES:
        np.testing.assert_array_equal(there[way.name], back[way.name][:, [1, 0, 2]])


@in_two_sizes(everywhere)
def test_swapping_the_sides_swaps_all_counts_of_every_match(corpus: Corpus) -> None:
    there, back = counted(corpus), counted(swapped(corpus))
    for way in SPAN_MATCHES:
        for number in (0, 1):
            one, other = on_side(there, way, number), on_side(back, way, 1 - number)
            assert (one.sum(axis=2) == other.sum(axis=2)).all()
    rows, swapped_rows = rows_of(there, SPAN_MATCHES), rows_of(back, SPAN_MATCHES)
    for way in SPAN_MATCHES:
        one, other = rows[way.name, MICRO], swapped_rows[way.name, MICRO]
        assert (side(one, 0), side(one, 1)) == (side(other, 1), side(other, 0))


# --- sums


def sum_by_report(matching: Matching, chosen: Sequence[bool]) -> list[int]:
    report = matching.gold.report[matching.gold_of]
    return np.bincount(report[np.asarray(chosen)], minlength=REPORTS).tolist()


@in_two_sizes(everywhere)
def test_labels_sum_to_what_the_pairs_say(corpus: Corpus) -> None:
    gold, predicted = (one.spans() for one in gather(*documents_of(corpus), view_of(LABELS), frozenset()))
    matching = match(gold, predicted)
    same, exact, everything = matching.same, matching.exact, np.ones(len(matching.exact), dtype=bool)
    expected = {
        STRICT: (same & exact, ~(same & exact), ~everything),
        PARTIAL: (exact, ~everything, ~exact),
        TYPE: (same, ~same, ~everything),
        OVERLAP: (same & matching.reaches, ~(same & matching.reaches), ~everything),
    }
    table = counted(corpus)
    for one, kinds in expected.items():
        pairs = [sum_by_report(matching, chosen) for chosen in kinds]
        for number in (0, 1):
            assert on_side(table, one, number)[1:].sum(axis=2).tolist() == pairs


@in_two_sizes(everywhere)
def test_rows_of_labels_sum_to_micro_for_every_quantity(corpus: Corpus) -> None:
    rows = rows_of(counted(corpus), SPAN_MATCHES)
    for way in SPAN_MATCHES:
        for number in (0, 1):
            labels = [side(rows[way.name, label], number) for label in LABELS]
            assert tuple(map(sum, zip(*labels, strict=True))) == side(rows[way.name, MICRO], number)


@in_two_sizes(everywhere)
def test_every_mention_has_one_fate(corpus: Corpus) -> None:
    table = counted(corpus)
    for way in (STRICT, PARTIAL, TYPE, OVERLAP):
        for number, alone in enumerate((("missed", "merged"), ("spurious", "split"))):
            everyone, *paired = on_side(table, way, number)
            assert (everyone == sum(paired) + counter(table, *alone)).all()
    for row in rows_of(table, SPAN_MATCHES).values():
        if row.label in (*LABELS, MICRO):
            assert row.gold == row.correct + row.incorrect + row.partial + row.missed
            assert row.predicted == sum(side(row, 1)[1:])
            assert min(side(row, 0) + side(row, 1)) >= 0


@in_two_sizes(everywhere)
def test_no_span_is_counted_twice_in_exact(corpus: Corpus) -> None:
    table = counted(corpus)
    for number in (0, 1):
        everyone, *paired = on_side(table, EXACT, number)
        assert (everyone >= sum(paired)).all()


@in_two_sizes(everywhere)
def test_confusions_sum_to_pairs_and_to_both_sides(corpus: Corpus) -> None:
    table = counted(corpus)
    cells = np.stack([counter(table, found_as(label)) for label in LABELS], axis=2)
    right = counter(table, "strict_correct", "too_long", "too_short", "shifted")
    assert (cells.sum(axis=2) == right + counter(table, "label_gold", "boundary_label_gold")).all()
    assert (cells.sum(axis=1) == right + counter(table, "label_predicted", "boundary_label_predicted")).all()
    assert (cells.diagonal(axis1=1, axis2=2) == right).all()
    shown = confusions(table)
    for name, kept in (("gold", lambda cell: cell.gold), ("predicted", lambda cell: cell.predicted)):
        counts = [sum(cell.count for cell in shown if kept(cell) == label) for label in LABELS]
        assert counts == counter(table, name).sum(axis=0).tolist()


# --- errors


@in_two_sizes(everywhere)
def test_every_mention_that_is_not_strictly_correct_is_in_exactly_one_error(corpus: Corpus) -> None:
    table = counted(corpus)
    gold, correct, incorrect, _ = on_side(table, STRICT, 0).sum(axis=2)
    spurious = counter(table, "predicted").sum(axis=1) - correct - incorrect
    wrong = gold - correct + spurious
    for number, report in enumerate(table.reports):
        errors = error_rows(table.select([report]))
        assert sum(one.count for one in errors if one.label == MICRO) == wrong[number]
        for kind in {one.error for one in errors}:
            counts = {one.label: one.count for one in errors if one.error == kind}
            assert counts.pop(MICRO) == sum(counts.values())


@in_two_sizes(everywhere)
def test_putting_errors_right_never_lowers_f1_and_never_lifts_it_above_1(corpus: Corpus) -> None:
    table = counted(corpus)
    gold = counter(table, "gold")
    for number, report in enumerate(table.reports):
        has_gold = {**dict(zip(LABELS, gold[number], strict=True)), MICRO: gold[number].sum()}
        for one in error_rows(table.select([report])):
            if one.f1_if_fixed is None:
                assert not has_gold[one.label]  # nothing was there, or spurious mentions alone
            else:
                assert one.f1 is not None
                assert one.f1 <= one.f1_if_fixed <= 1


@in_two_sizes(everywhere, sources)
def test_one_more_correct_prediction_never_lowers_strict_or_exact_f1(corpus: Corpus, source: random.Random) -> None:
    better: Corpus = []
    for gold, predicted in corpus:
        unseen = [one for one in gold if one not in predicted]
        better.append((gold, [*predicted, *source.sample(unseen, min(1, len(unseen)))]))
    before, after = (micro_of(counted(one), (STRICT, EXACT)) for one in (corpus, better))
    for way in ("strict", "exact"):
        worse = before[way][:, 2] > after[way][:, 2]
        assert not worse.any()


# --- additivity

SLICINGS = (
    Slicing("length", "length", bounds=(2, 4)),
    Slicing("case", "capitalisation"),
    Slicing("zone", "zone"),
    Slicing("seen", "seen"),
    Slicing("often", "frequency", bounds=(1, 2)),
    Slicing("chained", "coreference"),
)
MIXED_TEXT = "Ab c.D E"
TRAIN = documents_of([([X(0, 2), Y(0, 2), X(3, 4), X(3, 4), Z(4, 5), X(0, 8)], [])], MIXED_TEXT)[0]


def sliced(documents: Sequence[Document], predictions: dict[str, Annotations]) -> CountTable:
    return count_documents(documents, predictions, [view_of(LABELS)], frozenset(), Options(0.3, SLICINGS, TRAIN))


@in_two_sizes(everywhere, sources)
def test_tables_of_two_parts_add_up_to_the_table_of_the_whole(corpus: Corpus, source: random.Random) -> None:
    documents, predictions = documents_of(corpus, MIXED_TEXT)
    predictions = with_unaligned(predictions, [source.randrange(3) for _ in documents])
    parts: tuple[list[Document], list[Document]] = ([], [])
    for document in documents:
        parts[source.randrange(2)].append(document)
    whole = sliced(documents, predictions)
    added = (sliced(parts[0], predictions) + sliced(parts[1], predictions)).select(whole.reports)
    places = {column: place for place, column in enumerate(added.columns)}
    assert places.keys() == set(whole.columns)
    values = added.values[:, [places[column] for column in whole.columns]]
    np.testing.assert_allclose(values, whole.values, rtol=0, atol=1e-12)


def test_tables_add_up_where_gold_is_nested_in_one_part_only() -> None:
    documents, predictions = documents_of([([X(0, 4), Y(1, 2)], []), ([X(0, 4)], [])])
    view = [view_of(LABELS)]
    parts = [count_documents([one], predictions, view, frozenset()) for one in documents]
    assert parts[0] + parts[1] == count_documents(documents, predictions, view, frozenset())


@in_two_sizes(everywhere)
def test_slices_of_mentions_sum_to_all_mentions(corpus: Corpus) -> None:
    documents, predictions = documents_of(corpus, MIXED_TEXT)
    table = sliced(documents, predictions)
    for slicing in SLICINGS:
        for name in ("gold", "strict_correct") if slicing.gold_only else ("gold", "strict_correct", "predicted"):
            parts = [
                number
                for number, column in enumerate(table.columns)
                if column.slice.startswith(f"{slicing.name}=") and column.counter == name
            ]
            assert (table.values[:, parts].sum(axis=1) == counter(table, name).sum(axis=1)).all()


def test_the_rows_of_spans_are_those_of_documents() -> None:
    corpus: Corpus = [([X(0, 3), Y(2, 5)], [X(0, 3), Z(2, 6), Y(6, 7)]), ([Z(1, 2)], [Y(1, 2), X(0, 2)])]
    found = score_spans(plain(corpus, 0), plain(corpus, 1))
    assert {(row.match, row.label): row for row in found} == {
        key: msgspec.structs.replace(row, reports=1) for key, row in rows_of(counted(corpus), SPAN_MATCHES).items()
    }


@pytest.mark.parametrize("reports", [0, 1, 2])
def test_where_nothing_occurs_there_are_undefined_averages_and_no_labels(reports: int) -> None:
    rows = score_spans([[]] * reports, [[]] * reports)
    assert [row.label for row in rows] == list(AVERAGES) * len(SPAN_MATCHES)
    assert {(row.gold, row.predicted, row.correct, row.precision, row.recall, row.f1) for row in rows} == {
        (0, 0, 0, None, None, None)
    }
