"""Arguments of the command line: what is Hydra's, what is ours, and the parsers of verbs."""

import argparse
import difflib
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from harness.runs.record import Run

FORMATS = ("table", "markdown", "json")
FLAGS_WITH_VALUE = frozenset(
    [
        *("--config-dir", "-cd", "--config-name", "-cn", "--config-path", "-cp", "--package", "-p"),
        *("--cfg", "-c", "--info", "-i", "--experimental-rerun"),
    ]
)
"""Hydra's own flags that are followed by a value."""
PLAIN_FLAGS = frozenset(["-m", "--multirun", "-r", "--run", "--hydra-help", "--resolve", "--shell-completion", "-sc"])
"""Hydra's own flags without one."""


def run_settings(arguments: list[str], backend: str | None = None) -> "tuple[list[Run], bool]":
    """Make the runs that settings (and Hydra's flags) ask for, with the class in a file that `backend` names, if any.

    Returns them, and whether they are those of a sweep. ConfigurationError for a setting that there is not.
    """
    flags, overrides = split_flags(arguments)
    if backend and any(one.startswith("model=") for one in overrides):
        raise ConfigurationError("--backend and model= both name a model", "Leave one of them out.")
    from harness import app

    return app.run([*flags, *backend_overrides(backend), *overrides])


def parse_run(arguments: list[str]) -> tuple[list[str], str | None]:
    """Settings and Hydra's flags, and what `--backend` names."""
    options, rest = hydra_options(arguments)
    return rest, options.backend


def hydra_options(argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and what is left for Hydra. ConfigurationError for a format that there is not."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--format", default="table")
    parser.add_argument("--backend")
    try:
        options, rest = parser.parse_known_args(argv)
    except argparse.ArgumentError as error:
        raise ConfigurationError(str(error), "python -m harness --help") from None
    if options.format not in FORMATS:
        raise ConfigurationError(f"unknown --format {options.format!r}", f"Choose {', '.join(FORMATS)}.")
    return options, rest


def split_flags(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Hydra's flags with their values, and the overrides: Hydra wants all overrides in one place."""
    flags: list[str] = []
    overrides: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument.startswith("-"):
            name = argument.split("=", 1)[0]
            if name not in FLAGS_WITH_VALUE | PLAIN_FLAGS:
                near = difflib.get_close_matches(name, ["--format", "--backend", *FLAGS_WITH_VALUE, *PLAIN_FLAGS], 1)
                hint = f"Did you mean {near[0]}? " if near else ""
                raise ConfigurationError(f"there is no option {name}", f"{hint}python -m harness --help lists them.")
            flags.append(argument)
            if argument in FLAGS_WITH_VALUE:
                flags += [value for value in [next(waiting, None)] if value is not None]
        elif "=" in argument or argument.startswith("~"):
            overrides.append(argument)
        else:
            raise ConfigurationError(
                f"there is no verb {argument!r}", "python -m harness --help lists verbs and settings."
            )
    if "--resolve" in flags and not {"--cfg", "-c"} & set(flags):
        raise ConfigurationError("--resolve goes with --cfg", "Write --cfg job --resolve.")
    return flags, overrides


def backend_overrides(spec: str | None) -> list[str]:
    """The settings that make a class in a file the model."""
    if spec is None:
        return []
    from harness.backends.registry import allow_file

    key = allow_file(spec)
    return ["model=file", f"model.name={key.rpartition(':')[2]}", f"model.backend='{key}'"]


def verb_parser(verb: str, description: str, usage: str = "") -> argparse.ArgumentParser:
    """The parser of a verb; nothing may be abbreviated, so that new options break no script."""
    return argparse.ArgumentParser(
        prog=f"python -m harness {verb}",
        usage=f"python -m harness {verb} [options] {usage}" if usage else None,
        description=description,
        allow_abbrev=False,
    )
