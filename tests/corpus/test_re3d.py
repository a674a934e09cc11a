import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.annotation import Annotations, Argument, Mention, Relation, Report
from harness.corpus.document import Document
from harness.corpus.re3d import read_re3d
from harness.errors import FileError
from harness.schema import RelationType, Role, Schema

LABELS = ("Person", "Organisation", "Location")
TEXT = "The Syrian army left Aleppo. General Ali stayed."

DOCUMENTS = [
    {"_id": "D2", "text": "Raqqa fell.", "sourceName": "BBC Online", "wordsCount": 2},
    {"_id": "D1", "text": TEXT, "sourceName": "CENTCOM", "sourceUrl": "http://example.org/1", "title": "Aleppo"},
]


def entity(begin: int, end: int, label: str, confidence: float, document: str = "D1") -> dict[str, object]:
    return {
        "_id": f"{document}-{begin}",
        "documentId": document,
        "begin": begin,
        "end": end,
        "type": label,
        "value": "copied, perhaps wrongly",
        "confidence": confidence,
    }


def relation(source: tuple[int, int], target: tuple[int, int], kind: str, confidence: float) -> dict[str, object]:
    return {
        "documentId": "D1",
        "sourceBegin": source[0],
        "sourceEnd": source[1],
        "targetBegin": target[0],
        "targetEnd": target[1],
        "type": kind,
        "confidence": confidence,
    }


ARMY, SYRIAN, ALEPPO, ALI = (0, 15), (4, 10), (21, 27), (37, 40)
ENTITIES = [
    entity(*ALI, "Person", 0.5),
    entity(*ARMY, "Organisation", 1.0),
    entity(*SYRIAN, "Location", 0.9),
    entity(*ALEPPO, "Location", 0.49),
    entity(0, 5, "Location", 1.0, "D2"),
]


def read(
    folder: Path,
    entities: list[dict[str, object]],
    relations: list[dict[str, object]] | None = None,
    minimum_confidence: float = 0.5,
    documents: Sequence[dict[str, object]] = DOCUMENTS,
) -> tuple[Schema, list[Document], list[str]]:
    tables = {"documents": documents, "entities": entities, "relations": relations}
    for name, rows in tables.items():
        if rows is not None:
            content = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / f"{name}.json").write_text(content, encoding="utf-8")
    return read_re3d(folder, LABELS, minimum_confidence)


def test_documents_are_read_in_the_order_of_their_ids(tmp_path: Path) -> None:
    _, documents, _ = read(tmp_path, ENTITIES)
    assert documents == [
        Document(
            Report("D1", TEXT, metadata={"source": "CENTCOM", "url": "http://example.org/1", "title": "Aleppo"}),
            Annotations(
                "D1",
                (
                    Mention(0, 15, "Organisation", "T2"),
                    Mention(4, 10, "Location", "T3"),
                    Mention(37, 40, "Person", "T1"),
                ),
            ),
        ),
        Document(
            Report("D2", "Raqqa fell.", metadata={"source": "BBC Online", "url": "", "title": ""}),
            Annotations("D2", (Mention(0, 5, "Location", "T1"),)),
        ),
    ]


@pytest.mark.parametrize(
    ("cut", "spans", "remark"),
    [
        pytest.param(
            0.0, [ARMY, SYRIAN, ALEPPO, ALI], "0 entities and 0 relations below confidence 0 left out", id="everything"
        ),
        pytest.param(
            0.49, [ARMY, SYRIAN, ALEPPO, ALI], "0 entities and 0 relations below confidence 0.49 left out", id="at 0.49"
        ),
        pytest.param(0.5, [ARMY, SYRIAN, ALI], "1 entities and 0 relations below confidence 0.5 left out", id="at 0.5"),
        pytest.param(0.95, [ARMY], "3 entities and 0 relations below confidence 0.95 left out", id="at 0.95"),
    ],
)
def test_the_confidence_cut(tmp_path: Path, cut: float, spans: list[tuple[int, int]], remark: str) -> None:
    _, documents, remarks = read(tmp_path, ENTITIES, minimum_confidence=cut)
    assert [mention.spans[0] for mention in documents[0].annotations.mentions] == spans
    assert remarks[0] == remark


def test_an_entity_given_twice_is_one_mention(tmp_path: Path) -> None:
    _, documents, _ = read(tmp_path, [entity(*ALI, "Person", 1.0), entity(*ALI, "Person", 0.7)])
    assert documents[0].annotations.mentions == (Mention(37, 40, "Person", "T1"),)


def test_an_entity_may_end_with_the_text(tmp_path: Path) -> None:
    _, documents, _ = read(tmp_path, [entity(41, 48, "Location", 1.0)])
    assert documents[0].annotations.mentions == (Mention(41, 48, "Location", "T1"),)


def test_one_span_may_have_two_labels(tmp_path: Path) -> None:
    _, documents, _ = read(tmp_path, [entity(*ALI, "Person", 1.0), entity(*ALI, "Location", 1.0)])
    assert documents[0].annotations.mentions == (Mention(37, 40, "Location", "T2"), Mention(37, 40, "Person", "T1"))


def test_relations_join_kept_entities_and_the_others_are_left_out_with_a_remark(tmp_path: Path) -> None:
    relations = [
        relation(ARMY, SYRIAN, "BelongsTo", 1.0),
        relation(ARMY, ALEPPO, "IsLocatedIn", 1.0),
        relation(ALI, (41, 47), "Does", 1.0),
        relation(ALI, ARMY, "CommsIs", 0.4),
        relation(ALI, ARMY, "BelongsTo", 0.5),
    ]
    schema, documents, remarks = read(tmp_path, ENTITIES, relations)
    assert documents[0].annotations.relations == (
        Relation("R1", "BelongsTo", (Argument("Arg1", "T2"), Argument("Arg2", "T3"))),
        Relation("R2", "BelongsTo", (Argument("Arg1", "T1"), Argument("Arg2", "T2"))),
    )
    assert documents[1].annotations.relations == ()
    assert remarks == [
        "1 entities and 1 relations below confidence 0.5 left out",
        "2 relations left out because an end is no kept entity",
    ]
    roles = (Role("Arg1", LABELS, 1, 1), Role("Arg2", LABELS, 1, 1))
    assert schema == Schema(LABELS, relations={"BelongsTo": RelationType("BelongsTo", roles)})


def test_without_relations_the_schema_is_that_of_the_labels(tmp_path: Path) -> None:
    schema, _, _ = read(tmp_path, ENTITIES)
    assert schema == Schema(LABELS)


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        pytest.param(
            [ENTITIES[0], entity(0, 5, "Person", 1.0, "D9")],
            ":2: document 'D9' is not in documents.json\n  Add it there.",
            id="unknown document",
        ),
        pytest.param(
            [entity(0, 5, "Ship", 0.1)],
            ":1: unknown type 'Ship'\n  The crosswalk re3d lists Person, Organisation, Location.",
            id="unknown type",
        ),
        pytest.param(
            [entity(41, 49, "Person", 1.0)],
            ":1: [41, 49) lies outside the text of D1\n  The text has 48 characters.",
            id="end outside the text",
        ),
        pytest.param(
            [entity(-1, 3, "Person", 1.0)],
            ":1: [-1, 3) lies outside the text of D1\n  The text has 48 characters.",
            id="begin before the text",
        ),
        pytest.param(
            [entity(3, 3, "Person", 1.0)],
            ":1: [3, 3) lies outside the text of D1\n  The text has 48 characters.",
            id="empty entity",
        ),
        pytest.param(
            [{"documentId": "D1", "begin": 0, "end": 3, "type": "Person"}],
            ":1: cannot read the line: Object missing required field `confidence`\n  See docs/formats.md.",
            id="missing field",
        ),
        pytest.param(
            [entity(0, 3, "Person", 1.0) | {"begin": "0"}],
            ":1: cannot read the line: Expected `int`, got `str` - at `$.begin`\n  See docs/formats.md.",
            id="wrong type of a field",
        ),
    ],
)
def test_a_fault_in_entities_is_refused(tmp_path: Path, entities: list[dict[str, object]], message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, entities)
    assert str(caught.value) == f"{tmp_path / 'entities.json'}{message}"


def test_a_relation_in_an_unknown_document_is_refused(tmp_path: Path) -> None:
    lost = relation(ALI, ARMY, "BelongsTo", 0.1) | {"documentId": "D9"}
    with pytest.raises(FileError) as caught:
        read(tmp_path, ENTITIES, [relation(ALI, ARMY, "BelongsTo", 1.0), lost])
    assert caught.value.message == f"{tmp_path / 'relations.json'}:2: document 'D9' is not in documents.json"


def test_a_document_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, [], documents=[*DOCUMENTS, {"_id": "D1", "text": "another"}])
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "documents.json"), 3)


@pytest.mark.parametrize("name", ["documents.json", "entities.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    read(tmp_path, ENTITIES)
    (tmp_path / name).unlink()
    with pytest.raises(FileError) as caught:
        read_re3d(tmp_path, LABELS, 0.5)
    assert caught.value.message == f"{tmp_path / name}: no such file"
