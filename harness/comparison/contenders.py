"""Who is compared: runs by name, the repetitions of one model that is not deterministic taken together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.comparison.align import Scored
from harness.corpus.crosswalk import View
from harness.runs.record import RunRecord
from harness.scoring.table import CountTable, Floats


@dataclass(frozen=True, eq=False)
class Contender:
    """One row of a comparison: a run, or several repetitions of it (`execution.repeat`)."""

    name: str
    runs: tuple[Scored, ...]

    @property
    def record(self) -> RunRecord:
        """The record of the (first) run."""
        return self.runs[0].record

    @property
    def table(self) -> CountTable:
        """The counts of the (first) run: what its columns are."""
        return self.runs[0].table

    def view(self, name: str) -> View | None:
        """The view of that name, if it was scored in it."""
        return next((view for view in self.runs[0].views if view.name == name), None)

    @property
    def tables(self) -> list[CountTable]:
        """The counts of every repetition."""
        return [run.table for run in self.runs]


def contenders_of(runs: Sequence[Scored]) -> list[Contender]:
    """One contender a run; runs that only differ in their repeat index are one, and other namesakes are numbered."""
    groups: list[list[Scored]] = []
    for run in runs:
        for group in groups:
            if is_repeat([one.record for one in group], run.record):
                group.append(run)
                break
        else:
            groups.append([run])
    models = [group[0].record.model for group in groups]
    return [
        Contender(f"{model} #{models[: number + 1].count(model)}" if models.count(model) > 1 else model, tuple(group))
        for number, (model, group) in enumerate(zip(models, groups, strict=True))
    ]


def is_repeat(group: Sequence[RunRecord], run: RunRecord) -> bool:
    """Whether a run is one more repetition of those in a group: the same model and fingerprint, another index."""
    first = group[0]
    new = all(one.repeat != run.repeat for one in group)
    return new and (first.model, first.digest) == (run.model, run.digest)


def stacked(tables: Sequence[CountTable], clusters: Sequence[Sequence[int]] = ()) -> Floats:
    """Counts of shape (units, columns), or (repeats, units, columns) of several repetitions.

    Units are reports, or the sums of the reports whose row numbers stand together in `clusters`.
    """
    values = np.stack([table.values for table in tables])
    if clusters:
        values = np.stack([values[:, list(rows)].sum(axis=1) for rows in clusters], axis=1)
    return values if len(tables) > 1 else values[0]
