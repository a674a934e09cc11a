"""The benchmarks of scoring and of statistics run, their contenders agree, and their tables name them all."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
SCORERS = ("score_tags", "score_spans", "seqeval", "nervaluate", "spaCy", "SeqScore")


def run_script(name: str, *arguments: str, cwd: Path) -> str:
    command = [sys.executable, str(BENCH / name), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_benchmark_of_scoring_runs_and_names_every_scorer(tmp_path: Path) -> None:
    printed = run_script("scoring.py", "--quick", cwd=tmp_path)
    assert [name for name in SCORERS if name not in printed] == []


@pytest.mark.slow
def test_the_benchmark_of_statistics_runs_and_finds_what_seqeval_finds(tmp_path: Path) -> None:
    printed = run_script("statistics.py", "--reports", "20", "--resamples", "200", "--rounds", "1", cwd=tmp_path)
    assert [
        name for name in ("20 reports", "harness", "seqeval", "peak memory", "both agree") if name not in printed
    ] == []


def test_statistics_py_does_not_stand_for_the_standard_library(tmp_path: Path) -> None:
    # What the other scripts of the folder do: theirs comes first on the path, and they import `statistics`.
    code = f"import sys; sys.path.insert(0, {str(BENCH)!r}); import statistics; print(statistics.median([1, 2, 4]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("2\n", "")
