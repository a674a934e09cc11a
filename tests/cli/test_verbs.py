"""The verbs extract, compare, gold check, gold convert; help; and what is never imported at start."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.gold import GoldSource, read_gold
from harness.resources import locate
from tests.conftest import RunHarness

TEXT = (
    "GAO, Mali – Ansar Dine fighters fired two rockets at Gao airport on Monday.\r\n"
    "No one\u0301 was hurt 🚁 near Kidal.\n"
)


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.mark.parametrize("model", ["rules", "spacy"])
def test_extract_gives_offsets_that_reproduce_their_surface(harness: RunHarness, text_file: Path, model: str) -> None:
    done = harness("extract", f"model={model}", text_file, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(done.stdout)["rows"]
    assert len(rows) >= 4
    for row in rows:
        assert TEXT[row["start"] : row["end"]] == row["surface"]
        assert row["report"] == "report"


def test_extract_prints_a_table(harness: RunHarness, text_file: Path) -> None:
    done = harness("extract", "model=rules", text_file)
    assert "found by rules" in done.stdout
    assert "Gao airport" in done.stdout


def test_extract_writes_brat_that_reads_back(harness: RunHarness, text_file: Path, tmp_path: Path) -> None:
    done = harness("extract", "model=rules", text_file, "--format", "brat", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.txt").read_bytes() == TEXT.encode()
    assert harness("gold", "check", tmp_path / "out").returncode == 0
    (document,) = read_gold(GoldSource(tmp_path / "out", crosswalk=shipped_crosswalk("report"))).documents
    lines = harness("extract", "model=rules", text_file, "--format", "jsonl").stdout.splitlines()
    found = [(m["start"], m["end"], m["label"]) for m in json.loads(lines[0])["mentions"]]
    assert [(m.start, m.end, m.label) for m in document.annotations.mentions] == found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model=rules", "nowhere.txt"], "nowhere.txt: no such file"),
        (["model=rules"], "no files to read"),
        (["model=rules", "report.txt", "--format", "brat"], "Add --output FOLDER"),
        (["model=rules", "report.txt", "sub/report.txt"], "several files are called report"),
        (["model=nope", "report.txt"], "there is no model 'nope'"),
        (["model=rules", "report.txt", "--format", "jsonl", "--output", "report.txt"], "already exists"),
    ],
)
def test_extract_refuses(
    harness: RunHarness, tmp_path: Path, text_file: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "sub").mkdir()
    shutil.copy(text_file, tmp_path / "sub")
    done = harness("extract", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_extract_with_a_backend_that_fails(
    harness: RunHarness, tmp_path: Path, backends_file: Path, text_file: Path
) -> None:
    bad = tmp_path / "r1.txt"
    bad.write_text("x")
    done = harness("extract", "--backend", f"{backends_file}:FailsOnOne", text_file, bad, "--format", "jsonl")
    assert done.returncode == 4
    assert len(done.stdout.splitlines()) == 1
    assert "FailsOnOne failed on r1: RuntimeError: boom at r1" in done.stderr


def test_compare_takes_runs_and_refuses_other_texts(harness: RunHarness, tmp_path: Path) -> None:
    harness("-m", "model=rules", "gold.split=dev,train")
    (sweep,) = (tmp_path / "results" / "sweeps").iterdir()
    same = harness("compare", sweep / "0-rules", sweep / "0-rules", "--format", "markdown")
    assert same.returncode == 0, same.stderr
    assert same.stdout.startswith("# 2 backends on gold (dev): ")
    assert "| rules #1" in same.stdout
    assert "| rules #2" in same.stdout
    assert "0-rules" in same.stdout
    other = harness("compare", sweep)
    assert other.returncode == 3
    assert "were scored on different splits" in other.stderr
    assert harness("compare", tmp_path).returncode == 2


def test_gold_check_lists_every_fault(harness: RunHarness, tmp_path: Path) -> None:
    copy = tmp_path / "gold"
    (copy / "reports").mkdir(parents=True)
    shutil.copy(locate("gold") / "annotation.conf", copy)
    texts = sorted((locate("gold") / "reports").glob("*.txt"))[:3]
    for path in (one.with_suffix(suffix) for one in texts for suffix in (".txt", ".ann", ".zones.tsv")):
        shutil.copy(path, copy / "reports")
    first, second, third = sorted((copy / "reports").glob("*.txt"))
    first.with_suffix(".ann").write_text("T1\tGPE 0 3\tnope\nT2\tNOPE 0 1\tx\n")
    second.with_suffix(".ann").unlink()
    third.with_suffix(".zones.tsv").write_text("kind\tarticle\tstart\tend\tvalue\narticle\t1\t0\t999999\t\n")
    done = harness("gold", "check", copy)
    assert done.returncode == 2
    for expected in (
        f"{first.with_suffix('.ann')}:1:",
        f"{first.with_suffix('.ann')}:2:",
        f"{second.with_suffix('.ann')}: no such file",
        f"{third.with_suffix('.zones.tsv')}:2: zone article ends at 999999",
    ):
        assert expected in done.stdout
    faults = json.loads(harness("gold", "check", copy, "--format", "json").stdout)["faults"]
    assert {fault["line"] for fault in faults} >= {0, 1, 2}


def test_gold_check_of_the_shipped_gold_finds_nothing(harness: RunHarness) -> None:
    done = harness("gold", "check", "--strict", HARNESS_GOLD="")
    assert done.returncode == 0, done.stdout
    assert " no faults, no warnings, " in done.stdout


@pytest.mark.parametrize(
    "kind", ["jsonl", pytest.param("datasets", marks=pytest.mark.slow), pytest.param("brat", marks=pytest.mark.slow)]
)
def test_converted_gold_scores_the_same(harness: RunHarness, tmp_path: Path, small_gold: Path, kind: str) -> None:
    target = tmp_path / ("gold.jsonl" if kind == "jsonl" else "converted")
    done = harness("gold", "convert", small_gold, target, "--to", kind)
    assert done.returncode == 0, done.stderr
    if kind == "brat":
        assert harness("gold", "check", target).returncode == 0
    options = ["model=rules", "gold.split=dev", "--format", "json"]
    ours = json.loads(harness(*options).stdout)["rows"]
    labels = f"gold.annotation_conf={locate('gold') / 'annotation.conf'}"
    theirs = harness(*options, f"gold.path={target}", f"gold.format={kind}", labels)
    assert theirs.returncode == 0, theirs.stderr
    keys = ("match", "view", "scope", "label", "slice")
    named = {tuple(row[key] for key in keys): row for row in json.loads(theirs.stdout)["rows"]}
    assert all(named[tuple(row[key] for key in keys)] == row for row in ours)


def test_options_may_stand_before_files(harness: RunHarness, text_file: Path) -> None:
    assert harness("extract", "model=rules", "--format", "json", text_file).returncode == 0


def test_a_reader_that_closes_the_pipe_is_no_regression(tmp_path: Path, text_file: Path) -> None:
    command = f"{sys.executable} -m harness extract model=rules {text_file} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


HEAVY = ("hydra", "torch", "transformers", "spacy", "datasets", "sklearn")


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "--help"],
        ["--help"],
        ["gold", "--help"],
        ["extract", "--help"],
        ["score", "--help"],
        ["gold", "check"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported_at_start(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from harness.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout


def test_help_names_verbs_settings_and_choices(harness: RunHarness) -> None:
    done = harness("--help")
    assert done.returncode == 0
    for words in (
        "model=NAME",
        "spacy",
        "rules",
        "re3d",
        "gold.path=FOLDER",
        "compare",
        "extract",
        "score",
        "exit codes",
    ):
        assert words in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
