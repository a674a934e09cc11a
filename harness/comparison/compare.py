"""One comparison of several runs: who is better, by how much, and whether that can be told from noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.comparison.align import align, gold_of, scoring_of
from harness.comparison.contenders import Contender, contenders_of
from harness.comparison.differences import Difference, Options, ViewComparison, compare_in_view
from harness.corpus.document import Gold
from harness.errors import InputError
from harness.runs.record import GoldRecord, RunRecord
from harness.runs.stored import Stored
from harness.wording import p_value, percent, signed

DEFAULTS = Options()


@dataclass(frozen=True, eq=False)
class Comparison:
    """Everything that is said about runs side by side.

    `unscored` are runs that ended in an error. `remarks` say what was done to make the others comparable.
    """

    contenders: tuple[Contender, ...]
    unscored: tuple[Stored, ...]
    views: tuple[ViewComparison, ...]
    options: Options
    remarks: tuple[str, ...] = ()

    @property
    def gold(self) -> GoldRecord | None:
        """The gold of the runs; None if none was scored."""
        return self.contenders[0].record.gold if self.contenders else None

    def sentences(self) -> list[str]:
        """What the differences mean, in plain words: those in the measure, in the first view."""
        return [sentence(one, self.options) for view in self.views[:1] for one in view.of_measure(self.options)]

    def frontier(self) -> list[str]:
        """The contenders than which no other is both as good (in the first view) and as fast."""
        return [name for name, f1, rate in self._quality() if not _beaten(f1, rate, self._quality())]

    def _quality(self) -> list[tuple[str, float, float]]:
        found = []
        for view in self.views[:1]:
            speeds = {one.name: _rate(one.record) for one in self.contenders}
            for standing in view.standings:
                f1, rate = standing.rows[0].f1, speeds[standing.name]
                if f1 is not None and rate is not None:
                    found.append((standing.name, f1, rate))
        return found


def compare_runs(
    runs: Sequence[Stored],
    options: Options = DEFAULTS,
    *,
    gold: Gold | None = None,
    gold_path: Path | None = None,
) -> Comparison:
    """Compare finished runs and baselines. The labels and crosswalks of the run that finished last hold for all.

    With `gold`, its labels hold. NotComparableError if the runs were made on other texts. InputError for no run.
    """
    if not runs:
        raise InputError("there is nothing to compare", "Name run directories, sweeps or baselines.")
    scored = [run for run in runs if run.record.gold is not None]
    unscored = tuple(run for run in runs if run.record.gold is None)
    if not scored:
        return Comparison((), unscored, (), options)
    lead = max(scored, key=lambda run: run.record.finished)
    aligned = align(scored, lead, gold=gold, gold_path=gold_path)
    contenders = contenders_of(aligned)
    whole = [run for run in scored if gold_of(run.record).scored == gold_of(run.record).reports] or [lead]
    slices = gold_of(max(whole, key=lambda run: run.record.finished).record).slices
    names = dict.fromkeys(view.name for run in aligned for view in run.views)
    views = [
        compare_in_view(
            name, [one for one in contenders if one.view(name)], _options_of(options, name, contenders), slices
        )
        for name in names
    ]
    remarks = [f"{contender.name}: {run.remark}" for contender in contenders for run in contender.runs if run.remark]
    if len({scoring_of(run.record).trims for run in aligned}) > 1:
        remarks.append("scoring.trims is not the same in all runs: they are compared as they were scored")
    return Comparison(tuple(contenders), unscored, tuple(views), options, tuple(dict.fromkeys(remarks)))


def compare_by_texts(runs: Sequence[Stored], options: Options) -> list[Comparison]:
    """One comparison for each set of runs on the same texts; runs that could not be scored belong to the first."""
    hashes = [run.record.gold.text_hash if run.record.gold else "" for run in runs]
    first = next((one for one in hashes if one), "")
    groups: dict[str, list[Stored]] = {}
    for run, text_hash in zip(runs, hashes, strict=True):
        groups.setdefault(text_hash or first, []).append(run)
    return [compare_runs(group, options) for group in groups.values()]


def _options_of(options: Options, view: str, contenders: Sequence[Contender]) -> Options:
    """The options in a view; all pairs where the reference lacks it."""
    names = [one.name for one in contenders]
    if options.reference in names and not contenders[names.index(options.reference)].view(view):
        return Options(**{**vars(options), "reference": ""})
    return options


def sentence(one: Difference, options: Options) -> str:
    """What a difference means, in plain words."""
    unit = "clusters" if options.cluster else "reports"
    where = f"on {one.units} {unit}"
    if one.difference is None or one.low is None or one.high is None:
        return f"{one.model} and {one.reference} cannot be compared {where}: nothing was found, or there is no gold."
    told = f"{signed(one.difference)} points, {signed(one.low)} to {signed(one.high)}"
    if one.is_real(1 - options.confidence):
        better, other = (one.model, one.reference) if one.difference > 0 else (one.reference, one.model)
        low, high = (one.low, one.high) if one.difference > 0 else (-one.high, -one.low)
        bounds = f"{percent(low)} to {percent(high)}; adjusted p {p_value(one.p_adjusted)}"
        return f"{better} is better than {other} {where}: by {percent(abs(one.difference))} points ({bounds})."
    if one.difference == one.low == one.high == 0:
        return f"{one.model} and {one.reference} do not differ on any of {one.units} {unit}."
    takes = f"; to detect 2 points at this variance takes {one.needed[2]:,}" if one.needed else ""
    return f"{one.model} and {one.reference} cannot be told apart {where} ({told}){takes}."


def _rate(record: RunRecord) -> float | None:
    return record.speed.reports_per_second if record.speed else None


def _beaten(f1: float, rate: float, others: Sequence[tuple[str, float, float]]) -> bool:
    return any(other >= f1 and speed >= rate and (other, speed) != (f1, rate) for _, other, speed in others)
