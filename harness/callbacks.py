"""What Hydra calls around a sweep: when all jobs are done, their comparison is written beside them."""

from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from harness.comparison.compare import compare_by_texts
from harness.comparison.differences import Options
from harness.files import write_text
from harness.runs.stored import find_stored
from harness.tables.comparison import comparison_page
from harness.tables.render import to_markdown

finished_sweeps: list[Path] = []
"""The directories of sweeps that ended in this process, in order."""


class Comparison(Callback):
    """Writes comparison.md into the sweep directory, from the run records on disk: any launcher will do."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:  # noqa: ARG002 - Hydra's signature
        """Compare the runs of the sweep."""
        directory = Path(config.hydra.sweep.dir)
        pages = [comparison_page(one) for one in compare_by_texts(find_stored([directory]), Options())]
        write_text(directory / "comparison.md", "\n".join(to_markdown(page) for page in pages))
        finished_sweeps.append(directory)
