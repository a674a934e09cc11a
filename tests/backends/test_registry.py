from pathlib import Path

import pytest

from harness.backends import Backend
from harness.backends.registry import allow_file, backend_class, make_backend
from harness.errors import BackendError, ConfigurationError, ExitCode, FileError, HarnessError

GOOD = """
from harness.annotation import Annotations
from harness.backends import Backend

class Mine(Backend):
    labels = ("A",)
    def __init__(self, threshold=0.5):
        if threshold > 1:
            raise ValueError("threshold above 1")
    def extract(self, reports):
        return (Annotations(report.id) for report in reports)

class NoBackend:
    pass

class NoLabels(Mine):
    labels = ()

class Quits(Mine):
    def __init__(self):
        raise SystemExit(3)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    return path


def test_a_class_in_a_file_is_made_with_its_arguments(source: Path) -> None:
    assert isinstance(make_backend(allow_file(f"{source}:Mine"), {"threshold": 0.9}), Backend)


def test_a_file_that_the_command_line_did_not_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sneaky.py"
    path.write_text("raise SystemExit('executed')")
    with pytest.raises(ConfigurationError, match="only taken from the command line"):
        backend_class(f"{path}:Mine")


@pytest.mark.parametrize(
    ("key", "arguments", "kind", "message"),
    [
        pytest.param("spaccy", {}, ConfigurationError, "Did you mean spacy?", id="misspelt key"),
        pytest.param(":Mine", {"treshold": 1}, ConfigurationError, "Did you mean threshold?", id="misspelt argument"),
        pytest.param(":Mine", {"threshold": 2}, BackendError, "ValueError: threshold above 1", id="raises when made"),
        pytest.param(":NoBackend", {}, BackendError, "does not derive from harness.backends.Backend", id="no backend"),
        pytest.param(":Mien", {}, FileError, "Did you mean Mine?", id="no such class"),
        pytest.param(":Quits", {}, BackendError, "SystemExit: 3", id="ends the program"),
        pytest.param("spacy", {"batch_size": "many"}, ConfigurationError, "spacy wants int", id="wrong type"),
        pytest.param("spacy", {"full_pipeline": "maybe"}, ConfigurationError, "spacy wants bool", id="wrong flag"),
        pytest.param(":NoLabels", {}, BackendError, "declares no labels", id="no labels"),
        pytest.param("replay", {}, ConfigurationError, "missing a required argument: 'path'", id="required argument"),
    ],
)
def test_what_cannot_be_made(
    source: Path, key: str, arguments: dict[str, object], kind: type[HarnessError], message: str
) -> None:
    resolved = allow_file(f"{source}{key}") if key.startswith(":") else key
    with pytest.raises(kind) as raised:
        make_backend(resolved, arguments)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("import os\nimport not_there_at_all\n", 2, "ModuleNotFoundError"),
        ("x = 1\ndef f(:\n", 2, "SyntaxError"),
    ],
)
def test_a_file_that_cannot_be_imported_is_named_with_its_line(
    tmp_path: Path, content: str, line: int, message: str
) -> None:
    path = tmp_path / "broken.py"
    path.write_text(content)
    with pytest.raises(HarnessError) as raised:
        backend_class(allow_file(f"{path}:Mine"))
    assert f"{path}:{line}: " in str(raised.value)
    assert message in str(raised.value)
    assert raised.value.exit_code == ExitCode.BAD_INPUT


@pytest.mark.parametrize("spec", ["mine.py", "mine:Mine", "mine.py:not a name", "missing.py:Mine"])
def test_a_spec_that_names_no_class_in_a_file(spec: str) -> None:
    with pytest.raises(HarnessError, match=r"Write --backend path/to/file.py:Class"):
        allow_file(spec)
