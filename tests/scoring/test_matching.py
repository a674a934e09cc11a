"""The assignment: cases by hand, and a search through all one-to-one matchings of small inputs."""

import random
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from harness.annotation import Mention
from harness.scoring.assignment import Overlaps, best_assignment
from harness.scoring.matching import Matching, match
from harness.scoring.spans import Spans
from tests.scoring.cases import (
    CONTINUOUS,
    DISCONTINUOUS,
    LABELS,
    Corpus,
    ReportMentions,
    X,
    Y,
    Z,
    corpora,
    in_two_sizes,
    mention,
)


class Pair(NamedTuple):
    gold: Mention
    predicted: Mention
    exact: bool
    reaches: bool


def spans_of(sides: Sequence[Sequence[Mention]], shapes: dict[tuple[tuple[int, int], ...], int]) -> Spans:
    """One side of a corpus, a sequence of mentions for each report."""
    flat = [(report, one) for report, mentions in enumerate(sides) for one in mentions]
    plain = Spans.of((report, one.start, one.end, LABELS.index(one.label)) for report, one in flat)
    plain.shape[:] = [shapes.get(one.fragments, 0) for _, one in flat]
    return Spans(plain.report, plain.start, plain.end, plain.label, plain.shape, {n: p for p, n in shapes.items()})


def matched(corpus: Corpus, threshold: float = 0.5) -> Matching:
    pieces = sorted({one.fragments for sides in corpus for side in sides for one in side if one.fragments})
    shapes = {one: number for number, one in enumerate(pieces, 1)}
    gold, predicted = ([sides[k] for sides in corpus] for k in (0, 1))
    return match(spans_of(gold, shapes), spans_of(predicted, shapes), threshold)


def mentions_of(side: Spans) -> list[tuple[int, Mention]]:
    """The mentions of a side, with the number of their report."""
    return [
        (int(side.report[n]), mention(LABELS[side.label[n]], *(o for piece in side.pieces(n) for o in piece)))
        for n in range(len(side))
    ]


def pairs_of(matching: Matching, reports: int) -> list[set[Pair]]:
    """The pairs of each report."""
    gold, predicted = mentions_of(matching.gold), mentions_of(matching.predicted)
    found: list[set[Pair]] = [set() for _ in range(reports)]
    columns = (matching.gold_of, matching.predicted_of, matching.exact, matching.reaches)
    for i, j, exact, reaches in zip(*(column.tolist() for column in columns), strict=True):
        assert gold[i][0] == predicted[j][0], "a pair of two reports"
        found[gold[i][0]].add(Pair(gold[i][1], predicted[j][1], exact, reaches))
    return found


# --- by hand


@pytest.mark.parametrize(
    ("gold", "predicted", "pairs"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([X(0, 1)], [X(1, 2)], [], id="neighbours do not overlap"),
        pytest.param([X(0, 1)], [Y(0, 3), X(0, 1)], [(0, 1)], id="an exact pair comes before an earlier overlap"),
        pytest.param([X(0, 1)], [X(0, 1), Y(0, 3)], [(0, 0)], id="an exact pair comes before a later overlap"),
        pytest.param([X(0, 2)], [Y(0, 2), X(0, 3)], [(0, 0)], id="exact with another label, before an overlap with it"),
        pytest.param(
            [X(0, 12), Y(14, 17)], [X(0, 17)], [(0, 0)], id="one prediction over two goes to the one with its label"
        ),
        pytest.param([X(0, 9)], [Y(0, 8), X(0, 2)], [(0, 1)], id="the label comes before the overlap"),
        pytest.param(
            [X(0, 5), Y(6, 9)], [Y(0, 3), X(3, 8)], [(0, 0), (1, 1)], id="the number of pairs comes before the labels"
        ),
        pytest.param([X(0, 5), X(3, 9)], [X(2, 8)], [(1, 0)], id="the greater overlap: 5/7, not 3/8"),
        pytest.param([X(0, 2), X(2, 4)], [X(1, 3)], [(0, 0)], id="a tie goes to the lowest gold start"),
        pytest.param([X(1, 3)], [X(0, 2), X(2, 4)], [(0, 0)], id="a tie goes to the lowest predicted start"),
        pytest.param(
            [X(0, 3), X(1, 4)], [Y(0, 4), Z(0, 4)], [(0, 0), (1, 1)], id="the first gold one gets the first it can"
        ),
        pytest.param(
            [X(0, 2), X(0, 3)],
            [X(0, 5), X(1, 5)],
            [(0, 1), (1, 0)],
            id="1/5 + 3/5 is not more than 2/5 + 2/5, but reaches 1/2 once",
        ),
        pytest.param(
            [X(0, 6), X(6, 9)], [X(0, 1), X(2, 8)], [(0, 0), (1, 1)], id="taking the best from left to right is worse"
        ),
        pytest.param(
            [X(0, 4), X(6, 10), X(12, 16)],
            [X(3, 7), X(9, 13), X(15, 19)],
            [(0, 0), (1, 1), (2, 2)],
            id="a chain of overlaps, each with the next",
        ),
        pytest.param(
            [X(2, 6), X(8, 12)],
            [X(0, 3), X(5, 9), X(11, 14)],
            [(0, 0), (1, 2)],
            id="a chain whose middle stays alone: 1/6 + 1/6 is more than 1/6 + 1/7",
        ),
        pytest.param(
            [X(0, 2), Y(0, 2)], [Y(0, 2), Z(0, 2)], [(1, 0), (0, 1)], id="labels of one span: equal ones first"
        ),
        pytest.param([X(0, 2), Y(0, 2)], [Z(0, 2)], [(0, 0)], id="labels of one span: the rest in order"),
        pytest.param(
            [X(0, 2), Y(0, 2)], [Z(0, 2), Y(1, 2)], [(0, 0), (1, 1)], id="labels of one span: what is left may overlap"
        ),
        pytest.param([X(0, 9), Y(2, 4)], [Y(2, 4)], [(1, 0)], id="nested gold: the inner one exactly"),
        pytest.param([X(0, 6), X(2, 4)], [X(1, 5)], [(0, 0)], id="nested gold: 4/6 for the outer, 2/4 for the inner"),
        pytest.param([X(0, 2, 6, 8)], [X(2, 6)], [], id="a prediction in the gap of a discontinuous mention"),
        pytest.param([X(0, 2, 6, 8)], [X(0, 8), X(0, 2)], [(0, 1)], id="discontinuous: both 1/2, so by position"),
        pytest.param([X(0, 2, 6, 8)], [X(0, 8), X(0, 2, 6, 8)], [(0, 1)], id="discontinuous: equal pieces are exact"),
    ],
)
def test_who_is_paired_with_whom(gold: list[Mention], predicted: list[Mention], pairs: list[tuple[int, int]]) -> None:
    expected = {(gold[i], predicted[j]) for i, j in pairs}
    for corpus in product((gold, gold[::-1]), (predicted, predicted[::-1])):
        assert {pair[:2] for pair in pairs_of(matched([corpus]), 1)[0]} == expected


@pytest.mark.parametrize(
    ("gold", "predicted", "threshold", "reaches"),
    [
        pytest.param(X(0, 4), X(0, 2), 0.5, True, id="1/2 reaches 0.5"),
        pytest.param(X(0, 5), X(0, 2), 0.5, False, id="2/5 does not"),
        pytest.param(X(0, 10), X(0, 1), 0.1, True, id="1/10 reaches 0.1"),
        pytest.param(X(0, 10), X(0, 3), 0.3, True, id="3/10 reaches 0.3"),
        pytest.param(X(0, 10), X(0, 7), 0.7, True, id="7/10 reaches 0.7"),
        pytest.param(X(0, 3), X(0, 1), 1 / 3, True, id="1/3 reaches 1/3"),
        pytest.param(X(0, 10), X(0, 9), 1.0, False, id="9/10 does not reach 1"),
        pytest.param(X(0, 3), X(0, 3), 1.0, True, id="an exact pair reaches 1"),
        pytest.param(X(0, 4), Y(0, 4), 1.0, True, id="an exact pair reaches 1 with any label"),
        pytest.param(X(0, 2, 6, 8), X(0, 8), 0.5, True, id="pieces: 4/8"),
        pytest.param(X(0, 2, 6, 8), X(1, 8), 0.5, False, id="pieces: 3/8"),
    ],
)
def test_which_pairs_reach_the_threshold(gold: Mention, predicted: Mention, threshold: float, reaches: bool) -> None:
    for corpus in (([gold], [predicted]), ([predicted], [gold])):
        assert [pair.reaches for pair in pairs_of(matched([corpus], threshold), 1)[0]] == [reaches]


# --- a search through everything


def position(one: Mention) -> tuple[int, int, tuple[tuple[int, int], ...], str]:
    return one.start, one.end, one.fragments, one.label


def points(one: Mention) -> set[int]:
    return {point for start, end in one.spans for point in range(start, end)}


def overlap(gold: Mention, predicted: Mention) -> Fraction:
    """Intersection over union."""
    return Fraction(len(points(gold) & points(predicted)), len(points(gold) | points(predicted)))


Choice = tuple[int, ...]
"""For each gold mention the number of its partner; one past the last stands for none."""


def all_choices(overlaps: Sequence[Sequence[Fraction]], width: int, taken: Choice = ()) -> Iterator[Choice]:
    """Every way of giving gold mentions different partners that they overlap."""
    if len(taken) == len(overlaps):
        yield taken
        return
    for partner in range(width):
        if overlaps[len(taken)][partner] and partner not in taken:
            yield from all_choices(overlaps, width, (*taken, partner))
    yield from all_choices(overlaps, width, (*taken, width))


class Worth(NamedTuple):
    """What makes an assignment better than another, in this order."""

    pairs: int
    same_label: int
    overlap: Fraction
    reaching: int
    first: tuple[int, ...]


class Edge(NamedTuple):
    """What two mentions have in common; nothing if `overlap` is 0."""

    same_label: bool
    overlap: Fraction


def choices_by_worth(edges: Sequence[Sequence[Edge]], threshold: Fraction) -> Iterator[tuple[Worth, Choice]]:
    """All choices for a table of edges, one row a gold mention."""
    width = len(edges[0]) if edges else 0
    for choice in all_choices([[edge.overlap for edge in row] for row in edges], width):
        pairs = [edges[i][j] for i, j in enumerate(choice) if j < width]
        yield (
            Worth(
                len(pairs),
                sum(edge.same_label for edge in pairs),
                sum((edge.overlap for edge in pairs), Fraction()),
                sum(edge.same_label and edge.overlap >= threshold for edge in pairs),
                tuple(-j for j in choice),
            ),
            choice,
        )


def edges_of(gold: Sequence[Mention], predicted: Sequence[Mention]) -> list[list[Edge]]:
    return [[Edge(one.label == other.label, overlap(one, other)) for other in predicted] for one in gold]


def searched(report: ReportMentions, threshold: Fraction) -> tuple[set[Pair], set[Mention], set[Mention]]:
    """The pairs of a report, and which mentions overlap one of the other side, exact pairs apart."""
    gold, predicted = (sorted(set(side), key=position) for side in report)
    pairs = {Pair(one, one, True, True) for one in gold if one in predicted}

    def left(side: Iterable[Mention], number: int) -> list[Mention]:
        return [one for one in side if one not in {pair[number] for pair in pairs}]

    for spans in {one.spans for one in gold}:
        rest = (
            [one for one in left(side, number) if one.spans == spans] for number, side in enumerate((gold, predicted))
        )
        pairs |= {Pair(one, other, True, True) for one, other in zip(*rest, strict=False)}
    gold, predicted = left(gold, 0), left(predicted, 1)
    touched = [(one, other) for one in gold for other in predicted if overlap(one, other)]
    _, best = max(choices_by_worth(edges_of(gold, predicted), threshold))
    for one, partner in zip(gold, best, strict=True):
        if partner < len(predicted):
            other = predicted[partner]
            pairs.add(Pair(one, other, False, overlap(one, other) >= threshold))
    return pairs, {one for one, _ in touched}, {other for _, other in touched}


def at_most_five(corpus: Corpus) -> Corpus:
    return [(gold[:5], predicted[:5]) for gold, predicted in corpus]


def touched_of(side: Spans, flags: Sequence[bool], reports: int) -> list[set[Mention]]:
    found: list[set[Mention]] = [set() for _ in range(reports)]
    for (report, one), flag in zip(mentions_of(side), flags, strict=True):
        if flag:
            found[report].add(one)
    return found


@in_two_sizes(
    corpora(CONTINUOUS + DISCONTINUOUS, most=10).map(at_most_five), st.sampled_from(["0.5", "0.1", "0.3", "0.7", "1"])
)
def test_no_other_one_to_one_matching_is_better(corpus: Corpus, threshold: str) -> None:
    found = matched(corpus, float(threshold))
    pairs = pairs_of(found, len(corpus))
    gold_touched = touched_of(found.gold, found.gold_touched.tolist(), len(corpus))
    predicted_touched = touched_of(found.predicted, found.predicted_touched.tolist(), len(corpus))
    for number, report in enumerate(corpus):
        assert (pairs[number], gold_touched[number], predicted_touched[number]) == searched(report, Fraction(threshold))


@in_two_sizes(corpora(CONTINUOUS + DISCONTINUOUS), st.integers(0, 2**32).map(random.Random))
def test_the_order_of_input_never_matters(corpus: Corpus, source: random.Random) -> None:
    shuffled = [tuple(source.sample(side, len(side)) for side in report) for report in corpus]
    assert pairs_of(matched(shuffled), len(corpus)) == pairs_of(matched(corpus), len(corpus))


SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


def table_of_edges(data: bytes) -> list[list[Edge]]:
    """Up to five gold mentions and five predicted ones, each with an edge; a byte below 102 draws one."""
    drawn = [
        [Edge(bool(byte & 1), SHARES[byte // 2 % 3] if byte < 102 else Fraction()) for byte in data[row : row + 5]]
        for row in range(0, 25, 5)
    ]
    columns = [number for number in range(5) if any(row[number].overlap for row in drawn)]
    return [[row[number] for number in columns] for row in drawn if any(edge.overlap for edge in row)]


@in_two_sizes(st.binary(min_size=25, max_size=25).map(table_of_edges), quick=300, slow=5000)
def test_no_other_assignment_is_better_whoever_overlaps_whom(edges: list[list[Edge]]) -> None:
    # Few different overlaps, so that most are decided by what comes last: position.
    found = [(i, j, edge) for i, row in enumerate(edges) for j, edge in enumerate(row) if edge.overlap]
    if not found:
        return
    overlaps = Overlaps(
        np.array([i for i, _, _ in found]),
        np.array([j for _, j, _ in found]),
        np.array([edge.same_label for _, _, edge in found]),
        np.array([edge.same_label and edge.overlap >= Fraction(1, 2) for _, _, edge in found]),
        np.array([edge.overlap.numerator * (4 // edge.overlap.denominator) for _, _, edge in found]),
        np.full(len(found), 4),
    )
    chosen = {found[number][:2] for number in best_assignment(overlaps).tolist()}
    _, best = max(choices_by_worth(edges, Fraction(1, 2)))
    assert chosen == {(i, j) for i, j in enumerate(best) if j < len(edges[0])}


# --- many, and long


def test_components_of_one_report_are_solved_as_if_each_stood_alone() -> None:
    source = random.Random(3)
    alone: Corpus = []
    for _ in range(1000):
        gold = source.randint(0, 4)
        places = source.choices(CONTINUOUS, k=4)
        mentions = [mention(source.choice(LABELS), *place) for place in places]
        alone.append((mentions[:gold], mentions[gold:]))

    def moved(one: Mention, number: int) -> Mention:
        return mention(one.label, one.start + 10 * number, one.end + 10 * number)

    together = tuple([moved(one, n) for n, sides in enumerate(alone) for one in sides[k]] for k in (0, 1))
    expected = {
        Pair(moved(pair.gold, number), moved(pair.predicted, number), pair.exact, pair.reaches)
        for number, pairs in enumerate(pairs_of(matched(alone), len(alone)))
        for pair in pairs
    }
    assert len(together[0]) + len(together[1]) == 4000
    assert pairs_of(matched([together]), 1) == [expected]


Sums = tuple[int, int, Fraction, int]
"""All of `Worth` but the last."""


def best_of_chain(links: Sequence[tuple[Edge, Edge]]) -> list[int]:
    """Partners in a chain where gold mention i overlaps the predicted ones i - 1 and i (`links[i]`), from its end."""
    size = len(links)
    nothing: Sums = (0, 0, Fraction(), 0)
    best: dict[bool, tuple[Sums, Choice]] = {False: (nothing, ()), True: (nothing, ())}

    def with_choice(number: int, choice: int, edge: Edge | None) -> tuple[Sums, Choice]:
        worth, rest = best[choice == number]
        if edge is not None:
            own = (1, edge.same_label, edge.overlap, edge.same_label and edge.overlap >= Fraction(1, 4))
            worth = tuple(map(sum, zip(worth, own, strict=True)))
        return worth, (-choice, *rest)

    for number in reversed(range(size)):
        alone = with_choice(number, size, None)
        edges = links[number]
        own = [with_choice(number, number, edges[1])] if edges[1].overlap else []
        before = [with_choice(number, number - 1, edges[0])] if edges[0].overlap else []
        best = {False: max([alone, *own, *before]), True: max([alone, *own])}
    return [-choice for choice in best[False][1]]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("spread", [1, 2], ids=["many ties", "few ties"])
def test_a_chain_of_hundreds_is_solved_as_from_its_end(seed: int, spread: int) -> None:
    source = random.Random(seed)
    gold = [mention(source.choice(LABELS), 10 * n, 10 * n + 7) for n in range(200)]
    predicted = [
        mention(source.choice(LABELS), 10 * n + 4 + source.randrange(spread), 10 * n + 13 + source.randrange(spread))
        for n in range(199)  # one less: who stays alone?
    ]
    nothing = Edge(False, Fraction())
    own = [edges_of([gold[n]], [predicted[n]])[0][0] for n in range(199)]
    before = [edges_of([gold[n + 1]], [predicted[n]])[0][0] for n in range(199)]
    links = list(zip([nothing, *before], [*own, nothing], strict=True))
    expected = {(gold[n], predicted[partner]) for n, partner in enumerate(best_of_chain(links)) if partner < 199}
    assert len(expected) == 199
    assert {pair[:2] for pair in pairs_of(matched([(gold, predicted)], 0.25), 1)[0]} == expected


@pytest.mark.slow
def test_two_thousand_on_each_side_that_all_overlap_have_a_partner_each() -> None:
    gold = Spans.of((0, i, 5000 + 3 * i, 0) for i in range(2000))
    predicted = Spans.of((0, i, 5001 + 3 * i, i % 2) for i in range(2000))
    found = match(gold, predicted)
    assert sorted(found.gold_of.tolist()) == sorted(found.predicted_of.tolist()) == list(range(2000))
    assert int(found.same.sum()) == 1000


@pytest.mark.parametrize("seed", range(40))
def test_of_long_mentions_the_summed_overlap_is_best_up_to_rounding(seed: int) -> None:
    # Sixteen overlaps with different denominators of up to 2,000: no common one fits into 53 bits.
    source = random.Random(seed)
    gold, predicted = (
        sorted(
            {mention(source.choice(LABELS), source.randint(0, 900), source.randint(901, 2000)) for _ in range(4)},
            key=position,
        )
        for _ in range(2)
    )
    pairs = pairs_of(matched([(gold, predicted)]), 1)[0]
    best = max(choices_by_worth(edges_of(gold, predicted), Fraction(1, 2)))[0]
    assert (len(pairs), sum(pair.gold.label == pair.predicted.label for pair in pairs)) == best[:2]
    assert best.overlap - sum(overlap(pair.gold, pair.predicted) for pair in pairs) < 1e-11
