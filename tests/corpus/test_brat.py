import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from harness.annotation import (
    Annotations,
    Argument,
    Attribute,
    Attribution,
    Event,
    Link,
    Mention,
    Note,
    Report,
    TimeValue,
    Trigger,
    UnalignedMention,
)
from harness.corpus.brat import read_document, write_document
from harness.corpus.document import Document
from harness.errors import FileError, InputError
from harness.schema import AttributeType, EventType, Schema

from .samples import ANN, DOCUMENT, SCHEMA, TEXT, ZONES, documents, surfaces, write_folder

FILES = {"aleppo.txt": TEXT, "aleppo.ann": ANN, "aleppo.zones.tsv": ZONES}


def read(folder: Path, text: str, ann: str, schema: Schema = SCHEMA) -> Document:
    return read_document(write_folder(folder, {"a.txt": text, "a.ann": ann}) / "a.txt", schema)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir())}


def test_every_layer_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    assert read_document(folder / "aleppo.txt", SCHEMA, {"split": "test", "style": "wire"}) == DOCUMENT


def test_every_layer_is_written(tmp_path: Path) -> None:
    write_document(DOCUMENT, tmp_path)
    assert contents(tmp_path) == FILES


def test_an_event_is_an_attribution_only_where_the_schema_says_so(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    schema = msgspec.structs.replace(SCHEMA, attribution=None)
    annotations = read_document(folder / "aleppo.txt", schema).annotations
    assert annotations.attributions == ()
    assert annotations.events[1] == Event(
        "E2",
        "Attribution",
        Trigger(31, 35, "T4"),
        (Argument("Source", "T3"), Argument("Content", "E1")),
        1.0,
    )


def test_an_attribution_may_name_its_content_first(tmp_path: Path) -> None:
    ann = "T1\tAttribution 0 4\tsaid\nT2\tAttack 5 8\thit\nT3\tPERSON 9 11\the\n"
    ann += "E1\tAttack:T2\nE2\tAttribution:T1 Content:E1 Source:T3\n"
    assert read(tmp_path, "said hit he", ann).annotations.attributions == (
        Attribution(
            "E2", "Attribution", Trigger(0, 4, "T1"), (Argument("Source", "T3"),), (Argument("Content", "E1"),)
        ),
    )


def test_numbered_roles_are_read_as_one_role(tmp_path: Path) -> None:
    ann = "T1\tAttack 0 3\thit\nT2\tPERSON 4 6\the\nT3\tPERSON 7 10\tshe\nE1\tAttack:T1 Attacker:T2 Attacker2:T3\n"
    (event,) = read(tmp_path, "hit he she", ann).annotations.events
    assert event.arguments == (Argument("Attacker", "T2"), Argument("Attacker", "T3"))


@pytest.mark.parametrize(
    ("text", "ann", "expected"),
    [
        pytest.param("in Gao", "T1\tGPE 3 6\tGao\n", [("GPE", "Gao")], id="plain"),
        pytest.param(
            "Jonas\r\nGao\r\n",
            "T1\tPERSON 0 5\tJonas\nT2\tGPE 7 10\tGao\n",
            [("PERSON", "Jonas"), ("GPE", "Gao")],
            id="CRLF counts two",
        ),
        pytest.param("😀𐍈 Gao", "T1\tGPE 3 6\tGao\n", [("GPE", "Gao")], id="astral characters count one"),
        pytest.param("e\u0301 Gao", "T1\tGPE 3 6\tGao\n", [("GPE", "Gao")], id="combining characters count"),
        pytest.param("\ufeffGao", "T1\tGPE 1 4\tGao\n", [("GPE", "Gao")], id="a byte order mark counts"),
        pytest.param(
            "Deir\r\nez-Zor", "T1\tGPE 0 12\tDeir  ez-Zor\n", [("GPE", "Deir  ez-Zor")], id="mention over a line end"
        ),
        pytest.param(
            "Gao and Kidal airports",
            "T1\tGPE 0 3;14 21\tGao airport\nT2\tGPE 8 21\tKidal airport\n",
            [("GPE", "Gao airport"), ("GPE", "Kidal airport")],
            id="discontinuous mention",
        ),
    ],
)
def test_offsets_count_code_points(tmp_path: Path, text: str, ann: str, expected: list[tuple[str, str]]) -> None:
    document = read(tmp_path / "in", text, ann)
    assert surfaces(document) == expected
    write_document(document, tmp_path / "out")
    assert contents(tmp_path / "out") == {"a.ann": ann, "a.txt": text}


def test_a_report_without_zone_table_has_no_zones(tmp_path: Path) -> None:
    assert read(tmp_path, "Gao", "").report == Report("a", "Gao")


@pytest.mark.parametrize("ann", ["", "\n", "# nothing here\n"])
def test_a_report_without_labels_is_read(tmp_path: Path, ann: str) -> None:
    assert read(tmp_path, "Gao", ann).annotations.mentions == ()


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        pytest.param(
            Annotations("a", (Mention(0, 3, "GPE"), Mention(4, 7, "GPE", "T7"), Mention(8, 11, "GPE"))),
            ["T7\tGPE 4 7\tabc", "T8\tGPE 0 3\tabc", "T9\tGPE 8 11\tabc"],
            id="mentions without id get free ones",
        ),
        pytest.param(
            Annotations("a", (Mention(0, 3, "GPE"),), (), (Event("E1", "Attack", Trigger(4, 7)),)),
            ["T1\tGPE 0 3\tabc", "T2\tAttack 4 7\tabc", "E1\tAttack:T2"],
            id="triggers without id get free ones",
        ),
        pytest.param(
            Annotations("a", (Mention(8, 11, "GPE", "T10"), Mention(0, 3, "GPE", "T9"))),
            ["T9\tGPE 0 3\tabc", "T10\tGPE 8 11\tabc"],
            id="lines in the order of numbers",
        ),
        pytest.param(
            Annotations(
                "a",
                (Mention(0, 3, "GPE", "T1", 0.5),),
                notes=(Note("#4", "Remark", "T1", "x"), Note("#2", "Remark", "", "")),
            ),
            ["T1\tGPE 0 3\tabc", "#4\tRemark T1\tx", "#2\tRemark\t", "#5\tConfidence T1\t0.5"],
            id="confidences follow the notes",
        ),
        pytest.param(
            Annotations("a", (Mention(0, 3, "GPE", "T1", 0.5),)),
            ["T1\tGPE 0 3\tabc", "#1\tConfidence T1\t0.5"],
            id="confidences without notes",
        ),
        pytest.param(
            Annotations("a", (Mention(0, 3, "GPE", "T1"), Mention(4, 7, "GPE", "Tb"), Mention(8, 11, "GPE", "Ta"))),
            ["Ta\tGPE 8 11\tabc", "Tb\tGPE 4 7\tabc", "T1\tGPE 0 3\tabc"],
            id="ids without numbers first",
        ),
        pytest.param(
            Annotations(
                "a",
                (),
                (),
                (Event("E2", "Attack", Trigger(4, 7, "T2")),),
                (Attribution("E1", "Attribution", Trigger(0, 3, "T1")),),
            ),
            ["T1\tAttribution 0 3\tabc", "T2\tAttack 4 7\tabc", "E1\tAttribution:T1", "E2\tAttack:T2"],
            id="events and attributions by number",
        ),
        pytest.param(
            Annotations(
                "a",
                (Mention(0, 3, "GPE", "T1"),),
                times=(TimeValue("N2", "T1", "2016"),),
                links=(Link("N1", "T1", "Wikidata", "Q1", "abc"),),
            ),
            ["T1\tGPE 0 3\tabc", "N1\tReference T1 Wikidata:Q1\tabc", "N2\tReference T1 TIMEX3:2016\t"],
            id="links and time values by number",
        ),
    ],
)
def test_lines_are_written(tmp_path: Path, document: Annotations, lines: list[str]) -> None:
    write_document(Document(Report("a", "abc abc abc"), document), tmp_path)
    assert contents(tmp_path)["a.ann"] == "".join(f"{line}\n" for line in lines)


def test_two_events_may_share_a_trigger(tmp_path: Path) -> None:
    ann = "T1\tAttack 0 3\thit\nE1\tAttack:T1\nE2\tAttack:T1\n"
    document = read(tmp_path / "in", "hit", ann)
    write_document(document, tmp_path / "out")
    assert contents(tmp_path / "out") == {"a.ann": ann, "a.txt": "hit"}


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.1, 1 / 3, 5e-324, 0.30000000000000004])
def test_a_confidence_survives(tmp_path: Path, confidence: float) -> None:
    document = Document(Report("a", "Gao"), Annotations("a", (Mention(0, 3, "GPE", "T1", confidence),)))
    write_document(document, tmp_path)
    assert read_document(tmp_path / "a.txt", SCHEMA) == document


@settings(max_examples=40, deadline=None)
@given(documents())
def test_a_written_document_is_read_equal_and_written_equal_again(document: Document) -> None:
    with tempfile.TemporaryDirectory() as name:
        first, second = Path(name) / "first", Path(name) / "second"
        write_document(document, first)
        again = read_document(first / "r.txt", SCHEMA)
        assert again == document
        write_document(again, second)
        assert contents(first) == contents(second)


def test_unaligned_mentions_are_refused(tmp_path: Path) -> None:
    lost = (UnalignedMention("Gao", "GPE"), UnalignedMention("Kidal", "GPE"))
    with pytest.raises(InputError) as caught:
        write_document(Document(Report("a", "Gao"), Annotations("a", unaligned=lost)), tmp_path)
    assert str(caught.value) == (
        "a: 2 mentions have no place in the text, which brat cannot hold\n  Write JSONL instead."
    )
    assert list(tmp_path.iterdir()) == []


GAO = Mention(0, 3, "GPE", "T1")
ODD = Schema(
    entities=("GPE", "armed group"),
    events={"Attack": EventType("Attack")},
    attributes={"Stage": AttributeType("Stage", ("GPE",), ("not yet",))},
)


@pytest.mark.parametrize(
    "annotations",
    [
        pytest.param(Annotations("a", (Mention(0, 3, "armed group"),)), id="label with a space"),
        pytest.param(Annotations("a", (Mention(0, 3, "GPE", "m1"),)), id="mention id without T"),
        pytest.param(Annotations("a", (Mention(0, 3, "GPE", "T 1"),)), id="mention id with a space"),
        pytest.param(Annotations("a", (), (), (Event("x", "Attack", Trigger(0, 3)),)), id="event id without E"),
        pytest.param(Annotations("a", notes=(Note("#1", "Remark", "", "two\nlines"),)), id="note of two lines"),
        pytest.param(
            Annotations("a", (GAO,), links=(Link("N1", "T1", "Wikidata", "Q1", "G\nao"),)), id="surface of two lines"
        ),
        pytest.param(Annotations("a", (GAO,), times=(TimeValue("N1", "T1", ""),)), id="time without value"),
        pytest.param(
            Annotations("a", (GAO,), attributes=(Attribute("A1", "Stage", "T1", "not yet"),)), id="value of two words"
        ),
    ],
)
def test_what_brat_cannot_hold_is_not_written_so_that_it_cannot_be_read(
    tmp_path: Path, annotations: Annotations
) -> None:
    try:
        write_document(Document(Report("a", "Gao"), annotations), tmp_path)
    except InputError:
        assert list(tmp_path.iterdir()) == []
    else:
        assert read_document(tmp_path / "a.txt", ODD).report == Report("a", "Gao")


@pytest.mark.parametrize(
    ("ann", "message"),
    [
        pytest.param(
            "T1\tGPE 0 3\tGao\r\n", ":1: has Windows line ends\n  Convert it: sed -i 's/\\r$//' a.ann", id="CRLF"
        ),
        pytest.param(
            "\ufeffT1\tGPE 0 3\tGao\n",
            ":1:1: begins with a byte order mark\n  Save it as UTF-8 without one.",
            id="byte order mark",
        ),
    ],
)
def test_labels_saved_by_a_windows_editor_are_refused(tmp_path: Path, ann: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, "Gao", ann)
    assert str(caught.value) == f"{tmp_path / 'a.ann'}{message}"


@pytest.mark.parametrize("name", ["../a", "a/b", "a\\b", "/a"])
def test_a_report_is_only_written_into_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        write_document(Document(Report(name, "Gao"), Annotations(name)), tmp_path / "gold")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_ann_file_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a.txt": "Gao"})
    with pytest.raises(FileError) as caught:
        read_document(tmp_path / "a.txt", SCHEMA)
    assert str(caught.value) == (
        f"{tmp_path / 'a.ann'}: no such file\n  Create it (empty if nothing in a.txt is labelled)."
    )


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_document(tmp_path / "a.txt", SCHEMA)
    assert str(caught.value) == f"{tmp_path / 'a.txt'}: no such file\n  Check the path."


@pytest.mark.parametrize("name", ["a.txt", "a.ann", "a.zones.tsv"])
def test_a_file_that_is_not_utf8_is_refused_with_line_and_column(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {"a.txt": "Gao", "a.ann": ""})
    (tmp_path / name).write_bytes(b"first\n\xc3\xa9 caf\xe9\n")
    with pytest.raises(FileError) as caught:
        read_document(tmp_path / "a.txt", SCHEMA)
    assert str(caught.value) == (
        f"{tmp_path / name}:2:7: byte 0xe9 is not UTF-8\n"
        f"  Convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 {name} > fixed.txt"
    )


@pytest.mark.parametrize(
    ("ann", "message"),
    [
        pytest.param(
            "T1\tGPE 0 3\tGoa\n",
            ":1:8: the text at 0 3 is 'Gao', not 'Goa'\n  'Goa' does not occur in the text.",
            id="one fault",
        ),
        pytest.param(
            "T1\tGPE 0 3\tGao\nA1\tMood T1\n*\tEquiv T1 T2\n",
            ":2:4: attribute 'Mood' is not declared\n  annotation.conf declares Stage, Generic, Certainty."
            " (1 more in this file; 'harness gold check' lists them all.)",
            id="the first of two",
        ),
        pytest.param("T1 GPE", ":1:1: cannot read 'T1 GPE'\n  Write T1<tab>LABEL START END<tab>SURFACE.", id="syntax"),
    ],
)
def test_a_report_with_a_fault_is_refused(tmp_path: Path, ann: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, "Gao", ann)
    assert str(caught.value) == f"{tmp_path / 'a.ann'}{message}"


@pytest.mark.parametrize(
    "note", ["#1\tConfidence T1\thigh", "#1\tConfidence T1\t1.5", "#1\tConfidence T1\tnan", "#1\tConfidence T1\t"]
)
def test_a_confidence_that_is_none_is_refused_with_its_line(tmp_path: Path, note: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, "Gao", f"T1\tGPE 0 3\tGao\n{note}\n")
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "a.ann"), 2)


def test_a_fault_in_the_zone_table_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a.txt": "Gao", "a.ann": "", "a.zones.tsv": ZONES})
    with pytest.raises(FileError) as caught:
        read_document(tmp_path / "a.txt", SCHEMA)
    assert str(caught.value) == (
        f"{tmp_path / 'a.zones.tsv'}:2: zone dateline ends at 14, after the text (3 characters)\n  Mend its end."
    )
