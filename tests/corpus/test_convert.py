from pathlib import Path

import pytest

from harness.annotation import Annotations, Mention, Report
from harness.corpus.convert import by_split, write_gold
from harness.corpus.document import Document, Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import ConfigurationError, InputError

from .samples import DOCUMENT, PREDICTED, SCHEMA


def named(name: str, split: str = "") -> Document:
    metadata = {"split": split} if split else {}
    return Document(Report(name, "Gao", metadata=metadata), Annotations(name, (Mention(0, 3, "GPE", "T1"),)))


GOLD = Gold("gold", "gold", SCHEMA, "all", [DOCUMENT, named("gao", "train")])


@pytest.mark.parametrize("kind", ["jsonl", "datasets"])
def test_what_is_written_is_read_equal(tmp_path: Path, kind: str) -> None:
    write_gold(GOLD, tmp_path / "gold", kind)
    again = read_gold(GoldSource(tmp_path / "gold", format=kind, split="all"))
    assert again.documents == GOLD.documents


def test_a_brat_folder_is_read_as_it_was_written_with_labels_and_splits(tmp_path: Path) -> None:
    documents = [named("bamako", "train"), named("gao", "test"), named("kidal", "test")]
    write_gold(Gold("gold", "gold", SCHEMA, "all", documents), tmp_path / "gold", "brat")
    again = read_gold(GoldSource(tmp_path / "gold", split="all"))
    assert again.documents == documents
    assert again.schema.entities == SCHEMA.entities
    assert [report.id for report in read_gold(GoldSource(tmp_path / "gold")).reports] == ["gao", "kidal"]


def test_documents_are_grouped_by_the_split_that_they_declare() -> None:
    documents = [named("a", "test"), named("b"), named("c", "train"), named("d", "test")]
    assert by_split(documents) == {
        "test": [documents[0], documents[3]],
        "all": [documents[1]],
        "train": [documents[2]],
    }


@pytest.mark.parametrize("kind", ["brat", "jsonl", "datasets"])
def test_what_exists_is_not_overwritten(tmp_path: Path, kind: str) -> None:
    (tmp_path / "gold").write_text("precious")
    with pytest.raises(InputError) as caught:
        write_gold(GOLD, tmp_path / "gold", kind)
    assert str(caught.value) == f"{tmp_path / 'gold'} already exists\n  Name a new file or folder."
    assert (tmp_path / "gold").read_text() == "precious"


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        write_gold(GOLD, tmp_path / "gold", "re3d")
    assert str(caught.value) == "unknown format 're3d'\n  Formats to write: brat, jsonl, datasets."
    assert list(tmp_path.iterdir()) == []


def test_a_gold_set_that_brat_cannot_hold_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="have no place in the text"):
        write_gold(Gold("gold", "gold", SCHEMA, "all", [named("aaa"), PREDICTED]), tmp_path / "gold", "brat")
    assert not (tmp_path / "gold").exists()
