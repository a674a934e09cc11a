"""The fingerprint of a backend: a hash over everything that can change its output."""

import hashlib
import importlib.metadata
import inspect
from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.backends.base import Backend
from harness.errors import BackendError, FileError


class Fingerprint(msgspec.Struct, frozen=True):
    """`digest` (SHA-256) over all other fields; equal where nothing of them differs."""

    digest: str
    backend: str
    source: str
    arguments: Mapping[str, object]
    packages: Mapping[str, str]
    files: Mapping[str, str]
    description: Mapping[str, str]


def fingerprint(backend: Backend, arguments: Mapping[str, object]) -> Fingerprint:
    """The fingerprint of `backend`, which was made with `arguments`.

    `source` is the hash of the source of its module and of those it derives from, `files` those of its data files by
    name (the path as seen from the folder that all share), `packages` the versions of the distributions that it names.
    """
    kind = type(backend)
    files = sorted(Path(path).resolve() for path in backend.data_files())
    parts = {
        "backend": kind.__name__,
        "source": _hash_source(kind),
        "arguments": _portable(arguments, files),
        "packages": {name: _version(name) for name in sorted(kind.packages)},
        "files": {_name(path, files): _hash_file(path) for path in files},
        "description": dict(backend.description()),
    }
    digest = hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()
    return msgspec.convert({"digest": digest, **parts}, Fingerprint)


def _hash_source(kind: type[Backend]) -> str:
    """SHA-256 over the modules of the class and of every class between it and Backend."""
    digest = hashlib.sha256()
    for one in kind.__mro__[: kind.__mro__.index(Backend)]:
        try:
            source = Path(inspect.getfile(one)).read_bytes()
        except (OSError, TypeError) as error:
            raise BackendError(
                f"the source of {one.__name__} cannot be read: {error}", "Define it in a file."
            ) from None
        digest.update(hashlib.sha256(source.replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}", "It is a data file of the backend.") from None


def _name(path: Path, files: list[Path]) -> str:
    """Path from the deepest folder that holds all files, so that the fingerprint does not depend on the machine."""
    shared = Path(*_common([file.parent.parts for file in files]))
    return path.relative_to(shared).as_posix()


def _common(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    first, last = min(parts), max(parts)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]


def _portable(arguments: Mapping[str, object], files: list[Path]) -> dict[str, object]:
    """Arguments without the folders of data files: their content is hashed, where they lie does not matter."""
    paths = {str(parent) for file in files for parent in (file, *file.parents)}
    return {
        name: Path(value).name if isinstance(value, str) and str(Path(value).resolve()) in paths else value
        for name, value in arguments.items()
    }


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
