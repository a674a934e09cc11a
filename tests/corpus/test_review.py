"""What `gold check` tells a person to look at: each rule, and what waives it."""

from pathlib import Path

import pytest

from harness.corpus.check import CheckResult, check_folder
from harness.corpus.crosswalk import Crosswalk
from harness.schema import AttributionType, Conventions

CONF = """[entities]
NAME
PLACE
SITE
TIME
PHRASE
[relations]
Equiv	Arg1:<ANY>, Arg2:<ANY>, <REL-TYPE>:symmetric-transitive
near	Arg1:NAME|PHRASE, Arg2:PLACE
[events]
Attack	By*:NAME|PLACE|PHRASE, On*:PLACE|SITE|PHRASE, Place?:PLACE|SITE, When?:TIME
Said	Who?:NAME, What*:Attack
[attributes]
Stage	Arg:Attack, Value:done|planned
Sure	Arg:Said, Value:yes|no
Any	Arg:<EVENT>
"""
SET = Crosswalk(
    "ours",
    ("NAME", "PLACE", "SITE", "TIME", "PHRASE"),
    uncounted=("PHRASE",),
    ignore_zones=("furniture",),
    attribution=AttributionType("Said", "Who", "What", "Sure"),
    conventions=Conventions(
        names=("NAME", "PLACE"),
        actors=("NAME",),
        times=("TIME",),
        counting=("TIME",),
        leading=("the",),
        trailing=("'s",),
        circumstances={"Place": ("PLACE", "SITE"), "When": ("TIME",)},
    ),
)
ZONES = "kind\tarticle\tstart\tend\tvalue\n"


def checked(folder: Path, text: str, ann: str, **files: str) -> CheckResult:
    """The result of checking one report; other files by name, `__` standing for the full stop."""
    folder.mkdir(exist_ok=True)
    contents = {"annotation.conf": CONF, "a.txt": text, "a.ann": ann}
    contents |= {name.replace("__", "."): content for name, content in files.items()}
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    result = check_folder(folder, SET)
    assert result.faults == []
    return result


def rules(result: CheckResult) -> list[tuple[str, int]]:
    """The rule of every warning, and the line that it names."""
    return [(rule, warning.line) for rule, warning in result.warnings]


GAO = "T1\tPLACE 0 3\tGao\n"


@pytest.mark.parametrize(
    ("text", "ann", "expected"),
    [
        pytest.param("Gao fell.\n", GAO, [], id="nothing to look at"),
        pytest.param("Gao fell.\n", "T1\tPLACE 0 4\tGao \n", [("white-space", 1)], id="white space"),
        pytest.param("The Base fell.\n", "T1\tPLACE 0 8\tThe Base\n", [("article", 1)], id="article"),
        pytest.param(
            "The day it fell.\n", "T1\tTIME 0 7\tThe day\nN1\tReference T1 TIMEX3:P1D\tx\n", [], id="where it counts"
        ),
        pytest.param("Gao's end.\n", "T1\tPLACE 0 5\tGao's\n", [("possessive", 1)], id="possessive"),
        pytest.param("Gao fell. Gao!\n", GAO, [("unlabelled-repeat", 1)], id="unlabelled repeat"),
        pytest.param("Gaoz fell. Gao!\n", "T1\tPLACE 11 14\tGao\n", [], id="a longer word is no repeat"),
        pytest.param(
            "Gao and Gao.\n",
            GAO + "T2\tNAME 8 11\tGao\n",
            [("several-types", 1)],
            id="one surface with two types",
        ),
        pytest.param(
            "Gao and Ali.\n",
            GAO + "T2\tNAME 8 11\tAli\n*\tEquiv T1 T2\n",
            [("mixed-chain", 1)],
            id="a chain of mixed type",
        ),
        pytest.param(
            "Gao, Gao, Gao.\n",
            GAO + "T2\tPLACE 5 8\tGao\nT3\tPLACE 10 13\tGao\n*\tEquiv T1 T2\n",
            [("split-chain", 1)],
            id="the same name outside the chain",
        ),
        pytest.param(
            "Gao, Gao, Gao.\n",
            GAO + "T2\tPLACE 5 8\tGao\nT3\tPLACE 10 13\tGao\n*\tEquiv T1 T2\n*\tEquiv T2 T3\n",
            [("two-chains", 2), ("split-chain", 1)],
            id="a mention in two chains",
        ),
        pytest.param(
            "Raid, raid.\n",
            "T8\tAttack 0 4\tRaid\nE1\tAttack:T8\nA1\tStage E1 done\nT9\tSaid 6 10\traid\nE2\tSaid:T9 What:E1\n"
            "A2\tSure E2 yes\n*\tEquiv T8 T9\n",
            [("mixed-chain", 1)],
            id="a chain of triggers of two types",
        ),
        pytest.param(
            "Ali said he raids at noon.\n",
            "T1\tNAME 0 3\tAli\nT2\tTIME 21 25\tnoon\nN1\tReference T2 TIMEX3:T12:00\tnoon\nT8\tAttack 12 17\traids\n"
            "E1\tAttack:T8 When:T2\nA1\tStage E1 done\n"
            "T9\tSaid 4 8\tsaid\nE2\tSaid:T9 Who:T1 What:E1\nA2\tSure E2 yes\n",
            [],
            id="who says so has no time of its own",
        ),
        pytest.param(
            "A raid.\n",
            "T9\tAttack 2 6\traid\nE1\tAttack:T9\nA1\tStage E1 done\nA2\tStage E1 planned\n",
            [("two-values", 2)],
            id="two values of one attribute",
        ),
        pytest.param(
            "A raid.\n",
            "T9\tAttack 2 6\traid\nE1\tAttack:T9\nA1\tStage E1 done\nN1\tReference T9 TIMEX3:2016\traid\n",
            [("calendar", 1)],
            id="a time value on a trigger",
        ),
        pytest.param("men fell.\n", "T1\tPHRASE 0 3\tmen\n", [("no-role", 1)], id="a phrase without a role"),
        pytest.param(
            "men in Gao.\n",
            "T1\tPHRASE 0 3\tmen\nT2\tPLACE 7 10\tGao\nR1\tnear Arg1:T1 Arg2:T2\n",
            [],
            id="a phrase in a relation",
        ),
        pytest.param(
            "Raid. In Gao.\n",
            "T1\tPLACE 9 12\tGao\nT9\tAttack 0 4\tRaid\nE1\tAttack:T9 Place:T1\nA1\tStage E1 done\n",
            [("far-argument", 3)],
            id="an argument from another sentence",
        ),
        pytest.param(
            "Raid in Gao.\n",
            "T1\tPLACE 8 11\tGao\nT9\tAttack 0 4\tRaid\nE1\tAttack:T9\nA1\tStage E1 done\n",
            [("no-place", 3)],
            id="an event without the place of its sentence",
        ),
        pytest.param(
            "Raid by Gao.\n",
            "T1\tPLACE 8 11\tGao\nT9\tAttack 0 4\tRaid\nE1\tAttack:T9 By:T1\nA1\tStage E1 done\n",
            [("no-place", 3)],
            id="who attacks is no place, whatever its label",
        ),
        pytest.param(
            "Raid on Gao.\n",
            "T1\tPLACE 8 11\tGao\nT9\tAttack 0 4\tRaid\nE1\tAttack:T9 On:T1\nA1\tStage E1 done\n",
            [],
            id="the place fills another role",
        ),
        pytest.param(
            "Raid on the town in Gao.\n",
            "T1\tPLACE 20 23\tGao\nT2\tPHRASE 12 16\ttown\nT9\tAttack 0 4\tRaid\nE1\tAttack:T9 On:T2\n"
            "A1\tStage E1 done\n",
            [],
            id="a phrase fills a role of places",
        ),
        pytest.param(
            "Raid on Monday.\n",
            "T1\tTIME 8 14\tMonday\nN1\tReference T1 TIMEX3:XXXX-WXX-1\tMonday\n"
            "T9\tAttack 0 4\tRaid\nE1\tAttack:T9\nA1\tStage E1 done\n",
            [("no-when", 4)],
            id="an event without the time of its sentence",
        ),
        pytest.param("On Monday.\n", "T1\tTIME 3 9\tMonday\n", [("no-value", 1)], id="a time without value"),
        pytest.param(
            "On Monday.\n",
            "T1\tTIME 3 9\tMonday\nN1\tReference T1 TIMEX3:soon\tMonday\n",
            [("no-value", 1)],
            id="a value of no form",
        ),
        pytest.param(
            "On Monday.\n",
            "T1\tTIME 3 9\tMonday\nN1\tReference T1 TIMEX3:2016-03-22\tMonday\n",
            [("calendar", 1)],
            id="a Monday that is a Tuesday",
        ),
        pytest.param(
            "A raid.\n", "T9\tAttack 2 6\traid\nE1\tAttack:T9\n", [("no-attribute", 2)], id="an event without its stage"
        ),
        pytest.param(
            "They set fire to all.\n",
            "T9\tAttack 0 20\tThey set fire to all\nE1\tAttack:T9\nA1\tStage E1 done\n",
            [("long-trigger", 2)],
            id="a long trigger",
        ),
        pytest.param(
            "Ali said.\n",
            "T1\tNAME 0 3\tAli\nT9\tSaid 4 8\tsaid\nE1\tSaid:T9 Who:T1\nA1\tSure E1 yes\n",
            [("no-content", 3)],
            id="a cue that presents nothing",
        ),
        pytest.param(
            "Ali.\n",
            "T1\tNAME 0 3\tAli\n#1\tAnnotatorNotes T1\treviewed article: none\n",
            [("stale-waiver", 2)],
            id="a waiver of nothing",
        ),
    ],
)
def test_rules(tmp_path: Path, text: str, ann: str, expected: list[tuple[str, int]]) -> None:
    assert rules(checked(tmp_path / "gold", text, ann)) == expected


def test_a_note_waives_a_rule_on_a_label_and_is_counted(tmp_path: Path) -> None:
    text, ann = "The Base, the Camp.\n", "T1\tPLACE 0 8\tThe Base\nT2\tPLACE 10 18\tthe Camp\n"
    waived = checked(tmp_path, text, ann + "#1\tAnnotatorNotes T1\treviewed article: it is its name\n")
    assert (rules(waived), waived.waived) == ([("article", 2)], 1)
    other = checked(tmp_path, text, ann + "#1\tAnnotatorNotes T1\treviewed possessive: it is its name\n")
    assert (sorted(rules(other)), other.waived) == ([("article", 1), ("article", 2), ("stale-waiver", 3)], 0)
    bare = checked(tmp_path, text, ann + "#1\tAnnotatorNotes T1\treviewed article:\n")
    assert bare.waived == 0  # a waiver needs a reason


def test_boilerplate_is_no_unlabelled_repeat(tmp_path: Path) -> None:
    zones = f"{ZONES}article\t1\t0\t9\t\nfurniture\t\t10\t13\t\n"
    assert rules(checked(tmp_path, "Gao fell.\nGao\n", GAO, a__zones__tsv=zones)) == []


def test_times_refer_to_the_dateline_of_their_article(tmp_path: Path) -> None:
    ann = "T1\tTIME 3 9\tMonday\nN1\tReference T1 TIMEX3:2016-03-21\tMonday\n"
    for value, expected in (
        ("2016-03-25", []),
        ("2016-05-25", [("calendar", 1)]),
        ("", []),
        ("25 March", [("dateline", 0)]),
    ):
        zones = f"{ZONES}article\t1\t0\t10\t\ndateline\t1\t0\t2\t{value}\n"
        assert rules(checked(tmp_path, "On Monday.\n", ann, a__zones__tsv=zones)) == expected


@pytest.mark.parametrize(
    ("actors", "expected"),
    [
        ("name,type,reason\nAli,NAME,known\n", []),
        ("name,type,reason\nALI,NAME,known\n", []),
        ("name,type,reason\nOmar,NAME,known\n", ["'Ali' is not in actors.csv"]),
    ],
)
def test_actors_stand_in_their_table(tmp_path: Path, actors: str, expected: list[str]) -> None:
    result = checked(tmp_path, "Ali.\n", "T1\tNAME 0 3\tAli\n", actors__csv=actors)
    assert [warning.message.partition(": T1: ")[2] for _, warning in result.warnings] == expected


@pytest.mark.parametrize(
    ("actors", "fault"),
    [
        ("name,type\n", "actors.csv:1: the header is not that of a table of actors"),
        ("name,type,reason\nAli,NAME,\n", "actors.csv:2: a row needs a name, a type and a reason"),
        ("name,type,reason\nAli,PLACE,x\n", "actors.csv:2: 'PLACE' is no type of actors"),
        ("name,type,reason\nAli,NAME,x\nali,NAME,y\n", "actors.csv:3: 'ali' stands twice as NAME"),
    ],
)
def test_faults_in_the_table_of_actors(tmp_path: Path, actors: str, fault: str) -> None:
    (tmp_path / "annotation.conf").write_text(CONF, encoding="utf-8")
    (tmp_path / "a.txt").write_text("Ali.\n", encoding="utf-8")
    (tmp_path / "a.ann").write_text("T1\tNAME 0 3\tAli\n", encoding="utf-8")
    (tmp_path / "actors.csv").write_text(actors, encoding="utf-8")
    assert [one.message.removeprefix(f"{tmp_path}/") for one in check_folder(tmp_path, SET).faults] == [fault]


def test_a_fault_in_one_table_does_not_hide_another(tmp_path: Path) -> None:
    (tmp_path / "annotation.conf").write_text(CONF, encoding="utf-8")
    (tmp_path / "a.txt").write_text("Ali.\n", encoding="utf-8")
    (tmp_path / "a.ann").write_text("T1\tNAME 0 3\tAli\n", encoding="utf-8")
    (tmp_path / "reports.csv").write_text("id,split\nb,test\n", encoding="utf-8")
    (tmp_path / "actors.csv").write_text('name,type,reason\n"Ali', encoding="utf-8")
    found = [one.message.removeprefix(f"{tmp_path}/") for one in check_folder(tmp_path, SET).faults]
    assert found == ["reports.csv:2: there is no b.txt", "actors.csv:2: is no CSV: unexpected end of data"]


def test_shared_furniture_does_not_make_reports_alike(tmp_path: Path) -> None:
    furniture = "one two three four five six seven eight nine"
    zones = f"{ZONES}furniture\t\t5\t{5 + len(furniture)}\t\n"
    files = {"b__txt": f"Kao. {furniture}\n", "b__ann": "", "a__zones__tsv": zones, "b__zones__tsv": zones}
    table = "id,split,cluster\na,test,x\nb,test,y\n"
    assert rules(checked(tmp_path, f"Gao. {furniture}\n", "", reports__csv=table, **files)) == []


def test_names_with_several_types_in_different_reports_are_listed(tmp_path: Path) -> None:
    files = {"b__txt": "Gao said.\n", "b__ann": "T1\tNAME 0 3\tGao\n"}
    (listed,) = checked(tmp_path, "Gao fell.\n", GAO, **files).listed
    assert (listed.surface, listed.types) == ("Gao", {"PLACE": ["a"], "NAME": ["b"]})


def test_reports_that_are_too_alike_or_split_a_cluster(tmp_path: Path) -> None:
    text = "one two three four five six seven eight nine\n"
    table = "id,split,cluster\na,train,x\nb,test,y\n"
    files = {"b__txt": text, "b__ann": "", "reports__csv": table}
    assert [rule for rule, _ in checked(tmp_path, text, "", **files).warnings] == ["too-similar"]
    files["reports__csv"] = table.replace("y", "x")
    assert [rule for rule, _ in checked(tmp_path, text, "", **files).warnings] == ["split-cluster"]
