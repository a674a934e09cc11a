"""The verbs gold stats and gold agree, and gold check --strict, as a user runs them."""

import json
import shutil
from pathlib import Path

import pytest

from harness.resources import locate
from tests.conftest import RunHarness

CONF = """[entities]
GPE
TIME
[relations]
[events]
Attack	Place?:GPE, Time?:TIME
[attributes]
Stage	Arg:Attack, Value:occurred|planned
"""
DATASHEET = """# Sheet
<!-- stats -->
<!-- /stats -->
Between.
<!-- agreement -->
To be replaced.
<!-- /agreement -->
End.
"""
FILES = {
    "annotation.conf": CONF,
    "reports.csv": "id,split,style,conflict,year\na,test,wire,Mali,2013\nb,train,wire,Mali,2012\n",
    "DATASHEET.md": DATASHEET,
    "VERSION": "version: 1.2.3\nfrozen: 2026-11-22\n",
    "reports/a.txt": "Raid on Gao.\n",
    "reports/a.ann": "T1\tGPE 8 11\tGao\nT2\tAttack 0 4\tRaid\nE1\tAttack:T2 Place:T1\nA1\tStage E1 occurred\n",
    "reports/b.txt": "Gao is calm.\n",
    "reports/b.ann": "T1\tGPE 0 3\tGao\n",
    "second_pass/a.txt": "Raid on Gao.\n",
    "second_pass/a.ann": "T1\tGPE 8 11\tGao\nT2\tAttack 0 4\tRaid\nE1\tAttack:T2\nA1\tStage E1 occurred\n",
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A gold folder with a second pass, and a datasheet to be filled."""
    folder = tmp_path / "mine"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_agreement_layer_by_layer(harness: RunHarness, gold: Path) -> None:
    done = harness("gold", "agree", gold / "reports", gold / "second_pass", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["reports"] == ["a"]
    micro = {row["layer"]: row for row in found["rows"] if (row["match"], row["label"]) == ("strict", "micro")}
    counts = {layer: (row["gold"], row["predicted"], row["correct"]) for layer, row in micro.items()}
    assert counts == {"mentions": (1, 1, 1), "events": (1, 1, 1), "arguments": (1, 0, 0), "attributes": (1, 1, 1)}
    assert found["alphas"] == [{"attribute": "Stage", "on": "events", "n": 1, "same": 1, "value": None}]


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_agreement_for_people(harness: RunHarness, gold: Path, form: str) -> None:
    done = harness("gold", "agree", gold / "reports", gold / "second_pass", "--format", form)
    assert done.returncode == 0, done.stderr
    assert "mine/reports and mine/second_pass: 1 report" in done.stdout
    assert "trigger span and type" in done.stdout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("second_pass/a.txt", "Raid on Kao.\n"), "second_pass/a.ann:1:"),
        (("second_pass/c.txt", "Gao\n"), "second_pass/c.ann: no such file"),
    ],
)
def test_a_second_pass_that_cannot_be_read(
    harness: RunHarness, gold: Path, change: tuple[str, str], message: str
) -> None:
    (gold / change[0]).write_text(change[1], encoding="utf-8")
    done = harness("gold", "agree", gold / "reports", gold / "second_pass")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_agreement_of_other_reports_and_texts_is_refused(harness: RunHarness, gold: Path) -> None:
    for name in ("txt", "ann"):
        (gold / "second_pass" / f"c.{name}").write_text("", encoding="utf-8")
    done = harness("gold", "agree", gold / "reports", gold / "second_pass")
    assert done.returncode == 2
    assert "reports lacks report 'c' of" in done.stderr
    for name in ("txt", "ann"):
        (gold / "second_pass" / f"c.{name}").unlink()
    (gold / "second_pass" / "a.txt").write_text("Raid on Gao!\n", encoding="utf-8")
    done = harness("gold", "agree", gold / "reports", gold / "second_pass")
    assert done.returncode == 2
    assert "report 'a' has another text in the second folder" in done.stderr
    done = harness("gold", "agree", gold / "reports", gold / "nowhere")
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_the_datasheet_and_the_version_are_renewed_and_found_stale(harness: RunHarness, gold: Path) -> None:
    stale = harness("gold", "stats", gold, "--check")
    assert stale.returncode == 2
    assert "DATASHEET.md is stale" in stale.stdout
    assert "VERSION is stale" in stale.stdout
    assert harness("gold", "stats", gold, "--write").returncode == 0
    assert harness("gold", "stats", gold, "--check").returncode == 0
    sheet = (gold / "DATASHEET.md").read_text(encoding="utf-8")
    assert sheet.startswith("# Sheet\n<!-- stats -->\n\n### 2 reports\n")
    assert "\n<!-- /stats -->\nBetween.\n<!-- agreement -->\n\n### reports and second_pass: 1 report\n" in sheet
    assert sheet.endswith("\n<!-- /agreement -->\nEnd.\n")
    assert "To be replaced." not in sheet
    before = (gold / "VERSION").read_text(encoding="utf-8")
    assert before.startswith("version: 1.2.3\nfrozen: 2026-11-22\nsplits:\n")
    labels = gold / "reports" / "b.ann"
    labels.write_text("", encoding="utf-8")
    assert harness("gold", "stats", gold, "--check").returncode == 2
    assert harness("gold", "stats", gold, "--write").returncode == 0
    assert (gold / "VERSION").read_text(encoding="utf-8") != before


def test_a_comparison_whose_folder_is_gone_is_stale(harness: RunHarness, gold: Path) -> None:
    assert harness("gold", "stats", gold, "--write").returncode == 0
    shutil.rmtree(gold / "second_pass")
    assert harness("gold", "stats", gold, "--check").returncode == 2
    assert harness("gold", "stats", gold, "--write").returncode == 0
    assert "<!-- agreement -->\n<!-- /agreement -->" in (gold / "DATASHEET.md").read_text(encoding="utf-8")


def test_the_datasheet_does_not_depend_on_where_the_folder_lies(harness: RunHarness, gold: Path) -> None:
    assert harness("gold", "stats", gold, "--write").returncode == 0
    assert harness("gold", "stats", ".", "--check", cwd=gold).returncode == 0
    other = gold.rename(gold.with_name("other"))
    assert harness("gold", "stats", other, "--check").returncode == 0


def test_folders_below_a_gold_use_its_configuration(harness: RunHarness, gold: Path) -> None:
    assert harness("gold", "check", gold / "second_pass").returncode == 0
    assert harness("gold", "agree", ".", "../second_pass", cwd=gold / "reports").returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("DATASHEET.md", "# Sheet\n", "DATASHEET.md: has no place for stats"),
        ("DATASHEET.md", DATASHEET + DATASHEET, "DATASHEET.md: has more than one place for stats"),
        ("VERSION", "version: 1.2.3\nfrozen: 2026-02-30\n", "VERSION: is no version"),
        ("VERSION", "1.2.3\n", "VERSION: is no version"),
        ("VERSION", "version: 1.2.3\nfrozen: soon\n", "VERSION: is no version"),
    ],
)
def test_files_that_cannot_be_renewed(harness: RunHarness, gold: Path, name: str, content: str, message: str) -> None:
    (gold / name).write_text(content, encoding="utf-8")
    done = harness("gold", "stats", gold, "--write")
    assert done.returncode == 2
    assert message in done.stderr
    assert (gold / name).read_text(encoding="utf-8") == content


def test_the_version_holds_the_hashes_that_a_run_record_carries(harness: RunHarness, gold: Path) -> None:
    harness("gold", "stats", gold, "--write")
    done = harness("model=rules", f"gold.path={gold}", "gold.split=test", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    record = json.loads((gold.parent / "run" / "run.json").read_text(encoding="utf-8"))["gold"]
    version = (gold / "VERSION").read_text(encoding="utf-8")
    assert f"  test:\n    reports: 1\n    text: {record['text_hash']}\n    labels: {record['label_hash']}\n" in version


def test_what_a_gold_set_holds(harness: RunHarness, gold: Path) -> None:
    tables = {table["title"]: table for table in json.loads(harness("gold", "stats", gold, "--format", "json").stdout)}
    assert tables["overview"]["headings"] == ["", "train", "test", "all"]
    assert tables["overview"]["rows"][0] == ["reports", "1", "1", "2"]
    assert tables["events by type"]["rows"] == [["Attack", "0", "1", "1"]]
    assert tables["test and train"]["rows"][0] == ["GPE", "1", "1", "100.0", "1", "1.00"]
    assert [row[0] for row in tables["by decade"]["rows"]] == ["2010s"]


def test_strict_makes_warnings_errors_unless_they_are_waived(harness: RunHarness, gold: Path) -> None:
    text = gold / "reports" / "b.txt"
    text.write_text("Gao is calm. Gao!\n", encoding="utf-8")
    shutil.copy(locate("gold") / "annotation.conf", gold / "annotation.conf")
    for labels in (gold / "reports").glob("*.ann"):
        labels.write_text("T1\tGPE 8 11\tGao\n" if labels.stem == "a" else FILES["reports/b.ann"], encoding="utf-8")
    assert harness("gold", "check", gold).returncode == 0
    done = harness("gold", "check", gold, "--strict")
    assert done.returncode == 2
    assert f"{gold}/reports/b.ann:1: T1: 'Gao' is not labelled at 13 [unlabelled-repeat]" in done.stdout
    assert done.stdout.endswith("2 reports, 2 mentions, no faults, 1 warning, 0 waived\n")
    with (gold / "reports" / "b.ann").open("a", encoding="utf-8") as file:
        file.write("#1\tAnnotatorNotes T1\treviewed unlabelled-repeat: the second one is a shout\n")
    done = harness("gold", "check", gold, "--strict")
    assert done.returncode == 0
    assert done.stdout.endswith("no faults, no warnings, 1 waived\n")
