import re
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.annotation import (
    Annotations,
    Argument,
    Attribute,
    Attribution,
    Chain,
    Event,
    Link,
    Mention,
    Note,
    Relation,
    Report,
    TimeValue,
    Trigger,
    UnalignedMention,
    Zone,
)

JONAS = Mention(0, 5, "PERSON", "T1")
ALEPPO = Mention(9, 15, "GPE", "T2")
STRUCK = Event("E1", "Attack", Trigger(16, 22, "T3"))
SAID = Attribution("E2", "Attribution", Trigger(24, 28, "T4"))
LEADS = Relation("R1", "leads", (Argument("Arg1", "T1"), Argument("Arg2", "T2")))
BOTH = (JONAS, ALEPPO)
NOWHERE = "which is not annotated in a"


def no_label(label: str) -> str:
    return f"{label!r} is no label: empty, white space at an end, or more than one line"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: Mention(3, 3, "GPE"), "[3, 3) is empty or negative", id="empty mention"),
        pytest.param(lambda: Mention(5, 3, "GPE"), "[5, 3) is empty or negative", id="mention that ends first"),
        pytest.param(lambda: Mention(-1, 3, "GPE"), "[-1, 3) is empty or negative", id="mention before the text"),
        pytest.param(lambda: Trigger(4, 4), "[4, 4) is empty or negative", id="empty trigger"),
        pytest.param(lambda: Zone("article", 2, 2), "zone article [2, 2) is empty or negative", id="empty zone"),
        pytest.param(lambda: Zone("article", -1, 2), "zone article [-1, 2) is empty or negative", id="negative zone"),
        pytest.param(
            lambda: Mention(0, 5, "GPE", fragments=((0, 5),)),
            "one fragment is no discontinuity; leave fragments empty",
            id="one fragment",
        ),
        pytest.param(
            lambda: Mention(0, 9, "GPE", fragments=((1, 3), (5, 9))),
            "fragments ((1, 3), (5, 9)) do not span [0, 9)",
            id="fragments that begin late",
        ),
        pytest.param(
            lambda: Mention(0, 9, "GPE", fragments=((0, 3), (5, 8))),
            "fragments ((0, 3), (5, 8)) do not span [0, 9)",
            id="fragments that end early",
        ),
        pytest.param(
            lambda: Mention(0, 9, "GPE", fragments=((0, 6), (5, 9))),
            "fragments ((0, 6), (5, 9)) are empty, overlap or are out of order",
            id="fragments that overlap",
        ),
        pytest.param(
            lambda: Mention(0, 9, "GPE", fragments=((0, 1), (6, 7), (3, 4), (8, 9))),
            "fragments ((0, 1), (6, 7), (3, 4), (8, 9)) are empty, overlap or are out of order",
            id="fragments out of order",
        ),
        pytest.param(
            lambda: Trigger(0, 9, fragments=((0, 3), (5, 5), (7, 9))),
            "fragments ((0, 3), (5, 5), (7, 9)) are empty, overlap or are out of order",
            id="empty fragment",
        ),
        pytest.param(lambda: Mention(0, 5, ""), no_label(""), id="empty label"),
        pytest.param(lambda: Mention(0, 5, " GPE"), no_label(" GPE"), id="label after a space"),
        pytest.param(lambda: Mention(0, 5, "GPE "), no_label("GPE "), id="label before a space"),
        pytest.param(lambda: Mention(0, 5, "G\tPE"), no_label("G\tPE"), id="label with a tab"),
        pytest.param(lambda: Mention(0, 5, "G\nPE"), no_label("G\nPE"), id="label of two lines"),
        pytest.param(lambda: Mention(0, 5, "G\rPE"), no_label("G\rPE"), id="label with a carriage return"),
        pytest.param(lambda: UnalignedMention("Jonas", ""), no_label(""), id="unaligned mention without label"),
        pytest.param(lambda: Argument("", "T1"), no_label(""), id="argument without role"),
        pytest.param(lambda: Event("E1", "", Trigger(0, 1)), no_label(""), id="event without label"),
        pytest.param(lambda: Attribution("E1", "", Trigger(0, 1)), no_label(""), id="attribution without label"),
        pytest.param(lambda: Relation("R1", "", LEADS.arguments), no_label(""), id="relation without label"),
        pytest.param(lambda: Attribute("A1", "", "E1"), no_label(""), id="attribute without name"),
        pytest.param(lambda: Mention(0, 5, "GPE", "", -0.1), "confidence -0.1 lies outside [0, 1]", id="below 0"),
        pytest.param(lambda: Mention(0, 5, "GPE", "", 1.5), "confidence 1.5 lies outside [0, 1]", id="above 1"),
        pytest.param(
            lambda: Mention(0, 5, "GPE", "", float("nan")), "confidence nan lies outside [0, 1]", id="not a number"
        ),
        pytest.param(
            lambda: UnalignedMention("Jonas", "PERSON", 2.0),
            "confidence 2.0 lies outside [0, 1]",
            id="confidence of an unaligned mention",
        ),
        pytest.param(
            lambda: Event("E1", "Attack", Trigger(0, 1), (), 2.0),
            "confidence 2.0 lies outside [0, 1]",
            id="confidence of an event",
        ),
        pytest.param(
            lambda: Attribution("E1", "Attribution", Trigger(0, 1), (), (), 2.0),
            "confidence 2.0 lies outside [0, 1]",
            id="confidence of an attribution",
        ),
        pytest.param(
            lambda: Relation("R1", "leads", LEADS.arguments, 2.0),
            "confidence 2.0 lies outside [0, 1]",
            id="confidence of a relation",
        ),
        pytest.param(lambda: Argument("Place", ""), "an id must not be empty", id="argument without target"),
        pytest.param(lambda: Event("", "Attack", Trigger(0, 1)), "an id must not be empty", id="event without id"),
        pytest.param(
            lambda: Attribution("", "Attribution", Trigger(0, 1)),
            "an id must not be empty",
            id="attribution without id",
        ),
        pytest.param(
            lambda: Relation("", "leads", LEADS.arguments), "an id must not be empty", id="relation without id"
        ),
        pytest.param(lambda: Attribute("", "Stage", "E1"), "an id must not be empty", id="attribute without id"),
        pytest.param(lambda: Attribute("A1", "Stage", ""), "an id must not be empty", id="attribute without target"),
        pytest.param(lambda: Report("", "x"), "an id must not be empty", id="report without id"),
        pytest.param(lambda: Annotations(""), "an id must not be empty", id="annotations of no report"),
        pytest.param(
            lambda: Chain(("T1",)), "a chain joins at least two different mentions, not ['T1']", id="chain of one"
        ),
        pytest.param(
            lambda: Chain(("T1", "T1")),
            "a chain joins at least two different mentions, not ['T1', 'T1']",
            id="chain of one mention twice",
        ),
        pytest.param(
            lambda: Chain(("T1", "T2", "T1")),
            "a chain joins at least two different mentions, not ['T1', 'T2', 'T1']",
            id="chain with a repeated mention",
        ),
        pytest.param(
            lambda: Report("a", "Aleppo", (Zone("article", 0, 6), Zone("caption", 3, 7))),
            "zone caption [3, 7) ends after the text (6)",
            id="zone outside the text",
        ),
    ],
)
def test_a_value_refuses(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        pytest.param(
            {"events": (Event("E1", "Attack", Trigger(0, 1), (Argument("Place", "T9"),)),)},
            f"event E1 refers to 'T9', {NOWHERE}",
            id="argument of an event",
        ),
        pytest.param(
            {"attributions": (Attribution("E2", "Attribution", Trigger(0, 1), (Argument("Source", "T9"),)),)},
            f"attribution E2 refers to 'T9', {NOWHERE}",
            id="source of an attribution",
        ),
        pytest.param(
            {"attributions": (Attribution("E2", "Attribution", Trigger(0, 1), (), (Argument("Content", "E9"),)),)},
            f"attribution E2 refers to 'E9', {NOWHERE}",
            id="content of an attribution",
        ),
        pytest.param(
            {"mentions": (JONAS,), "relations": (LEADS,)},
            f"relation R1 refers to 'T2', {NOWHERE}",
            id="second argument of a relation",
        ),
        pytest.param(
            {"mentions": (JONAS,), "chains": (Chain(("T1", "T2")),)},
            f"a chain refers to 'T2', {NOWHERE}",
            id="member of a chain",
        ),
        pytest.param(
            {"attributes": (Attribute("A1", "Stage", "E1"),)},
            f"attribute A1 refers to 'E1', {NOWHERE}",
            id="target of an attribute",
        ),
        pytest.param(
            {"times": (TimeValue("N1", "T1", "2016"),)}, f"time value N1 refers to 'T1', {NOWHERE}", id="time value"
        ),
        pytest.param({"links": (Link("N1", "T1", "Wikidata", "Q1"),)}, f"link N1 refers to 'T1', {NOWHERE}", id="link"),
        pytest.param(
            {"notes": (Note("#1", "AnnotatorNotes", "T1", "who?"),)}, f"note #1 refers to 'T1', {NOWHERE}", id="note"
        ),
        pytest.param(
            {"mentions": (Mention(0, 5, "PERSON"),), "times": (TimeValue("N1", "", "2016"),)},
            f"time value N1 refers to '', {NOWHERE}",
            id="an empty id is no mention without id",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused(layers: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Annotations("a", **layers)


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param({"chains": (Chain(("T1", "T2")),)}, id="a chain to mentions"),
        pytest.param({"chains": (Chain(("T1", "T3")),)}, id="a chain to a trigger"),
        pytest.param({"attributes": (Attribute("A1", "Stage", "T4"),)}, id="an attribute to a cue"),
        pytest.param({"attributes": (Attribute("A1", "Stage", "E2"),)}, id="an attribute to an attribution"),
        pytest.param({"attributes": (Attribute("A1", "Disputed", "R1"),)}, id="an attribute to a relation"),
        pytest.param({"notes": (Note("#1", "AnnotatorNotes", "", "a hard one"),)}, id="a note to the report"),
    ],
)
def test_a_reference_is_accepted_from(layers: dict[str, object]) -> None:
    annotations = Annotations("a", BOTH, (), (STRUCK,), (SAID,), (LEADS,), **layers)
    assert {name: getattr(annotations, name) for name in layers} == layers


@pytest.mark.parametrize(
    ("layers", "identifier"),
    [
        pytest.param({"mentions": (JONAS, Mention(9, 15, "GPE", "T1"))}, "T1", id="two mentions"),
        pytest.param({"mentions": (JONAS,), "events": (Event("T1", "Attack", Trigger(0, 1)),)}, "T1", id="an event"),
        pytest.param({"events": (STRUCK, STRUCK)}, "E1", id="two events"),
        pytest.param(
            {"events": (STRUCK,), "attributions": (Attribution("E1", "Attribution", Trigger(24, 28)),)},
            "E1",
            id="an event and an attribution",
        ),
        pytest.param({"mentions": BOTH, "relations": (LEADS, LEADS)}, "R1", id="two relations"),
        pytest.param(
            {"mentions": (JONAS,), "events": (Event("E1", "Attack", Trigger(16, 22, "T1")),)},
            "T1",
            id="a mention and a trigger",
        ),
        pytest.param(
            {"events": (STRUCK,), "attributes": (Attribute("A1", "Stage", "E1"), Attribute("A1", "Generic", "E1"))},
            "A1",
            id="two attributes",
        ),
        pytest.param(
            {"mentions": (JONAS,), "times": (TimeValue("N1", "T1", "2016"),), "links": (Link("N1", "T1", "W", "Q1"),)},
            "N1",
            id="a time value and a link",
        ),
        pytest.param({"notes": (Note("#1", "Remark", "", "x"), Note("#1", "Remark", "", "y"))}, "#1", id="two notes"),
    ],
)
def test_an_id_is_refused_for_the_second_of(layers: dict[str, object], identifier: str) -> None:
    with pytest.raises(ValueError, match=f"^id '{identifier}' is used twice in a$"):
        Annotations("a", **layers)


@pytest.mark.parametrize("confidence", [0.0, 0.5, 1.0, None])
def test_a_confidence_is_accepted(confidence: float | None) -> None:
    assert Mention(0, 5, "GPE", "", confidence).confidence == confidence


def test_two_events_may_share_a_trigger() -> None:
    shared = (STRUCK, Event("E9", "Attack", STRUCK.trigger))
    assert Annotations("a", events=shared).events == shared


def test_mentions_without_id_do_not_collide() -> None:
    twice = (Mention(0, 5, "PERSON"), Mention(0, 5, "PERSON"))
    assert Annotations("a", twice).mentions == twice


@pytest.mark.parametrize(
    ("layers", "outside"),
    [
        pytest.param({"mentions": (Mention(9, 16, "GPE"),)}, "[9, 16)", id="mention"),
        pytest.param({"mentions": (Mention(20, 21, "GPE"),)}, "[20, 21)", id="mention far out"),
        pytest.param(
            {"mentions": (Mention(0, 20, "GPE", fragments=((0, 5), (18, 20))),)}, "[0, 20)", id="last fragment"
        ),
        pytest.param({"events": (STRUCK,)}, "[16, 22)", id="trigger"),
        pytest.param({"attributions": (SAID,)}, "[24, 28)", id="cue"),
    ],
)
def test_what_lies_outside_the_text_is_refused(layers: dict[str, object], outside: str) -> None:
    message = f"{outside} lies outside the text of a, which has 15 characters"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Annotations("a", **layers).check_within("Jonas in Aleppo")


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        pytest.param("Jonas in Aleppo", BOTH, id="up to the last character"),
        pytest.param("😀𐍈", (Mention(0, 2, "GPE"),), id="an astral character is one"),
        pytest.param("", (), id="nothing in an empty text"),
    ],
)
def test_what_lies_within_the_text_is_accepted(text: str, mentions: tuple[Mention, ...]) -> None:
    annotations = Annotations("a", mentions)
    assert annotations.check_within(text) is None


@given(start=st.integers(0, 20), length=st.integers(1, 20), size=st.integers(0, 40))
def test_check_within_raises_exactly_if_an_end_exceeds_the_length(start: int, length: int, size: int) -> None:
    annotations = Annotations("a", (Mention(start, start + length, "GPE"),))
    if start + length > size:
        with pytest.raises(ValueError, match="lies outside the text"):
            annotations.check_within("x" * size)
    else:
        annotations.check_within("x" * size)


@given(st.lists(st.integers(0, 30), min_size=4, max_size=8, unique=True).map(sorted))
def test_fragments_in_order_are_the_spans_of_a_mention(points: list[int]) -> None:
    fragments = tuple((points[i], points[i + 1]) for i in range(0, len(points) - 1, 2))
    mention = Mention(fragments[0][0], fragments[-1][1], "GPE", fragments=fragments)
    assert mention.spans == fragments


def test_touching_fragments_are_accepted() -> None:
    assert Mention(0, 5, "GPE", fragments=((0, 2), (2, 5))).spans == ((0, 2), (2, 5))


def test_a_continuous_mention_has_one_span() -> None:
    assert JONAS.spans == ((0, 5),)


def test_mention_labels_are_those_with_and_without_a_place() -> None:
    annotations = Annotations("a", BOTH, (UnalignedMention("FSA", "MILITARY"), UnalignedMention("Idlib", "GPE")))
    assert annotations.mention_labels == {"PERSON", "GPE", "MILITARY"}


EQUAL_BY_CONTENT = [
    lambda: Mention(0, 9, "GPE", "T1", 0.5, ((0, 3), (5, 9))),
    lambda: UnalignedMention("Jonas", "PERSON", 0.5),
    lambda: Trigger(0, 4, "T3"),
    lambda: Event("E1", "Attack", Trigger(0, 4), (Argument("Place", "T1"),)),
    lambda: Attribution("E2", "Attribution", Trigger(0, 4), (Argument("Source", "T1"),)),
    lambda: Relation("R1", "leads", (Argument("Arg1", "T1"), Argument("Arg2", "T2"))),
    lambda: Chain(("T1", "T2")),
    lambda: Attribute("A1", "Stage", "E1", "planned"),
    lambda: TimeValue("N1", "T1", "2016", "that year"),
    lambda: Link("N1", "T1", "Wikidata", "Q1"),
    lambda: Note("#1", "AnnotatorNotes", "T1", "who?"),
    lambda: Zone("article", 0, 9, 1),
    lambda: Annotations("a", BOTH, chains=(Chain(("T1", "T2")),)),
]


@pytest.mark.parametrize("make", [pytest.param(make, id=type(make()).__name__) for make in EQUAL_BY_CONTENT])
def test_two_values_of_equal_content_are_equal_and_hash_alike(make: Callable[[], object]) -> None:
    assert make() == make()
    assert len({make(), make()}) == 1


def test_reports_of_equal_content_are_equal() -> None:
    assert Report("a", "x", metadata={"split": "test"}) == Report("a", "x", metadata={"split": "test"})
    assert Report("a", "x", metadata={"split": "test"}) != Report("a", "x", metadata={"split": "dev"})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Mention(1, 9, "GPE", "T1", 0.5), id="start"),
        pytest.param(Mention(0, 8, "GPE", "T1", 0.5), id="end"),
        pytest.param(Mention(0, 9, "ORG", "T1", 0.5), id="label"),
        pytest.param(Mention(0, 9, "GPE", "T2", 0.5), id="id"),
        pytest.param(Mention(0, 9, "GPE", "T1", 0.4), id="confidence"),
        pytest.param(Mention(0, 9, "GPE", "T1"), id="no confidence"),
        pytest.param(Mention(0, 9, "GPE", "T1", 0.5, ((0, 3), (5, 9))), id="fragments"),
    ],
)
def test_mentions_differ_by(other: Mention) -> None:
    assert other != Mention(0, 9, "GPE", "T1", 0.5)


@pytest.mark.parametrize("make", [pytest.param(make, id=type(make()).__name__) for make in EQUAL_BY_CONTENT])
def test_a_value_cannot_be_changed(make: Callable[[], msgspec.Struct]) -> None:
    value = make()
    name = value.__struct_fields__[0]
    with pytest.raises(AttributeError, match="immutable"):
        setattr(value, name, getattr(value, name))


def test_defaults_are_left_out_of_json() -> None:
    annotations = Annotations("a", (Mention(0, 5, "PERSON"),))
    assert msgspec.json.encode(annotations) == b'{"report":"a","mentions":[{"start":0,"end":5,"label":"PERSON"}]}'


@pytest.mark.parametrize(
    ("json", "message"),
    [
        pytest.param(
            '{"report":"a","mentions":[{"start":0,"end":5,"label":"PERSON"},{"start":3,"end":3,"label":"GPE"}]}',
            "[3, 3) is empty or negative - at `$.mentions[1]`",
            id="refusal of a value",
        ),
        pytest.param(
            '{"report":"a","mentions":[{"start":"3","end":5,"label":"GPE"}]}',
            "Expected `int`, got `str` - at `$.mentions[0].start`",
            id="wrong type",
        ),
        pytest.param(
            '{"report":"a","mentions":[{"start":3,"end":5}]}',
            "Object missing required field `label` - at `$.mentions[0]`",
            id="missing field",
        ),
        pytest.param(
            '{"report":"a","mentions":[{"start":3,"end":5,"label":"GPE","text":"Ho"}]}',
            "Object contains unknown field `text` - at `$.mentions[0]`",
            id="unknown field",
        ),
        pytest.param(
            '{"report":"a","events":[{"id":"E1","label":"Attack","trigger":{"start":7,"end":2}}]}',
            "[7, 2) is empty or negative - at `$.events[0].trigger`",
            id="deep in an event",
        ),
        pytest.param(
            '{"report":"a","relations":[{"id":"R1","label":"leads","arguments":[{"role":"Arg1","target":"T1"}]}]}',
            "Expected `array` of length 2 - at `$.relations[0].arguments`",
            id="relation with one argument",
        ),
        pytest.param(
            '{"report":"a","chains":[{"members":["T1","T2"]}]}',
            "a chain refers to 'T1', which is not annotated in a",
            id="reference to nothing",
        ),
    ],
)
def test_an_error_in_json_names_the_path(json: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"^{re.escape(message)}$"):
        msgspec.json.decode(json, type=Annotations)
