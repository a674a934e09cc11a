from pathlib import Path

import pytest
from datasets import Dataset, DatasetDict, Features, List, Value
from hypothesis import given, settings

from harness.annotation import Annotations, Mention, Report
from harness.corpus.document import Document
from harness.corpus.huggingface import features, from_dataset, load, to_dataset, to_dataset_dict
from harness.errors import FileError, InputError

from .samples import DOCUMENT, PREDICTED, documents

GAO = Document(Report("gao", "in Gao"), Annotations("gao", (Mention(3, 6, "GPE"),)))
TEXT, INTEGER, FLOAT = Value("string"), Value("int64"), Value("float64")
OFFSETS = List(List(INTEGER))
TRIGGER = {"start": INTEGER, "end": INTEGER, "id": TEXT, "fragments": OFFSETS}
ARGUMENTS = List({"role": TEXT, "target": TEXT})


def test_the_columns_are_typed_for_every_layer() -> None:
    assert features() == Features(
        {
            "id": TEXT,
            "text": TEXT,
            "zones": List({"kind": TEXT, "start": INTEGER, "end": INTEGER, "article": INTEGER, "value": TEXT}),
            "metadata": List({"key": TEXT, "value": TEXT}),
            "mentions": List(
                {
                    "start": INTEGER,
                    "end": INTEGER,
                    "label": TEXT,
                    "id": TEXT,
                    "confidence": FLOAT,
                    "fragments": OFFSETS,
                }
            ),
            "unaligned": List({"surface": TEXT, "label": TEXT, "confidence": FLOAT}),
            "events": List(
                {"id": TEXT, "label": TEXT, "trigger": TRIGGER, "arguments": ARGUMENTS, "confidence": FLOAT}
            ),
            "attributions": List(
                {
                    "id": TEXT,
                    "label": TEXT,
                    "cue": TRIGGER,
                    "sources": ARGUMENTS,
                    "content": ARGUMENTS,
                    "confidence": FLOAT,
                }
            ),
            "relations": List({"id": TEXT, "label": TEXT, "arguments": ARGUMENTS, "confidence": FLOAT}),
            "chains": List({"members": List(TEXT), "label": TEXT}),
            "attributes": List({"id": TEXT, "name": TEXT, "target": TEXT, "value": TEXT}),
            "times": List({"id": TEXT, "target": TEXT, "value": TEXT, "surface": TEXT}),
            "links": List({"id": TEXT, "target": TEXT, "resource": TEXT, "identifier": TEXT, "surface": TEXT}),
            "notes": List({"id": TEXT, "kind": TEXT, "target": TEXT, "text": TEXT}),
        }
    )


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param([DOCUMENT], id="all layers"),
        pytest.param([PREDICTED], id="unaligned mentions, empty ids"),
        pytest.param([GAO], id="mentions only"),
        pytest.param([GAO, DOCUMENT, PREDICTED], id="rows in order"),
        pytest.param([], id="no documents"),
    ],
)
def test_documents_survive_a_dataset(chosen: list[Document]) -> None:
    dataset = to_dataset(chosen)
    assert dataset.features == features()
    assert from_dataset(dataset, "here") == chosen


@settings(max_examples=15, deadline=None)
@given(documents())
def test_any_document_survives_a_dataset(document: Document) -> None:
    assert from_dataset(to_dataset([document]), "here") == [document]


def test_a_dataset_dict_survives_the_disk(tmp_path: Path) -> None:
    to_dataset_dict({"train": [GAO, PREDICTED], "test": [DOCUMENT]}).save_to_disk(str(tmp_path / "gold"))
    loaded = load(str(tmp_path / "gold"))
    assert {split: from_dataset(rows, split) for split, rows in loaded.items()} == {
        "train": [GAO, PREDICTED],
        "test": [DOCUMENT],
    }


def test_a_dataset_without_splits_is_all(tmp_path: Path) -> None:
    to_dataset([GAO, DOCUMENT]).save_to_disk(str(tmp_path / "gold"))
    loaded = load(str(tmp_path / "gold"))
    assert {split: from_dataset(rows, split) for split, rows in loaded.items()} == {"all": [GAO, DOCUMENT]}


def test_a_folder_of_data_files_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "gold"
    folder.mkdir()
    to_dataset([GAO, DOCUMENT]).to_parquet(str(folder / "test.parquet"))
    loaded = load(str(folder))
    assert {split: from_dataset(rows, split) for split, rows in loaded.items()} == {"test": [GAO, DOCUMENT]}


def test_a_dataset_with_fewer_columns_is_read() -> None:
    mention = {"start": 3, "end": 6, "label": "GPE"}
    dataset = Dataset.from_list([{"id": "gao", "text": "in Gao", "mentions": [mention]}])
    assert from_dataset(dataset, "here") == [GAO]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param({"text": "Gao"}, "Object missing required field `id`", id="no id"),
        pytest.param(
            {"id": "a", "text": "Gao", "ner_tags": "O"}, "Object contains unknown field `ner_tags`", id="column"
        ),
        pytest.param({"id": 7, "text": "Gao"}, "Expected `str`, got `int` - at `$.id`", id="wrong type"),
        pytest.param(
            {"id": "a", "text": "Gao", "mentions": [{"start": 0, "end": 4, "label": "GPE"}]},
            "[0, 4) lies outside the text of a, which has 3 characters",
            id="mention outside the text",
        ),
        pytest.param(
            {"id": "a", "text": "Gao", "mentions": [{"start": 2, "end": 2, "label": "GPE"}]},
            "[2, 2) is empty or negative - at `$.mentions[0]`",
            id="refused value",
        ),
        pytest.param(
            {"id": "a", "text": "Gao", "chains": [{"members": ["T1", "T2"]}]},
            "a chain refers to 'T1', which is not annotated in a",
            id="reference to nothing",
        ),
    ],
)
def test_a_row_with_a_fault_is_refused(row: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_dataset(Dataset.from_list([row]), "gold (test)")
    assert str(caught.value) == f"gold (test), row 0: {message}\n  See docs/formats.md for the columns."


def test_the_row_of_a_fault_is_counted_from_zero() -> None:
    dataset = Dataset.from_list([{"id": "a", "text": "Gao"}, {"id": "", "text": "Gao"}])
    with pytest.raises(InputError, match=r"^here, row 1: an id must not be empty"):
        from_dataset(dataset, "here")


def test_a_report_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'gao'"):
        from_dataset(to_dataset([GAO, GAO]), "here")


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        load(str(tmp_path / "none"))
    assert caught.value.message.startswith(f"{tmp_path / 'none'}: no dataset could be loaded: ")
    assert caught.value.remedy == "Name a folder written by save_to_disk or a hub dataset."


def test_a_dataset_dict_keeps_its_splits_apart() -> None:
    splits = to_dataset_dict({"train": [GAO], "dev": [PREDICTED]})
    assert isinstance(splits, DatasetDict)
    assert {name: rows["id"][:] for name, rows in splits.items()} == {"train": ["gao"], "dev": ["afrin"]}
