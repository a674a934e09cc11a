"""Set counts of the layers beyond mentions: what makes two items the same."""

import pytest

from harness.annotation import (
    Annotations,
    Argument,
    Attribute,
    Attribution,
    Chain,
    Event,
    Link,
    Mention,
    Relation,
    Report,
    TimeValue,
    Trigger,
    Zone,
)
from harness.corpus.document import Document
from harness.schema import AttributionType, RelationType, Schema
from harness.scoring.layers import LAYERS, count_layers

TEXT = "Army says rebels shelled Gao on Monday; Gao was hit, the army says."
SCHEMA = Schema(
    ("FORCE", "PLACE", "TIME", "PHRASE"),
    relations={"near": RelationType("near", symmetric=True), "leads": RelationType("leads")},
    uncounted=frozenset({"PHRASE"}),
    attribution=AttributionType("Said", "Source", "Content", "Certainty"),
)


def mention(start: int, end: int, label: str, name: str) -> Mention:
    return Mention(start, end, label, name)


MENTIONS = (
    mention(0, 4, "FORCE", "T1"),
    mention(10, 16, "PHRASE", "T2"),
    mention(25, 28, "PLACE", "T3"),
    mention(32, 38, "TIME", "T4"),
    mention(40, 43, "PLACE", "T5"),
    mention(57, 61, "FORCE", "T6"),
)
EVENTS = (
    Event(
        "E1",
        "Shelling",
        Trigger(17, 24, "T7"),
        (Argument("Attacker", "T2"), Argument("Target", "T3"), Argument("Time", "T4")),
    ),
    Event("E2", "Shelling", Trigger(48, 51, "T8"), (Argument("Target", "T5"),)),
)
SAID = (Attribution("E3", "Said", Trigger(5, 9, "T9"), (Argument("Source", "T1"),), (Argument("Content", "E1"),)),)


def document(zones: tuple[Zone, ...] = (), **layers: object) -> Document:
    values = {"mentions": MENTIONS, "events": EVENTS, "attributions": SAID, **layers}
    return Document(Report("a", TEXT, zones), Annotations("a", **values))


def counts(layer: str, ours: Document, theirs: Document) -> dict[str, tuple[int, int, int]]:
    """How many items of each label are on our side, on theirs, and on both."""
    table = count_layers([ours], [theirs], SCHEMA, [layer])
    positions = table.positions(layer, "fine")
    return {label: tuple(int(table.totals[place]) for place in own.values()) for label, own in positions.items()}


EMPTY = Document(Report("a", TEXT), Annotations("a"))


@pytest.mark.parametrize(
    ("layer", "ours", "theirs", "expected"),
    [
        pytest.param("uncounted", {}, {"mentions": MENTIONS}, {"PHRASE": (1, 1, 1)}, id="phrases that fill roles"),
        pytest.param("events", {}, {}, {"Shelling": (2, 2, 2)}, id="the same events"),
        pytest.param("events", {}, {"events": EVENTS[:1]}, {"Shelling": (2, 1, 1)}, id="an event fewer"),
        pytest.param(
            "events",
            {},
            {"events": (EVENTS[0], Event("E2", "Shelling", Trigger(44, 51, "T8")))},
            {"Shelling": (2, 2, 1)},
            id="another trigger",
        ),
        pytest.param(
            "events",
            {},
            {"events": (EVENTS[0], Event("E2", "Strike", Trigger(48, 51, "T8")))},
            {"Shelling": (2, 1, 1), "Strike": (0, 1, 0)},
            id="another type",
        ),
        pytest.param(
            "arguments",
            {},
            {"events": (EVENTS[0], Event("E2", "Shelling", Trigger(48, 51, "T8"), (Argument("Place", "T5"),)))},
            {"Attacker": (1, 1, 1), "Place": (0, 1, 0), "Target": (2, 1, 1), "Time": (1, 1, 1)},
            id="another role",
        ),
        pytest.param(
            "arguments",
            {},
            {"events": (EVENTS[0], Event("E2", "Shelling", Trigger(48, 51, "T8"), (Argument("Target", "T3"),)))},
            {"Attacker": (1, 1, 1), "Target": (2, 2, 1), "Time": (1, 1, 1)},
            id="another mention of the same place is another argument",
        ),
        pytest.param("attributions", {}, {}, {"Said": (1, 1, 1)}, id="cue, source and content"),
        pytest.param(
            "attributions",
            {},
            {
                "attributions": (
                    Attribution("E3", "Said", Trigger(5, 9, "T9"), (), (Argument("Content", "E1"),)),
                    Attribution("E4", "Said", Trigger(62, 66, "T10"), (), ()),
                )
            },
            {"Said": (1, 2, 0)},
            id="no source is another source",
        ),
        pytest.param(
            "attributions",
            {},
            {
                "attributions": (
                    Attribution(
                        "E3",
                        "Said",
                        Trigger(5, 9, "T9"),
                        (Argument("Source", "T1"),),
                        (Argument("Content", "E1"), Argument("Content", "E2")),
                    ),
                )
            },
            {"Said": (1, 2, 1)},
            id="each event that is said is an item",
        ),
        pytest.param(
            "coreference",
            {"chains": (Chain(("T3", "T5")), Chain(("T1", "T6")), Chain(("T7", "T8")))},
            {"chains": (Chain(("T5", "T3")), Chain(("T8", "T7")))},
            {"FORCE": (1, 0, 0), "PLACE": (1, 1, 1), "Shelling": (1, 1, 1)},
            id="pairs without order, of mentions and of triggers",
        ),
        pytest.param(
            "coreference",
            {"chains": (Chain(("T1", "T3", "T5")),)},
            {"chains": (Chain(("T3", "T5")),)},
            {"FORCE": (2, 0, 0), "PLACE": (1, 1, 1)},
            id="a chain of three is three pairs",
        ),
        pytest.param(
            "relations",
            {"relations": (Relation("R1", "near", (Argument("Arg1", "T3"), Argument("Arg2", "T5"))),)},
            {"relations": (Relation("R9", "near", (Argument("Arg1", "T5"), Argument("Arg2", "T3"))),)},
            {"near": (1, 1, 1)},
            id="a symmetric relation either way",
        ),
        pytest.param(
            "relations",
            {"relations": (Relation("R1", "leads", (Argument("Arg1", "T1"), Argument("Arg2", "T6"))),)},
            {"relations": (Relation("R1", "leads", (Argument("Arg1", "T6"), Argument("Arg2", "T1"))),)},
            {"leads": (1, 1, 0)},
            id="a directed relation the other way round",
        ),
        pytest.param(
            "times",
            {"times": (TimeValue("N1", "T4", "2016-03-21"),)},
            {"times": (TimeValue("N1", "T4", "XXXX-WXX-1"),)},
            {"TIME": (1, 1, 0)},
            id="another value",
        ),
        pytest.param(
            "attributes",
            {"attributes": (Attribute("A1", "Stage", "E1", "planned"), Attribute("A2", "Stage", "E2", "ongoing"))},
            {"attributes": (Attribute("A7", "Stage", "E1", "planned"), Attribute("A2", "Stage", "E2", "planned"))},
            {"Stage": (2, 2, 1)},
            id="attributes by their value",
        ),
        pytest.param(
            "links",
            {"links": (Link("N1", "T3", "Wikidata", "Q1"),)},
            {"links": (Link("N5", "T3", "Wikidata", "Q1"), Link("N6", "T3", "GeoNames", "1"))},
            {"GeoNames": (0, 1, 0), "Wikidata": (1, 1, 1)},
            id="links by resource",
        ),
    ],
)
def test_what_is_the_same(
    layer: str, ours: dict[str, object], theirs: dict[str, object], expected: dict[str, tuple[int, int, int]]
) -> None:
    assert counts(layer, document(**ours), document(**theirs)) == expected
    swapped = {label: (theirs, ours, both) for label, (ours, theirs, both) in expected.items()}
    assert counts(layer, document(**theirs), document(**ours)) == swapped


def test_zones_are_kind_and_span() -> None:
    ours = document((Zone("article", 0, 67, 1), Zone("headline", 0, 4, 1)))
    theirs = document((Zone("article", 0, 67, 2), Zone("headline", 0, 5, 1)))
    assert counts("zones", ours, theirs) == {"article": (1, 1, 1), "headline": (1, 1, 0)}


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_on_either_side_has_no_columns(layer: str) -> None:
    assert counts(layer, EMPTY, EMPTY) == {}


def test_reports_are_rows_of_one_table() -> None:
    other = Document(Report("b", TEXT), Annotations("b", mentions=MENTIONS))
    table = count_layers([document(), other], [document(), other], SCHEMA)
    assert table.reports == ("a", "b")
    events = table.positions("events", "fine")["Shelling"]
    assert table.values[:, events["strict_correct"]].tolist() == [2, 0]
