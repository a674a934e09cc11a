"""Counting mentions: tables by hand, a brute-force twin, and seqeval in strict mode over tokens."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

from harness.annotation import Annotations, Mention, Report, UnalignedMention, Zone
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.scoring.counting import count_documents
from harness.scoring.measures import Scoresheet
from harness.scoring.mentions import COUNTERS, count_mentions

X, Y = "X", "Y"


def counts(gold: Sequence[tuple[int, int, str]], predicted: Sequence[tuple[int, int, str]]) -> dict[str, list[int]]:
    """The counters of count_mentions by label, for mentions written as (start, end, label)."""
    flat = count_mentions([((s, e), la) for s, e, la in gold], [((s, e), la) for s, e, la in predicted], [X, Y])
    width = len(COUNTERS)
    return {X: flat[:width], Y: flat[width:]}


# gold, predicted, strict correct, exact correct on the gold and on the predicted side; in the order of the columns
# gold, found, strict, exact gold, exact found, exact correct (gold), exact correct (found)
@pytest.mark.parametrize(
    ("gold", "predicted", "x", "y"),
    [
        pytest.param([], [], [0] * 7, [0] * 7, id="nothing"),
        pytest.param([(0, 1, X)], [(0, 1, X)], [1, 1, 1, 1, 1, 1, 1], [0] * 7, id="right"),
        pytest.param([(0, 1, X)], [], [1, 0, 0, 1, 0, 0, 0], [0] * 7, id="missed"),
        pytest.param([], [(0, 1, X)], [0, 1, 0, 0, 1, 0, 0], [0] * 7, id="spurious"),
        pytest.param([(0, 1, X)], [(0, 1, Y)], [1, 0, 0, 1, 0, 1, 0], [0, 1, 0, 0, 1, 0, 1], id="wrong label"),
        pytest.param([(0, 2, X)], [(0, 1, X)], [1, 1, 0, 1, 1, 0, 0], [0] * 7, id="too short"),
        pytest.param(
            [(0, 1, X)],
            [(0, 3, Y), (0, 1, X)],
            [1, 1, 1, 1, 1, 1, 1],
            [0, 1, 0, 0, 1, 0, 0],
            id="exact beside an overlap",
        ),
        pytest.param([(0, 1, X)], [(0, 1, X), (0, 1, X)], [1, 1, 1, 1, 1, 1, 1], [0] * 7, id="a duplicate counts once"),
        pytest.param(
            [(0, 1, X)],
            [(0, 1, Y), (0, 1, X)],
            [1, 1, 1, 1, 1, 1, 1],
            [0, 1, 0, 0, 0, 0, 0],
            id="two labels on one span: one span, under the right label",
        ),
        pytest.param(
            [(0, 1, X), (1, 2, X)], [(0, 2, X)], [2, 1, 0, 2, 1, 0, 0], [0] * 7, id="one over two adjacent ones"
        ),
        pytest.param([(0, 5, X), (1, 3, Y)], [(1, 3, Y)], [1, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1], id="nested"),
    ],
)
def test_counts_by_label(
    gold: list[tuple[int, int, str]], predicted: list[tuple[int, int, str]], x: list[int], y: list[int]
) -> None:
    assert counts(gold, predicted) == {X: x, Y: y}
    assert counts(gold[::-1], predicted[::-1]) == {X: x, Y: y}


mentions = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.sampled_from([X, Y])).map(lambda t: (t[0], t[0] + t[1], t[2])),
    max_size=8,
)


@given(mentions, mentions)
@settings(max_examples=2000, deadline=None)
def test_equal_to_sets(gold: list[tuple[int, int, str]], predicted: list[tuple[int, int, str]]) -> None:
    found = counts(gold, predicted)
    for label in (X, Y):
        own_gold = {mention for mention in gold if mention[2] == label}
        own_predicted = {mention for mention in predicted if mention[2] == label}
        assert found[label][:3] == [len(own_gold), len(own_predicted), len(own_gold & own_predicted)]
    gold_spans = {mention[:2] for mention in gold}
    predicted_spans = {mention[:2] for mention in predicted}
    right = len(gold_spans & predicted_spans)
    overall = [found[X][column] + found[Y][column] for column in range(3, 7)]
    assert overall == [len(gold_spans), len(predicted_spans), right, right]


@given(mentions, mentions)
@settings(max_examples=500, deadline=None)
def test_swapping_sides_swaps_the_columns(
    gold: list[tuple[int, int, str]], predicted: list[tuple[int, int, str]]
) -> None:
    there, back = counts(gold, predicted), counts(predicted, gold)
    swapped = [1, 0, 2, 4, 3, 6, 5]
    assert {label: [columns[i] for i in swapped] for label, columns in there.items()} == back


TAGS = ["O", "B-X", "I-X", "B-Y", "I-Y"]


def valid(tags: list[str]) -> list[str]:
    """The same tags, every I- that continues nothing turned into B-."""
    fixed: list[str] = []
    for tag in tags:
        previous = fixed[-1] if fixed else "O"
        broken = tag[0] == "I" and previous[1:] != tag[1:]
        fixed.append(f"B{tag[1:]}" if broken else tag)
    return fixed


def chunks(tags: list[str]) -> tuple[Mention, ...]:
    """The mentions of valid IOB2 tags over tokens of one character."""
    text = "".join({"B": "B", "I": "I", "O": "O"}[tag[0]] for tag in tags)
    return tuple(Mention(m.start(), m.end(), tags[m.start()][2:]) for m in re.finditer("BI*", text))


sentences = st.lists(st.lists(st.sampled_from(TAGS), min_size=1, max_size=10).map(valid), min_size=1, max_size=4)


@given(st.data())
@settings(max_examples=500, deadline=None)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_micro_scores_equal_seqeval_strict(data: st.DataObject) -> None:
    gold = data.draw(sentences)
    predicted = [valid(data.draw(st.lists(st.sampled_from(TAGS), min_size=len(s), max_size=len(s)))) for s in gold]
    names = [str(number) for number in range(len(gold))]
    documents = [
        Document(Report(name, "x" * len(tags)), Annotations(name, chunks(tags)))
        for name, tags in zip(names, gold, strict=True)
    ]
    predictions = {name: Annotations(name, chunks(tags)) for name, tags in zip(names, predicted, strict=True)}
    view = View("fine", (X, Y), {X: X, Y: Y}, {X: X, Y: Y})
    table = count_documents(documents, predictions, [view], frozenset())
    sheet = Scoresheet(table, {"fine": (X, Y)})
    bounds = sheet.evaluate(table.totals[None])[0, 2]
    row = next(
        row for row in sheet.rows(bounds, bounds) if (row.match, row.scope, row.label) == ("strict", "all", "micro")
    )
    strict = {"mode": "strict", "scheme": IOB2, "average": "micro"}
    if row.gold and row.predicted:
        assert row.precision == precision_score(gold, predicted, **strict)
        assert row.recall == recall_score(gold, predicted, **strict)
        assert row.f1 == f1_score(gold, predicted, **strict)
    else:
        assert row.precision is None or row.recall is None


FOLD = View("coarse", ("C",), {"A": "C", "B": "C"}, {"a": "C", "b": "C"}, ("junk",))


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        pytest.param([Mention(0, 2, "A")], [Mention(0, 2, "b")], (1, 1, 1), id="mapped to the same label"),
        pytest.param([Mention(0, 2, "A")], [Mention(0, 2, "junk")], (1, 0, 0), id="label without target is ignored"),
        pytest.param([Mention(0, 2, "P")], [Mention(0, 2, "a")], (0, 1, 0), id="gold label outside the view"),
        pytest.param([Mention(6, 8, "A")], [Mention(6, 8, "a")], (0, 0, 0), id="inside an ignored zone"),
        pytest.param([], [Mention(4, 7, "a")], (0, 1, 0), id="across the edge of an ignored zone counts"),
        pytest.param(
            [Mention(0, 4, "A", fragments=((0, 1), (3, 4)))], [Mention(0, 4, "a")], (1, 1, 0), id="discontinuous"
        ),
    ],
)
def test_views_and_zones(gold: list[Mention], predicted: list[Mention], expected: tuple[int, int, int]) -> None:
    report = Report("r", "0123456789", zones=(Zone("furniture", 5, 10), Zone("article", 0, 5)))
    document = Document(report, Annotations("r", tuple(gold)))
    table = count_documents([document], {"r": Annotations("r", tuple(predicted))}, [FOLD], frozenset({"furniture"}))
    assert tuple(table.totals[:3]) == expected


def test_a_mention_across_two_touching_ignored_zones_is_ignored() -> None:
    report = Report("r", "0123456789", zones=(Zone("furniture", 5, 10), Zone("furniture", 0, 5)))
    prediction = Annotations("r", (Mention(3, 7, "a"),))
    table = count_documents([Document(report, Annotations("r"))], {"r": prediction}, [FOLD], frozenset({"furniture"}))
    assert tuple(table.totals[:3]) == (0, 0, 0)


def test_unaligned_mentions_are_spurious_each() -> None:
    prediction = Annotations("r", unaligned=(UnalignedMention("Ghost", "a"), UnalignedMention("Ghost", "a")))
    table = count_documents([Document(Report("r", "text"), Annotations("r"))], {"r": prediction}, [FOLD], frozenset())
    assert tuple(table.totals[:3]) == (0, 2, 0)


def test_a_missing_prediction_counts_as_empty() -> None:
    document = Document(Report("r", "text"), Annotations("r", (Mention(0, 2, "A"),)))
    assert tuple(count_documents([document], {}, [FOLD], frozenset()).totals[:3]) == (1, 0, 0)
