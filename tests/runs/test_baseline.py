"""Blessed baselines: what is written is what is read, and damage is named with file and line."""

import hashlib
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from harness.annotation import Annotations, Mention, UnalignedMention
from harness.backends.fingerprint import Fingerprint
from harness.corpus.gold import GoldSource
from harness.errors import FileError, HarnessError
from harness.runs.baseline import (
    REMEDY,
    Baseline,
    find_baselines,
    part_of,
    portable,
    read_baseline,
    write_baseline,
)
from harness.runs.record import RunRecord
from harness.runs.stored import find_stored
from harness.scoring.counting import count_documents
from harness.scoring.measures import Row
from harness.scoring.table import Column, CountTable
from tests.comparison.cases import gold_record, record_of, table_of
from tests.scoring.cases import LABELS, Corpus, corpora, documents_of, in_two_sizes, view_of

TABLE = table_of(A=[(2, 3, 1), (0, 0, 0), (4, 4, 4)], B=[(1, 1, 0), (0, 2, 0), (0, 0, 0)])
ANSWERS = {
    "r0": Annotations(
        "r0",
        (Mention(0, 4, "A", confidence=0.25), Mention(0, 9, "B", "T1", 1.0, ((0, 2), (5, 9)))),
        (UnalignedMention("Кyiv “🔥”\nnew line", "A", 0.1), UnalignedMention("", "B")),
    ),
    "r2": Annotations("r2"),
}
SCORES = (Row("mentions", "strict", "fine", "all", "micro", 7, 10, 5, 5, 0.5, 5 / 7, 10 / 17, None, 0.75, reports=3),)


def record(**changes: object) -> RunRecord:
    return msgspec.structs.replace(record_of("model", gold_record(TABLE.reports)), **changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A baseline called model.json with its two other files."""
    place = tmp_path / "baselines" / "model.json"
    write_baseline(place, record(), TABLE, ANSWERS, SCORES)
    return place


# --- round trips ---


def test_a_baseline_is_read_as_it_was_written(path: Path) -> None:
    found = read_baseline(path)
    assert found.table() == TABLE
    assert found.predictions() == ANSWERS
    assert found.content.scores == SCORES
    assert found.record == portable(record())
    found.check()


def test_three_files_and_one_line_a_report(path: Path) -> None:
    names = [one.name for one in sorted(path.parent.iterdir())]
    assert names == ["model.counts.jsonl", "model.json", "model.predictions.jsonl"]
    counts, predictions = (part_of(path, part).read_text().splitlines() for part in ("counts", "predictions"))
    assert [json.loads(line)["report"] for line in counts] == ["r0", "r1", "r2"]
    assert [json.loads(line)["report"] for line in predictions] == ["r0", "r2"]
    of_a = json.loads(counts[0])["counts"]["mentions"]["fine"]["A"]
    assert of_a == {"gold": 2, "predicted": 3, "strict_correct": 1}  # zeros are left out
    assert json.loads(counts[1]) == {"report": "r1", "counts": {"mentions": {"fine": {"B": {"predicted": 2}}}}}
    assert '"gold":2,' in counts[0]  # whole numbers are written so


def test_writing_again_gives_the_same_bytes(path: Path) -> None:
    before = {one.name: one.read_bytes() for one in path.parent.iterdir()}
    found = read_baseline(path)
    write_baseline(path, found.record, found.table(), found.predictions(), found.content.scores)
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == before


@pytest.mark.parametrize("value", [0.5, 1 / 3, 1e-9, 2.0**53, 123456.75])
def test_numbers_that_are_not_whole(tmp_path: Path, value: float) -> None:
    table = table_of(A=[(value, 1, 1)])
    answers = {"r0": ANSWERS["r0"]}
    found = write_baseline(tmp_path / "m.json", record(gold=gold_record(table.reports)), table, answers, ())
    assert found.table().values[0, 0] == value
    assert found.table() == table


def test_slices_of_mentions_are_not_kept(tmp_path: Path) -> None:
    part = CountTable(TABLE.reports, (Column("mentions", "fine", "A", "gold", "length=1"),), np.ones((3, 1)))
    assert write_baseline(tmp_path / "m.json", record(), TABLE.beside(part), {}, ()).table() == TABLE


def test_several_views_with_other_labels(tmp_path: Path) -> None:
    both = TABLE.beside(table_of("coarse", C=[(1, 1, 1)] * 3))
    assert write_baseline(tmp_path / "m.json", record(), both, {}, ()).table() == both


@in_two_sizes(corpora(most=6), quick=10, slow=100)
def test_counts_of_any_corpus_are_kept(corpus: Corpus) -> None:
    import tempfile

    documents, answers = documents_of(corpus)
    table = count_documents(documents, answers, [view_of(LABELS)], frozenset())
    with tempfile.TemporaryDirectory() as folder:
        made = record(gold=gold_record(table.reports))
        found = write_baseline(Path(folder) / "m.json", made, table, answers, ())
        assert set(found.table().columns) == set(table.columns)  # label by label, whatever their order was
        assert found.table().like(table) == table
        assert found.predictions() == answers


confidences = st.none() | st.floats(0, 1)
unaligned = st.builds(UnalignedMention, st.text(max_size=8), st.sampled_from("AB"), confidences)
mentions = st.builds(
    lambda start, length, label, confidence: Mention(start, start + length, label, confidence=confidence),
    st.integers(0, 2**40),
    st.integers(1, 9),
    st.sampled_from(["A", "Ü b", "<&>"]),
    confidences,
)


@in_two_sizes(st.lists(mentions, max_size=4), st.lists(unaligned, max_size=3), quick=25, slow=300)
def test_any_prediction_is_kept(found: list[Mention], lost: list[UnalignedMention]) -> None:
    import tempfile

    answer = {"r0": Annotations("r0", tuple(found), tuple(lost))}
    with tempfile.TemporaryDirectory() as folder:
        baseline = write_baseline(Path(folder) / "m.json", record(), TABLE, answer, ())
        assert baseline.predictions() == answer


# --- where they lie ---


def test_what_a_path_stands_for(path: Path) -> None:
    other = path.with_name("another.json")
    other.write_text("{}")
    assert find_baselines(path.parent) == [other, path]
    assert find_baselines(path) == [path]
    assert find_baselines(part_of(path, "counts")) == []
    assert find_baselines(path.with_name("none.json")) == []
    assert part_of(Path("a.b.json"), "counts") == Path("a.b.counts.jsonl")


def test_a_baseline_is_a_stored_run(path: Path) -> None:
    for place in (path, path.parent):
        (found,) = find_stored([place])
        assert isinstance(found, Baseline)
        assert found.table() == TABLE


# --- damage ---


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def blessed_so(path: Path, part: str) -> None:
    """Make MODEL.json say that the part was blessed as it is now."""
    content = json.loads(path.read_text())
    beside = part_of(path, part)
    content["sha256"][beside.name.split(".")[-2]] = hashlib.sha256(beside.read_bytes()).hexdigest()
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("part", ["counts", "predictions"])
@pytest.mark.parametrize("damage", ["edited", "gone", "truncated", "line ends"])
def test_a_part_that_is_not_as_it_was_blessed(path: Path, part: str, damage: str) -> None:
    beside = part_of(path, part)
    if damage == "gone":
        beside.unlink()
    elif damage == "edited":
        edit(beside, '"A"', '"B"')
    elif damage == "line ends":
        beside.write_bytes(beside.read_bytes().replace(b"\n", b"\r\n"))
    else:
        beside.write_text(beside.read_text()[:-2])
    expected = "no such file" if damage == "gone" else "is not the file that model.json was blessed with"
    found = read_baseline(path)  # the parts are looked at when they are asked for
    reading = found.table if part == "counts" else found.predictions
    for look in (reading, found.check):
        with pytest.raises(FileError) as caught:
            look()
        assert caught.value.message == f"{beside}: {expected}"
        assert caught.value.remedy == ("Check the path." if damage == "gone" else REMEDY)


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        (
            "counts",
            '{"report":"r1"',
            '{"report":1',
            "2: cannot read the line: Expected `str`, got `int` - at `$.report`",
        ),
        (
            "counts",
            '"gold":2',
            '"golden":2',
            "1: counts Column(layer='mentions', view='fine', label='A', counter='golden",
        ),
        ("counts", '"predicted":2', '"predicted":"2"', "2: cannot read the line: Expected `float`, got `str`"),
        (
            "predictions",
            '"confidence":0.25',
            '"confidence":25',
            "1: cannot read the line: confidence 25.0 lies outside",
        ),
        ("predictions", '{"report":"r2"}', '{"report":"r0"}', "2: report 'r0' already stands in line 1"),
        ("predictions", '{"report":"r2"}', '{"report":"r2"', "2: cannot read the line: Input data was truncated"),
    ],
)
def test_a_faulty_line_is_named(path: Path, part: str, old: str, new: str, message: str) -> None:
    beside = part_of(path, part)
    edit(beside, old, new)
    blessed_so(path, part)
    found = read_baseline(path)
    with pytest.raises(FileError) as caught:
        found.table() if part == "counts" else found.predictions()
    assert caught.value.message.startswith(f"{beside}:{message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read: Input data was truncated"),
        ("[]", "cannot be read: Expected `object`, got `array`"),
        ('{"kind": "run"}', "cannot be read: Invalid enum value 'run' - at `$.kind`"),
    ],
)
def test_what_is_no_baseline(path: Path, content: str, message: str) -> None:
    path.write_text(content)
    with pytest.raises(FileError) as caught:
        read_baseline(path)
    assert (caught.value.message, caught.value.remedy) == (f"{path}: {message}", REMEDY)


def test_newer_ones_and_those_without_scores_are_refused(path: Path) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "schema": 2}))
    with pytest.raises(FileError, match=r"was written by a newer harness \(schema 2\)"):
        read_baseline(path)
    path.write_text(json.dumps({**content, "record": {**content["record"], "gold": None}}))
    with pytest.raises(FileError, match="holds the record of a run without scores"):
        read_baseline(path)
    path.unlink()
    with pytest.raises(FileError, match="no such file"):
        read_baseline(path)


def test_a_report_that_stands_twice_in_the_counts_is_named(path: Path) -> None:
    beside = part_of(path, "counts")
    lines = beside.read_text().splitlines()
    beside.write_text("\n".join([*lines, lines[0], ""]))
    blessed_so(path, "counts")
    with pytest.raises(HarnessError, match="4: report 'r0' stands twice"):
        read_baseline(path).table()


# --- portable ---


def source(path: Path, conf: Path | None = None) -> GoldSource:
    return GoldSource(path, "mine", annotation_conf=conf)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("{here}/gold", "gold"),
        ("{here}/data/../gold", "gold"),
        ("gold", "gold"),
        ("./gold/mine", "gold/mine"),
        ("{here}", "."),
        ("/home/somebody/secret/gold", "gold"),
        ("../outside/gold", "gold"),
    ],
)
def test_paths_below_the_current_folder_become_relative_and_others_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    place = given.format(here=here)
    gold = msgspec.structs.replace(
        gold_record(["r0"]), path=place, source=source(Path(place), Path(place) / "annotation.conf")
    )
    made = portable(record(gold=gold))
    assert made.gold is not None
    assert made.gold.source is not None
    assert made.gold.path == str(made.gold.source.path) == kept
    conf = made.gold.source.annotation_conf
    inside = not given.startswith(("/home", ".."))
    assert conf == (Path(kept) / "annotation.conf" if inside else Path("annotation.conf"))


def test_no_path_of_the_machine_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "home" / "somebody"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    gold = msgspec.structs.replace(
        gold_record(TABLE.reports), path=str(here / "gold"), source=source(here / "gold", Path("/opt/labels.conf"))
    )
    config = {
        "model": {"name": "model", "args": {"lexicon": str(here / "lexicon")}},
        "gold": {"path": str(here / "gold")},
        "scoring": {"trims": False},
        "hydra": {"run": {"dir": str(here)}},
    }
    known = Fingerprint("d", "B", "s", {"lexicon": "lexicon"}, {}, {}, {})
    made = write_baseline(here / "b" / "m.json", record(gold=gold, config=config, fingerprint=known), TABLE, {}, ())
    assert "somebody" not in (here / "b" / "m.json").read_text()
    assert "/opt" not in (here / "b" / "m.json").read_text()
    args = {"lexicon": "lexicon"}
    assert made.record.config == {"model": {"name": "model", "args": args}, "scoring": {"trims": False}}


def test_what_is_portable_stays_so() -> None:
    once = portable(record(gold=msgspec.structs.replace(gold_record(["r0"]), source=source(Path("/x/gold")))))
    assert portable(once) == once
