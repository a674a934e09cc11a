"""What enters a fingerprint, and a frozen table: a fingerprint that drifts must be seen in a diff."""

import hashlib
from pathlib import Path

import pytest

from harness.backends.fingerprint import fingerprint
from harness.backends.registry import allow_file, backend_class, make_backend

SOURCE = """\
from pathlib import Path

from harness.annotation import Annotations
from harness.backends import Backend


class Frozen(Backend):
    labels = ("A",)

    def __init__(self, size=1, data=None):
        self.data = data

    def extract(self, reports):
        for report in reports:
            yield Annotations(report.id)

    def data_files(self):
        return [Path(self.data)] if self.data else []
"""


def digest(folder: Path, source: str = SOURCE, **arguments: object) -> str:
    path = folder / "frozen.py"
    path.write_text(source)
    return fingerprint(make_backend(allow_file(f"{path}:Frozen"), arguments), arguments).digest


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "b8220b10229a05bf898a44e257ce5aaa36087b3f5272f14e5f9d1deda893e139"),
        ({"size": 2}, "afc17273f3906e736cd8b1c95cab13dad42f799331b3c4a333e30900d3fb8987"),
    ],
)
def test_frozen_fingerprints(tmp_path: Path, arguments: dict[str, object], expected: str) -> None:
    assert digest(tmp_path, **arguments) == expected


def test_a_data_file_counts_by_content_and_not_by_place(tmp_path: Path) -> None:
    found = []
    for folder, content in (("one", "x"), ("two", "x"), ("three", "y")):
        (tmp_path / folder).mkdir()
        data = tmp_path / folder / "lexicon.txt"
        data.write_text(content)
        found.append(digest(tmp_path / folder, data=str(data)))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_source_and_arguments_count(tmp_path: Path) -> None:
    variants = [
        digest(tmp_path),
        digest(tmp_path, source=SOURCE + "\n# changed\n"),
        digest(tmp_path, size=2),
        digest(tmp_path, source=SOURCE.replace("Backend\n\n\nclass", "Backend\n\nONE = 1\n\n\nclass")),
    ]
    assert len(set(variants)) == len(variants)


def test_the_source_of_a_base_class_counts(tmp_path: Path) -> None:
    child = "from harness.backends.rules import RulesBackend\n\n\nclass Child(RulesBackend):\n    pass\n"
    (tmp_path / "child.py").write_text(child)
    kind = backend_class(allow_file(f"{tmp_path / 'child.py'}:Child"))
    alone = hashlib.sha256(hashlib.sha256(child.encode()).digest()).hexdigest()
    assert fingerprint(kind(), {}).source != alone


def test_spacy_fingerprint_holds_versions_weights_and_arguments() -> None:
    arguments = {"package": "en_core_web_sm"}
    found = fingerprint(make_backend("spacy", arguments), arguments)
    assert set(found.packages) == {"spacy", "thinc"}
    assert "ner/model" in found.files
    assert found.arguments == arguments
    assert found.description["model"] == "en_core_web_sm 3.8.0" or found.description["model"].endswith("3.8.0")


def test_rules_fingerprint_holds_every_data_file() -> None:
    found = fingerprint(make_backend("rules", {}), {})
    assert "patterns.toml" in found.files
    assert sum(name.startswith("lexicon/") for name in found.files) >= 8
