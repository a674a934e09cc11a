"""A pytest fixture for those who gate with pytest: `extraction_gate`.

    def test_my_model_is_no_worse(extraction_gate):
        extraction_gate("results/runs/my-run", "results/baselines/my-model.json")

Installed with the harness (entry point `pytest11`); nothing heavy is imported until the fixture is used.
"""

import warnings
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.gate.verdict import Verdict

ExtractionGate = Callable[..., "list[Verdict]"]


class InconclusiveGateWarning(UserWarning):
    """The gate could neither find a regression nor rule one out; the message says what it would take."""


@pytest.fixture
def extraction_gate() -> ExtractionGate:
    """Judges a candidate by a baseline: fails the test on a regression, warns if the verdict is inconclusive.

    `extraction_gate(candidate, baseline, *settings, gold=None)`: `candidate` is a run directory or a sweep, or a list
    of settings such as ["model=spacy"], which are then run first; `baseline` is a baseline or a folder of them;
    settings are written as on the command line ("gate.margin=2"). With "gate.strict=true" an inconclusive verdict fails
    too; runs that cannot be compared or failed on reports always do. Returns the verdicts.
    """
    return _judge


def _judge(
    candidate: str | PathLike[str] | Sequence[str],
    baseline: str | PathLike[str],
    *settings: str,
    gold: str | PathLike[str] | None = None,
) -> "list[Verdict]":
    __tracebackhide__ = True
    from harness.gate.verdict import Outcome, overall
    from harness.gate_verb import GateOptions, gate_conf, verdicts_of

    if isinstance(candidate, (str, PathLike)):
        paths = [Path(candidate)]
    else:
        settings = (*(one for one in candidate if one.startswith(("gate.", "gate="))), *settings)
        from harness.arguments import parse_run, run_settings

        runs, _ = run_settings(*parse_run(list(candidate)))
        paths = [run.directory for run in runs]
    conf = gate_conf(settings, strict=False)
    verdicts = verdicts_of(paths, conf, GateOptions((Path(baseline),), gold=None if gold is None else Path(gold)))
    told = "\n".join(
        f"{verdict.outcome.upper()}: {verdict.model} against {verdict.baseline}\n"
        + "\n".join(f"  {finding.sentence}" for finding in verdict.findings)
        for verdict in verdicts
    )
    worst = overall(verdicts)
    if worst == Outcome.INCONCLUSIVE and not conf.strict:
        warnings.warn(told, InconclusiveGateWarning, stacklevel=2)
    elif worst != Outcome.PASS:
        pytest.fail(told, pytrace=False)
    return verdicts
