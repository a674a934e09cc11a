"""Runs that were scored under other terms are scored again: equal predictions then have equal scores."""

import json
from pathlib import Path

import pytest

from tests.conftest import Main

TEXT = "aa bb cc dd ee ff\n"
SPANS = {"aa": (0, 2), "bb": (3, 5), "cc": (6, 8), "dd": (9, 11)}


def gold_of(folder: Path, labels: str, *, words: str = "aa bb cc") -> Path:
    """Six reports, in which each of the words is a mention of A."""
    folder.mkdir()
    (folder / "annotation.conf").write_text(f"[entities]\n{labels}\n[relations]\n[events]\n[attributes]\n")
    for number in range(6):
        (folder / f"r{number}.txt").write_text(TEXT)
        lines = [f"T{n}\tA {SPANS[w][0]} {SPANS[w][1]}\t{w}\n" for n, w in enumerate(words.split(), 1)]
        (folder / f"r{number}.ann").write_text("".join(lines))
    return folder


def predictions_of(path: Path, *mentions: tuple[int, int, str]) -> Path:
    found = [{"start": start, "end": end, "label": label} for start, end, label in mentions]
    path.write_text("".join(json.dumps({"report": f"r{n}", "mentions": found}) + "\n" for n in range(6)))
    return path


def score(run: Main, cwd: Path, gold: Path, predictions: Path, name: str, *settings: str) -> Path:
    target = cwd / name
    options = ["--gold", gold, "--predictions", predictions, "--name", "model", "--output", target]
    code, _, errors = run("score", *options, *settings, cwd=cwd)
    assert code == 0, errors
    return target


def test_a_label_that_has_left_the_gold_is_spurious_in_both_runs(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A\nB")
    predictions = predictions_of(tmp_path / "p.jsonl", (0, 2, "A"), (3, 5, "A"), (9, 11, "B"))
    before = score(in_process, tmp_path, gold, predictions, "before")
    (gold / "annotation.conf").write_text("[entities]\nA\n[relations]\n[events]\n[attributes]\n")
    (gold / "r0.ann").write_text("T1\tA 0 2\taa\nT2\tA 3 5\tbb\n")  # so that the labels of the gold have changed
    after = score(in_process, tmp_path, gold, predictions, "after")
    code, output, _ = in_process("gate", "--candidate", after, "--baseline", before, cwd=tmp_path)
    assert code == 0, output
    assert "the predictions are identical on 6 reports." in output


def test_the_threshold_of_overlap_is_that_of_the_candidate_for_both(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A", words="aa bb")
    wide = predictions_of(tmp_path / "wide.jsonl", (0, 3, "A"), (3, 6, "A"))
    before = score(in_process, tmp_path, gold, wide, "before", "scoring.overlap=0.5")
    more = predictions_of(tmp_path / "more.jsonl", (0, 3, "A"), (3, 6, "A"), (9, 11, "A"))
    after = score(in_process, tmp_path, gold, more, "after", "scoring.overlap=0.9")
    options = ["gate.match=overlap", "--format", "json"]
    _, output, _ = in_process("gate", "--candidate", after, "--baseline", before, *options, cwd=tmp_path)
    (verdict,) = json.loads(output)["verdicts"]
    assert (verdict["evidence"]["before"], verdict["evidence"]["after"]) == (0.0, 0.0)
    assert any("scoring.overlap=0.9 now holds for all, not 0.5" in note for note in verdict["notes"])


def test_a_column_file_that_is_scored_again_has_no_sequence_scores(in_process: Main, tmp_path: Path) -> None:
    (tmp_path / "x.conll").write_text("aa B-A B-A\nbb O I-A\n\ncc B-A O\n\n")
    run = score(in_process, tmp_path, tmp_path / "x.conll", tmp_path / "x.conll", "run")
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "scorer_version": 0}))
    code, output, errors = in_process("compare", run, cwd=tmp_path)
    assert code == 0, errors
    assert "its tags are not stored, so it has no sequence scores" in " ".join(output.split())
    code, _, errors = in_process("compare", run, "--match", "sequence-strict", cwd=tmp_path)
    assert code == 2
    assert "there is no sequence-strict score" in errors


@pytest.mark.parametrize("reports", [1, 4])
def test_a_handful_of_reports_neither_passes_nor_fails(in_process: Main, tmp_path: Path, reports: int) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    for number in range(reports, 6):
        for suffix in (".txt", ".ann"):
            (gold / f"r{number}{suffix}").unlink()
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"), (3, 5, "A"), (6, 8, "A"))
    less = predictions_of(tmp_path / "less.jsonl", (0, 2, "A"), (3, 5, "A"))
    for path in (full, less):
        path.write_text("".join(line + "\n" for line in path.read_text().splitlines()[:reports]))
    before, after = (score(in_process, tmp_path, gold, one, one.stem) for one in (full, less))
    code, output, _ = in_process("gate", "--candidate", after, "--baseline", before, cwd=tmp_path)
    assert code == 0, output
    assert output.startswith("INCONCLUSIVE")
    assert "cannot tell a change from noise; 5 are the least" in " ".join(output.split())


def test_a_baseline_of_a_run_that_failed_is_no_baseline(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"), (3, 5, "A"), (6, 8, "A"))
    before, after = (score(in_process, tmp_path, gold, full, name) for name in ("before", "after"))
    record = json.loads((before / "run.json").read_text())
    record["counts"] = {"reports": 6, "done": 5, "empty": 0, "failed": 1}
    (before / "run.json").write_text(json.dumps(record))
    code, output, _ = in_process("gate", "--candidate", after, "--baseline", before, cwd=tmp_path)
    assert code == 3
    assert "the baseline cannot be trusted: model failed on 1 of 6 reports" in " ".join(output.split())


def test_runs_of_one_model_that_differ_in_more_than_their_repeat_are_no_repetitions(
    in_process: Main, tmp_path: Path
) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"))
    runs = [score(in_process, tmp_path, gold, full, name) for name in ("one", "two")]
    for number, run in enumerate(runs):
        record = json.loads((run / "run.json").read_text())
        print_of = {"digest": str(number), "backend": "B", "source": "", "arguments": {}, "packages": {}, "files": {}}
        record |= {"repeat": number, "fingerprint": {**print_of, "description": {}}}
        (run / "run.json").write_text(json.dumps(record))
    arguments = [one for run in runs for one in ("--candidate", run)]
    code, _, errors = in_process("gate", *arguments, "--baseline", runs[0], cwd=tmp_path)
    assert code == 2
    assert "are runs of one model, model" in errors


def test_counts_of_other_reports_than_the_record_names_are_refused(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"))
    run = score(in_process, tmp_path, gold, full, "run")
    other = gold_of(tmp_path / "other", "A")
    for suffix in (".txt", ".ann"):
        (other / f"r5{suffix}").unlink()
    full.write_text("".join(line + "\n" for line in full.read_text().splitlines()[:5]))
    fewer = score(in_process, tmp_path, other, full, "fewer")
    (run / "counts.parquet").write_bytes((fewer / "counts.parquet").read_bytes())
    code, _, errors = in_process("compare", run, cwd=tmp_path)
    assert code == 2
    assert "holds counts of other reports than its record names" in errors


def test_bless_refuses_names_that_lead_elsewhere_and_replaces_what_is_broken(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"))
    run = score(in_process, tmp_path, gold, full, "run")
    assert in_process("bless", run, cwd=tmp_path)[0] == 0
    (tmp_path / "results" / "baselines" / "model.json").write_text("{")
    code, output, errors = in_process("bless", run, cwd=tmp_path)
    assert code == 0, errors
    assert "The baseline before could not be read" in output
    assert in_process("bless", "--check", cwd=tmp_path)[0] == 0
    baseline = tmp_path / "results" / "baselines" / "model.json"
    baseline.write_text(baseline.read_text().replace('"correct": 6', '"correct": 5'))
    code, _, errors = in_process("bless", "--check", cwd=tmp_path)
    assert code == 2
    assert "its scores are not those of its counts" in errors
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "model": "../../evil"}))
    code, _, errors = in_process("bless", run, cwd=tmp_path)
    assert code == 2
    assert "'../../evil' cannot name a file" in errors


def test_an_anchor_may_have_another_name(in_process: Main, tmp_path: Path) -> None:
    gold = gold_of(tmp_path / "gold", "A")
    full = predictions_of(tmp_path / "full.jsonl", (0, 2, "A"))
    run = score(in_process, tmp_path, gold, full, "run")
    assert in_process("bless", run, cwd=tmp_path)[0] == 0
    for path in (tmp_path / "results" / "baselines").iterdir():
        (tmp_path / path.name.replace("model", "RELEASE")).write_bytes(path.read_bytes())
    code, output, errors = in_process("gate", "--candidate", run, "--anchor", tmp_path / "RELEASE.json", cwd=tmp_path)
    assert code == 0, errors
    assert "RELEASE.json (anchor)" in " ".join(output.split())
