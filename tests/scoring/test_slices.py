"""Slices: which subset a mention or a report is in, and the scores of a subset by hand."""

import pytest

from harness.annotation import Annotations, Attribute, Chain, Mention, Report, UnalignedMention, Zone
from harness.configuration import ScoringConf
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.errors import ConfigurationError
from harness.runs.assess import assess
from harness.scoring.measures import Row
from harness.scoring.slices import MENTION_SLICINGS, Context, Slicing, report_slices, surfaces_of

GPE = View("fine", ("GPE", "ORG"), {"GPE": "GPE", "ORG": "ORG"}, {"GPE": "GPE", "ORG": "ORG"})
TRAIN = [Document(Report("t", "Kyiv. Kyiv. UN."), Annotations("t", (Mention(0, 4, "GPE"), Mention(6, 10, "GPE"))))]


def scored(
    text: str, gold: list[Mention], found: list[Mention], slices: dict[str, object], **layers: object
) -> dict[str, Row]:
    """Strict micro rows by slice, of one report."""
    document = Document(Report("r", text, zones=(Zone("headline", 0, 10),)), Annotations("r", tuple(gold), **layers))
    answer = Annotations("r", tuple(found), (UnalignedMention("Odesa", "GPE"),))
    scoring = ScoringConf(slices=slices, resamples=10)
    assessment = assess([document], {"r": answer}, [GPE], frozenset(), scoring, train=TRAIN)
    return {
        row.slice: row for row in assessment.rows if (row.match, row.scope, row.label) == ("strict", "all", "micro")
    }


TEXT = "Kyiv said. Bakhmut fell. Ukrainian Kyiv."
GOLD = [Mention(0, 4, "GPE"), Mention(11, 18, "GPE"), Mention(35, 39, "GPE")]
FOUND = [Mention(0, 4, "GPE"), Mention(11, 18, "ORG"), Mention(25, 39, "GPE")]


def counts(row: Row) -> tuple[int, int, int]:
    return row.gold, row.predicted, row.correct


def test_a_prediction_is_in_the_slice_of_its_own_surface() -> None:
    rows = scored(TEXT, GOLD, FOUND, {"seen": {"by": "seen"}, "frequency": {"by": "frequency", "bounds": [1, 2, 3]}})
    assert counts(rows["seen=yes"]) == (2, 1, 1)
    assert counts(rows["seen=no"]) == (1, 2, 0)  # Bakhmut is not seen, nor is "Ukrainian Kyiv"
    assert counts(rows["frequency=2"]) == (2, 1, 1)
    assert counts(rows[""]) == (3, 4, 1)  # the prediction without a place is in no slice
    assert (rows["seen=yes"].precision, rows["seen=yes"].recall) == (1.0, 0.5)


def test_slices_of_mentions_by_place_and_form() -> None:
    slices = {
        "zone": {"by": "zone"},
        "length": {"by": "length", "bounds": [2]},
        "capitalisation": {"by": "capitalisation"},
    }
    rows = scored(TEXT, GOLD, FOUND, slices)
    assert counts(rows["zone=headline"]) == (1, 1, 1)
    assert counts(rows["zone=none"]) == (2, 2, 0)
    assert counts(rows["length=1"]) == (3, 2, 1)
    assert counts(rows["length=2+"]) == (0, 1, 0)
    assert counts(rows["capitalisation=mixed"]) == (3, 3, 1)


def test_where_only_gold_has_the_attribute_recall_stands_alone() -> None:
    gold = [Mention(0, 4, "GPE", "T1"), Mention(11, 18, "GPE", "T2"), Mention(35, 39, "GPE", "T3")]
    rows = scored(
        TEXT,
        gold,
        FOUND,
        {"coreference": {"by": "coreference"}, "certainty": {"by": "attribute", "field": "Certainty"}},
        chains=(Chain(("T1", "T3")),),
        attributes=(Attribute("A1", "Certainty", "T1", "probable"),),
    )
    chain = rows["coreference=chain"]
    assert (chain.gold, chain.correct, chain.recall, chain.precision, chain.f1) == (2, 1, 0.5, None, None)
    assert (chain.predicted, chain.missed) == (None, None)
    assert (rows["certainty=probable"].recall, rows["certainty=none"].recall) == (1.0, 0.0)


def test_without_training_reports_the_slices_that_need_them_are_left_out_aloud() -> None:
    document = Document(Report("r", "Kyiv"), Annotations("r", (Mention(0, 4, "GPE"),)))
    scoring = ScoringConf(slices={"seen": {"by": "seen"}}, resamples=10)
    assessment = assess([document], {}, [GPE], frozenset(), scoring)
    assert {row.slice for row in assessment.rows} == {""}
    assert "no slices: seen (no other reports are declared as split train)" in assessment.remarks


def test_slices_of_reports_are_subsets_of_rows() -> None:
    documents = [
        Document(Report(name, "Kyiv " * words, metadata={"style": style}), Annotations(name, (Mention(0, 4, "GPE"),)))
        for name, style, words in (("a", "wire", 4), ("b", "wire", 20), ("c", "radio", 20))
    ]
    slicings = [Slicing("style", "metadata", "style"), Slicing("density", "density", bounds=(10,))]
    assert report_slices(slicings, documents, {"a": 1, "b": 1, "c": 1}) == {
        "style=radio": ["c"],
        "style=wire": ["a", "b"],
        "density=0-9": ["b", "c"],
        "density=10+": ["a"],
    }
    scoring = ScoringConf(slices={"style": {"by": "metadata", "field": "style"}}, resamples=10)
    predictions = {"a": documents[0].annotations}
    rows = {
        row.slice: row
        for row in assess(documents, predictions, [GPE], frozenset(), scoring).rows
        if (row.match, row.scope, row.label) == ("strict", "all", "micro")
    }
    assert (rows["style=wire"].reports, rows["style=wire"].recall) == (2, 0.5)
    assert (rows["style=radio"].reports, rows["style=radio"].recall, rows["style=radio"].low) == (1, 0.0, None)


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        ("capitalisation", "KYIV", "upper"),
        ("capitalisation", "kyiv", "lower"),
        ("capitalisation", "Kyiv", "mixed"),
        ("capitalisation", "12", "no letters"),
        ("capitalisation", "МИД", "upper"),
        ("length", "New  York", 2),
        ("length", "Al-Qaeda", 3),
        ("zone", "Kyiv", "caption"),
    ],
)
def test_attributes_of_mentions(kind: str, words: str, expected: str | int) -> None:
    zones = (Zone("article", 0, len(words)), Zone("caption", 0, len(words)))
    mention = Mention(0, len(words), "GPE")
    if kind == "zone":
        zones = (Zone("article", 0, len(words) + 1), zones[1])
    report = Report("r", words + " ", zones)
    context = Context(report, Annotations("r", (mention,)), "GPE", {})
    assert (
        MENTION_SLICINGS[kind](Slicing("x", kind, bounds=(2,) if kind == "length" else ()), mention, context)
        == expected
    )


def test_a_seen_surface_needs_the_same_label() -> None:
    view = View("coarse", ("PLACE",), {"GPE": "PLACE"}, {})
    assert surfaces_of(TRAIN, view, frozenset()) == {("Kyiv", "PLACE"): 2}
    footer = Zone("footer", 6, 15)
    ignored = [Document(Report("t", TRAIN[0].report.text, (footer,)), TRAIN[0].annotations)]
    assert surfaces_of(ignored, view, frozenset({"footer"})) == {("Kyiv", "PLACE"): 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nope",), "by is 'nope'"),
        (("metadata",), "needs field"),
        (("seen", "x"), "takes no field"),
        (("length",), "bounds is []"),
        (("length", "", (3, 2)), "bounds is [3, 2]"),
        (("seen", "", (2,)), "bounds is [2]"),
        (("length", "", (0, 2)), "bounds is [0, 2]"),
    ],
)
def test_declarations_that_make_no_sense(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Slicing("s", *arguments)
    assert message in str(caught.value)
