from pathlib import Path

import pytest

from harness.corpus.annotation_conf import read_annotation_conf
from harness.errors import FileError
from harness.resources import locate
from harness.schema import AttributeType, EventType, RelationType, Role, Schema

from .samples import write_folder

ENTITIES = "[entities]\nPERSON\nMILITARY\nGPE\n"


def read(folder: Path, content: str) -> Schema:
    return read_annotation_conf(write_folder(folder, {"annotation.conf": content}) / "annotation.conf")


@pytest.mark.parametrize(
    ("content", "schema"),
    [
        pytest.param("[entities]\nPERSON\nGPE\n", Schema(("PERSON", "GPE")), id="labels in the order of the file"),
        pytest.param("[entities]\r\nPERSON\r\nGPE\r\n", Schema(("PERSON", "GPE")), id="CRLF"),
        pytest.param("[entities]\nPERSON", Schema(("PERSON",)), id="no final line break"),
        pytest.param(
            "# labels\n\n[entities]  # names\nPERSON # people\n\n----\nGPE\n",
            Schema(("PERSON", "GPE")),
            id="comments, blank lines and separators say nothing",
        ),
        pytest.param(
            "[entities]\nACTOR\n\tPERSON\n\t\tSOLDIER\nGPE\n",
            Schema(("ACTOR", "PERSON", "SOLDIER", "GPE")),
            id="nested labels",
        ),
        pytest.param(
            "[entities]\n!ACTOR\n\tPERSON\n\t!FORCE\n\t\tMILITARY\n",
            Schema(("PERSON", "MILITARY")),
            id="a label that only groups others is none",
        ),
        pytest.param("[Entities]\nPERSON\n[ events ]\n", Schema(("PERSON",)), id="section names in any case"),
        pytest.param("[entities]\nPERSON\n[events]\n[entities]\nGPE\n", Schema(("PERSON", "GPE")), id="split section"),
    ],
)
def test_labels(tmp_path: Path, content: str, schema: Schema) -> None:
    assert read(tmp_path, content) == schema


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        pytest.param("Attack", (), id="no role"),
        pytest.param("Attack\tPlace:GPE", (Role("Place", ("GPE",), 1, 1),), id="exactly one"),
        pytest.param("Attack\tPlace?:GPE", (Role("Place", ("GPE",), 0, 1),), id="? at most one"),
        pytest.param("Attack\tPlace*:GPE", (Role("Place", ("GPE",), 0, None),), id="* any number"),
        pytest.param("Attack\tPlace+:GPE", (Role("Place", ("GPE",), 1, None),), id="+ at least one"),
        pytest.param("Attack\tPlace{2}:GPE", (Role("Place", ("GPE",), 2, 2),), id="{2} exactly two"),
        pytest.param("Attack\tPlace{1-3}:GPE", (Role("Place", ("GPE",), 1, 3),), id="{1-3} one to three"),
        pytest.param("Attack\tPlace{0-12}:GPE", (Role("Place", ("GPE",), 0, 12),), id="{0-12} up to twelve"),
        pytest.param(
            "Attack\tWho*:PERSON|MILITARY, Place?:GPE",
            (Role("Who", ("PERSON", "MILITARY"), 0, None), Role("Place", ("GPE",), 0, 1)),
            id="two roles, alternatives",
        ),
        pytest.param(
            "Attack Who:PERSON,Place:GPE,",
            (Role("Who", ("PERSON",), 1, 1), Role("Place", ("GPE",), 1, 1)),
            id="spaces and a trailing comma",
        ),
        pytest.param(
            "Attack\tSide1*:GPE, Side2*:GPE",
            (Role("Side1", ("GPE",), 0, None), Role("Side2", ("GPE",), 0, None)),
            id="roles with numbers in their names",
        ),
        pytest.param("Attack\tWho:GPE|GPE", (Role("Who", ("GPE",), 1, 1),), id="a target named twice is one"),
        pytest.param(
            "Attack\tWho:<ENTITY>", (Role("Who", ("PERSON", "MILITARY", "GPE"), 1, 1),), id="<ENTITY>: all labels"
        ),
        pytest.param("Attack\tCause:<EVENT>", (Role("Cause", ("Attack", "Siege"), 1, 1),), id="<EVENT>: all events"),
        pytest.param(
            "Attack\tCause:<ANY>",
            (Role("Cause", ("PERSON", "MILITARY", "GPE", "Attack", "Siege"), 1, 1),),
            id="<ANY>: labels and events",
        ),
        pytest.param("Attack\tCause:Siege|GPE", (Role("Cause", ("Siege", "GPE"), 1, 1),), id="an event further down"),
    ],
)
def test_roles_of_an_event(tmp_path: Path, line: str, roles: tuple[Role, ...]) -> None:
    schema = read(tmp_path, f"{ENTITIES}[events]\n{line}\nSiege\n")
    assert schema.events == {"Attack": EventType("Attack", roles), "Siege": EventType("Siege")}


def test_an_event_that_only_groups_others_is_none(tmp_path: Path) -> None:
    schema = read(tmp_path, f"{ENTITIES}[events]\n!Violence\n\tAttack\tCause?:<EVENT>\n")
    assert schema.events == {"Attack": EventType("Attack", (Role("Cause", ("Attack",), 0, 1),))}


@pytest.mark.parametrize(
    ("events", "targets"),
    [
        pytest.param("<FORCE>=MILITARY|PERSON\nAttack\tWho:<FORCE>", ("MILITARY", "PERSON"), id="alone"),
        pytest.param("<FORCE>=MILITARY\nAttack\tWho:GPE|<FORCE>", ("GPE", "MILITARY"), id="among labels"),
        pytest.param(
            "<FORCE>=MILITARY\n<ACTOR>=PERSON|<FORCE>\nAttack\tWho:<ACTOR>|GPE",
            ("PERSON", "MILITARY", "GPE"),
            id="in a macro",
        ),
        pytest.param(
            "<ALL>=<ENTITY>|Attack\nAttack\tWho:<ALL>", ("PERSON", "MILITARY", "GPE", "Attack"), id="of <ENTITY>"
        ),
        pytest.param("<FORCE> = MILITARY\nAttack\tWho:<FORCE>", ("MILITARY",), id="with spaces around the sign"),
    ],
)
def test_a_macro_stands_for_its_labels(tmp_path: Path, events: str, targets: tuple[str, ...]) -> None:
    schema = read(tmp_path, f"{ENTITIES}[events]\n{events}\n")
    assert schema.events == {"Attack": EventType("Attack", (Role("Who", targets, 1, 1),))}


def test_a_macro_belongs_to_its_section(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        f"{ENTITIES}[relations]\n<WHO>=PERSON\nleads\tArg1:<WHO>, Arg2:MILITARY\n"
        "[events]\n<WHO>=MILITARY\nAttack\tWho:<WHO>\n",
    )
    assert schema.relations["leads"].arguments[0].targets == ("PERSON",)
    assert schema.events["Attack"].roles[0].targets == ("MILITARY",)


ONE_TO_ONE = (Role("Arg1", ("PERSON",), 1, 1), Role("Arg2", ("GPE",), 1, 1))


@pytest.mark.parametrize(
    ("line", "relations", "chains"),
    [
        pytest.param(
            "governs\tArg1:PERSON, Arg2:GPE",
            {"governs": RelationType("governs", ONE_TO_ONE)},
            ("Equiv",),
            id="directed",
        ),
        pytest.param(
            "near\tArg1:PERSON, Arg2:GPE, <REL-TYPE>:symmetric",
            {"near": RelationType("near", ONE_TO_ONE, symmetric=True)},
            ("Equiv",),
            id="symmetric",
        ),
        pytest.param(
            "within\tArg1:PERSON, Arg2:GPE, <REL-TYPE>:transitive",
            {"within": RelationType("within", ONE_TO_ONE)},
            ("Equiv",),
            id="transitive alone is an ordinary relation",
        ),
        pytest.param(
            "near\t<REL-TYPE>:symmetric, Arg1:PERSON, Arg2:GPE",
            {"near": RelationType("near", ONE_TO_ONE, symmetric=True)},
            ("Equiv",),
            id="kind named first",
        ),
        pytest.param(
            "Same\tArg1:GPE, Arg2:GPE, <REL-TYPE>:symmetric-transitive", {}, ("Same",), id="symmetric-transitive chain"
        ),
        pytest.param(
            "Same\tArg1:GPE, Arg2:GPE, <REL-TYPE>:transitive-symmetric\n"
            "Alias\tArg1:PERSON, Arg2:PERSON, <REL-TYPE>:symmetric-transitive",
            {},
            ("Same", "Alias"),
            id="two chains",
        ),
        pytest.param("", {}, ("Equiv",), id="Equiv where none is declared"),
        pytest.param(
            "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>", {}, ("Equiv",), id="overlaps are ignored"
        ),
        pytest.param(
            "governs\tArg1:PERSON, Arg2:GPE, <OVL-TYPE>:contain",
            {"governs": RelationType("governs", ONE_TO_ONE)},
            ("Equiv",),
            id="overlap type of a relation is ignored",
        ),
    ],
)
def test_relations_and_chains(
    tmp_path: Path, line: str, relations: dict[str, RelationType], chains: tuple[str, ...]
) -> None:
    schema = read(tmp_path, f"{ENTITIES}[relations]\n{line}\n")
    assert (schema.relations, schema.chains) == (relations, chains)


def test_a_relation_declared_in_two_lines_keeps_both(tmp_path: Path) -> None:
    schema = read(tmp_path, f"{ENTITIES}[relations]\nin\tArg1:PERSON, Arg2:GPE\nin\tArg1:MILITARY, Arg2:GPE\n")
    assert set(schema.relations["in"].arguments[0].targets) == {"PERSON", "MILITARY"}


@pytest.mark.parametrize(
    ("line", "attribute"),
    [
        pytest.param("Generic\tArg:Attack", AttributeType("Generic", ("Attack",)), id="flag"),
        pytest.param(
            "Stage\tArg:Attack, Value:planned|occurred",
            AttributeType("Stage", ("Attack",), ("planned", "occurred")),
            id="closed value",
        ),
        pytest.param(
            "Stage\tArg:Attack, Values:planned",
            AttributeType("Stage", ("Attack",), ("planned",)),
            id="Values: for Value:",
        ),
        pytest.param(
            "Stage\tValue:planned, Arg:<EVENT>|GPE",
            AttributeType("Stage", ("Attack", "Siege", "GPE"), ("planned",)),
            id="value first, alternatives",
        ),
        pytest.param(
            "Disputed\tArg:<RELATION>", AttributeType("Disputed", ("governs",)), id="<RELATION>: all relations"
        ),
    ],
)
def test_attributes(tmp_path: Path, line: str, attribute: AttributeType) -> None:
    relations = "[relations]\n<OVERLAP> Arg1:GPE, Arg2:GPE\ngoverns Arg1:PERSON, Arg2:GPE\n"
    content = f"{ENTITIES}{relations}[events]\nAttack\nSiege\n[attributes]\n{line}\n"
    assert read(tmp_path, content).attributes == {attribute.name: attribute}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "[entities]\nPERSON\n[spans]\nGPE\n",
            ":3: unknown section [spans]\n  Sections are [entities], [relations], [events], [attributes].",
            id="unknown section",
        ),
        pytest.param(
            "# labels\nPERSON\n[entities]\n",
            ":2: 'PERSON' stands before any section\n  Start with [entities].",
            id="label before any section",
        ),
        pytest.param(
            "[entities\nGPE\n",
            ":1: '[entities' stands before any section\n  Start with [entities].",
            id="section that is not closed",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\n<PLACE>=GPE\nAttack\tPlace:<PLACE\n",
            ":5: '<PLACE' is not declared\n  Declare it as a label or a macro.",
            id="macro that is not closed",
        ),
        pytest.param(
            "[entities]\n!ACTOR\n[events]\nAttack\n",
            ": declares no entity label\n  List at least one label under [entities].",
            id="no label",
        ),
        pytest.param("", ": declares no entity label\n  List at least one label under [entities].", id="empty file"),
        pytest.param(
            "[entities]\nGPE\n[events]\n\nAttack\tPlace:CITY\n",
            ":5: 'CITY' is not declared\n  Declare it as a label or a macro.",
            id="undeclared label in a role",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\nAttack\tPlace:<PLACE>\n",
            ":4: '<PLACE>' is not declared\n  Declare it as a label or a macro.",
            id="undeclared macro",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\n<PLACE>=GPE|CITY\nAttack\tPlace:<PLACE>\n",
            ":5: 'CITY' is not declared\n  Declare it as a label or a macro.",
            id="undeclared label in a macro",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\n<PLACE>=GPE|<PLACE>\nAttack\tPlace:<PLACE>\n",
            ":5: '<PLACE>' is not declared\n  Declare it as a label or a macro.",
            id="macro in itself",
        ),
        pytest.param(
            "[entities]\n!PLACE\n\tGPE\n[events]\nAttack\tPlace:PLACE\n",
            ":5: 'PLACE' is not declared\n  Declare it as a label or a macro.",
            id="grouping label in a role",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\nAttack\tPlace\n",
            ":4: cannot read 'Place'\n  Write 'Role:LABEL|LABEL', parts separated by commas.",
            id="role without target",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\nAttack\tPlace{2-}:GPE\n",
            ":4: cannot read 'Place{2-}:GPE'\n  Write 'Role:LABEL|LABEL', parts separated by commas.",
            id="unfinished cardinality",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\nAttack\tPlace: GPE\n",
            ":4: cannot read 'Place: GPE'\n  Write 'Role:LABEL|LABEL', parts separated by commas.",
            id="space after the colon",
        ),
        pytest.param(
            "[entities]\nGPE\n[relations]\nnear\tArg1:GPE\n",
            ":4: relation near has 1 arguments, not 2",
            id="relation with one argument",
        ),
        pytest.param(
            "[entities]\nGPE\n[relations]\nnear\tArg1:GPE, Arg2:GPE, Arg3:GPE\n",
            ":4: relation near has 3 arguments, not 2",
            id="relation with three arguments",
        ),
        pytest.param(
            "[entities]\nGPE\n[events]\nAttack\n[attributes]\nStage\tValue:planned\n",
            ":6: attribute Stage has no Arg:\n  Write 'Arg:<EVENT>'.",
            id="attribute without target",
        ),
        pytest.param(
            "[entities]\nGPE\n[attributes]\nStage\tArg:Attack\n",
            ":4: 'Attack' is not declared\n  Declare it as a label or a macro.",
            id="attribute on an undeclared event",
        ),
    ],
)
def test_a_line_that_cannot_be_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, content)
    assert str(caught.value) == f"{tmp_path / 'annotation.conf'}{message}"


def test_the_shipped_configuration() -> None:
    schema = read_annotation_conf(locate("gold") / "annotation.conf")
    forces, places = ("ARMED_GROUP", "MILITARY"), ("GPE", "LOCATION", "FACILITY")
    assert schema.entities == (*("PERSON", *forces, "ORG", *places, "WEAPON", "TIME", "QUANTITY", "PARTICIPANT"),)
    assert schema.chains == ("Equiv",)
    assert {name for name, kind in schema.relations.items() if kind.symmetric} == {"allied_with", "opposed_to"}
    assert schema.relations["located_in"].arguments == (
        Role("Arg1", (*places, *forces, "ORG", "PARTICIPANT"), 1, 1),
        Role("Arg2", places, 1, 1),
    )
    assert schema.events["Attribution"].roles == (
        Role("Source", ("PERSON", *forces, "ORG", "GPE", "PARTICIPANT"), 0, 1),
        Role("Content", tuple(schema.events), 0, None),
    )
    assert schema.attributes["Generic"] == AttributeType("Generic", tuple(schema.events))
    assert schema.attributes["Outcome"] == AttributeType("Outcome", ("KillInjure",), ("killed", "injured"))
