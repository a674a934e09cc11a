from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from harness.annotation import Annotations, Mention, Report
from harness.corpus.document import Document
from harness.corpus.jsonl import encode_documents, encode_line, read_documents, read_predictions
from harness.errors import FileError

from .samples import DOCUMENT, PREDICTED, documents

GAO = Document(Report("gao", "in Gao"), Annotations("gao", (Mention(3, 6, "GPE"),)))
GAO_LINE = '{"id":"gao","text":"in Gao","mentions":[{"start":3,"end":6,"label":"GPE"}]}\n'
PREDICTED_LINE = '{"report":"gao","mentions":[{"start":3,"end":6,"label":"GPE"}]}\n'


def file_of(folder: Path, content: str | bytes) -> Path:
    path = folder / "gold.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_document_is_one_line_without_defaults() -> None:
    assert encode_documents([GAO]) == GAO_LINE.encode()


def test_a_prediction_is_one_line_without_defaults() -> None:
    assert encode_line(GAO.annotations) == PREDICTED_LINE.encode()


@pytest.mark.parametrize(
    ("document", "line"),
    [
        pytest.param(
            Document(Report("a", "é😀\r\n\u2028"), Annotations("a")),
            '{"id":"a","text":"é😀\\r\\n\u2028"}\n',
            id="only what JSON demands is escaped",
        ),
        pytest.param(
            Document(Report("a", "", metadata={"style": "wire", "split": "dev"}), Annotations("a")),
            '{"id":"a","text":"","metadata":{"split":"dev","style":"wire"}}\n',
            id="metadata in the order of their names",
        ),
        pytest.param(
            Document(Report("a", "Gao"), Annotations("a", (Mention(0, 3, "GPE", "T1", 1 / 3),))),
            '{"id":"a","text":"Gao",'
            '"mentions":[{"start":0,"end":3,"label":"GPE","id":"T1","confidence":0.3333333333333333}]}\n',
            id="all digits of a confidence",
        ),
    ],
)
def test_a_document_is_written_canonically(document: Document, line: str) -> None:
    assert encode_documents([document]).decode() == line


def test_every_layer_survives(tmp_path: Path) -> None:
    path = file_of(tmp_path, encode_documents([DOCUMENT, PREDICTED]))
    assert read_documents(path) == [DOCUMENT, PREDICTED]


def test_predictions_survive_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, encode_line(PREDICTED.annotations) + encode_line(DOCUMENT.annotations))
    assert list(read_predictions(path)) == [PREDICTED.annotations, DOCUMENT.annotations]


@settings(max_examples=40, deadline=None)
@given(document=documents())
def test_what_is_written_is_read_equal_and_written_equal_again(
    tmp_path_factory: pytest.TempPathFactory, document: Document
) -> None:
    content = encode_documents([document])
    again = read_documents(file_of(tmp_path_factory.getbasetemp(), content))
    assert again == [document]
    assert encode_documents(again) == content


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"\n{GAO_LINE}\n  \n", id="blank lines"),
        pytest.param(GAO_LINE.rstrip(), id="no final line break"),
        pytest.param(GAO_LINE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(
            '{"mentions": [{"label": "GPE", "end": 6, "start": 3}], "text": "in Gao", "id": "gao"}',
            id="another order of fields, with spaces",
        ),
    ],
)
def test_a_file_that_is_not_canonical_is_read(tmp_path: Path, content: str) -> None:
    assert read_documents(file_of(tmp_path, content)) == [GAO]


def test_an_empty_file_holds_no_documents(tmp_path: Path) -> None:
    path = file_of(tmp_path, "")
    assert (read_documents(path), list(read_predictions(path))) == ([], [])


SEE = "\n  See docs/formats.md."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", f"cannot read the line: Input data was truncated{SEE}", id="half a line"),
        pytest.param(
            "[]", f"cannot read the line: Expected `object`, got `array`{SEE}", id="a list instead of an object"
        ),
        pytest.param(
            '{"id":"a"}', f"cannot read the line: Object missing required field `text`{SEE}", id="missing field"
        ),
        pytest.param(
            '{"id":"a","text":"Gao","mention":[]}',
            f"cannot read the line: Object contains unknown field `mention`{SEE}",
            id="unknown field",
        ),
        pytest.param(
            '{"id":"a","text":"Gao","mentions":[{"start":0,"end":3,"label":"GPE","surface":"Gao"}]}',
            f"cannot read the line: Object contains unknown field `surface` - at `$.mentions[0]`{SEE}",
            id="unknown field of a mention",
        ),
        pytest.param(
            '{"id":"a","text":"Gao","mentions":[{"start":0,"end":0,"label":"GPE"}]}',
            f"cannot read the line: [0, 0) is empty or negative - at `$.mentions[0]`{SEE}",
            id="refused value",
        ),
        pytest.param(
            '{"id":"a","text":"Gao","mentions":[{"start":0,"end":4,"label":"GPE"}]}',
            "[0, 4) lies outside the text of a, which has 3 characters\n  Mend the line.",
            id="mention outside the text",
        ),
        pytest.param(
            '{"id":"a","text":"Gao","zones":[{"kind":"article","start":0,"end":4}]}',
            "zone article [0, 4) ends after the text (3)\n  Mend the line.",
            id="zone outside the text",
        ),
        pytest.param(
            '{"id":"a","text":"Gao","chains":[{"members":["T1","T2"]}]}',
            "a chain refers to 'T1', which is not annotated in a\n  Mend the line.",
            id="reference to nothing",
        ),
        pytest.param('{"id":"","text":"Gao"}', "an id must not be empty\n  Mend the line.", id="empty id"),
        pytest.param(
            '{"id":"gao","text":"again"}', "report 'gao' already stands in line 1\n  Keep one.", id="report given twice"
        ),
    ],
)
def test_a_fault_in_a_gold_file_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = file_of(tmp_path, f"{GAO_LINE}\n{line}\n")
    with pytest.raises(FileError) as caught:
        read_documents(path)
    assert str(caught.value) == f"{path}:3: {message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            '{"id":"a","text":"Gao"}',
            f"cannot read the line: Object contains unknown field `id`{SEE}",
            id="a line of a gold file",
        ),
        pytest.param(
            '{"report":"a","mentions":[{"start":"0","end":3,"label":"GPE"}]}',
            f"cannot read the line: Expected `int`, got `str` - at `$.mentions[0].start`{SEE}",
            id="wrong type",
        ),
        pytest.param(
            '{"report":"a","unaligned":[{"surface":"Gao","label":""}]}',
            "cannot read the line: '' is no label: empty, white space at an end, or more than one line"
            f" - at `$.unaligned[0]`{SEE}",
            id="refused value",
        ),
        pytest.param('{"report":"gao"}', "report 'gao' already stands in line 1\n  Keep one.", id="report given twice"),
    ],
)
def test_a_fault_in_a_prediction_file_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = file_of(tmp_path, f"{PREDICTED_LINE}\n{line}\n")
    with pytest.raises(FileError) as caught:
        list(read_predictions(path))
    assert str(caught.value) == f"{path}:3: {message}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_documents(tmp_path / "none.jsonl")
    assert str(caught.value) == f"{tmp_path / 'none.jsonl'}: no such file\n  Check the path."


def test_a_file_that_is_not_utf8_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = file_of(tmp_path, GAO_LINE.encode() + '{"id":"é"}'.encode("cp1252"))
    with pytest.raises(FileError) as caught:
        read_documents(path)
    assert caught.value.message == f"{path}:2:8: byte 0xe9 is not UTF-8"


def test_a_gold_line_and_a_prediction_line_hold_the_same_layers() -> None:
    gold = msgspec.json.decode(encode_documents([DOCUMENT]))
    predicted = msgspec.json.decode(encode_line(DOCUMENT.annotations))
    for name in ("id", "text", "zones", "metadata"):
        del gold[name]
    assert gold == {name: layer for name, layer in predicted.items() if name != "report"}
