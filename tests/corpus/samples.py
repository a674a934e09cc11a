"""One small report with every layer, the schema that it obeys, and hypothesis strategies for more of its kind."""

from pathlib import Path

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
    Offsets,
    Relation,
    Report,
    TimeValue,
    Trigger,
    UnalignedMention,
    Zone,
)
from harness.corpus.document import Document
from harness.corpus.standoff import surface_of
from harness.schema import AttributeType, AttributionType, EventType, RelationType, Role, Schema

ENTITIES = ("PERSON", "MILITARY", "GPE", "TIME")
EVENTS = ("Attack", "Attribution")

SCHEMA = Schema(
    entities=ENTITIES,
    relations={
        "part_of": RelationType("part_of", (Role("Arg1", ENTITIES, 1), Role("Arg2", ENTITIES, 1))),
        "opposed_to": RelationType("opposed_to", (Role("Arg1", ENTITIES, 1), Role("Arg2", ENTITIES, 1)), True),
    },
    events={
        "Attack": EventType("Attack", (Role("Attacker", ENTITIES, 0, None), Role("Place", ("GPE",)))),
        "Attribution": EventType(
            "Attribution", (Role("Source", ENTITIES, 0, 1), Role("Content", ("Attack",), 0, None))
        ),
    },
    attributes={
        "Stage": AttributeType("Stage", EVENTS, ("planned", "occurred")),
        "Generic": AttributeType("Generic", EVENTS),
        "Certainty": AttributeType("Certainty", ("Attribution",), ("certain", "possible")),
    },
    attribution=AttributionType("Attribution", "Source", "Content", "Certainty"),
)

TEXT = "Aleppo, Monday\nColonel Rahmoun said rebel shells and, later, jets hit Aleppo. The Tiger Forces are his."

ANN = """\
T1	GPE 0 6	Aleppo
T2	TIME 8 14	Monday
T3	PERSON 23 30	Rahmoun
T4	Attribution 31 35	said
T5	Attack 42 48;66 69	shells hit
T6	GPE 70 76	Aleppo
T7	MILITARY 82 94	Tiger Forces
R1	part_of Arg1:T7 Arg2:T1
R2	opposed_to Arg1:T3 Arg2:T7
E1	Attack:T5 Attacker:T7 Attacker:T3 Place:T6
E2	Attribution:T4 Source:T3 Content:E1
A1	Stage E1 occurred
A2	Generic E1
A3	Certainty E2 possible
N1	Reference T2 TIMEX3:2016-09-26	Monday
N2	Reference T1 Wikidata:Q41183	Aleppo
*	Equiv T1 T6
#1	AnnotatorNotes T7	named after its commander?
#2	AnnotatorNotes	second half unreadable
#3	Confidence T1	0.75
#4	Confidence E1	0.5
#5	Confidence E2	1.0
#6	Confidence R1	0.1
"""

ZONES = "kind\tarticle\tstart\tend\tvalue\ndateline\t1\t0\t14\t2016-09-26\nboilerplate\t\t15\t22\t\n"

REPORT = Report(
    "aleppo",
    TEXT,
    (Zone("dateline", 0, 14, 1, "2016-09-26"), Zone("boilerplate", 15, 22)),
    {"split": "test", "style": "wire"},
)

ANNOTATIONS = Annotations(
    "aleppo",
    mentions=(
        Mention(0, 6, "GPE", "T1", 0.75),
        Mention(8, 14, "TIME", "T2"),
        Mention(23, 30, "PERSON", "T3"),
        Mention(70, 76, "GPE", "T6"),
        Mention(82, 94, "MILITARY", "T7"),
    ),
    events=(
        Event(
            "E1",
            "Attack",
            Trigger(42, 69, "T5", ((42, 48), (66, 69))),
            (Argument("Attacker", "T7"), Argument("Attacker", "T3"), Argument("Place", "T6")),
            0.5,
        ),
    ),
    attributions=(
        Attribution(
            "E2", "Attribution", Trigger(31, 35, "T4"), (Argument("Source", "T3"),), (Argument("Content", "E1"),), 1.0
        ),
    ),
    relations=(
        Relation("R1", "part_of", (Argument("Arg1", "T7"), Argument("Arg2", "T1")), 0.1),
        Relation("R2", "opposed_to", (Argument("Arg1", "T3"), Argument("Arg2", "T7"))),
    ),
    chains=(Chain(("T1", "T6")),),
    attributes=(
        Attribute("A1", "Stage", "E1", "occurred"),
        Attribute("A2", "Generic", "E1"),
        Attribute("A3", "Certainty", "E2", "possible"),
    ),
    times=(TimeValue("N1", "T2", "2016-09-26", "Monday"),),
    links=(Link("N2", "T1", "Wikidata", "Q41183", "Aleppo"),),
    notes=(
        Note("#1", "AnnotatorNotes", "T7", "named after its commander?"),
        Note("#2", "AnnotatorNotes", "", "second half unreadable"),
    ),
)

DOCUMENT = Document(REPORT, ANNOTATIONS)

PREDICTED = Document(
    Report("afrin", "Afrin fell."),
    Annotations("afrin", (Mention(0, 5, "GPE"),), (UnalignedMention("Free Syrian Army", "MILITARY", 0.25),)),
)
"""What a backend says: a mention without an id, and one that has no place in the text."""


def write_folder(folder: Path, files: dict[str, str]) -> Path:
    """`folder` with `files` in it, by relative path."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return folder


TEXTS = st.text(st.sampled_from("ab é😀𐍈,.\t\r\n\u2028\x85") | st.characters(codec="utf-8"), min_size=1, max_size=40)
LINE_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12)
CONFIDENCES = st.none() | st.floats(0, 1)


@st.composite
def stretches(draw: st.DrawFn, length: int) -> tuple[Offsets, ...]:
    """One to three fragments, in order, in a text of `length` characters."""
    points = draw(st.lists(st.integers(0, length), min_size=2, max_size=6, unique=True).map(sorted))
    return tuple((points[i], points[i + 1]) for i in range(0, len(points) - 1, 2))


def located(spans: tuple[Offsets, ...]) -> dict[str, object]:
    """`spans` as the fields of a value."""
    return {"start": spans[0][0], "end": spans[-1][1], "fragments": spans if len(spans) > 1 else ()}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents of every layer that obey SCHEMA, numbered as standoff is numbered when it is written."""
    text = draw(TEXTS)
    spans = draw(st.lists(stretches(len(text)), max_size=6))
    cut = draw(st.integers(0, len(spans)))
    mentions = tuple(
        Mention(**located(one), label=draw(st.sampled_from(ENTITIES)), id=f"T{i}", confidence=draw(CONFIDENCES))
        for i, one in enumerate(spans[:cut], 1)
    )
    names = [mention.id for mention in mentions]
    places = [mention.id for mention in mentions if mention.label == "GPE"]
    triggers = [Trigger(**located(one), id=f"T{i}") for i, one in enumerate(spans[cut:], cut + 1)]
    half = draw(st.integers(0, len(triggers)))
    events = tuple(
        Event(
            f"E{i}",
            "Attack",
            trigger,
            (*_arguments(draw, "Attacker", names, 3), *_arguments(draw, "Place", places, 1)),
            draw(CONFIDENCES),
        )
        for i, trigger in enumerate(triggers[:half], 1)
    )
    attributions = tuple(
        Attribution(
            f"E{i}",
            "Attribution",
            cue,
            _arguments(draw, "Source", names, 1),
            _arguments(draw, "Content", [event.id for event in events], 2),
            draw(CONFIDENCES),
        )
        for i, cue in enumerate(triggers[half:], half + 1)
    )
    pairs = draw(st.lists(st.tuples(*[st.sampled_from(names)] * 2), max_size=2)) if names else []
    relations = tuple(
        Relation(f"R{i}", "part_of", (Argument("Arg1", first), Argument("Arg2", second)), draw(CONFIDENCES))
        for i, (first, second) in enumerate(pairs, 1)
    )
    chained = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    said = [*events, *attributions]
    times = tuple(
        TimeValue(f"N{i}", name, draw(st.sampled_from(["2016-09-26", "2016-W39", "PT2H", "2016-09-26T14:30"])), surface)
        for i, name, surface in _numbered(draw, names, 1)
    )
    links = tuple(
        Link(f"N{i}", name, "Wikidata", draw(st.sampled_from(["Q1", "Q41183"])), surface)
        for i, name, surface in _numbered(draw, names, len(times) + 1)
    )
    notes = tuple(Note(f"#{i}", "AnnotatorNotes", name, remark) for i, name, remark in _numbered(draw, ["", *names], 1))
    zones = tuple(
        Zone("caption", one[0][0], one[-1][1], draw(st.integers(0, 2)))
        for one in draw(st.lists(stretches(len(text)), max_size=2))
    )
    return Document(
        Report("r", text, zones),
        Annotations(
            "r",
            mentions,
            (),
            events,
            attributions,
            relations,
            (Chain(tuple(chained)),) if len(chained) > 1 else (),
            tuple(Attribute(f"A{i}", "Stage", one.id, "planned") for i, one in enumerate(said, 1)),
            times,
            links,
            notes,
        ),
    )


def _arguments(draw: st.DrawFn, role: str, targets: list[str], most: int) -> tuple[Argument, ...]:
    chosen = draw(st.lists(st.sampled_from(targets), max_size=most)) if targets else []
    return tuple(Argument(role, target) for target in chosen)


def _numbered(draw: st.DrawFn, names: list[str], first: int) -> list[tuple[int, str, str]]:
    chosen = draw(st.lists(st.tuples(st.sampled_from(names), LINE_TEXTS), max_size=2)) if names else []
    return [(i, name, remark) for i, (name, remark) in enumerate(chosen, first)]


def surfaces(document: Document) -> list[tuple[str, str]]:
    """The labels and surfaces of all mentions."""
    report, annotations = document
    return [(one.label, surface_of(report.text, one.spans)) for one in annotations.mentions]
