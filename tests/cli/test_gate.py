"""The verb `gate` as a user and as CI run it: seeded scenarios with their exit codes, and every output."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import junitparser
import pytest
import xmlschema

from harness.annotation import Annotations
from harness.corpus import jsonl
from harness.scoring.counting import SCORER_VERSION
from tests.conftest import Main, run_harness

Record = dict[str, Any]
Finished = subprocess.CompletedProcess[str]


class World(NamedTuple):
    """A folder with a run of `rules` on the split test, blessed, and the gold that it was made on."""

    folder: Path
    gold: Path
    run: Path
    baseline: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, small_gold: Path) -> World:
    folder = tmp_path_factory.mktemp("gate")
    gold = folder / "gold"
    shutil.copytree(small_gold, gold)
    done = run_harness("model=rules", "scoring=plain", cwd=folder, HARNESS_GOLD=str(gold))
    assert done.returncode == 0, done.stderr
    (run,) = (folder / "results" / "runs").iterdir()
    done = run_harness("bless", run, cwd=folder, HARNESS_GOLD=str(gold))
    assert done.returncode == 0, done.stderr
    return World(folder, gold, run, folder / "results" / "baselines" / "rules.json")


def candidate(world: World, folder: Path, change: Callable[[list[Record]], object]) -> Path:
    """A run whose predictions were changed; it is scored anew from them, because its counts are of no scorer."""
    target = folder / "candidate"
    shutil.copytree(world.run, target)
    lines = [json.loads(line) for line in (target / "predictions.jsonl").read_text().splitlines()]
    change(lines)
    (target / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    list(jsonl.read_predictions(target / "predictions.jsonl"))  # what is read back is sound
    edit_record(target, lambda record: record.update(scorer_version=0))
    return target


def edit_record(run: Path, change: Callable[[Record], object]) -> None:
    record = json.loads((run / "run.json").read_text())
    change(record)
    (run / "run.json").write_text(json.dumps(record))


def gate(world: World, run: Path, *options: object, baseline: Path | None = None, **environment: str) -> Finished:
    return run_harness(
        *("gate", "--candidate", run, "--baseline", baseline or world.baseline, *options),
        cwd=world.folder,
        **environment,
    )


def lose_one(lines: list[Record]) -> None:
    """The first right mention of the first report is not found."""
    del lines[0]["mentions"][0]


def lose_persons(lines: list[Record]) -> None:
    for line in lines:
        line["mentions"] = [one for one in line["mentions"] if one["label"] != "PERSON"]


def drift(lines: list[Record]) -> None:
    """Every mention begins one character early, where there is one."""
    for line in lines:
        for one in line["mentions"]:
            one["start"] = max(0, one["start"] - 1)


def noise(lines: list[Record]) -> None:
    """Every fortieth mention is lost."""
    number = 0
    for line in lines:
        kept = []
        for one in line["mentions"]:
            number += 1
            if number % 40:
                kept.append(one)
        line["mentions"] = kept


@pytest.mark.parametrize(
    ("change", "options", "code", "words"),
    [
        pytest.param(lambda _: None, [], 0, "PASS: rules against", id="the same predictions"),
        pytest.param(lose_one, [], 0, "PASS: rules against", id="one mention lost"),
        pytest.param(lose_persons, [], 1, "PERSON collapsed: F1 from", id="a label collapsed to zero"),
        pytest.param(drift, [], 1, "micro strict F1 (fine labels) fell by", id="boundaries drift by one character"),
        pytest.param(noise, ["gate.margin=0.5", "gate.tolerance=50"], 0, "INCONCLUSIVE: rules", id="inconclusive"),
        pytest.param(noise, ["gate.margin=0.5", "gate.tolerance=50", "--strict"], 3, "INCONCLUSIVE", id="strict"),
        pytest.param(noise, ["gate.margin=20", "gate.tolerance=50"], 0, "PASS: rules against", id="a wide margin"),
    ],
)
def test_scenarios(
    world: World, tmp_path: Path, change: Callable[[list[Record]], object], options: list[str], code: int, words: str
) -> None:
    done = gate(world, candidate(world, tmp_path, change), *options)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_identical_predictions_pass_before_anything_is_computed(world: World) -> None:
    done = gate(world, world.run)
    assert done.returncode == 0
    assert "the predictions are identical on 12 reports." in done.stdout


def test_every_mention_that_broke_is_listed_with_its_sentence(world: World, tmp_path: Path) -> None:
    done = gate(world, candidate(world, tmp_path, lose_persons), "--limit", "0", "--format", "json")
    (verdict,) = json.loads(done.stdout)["verdicts"]
    broken = [one for one in verdict["changes"] if one["kind"] == "broken"]
    text = {path.stem: path.read_text() for path in (world.gold / "reports").glob("*.txt")}
    before = {one.report: one for one in jsonl.read_predictions(world.run / "predictions.jsonl")}
    assert broken
    for one in broken:
        assert (one["label"], one["before"], one["after"]) == ("PERSON", "found", "missed")
        assert any((m.start, m.end, m.label) == (one["start"], one["end"], "PERSON") for m in mentions(before, one))
    shown = gate(world, tmp_path / "candidate", "--limit", "3", "gate.show_text=true").stdout
    first = broken[0]
    words = text[first["report"]][first["start"] : first["end"]].split()[0]
    assert f"«{words}" in shown
    assert f"{len(verdict['changes']) - 3} more: --limit 0 lists all" in shown


def mentions(predictions: dict[str, Annotations], change: Record) -> Any:
    return predictions[change["report"]].mentions


@pytest.mark.parametrize("shown", [False, True])
def test_text_of_reports_only_leaves_the_machine_if_asked(world: World, tmp_path: Path, shown: bool) -> None:
    names = ("gate.md", "gate.json", "gate.xml", "gate.html")
    outputs = [item for name in names for item in ("--output", tmp_path / name)]
    done = gate(world, candidate(world, tmp_path, lose_persons), f"gate.show_text={shown}", *outputs)
    assert done.returncode == 1
    texts = {path.stem: path.read_text() for path in (world.gold / "reports").glob("*.txt")}
    persons = {
        texts[one.report][m.start : m.end]
        for one in jsonl.read_predictions(world.run / "predictions.jsonl")
        for m in one.mentions
        if m.label == "PERSON"
    }
    written = {name: (tmp_path / name).read_text() for name in names} | {"log of CI": done.stdout}
    leaking = {name for name, content in written.items() if any(person in content for person in persons)}
    assert leaking == ({"gate.md", "gate.json", "gate.html", "log of CI"} if shown else set())


FAILING = '''
from harness.backends.rules import RulesBackend


class Failing(RulesBackend):
    """The rules, which fail on the reports whose name holds a word."""

    def __init__(self, word: str = "") -> None:
        super().__init__()
        self.word = word

    def extract(self, reports):
        for report in reports:
            if self.word and self.word in report.id:
                raise RuntimeError("out of memory")
            yield from super().extract([report])
'''


def test_a_candidate_that_failed_on_a_tenth_of_the_reports_gets_no_verdict(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FAILING)
    names = json.loads((world.run / "run.json").read_text())["gold"]["reports"]
    settings = ["--backend", "mine.py:Failing", f"model.args.word={names[3]}", "model.name=rules", "scoring=plain"]
    settings += ["crosswalk@model.crosswalk=report", "execution.progress=false"]
    run = run_harness(*settings, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert run.returncode == 4
    (directory,) = (tmp_path / "results" / "runs").iterdir()
    done = gate(world, directory)
    assert done.returncode == 4
    assert "rules failed on 1 of 12 reports (8 %); allowed are 0 % (gate.failures)" in done.stdout.replace("\n", " ")
    allowed = gate(world, directory, "gate.failures=0.1", "gate.tolerance=50")
    assert allowed.returncode == 0
    junit = junitparser.JUnitXml.fromstring(gate(world, directory, "--format", "junit").stdout)
    assert (junit.tests, junit.errors) == (1, 1)


def test_one_step_runs_and_gates_what_a_backend_of_a_file_does(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FAILING)
    options = ["--backend", "mine.py:Failing", "model.name=rules", "crosswalk@model.crosswalk=report", "scoring=plain"]
    done = run_harness("gate", *options, "--baseline", world.baseline, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    assert "the predictions are identical on 12 reports." in done.stdout


def test_other_texts_cannot_be_compared(world: World, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    shutil.copytree(world.gold, gold)
    names = json.loads((world.run / "run.json").read_text())["gold"]["reports"]
    path = gold / "reports" / f"{names[0]}.txt"
    path.write_text(path.read_text() + "\nOne line more.\n")
    run_harness("model=rules", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(gold))
    (directory,) = (tmp_path / "results" / "runs").iterdir()
    done = gate(world, directory)
    assert done.returncode == 3
    assert "INCOMPARABLE" in done.stdout
    assert "were scored on different texts" in " ".join(done.stdout.split())


def test_other_labels_of_the_same_texts_are_scored_anew_on_both_sides(world: World, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    shutil.copytree(world.gold, gold)
    names = json.loads((world.run / "run.json").read_text())["gold"]["reports"]
    path = gold / "reports" / f"{names[0]}.ann"
    lines = path.read_text().splitlines()
    used = " ".join(line for line in lines if not line.startswith("T"))
    spare = next(
        line for line in lines if line.startswith("T") and f"{line.split()[0]}" not in used.replace(":", " ").split()
    )
    path.write_text("\n".join([line for line in lines if line != spare] + [""]))
    done = run_harness("model=rules", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(gold))
    assert done.returncode == 0, done.stderr
    (directory,) = (tmp_path / "results" / "runs").iterdir()
    edit_record(directory, lambda record: record.update(finished="2030-01-01T00:00:00+00:00"))
    done = gate(world, directory, "--format", "markdown")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the predictions are identical" in done.stdout


def test_another_scorer_version_is_scored_anew(world: World, tmp_path: Path) -> None:
    done = gate(world, candidate(world, tmp_path, lose_one))
    told = done.stdout.replace("\n", " ")
    assert f"it was scored by version 0 of the scorer, this is {SCORER_VERSION}" in told


def broken_json(baseline: Path) -> None:
    baseline.write_text(baseline.read_text()[:500])


def other_json(baseline: Path) -> None:
    baseline.write_text('{"kind": "something else"}')


def edited_counts(baseline: Path) -> None:
    path = baseline.with_name("rules.counts.jsonl")
    path.write_text(path.read_text().replace('"strict_correct":9', '"strict_correct":10', 1))


def edited_predictions(baseline: Path) -> None:
    path = baseline.with_name("rules.predictions.jsonl")
    path.write_text("\n".join(path.read_text().splitlines()[1:]) + "\n")


def without_counts(baseline: Path) -> None:
    baseline.with_name("rules.counts.jsonl").unlink()


def newer(baseline: Path) -> None:
    baseline.write_text(baseline.read_text().replace('"schema": 1', '"schema": 99', 1))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (broken_json, "rules.json: cannot be read"),
        (other_json, "rules.json: cannot be read"),
        (edited_counts, "rules.counts.jsonl: is not the file that rules.json was blessed with"),
        (edited_predictions, "rules.predictions.jsonl: is not the file that rules.json was blessed with"),
        (without_counts, "rules.counts.jsonl: no such file"),
        (newer, "was written by a newer harness (schema 99)"),
        (lambda path: path.unlink(), "rules.json: no such file"),
    ],
)
def test_a_baseline_that_cannot_be_trusted_is_bad_input(
    world: World, tmp_path: Path, in_process: Main, damage: Callable[[Path], object], message: str
) -> None:
    shutil.copytree(world.baseline.parent, tmp_path / "baselines")
    shutil.copytree(world.run, tmp_path / "run")
    predictions = tmp_path / "run" / "predictions.jsonl"
    lines = predictions.read_text().splitlines()
    predictions.write_text("\n".join([lines[0].replace("}],", "}],", 1), *lines[1:]]) + "\n")
    edit_record(tmp_path / "run", lambda record: record.update(model="rules"))
    baseline = tmp_path / "baselines" / "rules.json"
    damage(baseline)
    code, output, errors = in_process(
        *("gate", "--candidate", tmp_path / "run", "--baseline", baseline), cwd=world.folder
    )
    assert code == 2, output
    assert message in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--candidate", "nowhere", "--baseline", "{baseline}"], "nowhere: no such file or folder"),
        (["--candidate", "gold", "--baseline", "{baseline}"], "gold is no run directory"),
        (["--candidate", "{run}", "--baseline", "gold/reports.csv"], "gold/reports.csv is no run directory"),
        (["--candidate", "{run}", "gate.margin=0"], "gate.margin is 0"),
        (["--candidate", "{run}", "gate.margn=2"], "Did you mean gate.margin?"),
        (["--candidate", "{run}", "gate=nope"], "there is no gate 'nope'"),
        (["--candidate", "{run}", "--wrong"], "there is no option --wrong"),
        (["--candidate", "{run}", "{run}"], "there is no setting"),
        (["--candidate", "{run}", "--output", "x.doc"], "cannot tell the format of x.doc"),
        (["--candidate", "{run}", "gate.baselines=empty"], "no baseline for rules in empty"),
        (["model=rules", "gate.margin=0"], "gate.margin is 0"),
        (["model=rules", "gate.baselines=empty"], "no baseline in empty"),
        (["model=rules", "--baseline", "nowhere.json"], "nowhere.json: no such file"),
        (["model=rules", "--output", "x.doc"], "cannot tell the format of x.doc"),
        (["--simulate", "--simulations", "3"], "3 simulations"),
        (["--simulate", "gate.match=exact"], "only strict micro F1 over reports can be simulated"),
    ],
)
def test_what_the_gate_refuses(world: World, in_process: Main, arguments: list[str], message: str) -> None:
    filled = [one.format(run=world.run, baseline=world.baseline) for one in arguments]
    runs = set((world.folder / "results" / "runs").iterdir())
    code, output, errors = in_process("gate", *filled, cwd=world.folder, HARNESS_GOLD=str(world.gold))
    assert code == 2, output
    assert message in errors
    assert "Traceback" not in errors
    assert set((world.folder / "results" / "runs").iterdir()) == runs  # nothing was run in vain


def test_a_candidate_without_a_fingerprint_is_named(world: World, tmp_path: Path) -> None:
    predictions = world.run / "predictions.jsonl"
    options = ["--gold", world.gold, "--predictions", predictions, "--name", "rules", "--output", tmp_path / "scored"]
    assert run_harness("score", *options, "--split", "test", "scoring=plain", cwd=tmp_path).returncode == 0
    done = gate(world, tmp_path / "scored")
    assert done.returncode == 0, done.stdout
    told = "its backend declares no fingerprint, so it cannot be known what was compared"
    assert told in " ".join(done.stdout.split())


def test_a_measure_that_is_not_there_is_incomparable(world: World, tmp_path: Path) -> None:
    run = candidate(world, tmp_path, lose_one)
    for option in ("gate.label=NOPE", "gate.view=nope"):
        assert gate(world, run, option).returncode == 3


def test_files_for_people_and_machines(world: World, tmp_path: Path) -> None:
    names = ("gate.md", "gate.json", "gate.xml", "gate.html")
    outputs = [item for name in names for item in ("--output", tmp_path / name)]
    summary = tmp_path / "summary.md"
    run = candidate(world, tmp_path, lose_persons)
    done = gate(world, run, *outputs, GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true")
    assert done.returncode == 1
    assert summary.read_text() == (tmp_path / "gate.md").read_text()
    assert "❌ Extraction gate: fail" in summary.read_text()
    assert "::error title=extraction gate (rules)::" in done.stdout
    content = json.loads((tmp_path / "gate.json").read_text())
    assert (content["outcome"], content["exit_code"]) == ("fail", 1)
    assert (tmp_path / "gate.html").read_text().startswith("<!DOCTYPE html>")
    schema = xmlschema.XMLSchema(Path(__file__).parent.parent / "gate" / "junit.xsd")
    schema.validate(str(tmp_path / "gate.xml"))
    junit = junitparser.JUnitXml.fromfile(str(tmp_path / "gate.xml"))
    assert (junit.tests, junit.failures, junit.errors) == (5, 2, 0)


@pytest.mark.parametrize(
    ("change", "options"),
    [(lambda _: None, []), (noise, ["gate.margin=0.5", "gate.tolerance=50"]), (noise, ["gate.view=nope"])],
    ids=["pass", "inconclusive", "incomparable"],
)
def test_junit_of_every_outcome_fits_the_schema(
    world: World, tmp_path: Path, change: Callable[[list[Record]], object], options: list[str]
) -> None:
    run = candidate(world, tmp_path, change)
    schema = xmlschema.XMLSchema(Path(__file__).parent.parent / "gate" / "junit.xsd")
    for strict in ([], ["--strict"]):
        written = tmp_path / "gate.xml"
        written.write_text(gate(world, run, *options, *strict, "--format", "junit").stdout)
        schema.validate(str(written))


def test_an_anchor_catches_what_many_small_steps_have_lost(world: World, tmp_path: Path) -> None:
    """Each step loses less than the tolerance against the one before, and all together more."""
    step = candidate(world, tmp_path / "one", noise)
    last = tmp_path / "last"
    shutil.copytree(step, last)
    lines = [json.loads(line) for line in (last / "predictions.jsonl").read_text().splitlines()]
    lose_one(lines)
    (last / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    options = ["gate.tolerance=0.5"]
    assert gate(world, last, *options, baseline=step).returncode == 0
    done = gate(world, last, *options, "--anchor", world.baseline, baseline=step)
    assert done.returncode == 1, done.stdout
    assert "FAIL: the worst of 2 verdicts, which share alpha 0.05" in done.stdout


def test_a_baseline_without_a_candidate_is_named(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.baseline.parent, tmp_path / "baselines")
    for path in sorted((tmp_path / "baselines").iterdir()):
        path.with_name(path.name.replace("rules", "other")).write_bytes(path.read_bytes())
    other = tmp_path / "baselines" / "other.json"
    other.write_text(other.read_text().replace('"model": "rules"', '"model": "other"'))
    done = gate(world, world.run, baseline=tmp_path / "baselines")
    assert done.returncode == 0, done.stderr
    assert "other.json has no candidate" in " ".join(done.stdout.split())
    strict = gate(world, world.run, "--strict", "--format", "json", baseline=tmp_path / "baselines")
    assert strict.returncode == 3
    assert [one["outcome"] for one in json.loads(strict.stdout)["verdicts"]] == ["pass", "incomparable"]


@pytest.mark.slow
def test_an_experiment_is_run_and_gated_in_one_step(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.baseline.parent, tmp_path / "results" / "baselines")
    done = run_harness("gate", "model=rules", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    assert "the predictions are identical on 12 reports." in done.stdout
    both = run_harness("gate", "experiment=ci", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert both.returncode == 0, both.stderr
    assert "spacy has no baseline. Bless a run first" in both.stdout


def test_the_simulation_prints_false_alarms_and_power(world: World) -> None:
    options = ["--simulate", "--simulations", "100", "gate.resamples=1000", "--format", "json"]
    done = run_harness("gate", *options, cwd=world.folder, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [(row["churn"], row["loss"]) for row in rows] == [
        *((0.01, 0), (0.05, 0), (0.1, 0)),
        *((0.05, 1), (0.05, 2), (0.05, 3), (0.05, 5)),
    ]
    failing = [row["failed"] for row in rows]
    assert failing[3:] == sorted(failing[3:])  # the greater the loss, the more often it is found
    assert failing[6] > 90
    assert all(row["changed"] > 0 for row in rows)
