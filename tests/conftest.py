"""What several rooms' tests need: the command line as a user runs it, and a small foreign gold set."""

import os

# One worker a core (pytest-xdist) is enough; threads of a BLAS on top of that only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.resources import locate

RunHarness = Callable[..., subprocess.CompletedProcess[str]]


def run_harness(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m harness ARGUMENTS` in `cwd`; no environment variable of ours leaks in."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HARNESS_")}
    return subprocess.run(
        [sys.executable, "-m", "harness", *map(str, arguments)],
        cwd=cwd,
        env={**clean, "HF_HUB_OFFLINE": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


Main = Callable[..., tuple[int, str, str]]


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    """The command line without a process of its own, for verbs that do not run a model: exit code, output, errors."""

    def run(*arguments: object, cwd: Path, **environment: str) -> tuple[int, str, str]:
        from harness.cli import main

        monkeypatch.chdir(cwd)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        code = main([str(one) for one in arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def small_gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every eighth report of each split of the shipped gold, in a folder that is called gold too."""
    folder = tmp_path_factory.mktemp("small") / "gold"
    (folder / "reports").mkdir(parents=True)
    shutil.copy(locate("gold") / "annotation.conf", folder)
    header, *rows = (locate("gold") / "reports.csv").read_text(encoding="utf-8").splitlines()
    chosen = [row for split in ("train", "dev", "test") for row in [r for r in rows if r.split(",")[1] == split][::8]]
    (folder / "reports.csv").write_text("\n".join([header, *chosen, ""]), encoding="utf-8")
    for row in chosen:
        for path in (locate("gold") / "reports").glob(f"{row.split(',')[0]}.*"):
            shutil.copy(path, folder / "reports")
    return folder


@pytest.fixture
def harness(tmp_path: Path, small_gold: Path) -> RunHarness:
    """`python -m harness ARGUMENTS` in an empty folder, or in `cwd`; the gold is `small_gold` unless one is named."""

    def run(*arguments: object, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_harness(*arguments, cwd=cwd, **{"HARNESS_GOLD": str(small_gold), **environment})

    return run


FOREIGN = {
    "r0": ("Imatinib blocks BCR-ABL.\n", [("Drug", 0, 8), ("Protein", 16, 23)]),
    "r1": ("Aspirin acetylates COX-1.\n", [("Drug", 0, 7), ("Protein", 19, 24)]),
    "r2": ("p53 is stable.\n", [("Protein", 0, 3)]),
}


@pytest.fixture
def foreign_gold(tmp_path: Path) -> Path:
    """Three reports on proteins and drugs, with an annotation.conf of their own."""
    folder = tmp_path / "proteins"
    folder.mkdir()
    (folder / "annotation.conf").write_text("[entities]\nProtein\nDrug\n[relations]\n[events]\n[attributes]\n")
    for name, (text, mentions) in FOREIGN.items():
        (folder / f"{name}.txt").write_text(text)
        lines = [f"T{n}\t{la} {s} {e}\t{text[s:e]}\n" for n, (la, s, e) in enumerate(mentions, 1)]
        (folder / f"{name}.ann").write_text("".join(lines))
    return folder


BACKENDS = '''
import re

from harness.annotation import Annotations, Mention
from harness.backends import Backend


class Capitals(Backend):
    """Every word in capitals is a Protein, every capitalised one a Drug."""

    labels = ("Drug", "Protein")

    def extract(self, reports):
        for report in reports:
            words = [m for m in re.finditer(r"\\\\w[\\\\w-]*", report.text) if m[0][0].isupper()]
            yield Annotations(
                report.id,
                tuple(Mention(m.start(), m.end(), "Protein" if m[0].isupper() else "Drug") for m in words),
            )


class FailsOnOne(Capitals):
    def extract(self, reports):
        for report in reports:
            if report.id == "r1":
                raise RuntimeError("boom at r1")
            yield from super().extract([report])


class CannotStart(Capitals):
    def __init__(self):
        raise OSError("weights are gone")
'''.replace("\\\\", "\\")


@pytest.fixture
def backends_file(tmp_path: Path) -> Path:
    """A file with backends: one that works, one that fails on report r1, one that cannot be made."""
    path = tmp_path / "mine.py"
    path.write_text(BACKENDS)
    return path
