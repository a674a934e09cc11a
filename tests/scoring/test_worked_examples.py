"""The worked examples of docs/measures.md, number by number."""

from fractions import Fraction

import numpy as np
import pytest

from harness.scoring.anatomy import error_rows
from harness.scoring.calibration import average_precision, curve
from harness.scoring.plain import score_spans, score_tags, span_table

GOLD = [(0, 3, "GPE"), (10, 14, "ORG"), (20, 25, "GPE")]
PREDICTED = [(0, 3, "GPE"), (10, 14, "GPE"), (20, 22, "GPE"), (30, 32, "ORG")]


@pytest.mark.parametrize(
    ("match", "categories", "measures"),
    [
        ("strict", (1, 2, 0, 0, 1), ("1/4", "1/3", "2/7")),
        ("exact", (2, 1, 0, 0, 1), ("2/4", "2/3", "4/7")),
        ("partial", (2, 0, 1, 0, 1), ("5/8", "5/6", "5/7")),
        ("type", (2, 1, 0, 0, 1), ("2/4", "2/3", "4/7")),
        ("overlap", (1, 2, 0, 0, 1), ("1/4", "1/3", "2/7")),
    ],
)
def test_matches(match: str, categories: tuple[int, ...], measures: tuple[str, str, str]) -> None:
    row = next(row for row in score_spans([GOLD], [PREDICTED]) if (row.match, row.label) == (match, "micro"))
    assert (row.correct, row.incorrect, row.partial, row.missed, row.spurious) == categories
    assert [row.precision, row.recall, row.f1] == pytest.approx([float(Fraction(one)) for one in measures])


def test_exact_scores_by_label_may_differ_between_the_sides() -> None:
    org = next(row for row in score_spans([GOLD], [PREDICTED]) if (row.match, row.label) == ("exact", "ORG"))
    assert (org.recall, org.precision) == (1.0, 0.0)


def test_errors_and_what_fixing_them_would_give() -> None:
    rows = {row.error: row for row in error_rows(span_table([GOLD], [PREDICTED])) if row.label == "micro" and row.count}
    assert {error: row.count for error, row in rows.items()} == {"label": 1, "too short": 1, "spurious": 1}
    fixed = {error: row.f1_if_fixed for error, row in rows.items()}
    assert fixed == pytest.approx({"label": 4 / 7, "too short": 4 / 7, "spurious": 1 / 3})


def test_a_prediction_over_two_gold_mentions() -> None:
    rows = error_rows(span_table([[(0, 12, "A"), (14, 17, "B")]], [[(0, 17, "A")]]))
    assert {row.error: row.count for row in rows if row.label == "micro" and row.count} == {"too long": 1, "merged": 1}


def test_a_sequence_that_iob2_forbids() -> None:
    tags = [["I-PER", "O", "I-LOC", "I-LOC"]]
    rows = {row.match: row for row in score_tags(tags, tags) if row.label == "micro"}
    lenient, strict = rows["sequence-conlleval"], rows["sequence-strict"]
    assert (lenient.gold, lenient.predicted, lenient.correct, lenient.f1) == (2, 2, 2, 1.0)
    assert (strict.gold, strict.predicted, strict.correct, strict.f1) == (0, 0, 0, None)


def test_confidences() -> None:
    points = curve(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), gold=2)
    assert average_precision(points) == pytest.approx(5 / 6)
    assert [point.f1 for point in points] == pytest.approx([2 / 3, 1 / 2, 4 / 5])
