import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.annotation import Annotations, Chain, Mention, Note, Report, Zone
from harness.corpus.brat import write_document
from harness.corpus.crosswalk import Crosswalk, Target
from harness.corpus.document import Document, Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.corpus.huggingface import to_dataset_dict
from harness.corpus.jsonl import encode_documents
from harness.errors import ConfigurationError, FileError, InputError
from harness.schema import AttributionType, Schema

from .samples import write_folder

CONF = "[entities]\nGPE\nPERSON\nPARTICIPANT\n"
REPORTS = "id,split,style\naleppo,test,wire\nbamako,train,un\ngao,dev,ngo\nidlib,test,wire\n"
FILES = {
    "annotation.conf": CONF,
    "reports.csv": REPORTS,
    "reports/aleppo.txt": "Aleppo",
    "reports/aleppo.ann": "T1\tGPE 0 6\tAleppo\n",
    "reports/bamako.txt": "Bamako",
    "reports/bamako.ann": "T1\tGPE 0 6\tBamako\n",
    "reports/gao.txt": "Gao",
    "reports/gao.ann": "T1\tGPE 0 3\tGao\n",
    "reports/idlib.txt": "Idlib",
    "reports/idlib.ann": "",
}
SCHEMA = Schema(("GPE", "PERSON", "PARTICIPANT"))


def document(name: str, split: str = "") -> Document:
    """A report that holds nothing but the name of a place."""
    text = name.capitalize()
    report = Report(name, text, metadata={"split": split} if split else {})
    return Document(report, Annotations(name, (Mention(0, len(text), "GPE", "T1"),)))


def ids(gold: Gold) -> list[str]:
    return [report.id for report in gold.reports]


def test_a_brat_folder_is_read(tmp_path: Path) -> None:
    gold = read_gold(GoldSource(write_folder(tmp_path, FILES), name="mine"))
    metadata = {"split": "test", "style": "wire"}
    assert gold == Gold(
        "mine",
        str(tmp_path),
        SCHEMA,
        "test",
        [
            Document(Report("aleppo", "Aleppo", (), metadata), Annotations("aleppo", (Mention(0, 6, "GPE", "T1"),))),
            Document(Report("idlib", "Idlib", (), metadata), Annotations("idlib")),
        ],
        train=[
            Document(
                Report("bamako", "Bamako", (), {"split": "train", "style": "un"}),
                Annotations("bamako", (Mention(0, 6, "GPE", "T1"),)),
            )
        ],
    )


@pytest.mark.parametrize(
    ("split", "read_as", "chosen"),
    [
        pytest.param("auto", "test", ["aleppo", "idlib"], id="auto: test where splits are declared"),
        pytest.param("test", "test", ["aleppo", "idlib"], id="test"),
        pytest.param("train", "train", ["bamako"], id="train"),
        pytest.param("dev", "dev", ["gao"], id="dev"),
        pytest.param("all", "all", ["aleppo", "bamako", "gao", "idlib"], id="all"),
    ],
)
def test_a_split_is_chosen(tmp_path: Path, split: str, read_as: str, chosen: list[str]) -> None:
    gold = read_gold(GoldSource(write_folder(tmp_path, FILES), split=split))
    assert (gold.split, ids(gold)) == (read_as, chosen)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(None, id="no table"),
        pytest.param("id,style\naleppo,wire\nbamako,un\ngao,ngo\nidlib,wire\n", id="table without splits"),
    ],
)
def test_auto_is_all_where_no_splits_are_declared(tmp_path: Path, table: str | None) -> None:
    files = {name: content for name, content in FILES.items() if name != "reports.csv"}
    gold = read_gold(GoldSource(write_folder(tmp_path, files if table is None else files | {"reports.csv": table})))
    assert (gold.split, ids(gold)) == ("all", ["aleppo", "bamako", "gao", "idlib"])


def test_reports_may_lie_beside_the_configuration(tmp_path: Path) -> None:
    flat = {name.removeprefix("reports/"): content for name, content in FILES.items()}
    assert ids(read_gold(GoldSource(write_folder(tmp_path, flat)))) == ["aleppo", "idlib"]


def test_the_configuration_may_lie_beside_the_reports(tmp_path: Path) -> None:
    files = dict(FILES)
    files["reports/annotation.conf"] = files.pop("annotation.conf")
    assert read_gold(GoldSource(write_folder(tmp_path, files))).schema == SCHEMA


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param("", ":1: the header has no column id\n  Start with: id,split,…", id="empty table"),
        pytest.param(
            "report,split\naleppo,test\n",
            ":1: the header has no column id\n  Start with: id,split,…",
            id="no column id",
        ),
        pytest.param(REPORTS + "kidal,test\n", ":6: 2 cells, the header has 3\n  Mend it.", id="too few cells"),
        pytest.param(REPORTS + "\n", ":6: 0 cells, the header has 3\n  Mend it.", id="blank line"),
        pytest.param(REPORTS + "gao,dev,ngo\n", ":6: report 'gao' stands twice\n  Keep one row.", id="row given twice"),
        pytest.param(
            REPORTS + "kidal,test,un\n", ":6: there is no kidal.txt\n  Add the report or remove the row.", id="no text"
        ),
        pytest.param(
            REPORTS.replace("dev", "valid"), ":4: unknown split 'valid'\n  Use train, dev or test.", id="unknown split"
        ),
        pytest.param(
            REPORTS.replace("gao,dev,ngo\n", ""),
            ": report 'gao' has no row\n  Add one with its split.",
            id="report without row",
        ),
    ],
)
def test_a_fault_in_the_table_of_reports_is_refused(tmp_path: Path, table: str, message: str) -> None:
    write_folder(tmp_path, FILES | {"reports.csv": table})
    with pytest.raises(FileError) as caught:
        read_gold(GoldSource(tmp_path))
    assert str(caught.value) == f"{tmp_path / 'reports.csv'}{message}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"format": "brta"},
            "unknown gold.format 'brta'\n  Did you mean brat? Formats: brat, jsonl, datasets, re3d, conll, docbin.",
            id="misspelt format",
        ),
        pytest.param(
            {"format": "xml"},
            "unknown gold.format 'xml'\n  Formats: brat, jsonl, datasets, re3d, conll, docbin.",
            id="format that is like none",
        ),
        pytest.param(
            {"split": "validation"},
            "unknown gold.split 'validation'\n  Splits: train, dev, test, all, auto.",
            id="unknown split",
        ),
    ],
)
def test_an_unknown_choice_is_refused(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_gold(GoldSource(write_folder(tmp_path, FILES), **changes))
    assert str(caught.value) == message


BRAT_REMEDY = "Name a folder of .txt and .ann files: gold.path=FOLDER or the environment variable HARNESS_GOLD."


def nothing(folder: Path) -> None:
    """Write no file into `folder`."""


@pytest.mark.parametrize(
    ("prepare", "name", "kind", "message"),
    [
        pytest.param(nothing, "none", "brat", f"gold folder PATH does not exist\n  {BRAT_REMEDY}", id="brat: missing"),
        pytest.param(
            lambda folder: (folder / "file").write_text(""),
            "file",
            "brat",
            f"gold folder PATH is not a folder\n  {BRAT_REMEDY}",
            id="brat: file",
        ),
        pytest.param(nothing, "", "brat", f"PATH holds no .txt files\n  {BRAT_REMEDY}", id="brat: no texts"),
        pytest.param(
            lambda folder: write_folder(folder, {"a.txt": "Gao", "a.ann": ""}),
            "",
            "brat",
            "PATH/annotation.conf: no such file\n  Declare the labels there, as brat does; see docs/formats.md.",
            id="brat: no annotation.conf",
        ),
        pytest.param(nothing, "none.jsonl", "jsonl", "PATH: no such file\n  Check the path.", id="jsonl: missing"),
        pytest.param(
            nothing,
            "",
            "jsonl",
            "PATH holds no .jsonl files\n  Name a file or a folder of .jsonl files.",
            id="jsonl: no files in the folder",
        ),
        pytest.param(
            nothing,
            "none",
            "re3d",
            "re3d folder PATH does not exist\n  Name a folder with documents.json and entities.json.",
            id="re3d: missing",
        ),
        pytest.param(
            lambda folder: (folder / "gold.jsonl").write_text(""),
            "gold.jsonl",
            "jsonl",
            "PATH holds no reports in split all\n  Check gold.path and gold.split.",
            id="jsonl: empty file",
        ),
    ],
)
def test_a_place_without_gold_is_refused(
    tmp_path: Path, prepare: Callable[[Path], object], name: str, kind: str, message: str
) -> None:
    prepare(tmp_path)
    path = tmp_path / name
    with pytest.raises(InputError) as caught:
        read_gold(GoldSource(path, format=kind))
    assert str(caught.value) == message.replace("PATH", str(path))


def test_a_dataset_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none: no dataset could be loaded: "):
        read_gold(GoldSource(tmp_path / "none", format="datasets"))


@pytest.mark.parametrize(
    ("files", "split", "message"),
    [
        pytest.param(
            {name: content for name, content in FILES.items() if name != "reports.csv"},
            "test",
            "PATH declares no splits\n"
            "  Add reports.csv with the columns id,split or take all reports: gold.split=all (--split all).",
            id="split of a gold set without splits",
        ),
        pytest.param(
            FILES | {"reports.csv": REPORTS.replace("dev", "train")},
            "dev",
            "PATH holds no reports in split dev\n  Check gold.path and gold.split.",
            id="split that is empty",
        ),
    ],
)
def test_a_split_that_is_not_there_is_refused(tmp_path: Path, files: dict[str, str], split: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_gold(GoldSource(write_folder(tmp_path, files), split=split))
    assert str(caught.value) == message.replace("PATH", str(tmp_path))


def test_labels_without_a_text_are_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"reports/kidal.ann": ""})
    with pytest.raises(FileError) as caught:
        read_gold(GoldSource(tmp_path))
    assert caught.value.message == f"{tmp_path / 'reports' / 'kidal.ann'}: there is no kidal.txt"


def test_texts_in_folders_below_are_remarked_upon(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"reports/old/kidal.txt": "Kidal", "reports/old/sake.txt": "Sake", "notes.txt": "x"})
    gold = read_gold(GoldSource(tmp_path, split="all"))
    assert ids(gold) == ["aleppo", "bamako", "gao", "idlib"]
    assert gold.remarks == ("2 .txt files in other folders below were not read",)


def test_a_fault_in_a_report_is_refused_even_outside_the_split(tmp_path: Path) -> None:
    write_folder(tmp_path, FILES | {"reports/gao.ann": "T1\tGPE 0 3\tGoa\n"})
    with pytest.raises(FileError) as caught:
        read_gold(GoldSource(tmp_path, split="test"))
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "reports" / "gao.ann"), 1)


def test_a_jsonl_file_brings_its_splits_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(
        encode_documents([document("gao", "test"), document("bamako", "train"), document("aleppo", "test")])
    )
    gold = read_gold(GoldSource(path, format="jsonl"))
    assert (gold.split, ids(gold), gold.schema) == ("test", ["aleppo", "gao"], Schema(("GPE",)))


def test_the_files_of_a_jsonl_folder_are_one_gold_set(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(encode_documents([document("bamako")]))
    (tmp_path / "a.jsonl").write_bytes(encode_documents([document("gao")]))
    assert ids(read_gold(GoldSource(tmp_path, format="jsonl"))) == ["bamako", "gao"]


def test_a_report_in_two_jsonl_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(encode_documents([document("gao")]))
    with pytest.raises(InputError, match="'gao'"):
        read_gold(GoldSource(tmp_path, format="jsonl"))


def test_a_dataset_dict_brings_its_splits(tmp_path: Path) -> None:
    path = tmp_path / "gold"
    to_dataset_dict({"train": [document("bamako")], "test": [document("gao")]}).save_to_disk(str(path))
    gold = read_gold(GoldSource(path, format="datasets"))
    assert (gold.split, gold.documents) == ("test", [document("gao", "test")])


def test_a_report_in_two_splits_of_a_dataset_dict_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold"
    to_dataset_dict({"train": [document("gao")], "test": [document("gao")]}).save_to_disk(str(path))
    with pytest.raises(InputError, match="'gao'"):
        read_gold(GoldSource(path, format="datasets", split="all"))


def test_a_re3d_folder_brings_the_labels_of_the_crosswalk_and_its_remarks(tmp_path: Path) -> None:
    write_folder(
        tmp_path,
        {
            "documents.json": json.dumps({"_id": "D1", "text": "Gao fell."}),
            "entities.json": json.dumps(
                {"documentId": "D1", "begin": 0, "end": 3, "type": "Location", "confidence": 0.6}
            ),
        },
    )
    crosswalk = Crosswalk("re3d", ("Location", "Person"))
    gold = read_gold(GoldSource(tmp_path, format="re3d", crosswalk=crosswalk, minimum_confidence=0.7))
    assert (gold.split, ids(gold), gold.schema) == ("all", ["D1"], Schema(("Location", "Person")))
    assert gold.remarks == (
        "1 entities and 0 relations below confidence 0.7 left out",
        "0 relations left out because an end is no kept entity",
    )


def test_a_named_annotation_conf_is_the_schema(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_bytes(encode_documents([document("gao")]))
    write_folder(tmp_path, {"elsewhere/labels.conf": CONF})
    source = GoldSource(tmp_path / "gold.jsonl", format="jsonl", annotation_conf=tmp_path / "elsewhere" / "labels.conf")
    assert read_gold(source).schema == SCHEMA


def test_an_annotation_conf_beside_a_jsonl_file_is_the_schema(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_bytes(encode_documents([document("gao")]))
    write_folder(tmp_path, {"annotation.conf": CONF})
    assert read_gold(GoldSource(tmp_path / "gold.jsonl", format="jsonl")).schema == SCHEMA


CROSSWALK = Crosswalk(
    "report",
    ("GPE", "PERSON", "PARTICIPANT"),
    {"coarse": Target({"GPE": "PLACE"})},
    uncounted=("PARTICIPANT",),
    ignore_zones=("boilerplate",),
    attribution=AttributionType("Attribution", "Source", "Content"),
)


def test_the_crosswalk_says_what_counts(tmp_path: Path) -> None:
    schema = read_gold(GoldSource(write_folder(tmp_path, FILES), crosswalk=CROSSWALK)).schema
    assert schema == CROSSWALK.apply(SCHEMA)
    assert schema.counted == ("GPE", "PERSON")


@pytest.mark.parametrize("kind", ["brat", "jsonl"])
def test_a_crosswalk_says_nothing_about_foreign_labels(tmp_path: Path, kind: str) -> None:
    foreign = Document(Report("kiel", "Kiel"), Annotations("kiel", (Mention(0, 4, "PORT", "T1"),)))
    write_folder(tmp_path, {"annotation.conf": "[entities]\nSHIP\nPORT\nPARTICIPANT\n"})
    write_document(foreign, tmp_path)
    (tmp_path / "gold.jsonl").write_bytes(encode_documents([foreign]))
    gold = read_gold(GoldSource(tmp_path, format=kind, crosswalk=CROSSWALK))
    assert gold.remarks == ("labels PORT, SHIP are not in the crosswalk report: scored in the gold's own labels only",)
    assert gold.schema == Schema(("SHIP", "PORT", "PARTICIPANT"))


GAO = Document(
    Report("gao", "Gao. The Gao", (Zone("headline", 0, 3, 1),), {"split": "test"}),
    Annotations("gao", (Mention(0, 3, "GPE", "T1"), Mention(9, 12, "GPE", "T2")), chains=(Chain(("T1", "T2")),)),
)
GOLD = Gold("gold", "gold", Schema(("GPE",)), "all", [document("aleppo"), GAO])


def with_report(**changes: object) -> Document:
    return Document(msgspec.structs.replace(GAO.report, **changes), GAO.annotations)


def with_annotations(**changes: object) -> Document:
    return Document(GAO.report, msgspec.structs.replace(GAO.annotations, **changes))


@pytest.mark.parametrize(
    ("changed", "text", "labels"),
    [
        pytest.param(GAO, False, False, id="nothing"),
        pytest.param(with_report(text="Gao. the Gao"), True, False, id="a letter of the text"),
        pytest.param(with_report(text="Gao. The Gao\n"), True, False, id="a final line break"),
        pytest.param(with_report(metadata={"split": "test", "style": "un"}), False, False, id="metadata"),
        pytest.param(with_report(zones=()), False, True, id="zones"),
        pytest.param(with_report(zones=(Zone("headline", 0, 3, 1, "x"),)), False, True, id="value of a zone"),
        pytest.param(with_annotations(notes=(Note("#1", "Remark", "", "hm"),)), False, False, id="notes"),
        pytest.param(with_annotations(chains=()), False, True, id="chains"),
        pytest.param(
            with_annotations(mentions=(Mention(0, 3, "GPE", "T1"), Mention(8, 12, "GPE", "T2"))),
            False,
            True,
            id="an offset",
        ),
        pytest.param(
            with_annotations(mentions=(Mention(0, 3, "GPE", "T1"), Mention(9, 12, "PERSON", "T2"))),
            False,
            True,
            id="a label",
        ),
    ],
)
def test_the_hashes_change_exactly_with(changed: Document, text: bool, labels: bool) -> None:
    other = replace(GOLD, documents=[document("aleppo"), changed])
    assert (other.text_hash != GOLD.text_hash, other.label_hash != GOLD.label_hash) == (text, labels)


def test_the_text_hash_changes_with_the_id_of_a_report() -> None:
    assert (
        replace(GOLD, documents=[document("gao")]).text_hash
        != replace(GOLD, documents=[Document(Report("goa", "Gao"), Annotations("goa"))]).text_hash
    )


def test_the_text_hash_tells_where_one_text_ends() -> None:
    def hashed(*texts: str) -> str:
        reports = [Report(name, text) for name, text in zip("ab", texts, strict=True)]
        return replace(GOLD, documents=[Document(one, Annotations(one.id)) for one in reports]).text_hash

    assert hashed("Gao", "Kidal") != hashed("GaoK", "idal")


def test_the_hashes_do_not_depend_on_name_place_or_format(tmp_path: Path) -> None:
    documents = [document("aleppo"), document("gao")]
    write_folder(tmp_path, {"folder/annotation.conf": CONF})
    for one in documents:
        write_document(one, tmp_path / "folder")
    (tmp_path / "gold.jsonl").write_bytes(encode_documents(reversed(documents)))
    first = read_gold(GoldSource(tmp_path / "folder", name="one"))
    second = read_gold(GoldSource(tmp_path / "gold.jsonl", name="two", format="jsonl"))
    assert (first.text_hash, first.label_hash) == (second.text_hash, second.label_hash)


def test_the_hashes_of_a_known_gold_set_do_not_drift() -> None:
    assert GOLD.text_hash == "819375c5842a1fa74f963ccceb0b3b8b1a693a852e646bf1a42e660c061548b6"
    assert GOLD.label_hash == "7ab15ddc5b105e63ec9c49c6e4125813c96b8f694223a7a0d122c23057599f2e"


def test_a_backend_sees_reports_only() -> None:
    assert GOLD.reports == [document("aleppo").report, GAO.report]
