"""What a run left behind, wherever it lies: in a run directory or as a blessed baseline."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from harness.annotation import Annotations
from harness.corpus import jsonl
from harness.errors import FileError, InputError
from harness.files import display_path
from harness.runs.record import RunRecord, read_record
from harness.scoring.table import CountTable


class Stored(ABC):
    """A finished run: its record at once, its counts and predictions when they are asked for."""

    def __init__(self, place: Path, record: RunRecord) -> None:
        self.place = place
        self.record = record

    @property
    def name(self) -> str:
        """Where it lies, as a message says it."""
        return display_path(self.place)

    @abstractmethod
    def table(self) -> CountTable:
        """The count table. FileError if it is missing or broken."""

    @abstractmethod
    def predictions(self) -> dict[str, Annotations]:
        """Raw predictions by report; those of failed reports are missing. FileError if they cannot be read."""


class RunDirectory(Stored):
    """A run in its directory."""

    def table(self) -> CountTable:
        """From counts.parquet."""
        return CountTable.read(self.place / "counts.parquet")

    def predictions(self) -> dict[str, Annotations]:
        """From predictions.jsonl."""
        return {one.report: one for one in jsonl.read_predictions(self.place / "predictions.jsonl")}


def read_directory(path: Path) -> RunDirectory:
    """The run in a directory. FileError if it is none."""
    return RunDirectory(path, read_record(path))


def find_directories(path: Path) -> list[Path]:
    """The run directories that `path` stands for: itself, or those of a sweep, in the order of its jobs."""
    if (path / "run.json").exists():
        return [path]
    inside = sorted(path.glob("*/run.json"), key=_sweep_order) if path.is_dir() else []
    return [found.parent for found in inside]


def find_stored(paths: Sequence[Path]) -> list[Stored]:
    """The runs in `paths`: run directories, sweeps of them, baselines, folders of baselines.

    InputError for a path that holds none.
    """
    from harness.runs.baseline import find_baselines, read_baseline

    found: list[Stored] = []
    for path in paths:
        directories = find_directories(path)
        baselines = [] if directories else find_baselines(path)
        if not directories and not baselines:
            if not path.exists():
                raise FileError(path, "no such file or folder", "Name a run directory, a sweep or a baseline.")
            remedy = "Name a run directory, a sweep or a baseline; a directory without run.json was not finished."
            raise InputError(f"{path} is no run directory", remedy)
        found += [read_directory(one) for one in directories]
        found += [read_baseline(one) for one in baselines]
    return found


def _sweep_order(path: Path) -> tuple[int, str]:
    number, _, name = path.parent.name.partition("-")
    return (int(number), name) if number.isdigit() else (0, path.parent.name)
