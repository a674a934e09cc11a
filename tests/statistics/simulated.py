"""Reports drawn from a population whose true F1 is known, scored for one or two systems: what simulations are made of.

Mentions a report scatter as they do in the shipped gold (75 in the mean, standard deviation 28). How many of them a
system finds varies from report to report more than chance alone would have it: some reports are hard for everyone, and
some for one system only. So does how much a system invents.
"""

import numpy as np
import numpy.typing as npt

from harness.statistics.bootstrap import Floats

MENTIONS, SPREAD = 75.0, 28.0
"""Mean and standard deviation of the gold mentions of a report."""
SPURIOUS = 0.25
"""Invented mentions for each gold mention, in the mean."""
EASE = 0.9
"""The share of mentions that is in reach of any system, in the mean over reports."""


def drawn_counts(
    random: np.random.Generator, simulations: int, reports: int, accuracies: tuple[float, ...]
) -> npt.NDArray[np.float64]:
    """Gold, predicted and correct counts, of shape (simulations, systems, reports, 3).

    `accuracies` are the shares of gold mentions that each system finds, in the mean. Systems with equal ones are
    exchangeable in every report.
    """
    shape = (simulations, len(accuracies), reports)
    often = MENTIONS**2 / (SPREAD**2 - MENTIONS)  # a Poisson count with a gamma mean has this spread
    gold = random.poisson(random.gamma(often, MENTIONS / often, size=(simulations, 1, reports)))
    ease = random.beta(10 * EASE, 10 * (1 - EASE), size=(simulations, 1, reports))
    skill = np.array(accuracies)[:, np.newaxis] / EASE
    correct = random.binomial(gold, ease * random.beta(15 * skill, 15 * (1 - skill), size=shape))
    spurious = random.poisson(gold * random.gamma(4, SPURIOUS / 4, size=shape))
    return np.stack(np.broadcast_arrays(gold, correct + spurious, correct), axis=-1).astype(np.float64)


def micro_f1(totals: Floats) -> Floats:
    """F1 of shape (n, 1) from gold, predicted and correct of shape (n, 3)."""
    return 2 * totals[:, 2:] / (totals[:, :1] + totals[:, 1:2])


def true_f1(accuracy: float) -> float:
    """What micro F1 becomes in ever more reports: the ratio of expectations."""
    return 2 * accuracy / (1 + accuracy + SPURIOUS)


def accuracy_for(f1: float) -> float:
    """The accuracy of which `true_f1` is that."""
    return f1 * (1 + SPURIOUS) / (2 - f1)
