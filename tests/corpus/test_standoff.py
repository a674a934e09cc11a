from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.annotation import Offsets
from harness.corpus.standoff import (
    AttributeLine,
    BlankLine,
    EquivLine,
    EventLine,
    Line,
    NormalisationLine,
    NoteLine,
    RelationLine,
    TextBound,
    parse,
    role_name,
    serialise,
    surface_of,
)
from harness.errors import FileError

PATH = Path("a.ann")

LINES = [
    pytest.param(
        "T1\tPERSON 0 5\tJonas", TextBound("T1", "PERSON", ((0, 5),), "Jonas", number=1), id="T: continuous mention"
    ),
    pytest.param(
        "T2\tFACILITY 0 4;16 23\tGao and airport",
        TextBound("T2", "FACILITY", ((0, 4), (16, 23)), "Gao and airport", number=1),
        id="T: discontinuous mention",
    ),
    pytest.param(
        "T3\tGPE 0 3;5 8;9 10\ta b c",
        TextBound("T3", "GPE", ((0, 3), (5, 8), (9, 10)), "a b c", number=1),
        id="T: three fragments",
    ),
    pytest.param(
        "T4\tGPE 0 6\tA\tleppo ",
        TextBound("T4", "GPE", ((0, 6),), "A\tleppo ", number=1),
        id="T: tabs and spaces belong to the surface",
    ),
    pytest.param("T5\tGPE 0 1\t", TextBound("T5", "GPE", ((0, 1),), "", number=1), id="T: empty surface"),
    pytest.param("E1\tAttack:T5", EventLine("E1", "Attack", "T5", (), number=1), id="E: no arguments"),
    pytest.param(
        "E1\tAttack:T5 ",
        EventLine("E1", "Attack", "T5", (), number=1, tail=" "),
        id="E: no arguments, as brat writes it",
    ),
    pytest.param(
        "E2\tAttribution:T6 Source:T1 Content:E1 Content2:E3",
        EventLine("E2", "Attribution", "T6", (("Source", "T1"), ("Content", "E1"), ("Content2", "E3")), number=1),
        id="E: arguments, one role numbered",
    ),
    pytest.param(
        "R1\tpart_of Arg1:T1 Arg2:T2",
        RelationLine("R1", "part_of", (("Arg1", "T1"), ("Arg2", "T2")), number=1),
        id="R: relation",
    ),
    pytest.param(
        "R1\tpart_of Arg1:T1 Arg2:T2\t",
        RelationLine("R1", "part_of", (("Arg1", "T1"), ("Arg2", "T2")), number=1, tail="\t"),
        id="R: with the tab that brat writes",
    ),
    pytest.param(
        "A1\tStage E1 planned",
        AttributeLine("A1", "Stage", "E1", "planned", number=1),
        id="A: value",
    ),
    pytest.param("A2\tGeneric E1", AttributeLine("A2", "Generic", "E1", "", number=1), id="A: flag"),
    pytest.param(
        "A2\tGeneric E1 ",
        AttributeLine("A2", "Generic", "E1", "", number=1, tail=" "),
        id="A: flag before a space",
    ),
    pytest.param(
        "A1\tStage E1 planned \t",
        AttributeLine("A1", "Stage", "E1", "planned", number=1, tail=" \t"),
        id="A: value before white space",
    ),
    pytest.param("M1\tStage E1 planned", AttributeLine("M1", "Stage", "E1", "planned", number=1), id="M: value"),
    pytest.param("M2\tNegation E1", AttributeLine("M2", "Negation", "E1", "", number=1), id="M: flag"),
    pytest.param(
        "N1\tReference T1 Wikidata:Q41183\tAleppo",
        NormalisationLine("N1", "Reference", "T1", "Wikidata", "Q41183", "Aleppo", number=1),
        id="N: link",
    ),
    pytest.param(
        "N2\tReference T2 TIMEX3:2016-09-26T14:30\tMonday, half past two",
        NormalisationLine("N2", "Reference", "T2", "TIMEX3", "2016-09-26T14:30", "Monday, half past two", number=1),
        id="N: time with colons in its value",
    ),
    pytest.param("*\tEquiv T1 T2", EquivLine("Equiv", ("T1", "T2"), number=1), id="*: two members"),
    pytest.param("*\tEquiv T1 T2 T9", EquivLine("Equiv", ("T1", "T2", "T9"), number=1), id="*: three members"),
    pytest.param(
        "*\tEquiv T1 T2 ", EquivLine("Equiv", ("T1", "T2"), number=1, tail=" "), id="*: members before a space"
    ),
    pytest.param(
        "#1\tAnnotatorNotes T1\ta city, or a road?",
        NoteLine("#1", "AnnotatorNotes", "T1", "a city, or a road?", number=1),
        id="#: note on a mention",
    ),
    pytest.param(
        "#1\tAnnotatorNotes T1\tone\ttwo ",
        NoteLine("#1", "AnnotatorNotes", "T1", "one\ttwo ", number=1),
        id="#: tabs and spaces belong to the note",
    ),
    pytest.param(
        "#2\tAnnotatorNotes\tunreadable",
        NoteLine("#2", "AnnotatorNotes", "", "unreadable", number=1),
        id="#: note on the report",
    ),
    pytest.param("# checked twice", NoteLine("", "", "", "# checked twice", number=1), id="#: bare comment"),
    pytest.param("#", NoteLine("", "", "", "#", number=1), id="#: nothing but the sign"),
    pytest.param("#todo ", NoteLine("", "", "", "#todo ", number=1), id="#: comment that looks like an id"),
    pytest.param("", BlankLine(number=1), id="blank"),
    pytest.param(" \t ", BlankLine(number=1, tail=" \t "), id="blank but for white space"),
    pytest.param(
        "E1\tAttack:T5 Place:T6\r",
        EventLine("E1", "Attack", "T5", (("Place", "T6"),), number=1, tail="\r"),
        id="carriage return",
    ),
]


@pytest.mark.parametrize(("raw", "line"), LINES)
def test_a_line_is_read(raw: str, line: Line) -> None:
    assert parse(raw, PATH) == (line,)


@pytest.mark.parametrize("raw", [pytest.param(row.values[0], id=row.id) for row in LINES])
def test_a_line_is_written_as_it_was_read(raw: str) -> None:
    assert serialise(parse(raw, PATH)) == raw


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param("", [BlankLine(number=1)], id="empty file"),
        pytest.param("\n", [BlankLine(number=1), BlankLine(number=2)], id="one line break"),
        pytest.param(
            "A1\tGeneric E1\n",
            [AttributeLine("A1", "Generic", "E1", "", number=1), BlankLine(number=2)],
            id="final line break",
        ),
        pytest.param(
            "A1\tGeneric E1\nA2\tGeneric E2",
            [AttributeLine("A1", "Generic", "E1", "", number=1), AttributeLine("A2", "Generic", "E2", "", number=2)],
            id="no final line break",
        ),
        pytest.param(
            "\nA1\tGeneric E1\n\n# end\n",
            [
                BlankLine(number=1),
                AttributeLine("A1", "Generic", "E1", "", number=2),
                BlankLine(number=3),
                NoteLine("", "", "", "# end", number=4),
                BlankLine(number=5),
            ],
            id="blank lines between",
        ),
        pytest.param(
            "#1\tRemark\ta\u2028b\x0bc\n",
            [NoteLine("#1", "Remark", "", "a\u2028b\x0bc", number=1), BlankLine(number=2)],
            id="only a line feed ends a line",
        ),
    ],
)
def test_a_file_is_read_line_by_line_and_written_as_it_was(content: str, lines: list[Line]) -> None:
    assert list(parse(content, PATH)) == lines
    assert serialise(lines) == content


T_FORM = "Write T1<tab>LABEL START END<tab>SURFACE."
E_FORM = "Write E1<tab>LABEL:T1 ROLE:T2."
R_FORM = "Write R1<tab>LABEL Arg1:T1 Arg2:T2."
A_FORM = "Write A1<tab>NAME TARGET VALUE."
N_FORM = "Write N1<tab>Reference T1 RESOURCE:ID<tab>SURFACE."
STAR_FORM = "Write *<tab>Equiv T1 T2."
NOTE_FORM = "Write #1<tab>AnnotatorNotes T1<tab>TEXT."


@pytest.mark.parametrize(
    ("raw", "column", "remedy"),
    [
        pytest.param("T1 GPE 0 6 Aleppo", 1, T_FORM, id="T: spaces instead of tabs"),
        pytest.param("T1 GPE 0 6\tAleppo", 1, T_FORM, id="T: a space instead of the first tab"),
        pytest.param("T\tGPE 0 6\tAleppo", 1, T_FORM, id="T: no number"),
        pytest.param("T1\tGPE 0 6 Aleppo", 4, T_FORM, id="T: a space instead of the second tab"),
        pytest.param("T1\tGPE 0\tAleppo", 4, T_FORM, id="T: no end"),
        pytest.param("T1\tGPE 0 -6\tAleppo", 4, T_FORM, id="T: negative offset"),
        pytest.param("T1\tGPE 0 six\tAleppo", 4, T_FORM, id="T: offset in words"),
        pytest.param("T1\tGPE 0 3,4 6\tAle po", 4, T_FORM, id="T: fragments separated by a comma"),
        pytest.param("T1\tGPE 0 3;\tAle", 4, T_FORM, id="T: fragment missing after a semicolon"),
        pytest.param("T1\t0 6\tAleppo", 4, T_FORM, id="T: no label"),
        pytest.param("T12\tGPE  0 6\tAleppo", 5, T_FORM, id="T: two spaces"),
        pytest.param("T1\tGPE 0 6", 11, T_FORM, id="T: no surface"),
        pytest.param("T6\tGPE 00 06\tAleppo", 4, T_FORM, id="T: offsets with leading zeros"),
        pytest.param("E1\tAttack", 4, E_FORM, id="E: no trigger"),
        pytest.param("E1\tAttack:T5 T6", 4, E_FORM, id="E: argument without role"),
        pytest.param("E1\tAttack:T5 Place:", 4, E_FORM, id="E: role without target"),
        pytest.param("E1 Attack:T5", 1, E_FORM, id="E: a space instead of the tab"),
        pytest.param("R1\tpart_of T1 T2", 4, R_FORM, id="R: arguments without roles"),
        pytest.param("R1\tpart_of Arg1:T1", 4, R_FORM, id="R: one argument"),
        pytest.param("R1\tpart_of Arg1:T1 Arg2:T2 Arg3:T3", 4, R_FORM, id="R: three arguments"),
        pytest.param("A1\tGeneric", 4, A_FORM, id="A: no target"),
        pytest.param("A1\tStage E1 not yet", 4, A_FORM, id="A: value of two words"),
        pytest.param("M1\tGeneric", 4, A_FORM, id="M: no target"),
        pytest.param("N1\tReference T1 Q41183\tAleppo", 4, N_FORM, id="N: no resource"),
        pytest.param("N1\tReference T1 Wikidata:\tAleppo", 4, N_FORM, id="N: no identifier"),
        pytest.param("N1\tReference T1 Wikidata:Q1", 28, N_FORM, id="N: no surface"),
        pytest.param("*\tEquiv T1", 3, STAR_FORM, id="*: one member"),
        pytest.param("* Equiv T1 T2", 1, STAR_FORM, id="*: a space instead of the tab"),
        pytest.param("#1\tAnnotatorNotes T1", 21, NOTE_FORM, id="#: no text"),
        pytest.param("#1\tAnnotatorNotes T1 T2\twho?", 4, NOTE_FORM, id="#: two targets"),
        pytest.param("# see\tabove", 1, NOTE_FORM, id="#: comment with a tab"),
    ],
)
def test_a_malformed_line_is_refused(raw: str, column: int, remedy: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(f"# first\n\n{raw}\nA1\tGeneric\n", PATH)
    assert (caught.value.line, caught.value.column) == (3, column)
    assert str(caught.value) == f"a.ann:3:{column}: cannot read {raw!r}\n  {remedy}"


@pytest.mark.parametrize("raw", ["X1\tGPE 0 6\tAleppo", "t1\tGPE 0 6\tAleppo", " T1\tGPE 0 6\tAleppo", "\ufeffT1\tGPE"])
def test_a_line_of_no_known_form_is_refused(raw: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(f"\n{raw}\n", PATH)
    message = f"a.ann:2:1: a line cannot start with {raw[0]!r}\n  Lines start with T, E, R, A, M, N, * or #."
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param("T1 " + "x" * 57, "T1 " + "x" * 57, id="60 characters: whole"),
        pytest.param("T1 " + "x" * 58, "T1 " + "x" * 56 + "…", id="61 characters: shortened"),
    ],
)
def test_a_long_line_is_shortened_in_the_message(raw: str, shown: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(raw, PATH)
    assert caught.value.message == f"a.ann:1:1: cannot read {shown!r}"


@pytest.mark.parametrize(
    ("text", "spans", "surface"),
    [
        pytest.param("Gao airport", ((0, 3),), "Gao", id="continuous"),
        pytest.param("Gao and Kidal airports", ((0, 3), (14, 21)), "Gao airport", id="pieces joined by a space"),
        pytest.param("Deir\nez-Zor", ((0, 11),), "Deir ez-Zor", id="line feed shown as a space"),
        pytest.param("Deir\r\nez-Zor", ((0, 12),), "Deir  ez-Zor", id="both characters of CRLF shown as spaces"),
        pytest.param("Deir\tez-Zor", ((0, 11),), "Deir\tez-Zor", id="tab as it is"),
        pytest.param("😀 Gao", ((2, 5),), "Gao", id="astral characters count once"),
    ],
)
def test_the_surface_of_spans(text: str, spans: tuple[Offsets, ...], surface: str) -> None:
    assert surface_of(text, spans) == surface


@pytest.mark.parametrize(
    ("written", "declared", "role"),
    [
        pytest.param("Place", ["Place"], "Place", id="declared"),
        pytest.param("Place2", ["Place"], "Place", id="second"),
        pytest.param("Place12", ["Place"], "Place", id="twelfth"),
        pytest.param("Side2", ["Side1", "Side2"], "Side2", id="declared with a number"),
        pytest.param("Side2", ["Side", "Side2"], "Side2", id="declared with and without a number"),
        pytest.param("Where", ["Place"], "Where", id="undeclared"),
        pytest.param("Where2", ["Place"], "Where2", id="undeclared and numbered"),
        pytest.param("2", ["Place"], "2", id="nothing but a number"),
    ],
)
def test_the_role_that_is_meant(written: str, declared: list[str], role: str) -> None:
    assert role_name(written, declared) == role


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters=":"), min_size=1)
REST = st.text(st.characters(codec="utf-8", exclude_characters="\n"))
TAILS = st.text(" \t\r", max_size=2)
NUMBERS = st.text("123456789", min_size=1, max_size=6)
SPANS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3).map(
    lambda spans: ";".join(f"{start} {end}" for start, end in spans)
)
PAIRS = st.builds("{}:{}".format, WORDS, WORDS)


def joined(separator: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(separator.join)


def identified(letter: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return joined("\t", WORDS.map(lambda name: letter + name), *parts)


FORMS = {
    "T": identified("T", joined(" ", WORDS, SPANS), REST),
    "E": joined("", identified("E", st.lists(PAIRS, min_size=1).map(" ".join)), TAILS),
    "R": joined("", identified("R", joined(" ", WORDS, PAIRS, PAIRS)), TAILS),
    "A": joined("", identified("A", joined(" ", WORDS, WORDS, WORDS)), TAILS),
    "M": joined("", identified("M", joined(" ", WORDS, WORDS)), TAILS),
    "N": identified("N", joined(" ", WORDS, WORDS, PAIRS), REST),
    "*": joined("", st.lists(WORDS, min_size=3).map(lambda words: "*\t" + " ".join(words)), TAILS),
    "#": identified("#", joined(" ", WORDS, WORDS) | WORDS, REST),
    "# comment": REST.filter(lambda text: "\t" not in text).map(lambda text: "#" + text),
    "": TAILS,
}
FILES = st.lists(st.one_of(*FORMS.values()), max_size=8).map("\n".join)


@settings(max_examples=50, deadline=None)
@given(FILES)
def test_every_file_is_written_as_it_was_read(content: str) -> None:
    assert serialise(parse(content, PATH)) == content


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_line_of_each_form_is_read_as_one_line_of_that_form(form: str, data: st.DataObject) -> None:
    kinds = {
        "T": TextBound,
        "E": EventLine,
        "R": RelationLine,
        "A": AttributeLine,
        "M": AttributeLine,
        "N": NormalisationLine,
        "*": EquivLine,
        "#": NoteLine,
        "# comment": NoteLine,
        "": BlankLine,
    }
    assert [type(line) for line in parse(data.draw(FORMS[form]), PATH)] == [kinds[form]]


@settings(max_examples=50, deadline=None)
@given(FILES, st.data())
def test_a_file_with_one_character_changed_is_refused_at_a_line_or_still_written_as_it_was(
    content: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(content)))
    kept = data.draw(st.integers(place, min(place + 1, len(content))))
    changed = content[:place] + data.draw(st.sampled_from(["", *"\t\n :;#*TEx1"])) + content[kept:]
    assume(changed != content)
    outcome = parsed(changed)
    if isinstance(outcome, FileError):
        raw = changed.split("\n")[outcome.line - 1]
        assert 1 <= outcome.column <= len(raw) + 1
        assert outcome.remedy
    else:
        assert serialise(outcome) == changed


def parsed(content: str) -> tuple[Line, ...] | FileError:
    try:
        return parse(content, PATH)
    except FileError as error:
        return error
