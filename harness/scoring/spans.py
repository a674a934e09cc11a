"""Mentions of a whole corpus as arrays: what matching and counting work on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from harness.annotation import Offsets

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spans:
    """Mentions, one entry each, in any order: arrays of shape (mentions,).

    `report` numbers the reports, `label` the labels. [start, end) encloses a mention. `shape` is 0 for a continuous
    mention; otherwise `fragments[shape]` are its pieces, and equal pieces have equal numbers in everything that is
    matched with each other. A mention that has no place in the text lies empty behind its end.
    """

    report: Ints
    start: Ints
    end: Ints
    label: Ints
    shape: Ints
    fragments: Mapping[int, tuple[Offsets, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.start)

    @classmethod
    def of(cls, mentions: Iterable[tuple[int, int, int, int]]) -> "Spans":
        """From (report, start, end, label) of continuous mentions."""
        report, start, end, label = np.array(list(mentions), dtype=np.int64).reshape(-1, 4).T
        return cls(report, start, end, label, np.zeros(len(report), dtype=np.int64))

    @property
    def length(self) -> Ints:
        """Code points covered by each mention."""
        length = self.end - self.start
        for index in np.flatnonzero(self.shape):
            length[index] = sum(end - start for start, end in self.fragments[int(self.shape[index])])
        return length

    def pieces(self, index: int) -> Sequence[Offsets]:
        """The pieces of one mention."""
        shape = int(self.shape[index])
        return self.fragments[shape] if shape else ((int(self.start[index]), int(self.end[index])),)

    def take(self, chosen: Ints) -> "Spans":
        """The mentions with these numbers, in this order."""
        places = self.report[chosen], self.start[chosen], self.end[chosen]
        return Spans(*places, self.label[chosen], self.shape[chosen], self.fragments)


def all_but(taken: Ints, size: int) -> Ints:
    """The numbers below `size` that are not in `taken`."""
    left = np.ones(size, dtype=bool)
    left[taken] = False
    return np.flatnonzero(left)


def packed_keys(sides: Sequence[Spans]) -> tuple[list[Ints], int]:
    """One whole number a mention, for each of `sides`, ordered by report, start, end, shape and label.

    Also returns the number of low bits that hold the label: keys shifted right by it are equal exactly for mentions
    with the same spans.
    """
    joined = [np.concatenate([getattr(side, name) for side in sides]) for name in ("report", "start", "end", "shape")]
    report, start, end, shape = joined
    label = np.concatenate([side.label for side in sides])
    if not len(start):
        return [np.zeros(0, dtype=np.int64) for _ in sides], 0
    length = end - start
    first = _first_positions(report, end)[report] + start
    label_bits = int(label.max()).bit_length()
    widths = [int(array.max()).bit_length() for array in (length, shape)]
    if int(first.max()).bit_length() + sum(widths) + label_bits > 63:
        length = np.unique(length, return_inverse=True)[1]
        widths[0] = int(length.max()).bit_length()
        if int(first.max()).bit_length() + sum(widths) + label_bits > 63:
            raise OverflowError("too much text to be scored at once; score it in parts and add the count tables")
    keys = (((first << widths[0] | length) << widths[1]) | shape) << label_bits | label
    return np.split(keys, np.cumsum([len(side) for side in sides])[:-1]), label_bits


def _first_positions(report: Ints, end: Ints) -> Ints:
    """Where each report begins if all are laid out one after the other, so that none overlaps another."""
    sizes = np.zeros(int(report.max()) + 1, dtype=np.int64)
    np.maximum.at(sizes, report, end + 1)
    return np.concatenate([[0], np.cumsum(sizes)[:-1]])
