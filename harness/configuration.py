"""The typed configuration of a run. Hydra refuses keys and values that do not fit these dataclasses."""

from dataclasses import dataclass, field
from typing import Any

MISSING: Any = "???"  # as OmegaConf spells it; spelt out here, so that verbs without Hydra need not import it


@dataclass
class CrosswalkConf:
    """A label set and its maps; see `harness.corpus.crosswalk.Crosswalk`."""

    name: str | None = None
    labels: list[str] = field(default_factory=list)
    to: dict[str, Any] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    uncounted: list[str] = field(default_factory=list)
    ignore_zones: list[str] = field(default_factory=list)
    attribution: dict[str, str] | None = None
    conventions: dict[str, Any] = field(default_factory=dict)


@dataclass
class ModelConf:
    """A backend: its name in tables, its registry key, its arguments and the crosswalk of its labels."""

    name: str = MISSING
    backend: str = MISSING
    args: dict[str, Any] = field(default_factory=dict)
    crosswalk: CrosswalkConf = field(default_factory=CrosswalkConf)


@dataclass
class GoldConf:
    """A gold set. `path` null: the one that the harness ships; `name` null: the name of its folder.

    The settings below `minimum_confidence` are those of `harness.corpus.gold.GoldSource`.
    """

    name: str | None = None
    path: str | None = None
    format: str = "brat"
    split: str = "auto"
    annotation_conf: str | None = None
    minimum_confidence: float = 0.5
    column: int = -1
    token_column: int = 1
    scheme: str = "IOB2"
    policy: str = ""
    spans_key: str | None = None
    crosswalk: CrosswalkConf = field(default_factory=CrosswalkConf)


@dataclass
class ScoringConf:
    """How predictions are scored.

    `overlap` is the threshold of the match of that name; `audit` asks seqeval too; `slices` maps names to the fields of
    `harness.scoring.slices.Slicing`.
    """

    trims: bool = True
    overlap: float = 0.5
    audit: bool = False
    slices: dict[str, Any] = field(default_factory=dict)
    resamples: int = 10_000
    confidence: float = 0.95
    seed: int = 13


@dataclass
class ExecutionConf:
    """How a backend is run. `on_failure`: empty, exclude or abort; `allowed_failures` is a share of the reports."""

    on_failure: str = "empty"
    allowed_failures: float = 0.0
    repeat: int = 0
    progress: bool = True


@dataclass
class GateConf:
    """When a candidate is worse than its baseline; margin, tolerance and floor are points of F1 (conf/gate)."""

    match: str = "strict"
    view: str = "fine"
    label: str = "micro"
    margin: float = 1.5
    tolerance: float = 0.5
    alpha: float = 0.05
    catastrophe: float = 0.3
    support: int = 30
    floor: float = 3.0
    failures: float = 0.0
    strict: bool = False
    show_text: bool = False
    cluster: str = ""
    baselines: str = "results/baselines"
    resamples: int = 10_000
    seed: int = 13


@dataclass
class Config:
    """Everything that a run depends on."""

    model: ModelConf = field(default_factory=ModelConf)
    gold: GoldConf = field(default_factory=GoldConf)
    scoring: ScoringConf = field(default_factory=ScoringConf)
    execution: ExecutionConf = field(default_factory=ExecutionConf)
    gate: GateConf = field(default_factory=GateConf)
