"""The fixture `extraction_gate`, in a pytest of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import run_harness

MODEL = '''
from harness.backends.rules import RulesBackend


class Mine(RulesBackend):
    """The rules, without what is forgotten."""

    forgotten = FORGOTTEN

    def extract(self, reports):
        import msgspec

        for found in super().extract(reports):
            kept = tuple(one for one in found.mentions if one.label not in self.forgotten)
            yield msgspec.structs.replace(found, mentions=kept)
'''
TESTS = """
SETTINGS = ["--backend", "mine.py:Mine", "crosswalk@model.crosswalk=report", "scoring=plain"]


def test_gate(extraction_gate):
    (verdict,) = extraction_gate(SETTINGS, "results/baselines/Mine.json", *MORE)
    assert verdict.model == "Mine"
"""


@pytest.fixture(scope="module")
def blessed(tmp_path_factory: pytest.TempPathFactory, small_gold: Path) -> Path:
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "mine.py").write_text(MODEL.replace("FORGOTTEN", "()"))
    settings = ["--backend", "mine.py:Mine", "crosswalk@model.crosswalk=report", "scoring=plain"]
    assert run_harness(*settings, cwd=folder, HARNESS_GOLD=str(small_gold)).returncode == 0
    (run,) = (folder / "results" / "runs").iterdir()
    assert run_harness("bless", run, cwd=folder, HARNESS_GOLD=str(small_gold)).returncode == 0
    return folder


@pytest.mark.parametrize(
    ("forgotten", "more", "code", "words"),
    [
        ("()", "()", 0, "1 passed"),
        ('("PERSON",)', "()", 1, "PERSON collapsed: F1 from"),
        (
            '("PERSON",)',
            '("gate.tolerance=50", "gate.catastrophe=1", "gate.support=1000")',
            0,
            "InconclusiveGateWarning",
        ),
        pytest.param(
            '("PERSON",)',
            '("gate.tolerance=50", "gate.support=1000", "gate.strict=true")',
            1,
            "INCONCLUSIVE: Mine",
            marks=pytest.mark.slow,
        ),
        pytest.param("()", '("gate.margn=1",)', 1, "Did you mean gate.margin?", marks=pytest.mark.slow),
    ],
)
def test_the_fixture(
    blessed: Path, tmp_path: Path, small_gold: Path, forgotten: str, more: str, code: int, words: str
) -> None:
    shutil.copytree(blessed / "results" / "baselines", tmp_path / "results" / "baselines")
    (tmp_path / "mine.py").write_text(MODEL.replace("FORGOTTEN", forgotten))
    (tmp_path / "test_mine.py").write_text(TESTS.replace("MORE", more))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        env={**os.environ, "HARNESS_GOLD": str(small_gold)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert words in " ".join(done.stdout.split())
