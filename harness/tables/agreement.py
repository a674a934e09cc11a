"""The tables of two annotators' agreement."""

from collections.abc import Iterable

from harness.scoring.agreement import Agreement, Alpha, strict_rows
from harness.scoring.layers import LAYERS
from harness.scoring.matches import MATCHES
from harness.scoring.measures import AVERAGES, MICRO, Row
from harness.scoring.table import MENTIONS
from harness.tables.model import Page, Table
from harness.wording import counted, percent

HEADINGS = ("first", "second", "both", "F1", "95% interval")
ITEMS = {
    MENTIONS: "span and type",
    "uncounted": "span (mentions that only fill roles)",
    "zones": "kind and span",
    "coreference": "pairs in one chain",
    "times": "span and value",
    "relations": "type and both spans",
    "events": "trigger span and type",
    "attributes": "event and value",
    "arguments": "event, role and span",
    "attributions": "cue, source and content",
    "links": "span and identifier",
}
"""What must be equal in each layer, in words."""


def agreement_page(agreement: Agreement, first: str, second: str, *, by_label: bool = True) -> Page:
    """Layers; with `by_label` also the types of each layer, other ways of matching mentions, and values."""
    rows = strict_rows(agreement)
    introduction = (
        f"first: {first}, second: {second}. F1 counts what both have as correct; 95% intervals by bootstrap over "
        "reports. In percent.",
    )
    tables = [_layers(rows)]
    if by_label:
        tables += [*_by_label(rows), _matches(agreement.rows), _values(agreement.alphas)]
    return Page(f"{first} and {second}: {counted(len(agreement.reports), 'report')}", introduction, tuple(tables))


def _layers(rows: dict[str, dict[str, Row]]) -> Table:
    chosen = [layer for layer in (MENTIONS, *LAYERS) if MICRO in rows.get(layer, {})]
    cells = [(layer, ITEMS[layer], *_cells(rows[layer][MICRO])) for layer in chosen]
    return Table("layers", ("layer", "equal", *HEADINGS), tuple(cells), wide=frozenset({1}))


def _by_label(rows: dict[str, dict[str, Row]]) -> Iterable[Table]:
    for layer, by_label in rows.items():
        cells = tuple((label, *_cells(row)) for label, row in by_label.items() if label not in AVERAGES)
        if len(cells) > 1:
            yield Table(layer, ("label", *HEADINGS), cells)


def _matches(rows: Iterable[Row]) -> Table:
    known = [match.name for match in MATCHES]
    cells = [
        (row.match, *_cells(row)) for row in rows if (row.layer, row.label) == (MENTIONS, MICRO) and row.match in known
    ]
    return Table("mentions, other ways of matching", ("match", *HEADINGS), tuple(cells))


def _cells(row: Row) -> tuple[str, ...]:
    counts = (str(row.gold), str(row.predicted), str(row.correct))
    bounds = "" if row.low is None or row.high is None else f"{percent(row.low)}–{percent(row.high)}"
    return (*counts, percent(row.f1), bounds)


def _values(alphas: Iterable[Alpha]) -> Table:
    cells = [
        (one.attribute, one.on, str(one.n), percent(one.same / one.n if one.n else None), _decimal(one.value))
        for one in alphas
    ]
    notes = (
        "n: events (type and trigger) or cues that both found and gave a value. An event's certainty is the least sure "
        "one of all who speak of it.",
    )
    return Table("values", ("attribute", "on", "n", "equal", "Krippendorff's alpha"), tuple(cells), notes)


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
