"""`python -m harness` as a user runs it: what is printed, what is written, which exit code."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.cli import main
from harness.scoring.table import CountTable
from tests.conftest import RunHarness, run_harness

FILES = {"counts.parquet", "errors.json", "predictions.jsonl", "run.json", "scores.json", "table.md"}

AVERAGES = ("micro", "macro", "weighted")


def key(row: dict[str, str]) -> tuple[str, str, str]:
    return row["view"], row["label"], row["slice"]


def only_run(folder: Path) -> Path:
    (run,) = (folder / "results" / "runs").iterdir()
    return run


class Finished(NamedTuple):
    done: subprocess.CompletedProcess[str]
    directory: Path


@pytest.fixture(scope="module", params=["rules", "spacy"])
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, small_gold: Path) -> Finished:
    """A run of a backend on the split test."""
    folder = tmp_path_factory.mktemp(request.param)
    done = run_harness(f"model={request.param}", cwd=folder, HARNESS_GOLD=str(small_gold))
    return Finished(done, only_run(folder))


def test_a_run_prints_its_table_and_writes_its_directory(finished: Finished) -> None:
    done, run = finished
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in run.iterdir()} == FILES
    record = json.loads((run / "run.json").read_text())
    assert record["schema"] == 1
    assert record["status"] == "ok"
    assert record["gold"]["split"] == "test"
    reports = record["gold"]["reports"]
    assert reports == sorted(reports)
    assert record["counts"] == {"reports": len(reports), "done": len(reports), "empty": 0, "failed": 0}
    lines = [json.loads(line) for line in (run / "predictions.jsonl").read_text().splitlines()]
    assert [line["report"] for line in lines] == reports
    table = (run / "table.md").read_text()
    assert f"{record['model']} on gold (test): {len(reports)} reports" in table
    for words in ("fine labels", "coarse labels", "ARMED_GROUP", "PLACE", "micro, all", "macro, all"):
        assert words in table
        assert words in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_scores_can_be_recomputed_from_the_count_table(finished: Finished) -> None:
    table = CountTable.read(finished.directory / "counts.parquet")
    rows = json.loads((finished.directory / "scores.json").read_text())["rows"]
    totals = dict(zip(table.columns, table.totals, strict=True))
    checked = 0
    for row in rows:
        if (row["match"], row["scope"], row["slice"]) == ("strict", "all", "") and row["label"] not in AVERAGES:
            of_label = {c.counter: n for c, n in totals.items() if (c.view, c.label, c.slice) == key(row)}
            assert {name: row[name] for name in ("gold", "predicted")} == {
                n: of_label[n] for n in ("gold", "predicted")
            }
            assert row["correct"] == of_label["strict_correct"]
            assert row["missed"] == of_label["missed"] + of_label["merged"]
            assert row["spurious"] == of_label["spurious"] + of_label["split"]
            checked += 1
    assert checked >= 16


def test_an_identical_run_gives_equal_bytes(harness: RunHarness, tmp_path: Path, finished: Finished) -> None:
    record = json.loads((finished.directory / "run.json").read_text())
    assert harness(f"model={record['model']}").returncode == 0
    again = only_run(tmp_path)
    for name in ("predictions.jsonl", "counts.parquet", "scores.json"):
        assert (finished.directory / name).read_bytes() == (again / name).read_bytes(), name
    assert json.loads((again / "run.json").read_text())["fingerprint"] == record["fingerprint"]


def test_replaying_a_run_gives_its_counts(harness: RunHarness, tmp_path: Path, finished: Finished) -> None:
    crosswalk = {"rules": "report", "spacy": "ontonotes"}[
        json.loads((finished.directory / "run.json").read_text())["model"]
    ]
    predictions = finished.directory / "predictions.jsonl"
    options = [f"model.args.path={predictions}", f"crosswalk@model.crosswalk={crosswalk}"]
    done = harness("model=replay", *options)
    assert done.returncode == 0, done.stderr
    tables = [CountTable.read(run / "counts.parquet") for run in (finished.directory, only_run(tmp_path))]
    assert tables[0] == tables[1]


def test_a_replayed_run_brings_its_label_set(harness: RunHarness, finished: Finished) -> None:
    predictions = finished.directory / "predictions.jsonl"
    done = harness("model=replay", f"model.args.path={predictions}", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = {(r["match"], *key(r)): r["correct"] for r in json.loads(done.stdout)["rows"] if r["scope"] == "all"}
    scores = json.loads((finished.directory / "scores.json").read_text())["rows"]
    for row in scores:
        if row["scope"] == "all":
            assert rows[(row["match"], *key(row))] == row["correct"]


def test_labels_that_do_not_meet(harness: RunHarness, tmp_path: Path, foreign_gold: Path) -> None:
    assert_one_message(harness("model=rules", f"gold.path={foreign_gold}"), tmp_path, "nothing can be compared")


def test_a_sweep_prints_one_table_and_writes_it(harness: RunHarness, tmp_path: Path) -> None:
    done = harness("-m", "model=spacy,rules", "gold.split=dev")
    assert done.returncode == 0, done.stderr
    (sweep,) = (tmp_path / "results" / "sweeps").iterdir()
    comparison = (sweep / "comparison.md").read_text()
    for text in (comparison, done.stdout):
        assert "2 backends on gold (dev)" in text
        rows = [line for line in text.splitlines() if line.strip(" |").startswith(("spacy", "rules"))]
        assert len([line for line in rows if line.rstrip(" |").endswith("ok")]) == 4  # two backends, two views
    assert {path.name for path in sweep.glob("*/")} == {"0-spacy", "1-rules"}


@pytest.mark.slow
def test_experiment_baselines_runs_all_offline_backends(harness: RunHarness, tmp_path: Path) -> None:
    done = harness("experiment=baselines", "gold.split=dev", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert {row["model"] for row in rows} == {"spacy", "rules"}


def test_a_backend_that_raises_in_a_sweep_leaves_the_other_rows(
    harness: RunHarness, tmp_path: Path, foreign_gold: Path, backends_file: Path
) -> None:
    done = harness(
        "-m",
        "--backend",
        f"{backends_file}:FailsOnOne",
        f"gold.path={foreign_gold}",
        "execution.on_failure=exclude,abort,empty",
    )
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert "1 of 3 reports failed; r1: RuntimeError: boom at r1" in done.stdout.replace("\n", " ")
    (sweep,) = (tmp_path / "results" / "sweeps").iterdir()
    states = [json.loads((sweep / f"{n}-FailsOnOne" / "run.json").read_text())["status"] for n in range(3)]
    assert states == ["failed", "error", "failed"]
    text = (sweep / "comparison.md").read_text()
    rows = [line.split("|")[-2].strip() for line in text.splitlines() if line.startswith("| FailsOnOne")]
    assert [row for row in rows if row.startswith("failed")] == ["failed on 1", "failed on 1", "failed"]
    assert "now they count as empty" in text  # the run that left its failed report out is scored like the other one


@pytest.mark.slow
def test_a_sweep_over_splits_has_a_table_for_each(harness: RunHarness, tmp_path: Path) -> None:
    done = harness("-m", "model=rules", "gold.split=dev,train")
    assert done.returncode == 0, done.stderr
    (sweep,) = (tmp_path / "results" / "sweeps").iterdir()
    for text in (done.stdout, (sweep / "comparison.md").read_text()):
        assert "1 backend on gold (dev): " in text
        assert "1 backend on gold (train): " in text


def test_a_job_that_cannot_be_configured_is_a_row_of_the_sweep(harness: RunHarness, tmp_path: Path) -> None:
    done = harness("-m", "model=rules,replay", "gold.split=dev")
    assert done.returncode == 2
    assert "FAILED replay: model.args.path is not set" in done.stdout
    (sweep,) = (tmp_path / "results" / "sweeps").iterdir()
    states = [json.loads((sweep / name / "run.json").read_text())["status"] for name in ("0-rules", "1-replay")]
    assert states == ["ok", "error"]


@pytest.mark.parametrize(
    ("on_failure", "gold_mentions"),
    [pytest.param("empty", 5, id="a failed report counts as empty"), pytest.param("exclude", 3, id="is left out")],
)
def test_failed_reports(
    harness: RunHarness, tmp_path: Path, foreign_gold: Path, backends_file: Path, on_failure: str, gold_mentions: int
) -> None:
    done = harness(
        "--backend", f"{backends_file}:FailsOnOne", f"gold.path={foreign_gold}", f"execution.on_failure={on_failure}"
    )
    assert done.returncode == 4
    run = only_run(tmp_path)
    (failure,) = [json.loads(line) for line in (run / "failures.jsonl").read_text().splitlines()]
    assert (failure["report"], failure["error"]) == ("r1", "RuntimeError: boom at r1")
    rows = json.loads((run / "scores.json").read_text())["rows"]
    assert {row["gold"] for row in rows if row["label"] == "micro" and not row["slice"]} == {gold_mentions}


def test_failures_within_the_allowed_share_are_fine(
    harness: RunHarness, foreign_gold: Path, backends_file: Path
) -> None:
    done = harness(
        "--backend", f"{backends_file}:FailsOnOne", f"gold.path={foreign_gold}", "execution.allowed_failures=0.34"
    )
    assert done.returncode == 0
    assert "1 of 3 reports failed" in done.stdout


@pytest.mark.parametrize(
    ("backend", "option", "message"),
    [
        ("CannotStart", "execution.on_failure=empty", "OSError: weights are gone"),
        ("FailsOnOne", "execution.on_failure=abort", "failed on report r1: RuntimeError: boom at r1"),
    ],
)
def test_a_backend_that_ends_the_run_leaves_a_record_that_says_so(
    harness: RunHarness,
    tmp_path: Path,
    foreign_gold: Path,
    backends_file: Path,
    backend: str,
    option: str,
    message: str,
) -> None:
    done = harness("--backend", f"{backends_file}:{backend}", f"gold.path={foreign_gold}", option)
    assert done.returncode == 4
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    run = only_run(tmp_path)
    assert [path.name for path in run.iterdir()] == ["run.json"]
    assert json.loads((run / "run.json").read_text())["status"] == "error"


def test_a_foreign_schema_is_scored_with_a_backend_from_a_file(
    harness: RunHarness, tmp_path: Path, foreign_gold: Path, backends_file: Path
) -> None:
    done = harness("--backend", f"{backends_file}:Capitals", f"gold.path={foreign_gold}", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = [row for row in json.loads(done.stdout)["rows"] if not row["slice"]]
    rows = {(row["match"], row["scope"], row["label"]): row for row in found}
    assert {row["view"] for row in rows.values()} == {"fine"}
    protein, drug = rows["strict", "all", "Protein"], rows["strict", "all", "Drug"]
    assert (protein["gold"], protein["predicted"], protein["correct"]) == (3, 2, 2)
    assert (drug["gold"], drug["predicted"], drug["correct"]) == (2, 2, 2)


MY_LABELS = "name: mine\nlabels: [Person, Place]\n"
MY_MAP = """
name: ontonotes
labels: [PERSON, NORP, FAC, ORG, GPE, LOC, PRODUCT, EVENT, WORK_OF_ART, LAW, LANGUAGE, DATE, TIME, PERCENT, MONEY,
         QUANTITY, ORDINAL, CARDINAL]
to:
  mine:
    labels: {PERSON: Person, GPE: Place}
"""


def test_gold_with_labels_of_its_own_and_a_model_with_others(harness: RunHarness, tmp_path: Path) -> None:
    crosswalks, gold = tmp_path / "my_conf" / "crosswalk", tmp_path / "my_reports"
    crosswalks.mkdir(parents=True)
    gold.mkdir()
    (crosswalks / "mine.yaml").write_text(MY_LABELS)
    (crosswalks / "spacy_to_mine.yaml").write_text(MY_MAP)
    (gold / "annotation.conf").write_text("[entities]\nPerson\nPlace\n")
    (gold / "a.txt").write_text("Barack Obama visited Paris.")
    (gold / "a.ann").write_text("T1\tPerson 0 12\tBarack Obama\nT2\tPlace 21 26\tParis\n")
    crosswalk = ["crosswalk@gold.crosswalk=mine", "crosswalk@model.crosswalk=spacy_to_mine"]
    done = harness("model=spacy", f"gold.path={gold}", "--config-dir", "my_conf", *crosswalk, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = [row for row in json.loads(done.stdout)["rows"] if row["match"] == "strict" and not row["slice"]]
    found = {row["label"]: row["f1"] for row in rows}
    assert found == {"Person": 1.0, "Place": 1.0, "micro": 1.0, "macro": 1.0, "weighted": 1.0}
    (crosswalks / "mine.yaml").write_text("name: [\n")
    broken = harness("model=spacy", f"gold.path={gold}", "--config-dir", "my_conf", *crosswalk)
    assert broken.returncode == 2
    assert "mine.yaml:2:1: is no YAML" in broken.stderr


def test_gold_from_the_environment(harness: RunHarness, foreign_gold: Path, backends_file: Path) -> None:
    done = harness("--backend", f"{backends_file}:Capitals", HARNESS_GOLD=str(foreign_gold))
    assert done.returncode == 0, done.stderr
    assert "Capitals on proteins (all): 3 reports" in done.stdout


@pytest.mark.slow
def test_trims_are_switchable_and_predictions_stay_raw(harness: RunHarness, tmp_path: Path) -> None:
    found = {}
    for trims in ("true", "false"):
        folder = tmp_path / trims
        folder.mkdir()
        done = harness("model=spacy", "gold.split=dev", f"scoring.trims={trims}", "--format", "json", cwd=folder)
        rows = json.loads(done.stdout)["rows"]
        micro = next(
            r
            for r in rows
            if (r["match"], r["view"], r["scope"], r["label"], r["slice"]) == ("strict", "fine", "all", "micro", "")
        )
        found[trims] = ((only_run(folder) / "predictions.jsonl").read_bytes(), micro["correct"])
    assert found["true"][0] == found["false"][0]
    assert found["true"][1] != found["false"][1]


def bad_gold(gold: Path, folder: Path, *, ann: str | None = None, text: bytes | None = None) -> Path:
    """A copy of a gold with one report spoilt."""
    copy = folder / "bad_gold"
    shutil.copytree(gold, copy)
    report = sorted((copy / "reports").glob("*.txt"))[0]
    if text is not None:
        report.write_bytes(text)
    if ann is not None:
        report.with_suffix(".ann").write_text(ann)
    return copy


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param({"ann": "T1\tGPE 0 3\tnot this\n"}, ".ann:1:", id="surface does not match its offsets"),
        pytest.param({"ann": "R1\tpart_of Arg1:T8 Arg2:T9\n"}, "T8 is not annotated", id="dangling argument id"),
        pytest.param({"text": b"Gao\n\xff\xfe caf\xe9\n"}, ".txt:2:1: byte 0xff is not UTF-8", id="not UTF-8"),
    ],
)
def test_bad_gold_is_named_with_file_and_line(
    harness: RunHarness, tmp_path: Path, small_gold: Path, spoil: dict[str, str | bytes], message: str
) -> None:
    done = harness("model=rules", f"gold.path={bad_gold(small_gold, tmp_path, **spoil)}")  # type: ignore[arg-type]
    assert_one_message(done, tmp_path, message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["model=nope"], "there is no model 'nope'", id="unknown model"),
        pytest.param(["model=spcy"], "Did you mean model=spacy?", id="misspelt model"),
        pytest.param(["-m", "model=rules,nope"], "there is no model 'nope'", id="unknown model in a sweep"),
        pytest.param(["modl=rules"], "Did you mean model?", id="misspelt group"),
        pytest.param(["execution.on_failur=empty"], "Did you mean execution.on_failure?", id="misspelt setting"),
        pytest.param(["scoring.resamples=many"], "scoring.resamples: Value 'many'", id="wrong type"),
        pytest.param(["execution.on_failure=maybe"], "It must be empty, exclude or abort", id="unknown value"),
        pytest.param(["scoring.confidence=95"], "between 0 and 1, such as 0.95", id="percent for a share"),
        pytest.param(["scoring.resamples=-1"], "scoring.resamples is -1", id="negative resamples"),
        pytest.param(["execution.allowed_failures=50"], "a share, from 0 to 1", id="number for a share"),
        pytest.param(["model.name=a/b"], "model.name is 'a/b'", id="a name that cannot be a folder"),
        pytest.param(["gold.path="], "gold.path is ''", id="empty path"),
        pytest.param(["model=rules,spacy"], "Add -m to run each of them", id="several values without -m"),
        pytest.param(["model=file"], "there is no model 'file'", id="a class in a file without --backend"),
        pytest.param(["--formt", "json"], "Did you mean --format?", id="misspelt option"),
        pytest.param(["--resolve"], "--resolve goes with --cfg", id="resolve alone"),
        pytest.param(["gold.path=nowhere"], "gold folder nowhere does not exist", id="missing gold folder"),
        pytest.param(["gold.split=tset"], "unknown gold.split 'tset'", id="unknown split"),
        pytest.param(["gold=re3d"], "gold.path is not set", id="re3d without a path"),
        pytest.param(["model=replay"], "model.args.path is not set", id="replay without a path"),
        pytest.param(["model.args.batch_sise=3"], "Did you mean batch_size?", id="misspelt argument"),
        pytest.param(["model.args=["], "cannot read the override", id="broken override"),
        pytest.param(["bogus"], "there is no verb 'bogus'", id="unknown verb"),
        pytest.param(["--format", "xml"], "Choose table, markdown, json", id="unknown format"),
        pytest.param(["--backend", "nowhere.py:X"], "nowhere.py: no such file", id="missing backend file"),
        pytest.param(["model.backend=/tmp/x.py:X"], "only taken from the command line", id="code in configuration"),
    ],
)
def test_wrong_usage(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code = main(arguments)
    printed = capsys.readouterr()
    done = subprocess.CompletedProcess(arguments, code, printed.out, printed.err)
    assert_one_message(done, tmp_path, message)


def test_a_results_folder_that_cannot_be_written(harness: RunHarness, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file stands where the folder should be")
    done = harness("model=rules")
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write results")
    assert "Traceback" not in done.stderr


def assert_one_message(done: subprocess.CompletedProcess[str], folder: Path, message: str) -> None:
    """Exit code 2, one message with a remedy, no traceback, and no run directory left behind."""
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "\n  " in done.stderr, "no remedy"
    assert "Traceback" not in done.stderr
    assert not list(folder.glob("results/*/*/**/run.json"))
    assert not (folder / "results").exists()
