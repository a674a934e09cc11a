"""The record of a run, and its files: what stands in a run directory, and how it is read back."""

import datetime
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import msgspec

import harness
from harness.backends.base import Usage
from harness.backends.fingerprint import Fingerprint
from harness.corpus.crosswalk import Crosswalk, View
from harness.corpus.gold import GoldSource
from harness.errors import FileError
from harness.extraction.runner import Failure
from harness.files import read_text
from harness.scoring.anatomy import Confusion, ErrorRow
from harness.scoring.calibration import Calibration
from harness.scoring.counting import SCORER_VERSION
from harness.scoring.measures import Row

RECORD_SCHEMA = 1
Kind = TypeVar("Kind")


class GoldRecord(msgspec.Struct, frozen=True):
    """The gold set that a run was scored on.

    `reports` were asked for; `scored` are those that counted (fewer where failed reports are excluded). `counted` are
    the labels that counted; nothing in zones of the kinds `ignore_zones` did. `slices` are the reports of each slice of
    reports.
    """

    name: str
    path: str
    split: str
    text_hash: str
    label_hash: str
    reports: tuple[str, ...]
    scored: tuple[str, ...]
    counted: tuple[str, ...]
    ignore_zones: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    slices: Mapping[str, tuple[str, ...]] = {}
    source: GoldSource | None = None
    """Where it was read from, and how."""


class Counts(msgspec.Struct, frozen=True):
    """How many reports were asked for, answered, answered with nothing, and failed."""

    reports: int = 0
    done: int = 0
    empty: int = 0
    failed: int = 0


class Speed(msgspec.Struct, frozen=True):
    """Wall-clock seconds; the rate is reports over extraction alone, loading apart."""

    load_seconds: float
    extraction_seconds: float
    scoring_seconds: float
    reports_per_second: float | None
    peak_memory_mib: float | None
    cached: bool = False


class Environment(msgspec.Struct, frozen=True):
    """Where the run took place: the current folder's git commit and whether it had uncommitted changes, versions."""

    git_commit: str | None = None
    git_dirty: bool | None = None
    versions: Mapping[str, str] = {}
    platform: str = ""


class RunRecord(msgspec.Struct, frozen=True, omit_defaults=False):
    """run.json: what was run, on what, with what, and how it went.

    `status`: "ok"; "failed" (more reports failed than allowed); "error" (nothing could be scored, `error` says why).
    """

    schema: int
    status: str
    exit_code: int
    model: str
    config: Mapping[str, object]
    finished: str
    error: str = ""
    repeat: int = 0
    scorer_version: int = SCORER_VERSION
    fingerprint: Fingerprint | None = None
    gold: GoldRecord | None = None
    views: tuple[View, ...] = ()
    crosswalk: Crosswalk | None = None
    """What was known of the model's label set."""
    counts: Counts = Counts()
    speed: Speed | None = None
    usage: Usage | None = None
    environment: Environment = Environment()
    seeds: Mapping[str, int] = {}
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the backend's fingerprint; "" if it declared none."""
        return self.fingerprint.digest if self.fingerprint is not None else ""


class Run(msgspec.Struct, frozen=True):
    """A finished run: its record, its scores, what its errors and confidences are, and where it lies."""

    directory: Path
    record: RunRecord
    rows: tuple[Row, ...] = ()
    failures: tuple[Failure, ...] = ()
    errors: tuple[ErrorRow, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    calibrations: tuple[Calibration, ...] = ()


def interval_name(run: Run) -> str:
    """The confidence of a run's intervals, such as "95%"."""
    return f"{100 * _scoring(run, 'confidence', 0.95):g}%"


def overlap_of(run: Run) -> float:
    """The threshold of a run's match "overlap"."""
    return _scoring(run, "overlap", 0.5)


def _scoring(run: Run, name: str, default: float) -> float:
    scoring = run.record.config.get("scoring")
    value = scoring.get(name, default) if isinstance(scoring, dict) else default
    return float(value)


def read_record(directory: Path) -> RunRecord:
    """The record in a run directory. FileError if it is none, or was written by a newer version."""
    path = directory / "run.json"
    if not path.exists():
        raise FileError(path, "no such file", "Name a run directory; one without run.json was not finished.")
    record = decode_document(path, RunRecord)
    if record.schema > RECORD_SCHEMA:
        raise FileError(path, f"was written by a newer harness (schema {record.schema})", "Update the harness.")
    return record


def read_run(directory: Path) -> Run:
    """A run from its directory, with its scores. FileError as of `read_record`."""
    record = read_record(directory)
    if record.status == "error":
        return Run(directory, record)
    scores = decode_document(directory / "scores.json", _Scores)
    failures = directory / "failures.jsonl"
    try:
        found = msgspec.json.Decoder(Failure).decode_lines(failures.read_bytes()) if failures.exists() else []
    except msgspec.DecodeError as error:
        raise FileError(failures, f"cannot be read: {error}", "Run the backend again.") from None
    path = directory / "errors.json"
    errors = decode_document(path, _Errors) if path.exists() else _Errors(RECORD_SCHEMA, (), ())
    path = directory / "calibration.json"
    calibrations = decode_document(path, _Calibrations).views if path.exists() else ()
    return Run(directory, record, scores.rows, tuple(found), errors.rows, errors.confusions, calibrations)


class _Scores(msgspec.Struct, frozen=True):
    schema: int
    rows: tuple[Row, ...]


class _Errors(msgspec.Struct, frozen=True):
    schema: int
    rows: tuple[ErrorRow, ...]
    confusions: tuple[Confusion, ...]


class _Calibrations(msgspec.Struct, frozen=True):
    schema: int
    views: tuple[Calibration, ...]


def encode_rows(rows: Iterable[object]) -> str:
    """The content of scores.json: one row a line."""
    return f'{{"schema": {RECORD_SCHEMA}, "rows": [\n{_lines(rows)}\n]}}\n'


def encode_errors(rows: Iterable[ErrorRow], confusions: Iterable[Confusion]) -> str:
    """The content of errors.json: one row a line."""
    cells = _lines(confusions)
    return f'{{"schema": {RECORD_SCHEMA}, "rows": [\n{_lines(rows)}\n], "confusions": [\n{cells}\n]}}\n'


def encode_calibrations(calibrations: Sequence[Calibration]) -> bytes:
    """The content of calibration.json."""
    return msgspec.json.format(msgspec.json.encode(_Calibrations(RECORD_SCHEMA, tuple(calibrations))), indent=2) + b"\n"


def _lines(rows: Iterable[object]) -> str:
    return ",\n".join(msgspec.json.encode(row).decode() for row in rows)


def encode_record(record: RunRecord) -> bytes:
    """The content of run.json."""
    return encode_document(record)


def encode_document(value: object) -> bytes:
    """A JSON file for people: indented, paths as text. The order of mappings is kept, for labels have one."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2) + b"\n"


def decode_document(path: Path, kind: type[Kind], remedy: str = "Run the backend again.") -> Kind:
    """The value in a JSON file. FileError if it holds something else."""
    try:
        return msgspec.json.decode(read_text(path), type=kind, dec_hook=_to_path)
    except msgspec.DecodeError as error:
        raise FileError(path, f"cannot be read: {error}", remedy) from None


def _to_path(kind: type, value: object) -> object:
    return Path(value) if kind is Path and isinstance(value, str) else value


def describe_environment() -> Environment:
    """The environment of this process."""
    state = _git("status", "--porcelain")
    versions = {"python": platform.python_version(), "harness": harness.__version__}
    versions |= {name: metadata.version(name) for name in ("hydra-core", "msgspec", "numpy", "pyarrow")}
    return Environment(
        git_commit=_git("rev-parse", "HEAD"),
        git_dirty=None if state is None else bool(state),
        versions=versions,
        platform=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
