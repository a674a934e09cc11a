import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from harness.annotation import Annotations, Mention, Report
from harness.corpus.docbin import read_docbin
from harness.corpus.document import Document
from harness.errors import FileError, NotInstalledError

VOCAB = Vocab()


def doc(
    words: Sequence[str] = (), entities: Sequence[str] | None = None, name: object = None, spaces: bool = True
) -> Doc:
    made = Doc(VOCAB, words=list(words), spaces=[spaces] * len(words), ents=entities and list(entities))
    if name is not None:
        made.user_data["id"] = name
    return made


def grouped(words: Sequence[str], name: str = "", **groups: Sequence[tuple[int, int, str]]) -> Doc:
    """A doc with groups of spans; theirs are token numbers."""
    made = doc(words, name=name)
    for key, spans in groups.items():
        made.spans[key] = [Span(made, start, end, label) for start, end, label in spans]
    return made


def write(folder: Path, *docs: Doc, **options: object) -> Path:
    path = folder / "train.spacy"
    DocBin(docs=docs, **{"store_user_data": True, **options}).to_disk(path)
    return path


def document(name: str, text: str, *mentions: Mention) -> Document:
    return Document(Report(name, text), Annotations(name, mentions))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(
            doc(["General", "Ali", "left", "Aleppo"], ["O", "B-PER", "O", "B-LOC"], "a"),
            document("a", "General Ali left Aleppo ", Mention(8, 11, "PER"), Mention(17, 23, "LOC")),
            id="entities",
        ),
        pytest.param(
            doc(["Ali", "Oslo", "Bergen"], ["B-PER", "B-LOC", "I-LOC"], "a"),
            document("a", "Ali Oslo Bergen ", Mention(0, 3, "PER"), Mention(4, 15, "LOC")),
            id="side by side",
        ),
        pytest.param(
            doc(["\U0001f600", "e\u0301", "\n", "Oslo"], ["O", "O", "O", "B-LOC"], "a", spaces=False),
            document("a", "\U0001f600e\u0301\nOslo", Mention(4, 8, "LOC")),
            id="offsets are code points",
        ),
        pytest.param(doc([" ", "a"], ["B-X", "O"], "a"), document("a", "  a ", Mention(0, 1, "X")), id="white space"),
        pytest.param(doc(["no", "labels"], name="a"), document("a", "no labels "), id="nothing annotated"),
        pytest.param(doc(name="a"), document("a", ""), id="no text"),
        pytest.param(doc(["x"]), document("train-0001", "x "), id="no id"),
        pytest.param(doc(["x"], name=""), document("train-0001", "x "), id="an empty id"),
        pytest.param(doc(["x"], name=7), document("train-0001", "x "), id="an id that is no string"),
    ],
)
def test_a_document_with_entities(tmp_path: Path, made: Doc, expected: Document) -> None:
    assert read_docbin(write(tmp_path, made)) == [expected]


def test_spans_of_a_group_may_overlap_and_are_sorted(tmp_path: Path) -> None:
    spans = [(1, 2, "GPE"), (0, 2, "ORG"), (0, 2, "MIL"), (0, 1, "X")]
    path = write(tmp_path, grouped(["Syrian", "army"], "a", sc=spans, other=[(0, 1, "Y")]), grouped(["x"], "b", sc=[]))
    mentions = (Mention(0, 6, "X"), Mention(0, 11, "MIL"), Mention(0, 11, "ORG"), Mention(7, 11, "GPE"))
    assert read_docbin(path, "sc") == [document("a", "Syrian army ", *mentions), document("b", "x ")]


def test_reports_are_numbered_by_their_place_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, doc(["x"]), doc(["y"], name="a"), doc(["z"]))
    assert [one.report.id for one in read_docbin(path)] == ["train-0001", "a", "train-0003"]


def test_ids_that_were_not_stored_are_made_up(tmp_path: Path) -> None:
    path = write(tmp_path, doc(["x"], name="a"), store_user_data=False)
    assert [one.report.id for one in read_docbin(path)] == ["train-0001"]


def test_a_file_may_be_empty(tmp_path: Path) -> None:
    assert read_docbin(write(tmp_path)) == []


@pytest.mark.parametrize(
    ("docs", "key", "message"),
    [
        pytest.param(
            [doc(["x"], name="a"), doc(["y"]), doc(["z"], name="a")],
            None,
            "document 3 has the id 'a' of document 1\n  Rename one.",
            id="two reports of one id",
        ),
        pytest.param(
            [doc(["x"], name="train-0002"), doc(["y"])],
            None,
            "document 2 has the id 'train-0002' of document 1\n  Rename one.",
            id="an id that is also made up",
        ),
        pytest.param(
            [grouped(["x"], sc=[]), grouped(["y"], ner=[], alt=[])],
            "sc",
            "document 2 has no group of spans 'sc'\n  The file has alt, ner, sc.",
            id="group missing in one document",
        ),
        pytest.param(
            [doc(["x"])],
            "sc",
            "document 1 has no group of spans 'sc'\n  The file has none; leave spans_key out to read its entities.",
            id="no groups at all",
        ),
        pytest.param(
            [grouped(["x", "y"], "a", sc=[(0, 1, "X"), (1, 2, "")])],
            "sc",
            "document 1 (a) has a span [2, 3) without a label\n  Label it, or remove it.",
            id="no label",
        ),
        pytest.param(
            [grouped(["x", "y"], "a", sc=[(1, 1, "X")])],
            "sc",
            "document 1 (a): [2, 2) is empty or negative\n  Mend the span, or remove it.",
            id="empty span",
        ),
    ],
)
def test_a_fault_is_refused(tmp_path: Path, docs: list[Doc], key: str | None, message: str) -> None:
    path = write(tmp_path, *docs)
    with pytest.raises(FileError) as caught:
        read_docbin(path, key)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("attrs", [["ORTH"], ["ENT_TYPE"], ["ENT_IOB"]])
def test_a_file_must_store_entities_unless_a_group_is_named(tmp_path: Path, attrs: list[str]) -> None:
    made = grouped(["x"], "a", sc=[(0, 1, "X")])
    path = write(tmp_path, made, attrs=attrs)
    with pytest.raises(FileError, match=r"train\.spacy: stores no entities\n  Write it with DocBin\(attrs="):
        read_docbin(path)
    assert read_docbin(path, "sc") == [document("a", "x ", Mention(0, 1, "X"))]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"EU B-ORG\n", id="text"),
        pytest.param(zlib.compress(b""), id="compressed nothing"),
        pytest.param(zlib.compress(b"\x80"), id="an empty map"),
        pytest.param(zlib.compress(b"\x91\x01"), id="a list"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.spacy"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_docbin(path)
    assert caught.value.message.startswith(f"{path}: is no DocBin file: ")
    assert caught.value.remedy == "Write it with DocBin.to_disk of spaCy 3."


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"x\.spacy: no such file"):
        read_docbin(tmp_path / "x.spacy")
    with pytest.raises(FileError, match="is a folder, not a file"):
        read_docbin(tmp_path)


def test_without_spacy_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(NotInstalledError) as caught:
        read_docbin(path)
    assert str(caught.value) == (
        f"reading {path} needs spaCy, which is not installed\n  pip install 'extraction-harness[spacy]'"
    )
