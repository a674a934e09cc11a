"""The built wheel brings conf, rules and gold along and runs in an empty folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_runs_the_starter_gold_in_an_empty_folder(tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = [sys.executable, "-c", "import harness; print(harness.__file__)"]
    found = subprocess.run(where, cwd=empty, env=environment, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(site))
    run = [sys.executable, "-m", "harness", "model=rules"]
    done = subprocess.run(run, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (directory,) = (empty / "results" / "runs").iterdir()
    record = json.loads((directory / "run.json").read_text())
    assert record["gold"]["path"].startswith(str(site))
    assert record["counts"]["reports"] == len(record["gold"]["reports"]) > 0
    assert "rules on gold (test)" in done.stdout
