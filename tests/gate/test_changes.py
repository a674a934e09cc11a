"""What became of every mention, from one set of predictions to another; and the sentence around it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.annotation import Annotations, Mention, Report, UnalignedMention, Zone
from harness.corpus.crosswalk import Trim, View
from harness.corpus.document import Document
from harness.gate.changes import BROKEN, CAME, FIXED, WENT, Change, changes, in_context
from harness.scoring.counting import count_documents
from tests.scoring.cases import (
    CONTINUOUS,
    DISCONTINUOUS,
    LABELS,
    TEXT,
    Corpus,
    X,
    Y,
    Z,
    corpora,
    documents_of,
    in_two_sizes,
    view_of,
)

Mentions = Sequence[Mention]
Told = tuple[str, str, int, int, str, str]
VIEW = view_of(LABELS)


def told(found: Sequence[Change]) -> list[Told]:
    """What stands in a change, the report apart."""
    return [(one.kind, one.label, one.start, one.end, one.before, one.after) for one in found]


def changed(
    gold: Mentions, before: Mentions, after: Mentions, view: View = VIEW, text: str = TEXT, ignored: Sequence[Zone] = ()
) -> list[Told]:
    """The changes of one report in which zones of the kind "menu" do not count."""
    documents = [Document(Report("r", text, tuple(ignored)), Annotations("r", tuple(gold)))]
    sides = [{"r": Annotations("r", tuple(side))} for side in (before, after)]
    return told(changes(documents, *sides, (view, view), frozenset({"menu"})))


@pytest.mark.parametrize(
    ("gold", "before", "after", "expected"),
    [
        pytest.param([X(0, 2)], [X(0, 2)], [X(0, 2)], [], id="nothing"),
        pytest.param([X(0, 2)], [], [], [], id="missed twice"),
        pytest.param([X(0, 2)], [X(0, 2)], [], [(BROKEN, "X", 0, 2, "found", "missed")], id="broken"),
        pytest.param([X(0, 2)], [], [X(0, 2)], [(FIXED, "X", 0, 2, "missed", "found")], id="fixed"),
        pytest.param([X(0, 2)], [X(0, 2)], [Y(0, 2)], [(BROKEN, "X", 0, 2, "found", "as Y")], id="another label"),
        pytest.param([X(0, 2)], [X(0, 2)], [X(0, 4)], [(BROKEN, "X", 0, 2, "found", "as [0, 4)")], id="another span"),
        pytest.param([X(0, 2)], [X(0, 2)], [Y(1, 4)], [(BROKEN, "X", 0, 2, "found", "as Y [1, 4)")], id="both"),
        pytest.param([X(0, 2)], [Y(1, 4)], [X(0, 2)], [(FIXED, "X", 0, 2, "as Y [1, 4)", "found")], id="both, mended"),
        pytest.param([X(0, 2)], [Y(0, 2)], [Z(0, 3)], [], id="wrong in another way"),
        pytest.param([X(0, 2)], [Y(0, 2)], [], [], id="wrong, then missed"),
        pytest.param([], [], [X(0, 2)], [(CAME, "X", 0, 2, "", "")], id="a false positive came"),
        pytest.param([], [X(0, 2)], [], [(WENT, "X", 0, 2, "", "")], id="a false positive went"),
        pytest.param(
            [],
            [X(0, 2)],
            [Y(0, 2)],
            [(WENT, "X", 0, 2, "", ""), (CAME, "Y", 0, 2, "", "")],
            id="a false positive changed its label",
        ),
        pytest.param([], [X(0, 2), X(0, 2)], [X(0, 2)], [], id="a duplicate counts once"),
        pytest.param(
            [X(0, 4), Y(1, 2)],
            [X(0, 4), Y(1, 2)],
            [X(0, 4)],
            [(BROKEN, "Y", 1, 2, "found", "missed")],
            id="the inner one of two nested",
        ),
        pytest.param(
            [X(0, 4), Y(1, 2)],
            [Y(1, 2)],
            [X(0, 4)],
            [(FIXED, "X", 0, 4, "missed", "found"), (BROKEN, "Y", 1, 2, "found", "missed")],
            id="nested, the other one",
        ),
        pytest.param(
            [X(0, 1, 3, 4)],
            [X(0, 1, 3, 4)],
            [X(0, 4)],
            [(BROKEN, "X", 0, 4, "found", "as [0, 4)")],
            id="discontinuous, found as what encloses it",
        ),
        pytest.param(
            [X(0, 1, 3, 4), X(0, 4)],
            [X(0, 1, 3, 4), X(0, 4)],
            [X(0, 4)],
            [(BROKEN, "X", 0, 4, "found", "missed")],
            id="discontinuous, beside one with the same ends",
        ),
        pytest.param(
            [X(0, 2), Y(0, 2)],
            [X(0, 2), Y(0, 2)],
            [Y(0, 2)],
            [(BROKEN, "X", 0, 2, "found", "missed")],
            id="one of two labels on a span",
        ),
        pytest.param(
            [X(0, 2), Y(0, 2)],
            [X(0, 2), Y(0, 2)],
            [Y(0, 2), Z(0, 2)],
            [(BROKEN, "X", 0, 2, "found", "as Z")],
            id="one of two labels on a span is another",
        ),
        pytest.param(
            [X(0, 3)],
            [X(0, 2)],
            [X(0, 2), X(0, 3)],
            [(CAME, "X", 0, 2, "", ""), (FIXED, "X", 0, 3, "as [0, 2)", "found")],
            id="what stood for a gold mention stands for none any more",
        ),
        pytest.param(
            [X(4, 6), X(0, 2)],
            [X(0, 2), X(4, 6)],
            [Z(7, 8)],
            [
                (BROKEN, "X", 0, 2, "found", "missed"),
                (BROKEN, "X", 4, 6, "found", "missed"),
                (CAME, "Z", 7, 8, "", ""),
            ],
            id="in the order of the text",
        ),
    ],
)
def test_changes(gold: Mentions, before: Mentions, after: Mentions, expected: list[Told]) -> None:
    assert changed(gold, before, after) == expected


def test_nothing_in_a_zone_that_is_ignored_has_changed() -> None:
    menu, side = Zone("menu", 0, 4), Zone("headline", 4, 8)
    gold = [X(0, 2), X(3, 5), X(5, 7)]
    found = changed(gold, gold, [Y(1, 2)], ignored=(menu, side))
    assert [(kind, start) for kind, _, start, *_ in found] == [(BROKEN, 3), (BROKEN, 5)]


def test_trims_cut_predictions_before_they_are_compared() -> None:
    text = "the UN, an UN"
    trimmed = View("fine", ("X",), {"X": "X"}, {"X": "X"}, trims=(Trim(("the",)),))
    assert changed([X(4, 6)], [X(4, 6)], [X(0, 6)], trimmed, text) == []
    assert changed([X(4, 6)], [X(4, 6)], [X(0, 6)], text=text) == [(BROKEN, "X", 4, 6, "found", "as [0, 6)")]
    # "an" is not cut, so that it is a false positive where it was cut: at its own place.
    assert changed([], [], [X(0, 6), X(8, 13)], trimmed, text) == [
        (CAME, "X", 4, 6, "", ""),
        (CAME, "X", 8, 13, "", ""),
    ]


def test_labels_are_those_of_the_view_and_each_side_has_its_own_map() -> None:
    gold = {"X": "X"}
    before = View("fine", ("X",), gold, {"GPE": "X"})
    after = View("fine", ("X",), gold, {"LOC": "X"})
    documents = [Document(Report("r", TEXT), Annotations("r", (X(0, 2),)))]
    answer = {"r": Annotations("r", (Mention(0, 2, "GPE"), Mention(4, 6, "LOC")))}
    assert told(changes(documents, answer, answer, (before, after), frozenset())) == [
        (BROKEN, "X", 0, 2, "found", "missed"),
        (CAME, "X", 4, 6, "", ""),
    ]


def test_a_mention_without_a_place_is_nowhere_to_be_shown() -> None:
    documents = [Document(Report("r", TEXT), Annotations("r", (X(0, 2),)))]
    before = {"r": Annotations("r", (X(0, 2),))}
    after = {"r": Annotations("r", (), (UnalignedMention("Ghost", "X"),))}
    found = changes(documents, before, after, (VIEW, VIEW), frozenset())
    assert told(found) == [(BROKEN, "X", 0, 2, "found", "missed")]


def test_a_report_without_an_answer_is_an_empty_one_and_reports_stand_in_order() -> None:
    corpus: Corpus = [([X(4, 5)], [X(4, 5)]), ([X(0, 1)], [X(0, 1)])]
    documents, answers = documents_of(corpus)
    found = changes(documents, answers, {}, (VIEW, VIEW), frozenset())
    assert [(one.report, one.start) for one in found] == [("r0", 4), ("r1", 0)]


# --- properties ---

pairs = st.tuples(corpora([*CONTINUOUS, *DISCONTINUOUS], most=8), corpora([*CONTINUOUS, *DISCONTINUOUS], most=8))


def strict_correct(documents: list[Document], answers: dict[str, Annotations]) -> float:
    table = count_documents(documents, answers, [VIEW], frozenset())
    return sum(
        value
        for column, value in zip(table.columns, table.totals.tolist(), strict=True)
        if column.counter == "strict_correct"
    )


@in_two_sizes(pairs)
def test_broken_less_fixed_is_what_correct_mentions_fell_by(two: tuple[Corpus, Corpus]) -> None:
    documents, before = documents_of(two[0])
    _, after = documents_of(two[1])
    kinds = [one.kind for one in changes(documents, before, after, (VIEW, VIEW), frozenset())]
    fell = strict_correct(documents, before) - strict_correct(documents, after)
    assert kinds.count(BROKEN) - kinds.count(FIXED) == fell


@in_two_sizes(pairs)
def test_the_way_back_is_the_mirror_image(two: tuple[Corpus, Corpus]) -> None:
    documents, before = documents_of(two[0])
    _, after = documents_of(two[1])
    mirrored = {BROKEN: FIXED, FIXED: BROKEN, CAME: WENT, WENT: CAME}
    there = changes(documents, before, after, (VIEW, VIEW), frozenset())
    back = changes(documents, after, before, (VIEW, VIEW), frozenset())
    turned = [Change(mirrored[o.kind], o.report, o.label, o.start, o.end, o.after, o.before) for o in back]
    assert sorted(turned, key=repr) == sorted(there, key=repr)


@in_two_sizes(corpora(most=8))
def test_nothing_changes_without_a_change(corpus: Corpus) -> None:
    documents, answers = documents_of(corpus)
    assert changes(documents, answers, answers, (VIEW, VIEW), frozenset()) == []


# --- the sentence around a mention: it stands between « and » ---


@pytest.mark.parametrize(
    "marked",
    [
        "«Kyiv» fell.",
        "They took «Kyiv».",
        "«Kyiv»",
        "Shells hit «Kyiv» again.| It burned.",
        "It burned. |Shells hit «Kyiv» again.",
        "First line|\n«Kyiv» fell|\nThird line",
        "Near Lt. «Col. Ivanov» they stopped.",
        "🔥🔥 «Kyiv» 🚀 burns 🔥",
        "“«Kyiv»,” he said.",
        "pro-«Kyiv»-minded",
    ],
)
def test_a_mention_in_its_sentence(marked: str) -> None:
    """The sentence that holds the mention; what | sets off is another one."""
    part = next(part for part in marked.split("|") if "«" in part)
    text = marked.replace("|", "").replace("«", "").replace("»", "")
    start = marked.replace("|", "").index("«")
    end = marked.replace("|", "").index("»") - 1
    shown = "{}«{}»{}".format(*in_context(Change(BROKEN, "r", "X", start, end), text))
    assert shown == part.strip()


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        pytest.param("The Free\n  Army fell.", 4, 15, ("The ", "Free Army", ""), id="a mention over a line break"),
        pytest.param("In St. Louis. He left.", 3, 18, ("In ", "St. Louis. He l", ""), id="over the end of a sentence"),
        pytest.param("a \t b   c  d", 4, 5, ("a ", "b", " c d"), id="white space is made single"),
        pytest.param("  Kyiv  ", 2, 6, ("", "Kyiv", ""), id="white space at the ends"),
        pytest.param(" \n ", 0, 1, ("", "", ""), id="no sentence at all"),
        pytest.param("👩‍🚀👩‍🚀 Kyiv", 7, 11, ("👩‍🚀👩‍🚀 ", "Kyiv", ""), id="an emoji of several code points"),
    ],
)
def test_in_context(text: str, start: int, end: int, expected: tuple[str, str, str]) -> None:
    assert in_context(Change(BROKEN, "r", "X", start, end), text) == expected


words = st.text("ab.!?\n\t «🔥é", max_size=40)


@given(words, st.integers(0, 39), st.integers(1, 40))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_what_is_shown_stands_in_the_text_and_the_mention_is_whole(text: str, start: int, length: int) -> None:
    end = min(start + length, len(text))
    if start >= end or text[start].isspace() or text[end - 1].isspace():
        return
    before, mention, after = in_context(Change(BROKEN, "r", "X", start, end), text)
    assert mention == " ".join(text[start:end].split())
    assert before + mention + after in " ".join(text.split())
    assert "\n" not in before + mention + after
