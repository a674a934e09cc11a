import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import strategies as st

from harness.annotation import Annotations, Mention, Report
from harness.corpus.document import Document
from harness.scoring.counting import count_documents
from harness.scoring.matches import MATCHES, SEQUENCES, STRICT, Match
from harness.scoring.measures import AVERAGES, MACRO, Row, Scoresheet
from harness.scoring.table import CountTable
from harness.statistics import bootstrap
from harness.statistics.bootstrap import (
    Floats,
    Resampling,
    count_draws,
    in_exact_precision,
    product,
    resample,
    resampled_totals,
)
from tests.scoring.cases import (
    LABELS,
    TEXT,
    TWELVE,
    Corpus,
    corpora,
    documents_of,
    in_two_sizes,
    rows_of,
    view_of,
)


def whole(totals: Floats) -> Floats:
    return totals


# --- drawing ---


def test_totals_are_sums_of_rows_drawn_with_replacement() -> None:
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    totals = resampled_totals(values, Resampling(500, 1))
    assert totals.shape == (500, 2)
    assert totals.min() >= 0
    assert totals.sum(axis=1).max() <= 3  # three draws
    assert len({tuple(row) for row in totals.tolist()}) == 10  # every split of three draws over three rows occurs


def test_the_same_seed_gives_the_same_bytes() -> None:
    values = np.arange(12.0).reshape(4, 3)
    assert (
        resampled_totals(values, Resampling(50, 7)).tobytes() == resampled_totals(values, Resampling(50, 7)).tobytes()
    )
    assert (
        resampled_totals(values, Resampling(50, 7)).tobytes() != resampled_totals(values, Resampling(50, 8)).tobytes()
    )


@pytest.mark.parametrize(
    ("draws", "units", "expected"),
    [
        ([[0, 0, 2], [1, 1, 1]], 3, [[2, 0, 1], [0, 3, 0]]),
        ([[0]], 1, [[1]]),
        ([[3, 1]], 5, [[0, 1, 0, 1, 0]]),
    ],
)
def test_draws_become_weights(draws: list[list[int]], units: int, expected: list[list[int]]) -> None:
    assert count_draws(np.array(draws), units).tolist() == expected


@pytest.mark.parametrize(
    ("cells", "width", "expected"),
    [
        pytest.param(6, 2, [3, 3, 3, 1], id="what is left comes last"),
        pytest.param(6, 100, [1] * 10, id="one resample, however wide"),
        pytest.param(20, 2, [10], id="all at once"),
        pytest.param(6, 0, [6, 4], id="no columns"),
    ],
)
def test_blocks_hold_so_many_cells(
    cells: int, width: int, expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "BLOCK", cells)
    assert list(Resampling(10, 1).blocks(width)) == expected


def counts(*shape: int) -> Floats:
    return np.random.default_rng(4).integers(0, 30, size=shape).astype(np.float64)


SYSTEMS = {
    "counts": counts(9, 5),
    "halves": counts(9, 5) / 2,
    "too large for single precision": counts(9, 5) * 2.0**20,
    "three repeats": counts(3, 9, 5),
    "more columns than reports": counts(2, 40),
}


@pytest.mark.parametrize("cells", [1, 20, 45, 400])
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_size_of_blocks_changes_no_byte(name: str, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    systems = [SYSTEMS[name], SYSTEMS[name] * 2]
    at_once = resample(systems, [whole, whole], Resampling(101, 3))
    monkeypatch.setattr(bootstrap, "BLOCK", cells)
    in_blocks = resample(systems, [whole, whole], Resampling(101, 3))
    assert [one.tobytes() for one in in_blocks] == [one.tobytes() for one in at_once]


def twelve_labels(reports: int = 9) -> CountTable:
    source = random.Random(2)

    def mentions() -> tuple[Mention, ...]:
        return tuple(Mention(at, at + 1, source.choice(TWELVE)) for at in range(20) if source.random() < 0.8)

    names = [f"r{number}" for number in range(reports)]
    documents = [Document(Report(name, "." * 20), Annotations(name, mentions())) for name in names]
    predictions = {
        name: Annotations(name, (*document.annotations.mentions[::2], *mentions()[1::4]))
        for name, document in zip(names, documents, strict=True)
    }
    return count_documents(documents, predictions, [view_of(TWELVE)], frozenset())


@pytest.mark.parametrize(
    ("matches", "cells"),
    [
        pytest.param(MATCHES, 1, id="all matches, one resample a block"),
        pytest.param(MATCHES, 4_000, id="all matches, several"),
        pytest.param(
            (STRICT,),
            1,
            id="strict, one resample a block",
        ),
        pytest.param((STRICT,), 4_000, id="strict, several"),
    ],
)
def test_the_size_of_blocks_changes_no_byte_of_any_measure(
    matches: Sequence[Match], cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = twelve_labels()
    sheet = Scoresheet(table, {"fine": TWELVE}, matches, scopes=("all",))
    at_once = resample([sheet.sums(table.values)], [sheet.measures], Resampling(101, 3))[0]
    monkeypatch.setattr(bootstrap, "BLOCK", cells)
    in_blocks = resample([sheet.sums(table.values)], [sheet.measures], Resampling(101, 3))[0]
    changed = np.flatnonzero(~((at_once == in_blocks) | (np.isnan(at_once) & np.isnan(in_blocks))).all(axis=(0, 1)))
    assert [sheet.keys[row] for row in changed] == []


# --- one level, and pairs of systems ---


def test_mean_and_spread_agree_with_a_loop_that_resamples_rows() -> None:
    source = random.Random(5)
    values = np.array([[source.randrange(10)] for _ in range(30)], dtype=float)
    fast = resampled_totals(values, Resampling(20_000, 3))[:, 0]
    slow = [sum(values[source.randrange(30), 0] for _ in range(30)) for _ in range(20_000)]
    assert fast.mean() == pytest.approx(np.mean(slow), rel=0.01)
    assert fast.std() == pytest.approx(np.std(slow), rel=0.03)


@pytest.mark.parametrize(
    "systems",
    [
        pytest.param([counts(6, 3), counts(6, 3)], id="equal rows"),
        pytest.param([counts(6, 3), np.stack([counts(6, 3)] * 3)], id="one of them in three equal repeats"),
        pytest.param([counts(6, 3) / 3, counts(6, 3) / 3], id="not in single precision"),
    ],
)
def test_systems_with_equal_rows_never_differ(systems: list[Floats]) -> None:
    first, second = resample(systems, [whole, whole], Resampling(200, 3))
    assert first.tolist() == second.tolist()


def test_each_system_is_read_by_its_own_measure_in_the_same_resamples() -> None:
    values = counts(6, 2)
    plain, doubled, narrow = resample(
        [values, values, values[:, :1]], [whole, lambda totals: 2 * totals, whole], Resampling(50, 3)
    )
    assert doubled.tolist() == (2 * plain).tolist()
    assert narrow.tolist() == plain[:, :1].tolist()


@pytest.mark.parametrize("shapes", [[(3, 2), (4, 2)], [(2, 3, 2), (2, 2)], [(0, 2), (1, 2)]])
def test_systems_with_other_numbers_of_units_cannot_be_paired(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match=r"^systems with \[\d, \d\] units cannot be paired$"):
        resample([np.zeros(shape) for shape in shapes], [whole, whole], Resampling(3, 1))


@pytest.mark.parametrize("shape", [(0, 2), (3, 0, 2)])
def test_no_reports_give_zero_totals(shape: tuple[int, ...]) -> None:
    assert resampled_totals(np.zeros(shape), Resampling(3, 1)).tolist() == [[0, 0]] * 3


def test_no_systems_give_no_samples() -> None:
    assert resample([], [], Resampling(3, 1)) == []


# --- two levels: each drawn unit draws as many of its repeats as there are ---


def repeats_of(units: Sequence[Sequence[float]]) -> Floats:
    """Of shape (repeats, units, 1), from one list of repeats a unit."""
    return np.array(units, dtype=np.float64).T[:, :, np.newaxis]


@pytest.mark.parametrize(
    ("units", "mean", "variance"),
    [
        # units * (variance between their means + mean variance within them / repeats)
        pytest.param([[0, 0], [2, 2]], 2, 2 * 1, id="only between units"),
        pytest.param([[0, 2], [0, 2]], 2, 2 * (1 / 2), id="only within units"),
        pytest.param([[0, 2], [4, 10]], 8, 2 * (9 + 5 / 2), id="both"),
        pytest.param([[0, 0, 0, 8]], 2, 12 / 4, id="one unit, four repeats"),
        pytest.param([[5, 5, 5]], 5, 0, id="none"),
    ],
)
def test_two_levels_have_the_variance_of_theory(units: Sequence[Sequence[float]], mean: float, variance: float) -> None:
    totals = resampled_totals(repeats_of(units), Resampling(50_000, 3))[:, 0]
    assert totals.mean() == pytest.approx(mean, abs=4 * (variance / 50_000) ** 0.5)
    assert totals.var() == pytest.approx(variance, rel=0.04)


def test_one_unit_is_the_mean_of_repeats_drawn_with_replacement() -> None:
    totals = resampled_totals(repeats_of([[0, 2]]), Resampling(20_000, 3))[:, 0].tolist()
    shares = {value: totals.count(value) / len(totals) for value in sorted(set(totals))}
    assert shares == pytest.approx({0.0: 0.25, 1.0: 0.5, 2.0: 0.25}, abs=0.015)


def test_equal_repeats_are_the_plain_bootstrap() -> None:
    values = counts(20, 3)
    plain = resampled_totals(values, Resampling(100, 3))
    assert resampled_totals(np.stack([values] * 3), Resampling(100, 3)).tolist() == plain.tolist()
    assert resampled_totals(values[np.newaxis], Resampling(100, 3)).tolist() == plain.tolist()


def test_systems_draw_their_repeats_apart() -> None:
    values = counts(3, 6, 2)
    first, second = resample([values, values], [whole, whole], Resampling(100, 3))
    assert first.tolist() != second.tolist()


def test_repeats_are_drawn_apart_from_units() -> None:
    # Two units of two repeats; only the first repeat of the second unit counts 1. Two units are drawn, each of them is
    # the second one in half of all cases, and each of its two repeats is the first one likewise: 2 * 1/2 * 1/2.
    values = repeats_of([[0, 0], [1, 0]])
    totals = [resampled_totals(values, Resampling(1, seed))[0, 0] for seed in range(2_000)]
    assert np.mean(totals) == pytest.approx(0.5, abs=4 * np.std(totals) / len(totals) ** 0.5)


# --- single precision, where it is exact ---


@pytest.mark.parametrize(
    ("rows", "weight", "single"),
    [
        pytest.param([[1, 2], [3, 400]], 76, True, id="counts"),
        pytest.param([[0.5, 2], [1.5, -7.5]], 76, True, id="halves"),
        pytest.param([[0.25]], 1, False, id="quarters"),
        pytest.param([[1 / 3]], 3, False, id="thirds"),
        pytest.param([[2**22]], 1, True, id="below the bound"),
        pytest.param([[2**22 - 0.5]], 2, True, id="half below the bound"),
        pytest.param([[2**22]], 2, False, id="on the bound"),
        pytest.param([[-(2**22)]], 2, False, id="on the bound, negative"),
        pytest.param([[2.0**40]], 1, False, id="large"),
        pytest.param([[0.0]], 2**30, True, id="nothing to add up"),
    ],
)
def test_single_precision_is_for_sums_that_it_holds(rows: list[list[float]], weight: int, single: bool) -> None:
    values = np.array(rows, dtype=np.float64)
    kept = in_exact_precision(values, weight)
    assert kept.dtype == (np.float32 if single else np.float64)
    assert kept.tolist() == values.tolist()


def test_no_rows_are_held_exactly() -> None:
    assert product(np.zeros((2, 0)), in_exact_precision(np.zeros((0, 3)), 0)).tolist() == [[0, 0, 0]] * 2


@in_two_sizes(
    st.lists(st.lists(st.integers(-600_000, 600_000), min_size=3, max_size=3), min_size=1, max_size=12),
    st.integers(0, 2**32),
)
def test_sums_of_halves_are_exact(halves: list[list[int]], seed: int) -> None:
    units = len(halves)
    weights = count_draws(np.random.default_rng(seed).integers(0, units, size=(20, units)), units)
    rows = in_exact_precision(np.array(halves) / 2, units)
    in_whole_numbers = [
        [sum(w * row[column] for w, row in zip(own, halves, strict=True)) / 2 for column in range(3)]
        for own in weights.tolist()
    ]
    assert product(weights, rows).tolist() == in_whole_numbers


# --- the slow twin: every resample as a corpus that is scored from scratch ---


def rescored(corpus: Corpus, draw: Sequence[int]) -> dict[tuple[str, str], Row]:
    """The rows of a corpus of the drawn reports; a report that is drawn twice is two reports."""
    return rows_of(count_documents(*documents_of([corpus[n] for n in draw], TEXT), [view_of(LABELS)], frozenset()))


@in_two_sizes(corpora(), st.integers(0, 2**32), quick=8, slow=150)
def test_every_resample_has_the_f1_of_its_reports_scored_from_scratch(corpus: Corpus, seed: int) -> None:
    table = count_documents(*documents_of(corpus), [view_of(LABELS)], frozenset())
    sheet = Scoresheet(table, {"fine": LABELS}, scopes=("all",))
    sums = sheet.sums(table.values)
    resampling = Resampling(4, seed)
    samples = resample([sums], [sheet.f1], resampling)[0]
    draws = np.concatenate(list(resampling.draws(*sums.shape)))
    unknown = np.full(sheet.size, np.nan)
    whole_corpus = sheet.rows(unknown, unknown)
    sequences = {match.name for match in SEQUENCES}
    for draw, sample in zip(draws.tolist(), samples.tolist(), strict=True):
        found = rescored(corpus, draw)
        for row, f1 in zip(whole_corpus, sample, strict=True):
            own = found[row.match, row.label]
            # Which labels enter macro is fixed by the whole corpus, so the two agree only if all of those are drawn.
            labels = [one.label for one in whole_corpus if one.match == row.match and one.label not in AVERAGES]
            drawn = all(found[row.match, name].gold for name in labels if gold_of(whole_corpus, row.match, name))
            if row.label != MACRO or row.match in sequences or drawn:
                assert f1 == pytest.approx(np.nan if own.f1 is None else own.f1, abs=1e-12, nan_ok=True), row


def gold_of(rows: Sequence[Row], match: str, label: str) -> int:
    return next(row.gold for row in rows if (row.match, row.label) == (match, label))


def test_macro_keeps_the_labels_of_the_whole_corpus_in_a_resample_without_their_gold() -> None:
    # Report r0 has gold X, found; r1 has gold Y, and predicts X and Y. Drawn twice, r0 has no Y: macro is X's 1 alone.
    # Drawn twice, r1 has no gold X but predicts it: X enters with 0 and Y with 1, though r1 alone has no X to average.
    corpus: Corpus = [
        ([Mention(0, 1, "X")], [Mention(0, 1, "X")]),
        ([Mention(0, 1, "Y")], [Mention(0, 1, "Y"), Mention(2, 3, "X")]),
    ]
    table = count_documents(*documents_of(corpus), [view_of(LABELS)], frozenset())
    sheet = Scoresheet(table, {"fine": LABELS}, (STRICT,), scopes=("all",))
    macro = [label for label, _ in sheet.keys].index(MACRO)
    twice = sheet.f1(sheet.sums(2 * table.values))[:, macro]
    assert twice.tolist() == [1.0, 0.5]
    assert rescored(corpus, [1, 1])[STRICT.name, MACRO].f1 == 1.0
