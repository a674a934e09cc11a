"""Reading and writing files: not a character changed, the place of a fault named, nothing half-written."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import FileError, InputError


def read_text(path: Path) -> str:
    """The characters of a UTF-8 file as they are: line ends and a byte order mark included.

    Raises FileError if the file is missing, not readable or not UTF-8 (with line and byte column).
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, "no such file", "Check the path.") from None
    except IsADirectoryError:
        raise FileError(path, "is a folder, not a file", "Name a file.") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}", "Check its permissions.") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        byte = data[error.start]
        raise FileError(
            path,
            f"byte 0x{byte:02x} is not UTF-8",
            f"Convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 {path.name} > fixed.txt",
            line,
            column,
        ) from None


def read_table(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file, with the number of the line in which each ends. FileError if it is none."""
    import csv

    reader = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, row))  # noqa: PERF401 - the line number changes as the reader goes on
    except csv.Error as error:
        raise FileError(path, f"is no CSV: {error}", "Mend the quotation marks.", reader.line_num) from None
    return rows


def existing_folder(path: Path, what: str, remedy: str) -> Path:
    """`path` if it is a folder; InputError that says `what` is missing otherwise."""
    if not path.is_dir():
        problem = "is not a folder" if path.exists() else "does not exist"
        raise InputError(f"{what} {path} {problem}", remedy)
    return path


def write_text(path: Path, content: str) -> None:
    """Write `content` as UTF-8 under a temporary name and rename it: the file is whole or not there at all."""
    write_bytes(path, content.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` under a temporary name and rename it. Raises InputError if the place cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from None


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `path` when all went well and vanishes otherwise."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def unwritable(path: Path | str, error: OSError) -> InputError:
    """The error for a place that cannot be written."""
    reason = error.strerror or str(error)
    return InputError(f"cannot write {path}: {reason}", "Choose another folder, or mend its permissions.")


def display_path(path: Path) -> str:
    """`path` relative to the current folder where it lies below it, otherwise as it was given."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
