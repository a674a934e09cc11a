"""The verb `bless`: makes runs the baselines that later ones are measured by, and keeps the leaderboard."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.comparison.align import Scored, align, find_gold, scoring_of
from harness.comparison.compare import compare_by_texts, compare_runs
from harness.comparison.differences import Options
from harness.corpus.document import Gold
from harness.errors import ExitCode, FileError, InputError, NotComparableError
from harness.files import display_path, read_text, write_text
from harness.gate.changes import BROKEN, FIXED, changes
from harness.runs.assess import intervals_of
from harness.runs.baseline import Baseline, find_baselines, read_baseline, write_baseline
from harness.runs.record import RunRecord
from harness.runs.stored import RunDirectory, Stored, find_stored
from harness.scoring.counting import SCORER_VERSION
from harness.scoring.matches import STRICT
from harness.scoring.measures import ALL, MICRO, Row, Scoresheet
from harness.tables.comparison import comparison_page
from harness.tables.render import to_markdown

BASELINES = Path("results/baselines")
LEADERBOARD = "LEADERBOARD.md"
PREFACE = """\
# Leaderboard

The blessed baselines of `{folder}`, compared by `python -m harness bless`; a check in CI fails where it is stale.
"""


def bless(paths: Sequence[Path], folder: Path) -> int:
    """Make the runs in `paths` the baselines of their models, tell what changed, and renew the leaderboard.

    InputError for a run on which reports failed, or for two runs of one model.
    """
    runs = find_stored(paths)
    models = [run.record.model for run in runs]
    for run in runs:
        _refuse(run)
        if models.count(run.record.model) > 1:
            raise InputError(f"there are {models.count(run.record.model)} runs of {run.record.model}", "Name one.")
    for run in runs:
        path = folder / f"{run.record.model}.json"
        gold = _gold(run)
        (scored,) = align([run], run, gold=gold)
        told = _what_changed(path, scored, gold)
        _write(path, scored, gold)
        print(f"{display_path(path)}: {told}")
    _write_leaderboard(folder)
    return ExitCode.OK


def check(folder: Path) -> int:
    """Exit code 2 if the leaderboard is not what the baselines say, or a baseline is not what was blessed."""
    baselines = _all(folder)
    if not baselines:
        raise InputError(f"{folder} holds no baselines", "Bless a run: python -m harness bless RUN.")
    for baseline in baselines:
        baseline.check()
        gold = find_gold([baseline])
        (scored,) = align([baseline], baseline, gold=gold)
        if scored.remark or tuple(_scores(scored)) != baseline.content.scores:
            reason = scored.remark or "its scores are not those of its counts"
            raise FileError(baseline.place, f"is stale: {reason}", "Bless the run again: python -m harness bless RUN.")
    path = folder.parent / LEADERBOARD
    if not path.exists() or read_text(path) != leaderboard(folder):
        raise FileError(path, "is stale", "Bless the runs again: python -m harness bless RUN.")
    print(f"{len(baselines)} baselines and {display_path(path)} are as they were blessed")
    return ExitCode.OK


def leaderboard(folder: Path) -> str:
    """The content of LEADERBOARD.md: baselines on the same texts side by side, on the labels that the gold has now."""
    baselines: list[Stored] = list(_all(folder))
    pages = []
    for comparison in compare_by_texts(baselines, Options()):
        runs = [run.stored for contender in comparison.contenders for run in contender.runs]
        gold = _gold(runs[0])
        pages.append(comparison_page(comparison if gold is None else compare_runs(runs, Options(), gold=gold)))
    body = "\n".join(to_markdown(page, level=2) for page in pages)
    return f"{PREFACE.format(folder=display_path(folder))}\n{body}"


def _refuse(run: Stored) -> None:
    record = run.record
    if not isinstance(run, RunDirectory):
        raise InputError(f"{run.name} is a baseline already", "Name a run directory.")
    if record.gold is None:
        raise InputError(f"{run.name} was not scored: {record.error}", "Run it again.")
    if not re.fullmatch(r"[\w.+-]+", record.model):
        raise InputError(f"{record.model!r} cannot name a file", "Letters, digits, . _ + and - only.")
    if record.counts.failed:
        told = f"{record.model} failed on {record.counts.failed} of {record.counts.reports} reports"
        raise InputError(f"{run.name} cannot be blessed: {told}", "A baseline must be whole: mend the backend.")


def _gold(run: Stored) -> Gold | None:
    try:
        return find_gold([run])
    except NotComparableError:
        return None


def _write(path: Path, scored: Scored, gold: Gold | None) -> Baseline:
    record: RunRecord = msgspec.structs.replace(scored.record, views=scored.views, scorer_version=SCORER_VERSION)
    if gold is not None and record.gold is not None:
        renewed = msgspec.structs.replace(record.gold, label_hash=gold.label_hash, scored=record.gold.reports)
        record = msgspec.structs.replace(record, gold=renewed)
    return write_baseline(path, record, scored.table, scored.stored.predictions(), tuple(_scores(scored)))


def _scores(scored: Scored) -> list[Row]:
    table = scored.table.unsliced()
    sheet = Scoresheet(table, {view.name: view.emitted for view in scored.views}, (STRICT,), scopes=(ALL,))
    return sheet.rows(*intervals_of(sheet, table, scoring_of(scored.record)))


def _what_changed(path: Path, scored: Scored, gold: Gold | None) -> str:
    """In sentences: the score, and what is different from the baseline that lies at `path`, if there is one."""
    f1 = {row.view: row.f1 for row in _scores(scored) if row.label == MICRO}
    told = ", ".join(f"{view} {100 * value:.1f}" for view, value in f1.items() if value is not None)
    new = scored.record
    said = [f"blessed, micro strict F1 {told}."]
    if not path.exists():
        return " ".join([*said, "There was no baseline before."])
    try:
        old = read_baseline(path)
        old.check()
    except FileError as error:
        return " ".join([*said, f"The baseline before could not be read: {error.message}."])
    for name, before, after in (
        ("texts", old.record.gold and old.record.gold.text_hash, new.gold and new.gold.text_hash),
        ("labels of the gold", old.record.gold and old.record.gold.label_hash, new.gold and new.gold.label_hash),
        ("scorer", old.record.scorer_version, new.scorer_version),
        ("fingerprint", old.record.digest, new.digest),
    ):
        if before != after:
            said.append(f"Other {name} than before.")
    try:
        comparison = compare_runs([old, scored.stored], Options(), gold=gold)
    except NotComparableError:
        return " ".join(said)
    names = {f"{new.model} #1": "the old one", f"{new.model} #2": "the new one"}
    for one in comparison.sentences():
        for name, role in names.items():
            one = one.replace(name, role)
        said.append(one)
    if gold is not None:
        old_run = next(run for one in comparison.contenders for run in one.runs if run.stored is old)
        view = scored.views[0]
        old_view = next((one for one in old_run.views if one.name == view.name), view)
        answers = old.predictions(), scored.stored.predictions()
        found = changes(gold.documents, *answers, (old_view, view), gold.schema.ignore_zones)
        kinds = [change.kind for change in found]
        said.append(f"{kinds.count(BROKEN)} mentions broke, {kinds.count(FIXED)} were fixed.")
    return " ".join(said)


def _all(folder: Path) -> list[Baseline]:
    return [read_baseline(path) for path in find_baselines(folder)]


def _write_leaderboard(folder: Path) -> None:
    path = folder.parent / LEADERBOARD
    write_text(path, leaderboard(folder))
    print(f"{display_path(path)} renewed")
