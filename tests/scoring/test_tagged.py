"""Mentions counted as tags: tables by hand, and seqeval on the tags of the same mentions."""

import random
from collections.abc import Iterable

import pytest
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as conlleval
from seqeval.metrics.v1 import precision_recall_fscore_support as strict
from seqeval.scheme import IOB2

from harness.annotation import Mention
from harness.scoring.counting import count_documents
from harness.scoring.matches import SEQUENCES, STRICT
from harness.scoring.measures import AVERAGES, Scoresheet
from tests.scoring.cases import (
    TWELVE,
    Corpus,
    Counts,
    X,
    Y,
    corpora,
    counted,
    counts_of,
    documents_of,
    in_two_sizes,
    mention,
    micro_of,
    none_for_nan,
    only,
    rows_of,
    view_of,
    without_overlaps,
)

SEQUENCE_RIGHT = {
    f"sequence_{policy}_{what}": 1 for policy in ("conlleval", "strict") for what in ("gold", "predicted", "correct")
}
SEQUENCE_GOLD, SEQUENCE_PREDICTED = (
    {name: 1 for name in SEQUENCE_RIGHT if name.endswith(what)} for what in ("gold", "predicted")
)


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        pytest.param([X(4, 8)], [X(4, 8)], {"X": SEQUENCE_RIGHT}, id="right"),
        pytest.param([X(4, 8)], [Y(4, 8)], {"X": SEQUENCE_GOLD, "Y": SEQUENCE_PREDICTED}, id="label"),
        pytest.param(
            [X(4, 8)], [X(4, 7)], {"X": SEQUENCE_RIGHT | only(realigned_predicted=1)}, id="a prediction within a token"
        ),
        pytest.param([X(4, 7)], [X(4, 8)], {"X": SEQUENCE_RIGHT | only(realigned_gold=1)}, id="gold within a token"),
        pytest.param(
            [X(4, 8)],
            [X(4, 8), Y(0, 8)],
            {"X": SEQUENCE_GOLD | only(untaggable_predicted=1), "Y": SEQUENCE_PREDICTED},
            id="overlapping predictions: the earlier one is tagged",
        ),
        pytest.param(
            [X(4, 8)],
            [X(4, 8), Y(4, 14)],
            {"X": SEQUENCE_GOLD | only(untaggable_predicted=1), "Y": SEQUENCE_PREDICTED},
            id="of two that begin together the longer",
        ),
        pytest.param(
            [X(4, 8)],
            [X(4, 8, 9, 14)],
            {"X": SEQUENCE_GOLD | only(untaggable_predicted=1)},
            id="a discontinuous prediction",
        ),
        pytest.param(
            [Y(0, 3)],
            [X(0, 2), Y(0, 3)],
            {"X": only(untaggable_predicted=1), "Y": SEQUENCE_RIGHT},
            id="of two that begin together in one token the longer",
        ),
        pytest.param([], [X(8, 9)], {"X": only(untaggable_predicted=1)}, id="white space alone"),
    ],
)
def test_mentions_as_tags(gold: list[Mention], predicted: list[Mention], expected: Counts) -> None:
    table = counted([(gold, predicted)], text="pro-Kiev rally")
    assert counts_of(table, sequences=True) == expected
    assert counts_of(counted([(gold[::-1], predicted[::-1])], text="pro-Kiev rally"), sequences=True) == expected


@pytest.mark.parametrize(
    "gold",
    [
        pytest.param([X(0, 8), X(4, 8)], id="nested"),
        pytest.param([X(0, 3), X(4, 5), X(6, 8)], id="two of one token"),
        pytest.param([X(0, 3, 4, 8)], id="discontinuous"),
        pytest.param([X(0, 3), X(8, 9)], id="white space alone"),
    ],
)
def test_gold_that_tags_cannot_hold_is_counted_and_has_no_sequence_rows(gold: list[Mention]) -> None:
    table = counted([(gold, [X(0, 3)])], text="pro-Kiev rally")
    assert counts_of(table, sequences=True)["X"]["untaggable_gold"] == 1
    assert {match for match, _ in rows_of(table)} == {"strict", "exact", "partial", "type", "overlap"}


def tagged(mentions: Iterable[Mention], size: int) -> list[str]:
    """Mentions that do not overlap as IOB2 tags over characters."""
    tags = ["O"] * size
    for one in mentions:
        tags[one.start : one.end] = [f"B-{one.label}"] + [f"I-{one.label}"] * (one.end - one.start - 1)
    return tags


def flat(corpus: Corpus) -> Corpus:
    """The corpus without overlaps on a side, every second report with some of its gold predicted."""
    return [
        (gold, without_overlaps([*gold[: number % 2 * 2], *predicted]))
        for number, (gold, predicted) in enumerate((without_overlaps(gold), predicted) for gold, predicted in corpus)
    ]


def as_we_say_it(scores: tuple[float, float, float, int], predicted: int) -> list[float | None]:
    """Scores of seqeval, which says 0 where nothing was predicted, or where there is no gold."""
    precision, recall, f1, gold = scores
    return [precision if predicted else None, recall if gold else None, f1 if gold or predicted else None]


@in_two_sizes(corpora().map(flat))
def test_micro_scores_of_every_report_equal_seqeval_on_its_tags(corpus: Corpus) -> None:
    found = micro_of(counted(corpus), (STRICT, *SEQUENCES))
    for number, sides in enumerate(corpus):
        tags = [[tagged(side, 8)] for side in sides]
        size = len(sides[1])
        expected = as_we_say_it(strict(*tags, scheme=IOB2, average="micro", zero_division=0), size)
        assert none_for_nan(found["strict"][number]) == expected
        assert none_for_nan(found["sequence-strict"][number]) == expected
        lenient = as_we_say_it(conlleval(*tags, average="micro", zero_division=0), size)
        assert none_for_nan(found["sequence-conlleval"][number]) == lenient


@pytest.mark.parametrize("seed", range(10))
def test_averages_of_every_report_equal_seqeval_whatever_the_order_of_labels(seed: int) -> None:
    source = random.Random(seed)
    size = 60
    corpus: Corpus = []
    for _ in range(10):
        labels = source.sample(TWELVE, source.randint(1, 12))
        gold = [mention(source.choice(labels), at, at + 1) for at in range(size) if source.random() < 0.6]
        found = [mention(source.choice(labels), at, at + 1) for at in range(size) if source.random() < 0.3]
        corpus.append((gold, without_overlaps([*source.sample(gold, len(gold) // 2), *found])))
    table = count_documents(*documents_of(corpus, "." * size), [view_of(TWELVE)], frozenset())
    sheet = Scoresheet(table, {"fine": TWELVE}, SEQUENCES, by_label=False, scopes=("all",))
    measures = sheet.measures(sheet.sums(table.values)).transpose(0, 2, 1)
    for sides, found in zip(corpus, measures.tolist(), strict=True):
        tags = [[tagged(side, size)] for side in sides]
        for place, average in enumerate(AVERAGES):
            assert tuple(found[place]) == conlleval(*tags, average=average, zero_division=0)[:3]
            assert tuple(found[3 + place]) == strict(*tags, average=average, scheme=IOB2, zero_division=0)[:3]
