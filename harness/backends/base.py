"""The contract between the harness and an extraction model."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import msgspec

from harness.annotation import Annotations, Report


class Usage(msgspec.Struct, frozen=True):
    """What a run consumed, where the backend says so: tokens read and written by a language model, and its price."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    currency: str = "USD"


class Backend(ABC):
    """An extraction model.

    A subclass sets `labels` and defines `extract`; everything else has a default. Arguments of `__init__` come from
    `model.args` in the configuration. Heavy libraries are imported in `__init__`, not at the top of the module.
    `harness.backends.contract` tests every clause of this contract.
    """

    labels: tuple[str, ...]
    """The raw labels that the backend can emit; the class or the instance sets it."""

    label_set: str | None = None
    """The label set that `labels` belong to, such as "ontonotes"; None: the gold's own, or what the settings say."""

    layers: tuple[str, ...] = ("mentions",)
    """The layers that it fills."""

    deterministic: bool = True
    """Whether the same report always gives the same annotations."""

    packages: ClassVar[tuple[str, ...]] = ()
    """Distributions whose version can change the output; they enter the fingerprint."""

    @abstractmethod
    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """One `Annotations` a report, in order, with raw labels and offsets into the text as it is.

        Reports are pulled as the backend can take them, so that it may form batches. An exception ends the iteration;
        the harness then finds the report that caused it.
        """

    def data_files(self) -> Iterable[Path]:
        """Files beside the code that can change the output (weights, lexicons, prompts); they enter the fingerprint."""
        return ()

    def usage(self) -> Usage | None:
        """What all calls of `extract` so far have consumed; None if nobody counts it."""
        return None

    def description(self) -> dict[str, str]:
        """What a reader of the run record should know, such as the model package that was found and its version.

        It enters the fingerprint too.
        """
        return {}
