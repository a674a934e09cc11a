"""Counts every layer beyond mentions as a set: an item is right if the same one is on the other side.

| layer | label | an item is |
|---|---|---|
| uncounted | label | a mention of a label that mention scores leave out: its pieces |
| zones | kind | its offsets |
| coreference | label of the earlier one | a pair of mentions, or of triggers, that stand in one chain |
| times | label of the mention | its pieces and its value |
| relations | label | the pieces of both mentions; in a symmetric relation without order |
| events | label | the pieces of the trigger |
| attributes | name | label and pieces of what it stands on, and its value |
| arguments | role | label and trigger of the event, and the pieces of what fills the role |
| attributions | label | a cue, a source (or none) and an event that is said: one item for each combination |
| links | resource | the pieces of the mention and the identifier |

Ids never matter. An item that stands twice counts once. One that has a stretch wholly inside an ignored zone, of either
side, is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np

from harness.annotation import Annotations, Argument, Offsets
from harness.corpus.crosswalk import FINE
from harness.corpus.document import Document
from harness.schema import Schema
from harness.scoring.gather import ignored_stretches
from harness.scoring.mentions import GOLD, PREDICTED, STRICT_CORRECT
from harness.scoring.table import Column, CountTable

Pieces = tuple[Offsets, ...]
Item = tuple[str, tuple[object, ...]]
"""A label, and what must be equal for two items to be the same."""

COUNTERS = (GOLD, PREDICTED, STRICT_CORRECT)


def count_layers(
    gold: Sequence[Document], predicted: Sequence[Document], schema: Schema, layers: Sequence[str] = ()
) -> CountTable:
    """Set counts of shape (reports, labels of all layers * 3), in the counters that strict matching reads.

    Both sides hold the same reports in the same order. `layers` are names of LAYERS (none: all of them). Labels are
    those that occur, in alphabetical order.
    """
    columns: list[Column] = []
    counts = []
    ignored = [
        ignored_stretches((*ours.report.zones, *theirs.report.zones), schema.ignore_zones)
        for ours, theirs in zip(gold, predicted, strict=True)
    ]
    for layer in layers or LAYERS:
        sides = [
            [_items(layer, document, schema, left_out) for document, left_out in zip(side, ignored, strict=True)]
            for side in (gold, predicted)
        ]
        labels = sorted({label for side in sides for items in side for label, _ in items})
        columns += [Column(layer, FINE, label, counter) for label in labels for counter in COUNTERS]
        number = {label: place for place, label in enumerate(labels)}
        values = np.zeros((len(gold), len(labels), len(COUNTERS)))
        for row, (ours, theirs) in enumerate(zip(*sides, strict=True)):
            for place, items in enumerate((ours, theirs, ours & theirs)):
                for label, _ in items:
                    values[row, number[label], place] += 1
        counts.append(values.reshape(len(gold), -1))
    reports = tuple(document.report.id for document in gold)
    return CountTable(reports, tuple(columns), np.concatenate(counts, axis=1))


def _items(layer: str, document: Document, schema: Schema, ignored: Sequence[Offsets]) -> set[Item]:
    items = set(LAYERS[layer](document, schema))
    if layer == "zones" or not ignored:
        return items
    return {item for item in items if not any(_lies_in(part, ignored) for part in item[1])}


def _lies_in(part: object, ignored: Sequence[Offsets]) -> bool:
    """Whether a part of an item's key is a stretch of text inside one of `ignored`."""
    if not isinstance(part, tuple) or not part:
        return False
    start, end = part[0][0], part[-1][1]
    return any(first <= start and end <= last for first, last in ignored)


class _Index:
    """What the ids of a report stand for: labels, and where in the text."""

    def __init__(self, annotations: Annotations) -> None:
        self.labels: dict[str, str] = {}
        self.pieces: dict[str, Pieces] = {}
        for mention in annotations.mentions:
            self._add(mention.id, mention.label, mention.spans)
        for identifier, label, trigger in annotations.triggers():
            self._add(identifier, label, trigger.spans)
            self._add(trigger.id, label, trigger.spans)

    def _add(self, identifier: str, label: str, pieces: Pieces) -> None:
        if identifier:
            self.labels[identifier] = label
            self.pieces[identifier] = pieces


def _uncounted(document: Document, schema: Schema) -> Iterator[Item]:
    return ((one.label, (one.spans,)) for one in document.annotations.mentions if one.label in schema.uncounted)


def _zones(document: Document, _: Schema) -> Iterator[Item]:
    return ((zone.kind, (((zone.start, zone.end),),)) for zone in document.report.zones)


def _coreference(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    for chain in document.annotations.chains:
        members = sorted(chain.members, key=lambda member: (index.pieces[member], index.labels[member]))
        for first, second in combinations(members, 2):
            yield index.labels[first], (index.pieces[first], index.pieces[second])


def _times(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    return ((index.labels[one.target], (index.pieces[one.target], one.value)) for one in document.annotations.times)


def _relations(document: Document, schema: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    for relation in document.annotations.relations:
        ends = [index.pieces[argument.target] for argument in relation.arguments]
        declared = schema.relations.get(relation.label)
        yield relation.label, tuple(sorted(ends) if declared and declared.symmetric else ends)


def _events(document: Document, _: Schema) -> Iterator[Item]:
    return ((event.label, (event.trigger.spans,)) for event in document.annotations.events)


def _attributes(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    for one in document.annotations.attributes:
        if one.target in index.labels:
            yield one.name, (index.labels[one.target], index.pieces[one.target], one.value)


def _arguments(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    for event in document.annotations.events:
        for argument in event.arguments:
            yield argument.role, (event.label, event.trigger.spans, index.pieces[argument.target])


def _attributions(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)

    def places(arguments: tuple[Argument, ...]) -> list[Pieces]:
        return [index.pieces[argument.target] for argument in arguments] or [()]

    for said in document.annotations.attributions:
        for source, content in product(places(said.sources), places(said.content)):
            yield said.label, (said.cue.spans, source, content)


def _links(document: Document, _: Schema) -> Iterator[Item]:
    index = _Index(document.annotations)
    return ((one.resource, (index.pieces[one.target], one.identifier)) for one in document.annotations.links)


LAYERS: Mapping[str, Callable[[Document, Schema], Iterator[Item]]] = {
    "uncounted": _uncounted,
    "zones": _zones,
    "coreference": _coreference,
    "times": _times,
    "relations": _relations,
    "events": _events,
    "attributes": _attributes,
    "arguments": _arguments,
    "attributions": _attributions,
    "links": _links,
}
