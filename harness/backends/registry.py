"""Finds a backend by its key and makes one.

Keys are ours (`spacy`), or those of installed packages that declare the entry point group `harness.backends`. On the
command line alone, `--backend path/to/file.py:Class` names a class in a file; a configuration file cannot, so that
reading somebody's configuration never runs somebody's code.
"""

import difflib
import importlib
import importlib.metadata
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.backends.base import Backend
from harness.errors import BackendError, ConfigurationError, FileError, HarnessError

BUILT_IN = {
    "replay": "harness.backends.replay:ReplayBackend",
    "rules": "harness.backends.rules:RulesBackend",
    "spacy": "harness.backends.spacy:SpacyBackend",
}
_PLAIN: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (float, int), "str": (str,)}
_PLAIN |= {str(kind[0]): kind for kind in list(_PLAIN.values())}
"""Plain annotations of an argument of `__init__`, as a type or as text, and what a setting may be then."""
ENTRY_POINT_GROUP = "harness.backends"

_allowed_files: set[str] = set()


def allow_file(spec: str) -> str:
    """Let `PATH.py:Class` be used as a key in this process; the key in its absolute form is returned."""
    path, separator, name = spec.rpartition(":")
    if not separator or not path.endswith(".py") or not name.isidentifier():
        raise ConfigurationError(
            f"--backend {spec!r} names no class in a file", "Write --backend path/to/file.py:Class."
        )
    if not Path(path).is_file():
        raise FileError(path, "no such file", "Write --backend path/to/file.py:Class.")
    key = f"{Path(path).resolve()}:{name}"
    _allowed_files.add(key)
    return key


def backend_class(key: str) -> type[Backend]:
    """The class that `key` stands for. ConfigurationError (with the nearest key) if there is none."""
    if ".py:" in key:
        return _class_in_file(key)
    entries = {entry.name: entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)}
    targets = {**entries, **BUILT_IN}
    if key not in targets:
        near = difflib.get_close_matches(key, targets, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise ConfigurationError(f"there is no backend {key!r}", f"{hint}Backends: {', '.join(sorted(targets))}.")
    module_name, _, name = targets[key].partition(":")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise BackendError(f"backend {key} cannot be imported: {error}", "Install what it needs.") from error
    return _checked(getattr(module, name, None), targets[key])


def make_backend(key: str, arguments: Mapping[str, object]) -> Backend:
    """A backend made with `arguments`. Raises ConfigurationError for wrong arguments, BackendError if it fails."""
    kind = backend_class(key)
    signature = inspect.signature(kind)
    flexible = any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values())
    for name in arguments:
        if name not in signature.parameters and not flexible:
            near = difflib.get_close_matches(name, signature.parameters, 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            known = ", ".join(signature.parameters) or "none"
            raise ConfigurationError(
                f"backend {key} has no argument {name!r} (model.args.{name})", f"{hint}Arguments: {known}."
            )
        expected = _PLAIN.get(str(getattr(signature.parameters.get(name), "annotation", "")))
        if expected and not isinstance(arguments[name], expected):
            raise ConfigurationError(
                f"model.args.{name} is {arguments[name]!r}",
                f"Backend {key} wants {' or '.join(k.__name__ for k in expected)}.",
            )
    try:
        signature.bind(**arguments)
    except TypeError as error:
        raise ConfigurationError(f"backend {key}: {error}", "Set it with model.args.NAME=VALUE.") from None
    try:
        backend = kind(**arguments)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise BackendError(
            f"backend {key} could not be made: {type(error).__name__}: {error}", "The fault lies in its __init__."
        ) from error
    labels = getattr(backend, "labels", None)
    if isinstance(labels, str) or not labels or not all(isinstance(label, str) for label in labels):
        raise BackendError(f"backend {key} declares no labels", "Set labels to a tuple of strings.")
    return backend


def _class_in_file(key: str) -> type[Backend]:
    if key not in _allowed_files:
        raise ConfigurationError(
            f"model.backend names a file: {key}",
            "Code is only taken from the command line: --backend file.py:Class.",
        )
    path, _, name = key.rpartition(":")
    module_name = f"harness_backend_file_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise BackendError(f"{path} cannot be loaded", "Name a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = _line_of(error, path)
        raise FileError(path, f"cannot be imported: {type(error).__name__}: {error}", "", line) from error
    if not hasattr(module, name):
        classes = [one for one, value in vars(module).items() if isinstance(value, type) and one != Backend.__name__]
        near = difflib.get_close_matches(name, classes, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Its classes are {', '.join(classes) or 'none'}."
        raise FileError(path, f"there is no class {name}", hint)
    return _checked(getattr(module, name), key)


def _checked(found: object, target: str) -> type[Backend]:
    if not (isinstance(found, type) and issubclass(found, Backend)):
        problem = "does not exist" if found is None else "does not derive from harness.backends.Backend"
        raise BackendError(f"backend class {target} {problem}", "See docs/backends.md.")
    return found


def _line_of(error: BaseException, path: str) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    traceback, line = error.__traceback__, 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == path:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
