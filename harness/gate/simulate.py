"""How often the gate is wrong, on the gold and the baselines at hand.

A candidate is made from the baseline by churn: mentions that were found break, others are fixed. What happens to a
mention happens to all mentions of that name with that label in that report, as real changes of a model do. Without a
loss as many are expected to be fixed as to break, in the same ways, so that every failure is a false alarm. Each
candidate is judged by the very code that judges real ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from harness.annotation import Annotations
from harness.comparison.align import Scored
from harness.comparison.differences import shared_layout
from harness.configuration import GateConf
from harness.corpus.document import Gold
from harness.errors import ConfigurationError
from harness.gate.evidence import Weighing
from harness.gate.rules import Answer, decide, rules_of
from harness.scoring.gather import gather
from harness.scoring.matches import STRICT
from harness.scoring.matching import match
from harness.scoring.measures import MICRO
from harness.scoring.mentions import GOLD, PREDICTED, STRICT_CORRECT
from harness.scoring.slices import surface
from harness.scoring.table import MENTIONS, CountTable

CHURNS = (0.01, 0.05, 0.10)
"""Shares of the gold mentions whose outcome changes."""
LOSSES = (1.0, 2.0, 3.0, 5.0)
"""Points of F1 that a candidate loses, on top of the middle churn."""
LEAST_SIMULATIONS = 100
Ints = npt.NDArray[np.int64]


class Row(msgspec.Struct, frozen=True):
    """How often simulated candidates failed, passed, or were neither. `loss` is in points of F1, 0: no real change."""

    baseline: str
    churn: float
    loss: float
    simulations: int
    failed: int
    passed: int
    changed: float
    """How many mentions changed, in the mean."""
    difference: float
    """What F1 changed by, in the mean and in shares of 1: 0 without a loss, the loss where the baseline has so much."""

    @property
    def failing(self) -> float:
        """The share that failed."""
        return self.failed / self.simulations

    @property
    def standard_error(self) -> float:
        """Of the share that failed."""
        return float(np.sqrt(self.failing * (1 - self.failing) / self.simulations))


@dataclass(frozen=True)
class _Mentions:
    """The mentions of a baseline: arrays over gold mentions, and over predictions that stand for none.

    `cell` numbers the place of a report and a label in the count table; `group` is the same for the mentions of one
    name; `partner` tells which mentions that were not found have a prediction with other span or label.
    """

    cell: Ints
    group: Ints
    found: npt.NDArray[np.bool_]
    partner: npt.NDArray[np.bool_]
    spurious: Ints


def simulate(
    baseline: Scored,
    gold: Gold,
    conf: GateConf,
    simulations: int = 2000,
    seed: int = 13,
    losses: Sequence[float] = LOSSES,
) -> Iterator[Row]:
    """One row for every churn without a loss, then one for every loss. ConfigurationError for a match but strict."""
    if (conf.match, conf.label, conf.cluster) != (STRICT.name, MICRO, ""):
        raise ConfigurationError(
            "only strict micro F1 over reports can be simulated", "Leave gate.match, gate.label and gate.cluster out."
        )
    if seed < 0:
        raise ConfigurationError(f"the seed is {seed}", "It is 0 or more.")
    if all(view.name != conf.view for view in baseline.views):
        raise ConfigurationError(f"{baseline.stored.name} has no view {conf.view!r}", "Choose another gate.view.")
    if simulations < LEAST_SIMULATIONS:
        raise ConfigurationError(f"{simulations} simulations", f"At least {LEAST_SIMULATIONS}; 2,000 is the default.")
    scenarios = [(churn, 0.0) for churn in CHURNS] + [(CHURNS[1], loss) for loss in losses]
    world = _World(baseline, gold, conf)
    for number, (churn, loss) in enumerate(scenarios):
        random = np.random.Generator(np.random.PCG64([seed, number + 1]))
        answers, changed, difference = [], 0, 0.0
        for _ in range(simulations):
            answer, size, change = world.judge(churn, loss, random)
            answers.append(answer)
            changed += size
            difference += change
        failed, passed = answers.count(Answer.FAIL), answers.count(Answer.PASS)
        means = changed / simulations, difference / simulations
        yield Row(baseline.stored.name, churn, loss, simulations, failed, passed, *means)


class _World:
    """One baseline, and the candidates that can be made of it."""

    def __init__(self, baseline: Scored, gold: Gold, conf: GateConf) -> None:
        view = next(one for one in baseline.views if one.name == conf.view)
        self._table = baseline.table.like(shared_layout([baseline.table], conf.view, sliced=False))
        self._positions = self._table.positions(MENTIONS, conf.view)
        self._labels = view.labels
        self._mentions = self._read(baseline.stored.predictions(), baseline, gold, conf)
        self._weighing = Weighing(self._table, conf, conf.alpha)
        self._before = self._weighing.sums([self._table], [])
        self._samples = self._weighing.samples(self._before)
        self._rules = rules_of(conf)

    def judge(self, churn: float, loss: float, random: np.random.Generator) -> tuple[Answer, int, float]:
        """The verdict on one candidate made at random, how many mentions changed, and by what its F1 did."""
        correct, predicted, changed = self._candidate(churn, loss / 100, random)
        values = self._table.values.copy()
        shape = len(self._table.reports), len(self._labels)
        for counter, delta in ((STRICT_CORRECT, correct), (PREDICTED, predicted)):
            columns = [self._positions[label][counter] for label in self._labels]
            values[:, columns] += delta.reshape(shape)
        after = CountTable(self._table.reports, self._table.columns, values)
        evidence = self._weighing.weigh(self._before, self._weighing.sums([after], []), self._samples)
        answer = decide([finding for rule in self._rules for finding in rule.judge(evidence)])
        return answer, changed, evidence.difference

    def _candidate(self, churn: float, loss: float, random: np.random.Generator) -> tuple[Ints, Ints, int]:
        """What is added to correct and predicted counts, of shape (cells,)."""
        own = self._mentions
        found, missing = int(own.found.sum()), int((~own.found).sum())
        halved = min(churn * len(own.cell) / 2, found / 2, missing)
        with_partner = float(own.partner[~own.found].mean()) if missing else 0.0
        breaking = (halved + self._lost(loss, with_partner)) / max(found, 1)
        fixing = halved / max(missing, 1)
        chance = random.random(int(own.group.max(initial=-1)) + 1)[own.group]
        broken = own.found & (chance < breaking)
        fixed = ~own.found & (chance < fixing)
        vanished = broken & (random.random(len(broken)) >= with_partner)
        appeared = fixed & ~own.partner
        noise = random.random(len(own.spurious))
        gone, more = own.spurious[noise < churn / 2], own.spurious[noise > 1 - churn / 2]
        correct = self._tally(own.cell[fixed]) - self._tally(own.cell[broken])
        predicted = self._tally(own.cell[appeared]) - self._tally(own.cell[vanished])
        predicted += self._tally(more) - self._tally(gone)
        return correct, predicted, int(broken.sum() + fixed.sum())

    def _lost(self, loss: float, with_partner: float) -> float:
        """How many found mentions must break, and none be fixed, for F1 to fall by `loss` in expectation."""
        totals = dict.fromkeys((GOLD, PREDICTED, STRICT_CORRECT), 0.0)
        for counters in self._positions.values():
            for name in totals:
                totals[name] += float(self._table.totals[counters[name]])
        size, correct = totals[GOLD] + totals[PREDICTED], totals[STRICT_CORRECT]
        # F1 - loss = 2 (correct - k) / (size - (1 - with_partner) k), for mentions that vanish with that chance.
        target = 2 * correct / size - loss
        return (2 * correct - target * size) / (2 - target * (1 - with_partner)) if loss else 0.0

    def _tally(self, cells: Ints) -> Ints:
        return np.bincount(cells, minlength=len(self._table.reports) * len(self._labels))

    def _read(self, predictions: dict[str, Annotations], baseline: Scored, gold: Gold, conf: GateConf) -> _Mentions:
        view = next(one for one in baseline.views if one.name == conf.view)
        sides = gather(gold.documents, predictions, view, gold.schema.ignore_zones)
        matching = match(sides[0].spans(), sides[1].spans())
        rows = {report: number for number, report in enumerate(self._table.reports)}
        order = np.array([rows[report.id] for report, _ in gold.documents], dtype=np.int64)
        width = len(self._labels)
        names: dict[tuple[int, str, str], int] = {}
        group = []
        for source in matching.gold_source.tolist():
            report, label, mention, _ = sides[0].mentions[source]
            words = surface(mention, gold.documents[report].report.text) if mention is not None else ""
            group.append(names.setdefault((report, words, label), len(names)))
        found = np.zeros(len(matching.gold), dtype=bool)
        found[matching.gold_of[matching.strict]] = True
        partner = np.zeros(len(matching.gold), dtype=bool)
        partner[matching.gold_of] = True
        alone = np.ones(len(matching.predicted), dtype=bool)
        alone[matching.predicted_of] = False
        return _Mentions(
            order[matching.gold.report] * width + matching.gold.label,
            np.array(group, dtype=np.int64),
            found,
            partner & ~found,
            (order[matching.predicted.report] * width + matching.predicted.label)[alone],
        )


def false_alarms_within(rows: Sequence[Row], alpha: float) -> bool:
    """Whether no churn without a loss fails more often than alpha allows, up to three standard errors of alpha."""
    return all(
        one.failing <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / one.simulations) for one in rows if not one.loss
    )
