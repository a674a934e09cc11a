"""Counting mentions: tables by hand, and set arithmetic."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from harness.annotation import Annotations, Mention, Report, UnalignedMention, Zone
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.counting import count_documents
from harness.scoring.matches import EXACT, STRICT
from harness.scoring.measures import MICRO
from harness.scoring.mentions import COUNTERS
from harness.scoring.table import CountTable
from tests.scoring.cases import (
    CONTINUOUS,
    DISCONTINUOUS,
    LABELS,
    Corpus,
    Counts,
    ReportMentions,
    X,
    Y,
    Z,
    corpora,
    counted,
    counts_of,
    documents_of,
    in_two_sizes,
    micro_of,
    none_for_nan,
    only,
    quantities,
    view_of,
)

RIGHT = {
    label: {
        **only(gold=1, predicted=1, strict_correct=1, exact_gold=1, exact_predicted=1),
        **only(exact_correct_gold=1, exact_correct_predicted=1),
        f"found_as {label}": 1,
    }
    for label in LABELS
}
"""One gold mention, predicted as it is."""
PAIR = {
    **only(gold=1, predicted=1, exact_gold=1, exact_predicted=1, exact_incorrect_gold=1, exact_incorrect_predicted=1),
    **only(found_as_X=1),
}
"""One gold mention, predicted with the same label X and another span."""
GOLD_OF_PAIR = only(gold=1, exact_gold=1, exact_incorrect_gold=1)
PREDICTED_OF_PAIR = only(predicted=1, exact_predicted=1, exact_incorrect_predicted=1)
MISSED = only(gold=1, exact_gold=1, missed=1)
SPURIOUS = only(predicted=1, exact_predicted=1, spurious=1)


COUNTS = [
    pytest.param([], [], {}, id="nothing"),
    pytest.param([X(0, 1)], [X(0, 1)], {"X": RIGHT["X"]}, id="right"),
    pytest.param([X(0, 1)], [], {"X": MISSED}, id="missed"),
    pytest.param([], [X(0, 1)], {"X": SPURIOUS}, id="spurious"),
    pytest.param([X(0, 1)], [X(1, 2)], {"X": {**MISSED, **SPURIOUS}}, id="beside each other: missed and spurious"),
    pytest.param([X(2, 4)], [X(1, 5)], {"X": PAIR | only(too_long=1, reaching=1)}, id="too long, 2/4 of overlap"),
    pytest.param([X(2, 4)], [X(2, 5)], {"X": PAIR | only(too_long=1, reaching=1)}, id="too long at one end"),
    pytest.param([X(2, 4)], [X(0, 5)], {"X": PAIR | only(too_long=1, below=1)}, id="too long, 2/5 of overlap"),
    pytest.param([X(0, 5)], [X(0, 3)], {"X": PAIR | only(too_short=1, reaching=1)}, id="too short, 3/5 of overlap"),
    pytest.param([X(0, 5)], [X(1, 3)], {"X": PAIR | only(too_short=1, below=1)}, id="too short, 2/5 of overlap"),
    pytest.param([X(0, 4)], [X(1, 5)], {"X": PAIR | only(shifted=1, reaching=1)}, id="shifted, 3/5 of overlap"),
    pytest.param([X(0, 4)], [X(3, 6)], {"X": PAIR | only(shifted=1, below=1)}, id="shifted, 1/6 of overlap"),
    pytest.param(
        [X(0, 2, 4, 6)],
        [X(0, 1, 3, 6)],
        {"X": PAIR | only(shifted=1, reaching=1)},
        id="shifted: other pieces, as long, between the same edges",
    ),
    pytest.param(
        [X(0, 2)],
        [Y(0, 2)],
        {
            "X": only(gold=1, exact_gold=1, exact_correct_gold=1, label_gold=1, found_as_Y=1),
            "Y": only(predicted=1, exact_predicted=1, exact_correct_predicted=1, label_predicted=1),
        },
        id="label",
    ),
    pytest.param(
        [X(0, 3)],
        [Y(0, 2)],
        {
            "X": GOLD_OF_PAIR | only(boundary_label_gold=1, found_as_Y=1),
            "Y": PREDICTED_OF_PAIR | only(boundary_label_predicted=1),
        },
        id="boundary and label",
    ),
    pytest.param(
        [X(0, 12), Y(14, 17)],
        [X(0, 17)],
        {"X": PAIR | only(too_long=1, reaching=1), "Y": only(gold=1, exact_gold=1, merged=1)},
        id="merged: 12/17 for the one with its label",
    ),
    pytest.param(
        [X(0, 1), X(1, 2)],
        [X(0, 2)],
        {"X": PAIR | only(gold=2, exact_gold=2, too_long=1, reaching=1, merged=1)},
        id="merged: one over two adjacent ones",
    ),
    pytest.param(
        [X(0, 5)],
        [X(0, 1), X(2, 5)],
        {"X": PAIR | only(predicted=2, exact_predicted=2, too_short=1, reaching=1, split=1)},
        id="split: 3/5 for the longer one",
    ),
    pytest.param(
        [X(0, 5)],
        [Y(0, 4), X(4, 5)],
        {
            "X": PAIR | only(too_short=1, below=1),
            "Y": only(predicted=1, exact_predicted=1, split=1),
        },
        id="split: the one with its label, though 1/5",
    ),
    pytest.param([X(0, 1)], [Y(0, 3), X(0, 1)], {"X": RIGHT["X"], "Y": SPURIOUS}, id="an overlap beside an exact one"),
    pytest.param(
        [X(0, 1), X(0, 3)], [X(0, 1)], {"X": RIGHT["X"] | only(gold=2, exact_gold=2, missed=1)}, id="nested gold"
    ),
    pytest.param([X(0, 5), Y(1, 3)], [Y(1, 3)], {"X": MISSED, "Y": RIGHT["Y"]}, id="nested gold, the inner one"),
    pytest.param(
        [X(0, 6), X(2, 4)],
        [X(1, 5)],
        {"X": PAIR | only(gold=2, exact_gold=2, too_short=1, reaching=1, merged=1)},
        id="nested gold, between the two: 4/6 for the outer one",
    ),
    pytest.param([X(0, 1), X(0, 1)], [X(0, 1)] * 3, {"X": RIGHT["X"]}, id="duplicates count once"),
    pytest.param([X(0, 2, 3, 4)], [X(0, 2, 3, 4)], {"X": RIGHT["X"]}, id="discontinuous and right"),
    pytest.param(
        [X(0, 1, 3, 4)], [X(0, 4)], {"X": PAIR | only(too_long=1, reaching=1)}, id="discontinuous, gap filled: 2/4"
    ),
    pytest.param(
        [X(0, 4)], [X(0, 1, 3, 4)], {"X": PAIR | only(too_short=1, reaching=1)}, id="discontinuous prediction: 2/4"
    ),
    pytest.param([X(0, 1, 3, 4)], [X(1, 3)], {"X": {**MISSED, **SPURIOUS}}, id="only the gap"),
    pytest.param(
        [X(0, 1)],
        [Y(0, 1), X(0, 1)],
        {"X": RIGHT["X"], "Y": only(predicted=1, spurious=1)},
        id="two labels predicted on one span: one span, under the right label",
    ),
    pytest.param(
        [X(0, 1), Y(0, 1)],
        [Y(0, 1)],
        {"X": only(gold=1, missed=1), "Y": RIGHT["Y"]},
        id="two gold labels on one span: one span, under the right label",
    ),
    pytest.param(
        [X(0, 1), Y(0, 1)],
        [Z(0, 1)],
        {
            "X": only(gold=1, exact_gold=1, exact_correct_gold=1, label_gold=1, found_as_Z=1),
            "Y": only(gold=1, missed=1),
            "Z": only(predicted=1, exact_predicted=1, exact_correct_predicted=1, label_predicted=1),
        },
        id="two gold labels on one span, none of them right: the first of the view",
    ),
    pytest.param(
        [X(0, 2), Y(0, 2)],
        [Y(0, 2), Z(0, 2)],
        {
            "X": only(gold=1, label_gold=1, found_as_Z=1),
            "Y": RIGHT["Y"],
            "Z": only(predicted=1, label_predicted=1),
        },
        id="two labels on both sides: one right, the others paired",
    ),
    pytest.param(
        [X(0, 2), Y(0, 2)],
        [X(0, 2), Y(0, 2)],
        {
            "X": RIGHT["X"],
            "Y": only(gold=1, predicted=1, strict_correct=1, found_as_Y=1),
        },
        id="two labels on both sides, both right: still one span",
    ),
    pytest.param(
        [X(0, 3), Y(0, 3)],
        [Z(1, 3)],
        {
            "X": GOLD_OF_PAIR | only(boundary_label_gold=1, found_as_Z=1),
            "Y": only(gold=1, merged=1),
            "Z": PREDICTED_OF_PAIR | only(boundary_label_predicted=1),
        },
        id="two gold labels under one overlapping prediction: the second is merged",
    ),
]


@pytest.mark.parametrize(("gold", "predicted", "expected"), COUNTS)
def test_counts_by_label(gold: list[Mention], predicted: list[Mention], expected: Counts) -> None:
    text = "." * 20
    assert counts_of(counted([(gold, predicted)], text=text)) == expected
    assert counts_of(counted([(gold[::-1], predicted[::-1])], text=text)) == expected


def test_every_counter_of_mentions_occurs_in_the_table_above() -> None:
    expected = [counts for row in COUNTS for counts in row.values[2].values()]
    assert {name for counts in expected for name in counts} >= set(COUNTERS)


# --- what of a report counts

FOLD = View("coarse", ("C", "D"), {"A": "C", "B": "C", "E": "D"}, {"a": "C", "b": "C"}, ("junk",))
RIGHT_C = {**{name: count for name, count in RIGHT["X"].items() if name != "found_as X"}, "found_as C": 1}


def folded(gold: Iterable[Mention], prediction: Annotations | None, zones: Sequence[Zone] = ()) -> CountTable:
    """The table of one report of ten characters in a view that folds two labels into one."""
    document = Document(Report("r", "0123456789", zones=tuple(zones)), Annotations("r", tuple(gold)))
    return count_documents([document], {"r": prediction} if prediction else {}, [FOLD], frozenset({"furniture"}))


FURNITURE = Zone("furniture", 5, 10)


@pytest.mark.parametrize(
    ("gold", "predicted", "zones", "expected"),
    [
        pytest.param([Mention(0, 2, "A")], [Mention(0, 2, "b")], [], {"C": RIGHT_C}, id="mapped to the same label"),
        pytest.param(
            [Mention(0, 2, "A"), Mention(0, 2, "B")],
            [Mention(0, 2, "b"), Mention(0, 2, "a")],
            [],
            {"C": RIGHT_C},
            id="two labels that become one are one mention",
        ),
        pytest.param([Mention(0, 2, "A")], [Mention(0, 2, "junk")], [], {"C": MISSED}, id="label without a target"),
        pytest.param([Mention(0, 2, "P")], [Mention(0, 2, "a")], [], {"C": SPURIOUS}, id="gold label outside the view"),
        pytest.param([Mention(0, 2, "E")], [], [], {"D": MISSED}, id="label that the backend does not know"),
        pytest.param([Mention(6, 8, "A")], [Mention(6, 8, "a")], [FURNITURE], {}, id="within an ignored zone"),
        pytest.param([], [Mention(5, 10, "a")], [FURNITURE], {}, id="a whole ignored zone"),
        pytest.param([], [Mention(4, 7, "a")], [FURNITURE], {"C": SPURIOUS}, id="across the edge of an ignored zone"),
        pytest.param([], [Mention(3, 7, "a")], [FURNITURE, Zone("furniture", 0, 5)], {}, id="across two that touch"),
        pytest.param([], [Mention(3, 7, "a")], [FURNITURE, Zone("furniture", 2, 6)], {}, id="across two that overlap"),
        pytest.param(
            [Mention(6, 8, "A")], [], [Zone("article", 5, 10)], {"C": MISSED}, id="within a zone that is not ignored"
        ),
        pytest.param(
            [Mention(5, 9, "A", fragments=((5, 6), (8, 9)))],
            [],
            [FURNITURE],
            {},
            id="discontinuous within an ignored zone",
        ),
    ],
)
def test_views_and_zones(gold: list[Mention], predicted: list[Mention], zones: list[Zone], expected: Counts) -> None:
    assert counts_of(folded(gold, Annotations("r", tuple(predicted)), zones)) == expected


def test_unaligned_mentions_are_spurious_each_for_itself() -> None:
    ghosts = tuple(UnalignedMention("Ghost", label) for label in ("a", "a", "b", "junk"))
    prediction = Annotations("r", (Mention(0, 2, "a"),), unaligned=ghosts)
    expected = RIGHT_C | only(predicted=4, exact_predicted=4, spurious=3)
    assert counts_of(folded([Mention(0, 2, "A")], prediction, [FURNITURE])) == {"C": expected}


def test_unaligned_mentions_of_one_report_touch_no_mention_of_the_next() -> None:
    documents = [Document(Report(name, "0123"), Annotations(name, (Mention(0, 4, "A"),))) for name in ("r", "s", "t")]
    ghosts = tuple(UnalignedMention("Ghost", "a") for _ in range(9))
    predictions = {name: Annotations(name, unaligned=ghosts) for name in ("r", "s")}
    table = count_documents(documents, predictions, [FOLD], frozenset())
    assert counts_of(table)["C"] == only(gold=3, exact_gold=3, missed=3, predicted=18, exact_predicted=18, spurious=18)


def test_a_missing_prediction_counts_as_empty() -> None:
    assert counts_of(folded([Mention(0, 2, "A")], None)) == {"C": MISSED}


def test_views_are_counted_side_by_side() -> None:
    corpus: Corpus = [([X(0, 2)], [Y(0, 2)])]
    both = View("coarse", ("C",), dict.fromkeys(LABELS, "C"), dict.fromkeys(LABELS, "C"))
    table = count_documents(*documents_of(corpus), [view_of(LABELS), both], frozenset())
    totals = {
        (one.view, one.label): value
        for one, value in zip(table.columns, table.totals, strict=True)
        if one.counter == "strict_correct"
    }
    assert totals == {("fine", "X"): 0, ("fine", "Y"): 0, ("fine", "Z"): 0, ("coarse", "C"): 1}


# --- set arithmetic


def by_sets(report: ReportMentions) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Gold, predicted, correct gold and correct predicted by match and label, from the definitions with sets alone."""
    gold, predicted = set(report[0]), set(report[1])
    labels_at = [
        {spans: sorted(one.label for one in side if one.spans == spans) for spans in {m.spans for m in side}}
        for side in (gold, predicted)
    ]

    def stands_under(side: int, spans: tuple[tuple[int, int], ...]) -> str:
        agreed = sorted(set(labels_at[0].get(spans, [])) & set(labels_at[1].get(spans, [])))
        return (agreed or labels_at[side][spans])[0]

    found = {}
    for label in LABELS:
        own = [{one for one in side if one.label == label} for side in (gold, predicted)]
        right = len(own[0] & own[1])
        found["strict", label] = len(own[0]), len(own[1]), right, right
        spans = [{one for one in labels_at[side] if stands_under(side, one) == label} for side in (0, 1)]
        correct = [sum(one in labels_at[1 - side] for one in spans[side]) for side in (0, 1)]
        found["exact", label] = len(spans[0]), len(spans[1]), correct[0], correct[1]
    both = len(labels_at[0].keys() & labels_at[1].keys())
    found["exact", MICRO] = len(labels_at[0]), len(labels_at[1]), both, both
    found["strict", MICRO] = len(gold), len(predicted), len(gold & predicted), len(gold & predicted)
    return found


@in_two_sizes(corpora(CONTINUOUS + DISCONTINUOUS))
def test_strict_and_exact_are_set_arithmetic(corpus: Corpus) -> None:
    table = counted(corpus)
    scores = micro_of(table, (STRICT, EXACT))
    names = ("gold", "predicted", "correct", "correct_predicted")
    for match in (STRICT, EXACT):
        found = np.stack([quantities(table, match)[name] for name in names], axis=2)
        for number, expected in enumerate(map(by_sets, corpus)):
            by_label = {label: tuple(found[number, place]) for place, label in enumerate(LABELS)}
            micro = tuple(found[number].sum(axis=0))
            assert {**by_label, MICRO: micro} == {label: expected[match.name, label] for label in (*LABELS, MICRO)}
            gold, predicted, correct, _ = micro
            by_hand = [correct / predicted if predicted else None, correct / gold if gold else None]
            assert none_for_nan(scores[match.name][number])[:2] == by_hand
            if gold + predicted:
                assert scores[match.name][number, 2] == pytest.approx(2 * correct / (gold + predicted), rel=1e-15)
