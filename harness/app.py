"""The main job under Hydra: `python -m harness [overrides]`, one run or a sweep.

Imported only when a run is asked for, because Hydra takes its time. Errors of Hydra are turned into ours here.
"""

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import hydra
import msgspec
import yaml
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from harness import callbacks
from harness.configuration import Config
from harness.errors import ConfigurationError, ExitCode, FileError, HarnessError
from harness.extraction.runner import Outcome
from harness.files import unwritable
from harness.resources import locate
from harness.runs.assess import SLICES_REMEDY
from harness.runs.perform import perform, record_error
from harness.runs.record import Run, read_run
from harness.runs.stored import find_directories
from harness.tables.progress import watched
from harness.tables.run import run_markdown

FROM_FILE = "file"
"""The entry of conf/model that `--backend` fills; not a choice by itself."""
GROUPS = ("model", "gold", "scoring", "execution", "gate", "experiment", "crosswalk")


def run(overrides: Sequence[str]) -> tuple[list[Run], bool]:
    """Run the main job with Hydra's command line `overrides`.

    Returns the runs, those of a sweep in the order of their jobs, and whether it was a sweep.
    """
    finished: list[Run] = []
    refused: list[HarnessError] = []
    callbacks.finished_sweeps.clear()

    def job(options: DictConfig) -> None:
        hydra_config = HydraConfig.get()
        directory = Path(hydra_config.runtime.output_dir)
        sweeping = hydra_config.mode is not None and hydra_config.mode.name == "MULTIRUN"
        try:
            finished.append(_run_job(options, directory, sweeping))
        except HarnessError as error:  # raised again below: Hydra would print a traceback of its own
            refused.append(error)
            _remove_empty(directory)
        except KeyboardInterrupt:
            _remove_empty(directory)
            raise

    register_schema()
    overrides = open_arguments(overrides)
    argv, sys.argv = sys.argv, ["harness", *overrides]
    full_error = os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra raises instead of printing and exiting
    try:
        with translated_errors():
            check_choices(overrides)
            hydra.main(version_base="1.3", config_path=str(locate("conf")), config_name="config")(job)()
    finally:
        sys.argv = argv
        if full_error is None:
            os.environ.pop("HYDRA_FULL_ERROR", None)
    if refused:
        raise refused[0]
    if callbacks.finished_sweeps:
        return [read_run(one) for sweep in callbacks.finished_sweeps for one in find_directories(sweep)], True
    return finished, False


def _remove_empty(directory: Path) -> None:
    """Remove a run directory that Hydra made and nothing was written to, with the empty folders above it."""
    here = Path.cwd()
    with contextlib.suppress(OSError):
        for folder in (directory, *directory.parents):
            if here not in folder.parents:
                break
            folder.rmdir()  # fails, and so ends, at the first that is not empty


def compose(overrides: Sequence[str]) -> Config:
    """The configuration that `overrides` give, without a run."""
    register_schema()
    overrides = open_arguments(overrides)
    with translated_errors():
        check_choices(overrides)
        with hydra.initialize_config_dir(str(locate("conf")), version_base="1.3"):
            return to_config(hydra.compose("config", list(overrides)))


def open_arguments(overrides: Sequence[str]) -> list[str]:
    """`model.args.NAME=X` as `++model.args.NAME=X`: which arguments there are is the backend's to say, not Hydra's.

    The same for slices, which are named by whoever declares them.
    """
    for one in overrides:
        if one.startswith("scoring.slices="):  # Hydra would merge it into what is there, and so do nothing for {}
            raise ConfigurationError("scoring.slices cannot be set as a whole", SLICES_REMEDY)
    return [f"++{one}" if one.startswith(("model.args.", "scoring.slices.")) else one for one in overrides]


def register_schema() -> None:
    """Make the typed configuration known to Hydra."""
    ConfigStore.instance().store(name="schema", node=Config)


def to_config(options: DictConfig) -> Config:
    """The resolved configuration as dataclasses. ConfigurationError names a value that is missing or wrong."""
    try:
        return cast("Config", OmegaConf.to_object(options))
    except OmegaConfBaseException as error:
        raise _translate(error) from None


def _run_job(options: DictConfig, directory: Path, sweeping: bool) -> Run:
    """One run. In a sweep an error becomes a record, so that the other jobs go on; otherwise it is raised."""
    try:
        config = to_config(options)
    except HarnessError as error:
        if sweeping:
            return record_error(_unchecked_config(options), directory, error)
        raise

    def watch(outcomes: Iterable[Outcome], total: int, name: str) -> Iterator[Outcome]:
        return watched(outcomes, total, name, shown=config.execution.progress)

    try:
        return perform(config, directory, watch, run_markdown)
    except HarnessError as error:
        if sweeping or error.exit_code == ExitCode.BACKEND_FAILED:
            run = record_error(config, directory, error)
            if sweeping:
                return run
        raise
    except Exception as error:
        if sweeping:
            return record_error(config, directory, error)
        _remove_empty(directory)
        raise RuntimeError(f"the run of {config.model.name} broke off") from error


def _unchecked_config(options: DictConfig) -> Config:
    """The configuration as it is, for the record: missing values stand as "???"."""
    plain = OmegaConf.to_container(options, resolve=False, throw_on_missing=False)
    return msgspec.convert(plain, Config, strict=False)


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what Hydra and OmegaConf raise into ConfigurationError."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise _translate(error) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.name, mark.line + 1, mark.column + 1) if mark else ("conf", 0, 0)
        raise FileError(place[0], f"is no YAML: {error.problem}", "Mend it.", place[1], place[2]) from None
    except OSError as error:
        raise unwritable(error.filename or "results", error) from None


def check_choices(overrides: Sequence[str]) -> None:
    """Refuse `model=nope` before the first job of a sweep starts; the message lists what there is."""
    searched = [locate("conf"), *_config_folders(overrides)]
    plain = [one for one in overrides if not one.startswith("-") and "=" in one]
    for override in OverridesParser.create().parse_overrides(plain):
        key = override.key_or_group.split("@")[0]
        if key not in GROUPS or override.is_delete():
            continue
        values = override.sweep_string_iterator() if override.is_sweep_override() else [override.value()]
        choices = sorted({path.stem for folder in searched for path in (folder / key).glob("*.yaml")} - {FROM_FILE})
        for value in values:
            if value == FROM_FILE and any(one.startswith("model.backend=") for one in overrides):
                continue
            if isinstance(value, str) and value not in choices and not _from_search_path(overrides):
                raise ConfigurationError(f"there is no {key} {value!r}", _suggest(value, choices, key))


def _suggest(value: str, choices: Sequence[str], key: str) -> str:
    near = difflib.get_close_matches(value, choices, 1)
    hint = f"Did you mean {key}={near[0]}? " if near else ""
    return f"{hint}Choices: {', '.join(choices)}."


def _config_folders(overrides: Sequence[str]) -> list[Path]:
    folders = []
    for index, argument in enumerate(overrides):
        if argument in ("--config-dir", "-cd") and index + 1 < len(overrides):
            folders.append(Path(overrides[index + 1]))
        elif argument.startswith("--config-dir="):
            folders.append(Path(argument.split("=", 1)[1]))
    return folders


def _from_search_path(overrides: Sequence[str]) -> bool:
    return any(one.startswith("hydra.searchpath") for one in overrides)


def _translate(error: Exception) -> HarnessError:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, OverrideParseException):
        return ConfigurationError(
            f"cannot read the override {(error.override or '').removeprefix('++')!r}",
            "Write key=value; a value with brackets, commas or colons needs quotes of its own: \"key='a (1).txt'\".",
        )
    if isinstance(error, MissingConfigException):
        options = error.options or []
        name = (error.missing_cfg_file or "").rpartition("/")[2]
        return ConfigurationError(first, _suggest(name, options, "") if options else "")
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, MissingMandatoryValue):
        return ConfigurationError(f"{cause.full_key} is not set", f"Add {cause.full_key}=VALUE.")
    if "Ambiguous value" in str(error):
        return ConfigurationError("a setting has several values", "Add -m to run each of them.")
    key = _unknown_key(str(error)) or _unknown_key(str(cause))
    if key:
        return ConfigurationError(f"there is no setting {key!r}", _nearest_setting(key))
    reason = str(cause).splitlines()[0] if str(cause) else first
    full = re.search(r"full_key: (\S+)", str(cause))
    where = f"{full[1]}: " if full else ""
    return ConfigurationError(f"{where}{reason}", "python -m harness --cfg job shows every setting and its value.")


def _unknown_key(message: str) -> str:
    for pattern in (r"Could not override '([^']+)'", r"full_key: (\S+)", r"Key '([^']+)' is not in struct"):
        found = re.search(pattern, message)
        if found and re.search(r"not in struct|No match in the defaults list|not in '", message):
            return found[1]
    return ""


def _nearest_setting(key: str) -> str:
    plain = OmegaConf.to_container(OmegaConf.structured(Config))
    settings = [*GROUPS, *_flatten(plain)]
    near = difflib.get_close_matches(key, settings, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return f"{hint}python -m harness --cfg job shows every setting."


def _flatten(node: object, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{prefix}{name}"
            yield from _flatten(value, f"{prefix}{name}.")
