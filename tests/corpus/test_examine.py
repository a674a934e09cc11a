from pathlib import Path

import pytest
from hypothesis import given, settings

from harness.corpus.brat import to_lines
from harness.corpus.document import Document
from harness.corpus.examine import examine
from harness.corpus.standoff import parse
from harness.schema import AttributeType, EventType, RelationType, Role, Schema

from . import samples

PATH = Path("a.ann")
TEXT = "Rebels hit Aleppo on Monday. Aleppo fell to the Tiger Forces."
ACTORS = ("PERSON", "MILITARY")
SCHEMA = Schema(
    entities=("PERSON", "MILITARY", "GPE"),
    relations={"leads": RelationType("leads", (Role("Arg1", ACTORS, 1), Role("Arg2", ("MILITARY",), 1)))},
    events={
        "Attack": EventType("Attack", (Role("Attacker", ACTORS, 0, None), Role("Place", ("GPE",), 0, 1))),
        "Meet": EventType("Meet", (Role("Party", ACTORS, 2, 3),)),
        "Say": EventType("Say", (Role("Content", ("Attack",), 1, None),)),
    },
    attributes={
        "Stage": AttributeType("Stage", ("Attack",), ("planned", "occurred")),
        "Generic": AttributeType("Generic", ("Attack",)),
    },
)
DECLARED = "annotation.conf declares PERSON, MILITARY, GPE, Attack, Meet, Say."
ADD = "Add the line that it refers to, or mend the id."
MEND = "Mend the arguments or the declaration in annotation.conf."

HIT = "T1\tAttack 7 10\thit\n"
ALEPPO = "T2\tGPE 11 17\tAleppo\n"
FORCES = "T3\tMILITARY 48 60\tTiger Forces\n"
ATTACK = "E1\tAttack:T1\n"
TRUE = HIT + ALEPPO + FORCES + ATTACK
"""Four lines without a fault; what follows them stands in line 5."""


def faults(content: str) -> list[str]:
    return [str(fault) for fault in examine(parse(content, PATH), TEXT, SCHEMA, PATH)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param(
            "T4\tCITY 29 35\tAleppo", f"a.ann:5:4: label 'CITY' is not declared\n  {DECLARED}", id="undeclared label"
        ),
        pytest.param(
            "E2\tBattle:T1",
            "a.ann:5:4: event 'Battle' is not declared\n  annotation.conf declares Attack, Meet, Say.",
            id="undeclared event",
        ),
        pytest.param(
            "R1\tfears Arg1:T3 Arg2:T3",
            "a.ann:5:4: relation 'fears' is not declared\n  annotation.conf declares leads.",
            id="undeclared relation",
        ),
        pytest.param(
            "A1\tMood E1",
            "a.ann:5:4: attribute 'Mood' is not declared\n  annotation.conf declares Stage, Generic.",
            id="undeclared attribute",
        ),
        pytest.param(
            "*\tSame T2 T3",
            "a.ann:5:3: chain 'Same' is not declared\n  annotation.conf declares Equiv.",
            id="undeclared chain",
        ),
        pytest.param(
            "T4\tGPE 30 36\tAleppo",
            "a.ann:5:8: the text at 30 36 is 'leppo ', not 'Aleppo'\n  'Aleppo' stands at [29, 35).",
            id="surface that stands elsewhere: the nearer place is named",
        ),
        pytest.param(
            "T4\tGPE 18 24\tAleppo",
            "a.ann:5:8: the text at 18 24 is 'on Mon', not 'Aleppo'\n  'Aleppo' stands at [11, 17).",
            id="surface that stands elsewhere: near is what is near the start",
        ),
        pytest.param(
            "T4\tGPE 10 16\tAleppo",
            "a.ann:5:8: the text at 10 16 is ' Alepp', not 'Aleppo'\n  'Aleppo' stands at [11, 17).",
            id="surface that stands earlier",
        ),
        pytest.param(
            "T4\tGPE 29 35\tALEPPO",
            "a.ann:5:8: the text at 29 35 is 'Aleppo', not 'ALEPPO'\n  'ALEPPO' does not occur in the text.",
            id="surface that stands nowhere",
        ),
        pytest.param(
            "T4\tGPE 29 35\t",
            "a.ann:5:8: the text at 29 35 is 'Aleppo', not ''\n  '' does not occur in the text.",
            id="empty surface",
        ),
        pytest.param(
            "T4\tMILITARY 48 53;54 60\tTigerForces",
            "a.ann:5:13: the text at 48 53;54 60 is 'Tiger Forces', not 'TigerForces'\n"
            "  'TigerForces' does not occur in the text.",
            id="surface of fragments",
        ),
        pytest.param(
            "T4\tGPE 29 62\tAleppo",
            "a.ann:5:8: [29, 62) ends after the text (61 characters)\n  Mend the offsets.",
            id="offsets past the text",
        ),
        pytest.param(
            "T4\tGPE 29 35;61 62\tAleppo .",
            "a.ann:5:8: [61, 62) ends after the text (61 characters)\n  Mend the offsets.",
            id="last fragment past the text",
        ),
        pytest.param(
            "T4\tGPE 29 29\t", "a.ann:5:8: [29, 29) is empty\n  START must lie before END.", id="empty mention"
        ),
        pytest.param(
            "T4\tGPE 35 29\tAleppo", "a.ann:5:8: [35, 29) is empty\n  START must lie before END.", id="end before start"
        ),
        pytest.param(
            "T4\tMILITARY 48 55;54 60\tTiger F Forces",
            "a.ann:5:13: fragment [54, 60) overlaps the one before it\n  Order the fragments.",
            id="overlapping fragments",
        ),
        pytest.param(
            "T4\tMILITARY 54 60;48 53\tForces Tiger",
            "a.ann:5:13: fragment [48, 53) overlaps the one before it\n  Order the fragments.",
            id="fragments out of order",
        ),
        pytest.param(
            "T4\tAttack 36 40\tfell",
            "a.ann:5:1: trigger T4 belongs to no event\n  Add an E line for it or remove it.",
            id="orphan trigger",
        ),
        pytest.param("E2\tAttack:T9", f"a.ann:5:11: T9 is not annotated in this file\n  {ADD}", id="dangling trigger"),
        pytest.param(
            "E2\tAttack:T2",
            "a.ann:5:11: trigger T2 is labelled GPE, not Attack\n  Give both the same label.",
            id="trigger of another label",
        ),
        pytest.param(
            "E2\tAttack:T1 Place:T9",
            f"a.ann:5:20: T9 is not annotated in this file\n  {ADD}",
            id="dangling argument of an event",
        ),
        pytest.param(
            "E2\tAttack:T1 Place:T3",
            "a.ann:5:14: Place of Attack cannot be T3, a MILITARY\n  Allowed are GPE.",
            id="wrong target in an event",
        ),
        pytest.param(
            "E2\tAttack:T1 Attacker:T3 Attacker2:T2",
            "a.ann:5:26: Attacker of Attack cannot be T2, a GPE\n  Allowed are PERSON, MILITARY.",
            id="wrong target of a numbered role",
        ),
        pytest.param(
            "E2\tAttack:T1 Victim:T3",
            "a.ann:5:14: Attack has no role 'Victim'\n  Use a role that annotation.conf declares for it.",
            id="wrong role in an event",
        ),
        pytest.param(
            "E2\tAttack:T1 Attack:T3",
            "a.ann:5:14: Attack has no role 'Attack'\n  Use a role that annotation.conf declares for it.",
            id="wrong role that is also the label",
        ),
        pytest.param(
            "E2\tAttack:T1 Place:T2 Place2:T2",
            f"a.ann:5:4: Attack has 2 Place, allowed are 0 to 1\n  {MEND}",
            id="too many of a role",
        ),
        pytest.param(
            "R1\tleads Arg1:T9 Arg2:T3",
            f"a.ann:5:15: T9 is not annotated in this file\n  {ADD}",
            id="dangling argument of a relation",
        ),
        pytest.param(
            "R1\tleads Arg1:T3 Arg2:T2",
            "a.ann:5:18: Arg2 of leads cannot be T2, a GPE\n  Allowed are MILITARY.",
            id="wrong target in a relation",
        ),
        pytest.param(
            "R1\tleads Arg1:T3 Whom:T3",
            "a.ann:5:18: leads has no role 'Whom'\n  Use a role that annotation.conf declares for it.",
            id="wrong role in a relation",
        ),
        pytest.param(
            "R1\tleads Arg1:T3 Arg:T3",
            "a.ann:5:18: leads has no role 'Arg'\n  Use a role that annotation.conf declares for it.",
            id="wrong role that begins another",
        ),
        pytest.param(
            "A1\tStage E9 planned",
            f"a.ann:5:10: E9 is not annotated in this file\n  {ADD}",
            id="dangling target of an attribute",
        ),
        pytest.param(
            "A1\tStage T2 planned",
            "a.ann:5:10: Stage cannot stand on T2, a GPE\n  Allowed are Attack.",
            id="attribute on a wrong label",
        ),
        pytest.param(
            "A1\tStage E1 over",
            "a.ann:5:13: Stage has the value 'over'\n  Allowed are planned, occurred.",
            id="undeclared value of an attribute",
        ),
        pytest.param(
            "A1\tStage E1 S",
            "a.ann:5:13: Stage has the value 'S'\n  Allowed are planned, occurred.",
            id="undeclared value that stands in the name",
        ),
        pytest.param(
            "A1\tStage E1",
            "a.ann:5:1: Stage has the value ''\n  Allowed are planned, occurred.",
            id="attribute without its value",
        ),
        pytest.param(
            "M1\tGeneric E1 yes",
            "a.ann:5:15: Generic has the value 'yes'\n  It is a flag and takes no value.",
            id="flag with a value",
        ),
        pytest.param(
            "N1\tReference T9 Wikidata:Q41183\tAleppo",
            f"a.ann:5:14: T9 is not annotated in this file\n  {ADD}",
            id="dangling target of a link",
        ),
        pytest.param(
            "*\tEquiv T2 T9",
            f"a.ann:5:12: T9 is not annotated in this file\n  {ADD}",
            id="dangling member of a chain",
        ),
        pytest.param(
            "*\tEquiv T2 T3 T2",
            "a.ann:5:9: a mention stands twice in one chain\n  Name it once.",
            id="member named twice",
        ),
        pytest.param(
            "*\tEquiv T3 T2 T2",
            "a.ann:5:12: a mention stands twice in one chain\n  Name it once.",
            id="member named twice that is not the first",
        ),
        pytest.param(
            "#1\tAnnotatorNotes T9\twho?",
            f"a.ann:5:19: T9 is not annotated in this file\n  {ADD}",
            id="dangling target of a note",
        ),
        pytest.param(
            "#1\tAnnotatorNotes A9\twhy?",
            f"a.ann:5:19: A9 is not annotated in this file\n  {ADD}",
            id="dangling target of a note on an attribute",
        ),
        pytest.param(
            "#1\tConfidence T2\thigh",
            "a.ann:5:18: 'high' is no confidence\n  Write a number from 0 to 1.",
            id="confidence in words",
        ),
        pytest.param(
            "#1\tConfidence T2\t1.5",
            "a.ann:5:18: '1.5' is no confidence\n  Write a number from 0 to 1.",
            id="confidence above 1",
        ),
        pytest.param(
            "#1\tConfidence T2\t-0.5",
            "a.ann:5:18: '-0.5' is no confidence\n  Write a number from 0 to 1.",
            id="confidence below 0",
        ),
        pytest.param(
            "T2\tGPE 29 35\tAleppo",
            "a.ann:5:1: id T2 was already used in line 2\n  Give this line a free id, for example T4.",
            id="duplicate id of a mention",
        ),
        pytest.param(
            "E1\tAttack:T1",
            "a.ann:5:1: id E1 was already used in line 4\n  Give this line a free id, for example E2.",
            id="duplicate id of an event",
        ),
    ],
)
def test_examine_finds(line: str, fault: str) -> None:
    assert faults(f"{TRUE}{line}\n") == [fault]


@pytest.mark.parametrize(
    ("line", "free"),
    [
        pytest.param("R1\tleads Arg1:T3 Arg2:T3", "R2", id="relation"),
        pytest.param("Ra\tleads Arg1:T3 Arg2:T3", "R1", id="relation without a number"),
        pytest.param("A1\tGeneric E1", "A2", id="attribute"),
        pytest.param("M1\tGeneric E1", "M2", id="attribute of the older form"),
        pytest.param("N1\tReference T2 Wikidata:Q41183\tAleppo", "N2", id="link"),
        pytest.param("#1\tAnnotatorNotes T2\twhere?", "#2", id="note"),
    ],
)
def test_a_line_that_stands_twice_is_offered_an_id_that_is_free(line: str, free: str) -> None:
    identifier = line.split("\t")[0]
    assert faults(f"{TRUE}{line}\n{line}\n") == [
        f"a.ann:6:1: id {identifier} was already used in line 5\n  Give this line a free id, for example {free}."
    ]


def test_the_free_id_skips_what_stands_further_down() -> None:
    assert faults("T7\tGPE 11 17\tAleppo\nT7\tGPE 29 35\tAleppo\nT12\tMILITARY 48 60\tTiger Forces\n") == [
        "a.ann:2:1: id T7 was already used in line 1\n  Give this line a free id, for example T13."
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("", [f"a.ann:3:4: Meet has 0 Party, allowed are 2 to 3\n  {MEND}"], id="none"),
        pytest.param(" Party:T2", [f"a.ann:3:4: Meet has 1 Party, allowed are 2 to 3\n  {MEND}"], id="one"),
        pytest.param(" Party:T2 Party2:T2", [], id="two"),
        pytest.param(" Party:T2 Party:T2 Party:T2", [], id="three without numbers"),
        pytest.param(
            " Party:T2 Party2:T2 Party3:T2 Party4:T2",
            [f"a.ann:3:4: Meet has 4 Party, allowed are 2 to 3\n  {MEND}"],
            id="four",
        ),
    ],
)
def test_two_to_three_of_a_role_are_counted(arguments: str, expected: list[str]) -> None:
    assert faults(f"T1\tMeet 7 10\thit\nT2\tMILITARY 48 60\tTiger Forces\nE1\tMeet:T1{arguments}\n") == expected


def test_a_role_without_maximum_says_so() -> None:
    assert faults("T1\tSay 7 10\thit\nE1\tSay:T1\n") == [
        f"a.ann:2:4: Say has 0 Content, allowed are 1 to any number\n  {MEND}"
    ]


def test_a_schema_without_relations_says_so() -> None:
    found = examine(parse("R1\tleads Arg1:T1 Arg2:T2", PATH), TEXT, Schema(("GPE",)), PATH)
    assert [str(fault) for fault in found] == [
        "a.ann:1:4: relation 'leads' is not declared\n  annotation.conf declares none."
    ]


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        pytest.param("R1\tleads Arg1:T21 Arg2:T2", [15, 24], id="relation"),
        pytest.param("*\tEquiv T21 T2", [9, 13], id="chain"),
        pytest.param("E1\tAttack:T21 Attacker:T2", [11, 24], id="event"),
    ],
)
def test_a_dangling_id_that_begins_another_is_pointed_at_in(line: str, columns: list[int]) -> None:
    found = examine(parse(line, PATH), TEXT, SCHEMA, PATH)
    assert [fault.column for fault in found] == columns


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("", id="nothing more"),
        pytest.param("\n# by AR\n \n", id="comments and blank lines"),
        pytest.param("T4\tMILITARY 48 53;54 60\tTiger Forces\n", id="fragments"),
        pytest.param("T4\tPERSON 48 53;53 60\tTiger  Forces\n", id="touching fragments"),
        pytest.param("T4\tGPE 11 17\tAleppo\n", id="a second mention of the same place"),
        pytest.param("T4\tMILITARY 60 61\t.\n", id="the last character"),
        pytest.param("E2\tAttack:T1 Attacker:T3 Attacker2:T3 Place:T2\n", id="two events of one trigger"),
        pytest.param("T4\tSay 36 40\tfell\nE2\tSay:T4 Content:E1\n", id="an event in an event"),
        pytest.param("E2\tSay:T4 Content:E1\nT4\tSay 36 40\tfell\n", id="an event before its trigger"),
        pytest.param("R1\tleads Arg1:T3 Arg2:T3\n", id="a relation"),
        pytest.param("A1\tStage E1 planned\nM1\tGeneric E1\n", id="a value and a flag"),
        pytest.param("*\tEquiv T2 T3\n", id="a chain"),
        pytest.param("#1\tConfidence T2\t0\n#2\tConfidence T3\t1.0\n", id="the least and the greatest confidence"),
        pytest.param("N1\tReference T2 Wikidata:Q41183\tanything\n", id="a link"),
        pytest.param("A1\tGeneric E1\n#1\tRemark A1\treally?\n#2\tRemark\tlong\n", id="notes on anything"),
    ],
)
def test_examine_finds_nothing_in(lines: str) -> None:
    assert faults(TRUE + lines) == []


def test_faults_come_in_the_order_of_the_file() -> None:
    content = "*\tSame T1 T9\nT1\tCITY 0 70\tRebels\nA1\tMood T1\n"
    found = examine(parse(content, PATH), TEXT, SCHEMA, PATH)
    assert [(fault.line, fault.column) for fault in found] == [(1, 3), (1, 11), (2, 4), (2, 9), (3, 4)]


@settings(max_examples=40, deadline=None)
@given(samples.documents())
def test_examine_finds_nothing_in_what_is_written_from_values(document: Document) -> None:
    report, annotations = document
    lines = list(to_lines(annotations, report.text))
    assert list(examine(lines, report.text, samples.SCHEMA, PATH)) == []
