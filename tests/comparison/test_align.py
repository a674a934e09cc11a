"""Runs made comparable: which are refused, which are scored again, and why."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.annotation import Annotations, Mention
from harness.comparison.align import Terms, align, check_texts, find_gold, gold_of, scoring_of
from harness.corpus.crosswalk import Crosswalk, Target, Trim, View
from harness.corpus.document import Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import NotComparableError
from harness.runs.record import RunRecord
from harness.runs.writing import gold_record
from harness.scoring.counting import SCORER_VERSION, count_documents
from tests.comparison.cases import Held, record_of

LABELS = ("Protein", "Drug")
SAME = {label: label for label in LABELS}
ANSWERS = {
    "r0": Annotations("r0", (Mention(0, 8, "Drug"), Mention(16, 23, "Drug"))),
    "r1": Annotations("r1", (Mention(0, 7, "Drug"),)),
    "r2": Annotations("r2", (Mention(0, 3, "Protein"), Mention(4, 6, "Protein"))),
}


def source(folder: Path) -> GoldSource:
    return GoldSource(folder, "proteins")


def run(folder: Path, model: str = "m", **changes: object) -> Held:
    """A run on the gold in a folder as it is now, with its counts; `changes` are fields of its record."""
    gold = read_gold(source(folder))
    ids = [document.report.id for document in gold.documents]
    views = (View("fine", LABELS, SAME, SAME),)
    table = count_documents(gold.documents, ANSWERS, views, frozenset())
    record = record_of(model, gold_record(gold, source(folder), ids, {}), views=views)
    record = msgspec.structs.replace(record, **{"crosswalk": Crosswalk(), **changes})
    return Held(record, table, ANSWERS)


def stale(folder: Path, model: str = "old", **changes: object) -> Held:
    """A run of another scorer, whose counts nobody should look at."""
    one = run(folder, model, **{"scorer_version": SCORER_VERSION - 1, **changes})
    return Held(one.record, None, ANSWERS)


def totals(table: object) -> dict[tuple[str, str], float]:
    """Gold, predicted and correct mentions by label."""
    return {
        (column.label, column.counter): value
        for column, value in zip(table.columns, table.totals.tolist(), strict=True)  # type: ignore[attr-defined]
        if column.counter in ("gold", "predicted", "strict_correct") and not column.slice
    }


# Gold: r0 Drug, Protein; r1 Drug, Protein; r2 Protein.
EXPECTED = {
    ("Protein", "gold"): 3,
    ("Protein", "predicted"): 2,
    ("Protein", "strict_correct"): 1,
    ("Drug", "gold"): 2,
    ("Drug", "predicted"): 3,
    ("Drug", "strict_correct"): 2,
}


def without_last_label(folder: Path, report: str = "r1") -> None:
    path = folder / f"{report}.ann"
    path.write_text("\n".join([*path.read_text().splitlines()[:-1], ""]))


# --- what is scored again ---


def test_runs_on_the_same_terms_are_taken_as_they_are(foreign_gold: Path) -> None:
    first, second = run(foreign_gold, "a"), run(foreign_gold, "b")
    for path in foreign_gold.iterdir():
        path.unlink()  # the gold is not needed
    aligned = align([first, second], first)
    assert [(one.remark, one.table is one.stored.table()) for one in aligned] == [("", True)] * 2
    assert totals(aligned[0].table) == EXPECTED
    assert aligned[0].record is first.record


def test_a_run_of_another_scorer_is_scored_again(foreign_gold: Path) -> None:
    fresh, old = run(foreign_gold), stale(foreign_gold)
    ours, theirs = align([fresh, old], fresh)
    assert ours.remark == ""
    why = f"it was scored by version {SCORER_VERSION - 1} of the scorer, this is {SCORER_VERSION}"
    assert theirs.remark == f"scored again from its predictions: {why}"
    assert totals(theirs.table) == totals(ours.table) == EXPECTED


@pytest.mark.parametrize("given", [False, True])
def test_labels_that_have_changed_hold_for_all(foreign_gold: Path, given: bool) -> None:
    old = run(foreign_gold, "old")
    without_last_label(foreign_gold)  # the Protein of r1
    new = run(foreign_gold, "new")
    lead, gold = (old, read_gold(source(foreign_gold))) if given else (new, None)
    ours, theirs = align([old, new], lead, gold=gold)
    assert ours.remark == "scored again from its predictions: the labels of the gold have changed since"
    assert theirs.remark == ""
    assert totals(ours.table) == totals(theirs.table) == {**EXPECTED, ("Protein", "gold"): 2}


def test_reports_that_had_been_left_out_count_as_empty(foreign_gold: Path) -> None:
    whole = run(foreign_gold, "a")
    gold = gold_of(whole.record)
    partial = Held(
        msgspec.structs.replace(whole.record, gold=msgspec.structs.replace(gold, scored=("r0", "r1"))),
        None,
        {name: ANSWERS[name] for name in ("r0", "r1")},
    )
    (one,) = align([partial], whole)
    assert "reports on which it failed had been left out; now they count as empty" in one.remark
    assert one.table.reports == ("r0", "r1", "r2")
    assert totals(one.table) == {**EXPECTED, ("Protein", "predicted"): 0, ("Protein", "strict_correct"): 0}


def test_labels_that_only_predictions_have_still_count_as_spurious(foreign_gold: Path) -> None:
    view = View("fine", (*LABELS, "Gene"), SAME, {**SAME, "Gene": "Gene"})
    one = stale(foreign_gold, views=(view,))
    answers = {"r0": Annotations("r0", (Mention(0, 8, "Gene"),))}
    (aligned,) = align([Held(one.record, None, answers)], one)
    assert aligned.views[0].labels == (*LABELS, "Gene")
    assert totals(aligned.table)["Gene", "predicted"] == 1


def test_a_crosswalk_is_taken_from_the_run_that_finished_last(foreign_gold: Path) -> None:
    old = Crosswalk("tags", ("D", "P"), {"bio": Target({"D": "Drug"})})
    new = Crosswalk("tags", ("D", "P"), {"bio": Target({"D": "Drug", "P": "Protein"})})
    runs = [
        run(foreign_gold, "new", crosswalk=new, finished="2026-01-02"),
        run(foreign_gold, "old", crosswalk=old, finished="2026-01-01"),
    ]
    terms = Terms(gold_of(runs[0].record).label_hash, Crosswalk(), {"tags": new})
    assert [list(terms.differences(one.record)) for one in runs] == [[], ["the crosswalk tags has changed since"]]


# --- every reason, in words ---


def changed(record: RunRecord, **changes: object) -> RunRecord:
    return msgspec.structs.replace(record, **changes)


def in_gold(record: RunRecord, **changes: object) -> RunRecord:
    return changed(record, gold=msgspec.structs.replace(record.gold, **changes))


OTHER = Crosswalk("other")


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (lambda record: record, []),
        (lambda record: in_gold(record, label_hash="other"), ["the labels of the gold have changed since"]),
        (
            lambda record: changed(record, scorer_version=1),
            [f"it was scored by version 1 of the scorer, this is {SCORER_VERSION}"],
        ),
        (
            lambda record: in_gold(record, source=replace(record.gold.source, crosswalk=OTHER)),
            ["it was scored with another crosswalk of the gold (other)"],
        ),
        (lambda record: in_gold(record, source=None), []),
        (
            lambda record: changed(record, crosswalk=Crosswalk("tags", ("A",))),
            ["the crosswalk tags has changed since"],
        ),
        (lambda record: changed(record, crosswalk=Crosswalk("another", ("A",))), []),
        (lambda record: changed(record, crosswalk=None), []),
        (
            lambda record: in_gold(record, scored=("r0",)),
            ["reports on which it failed had been left out; now they count as empty"],
        ),
        (
            lambda record: changed(record, config={"scoring": {"trims": False}}),
            ["scoring.trims=true now holds for all"],
        ),
        (
            lambda record: in_gold(changed(record, scorer_version=1), label_hash="other"),
            [
                "the labels of the gold have changed since",
                f"it was scored by version 1 of the scorer, this is {SCORER_VERSION}",
            ],
        ),
    ],
)
def test_why_a_run_is_scored_again(foreign_gold: Path, change: object, reasons: list[str]) -> None:
    record = run(foreign_gold).record
    terms = Terms(gold_of(record).label_hash, Crosswalk(), {"tags": Crosswalk("tags")}, trims=True)
    assert list(terms.differences(change(record))) == reasons  # type: ignore[operator]


def test_trims_are_as_each_run_has_them_unless_they_must_be_the_same(foreign_gold: Path) -> None:
    lead = run(foreign_gold, "lead")
    other = run(foreign_gold, "other", config={"scoring": {"trims": False}})
    assert [one.remark for one in align([lead, other], lead)] == ["", ""]
    told = "scored again from its predictions: scoring.trims=true now holds for all"
    assert [one.remark for one in align([lead, other], lead, same_trims=True)] == ["", told]
    assert [scoring_of(one.record).trims for one in (lead, other)] == [True, False]


def test_trims_that_hold_for_both_are_applied(foreign_gold: Path) -> None:
    own = Crosswalk("tags", LABELS, {"bio": Target(SAME, (Trim(trailing=("BCR-",)),))})
    named = replace(source(foreign_gold), crosswalk=Crosswalk("bio", LABELS))
    gold = read_gold(named)
    ids = [document.report.id for document in gold.documents]

    def made(model: str, *, trims: bool) -> Held:
        views = (View("fine", LABELS, SAME, SAME, trims=own.to["bio"].trims if trims else ()),)
        record = record_of(model, gold_record(gold, named, ids, {}), views=views)
        config = {"scoring": {"trims": trims}}
        return Held(changed(record, crosswalk=own, config=config), None if trims is False else table_of(gold), ANSWERS)

    lead, other = made("lead", trims=True), made("other", trims=False)
    (_, aligned) = align([lead, other], lead, same_trims=True)
    assert aligned.views[0].trims == own.to["bio"].trims
    (_, aligned) = align([lead, msg_scored_before(other)], lead)
    assert aligned.views[0].trims == ()


def table_of(gold: Gold) -> object:
    return count_documents(gold.documents, ANSWERS, (View("fine", LABELS, SAME, SAME),), frozenset())


def msg_scored_before(one: Held) -> Held:
    return Held(changed(one.record, scorer_version=1), None, ANSWERS)


# --- what cannot be compared ---


def test_other_texts_are_refused_with_both_names(foreign_gold: Path) -> None:
    first = run(foreign_gold, "first")
    (foreign_gold / "r2.txt").write_text("p53 is stable!\n")
    second = run(foreign_gold, "second")
    with pytest.raises(NotComparableError) as caught:
        align([first, second], first)
    told = "first (proteins, all, 3 reports) and second (proteins, all, 3 reports) were scored on different texts"
    assert (caught.value.message, caught.value.remedy) == (told, "Run both on the same gold.")


def test_other_splits_of_one_gold_are_called_so(foreign_gold: Path) -> None:
    first = run(foreign_gold, "first")
    other = in_gold(first.record, text_hash="x", split="dev", reports=("r0",))
    with pytest.raises(NotComparableError, match=r"\(proteins, dev, 1 reports\) were scored on different splits"):
        check_texts([first, Held(other)])


def test_a_run_that_was_not_scored_has_no_gold() -> None:
    with pytest.raises(NotComparableError) as caught:
        gold_of(record_of("m", None, error="out of memory"))
    assert str(caught.value) == "the run of m was not scored: out of memory\n  Run it again."


# --- where the gold is found ---


def test_the_gold_is_looked_for_where_the_runs_found_it(foreign_gold: Path) -> None:
    gold = find_gold([run(foreign_gold)])
    assert [document.report.id for document in gold.documents] == ["r0", "r1", "r2"]


def test_gold_that_has_moved_is_named(foreign_gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_GOLD", raising=False)
    one, old = run(foreign_gold), stale(foreign_gold)
    moved = foreign_gold.rename(tmp_path / "elsewhere")
    with pytest.raises(NotComparableError) as caught:
        align([one, old], one)
    assert caught.value.message.startswith("the gold that the runs were made on is needed, and not found: proteins: ")
    assert "(test) holds other texts" in caught.value.message  # the one that the harness ships
    assert totals(align([one, old], one, gold_path=moved)[1].table) == EXPECTED
    monkeypatch.setenv("HARNESS_GOLD", str(moved))
    assert totals(align([one, old], one)[1].table) == EXPECTED


def test_gold_with_other_texts_is_none(foreign_gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = run(foreign_gold)
    (foreign_gold / "r2.txt").write_text("p53 is stable!\n")
    with pytest.raises(NotComparableError) as caught:
        find_gold([one], foreign_gold)
    told = "the gold that the runs were made on is needed, and not found: proteins (all) holds other texts"
    assert caught.value.message == told
    assert caught.value.remedy.startswith("Name its folder with --gold PATH")


def test_a_run_that_does_not_say_where_its_gold_lay(foreign_gold: Path) -> None:
    nowhere = Held(in_gold(run(foreign_gold).record, source=None))
    with pytest.raises(NotComparableError, match="not found: no run says where it lay"):
        find_gold([nowhere])
