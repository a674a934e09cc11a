"""The benchmark of scoring runs, its contenders agree, and its table names them all."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "bench" / "scoring.py"
SCORERS = ("score_tags", "score_spans", "seqeval", "nervaluate", "spaCy", "SeqScore")


@pytest.mark.slow
def test_the_benchmark_of_scoring_runs_and_names_every_scorer(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--quick"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [name for name in SCORERS if name not in done.stdout] == []
