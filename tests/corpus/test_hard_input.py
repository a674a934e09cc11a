"""Input that a reviewer and a newcomer broke the corpus room with."""

from pathlib import Path

import pytest

from harness.annotation import Annotations, Mention, Report
from harness.corpus.annotation_conf import format_annotation_conf, read_annotation_conf
from harness.corpus.brat import write_document
from harness.corpus.check import check_folder
from harness.corpus.crosswalk import Crosswalk, Target, Trim, build_views, shipped_crosswalk, trim
from harness.corpus.document import Document
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import ConfigurationError, HarnessError, InputError
from harness.resources import locate
from harness.schema import Schema

from .samples import write_folder

CONF = "[entities]\nGPE\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"a.ann": "T1\tGPE 0 3\tGao\r\n"}, "a.ann:1: has Windows line ends", id="CRLF .ann"),
        pytest.param(
            {"a.ann": "\ufeffT1\tGPE 0 3\tGao\n"}, "a.ann:1:1: begins with a byte order mark", id="BOM in .ann"
        ),
        pytest.param(
            {"a.txt": "\ufeffGao", "a.ann": "T1\tGPE 0 3\tGao\n"}, "byte order mark, which counts", id="BOM in .txt"
        ),
        pytest.param(
            {"a.txt": "x\r\nGao", "a.ann": "T1\tGPE 2 5\tGao\n"}, "line ends, which count as two", id="CRLF .txt"
        ),
        pytest.param({"b.ann": ""}, "b.ann: there is no b.txt", id="labels without a text"),
        pytest.param(
            {"a.ann": "T1\tGPE 0 3\tGao\n#1\tConfidence T1\t0.5\n#2\tAnnotatorNotes #1\thm\n"},
            "a.ann:3:19: #1 is not annotated",
            id="a note about a confidence",
        ),
    ],
)
def test_refused_by_the_run_and_by_the_check(tmp_path: Path, files: dict[str, str], message: str) -> None:
    write_folder(tmp_path, {"annotation.conf": CONF, "a.txt": "Gao", "a.ann": ""} | files)
    with pytest.raises(HarnessError) as raised:
        read_gold(GoldSource(tmp_path))
    assert message in str(raised.value)
    assert any(message in str(fault) for fault in check_folder(tmp_path).faults)


def test_the_check_lists_every_malformed_line(tmp_path: Path) -> None:
    ann = "T1 GPE 0 3 Gao\nT2\tGPE 0 3\tGao\nT3 GPE\n"
    write_folder(tmp_path, {"annotation.conf": CONF, "a.txt": "Gao", "a.ann": ann})
    assert [fault.line for fault in check_folder(tmp_path).faults] == [1, 3]


@pytest.mark.parametrize("name", ["../escaped", "a/b", "a\\b"])
def test_a_report_id_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        write_document(Document(Report(name, "Gao"), Annotations(name)), tmp_path / "out")
    assert list(tmp_path.rglob("*")) == []


def test_a_misspelt_split_is_named(tmp_path: Path) -> None:
    (tmp_path / "g.jsonl").write_text('{"id":"a","text":"Gao","metadata":{"split":"tset"}}\n')
    with pytest.raises(InputError, match="report a has the unknown split 'tset'"):
        read_gold(GoldSource(tmp_path / "g.jsonl", format="jsonl"))


def test_gold_without_a_declaration_has_all_labels_of_its_crosswalk(tmp_path: Path) -> None:
    (tmp_path / "g.jsonl").write_text('{"id":"a","text":"Gao","mentions":[{"start":0,"end":3,"label":"GPE"}]}\n')
    report = shipped_crosswalk("report")
    assert (
        read_gold(GoldSource(tmp_path / "g.jsonl", format="jsonl", crosswalk=report)).schema.entities == report.labels
    )


def test_a_subset_of_a_label_set_is_said_to_be_taken_for_it(tmp_path: Path) -> None:
    write_folder(tmp_path, {"annotation.conf": CONF, "a.txt": "Gao", "a.ann": ""})
    (remark,) = read_gold(GoldSource(tmp_path, crosswalk=shipped_crosswalk("report"))).remarks
    assert "taken to be those of the label set report" in remark


def test_a_map_to_a_label_that_is_not_there_is_refused() -> None:
    gold = Crosswalk("mine", ("Person",))
    backend = Crosswalk("theirs", ("PER",), {"mine": Target({"PER": "Persn"})})
    with pytest.raises(ConfigurationError) as raised:
        build_views(Schema(("Person",)), gold, backend, ("PER",))
    assert str(raised.value) == (
        "crosswalk theirs maps PER to Persn, which is no label of mine\n  Did you mean Person?"
    )


@pytest.mark.parametrize(
    ("text", "trims", "expected"),
    [
        ("Armyß", Trim(trailing=("ss",)), "Armyß"),
        ("ſs Army", Trim(leading=("ss",)), "Army"),
        ("THE Army", Trim(leading=("the",)), "Army"),
        ("the", Trim(leading=("the",)), "the"),
    ],
)
def test_trims_count_characters_of_the_text(text: str, trims: Trim, expected: str) -> None:
    cut = trim(Mention(0, len(text), "X"), text, [trims])
    assert text[cut.start : cut.end] == expected


def test_a_schema_survives_its_configuration_file(tmp_path: Path) -> None:
    schema = read_annotation_conf(locate("gold") / "annotation.conf")
    (tmp_path / "annotation.conf").write_text(format_annotation_conf(schema))
    assert read_annotation_conf(tmp_path / "annotation.conf") == schema
