"""Scores side by side and their differences: intervals, p-values, and what could have been seen.

Every contender is resampled alike (`harness.statistics.bootstrap`), so that differences are paired. The family of tests
over which p-values are adjusted is one table: all its pairs, or all its pairs with the reference, and all its rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

import msgspec
import numpy as np

from harness.comparison.contenders import Contender, stacked
from harness.errors import ConfigurationError
from harness.scoring.matches import MATCHES, STRICT
from harness.scoring.measures import ALL, AVERAGES, EMITTED, FEW_REPORTS, MICRO, Row, Scoresheet
from harness.scoring.table import MENTIONS, CountTable, Floats
from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import Flags, bca_interval, percentile_interval, standard_deviation
from harness.statistics.multiplicity import holm
from harness.statistics.power import detectable_difference, units_needed
from harness.statistics.randomisation import randomisation_test

POINTS = (1, 2, 3, 5)
"""For which differences it is told how many reports would show them, in points of F1."""
PERCENTILE, BCA = "percentile", "bca"


@dataclass(frozen=True)
class Options:
    """How runs are compared.

    `match` and `label` (a label, micro, macro or weighted) name the measure, whose F1 is compared. `by_label` and
    `by_slice` ask for more rows. `reference`: the contender with which the others are compared; "" for all pairs.
    `cluster`: the slicing of reports whose slices are resampled as wholes, such as "conflict"; "" for reports.
    """

    match: str = STRICT.name
    label: str = MICRO
    by_label: bool = False
    by_slice: bool = False
    reference: str = ""
    interval: str = PERCENTILE
    confidence: float = 0.95
    resampling: Resampling = field(default_factory=Resampling)
    cluster: str = ""

    def __post_init__(self) -> None:
        for name, value, choices in (
            ("match", self.match, [match.name for match in MATCHES]),
            ("interval", self.interval, [PERCENTILE, BCA]),
        ):
            if value not in choices:
                raise ConfigurationError(f"there is no {name} {value!r}", f"Choose {', '.join(choices)}.")
        if self.by_slice and self.match != STRICT.name:
            raise ConfigurationError(f"slices have no {self.match} scores", "Leave --match or --by slice out.")
        if self.resampling.seed < 0:
            raise ConfigurationError(f"the seed is {self.resampling.seed}", "It is 0 or more.")
        if not 0 < self.confidence < 1:
            raise ConfigurationError(f"the confidence is {self.confidence}", "It lies between 0 and 1, such as 0.95.")
        if not 100 <= self.resampling.resamples <= 1_000_000:
            raise ConfigurationError(
                f"{self.resampling.resamples} resamples", "From 100 to 1,000,000; 10,000 is the default."
            )


class Difference(msgspec.Struct, frozen=True):
    """F1 of `model` minus F1 of `reference`, in shares of 1.

    `p` is that of approximate randomisation, `p_adjusted` Holm's over the `family` tests of one table. `spread` is the
    standard deviation of the difference times the root of the number of units. `detectable` is the difference that
    would be found with a chance of 80 % at the strictest step of Holm's procedure, and `needed` how many reports (or
    clusters) it takes to find 1, 2, 3 and 5 points so.
    """

    model: str
    reference: str
    view: str
    match: str
    label: str
    slice: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None = None
    family: int = 1
    units: int = 0
    spread: float | None = None
    detectable: float | None = None
    needed: Mapping[int, int] = {}
    corrected: bool = False

    def is_real(self, alpha: float) -> bool:
        """Whether the test rejects that there is no difference."""
        return self.p_adjusted is not None and self.p_adjusted <= alpha


@dataclass(frozen=True, eq=False)
class Standing:
    """The scores of one contender: rows as in scores.json, that of the measure itself first.

    `emitted` is the micro F1 over the labels that it can emit. `corrected` tells which intervals are BCa.
    """

    name: str
    rows: tuple[Row, ...]
    corrected: tuple[bool, ...]
    emitted: float | None


@dataclass(frozen=True, eq=False)
class ViewComparison:
    """All that is said in one view. `units` is the number of reports, or clusters, that were resampled."""

    view: str
    units: int
    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]

    def of_measure(self, options: Options) -> list[Difference]:
        """The differences in the measure itself, not those by label or slice."""
        return [one for one in self.differences if (one.label, one.slice) == (options.label, "")]


def compare_in_view(
    view: str,
    contenders: Sequence[Contender],
    options: Options,
    slices: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> ViewComparison:
    """Compare contenders in a view that all of them have. `slices` are the ids of the reports in each slice of reports.

    ConfigurationError for a measure, a reference or a cluster that there is not.
    """
    layout = shared_layout([contender.table for contender in contenders], view, sliced=options.by_slice)
    chosen_slices = slices if options.by_slice else {}
    clusters = clusters_of(layout.reports, slices, options.cluster)
    entrants = [_Entrant(contender, layout, view, options, chosen_slices, clusters) for contender in contenders]
    rows = _Rows(entrants[0].sheet, options, view)
    for entrant in entrants:
        entrant.chosen = rows.chosen
    samples = resample([one.sums for one in entrants], [one.f1 for one in entrants], options.resampling)
    units = entrants[0].means.shape[0]
    standings = tuple(one.standing(own, options) for one, own in zip(entrants, samples, strict=True))
    differences: list[Difference] = []
    if units > 1:
        for number, reference in _pairs([one.name for one in contenders], options.reference):
            pair = _Pair(entrants[number], entrants[reference], samples[number] - samples[reference], options)
            differences += pair.differences(view, units)
    return ViewComparison(view, units, standings, tuple(rows.adjusted(differences, options)))


class _Rows:
    """Which rows of a sheet are compared, and which of them are one family of tests."""

    def __init__(self, sheet: Scoresheet, options: Options, view: str) -> None:
        keys = sheet.keys
        measure = [number for number, key in enumerate(keys) if key == (options.label, "")]
        if not measure:
            labels = ", ".join(dict.fromkeys(label for label, part in keys if not part))
            problem = f"there is no {options.match} score of {options.label!r} in the view {view}"
            raise ConfigurationError(problem, f"Choose one of {labels}." if labels else "Choose another match.")
        average = options.label if options.label in AVERAGES else MICRO
        by_label = [
            n for n, (label, part) in enumerate(keys) if not part and label not in AVERAGES and n not in measure
        ]
        by_slice = [n for n, (label, part) in enumerate(keys) if part and label == average]
        families = [measure, by_label if options.by_label else [], by_slice if options.by_slice else []]
        self.chosen = np.array([number for family in families for number in family], dtype=np.intp)
        self._family = {keys[number]: place for place, family in enumerate(families) for number in family}

    def adjusted(self, differences: Sequence[Difference], options: Options) -> Iterator[Difference]:
        """The differences with what depends on how many tests stand in one table."""
        families: dict[int, list[int]] = {}
        for number, one in enumerate(differences):
            families.setdefault(self._family[one.label, one.slice], []).append(number)
        adjusted = np.full(len(differences), np.nan)
        sizes = np.zeros(len(differences), dtype=np.int64)
        for members in families.values():
            p_values = np.array([np.nan if differences[n].p is None else differences[n].p for n in members])
            adjusted[members] = holm(p_values)
            sizes[members] = (~np.isnan(p_values)).sum()
        for one, p_adjusted, size in zip(differences, adjusted.tolist(), sizes.tolist(), strict=True):
            yield _with_power(one, _number(p_adjusted), size, (1 - options.confidence) / max(size, 1))


class _Entrant:
    """A contender as arrays, in the columns that all of them share."""

    def __init__(
        self,
        contender: Contender,
        layout: CountTable,
        view: str,
        options: Options,
        slices: Mapping[str, Sequence[str]],
        clusters: Sequence[Sequence[int]],
    ) -> None:
        self.name = contender.name
        match = next(match for match in MATCHES if match.name == options.match)
        tables = [table.like(layout).with_slices(slices, match.counters) for table in contender.tables]
        mean = CountTable(layout.reports, tables[0].columns, np.mean([table.values for table in tables], axis=0))
        self._sizes = {name: len(reports) for name, reports in slices.items()}
        self.sheet = Scoresheet(mean, {view: ()}, (match,), scopes=(ALL,), slices=self._sizes)
        self.sums = self.sheet.sums(stacked(tables, clusters))
        self.means = self.sums.mean(axis=0) if self.sums.ndim == 3 else self.sums
        self.chosen = np.arange(self.sheet.size)
        declared = contender.view(view)
        emitted = Scoresheet(
            mean.unsliced(), {view: declared.emitted if declared else ()}, (match,), by_label=False, scopes=(EMITTED,)
        )
        self._emitted = _number(emitted.estimates[2, 0]) if emitted.size else None

    def f1(self, sums: Floats) -> Floats:
        """F1 of the rows that are compared, of shape (n, rows)."""
        f1: Floats = self.sheet.f1(sums)[:, self.chosen]
        return f1

    def size_of(self, part: str, units: int) -> int:
        """How many reports a slice of reports has; otherwise `units`."""
        return self._sizes.get(part, units)

    @property
    def few(self) -> Flags:
        """Which of the rows that are compared are of a slice of so few reports that they cannot be resampled."""
        parts = [self.sheet.keys[number][1] for number in self.chosen]
        return np.array([part in self._sizes and self._sizes[part] < FEW_REPORTS for part in parts], dtype=bool)

    @property
    def estimate(self) -> Floats:
        """F1 of everything, of shape (rows,)."""
        estimate: Floats = self.f1(self.means.sum(axis=0, keepdims=True))[0]
        return estimate

    @property
    def left_out(self) -> Floats:
        """F1 without each of the units, of shape (units, rows)."""
        return self.f1(self.means.sum(axis=0) - self.means)

    def standing(self, samples: Floats, options: Options) -> Standing:
        """The rows that are compared, with intervals."""
        low, high = np.full(self.sheet.size, np.nan), np.full(self.sheet.size, np.nan)
        bounds = _interval(samples, self.estimate, self.left_out, options)
        corrected = bounds[2]
        if len(self.means) > 1:
            low[self.chosen], high[self.chosen] = bounds[:2]
        rows = self.sheet.rows(low, high)
        return Standing(self.name, tuple(rows[n] for n in self.chosen), tuple(corrected.tolist()), self._emitted)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two contenders, and the differences of their samples, of shape (resamples, rows)."""

    first: _Entrant
    second: _Entrant
    samples: Floats
    options: Options

    def differences(self, view: str, units: int) -> Iterator[Difference]:
        """One a row, not yet adjusted for the others."""
        estimate = self.first.estimate - self.second.estimate
        left_out = self.first.left_out - self.second.left_out
        low, high, corrected = _interval(self.samples, estimate, left_out, self.options)
        p_values = randomisation_test(self.first.means, self.second.means, self.first.f1, self.options.resampling)
        spread = standard_deviation(self.samples) * np.sqrt(units)
        few = self.first.few
        for values in (low, high, p_values, spread):
            values[few] = np.nan
        keys = self.first.sheet.keys
        for place, number in enumerate(self.first.chosen.tolist()):
            label, part = keys[number]
            yield Difference(
                model=self.first.name,
                reference=self.second.name,
                view=view,
                match=self.options.match,
                label=label,
                slice=part,
                difference=_number(estimate[place]),
                low=_number(low[place]),
                high=_number(high[place]),
                p=_number(p_values[place]),
                units=self.first.size_of(part, units),
                spread=_number(spread[place]),
                corrected=bool(corrected[place]),
            )


def _interval(samples: Floats, estimate: Floats, left_out: Floats, options: Options) -> tuple[Floats, Floats, Flags]:
    if options.interval == BCA:
        return bca_interval(samples, estimate, left_out, options.confidence)
    low, high = percentile_interval(samples, options.confidence)
    return low, high, np.zeros(low.shape, dtype=bool)


def _with_power(one: Difference, p_adjusted: float | None, family: int, alpha: float) -> Difference:
    detectable, needed = None, {}
    if one.spread and not one.slice:
        detectable = detectable_difference(one.spread, one.units, alpha)
        needed = {points: units_needed(one.spread, points / 100, alpha) for points in POINTS}
    return msgspec.structs.replace(one, p_adjusted=p_adjusted, family=family, detectable=detectable, needed=needed)


def _pairs(names: Sequence[str], reference: str) -> list[tuple[int, int]]:
    """Which contender is compared with which, by number: all pairs, or all with the reference."""
    if not reference:
        return [(second, first) for first, second in combinations(range(len(names)), 2)]
    if reference not in names:
        raise ConfigurationError(f"there is no contender {reference!r}", f"Choose one of {', '.join(names)}.")
    chosen = names.index(reference)
    return [(number, chosen) for number in range(len(names)) if number != chosen]


def shared_layout(tables: Sequence[CountTable], view: str, *, sliced: bool) -> CountTable:
    """An empty table with the columns of a view in any of `tables`; slices of mentions only if all are divided so."""
    slicings = [{column.slice.partition("=")[0] for column in table.columns} for table in tables]
    shared = set.intersection(*slicings) if sliced else {""}
    columns = dict.fromkeys(
        column
        for table in tables
        for column in table.columns
        if (column.layer, column.view) == (MENTIONS, view) and column.slice.partition("=")[0] in shared
    )
    reports = tables[0].reports
    return CountTable(reports, tuple(columns), np.zeros((len(reports), len(columns))))


def clusters_of(reports: Sequence[str], slices: Mapping[str, Sequence[str]], name: str) -> list[list[int]]:
    """The row numbers of each cluster of reports; none if reports are resampled one by one.

    A report in no slice of that name is a cluster by itself.
    """
    if not name:
        return []
    numbers = {report: number for number, report in enumerate(reports)}
    members = [own for part, own in slices.items() if part.partition("=")[0] == name]
    if not members:
        known = ", ".join(dict.fromkeys(part.partition("=")[0] for part in slices)) or "none"
        raise ConfigurationError(f"the runs have no slices of reports called {name!r}", f"There are: {known}.")
    found = [[numbers[report] for report in own if report in numbers] for own in members]
    inside = {number for own in found for number in own}
    return [own for own in found if own] + [[n] for n in range(len(reports)) if n not in inside]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
