"""The Python interface to comparisons, for notebooks and scripts: `harness.compare([...])`."""

import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from harness.comparison.compare import Comparison, compare_runs
from harness.comparison.differences import Difference, Options
from harness.errors import ConfigurationError
from harness.runs.stored import find_stored
from harness.statistics.bootstrap import Resampling
from harness.tables.comparison import comparison_page, comparison_records
from harness.tables.html import to_fragment
from harness.tables.latex import to_latex
from harness.tables.render import print_page, to_markdown

if TYPE_CHECKING:
    import pandas


class ShownComparison:
    """A comparison that shows itself: as HTML in a notebook, as text elsewhere, as data on request."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    @property
    def differences(self) -> list[Difference]:
        """All differences, in shares of 1, with intervals and adjusted p-values."""
        return [one for view in self.comparison.views for one in view.differences]

    @property
    def sentences(self) -> list[str]:
        """What the differences mean, in plain words."""
        return self.comparison.sentences()

    def to_pandas(self) -> "pandas.DataFrame":
        """One row a score (`kind` "F1") or difference; the columns are those of `compare --format csv`."""
        import pandas

        return pandas.DataFrame.from_records(comparison_records(self.comparison))

    def to_markdown(self) -> str:
        """The tables in GitHub's Markdown."""
        return to_markdown(comparison_page(self.comparison))

    def to_latex(self) -> str:
        """The tables in LaTeX, with the rules of the package booktabs."""
        return to_latex(comparison_page(self.comparison))

    def _repr_html_(self) -> str:
        return to_fragment(comparison_page(self.comparison))

    def __str__(self) -> str:
        stream = io.StringIO()
        print_page(comparison_page(self.comparison), stream)
        return stream.getvalue()

    __repr__ = __str__


def compare(
    runs: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    reference: str = "",
    match: str = "strict",
    label: str = "micro",
    by: Sequence[str] = (),
    interval: str = "percentile",
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 13,
    cluster: str = "",
    gold: str | PathLike[str] | None = None,
) -> ShownComparison:
    """Compare run directories, sweeps and baselines; the arguments are those of the verb `compare`.

    `by` may hold "label" and "slice". HarnessError for what cannot be read or compared.

    Example: `harness.compare(["results/runs/A", "results/baselines/spacy.json"], by=["label"])`.
    """
    if wrong := [one for one in by if one not in ("label", "slice")]:
        raise ConfigurationError(f"by holds {wrong[0]!r}", 'It may hold "label" and "slice".')
    options = Options(
        match=match,
        label=label,
        by_label="label" in by,
        by_slice="slice" in by,
        reference=reference,
        interval=interval,
        confidence=confidence,
        resampling=Resampling(resamples, seed),
        cluster=cluster,
    )
    paths = [runs] if isinstance(runs, (str, PathLike)) else runs
    found = find_stored([Path(run) for run in paths])
    return ShownComparison(compare_runs(found, options, gold_path=None if gold is None else Path(gold)))
