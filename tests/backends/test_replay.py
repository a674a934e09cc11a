from pathlib import Path

import pytest

from harness.annotation import Annotations, Mention, Report
from harness.backends.replay import ReplayBackend
from harness.corpus import jsonl
from harness.errors import HarnessError
from harness.extraction.runner import Failure, extract

PREDICTION = Annotations("a", (Mention(3, 6, "GPE", confidence=0.5),))


def test_jsonl_is_replayed_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(jsonl.encode_line(PREDICTION))
    backend = ReplayBackend(str(path))
    assert backend.labels == ("GPE",)
    assert list(backend.extract([Report("a", "In Gao.")])) == [PREDICTION]


def test_a_brat_folder_is_replayed(tmp_path: Path) -> None:
    (tmp_path / "annotation.conf").write_text("[entities]\nGPE\n")
    (tmp_path / "a.txt").write_text("In Gao.")
    (tmp_path / "a.ann").write_text("T1\tGPE 3 6\tGao\n")
    (prediction,) = ReplayBackend(str(tmp_path)).extract([Report("a", "In Gao.")])
    assert prediction.mentions == (Mention(3, 6, "GPE", "T1"),)
    (failure,) = extract(ReplayBackend(str(tmp_path)), [Report("a", "Another text.")])
    assert isinstance(failure, Failure)
    assert "another text" in failure.error


def test_a_report_without_a_prediction_fails_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(jsonl.encode_line(PREDICTION))
    outcomes = list(extract(ReplayBackend(str(path)), [Report("b", "text"), Report("a", "In Gao.")]))
    assert isinstance(outcomes[0], Failure)
    assert "no prediction for report b" in outcomes[0].error
    assert outcomes[1] == PREDICTION


@pytest.mark.parametrize(
    ("content", "labels", "message"),
    [
        ('{"report":"a"}\n', (), "holds no mention"),
        ('{"report":"a","mentions":[{"start":0,"end":1,"label":"X"}]}\n', ("Y",), "lacks: X"),
        ('{"report":"a"}\n{"report":"a"}\n', ("X",), "p.jsonl:2: report 'a' already stands in line 1"),
        ('{"report":"a","mention":[]}\n', ("X",), "p.jsonl:1: cannot read the line"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: str, labels: tuple[str, ...], message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(content)
    with pytest.raises(HarnessError) as raised:
        ReplayBackend(str(path), labels)
    assert message in str(raised.value)
