"""What a verdict rests on: the measure of candidate and baseline, its difference with bounds, and every label.

Pure arithmetic on count rows, so that the simulation (`harness.gate.simulate`) judges by the very code that a real
verdict uses.
"""

from dataclasses import dataclass

import numpy as np

from harness.comparison.contenders import stacked
from harness.configuration import GateConf
from harness.errors import ConfigurationError, NotComparableError
from harness.scoring.matches import MATCHES
from harness.scoring.measures import ALL, AVERAGES, Scoresheet
from harness.scoring.table import CountTable, Floats
from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import quantile
from harness.statistics.multiplicity import holm
from harness.statistics.power import detectable_difference, units_needed
from harness.statistics.randomisation import randomisation_test


@dataclass(frozen=True)
class LabelChange:
    """F1 of one label before and after, on `gold` gold mentions. `p` is one-sided and adjusted by Holm.

    It is None for a label that was not tested: with too little support, or where no label lost enough to matter.
    """

    label: str
    gold: int
    before: float | None
    after: float | None
    p: float | None = None

    @property
    def difference(self) -> float | None:
        """After minus before, a missing F1 counting as 0 where the label has gold; None where both are undefined."""
        if self.before is None and self.after is None:
            return None
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def lost_share(self) -> float:
        """Which share of its F1 it lost; 0 if it lost nothing."""
        if not self.before:
            return 0.0
        return max(0.0, 1 - (self.after or 0.0) / self.before)


@dataclass(frozen=True)
class Evidence:
    """The measure before and after, in shares of 1, and the one-sided bounds of their difference at `alpha` each.

    `spread` is the standard deviation of the difference times the root of the number of units, which are reports or
    clusters of them (`unit`). `p` is the one-sided p-value of a loss by approximate randomisation; None where the upper
    bound already says that there may be none.
    """

    measure: str
    before: float
    after: float
    lower: float
    upper: float
    spread: float
    units: int
    alpha: float
    labels: tuple[LabelChange, ...]
    p: float | None = None
    unit: str = "report"

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def detectable(self) -> float:
        """The loss that would be found with a chance of 80 %."""
        return detectable_difference(self.spread, self.units, self.alpha, sides=1)

    def units_for(self, loss: float) -> int:
        """How many units it takes to find a loss with a chance of 80 %; 2 where nothing varies."""
        return units_needed(self.spread, loss, self.alpha, sides=1)


class Weighing:
    """Weighs a candidate against a baseline: which rows of a scoresheet decide, and what else is looked at."""

    def __init__(self, baseline: CountTable, conf: GateConf, alpha: float) -> None:
        """`baseline` gives the columns and the gold. NotComparableError if it lacks the measure."""
        match = next((match for match in MATCHES if match.name == conf.match), None)
        if match is None:
            names = ", ".join(one.name for one in MATCHES)
            raise ConfigurationError(f"gate.match is {conf.match!r}", f"Choose {names}.")
        self._sheet = Scoresheet(baseline, {conf.view: ()}, (match,), scopes=(ALL,))
        keys = [label for label, _ in self._sheet.keys]
        if conf.label not in keys:
            raise NotComparableError(
                f"there is no {conf.match} F1 of {conf.label!r} in the view {conf.view!r}",
                f"Choose gate.view and gate.label; labels here: {', '.join(keys) or 'none'}.",
            )
        self.measure = f"{conf.label} {conf.match} F1 ({conf.view} labels)"
        self._row = keys.index(conf.label)
        self._labels = [number for number, label in enumerate(keys) if label not in AVERAGES]
        self._names = keys
        unknown = np.full(self._sheet.size, np.nan)
        self._gold = [row.gold for row in self._sheet.rows(unknown, unknown)]
        if not self._gold[self._row]:
            raise NotComparableError(f"the gold holds no mention for {self.measure}", "Choose gate.label or gate.view.")
        self._conf = conf
        self._alpha = alpha
        self._resampling = Resampling(conf.resamples, conf.seed)

    def sums(self, tables: list[CountTable], clusters: list[list[int]]) -> Floats:
        """What the measures are read from, of shape (units, sums) or (repeats, units, sums)."""
        return self._sheet.sums(stacked(tables, clusters))

    def samples(self, sums: Floats) -> Floats:
        """The measure of a system without repeats in every resample, of shape (resamples,)."""
        return resample([sums], [self._primary], self._resampling)[0]

    def weigh(self, before: Floats, after: Floats, known: Floats | None = None) -> Evidence:
        """The evidence of two systems, each given by its `sums`.

        `known` are the `samples` of `before`, where neither has repeats and the same baseline is weighed many times.
        """
        means = [one.mean(axis=0) if one.ndim == 3 else one for one in (before, after)]
        estimates = [self._sheet.f1(one.sum(axis=0, keepdims=True))[0] for one in means]
        if known is None:
            known, found = resample([before, after], [self._primary, self._primary], self._resampling)
        else:
            found = self.samples(after)
        difference = found - known
        defined = difference[~np.isnan(difference)]
        labels = [
            LabelChange(
                self._names[n], self._gold[n], *(None if np.isnan(one[n]) else float(one[n]) for one in estimates)
            )
            for n in self._labels
        ]
        return Evidence(
            self.measure,
            float(estimates[0][self._row]),
            float(estimates[1][self._row]),
            float(quantile(defined, self._alpha)),
            float(quantile(defined, 1 - self._alpha)),
            float(defined.std(ddof=1) * np.sqrt(len(means[0]))),
            len(means[0]),
            self._alpha,
            tuple(self._tested(labels, means)),
            self._p(means) if quantile(defined, 1 - self._alpha) < 0 else None,
            "cluster" if self._conf.cluster else "report",
        )

    def _primary(self, sums: Floats) -> Floats:
        primary: Floats = self._sheet.f1(sums)[:, self._row]
        return primary

    def _p(self, means: list[Floats]) -> float:
        return float(randomisation_test(means[1], means[0], self._primary, self._resampling, "less"))

    def _tested(self, labels: list[LabelChange], means: list[Floats]) -> list[LabelChange]:
        """The labels with p-values, if one of them has lost enough to matter; the family is all with support."""
        tested = [place for place, one in enumerate(labels) if one.gold >= self._conf.support]
        if not any(labels[place].lost_share >= self._conf.catastrophe for place in tested):
            return labels
        rows = [self._labels[place] for place in tested]
        p_values = randomisation_test(
            np.asarray(means[1]),
            np.asarray(means[0]),
            lambda sums: np.nan_to_num(self._sheet.f1(sums)[:, rows]),
            self._resampling,
            "less",
        )
        adjusted = dict(zip(tested, holm(p_values).tolist(), strict=True))
        return [
            LabelChange(one.label, one.gold, one.before, one.after, adjusted.get(place))
            for place, one in enumerate(labels)
        ]
