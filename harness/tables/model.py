"""A table for people: what it says, apart from how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Cells of text under headings. The first column is left-aligned, the others right-aligned.

    `strong` are the numbers of rows to be set off (averages, say). `notes` stand below.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()
    """Numbers of columns of prose, which are left-aligned and may wrap."""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError(f"table {self.title!r} is not rectangular")


@dataclass(frozen=True)
class Page:
    """Tables under one title, with lines of introduction and of notes."""

    title: str
    introduction: tuple[str, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def interval(low: float | None, high: float | None) -> str:
    """Bounds as percentages, without decimals beyond what they warrant."""
    return "" if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}"


def joined(names: Sequence[str], empty: str = "none") -> str:
    """Names as a list in a sentence."""
    return ", ".join(names) or empty
