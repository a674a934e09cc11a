"""How far two annotators agree, by the counting that scores backends: the first as gold, the second as predictions.

F1 of two annotators is symmetric, so it does not matter who is which (Hripcsak and Rothschild 2005: for spans it is
what chance-corrected kappa comes to). Values that were given to the same event are compared by Krippendorff's alpha.
"""

from collections.abc import Container, Iterator, Mapping, Sequence

import krippendorff
import msgspec
import numpy as np

from harness.corpus.crosswalk import FINE, View
from harness.corpus.document import Document
from harness.errors import InputError
from harness.schema import Schema
from harness.scoring.counting import count_documents
from harness.scoring.layers import LAYERS, Pieces, count_layers
from harness.scoring.matches import MATCHES, STRICT
from harness.scoring.measures import ALL, MACRO, WEIGHTED, Row, Scoresheet
from harness.scoring.table import MENTIONS, CountTable
from harness.statistics.bootstrap import Resampling, resample
from harness.statistics.intervals import percentile_interval

RESAMPLES = 10_000
CONFIDENCE = 0.95
SEED = 7


class Alpha(msgspec.Struct, frozen=True):
    """Krippendorff's alpha (nominal) of an attribute: `n` things were found and given a value by both, `same` equally.

    Where several have one label and trigger, their values are taken together. `on` is "events", or "attributions" where
    the attribute stands on them. `value` is None where alpha is undefined: fewer than two values occur.
    alpha = 1 - observed / expected disagreement (Krippendorff 2011).
    """

    attribute: str
    on: str
    n: int
    same: int
    value: float | None


class Agreement(msgspec.Struct, frozen=True):
    """The rows (strict for every layer; for mentions also the other matches) and alphas of two annotations.

    In a row, `gold` counts the first annotator's items and `predicted` the second one's.
    """

    reports: tuple[str, ...]
    rows: tuple[Row, ...]
    alphas: tuple[Alpha, ...]


def agreement_table(first: Sequence[Document], second: Sequence[Document], schema: Schema) -> CountTable:
    """The count table of all layers. InputError if the texts differ; both sides hold the same reports in order."""
    for ours, theirs in zip(first, second, strict=True):
        if ours.report.id != theirs.report.id or ours.report.text != theirs.report.text:
            raise InputError(
                f"report {theirs.report.id!r} has another text in the second folder", "Copy the first one."
            )
    same = {label: label for label in schema.counted}
    view = View(FINE, schema.counted, same, same)
    answers = {report.id: annotations for report, annotations in second}
    both_zones = [
        Document(
            msgspec.structs.replace(ours.report, zones=(*ours.report.zones, *theirs.report.zones)), ours.annotations
        )
        for ours, theirs in zip(first, second, strict=True)
    ]  # what one of them calls boilerplate is left out on both sides
    mentions = count_documents(both_zones, answers, [view], schema.ignore_zones)
    return mentions.beside(count_layers(first, second, schema))


def agree(first: Sequence[Document], second: Sequence[Document], schema: Schema) -> Agreement:
    """Agreement of two annotations of the same reports, in the same order, layer by layer. InputError as above."""
    table = agreement_table(first, second, schema)
    labels = {FINE: tuple(dict.fromkeys(column.label for column in table.columns))}
    sheet = Scoresheet(table, labels, MATCHES, scopes=(ALL,), layers=(MENTIONS, *LAYERS))
    samples = resample([sheet.sums(table.values)], [sheet.f1], Resampling(RESAMPLES, SEED))
    rows = sheet.rows(*percentile_interval(samples[0], CONFIDENCE))
    symmetric = tuple(
        row for row in rows if row.label not in (MACRO, WEIGHTED)
    )  # these weigh by the first one's counts
    return Agreement(table.reports, symmetric, tuple(_alphas(first, second, schema)))


def strict_rows(agreement: Agreement) -> dict[str, dict[str, Row]]:
    """The strict rows by layer and label; "micro" is all labels of a layer together."""
    found: dict[str, dict[str, Row]] = {}
    for row in agreement.rows:
        if row.match == STRICT.name:
            found.setdefault(row.layer, {})[row.label] = row
    return found


Key = tuple[str, str, Pieces]
"""A report, the label of an event in it, and the pieces of its trigger."""


def _alphas(first: Sequence[Document], second: Sequence[Document], schema: Schema) -> Iterator[Alpha]:
    certainty = schema.attribution.certainty if schema.attribution else ""
    said = {schema.attribution.event} if schema.attribution else set()
    sides = first, second
    for attribute in schema.attributes.values():
        if attribute.values and attribute.name != certainty:
            events = set(schema.events) - said
            yield _alpha(attribute.name, "events", *(_together(_values(one, attribute.name, events)) for one in sides))
    if certainty in schema.attributes and schema.attributes[certainty].values:
        order = schema.attributes[certainty].values
        yield _alpha(certainty, "events", *(_held(one, certainty, order) for one in sides))
        yield _alpha(certainty, "attributions", *(_together(_values(one, certainty, said)) for one in sides))


def _together(values: Iterator[tuple[Key, str]]) -> dict[Key, str]:
    """One value for each key: all that it has, in alphabetical order."""
    found: dict[Key, list[str]] = {}
    for key, value in values:
        found.setdefault(key, []).append(value)
    return {key: " and ".join(sorted(own)) for key, own in found.items()}


def _values(documents: Sequence[Document], attribute: str, labels: Container[str]) -> Iterator[tuple[Key, str]]:
    """The values of an attribute on events, or attributions, with one of `labels`."""
    for report, annotations in documents:
        values = {one.target: one.value for one in annotations.attributes if one.name == attribute}
        for identifier, label, trigger in annotations.triggers():
            if identifier in values and label in labels:
                yield (report.id, label, trigger.spans), values[identifier]


def _held(documents: Sequence[Document], certainty: str, order: Sequence[str]) -> dict[Key, str]:
    """How sure those are who speak of each event: the last value, in the order that the schema declares, of all who do.

    An event of which nobody speaks is asserted by the author, which is the first value.
    """
    held: dict[Key, str] = {}
    for report, annotations in documents:
        values = {one.target: one.value for one in annotations.attributes if one.name == certainty}
        said: dict[str, list[str]] = {}
        for one in annotations.attributions:
            for argument in one.content:
                said.setdefault(argument.target, []).append(values.get(one.id, order[0]))
        for event in annotations.events:
            key = report.id, event.label, event.trigger.spans
            values_here = [held.get(key, order[0]), *said.get(event.id, [order[0]])]
            held[key] = max(values_here, key=order.index)
    return held


def _alpha(attribute: str, on: str, first: Mapping[Key, str], second: Mapping[Key, str]) -> Alpha:
    """Alpha over the keys that both have."""
    units = [(first[key], second[key]) for key in first if key in second]
    numbers = {value: number for number, value in enumerate(sorted({value for unit in units for value in unit}))}
    same = sum(ours == theirs for ours, theirs in units)
    value = None
    if len(numbers) > 1:
        ratings = np.array([[numbers[value] for value in unit] for unit in units], dtype=np.float64).T
        value = float(krippendorff.alpha(reliability_data=ratings, level_of_measurement="nominal"))
    return Alpha(attribute, on, len(units), same, value)
