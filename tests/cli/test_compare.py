"""The verb `compare` as a user runs it: formats, references, rescoring, refusals; and `harness.compare`."""

import csv
import io
import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

import harness as package
from harness.runs.baseline import read_baseline
from harness.scoring.counting import SCORER_VERSION
from tests.conftest import Main, RunHarness, run_harness


class World(NamedTuple):
    """A folder with two runs on the same reports, and the gold they were made on."""

    folder: Path
    gold: Path
    rules: Path
    spacy: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, small_gold: Path) -> World:
    folder = tmp_path_factory.mktemp("compare")
    gold = folder / "gold"
    shutil.copytree(small_gold, gold)
    done = run_harness("-m", "model=rules,spacy", "scoring=plain", cwd=folder, HARNESS_GOLD=str(gold))
    assert done.returncode == 0, done.stderr
    (sweep,) = (folder / "results" / "sweeps").iterdir()
    return World(folder, gold, sweep / "0-rules", sweep / "1-spacy")


@cache
def compared(world: World, *options: str) -> dict[str, list[dict[str, object]]]:
    done = run_harness("compare", world.rules, world.spacy, "--format", "json", *options, cwd=world.folder)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_table_says_who_is_better_and_what_could_have_been_seen(world: World) -> None:
    done = run_harness("compare", world.rules, world.spacy, cwd=world.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    for words in ("spacy − rules", "p (Holm)", "detectable", "1 pt", "rules is better than spacy on 12 reports: by"):
        assert words in done.stdout


def test_scores_and_intervals_are_those_of_the_runs(world: World) -> None:
    rows = compared(world)["rows"]
    for run in (world.rules, world.spacy):
        own = json.loads((run / "scores.json").read_text())["rows"]
        (expected,) = [
            row
            for row in own
            if (row["match"], row["view"], row["scope"], row["label"], row["slice"])
            == ("strict", "fine", "all", "micro", "")
        ]
        (found,) = [row for row in rows if row["view"] == "fine" and f"/{row['run']}".endswith(run.name)]
        assert {name: found[name] for name in expected} == expected


def test_the_same_command_gives_the_same_bytes(world: World) -> None:
    outputs = {run_harness("compare", world.rules, world.spacy, "--format", "json", cwd=world.folder).stdout}
    outputs.add(run_harness("compare", world.rules, world.spacy, "--format", "json", cwd=world.folder).stdout)
    assert len(outputs) == 1


def test_a_difference_is_that_of_the_scores_and_changes_sign_with_the_reference(world: World) -> None:
    found = {}
    for reference in ("rules", "spacy"):
        content = compared(world, "--reference", reference)
        f1 = {row["model"]: row["f1"] for row in content["rows"] if row["view"] == "fine"}
        (one,) = [one for one in content["differences"] if one["view"] == "fine"]
        assert one["reference"] == reference
        assert one["difference"] == pytest.approx(f1[one["model"]] - f1[reference], abs=1e-12)
        found[reference] = one
    ours, theirs = found["rules"], found["spacy"]
    assert ours["low"] == pytest.approx(-theirs["high"], abs=1e-12)
    assert ours["p_adjusted"] == theirs["p_adjusted"] == pytest.approx(ours["p"])


def test_by_label_adjusts_over_all_labels(world: World) -> None:
    differences = compared(world, "--by", "label")["differences"]
    labels = [one for one in differences if one["view"] == "fine" and one["label"] != "micro"]
    assert len(labels) >= 8
    assert {one["family"] for one in labels} == {len([one for one in labels if one["p"] is not None])}
    assert all(one["p_adjusted"] >= one["p"] for one in labels if one["p"] is not None)


def test_bca_is_marked_where_it_could_be_had(world: World) -> None:
    (one,) = [one for one in compared(world, "--interval", "bca")["differences"] if one["view"] == "fine"]
    plain = next(one for one in compared(world)["differences"] if one["view"] == "fine")
    assert one["corrected"] is True
    assert "corrected" not in plain or plain["corrected"] is False
    assert abs(one["low"] - plain["low"]) < 0.05  # another interval of the same thing


def test_csv_is_tidy(world: World) -> None:
    done = run_harness("compare", world.rules, world.spacy, "--format", "csv", cwd=world.folder)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["kind"] for row in rows} == {"F1", "difference"}
    (one,) = [row for row in rows if row["kind"] == "difference" and row["view"] == "fine"]
    f1 = {row["model"]: float(row["value"]) for row in rows if row["kind"] == "F1" and row["view"] == "fine"}
    assert float(one["value"]) == pytest.approx(f1[one["model"]] - f1[one["reference"]])


def test_html_is_one_page_without_scripts(world: World) -> None:
    done = run_harness("compare", world.rules, world.spacy, "--format", "html", cwd=world.folder)
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert "<script" not in done.stdout
    assert "spacy − rules" in done.stdout


def test_latex_parses_into_tables_with_booktabs_rules(world: World) -> None:
    done = run_harness("compare", world.rules, world.spacy, "--format", "latex", cwd=world.folder)
    nodes, _, _ = LatexWalker(done.stdout, tolerant_parsing=False).get_latex_nodes()
    tables = [node for node in nodes if isinstance(node, LatexEnvironmentNode)]
    assert [table.environmentname for table in tables] == ["table"] * 4
    for table in tables:
        (tabular,) = [node for node in table.nodelist if isinstance(node, LatexEnvironmentNode)]
        text = tabular.latex_verbatim()
        assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
        columns = len(re.match(r"\\begin\{tabular\}\{(\w+)\}", text)[1])  # type: ignore[index]
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert all(len(re.findall(r"(?<!\\)&", row)) == columns - 1 for row in rows)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_compiles(world: World, tmp_path: Path) -> None:
    import subprocess

    done = run_harness("compare", world.rules, world.spacy, "--format", "latex", "--by", "label", cwd=world.folder)
    document = "\n".join(
        [r"\documentclass{article}", r"\usepackage{booktabs}", r"\begin{document}", done.stdout, r"\end{document}", ""]
    )
    (tmp_path / "paper.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 1000


def test_python_interface(world: World) -> None:
    shown = package.compare([world.rules, world.spacy], reference="rules")
    frame = shown.to_pandas()
    assert set(frame["kind"]) == {"F1", "difference"}
    assert shown.sentences == [one for one in shown.sentences if "rules is better than spacy" in one]
    assert "<table>" in shown._repr_html_()
    assert "spacy − rules" in str(shown)


def edited(run: Path, target: Path, **changes: object) -> Path:
    """A copy of a run whose record says something else."""
    shutil.copytree(run, target)
    record = json.loads((target / "run.json").read_text())
    for name, value in changes.items():
        *path, last = name.split("__")
        place = record
        for part in path:
            place = place[part]
        place[last] = value
    (target / "run.json").write_text(json.dumps(record))
    return target


def test_a_run_of_another_scorer_is_scored_again_and_says_so(world: World, tmp_path: Path) -> None:
    old = edited(world.spacy, tmp_path / "old", scorer_version=SCORER_VERSION - 1)
    (old / "counts.parquet").unlink()  # whatever it counted is not looked at
    done = run_harness("compare", world.rules, old, cwd=world.folder)
    assert done.returncode == 0, done.stderr
    told = f"spacy: scored again from its predictions: it was scored by version {SCORER_VERSION - 1} of the scorer"
    assert told in done.stdout.replace("\n", " ")
    rows = json.loads(run_harness("compare", world.rules, old, "--format", "json", cwd=world.folder).stdout)["rows"]
    expected = compared(world)["rows"]
    assert [row["correct"] for row in rows] == [row["correct"] for row in expected]


@pytest.mark.slow
def test_changed_labels_of_the_gold_hold_for_all(world: World, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    shutil.copytree(world.gold, gold)
    run = run_harness("model=rules", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(gold))
    assert run.returncode == 0
    test = {line.split(",")[0] for line in (gold / "reports.csv").read_text().splitlines() if ",test," in line}
    path = next(path for path in sorted((gold / "reports").glob("*.ann")) if path.stem in test)
    kept = [line for line in path.read_text().splitlines() if line.startswith("T")][:1]
    path.write_text("\n".join([*kept, ""]))
    (directory,) = (tmp_path / "results" / "runs").iterdir()
    fresh = run_harness("model=spacy", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(gold))
    assert fresh.returncode == 0
    (other,) = [one for one in (tmp_path / "results" / "runs").iterdir() if one != directory]
    done = run_harness("compare", directory, other, "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the labels of the gold have changed since" in done.stderr
    golds = {(row["view"], row["gold"]) for row in json.loads(done.stdout)["rows"]}
    assert len(golds) == 2  # one number of gold mentions a view


@pytest.mark.slow
def test_another_crosswalk_of_the_gold_is_taken_from_the_last_run(world: World, tmp_path: Path) -> None:
    for option in ([], ["gold.crosswalk.uncounted=[PARTICIPANT,WEAPON]"]):
        run_harness("model=rules", "scoring=plain", *option, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    runs = sorted((tmp_path / "results" / "runs").iterdir())
    done = run_harness("compare", *runs, "--by", "label", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "rules #1: scored again" in done.stderr
    assert "WEAPON" not in {row["label"] for row in json.loads(done.stdout)["rows"]}


def test_the_gold_has_gone_and_is_named(world: World, tmp_path: Path) -> None:
    old = edited(world.spacy, tmp_path / "old", scorer_version=1, gold__source__path=str(tmp_path / "nowhere"))
    ours = edited(world.rules, tmp_path / "ours", gold__source__path=str(tmp_path / "nowhere"))
    done = run_harness("compare", ours, old, cwd=tmp_path)
    assert done.returncode == 3
    assert "the gold that the runs were made on is needed, and not found" in done.stderr
    assert run_harness("compare", ours, old, "--gold", world.gold, cwd=tmp_path).returncode == 0


def test_repetitions_are_one_contender(world: World, tmp_path: Path) -> None:
    second = edited(world.spacy, tmp_path / "second", repeat=1)
    done = run_harness("compare", world.rules, world.spacy, second, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "spacy (2 repeats)" in done.stdout
    assert "2 backends on gold" in done.stdout


COSTLY = """
from harness.annotation import Annotations
from harness.backends import Backend, Usage


class Costly(Backend):
    labels = ("GPE",)

    def extract(self, reports):
        for report in reports:
            yield Annotations(report.id)

    def usage(self):
        return Usage(input_tokens=9000, output_tokens=50, cost=0.12)
"""


def test_what_a_run_costs_stands_beside_its_quality(world: World, tmp_path: Path) -> None:
    (tmp_path / "costly.py").write_text(COSTLY)
    done = run_harness("--backend", "costly.py:Costly", "scoring=plain", cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    (run,) = (tmp_path / "results" / "runs").iterdir()
    assert json.loads((run / "run.json").read_text())["usage"]["cost"] == 0.12
    shown = run_harness("compare", world.rules, run, cwd=tmp_path).stdout.splitlines()
    ends = {line.split()[0]: line.split()[-3:] for line in shown if line.rstrip().endswith(" ok")}
    assert ends["Costly"] == ["0.12", "USD", "ok"]
    assert ends["rules"][1:] == ["–", "ok"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["nowhere"], 2, "nowhere: no such file or folder"),
        (["gold"], 2, "gold is no run directory"),
        (["{rules}", "--reference", "nope"], 2, "there is no contender 'nope'"),
        (["{rules}", "--match", "nope"], 2, "there is no match 'nope'"),
        (["{rules}", "--label", "NOPE"], 2, "there is no strict score of 'NOPE'"),
        (["{rules}", "--cluster", "nope"], 2, "the runs have no slices of reports called 'nope'"),
        (["{rules}", "--confidence", "1"], 2, "the confidence is 1.0"),
        (["{rules}", "--resamples", "3"], 2, "3 resamples"),
    ],
)
def test_what_cannot_be_compared(world: World, in_process: Main, options: list[str], code: int, message: str) -> None:
    found, _, errors = in_process("compare", *(one.format(rules=world.rules) for one in options), cwd=world.folder)
    assert found == code
    assert message in errors
    assert "Traceback" not in errors


def test_baselines_can_be_compared(harness: RunHarness, world: World, tmp_path: Path) -> None:
    done = run_harness("bless", world.rules, world.spacy, cwd=tmp_path, HARNESS_GOLD=str(world.gold))
    assert done.returncode == 0, done.stderr
    from_baselines = run_harness("compare", "results/baselines", "--format", "json", cwd=tmp_path)
    assert from_baselines.returncode == 0, from_baselines.stderr
    expected = compared(world)
    keys = ("view", "label", "difference", "low", "high", "p")
    told = [[one[key] for key in keys] for one in json.loads(from_baselines.stdout)["differences"]]
    assert told == [[one[key] for key in keys] for one in expected["differences"]]
    baseline = read_baseline(tmp_path / "results" / "baselines" / "rules.json")
    assert baseline.table().reports == tuple(baseline.record.gold.reports)  # type: ignore[union-attr]
