"""Agreement of two annotators: rows of every layer, and Krippendorff's alpha."""

import msgspec
import pytest

from harness.annotation import Annotations, Argument, Attribute, Attribution, Event, Mention, Report, Trigger, Zone
from harness.corpus.document import Document
from harness.errors import InputError
from harness.schema import AttributeType, AttributionType, EventType, Schema
from harness.scoring.agreement import Agreement, Alpha, agree, strict_rows

SCHEMA = Schema(
    ("PLACE",),
    events={"Attack": EventType("Attack"), "Said": EventType("Said")},
    attributes={
        "Stage": AttributeType("Stage", ("Attack",), ("occurred", "planned")),
        "Sure": AttributeType("Sure", ("Said",), ("certain", "possible", "unknown")),
    },
    attribution=AttributionType("Said", "Source", "Content", "Sure"),
)


def report(
    name: str, stages: str = "oo", sure: tuple[str, ...] = (), label: str = "PLACE", text: str = "a b c d"
) -> Document:
    """Attacks at 0, 2, …: `stages` says whether they occurred or are planned. Each of `sure` speaks of the first."""
    events = tuple(Event(f"E{n}", "Attack", Trigger(2 * n, 2 * n + 1, f"T{n}")) for n in range(len(stages)))
    said = tuple(
        Attribution(f"S{n}", "Said", Trigger(4, 5 + n, f"C{n}"), (), (Argument("Content", "E0"),))
        for n, _ in enumerate(sure)
    )
    names = {"o": "occurred", "p": "planned"}
    attributes = [Attribute(f"A{n}", "Stage", f"E{n}", names[stage]) for n, stage in enumerate(stages)]
    attributes += [Attribute(f"B{n}", "Sure", f"S{n}", value) for n, value in enumerate(sure)]
    mentions = (Mention(6, 7, label, "M1"),)
    return Document(Report(name, text), Annotations(name, mentions, (), events, said, attributes=tuple(attributes)))


def alpha(found: Agreement, attribute: str, on: str) -> Alpha:
    return next(one for one in found.alphas if (one.attribute, one.on) == (attribute, on))


def test_one_agrees_with_oneself() -> None:
    documents = [report("a", "op", ("possible",)), report("b", "oo", ("certain",))]
    found = agree(documents, documents, SCHEMA)
    assert {row.f1 for row in found.rows if row.gold} == {1.0}
    assert alpha(found, "Stage", "events") == Alpha("Stage", "events", 4, 4, 1.0)
    assert alpha(found, "Sure", "attributions") == Alpha("Sure", "attributions", 2, 2, 1.0)


def test_who_is_first_does_not_matter() -> None:
    ours = [report("a", "op", ("possible", "certain")), report("b", "oo")]
    theirs = [report("a", "oo", ("unknown",)), report("b", "o", label="PLACE")]
    one, other = agree(ours, theirs, SCHEMA), agree(theirs, ours, SCHEMA)
    assert [row.f1 for row in one.rows] == [row.f1 for row in other.rows]
    assert one.alphas == other.alphas


def test_rows_of_every_layer() -> None:
    rows = strict_rows(agree([report("a", "op")], [report("a", "o")], SCHEMA))
    events = rows["events"]["micro"]
    assert (events.gold, events.predicted, events.correct) == (2, 1, 1)
    assert events.f1 == pytest.approx(2 / 3)
    assert rows["mentions"]["PLACE"].f1 == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "n", "same", "value"),
    [
        # Coincidences by hand: units (o, o), (o, p), (p, p), (o, o) hold 5 o and 3 p among 8 values; observed
        # disagreement 2/8, expected 2 * 5 * 3 / (8 * 7); alpha = 1 - (2/8) / (30/56).
        pytest.param(("oo", "po"), ("op", "po"), 4, 3, 1 - (2 / 8) / (30 / 56), id="by hand"),
        pytest.param(("oo", "oo"), ("oo", "oo"), 4, 4, None, id="one value only: undefined"),
        # Units (o, p), (p, o): 2 o and 2 p; observed 1, expected 2 * 2 * 2 / (4 * 3) = 2/3.
        pytest.param(("o", "p"), ("p", "o"), 2, 0, 1 - 1 / (2 / 3), id="worse than chance"),
        pytest.param(("o", "p"), ("op", "pp"), 2, 2, 1.0, id="only events that both found"),
    ],
)
def test_alpha(ours: tuple[str, str], theirs: tuple[str, str], n: int, same: int, value: float | None) -> None:
    found = agree(
        [report("a", ours[0]), report("b", ours[1])], [report("a", theirs[0]), report("b", theirs[1])], SCHEMA
    )
    stage = alpha(found, "Stage", "events")
    assert (stage.n, stage.same) == (n, same)
    assert stage.value == (None if value is None else pytest.approx(value))


def test_an_event_is_as_certain_as_the_least_sure_source() -> None:
    ours = [report("a", "o", ("certain", "unknown")), report("b", "o")]
    theirs = [report("a", "o", ("unknown",)), report("b", "o", ("certain",))]
    found = alpha(agree(ours, theirs, SCHEMA), "Sure", "events")
    assert (found.n, found.same, found.value) == (2, 2, 1.0)


def test_what_one_of_them_calls_boilerplate_counts_for_neither() -> None:
    schema = msgspec.structs.replace(SCHEMA, ignore_zones=frozenset({"furniture"}))
    plain = report("a", "op", ("possible",))
    zoned = Document(msgspec.structs.replace(plain.report, zones=(Zone("furniture", 2, 7),)), plain.annotations)
    for one, other in ((plain, zoned), (zoned, plain), (zoned, zoned)):
        rows = strict_rows(agree([one], [other], schema))
        assert [(rows[layer]["micro"].gold, rows[layer]["micro"].predicted) for layer in ("mentions", "events")] == [
            (0, 0),
            (1, 1),
        ]
        assert "attributions" not in rows or rows["attributions"]["micro"].gold == 0


def test_the_order_of_events_with_one_trigger_does_not_matter() -> None:
    def twice(first: str, second: str) -> Document:
        events = tuple(Event(f"E{n}", "Attack", Trigger(0, 1, "T0")) for n in range(2))
        stages = tuple(Attribute(f"A{n}", "Stage", f"E{n}", value) for n, value in enumerate((first, second)))
        return Document(Report("a", "a b"), Annotations("a", events=events, attributes=stages))

    found = agree([twice("occurred", "planned")], [twice("planned", "occurred")], SCHEMA)
    assert alpha(found, "Stage", "events") == Alpha("Stage", "events", 1, 1, None)


def test_other_texts_are_refused() -> None:
    with pytest.raises(InputError, match="report 'a' has another text in the second folder"):
        agree([report("a")], [report("a", text="a b c e")], SCHEMA)
