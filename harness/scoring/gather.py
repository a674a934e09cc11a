"""From annotations to arrays: what of a report counts in a view, on which side."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from harness.annotation import Annotations, Mention, Offsets, Zone
from harness.corpus.crosswalk import Trim, View, trim
from harness.corpus.document import Document
from harness.scoring.spans import Spans


class Shapes:
    """Numbers for the pieces of discontinuous mentions: the same on both sides, in the order of the pieces."""

    def __init__(self) -> None:
        self._found: set[tuple[Offsets, ...]] = {()}

    def add(self, fragments: tuple[Offsets, ...]) -> None:
        """Pieces that occur; () for a continuous mention."""
        self._found.add(fragments)

    def numbers(self) -> dict[tuple[Offsets, ...], int]:
        """The number of all pieces that occur; 0 for a continuous mention."""
        return {fragments: number for number, fragments in enumerate(sorted(self._found))}


class Side:
    """The mentions of one side that count in a view, report by report, as they are written and as arrays.

    `mentions` are in order of appearance, trimmed, with the number of their report and their label in the view; None
    stands for one without a place in the text.
    """

    def __init__(self, shapes: Shapes, labels: Sequence[str]) -> None:
        self._shapes = shapes
        self._numbers = {label: number for number, label in enumerate(labels)}
        self._rows: list[tuple[int, int, int, int]] = []
        self._fragments: list[tuple[Offsets, ...]] = []
        self.mentions: list[tuple[int, str, Mention | None, float | None]] = []

    def add(self, report: int, mentions: Iterable[Mention], labels: Mapping[str, str]) -> None:
        """Mentions of a report; `labels` maps raw labels to those of the view, others are left out."""
        for mention in mentions:
            label = labels.get(mention.label)
            if label is not None:
                self._shapes.add(mention.fragments)
                self._fragments.append(mention.fragments)
                self._rows.append((report, mention.start, mention.end, self._numbers[label]))
                self.mentions.append((report, label, mention, mention.confidence))

    def add_unaligned(self, report: int, size: int, annotations: Annotations, labels: Mapping[str, str]) -> None:
        """Mentions that could not be found in a text of `size` code points: each lies empty behind its end."""
        for number, one in enumerate(annotations.unaligned, 1):
            label = labels.get(one.label)
            if label is not None:
                self._fragments.append(())
                self._rows.append((report, size + number, size + number, self._numbers[label]))
                self.mentions.append((report, label, None, one.confidence))

    def spans(self) -> Spans:
        """All of them, in order of appearance. Both sides must have been filled."""
        report, start, end, label = np.array(self._rows, dtype=np.int64).reshape(-1, 4).T
        numbers = self._shapes.numbers()
        shape = np.array([numbers[fragments] for fragments in self._fragments], dtype=np.int64)
        return Spans(report, start, end, label, shape, {number: pieces for pieces, number in numbers.items()})


def gather(
    documents: Sequence[Document],
    predictions: Mapping[str, Annotations],
    view: View,
    ignore_zones: frozenset[str],
) -> tuple[Side, Side]:
    """Gold and predicted mentions of a corpus in a view; a report without a prediction has none.

    Mentions that lie wholly inside an ignored zone are left out, on both sides. Trims cut predictions only.
    """
    shapes = Shapes()
    gold, predicted = Side(shapes, view.labels), Side(shapes, view.labels)
    for number, (report, annotations) in enumerate(documents):
        answer = predictions.get(report.id)
        ignored = ignored_stretches(report.zones, ignore_zones)
        gold.add(number, _outside(annotations.mentions, ignored), view.gold)
        if answer is not None:
            found = _trimmed(_outside(answer.mentions, ignored), report.text, view.trims)
            predicted.add(number, found, view.predicted)
            predicted.add_unaligned(number, len(report.text), answer, view.predicted)
    return gold, predicted


def ignored_stretches(zones: Iterable[Zone], kinds: frozenset[str]) -> list[Offsets]:
    """The stretches of text in zones of these kinds, those that touch or overlap made one."""
    merged: list[Offsets] = []
    for start, end in sorted((zone.start, zone.end) for zone in zones if zone.kind in kinds):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _outside(mentions: Iterable[Mention], zones: Sequence[Offsets]) -> Iterable[Mention]:
    if not zones:
        return mentions
    return (one for one in mentions if not any(start <= one.start and one.end <= end for start, end in zones))


def _trimmed(mentions: Iterable[Mention], text: str, trims: Sequence[Trim]) -> Iterable[Mention]:
    return (trim(mention, text, trims) for mention in mentions) if trims else mentions
