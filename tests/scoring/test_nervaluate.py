"""Against nervaluate 1.2.1: equal where its left-to-right matching has no choice, and where it has, how they differ."""

from collections.abc import Sequence

import numpy as np
import pytest
from nervaluate.entities import EvaluationResult
from nervaluate.evaluator import Evaluator

from harness.annotation import Mention
from harness.scoring.matches import EXACT, PARTIAL, STRICT, TYPE, Match
from harness.scoring.measures import Row
from harness.scoring.table import CountTable
from tests.scoring.cases import (
    LABELS,
    Corpus,
    ReportMentions,
    X,
    Y,
    corpora,
    counted,
    in_two_sizes,
    micro_of,
    quantities,
    rows_of,
    without_overlaps,
)

STRATEGIES = {"strict": STRICT, "exact": EXACT, "partial": PARTIAL, "ent_type": TYPE}
"""Our matches by nervaluate's names."""
Counts = tuple[int, int, int, int, int]
"""Correct, incorrect, partial, missed, spurious."""


def as_dicts(mentions: Sequence[Mention]) -> list[dict[str, object]]:
    """Mentions as nervaluate takes them: its `end` is the last character, not the one behind it."""
    return [{"label": one.label, "start": one.start, "end": one.end - 1} for one in mentions]


def theirs(corpus: Corpus) -> dict[str, EvaluationResult]:
    gold, predicted = ([as_dicts(report[side]) for report in corpus] for side in (0, 1))
    found: dict[str, EvaluationResult] = Evaluator(gold, predicted, tags=list(LABELS), loader="dict").evaluate()[
        "overall"
    ]
    return found


def their_label(report: ReportMentions, strategy: str, label: str) -> EvaluationResult:
    sides = ([as_dicts(side)] for side in report)
    found: EvaluationResult = Evaluator(*sides, tags=list(LABELS), loader="dict").evaluate()["entities"][label][
        strategy
    ]
    return found


def counts_of(found: EvaluationResult | Row) -> Counts:
    return found.correct, found.incorrect, found.partial, found.missed, found.spurious


def overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def unambiguous(report: ReportMentions) -> ReportMentions:
    """What is left when no two of a side overlap, and none overlaps two of the other side."""
    gold = without_overlaps(report[0])
    kept: list[Mention] = []
    for one in without_overlaps(report[1]):
        touched = [other for other in gold if overlap(one, other)]
        if len(touched) < 2 and not any(overlap(touched[0], other) for other in kept if touched):
            kept.append(one)
    return gold, kept


@in_two_sizes(corpora().map(lambda corpus: [unambiguous(report) for report in corpus]))
def test_equal_to_nervaluate_where_nothing_is_ambiguous(corpus: Corpus) -> None:
    table = counted(corpus)
    scores = {name: np.nan_to_num(values) for name, values in micro_of(table, list(STRATEGIES.values())).items()}
    rows = rows_of(table, list(STRATEGIES.values()))
    numbers = {match.name: by_report(table, match) for match in STRATEGIES.values()}
    for number, report in enumerate(corpus):
        for strategy, expected in theirs([report]).items():
            match = STRATEGIES[strategy].name
            assert numbers[match][number] == counts_of(expected)
            assert scores[match][number].tolist() == [expected.precision, expected.recall, expected.f1]
    for strategy, expected in theirs(corpus).items():
        row = rows[STRATEGIES[strategy].name, "micro"]
        assert counts_of(row) == counts_of(expected)
        assert [row.precision or 0, row.recall or 0] == [expected.precision, expected.recall]
        assert (row.f1 or 0) == expected.f1


def by_report(table: CountTable, match: Match) -> list[Counts]:
    """The micro counts of every report."""
    found = {name: values.sum(axis=1).astype(int) for name, values in quantities(table, match).items()}
    missed = found["gold"] - found["correct"] - found["incorrect"] - found["partial"]
    right = found["correct_predicted"] + found["incorrect_predicted"] + found["partial_predicted"]
    columns = (found["correct"], found["incorrect"], found["partial"], missed, found["predicted"] - right)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("gold", "predicted", "strategy", "ours", "nervaluates"),
    [
        pytest.param(
            [X(0, 1)], [X(0, 1), Y(0, 3)], "strict", (1, 0, 0, 0, 1), (1, 0, 0, 0, 1), id="the exact prediction first"
        ),
        pytest.param(
            [X(0, 1)],
            [Y(0, 3), X(0, 1)],
            "strict",
            (1, 0, 0, 0, 1),
            (0, 1, 0, 0, 1),
            id="order of predictions: there, the first that overlaps takes the gold mention",
        ),
        pytest.param(
            [X(0, 1)],
            [Y(0, 3), X(0, 1)],
            "exact",
            (1, 0, 0, 0, 1),
            (0, 1, 0, 0, 1),
            id="order of predictions, without labels",
        ),
        pytest.param(
            [X(0, 1)],
            [Y(0, 3), X(0, 1)],
            "partial",
            (1, 0, 0, 0, 1),
            (0, 0, 1, 0, 1),
            id="order of predictions, half credit for the wrong one",
        ),
        pytest.param(
            [X(0, 3), X(4, 9)],
            [X(2, 9), X(0, 1)],
            "strict",
            (0, 2, 0, 0, 0),
            (0, 1, 0, 1, 1),
            id="one prediction over two gold mentions: there, it takes the first, which the other needs",
        ),
        pytest.param(
            [X(0, 3), X(4, 9)],
            [X(2, 9), X(0, 1)],
            "partial",
            (0, 0, 2, 0, 0),
            (0, 0, 1, 1, 1),
            id="one prediction over two gold mentions, half credit",
        ),
        pytest.param(
            [X(0, 9)],
            [Y(0, 2), X(3, 9)],
            "ent_type",
            (1, 0, 0, 0, 1),
            (0, 1, 0, 0, 1),
            id="two predictions in a gold mention: there, the first takes it with the wrong label",
        ),
        pytest.param(
            [X(0, 1)], [X(0, 1), X(0, 1)], "strict", (1, 0, 0, 0, 0), (1, 0, 0, 0, 1), id="duplicates: ours count once"
        ),
        pytest.param(
            [X(0, 1), Y(0, 1)],
            [X(0, 1)],
            "exact",
            (1, 0, 0, 0, 0),
            (1, 0, 0, 1, 0),
            id="two labels on one span: without labels it is one for us, two there",
        ),
    ],
)
def test_where_we_differ(
    gold: list[Mention], predicted: list[Mention], strategy: str, ours: Counts, nervaluates: Counts
) -> None:
    corpus: Corpus = [(gold, predicted)]
    match = STRATEGIES[strategy]
    assert counts_of(rows_of(counted(corpus, text="." * 9), [match])[match.name, "micro"]) == ours
    assert counts_of(theirs(corpus)[strategy]) == nervaluates


@pytest.mark.parametrize(
    ("gold", "predicted", "strategy", "ours", "nervaluates"),
    [
        pytest.param(
            [X(0, 2)],
            [Y(0, 2)],
            "strict",
            {"X": (0, 1, 0, 0, 0), "Y": (0, 0, 0, 0, 0), "micro": (0, 1, 0, 0, 0)},
            {"X": (0, 0, 0, 1, 0), "Y": (0, 0, 0, 0, 1), "micro": (0, 1, 0, 0, 0)},
            id="another label: there, labels are parted before anything is matched",
        ),
        pytest.param(
            [X(0, 2)],
            [Y(0, 2)],
            "exact",
            {"X": (1, 0, 0, 0, 0), "Y": (0, 0, 0, 0, 0), "micro": (1, 0, 0, 0, 0)},
            {"X": (0, 0, 0, 1, 0), "Y": (0, 0, 0, 0, 1), "micro": (1, 0, 0, 0, 0)},
            id="another label, matched without labels: there, correct overall but for no label",
        ),
        pytest.param(
            [X(0, 4), Y(4, 6)],
            [X(2, 6)],
            "partial",
            {"X": (0, 0, 1, 0, 0), "Y": (0, 0, 0, 1, 0), "micro": (0, 0, 1, 1, 0)},
            {"X": (0, 0, 1, 0, 0), "Y": (0, 0, 0, 1, 0), "micro": (0, 0, 1, 1, 0)},
            id="the same label: no difference",
        ),
    ],
)
def test_labels_sum_to_micro_for_us_but_not_for_nervaluate(
    gold: list[Mention],
    predicted: list[Mention],
    strategy: str,
    ours: dict[str, Counts],
    nervaluates: dict[str, Counts],
) -> None:
    match = STRATEGIES[strategy]
    rows = rows_of(counted([(gold, predicted)]), [match])
    assert {label: counts_of(rows[match.name, label]) for label in ("X", "Y", "micro")} == ours
    their_labels = {label: counts_of(their_label((gold, predicted), strategy, label)) for label in ("X", "Y")}
    assert {**their_labels, "micro": counts_of(theirs([(gold, predicted)])[strategy])} == nervaluates
