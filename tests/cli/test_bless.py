"""The verb `bless`: what a baseline holds, what is refused, and the leaderboard."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.runs.baseline import read_baseline
from harness.scoring.table import CountTable
from tests.conftest import run_harness


class World(NamedTuple):
    """A folder with a sweep of two models, and the gold that it was made on."""

    folder: Path
    gold: Path
    sweep: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, small_gold: Path) -> World:
    folder = tmp_path_factory.mktemp("bless")
    gold = folder / "gold"
    shutil.copytree(small_gold, gold)
    done = run_harness("-m", "model=rules,spacy", "scoring=plain", cwd=folder, HARNESS_GOLD=str(gold))
    assert done.returncode == 0, done.stderr
    (sweep,) = (folder / "results" / "sweeps").iterdir()
    return World(folder, gold, sweep)


@pytest.fixture
def blessed(world: World, tmp_path: Path) -> Path:
    done = run_harness("bless", world.sweep, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    assert "rules.json: blessed, micro strict F1 fine" in done.stdout
    assert "There was no baseline before." in done.stdout
    return tmp_path


def test_a_baseline_holds_the_counts_and_predictions_of_its_run(world: World, blessed: Path) -> None:
    baseline = read_baseline(blessed / "results" / "baselines" / "spacy.json")
    run = world.sweep / "1-spacy"
    counts = CountTable.read(run / "counts.parquet").unsliced()
    assert baseline.table().like(counts) == counts
    assert set(baseline.table().columns) == set(counts.columns)
    predictions = blessed / "results" / "baselines" / "spacy.predictions.jsonl"
    assert predictions.read_bytes() == (run / "predictions.jsonl").read_bytes()
    scores = {
        (row["view"], row["label"]): row
        for row in json.loads((run / "scores.json").read_text())["rows"]
        if (row["match"], row["scope"], row["slice"]) == ("strict", "all", "")
    }
    assert len(baseline.content.scores) == len(scores)
    for row in baseline.content.scores:
        expected = scores[row.view, row.label]
        assert (row.f1, row.low, row.high) == (expected["f1"], expected["low"], expected["high"])


def test_a_baseline_holds_no_path_of_the_machine_and_no_text(world: World, blessed: Path) -> None:
    for path in (blessed / "results").rglob("*.*"):
        content = path.read_text()
        assert str(world.folder) not in content
    texts = [one.read_text() for one in (world.gold / "reports").glob("*.txt")]
    sentence = texts[0].split(". ")[1]
    assert sentence not in (blessed / "results" / "baselines" / "rules.predictions.jsonl").read_text()


def test_blessing_the_same_run_again_changes_no_byte(world: World, blessed: Path) -> None:
    before = {path.name: path.read_bytes() for path in (blessed / "results").rglob("*.*")}
    done = run_harness("bless", world.sweep, cwd=blessed, HARNESS_GOLD=str(world.gold))
    assert "do not differ on any of 12 reports" in done.stdout
    assert "0 mentions broke, 0 were fixed." in done.stdout
    assert {path.name: path.read_bytes() for path in (blessed / "results").rglob("*.*")} == before


def test_blessing_tells_what_changed(world: World, blessed: Path, tmp_path: Path) -> None:
    worse = tmp_path / "worse"
    shutil.copytree(world.sweep / "0-rules", worse)
    record = json.loads((worse / "run.json").read_text())
    record["scorer_version"] = 0  # so that it is scored from the predictions that follow
    record["fingerprint"]["digest"] = "another"
    (worse / "run.json").write_text(json.dumps(record))
    lines = [json.loads(line) for line in (worse / "predictions.jsonl").read_text().splitlines()]
    for line in lines:
        line["mentions"] = [one for one in line["mentions"] if one["label"] != "PERSON"]
    (worse / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run_harness("bless", worse, cwd=blessed, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "Other fingerprint than before." in told
    assert "the old one is better than the new one on 12 reports" in told
    assert " mentions broke, 0 were fixed." in told
    baseline = read_baseline(blessed / "results" / "baselines" / "rules.json")
    assert baseline.record.scorer_version > 0  # the counts that were kept are those of this scorer


def test_check_finds_what_is_stale(world: World, blessed: Path) -> None:
    def check() -> tuple[int, str]:
        done = run_harness("bless", "--check", cwd=blessed, HARNESS_GOLD=str(world.gold))
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    assert check()[0] == 0
    board = blessed / "results" / "LEADERBOARD.md"
    text = board.read_text()
    board.write_text(text.replace("spacy", "spicy"))
    assert check() == (2, check()[1])
    assert "LEADERBOARD.md: is stale" in check()[1]
    board.write_text(text)
    counts = blessed / "results" / "baselines" / "spacy.counts.jsonl"
    counts.write_text(counts.read_text().replace('"gold":1', '"gold":2', 1))
    assert "spacy.counts.jsonl: is not the file" in check()[1]


def test_check_notices_that_labels_of_the_gold_have_changed(world: World, blessed: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    shutil.copytree(world.gold, gold)
    names = json.loads((world.sweep / "0-rules" / "run.json").read_text())["gold"]["reports"]
    path = gold / "reports" / f"{names[0]}.ann"
    first = next(line for line in path.read_text().splitlines() if line.startswith("T") and "PERSON" in line)
    path.write_text(path.read_text().replace(first, first.replace("PERSON", "ORG")))
    done = run_harness("bless", "--check", cwd=blessed, HARNESS_GOLD=str(gold))
    assert done.returncode == 2, done.stdout
    assert "is stale: scored again from its predictions: the labels of the gold have changed since" in done.stderr


def test_the_leaderboard_is_the_comparison_of_the_baselines(world: World, blessed: Path) -> None:
    board = (blessed / "results" / "LEADERBOARD.md").read_text()
    shown = run_harness("compare", "results/baselines", "--format", "markdown", cwd=blessed).stdout
    tables = [line for line in shown.splitlines() if line.startswith("|")]
    assert tables
    assert [line for line in board.splitlines() if line.startswith("|")] == tables


def test_what_is_not_blessed(world: World, tmp_path: Path) -> None:
    failed = tmp_path / "failed"
    shutil.copytree(world.sweep / "0-rules", failed)
    record = json.loads((failed / "run.json").read_text())
    record["counts"]["failed"] = 1
    (failed / "run.json").write_text(json.dumps(record))
    for arguments, message in (
        ([failed], "rules failed on 1 of 12 reports"),
        ([world.sweep / "0-rules", world.sweep / "0-rules"], "there are 2 runs of rules"),
        ([], "bless wants either runs or --check"),
        (["--check"], "results/baselines holds no baselines"),
        (["nowhere"], "nowhere: no such file or folder"),
    ):
        done = run_harness("bless", *arguments, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
        assert done.returncode == 2
        assert message in done.stderr
        assert not (tmp_path / "results").exists()
