"""Every error that a user can cause, with the exit code that it ends the program with.

A message says what is wrong, where (file:line:column where there is one) and what to do about it. The
command line prints it without a traceback; see `harness.cli.main`.
"""

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """Exit codes of every verb."""

    OK = 0
    REGRESSION = 1
    BAD_INPUT = 2
    NOT_COMPARABLE = 3
    BACKEND_FAILED = 4
    INTERRUPTED = 130


class HarnessError(Exception):
    """Base of all errors that are reported to the user as one message.

    `remedy` is a sentence that says what to do; it is printed on a line of its own.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message


class InputError(HarnessError):
    """A file or an argument that cannot be used."""


class FileError(InputError):
    """A fault at a place in a file: line and column count from 1; 0 means that the whole file (or line) is meant."""

    def __init__(self, path: Path | str, message: str, remedy: str = "", line: int = 0, column: int = 0) -> None:
        self.path, self.line, self.column = str(path), line, column
        super().__init__(f"{place(path, line, column)}: {message}", remedy)


class ConfigurationError(InputError):
    """A configuration key, value or choice that does not exist or does not fit."""


class NotComparableError(HarnessError):
    """Runs that cannot be compared: on other texts, or without the measure that is asked for."""

    exit_code = ExitCode.NOT_COMPARABLE


class BackendError(HarnessError):
    """A backend that could not be loaded, or that broke its contract."""

    exit_code = ExitCode.BACKEND_FAILED


class NotInstalledError(BackendError):
    """An optional dependency that is missing; the remedy names the extra to install."""

    exit_code = ExitCode.BAD_INPUT


class HarnessWarning(UserWarning):
    """Something that a user should know and that is not an error."""


def place(path: Path | str, line: int = 0, column: int = 0) -> str:
    """`file`, `file:line` or `file:line:column`, as editors and terminals understand it."""
    return ":".join([str(path), *(str(number) for number in (line, column) if number)])
