from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.annotation import Mention
from harness.corpus.annotation_conf import read_annotation_conf
from harness.corpus.crosswalk import Crosswalk, Target, Trim, View, build_views, read_crosswalk, trim
from harness.errors import ConfigurationError, FileError
from harness.resources import locate
from harness.schema import AttributionType, Schema

SHIPPED = sorted((locate("conf") / "crosswalk").glob("*.yaml"))


def shipped(name: str) -> Crosswalk:
    return read_crosswalk(locate("conf") / "crosswalk" / f"{name}.yaml")


REPORT, ONTONOTES, RE3D = shipped("report"), shipped("ontonotes"), shipped("re3d")
REPORT_SCHEMA = REPORT.apply(read_annotation_conf(locate("gold") / "annotation.conf"))
RE3D_SCHEMA = Schema(RE3D.labels)
COUNTED = (
    "PERSON",
    "ARMED_GROUP",
    "MILITARY",
    "ORG",
    "GPE",
    "LOCATION",
    "FACILITY",
    "WEAPON",
    "TIME",
    "QUANTITY",
)
COARSE = ("PERSON", "ACTOR", "PLACE", "WEAPON", "TIME", "QUANTITY")
OWN = Crosswalk()


def view(views: tuple[View, ...], name: str) -> View:
    return next(one for one in views if one.name == name)


@pytest.mark.parametrize(
    ("schema", "gold", "backend", "labels", "names"),
    [
        pytest.param(REPORT_SCHEMA, REPORT, REPORT, COUNTED, ["fine", "coarse"], id="same label set"),
        pytest.param(REPORT_SCHEMA, REPORT, OWN, ("GPE",), ["fine", "coarse"], id="backend with the gold's labels"),
        pytest.param(REPORT_SCHEMA, REPORT, ONTONOTES, ONTONOTES.labels, ["fine", "coarse"], id="ontonotes to report"),
        pytest.param(REPORT_SCHEMA, REPORT, RE3D, RE3D.labels, ["coarse"], id="re3d to report: coarse only"),
        pytest.param(RE3D_SCHEMA, RE3D, RE3D, RE3D.labels, ["fine", "coarse"], id="re3d to re3d"),
        pytest.param(RE3D_SCHEMA, RE3D, REPORT, COUNTED, ["fine", "coarse"], id="report to re3d"),
        pytest.param(RE3D_SCHEMA, RE3D, ONTONOTES, ONTONOTES.labels, ["fine", "coarse"], id="ontonotes to re3d"),
        pytest.param(Schema(("SHIP",)), REPORT, OWN, ("SHIP",), ["fine"], id="foreign gold: own labels only"),
        pytest.param(Schema(("SHIP",)), REPORT, OWN, (), ["fine"], id="foreign gold: nothing else without labels"),
        pytest.param(Schema(("SHIP",)), OWN, OWN, ("SHIP",), ["fine"], id="gold without crosswalk"),
        pytest.param(REPORT_SCHEMA, REPORT, Crosswalk("coarse", COARSE), COARSE, ["coarse"], id="coarse to coarse"),
        pytest.param(REPORT_SCHEMA, REPORT, ONTONOTES, (), ["fine", "coarse"], id="backend that declares no labels"),
    ],
)
def test_the_views_in_which_a_backend_is_scored(
    schema: Schema, gold: Crosswalk, backend: Crosswalk, labels: tuple[str, ...], names: list[str]
) -> None:
    assert [one.name for one in build_views(schema, gold, backend, labels)] == names


def test_the_same_label_set_maps_to_itself_and_to_the_coarse_view() -> None:
    fine, coarse = build_views(REPORT_SCHEMA, REPORT, REPORT, COUNTED)
    itself = {label: label for label in COUNTED}
    assert fine == View("fine", COUNTED, itself, itself)
    assert coarse == View("coarse", COARSE, dict(REPORT.to["coarse"].labels), dict(REPORT.to["coarse"].labels))


def test_ontonotes_in_the_labels_of_the_report() -> None:
    fine = view(build_views(REPORT_SCHEMA, REPORT, ONTONOTES, ONTONOTES.labels), "fine")
    assert fine.labels == COUNTED
    assert fine.predicted == {
        "PERSON": "PERSON",
        "NORP": "GPE",
        "FAC": "FACILITY",
        "ORG": "ORG",
        "GPE": "GPE",
        "LOC": "LOCATION",
        "PRODUCT": "WEAPON",
        "DATE": "TIME",
        "TIME": "TIME",
        "CARDINAL": "QUANTITY",
        "QUANTITY": "QUANTITY",
    }
    assert fine.ignored == ("EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "PERCENT", "MONEY", "ORDINAL")
    assert fine.emitted == ("PERSON", "ORG", "GPE", "LOCATION", "FACILITY", "WEAPON", "TIME", "QUANTITY")


def test_ontonotes_in_the_coarse_view_emits_everything() -> None:
    coarse = view(build_views(REPORT_SCHEMA, REPORT, ONTONOTES, ONTONOTES.labels), "coarse")
    assert (coarse.labels, coarse.emitted) == (COARSE, COARSE)
    assert coarse.gold == REPORT.to["coarse"].labels


def test_only_labels_that_the_backend_declares_are_predicted() -> None:
    fine = view(build_views(REPORT_SCHEMA, REPORT, ONTONOTES, ("GPE", "MONEY", "CITY")), "fine")
    assert (fine.predicted, fine.ignored, fine.emitted) == ({"GPE": "GPE"}, ("MONEY", "CITY"), ("GPE",))


def test_report_labels_in_those_of_re3d() -> None:
    fine = view(build_views(RE3D_SCHEMA, RE3D, REPORT, (*COUNTED, "PARTICIPANT")), "fine")
    assert fine.gold == {label: label for label in RE3D.labels}
    assert fine.ignored == ("PARTICIPANT",)
    assert fine.emitted == ("Person", "Organisation", "Location", "Weapon", "Temporal", "Quantity")


def test_uncounted_labels_are_in_no_view_on_either_side() -> None:
    for one in build_views(REPORT_SCHEMA, REPORT, REPORT, (*COUNTED, "PARTICIPANT")):
        assert "PARTICIPANT" not in (*one.labels, *one.gold, *one.predicted)
        assert one.ignored == ("PARTICIPANT",)


def test_foreign_gold_labels_are_compared_as_they_are() -> None:
    (fine,) = build_views(Schema(("SHIP", "PORT")), REPORT, OWN, ("PORT", "GPE"))
    assert fine == View("fine", ("SHIP", "PORT"), {"SHIP": "SHIP", "PORT": "PORT"}, {"PORT": "PORT"}, ignored=("GPE",))


@pytest.mark.parametrize(
    ("schema", "gold", "backend", "labels", "message"),
    [
        pytest.param(
            Schema(("SHIP", "PORT")),
            REPORT,
            ONTONOTES,
            ("PERSON", "GPE"),
            "nothing can be compared: the backend emits PERSON, GPE (label set ontonotes), the gold has SHIP, PORT "
            "(label set not named)\n"
            "  Name the gold's label set and map to it: the example in conf/crosswalk/README.md shows both files.",
            id="no map to foreign gold labels",
        ),
        pytest.param(
            Schema(("GPE",)),
            Crosswalk("report", ("GPE",)),
            Crosswalk("acme", ("CITY",), {"other": Target({"CITY": "GPE"})}),
            ("CITY",),
            "nothing can be compared: the backend emits CITY (label set acme), the gold has GPE "
            "(label set report)\n"
            "  Add a map from acme to report: the example in conf/crosswalk/README.md shows how.",
            id="map to another label set only",
        ),
        pytest.param(
            Schema(("GPE",)),
            Crosswalk("report", ("GPE",)),
            OWN,
            ("CITY",),
            "nothing can be compared: the backend emits CITY (label set not named), the gold has GPE "
            "(label set report)\n"
            "  Emit the gold's labels, or name the label set: crosswalk@model.crosswalk=NAME "
            "(conf/crosswalk/README.md).",
            id="backend with unknown labels and no label set",
        ),
    ],
)
def test_without_a_map_nothing_can_be_compared(
    schema: Schema, gold: Crosswalk, backend: Crosswalk, labels: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build_views(schema, gold, backend, labels)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("backend", "trims", "expected"),
    [
        pytest.param(ONTONOTES, True, ONTONOTES.to["report"].trims, id="ontonotes"),
        pytest.param(ONTONOTES, False, (), id="ontonotes, trims switched off"),
        pytest.param(REPORT, True, (), id="same label set"),
    ],
)
def test_trims_are_those_towards_the_gold_labels_in_every_view(
    backend: Crosswalk, trims: bool, expected: tuple[Trim, ...]
) -> None:
    views = build_views(REPORT_SCHEMA, REPORT, backend, backend.labels, trims=trims)
    assert [one.trims for one in views] == [expected, expected]


@pytest.mark.parametrize(
    ("label", "surface", "trimmed"),
    [
        pytest.param("ORG", "the Taliban", "Taliban", id="the"),
        pytest.param("ORG", "The Taliban", "Taliban", id="The"),
        pytest.param("ORG", "THE TALIBAN", "TALIBAN", id="THE"),
        pytest.param("ORG", "the  Taliban", "Taliban", id="the and two spaces"),
        pytest.param("ORG", "the\nTaliban", "Taliban", id="the at the end of a line"),
        pytest.param("GPE", "Theveste", "Theveste", id="a name that begins with the"),
        pytest.param("GPE", "the-Hague", "the-Hague", id="the before a hyphen"),
        pytest.param("GPE", "Syria's", "Syria", id="straight possessive"),
        pytest.param("GPE", "Syria’s", "Syria", id="curly possessive"),
        pytest.param("GPE", "SYRIA’S", "SYRIA", id="curly possessive in capitals"),
        pytest.param("ORG", "Houthis'", "Houthis", id="straight possessive of a plural"),
        pytest.param("ORG", "Houthis’", "Houthis", id="curly possessive of a plural"),
        pytest.param("ORG", "the United Nations’", "United Nations", id="both edges"),
        pytest.param("ORG", "Boko Haram 's", "Boko Haram", id="possessive after a space"),
        pytest.param("ORG", "Boko Haram's'", "Boko Haram", id="possessive, repeated"),
        pytest.param("ORG", "the the Taliban", "Taliban", id="the, repeated"),
        pytest.param("CARDINAL", "at least 12", "12", id="at least"),
        pytest.param("CARDINAL", "At least about 12", "12", id="two words in turn"),
        pytest.param("CARDINAL", "the more than 300", "300", id="the, then a word of the label"),
        pytest.param("QUANTITY", "some 40 km", "40 km", id="some before a distance"),
        pytest.param("CARDINAL", "twelve", "twelve", id="nothing to cut"),
        pytest.param("DATE", "at least three days", "at least three days", id="words of another label stay"),
        pytest.param("PERSON", "Some", "Some", id="a word that nothing follows"),
        pytest.param("ORG", "the", "the", id="nothing but the"),
        pytest.param("ORG", "the ", "the ", id="nothing would be left of the"),
        pytest.param("ORG", "'s", "'s", id="nothing but a possessive"),
        pytest.param("ORG", " 's", " 's", id="nothing would be left before a possessive"),
        pytest.param("PERSON", "Abu Theeb", "Abu Theeb", id="the inside a name"),
        pytest.param("PERSON", "O'Shea", "O'Shea", id="apostrophe inside a name"),
    ],
)
def test_ontonotes_is_trimmed_to_the_guidelines_of_the_report(label: str, surface: str, trimmed: str) -> None:
    text = f"On {surface} now"
    mention = trim(Mention(3, 3 + len(surface), label, "T1", 0.5), text, ONTONOTES.to["report"].trims)
    assert text[mention.start : mention.end] == trimmed
    assert (mention.label, mention.id, mention.confidence) == (label, "T1", 0.5)


THE = (Trim(leading=("the",), trailing=("'s",)),)


@pytest.mark.parametrize(
    ("text", "fragments", "trimmed"),
    [
        pytest.param(
            "the Gao and Kidal airports",
            ((0, 7), (18, 25)),
            Mention(4, 25, "FAC", fragments=((4, 7), (18, 25))),
            id="within the first piece",
        ),
        pytest.param(
            "Gao and Kidal airport's",
            ((0, 3), (14, 23)),
            Mention(0, 21, "FAC", fragments=((0, 3), (14, 21))),
            id="within the last piece",
        ),
        pytest.param("the Malian army", ((0, 3), (11, 15)), Mention(11, 15, "FAC"), id="a whole first piece of two"),
        pytest.param(
            "the Malian army and navy",
            ((0, 3), (11, 15), (20, 24)),
            Mention(11, 24, "FAC", fragments=((11, 15), (20, 24))),
            id="a whole first piece of three",
        ),
        pytest.param("Syria and Iraq's", ((0, 5), (14, 16)), Mention(0, 5, "FAC"), id="a whole last piece"),
    ],
)
def test_a_discontinuous_mention_is_trimmed(
    text: str, fragments: tuple[tuple[int, int], ...], trimmed: Mention
) -> None:
    mention = Mention(fragments[0][0], fragments[-1][1], "FAC", fragments=fragments)
    assert trim(mention, text, THE) == trimmed


def test_without_trims_a_mention_is_left_as_it_is() -> None:
    mention = Mention(0, 11, "ORG")
    assert trim(mention, "the Taliban", ()) is mention


@given(st.text(st.sampled_from("the s'’\n12al"), min_size=1, max_size=20))
def test_a_trimmed_mention_lies_within_the_old_one_and_is_not_trimmed_again(text: str) -> None:
    trims = ONTONOTES.to["report"].trims
    mention = Mention(0, len(text), "CARDINAL")
    once = trim(mention, text, trims)
    assert 0 <= once.start < once.end <= len(text)
    assert trim(once, text, trims) == once


def test_a_crosswalk_says_what_counts() -> None:
    schema = REPORT.apply(Schema(("GPE", "PARTICIPANT")))
    assert schema.counted == ("GPE",)
    assert schema.ignore_zones == {"boilerplate"}
    assert schema.attribution == AttributionType("Attribution", "Source", "Content", "Certainty")


@pytest.mark.parametrize(
    ("labels", "covered"),
    [
        pytest.param(("GPE", "PARTICIPANT"), True, id="some"),
        pytest.param((), True, id="none"),
        pytest.param(("GPE", "SHIP"), False, id="one foreign"),
    ],
)
def test_a_crosswalk_covers(labels: tuple[str, ...], covered: bool) -> None:
    assert REPORT.covers(labels) is covered


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "name: x\nlabels: [A]\nto:\n  report:\n    labels: {A: GPE, B: GPE, C: ORG}\n",
            "crosswalk x maps B, C to report but does not list it in labels\n  Add it to labels or mend the spelling.",
            id="map of a label that is not listed",
        ),
        pytest.param(
            "name: x\nlabels: [A]\nviews: {coarse: simple}\n",
            "crosswalk x declares the view coarse but no map to simple\n  Add to.simple.",
            id="view without map",
        ),
    ],
)
def test_a_crosswalk_that_contradicts_itself_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        read_crosswalk(tmp_path / "x.yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", ": is no crosswalk: Expected `object`, got `null`", id="empty file"),
        pytest.param("labels: GPE\n", ": is no crosswalk: Expected `array`, got `str` - at `$.labels`", id="no list"),
        pytest.param("label: [GPE]\n", ": is no crosswalk: Object contains unknown field `label`", id="misspelt field"),
        pytest.param(
            "labels: [A]\nto: {report: {labels: {A: GPE}, trim: []}}\n",
            ": is no crosswalk: Object contains unknown field `trim` - at `$.to[...]`",
            id="misspelt field of a map",
        ),
    ],
)
def test_a_file_that_is_no_crosswalk_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content)
    with pytest.raises(FileError) as caught:
        read_crosswalk(path)
    assert caught.value.message == f"{path}{message}"


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("labels: [GPE\n")
    with pytest.raises(FileError, match="is no crosswalk"):
        read_crosswalk(tmp_path / "x.yaml")


def test_crosswalks_are_shipped() -> None:
    assert [path.stem for path in SHIPPED] == ["conll2003", "ontonotes", "own", "re3d", "report"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_crosswalk_only_maps_to_labels_that_exist(path: Path) -> None:
    crosswalk = read_crosswalk(path)
    targets = {one.stem: set(read_crosswalk(one).labels) for one in SHIPPED} | {"coarse": set(COARSE)}
    unknown = {
        (name, label) for name, target in crosswalk.to.items() for label in set(target.labels.values()) - targets[name]
    }
    assert unknown == set()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_crosswalk_only_trims_and_leaves_out_labels_that_it_lists(path: Path) -> None:
    crosswalk = read_crosswalk(path)
    named = {label for target in crosswalk.to.values() for one in target.trims for label in one.labels}
    assert named | set(crosswalk.uncounted) <= set(crosswalk.labels)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_crosswalk_is_called_as_its_file(path: Path) -> None:
    assert (read_crosswalk(path).name or "own") == path.stem


def test_the_report_crosswalk_lists_the_labels_of_the_shipped_gold() -> None:
    assert REPORT.labels == REPORT_SCHEMA.entities
    assert REPORT_SCHEMA.counted == COUNTED
