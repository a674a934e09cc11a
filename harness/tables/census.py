"""What a gold set holds, counted: by split, type, style, conflict, and how much of test stands in train."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import chain

from harness.corpus.document import SPLITS, Document
from harness.corpus.review import waivers_in
from harness.corpus.similarity import LIMIT, SIZE, similar_pairs
from harness.corpus.standoff import surface_of
from harness.schema import Schema
from harness.tables.model import Page, Table
from harness.wording import counted, percent

SHORT = 80
LONG = 900
"""A report of fewer words is a ticker, one of more is long."""
HEDGED = 2
"""So many attributions that are not sure make a report hedged."""

Counted = Callable[[Document], Iterable[str]]
"""The names that a report adds to a table, one for each thing that is counted."""


def census_page(documents: Sequence[Document], schema: Schema) -> Page:
    """All tables of a gold set; `documents` are those of all splits."""
    tables = [_overview(documents, schema)]
    tables += [table for one in _layers(schema) if (table := _by_split(documents, *one)).rows]
    tables += [_by_metadata(documents, field) for field in ("style", "conflict", "decade") if _has(documents, field)]
    if {"train", "test"} <= set(_splits(documents)):
        tables.append(_overlap(documents, schema))
    tables.append(_similarity(documents))
    return Page(counted(len(documents), "report"), (), tuple(tables))


def _splits(documents: Sequence[Document]) -> list[str]:
    found = {_metadata(document, "split") for document in documents}
    return [split for split in SPLITS if split in found]


def _metadata(document: Document, field: str) -> str:
    if field == "decade":
        year = document.report.metadata.get("year", "")
        return f"{year[:3]}0s" if len(year) == 4 else ""
    return document.report.metadata.get(field, "")


def _has(documents: Sequence[Document], field: str) -> bool:
    return any(_metadata(document, field) for document in documents)


def _columns(documents: Sequence[Document]) -> dict[str, list[Document]]:
    """The reports of each split, and all of them."""
    columns = {split: [one for one in documents if _metadata(one, "split") == split] for split in _splits(documents)}
    return {**columns, "all": list(documents)}


def _overview(documents: Sequence[Document], schema: Schema) -> Table:
    columns = _columns(documents)

    def total(of: Callable[[Document], int]) -> tuple[str, ...]:
        return tuple(f"{sum(map(of, part)):,}" for part in columns.values())

    def share(of: Callable[[Document], tuple[int, int]]) -> tuple[str, ...]:
        sums = [[sum(side) for side in zip(*map(of, part), strict=True)] for part in columns.values()]
        return tuple(percent(hits / whole if whole else None) for hits, whole in sums)

    lines: list[tuple[str, tuple[str, ...]]] = [
        ("reports", total(lambda _: 1)),
        ("words", total(_words)),
        (f"reports under {SHORT} words (tickers)", total(lambda one: _words(one) < SHORT)),
        (f"reports over {LONG} words", total(lambda one: _words(one) > LONG)),
        ("articles", total(_articles)),
        ("pages of several articles, or with boilerplate", total(lambda one: _is_page(one, schema))),
        ("reports with two hedged attributions or more", total(lambda one: _unsure(one, schema) >= HEDGED)),
        ("mentions", total(lambda one: _mentions(one, schema.counted))),
        ("mentions per 100 words", tuple(_density(part, schema) for part in columns.values())),
        ("mentions that only fill roles", total(lambda one: _mentions(one, schema.uncounted))),
        ("coreference chains of mentions", total(lambda one: _chains(one, of_triggers=False))),
        ("coreference chains of triggers", total(lambda one: _chains(one, of_triggers=True))),
        ("relations", total(lambda one: len(one.annotations.relations))),
        ("events", total(lambda one: len(one.annotations.events))),
        ("arguments", total(lambda one: sum(len(event.arguments) for event in one.annotations.events))),
        ("attributions", total(_said)),
        (
            "attributions less than certain, %",
            share(lambda one: (_unsure(one, schema), _said(one))),
        ),
        ("time values", total(lambda one: len(one.annotations.times))),
        ("links", total(lambda one: len(one.annotations.links))),
        ("waivers of `gold check`", total(lambda one: len(waivers_in(one.annotations)))),
    ]
    return Table("overview", ("", *columns), tuple((name, *cells) for name, cells in lines))


def _words(document: Document) -> int:
    return len(document.report.text.split())


def _articles(document: Document) -> int:
    return sum(zone.kind == "article" for zone in document.report.zones)


def _is_page(document: Document, schema: Schema) -> bool:
    return _articles(document) > 1 or any(zone.kind in schema.ignore_zones for zone in document.report.zones)


def _said(document: Document) -> int:
    return len(document.annotations.attributions)


def _unsure(document: Document, schema: Schema) -> int:
    """How many attributions are not of the first certainty that the schema declares."""
    name = schema.attribution.certainty if schema.attribution else ""
    if name not in schema.attributes or not schema.attributes[name].values:
        return 0
    first = schema.attributes[name].values[0]
    return sum(one.name == name and one.value != first for one in document.annotations.attributes)


def _mentions(document: Document, labels: Container[str]) -> int:
    return sum(one.label in labels for one in document.annotations.mentions)


def _density(documents: Sequence[Document], schema: Schema) -> str:
    words = sum(map(_words, documents))
    mentions = sum(_mentions(document, schema.counted) for document in documents)
    return f"{100 * mentions / words:.1f}" if words else "–"


def _chains(document: Document, *, of_triggers: bool) -> int:
    mentions = {one.id for one in document.annotations.mentions}
    return sum((one.members[0] not in mentions) == of_triggers for one in document.annotations.chains)


def _waived_rules(document: Document) -> list[str]:
    """The rule of every waiver."""
    return [rule for rule, _ in waivers_in(document.annotations)]


def _layers(schema: Schema) -> Iterator[tuple[str, Sequence[str], Counted]]:
    yield "mentions by type", schema.entities, lambda one: (m.label for m in one.annotations.mentions)
    yield "zones by kind", (), lambda one: (zone.kind for zone in one.report.zones)
    events = [label for label in schema.events if not schema.attribution or label != schema.attribution.event]
    yield "events by type", events, lambda one: (event.label for event in one.annotations.events)
    roles = list(dict.fromkeys(role.name for label in events for role in schema.events[label].roles))
    yield "arguments by role", roles, lambda one: (a.role for event in one.annotations.events for a in event.arguments)
    values = [f"{one.name} {value}".strip() for one in schema.attributes.values() for value in one.values or ("",)]
    yield "attributes", values, lambda one: (f"{a.name} {a.value}".strip() for a in one.annotations.attributes)
    yield "relations by type", tuple(schema.relations), lambda one: (r.label for r in one.annotations.relations)
    yield "waivers by rule", (), _waived_rules


def _by_split(documents: Sequence[Document], title: str, names: Sequence[str], of: Counted) -> Table:
    """Counts of `names` in that order, and of what else occurs."""
    columns = {split: Counter(chain.from_iterable(map(of, part))) for split, part in _columns(documents).items()}
    found = sorted(columns["all"].keys() - set(names))
    rows = [(name, *(f"{counts[name]:,}" for counts in columns.values())) for name in (*names, *found)]
    return Table(title, ("", *columns), tuple(rows))


def _by_metadata(documents: Sequence[Document], field: str) -> Table:
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(_metadata(document, field) or "–", []).append(document)
    rows = []
    for name in sorted(groups):
        part = groups[name]
        layers = [one.annotations for one in part]
        counts = [sum(_metadata(one, "split") == split for one in part) for split in _splits(documents)]
        numbers = [len(part), *counts, *(sum(len(getattr(one, layer)) for one in layers) for layer in _SUMMED)]
        rows.append((name, *(f"{number:,}" for number in numbers), percent(len(part) / len(documents))))
    headings = (field, "reports", *_splits(documents), *_SUMMED, "%")
    return Table(f"by {field}", headings, tuple(rows))


_SUMMED = ("mentions", "events", "attributions")


def _overlap(documents: Sequence[Document], schema: Schema) -> Table:
    """How many mentions of test have a surface that train labels likewise, and how long they are."""
    surfaces = {split: _surfaces(documents, split, schema) for split in ("train", "test")}
    known = set(surfaces["train"])
    rows = []
    for label in (*schema.counted, "all"):
        chosen = [one for one in surfaces["test"] if label in (one[0], "all")]
        seen = sum(one in known for one in chosen)
        words = sum(len(surface.split()) for _, surface in chosen)
        rows.append(
            (
                label,
                f"{len(chosen):,}",
                f"{seen:,}",
                percent(seen / len(chosen) if chosen else None),
                f"{len(set(chosen)):,}",
                f"{words / len(chosen):.2f}" if chosen else "–",
            )
        )
    headings = ("type", "mentions of test", "seen in train", "% seen", "different surfaces", "words each")
    notes = ("seen: the same characters with the same type are labelled somewhere in train.",)
    return Table("test and train", headings, tuple(rows), notes)


def _surfaces(documents: Sequence[Document], split: str, schema: Schema) -> list[tuple[str, str]]:
    return [
        (one.label, surface_of(report.text, one.spans))
        for report, annotations in documents
        if report.metadata.get("split") == split
        for one in annotations.mentions
        if one.label in schema.counted
    ]


def _similarity(documents: Sequence[Document], shown: int = 5) -> Table:
    pairs = similar_pairs({report.id: report.text for report, _ in documents})
    rows = tuple((one, other, f"{value:.4f}") for value, one, other in pairs[:shown])
    notes = (
        f"Jaccard similarity of the runs of {SIZE} words; of {len(documents) * (len(documents) - 1) // 2:,} pairs "
        f"{len(pairs):,} share one at all. Above {LIMIT} is a warning of `gold check` unless both are of one cluster.",
    )
    return Table("most similar reports", ("report", "report", "similarity"), rows, notes, wide=frozenset({1}))
