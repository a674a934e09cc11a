"""The gold set that is shipped keeps the rules of gold/GUIDELINES.md that a machine can check."""

import re
from collections import Counter
from itertools import chain, combinations
from pathlib import Path

import pytest

from harness.annotation import Mention, Zone
from harness.corpus.brat import write_document
from harness.corpus.check import check_folder
from harness.corpus.crosswalk import read_crosswalk
from harness.corpus.document import Document, Gold
from harness.corpus.gold import GoldSource, read_gold
from harness.resources import locate

FOLDER = locate("gold")
TEXTS = sorted((FOLDER / "reports").glob("*.txt"))
CHAINED = {"PERSON", "ARMED_GROUP", "MILITARY", "ORG", "GPE", "LOCATION", "FACILITY", "WEAPON"}


@pytest.fixture(scope="module")
def gold() -> Gold:
    crosswalk = read_crosswalk(locate("conf") / "crosswalk" / "report.yaml")
    return read_gold(GoldSource(FOLDER, split="all", crosswalk=crosswalk))


@pytest.fixture(params=TEXTS, ids=lambda path: path.stem)
def document(request: pytest.FixtureRequest, gold: Gold) -> Document:
    return next(one for one in gold.documents if one.report.id == request.param.stem)


def zones(document: Document, kind: str) -> list[Zone]:
    return [zone for zone in document.report.zones if zone.kind == kind]


def articles(document: Document, mention: Mention) -> list[int]:
    """The numbers of the articles in which `mention` lies as a whole."""
    return [
        zone.article for zone in zones(document, "article") if zone.start <= mention.start and mention.end <= zone.end
    ]


def surface(document: Document, mention: Mention) -> str:
    return document.report.text[mention.start : mention.end]


def metadata(gold: Gold, column: str) -> list[str]:
    return [report.metadata[column] for report in gold.reports]


def test_nothing_is_left_to_look_at() -> None:
    result = check_folder(FOLDER, read_crosswalk(locate("conf") / "crosswalk" / "report.yaml"))
    assert result.faults == []
    assert result.warnings == []
    assert result.reports == len(TEXTS)


def test_a_report_is_written_byte_for_byte_as_it_was_read(tmp_path: Path, document: Document) -> None:
    write_document(document, tmp_path)
    written = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert written == {one.name: one.read_bytes() for one in (FOLDER / "reports").glob(f"{document.report.id}.*")}


def test_brat_knows_every_label_role_and_value_in_use(gold: Gold) -> None:
    """Read off annotation.conf line by line here, without our own reader of it."""
    section, macros, known = "", {}, set()
    for line in (FOLDER / "annotation.conf").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section, macros = line, {}
        elif macro := re.fullmatch(r"(<\w+>)=(.*)", line):
            macros[macro[1]] = macro[2]
        elif line and not line.startswith("#"):
            for name, value in reversed(macros.items()):
                line = line.replace(name, value)
            label, _, rest = line.partition("\t")
            known.add((section, label))
            for part in filter(None, rest.split(", ")):
                role, _, targets = part.partition(":")
                known |= {(section, label, role.rstrip("?*"), target) for target in targets.split("|")}
    used = set()
    for _, layers in gold.documents:
        labels = {one.id: one.label for one in (*layers.mentions, *layers.events, *layers.attributions)}
        used |= {("[entities]", one.label) for one in layers.mentions}
        events = [(one.label, one.arguments) for one in layers.events]
        events += [(one.label, (*one.sources, *one.content)) for one in layers.attributions]
        for label, arguments in events:
            used.add(("[events]", label))
            for argument in arguments:
                filler = labels[argument.target]
                event = ("[events]", filler) in known
                used.add(("[events]", label, argument.role, "<EVENT>" if event else filler))
        for relation in layers.relations:
            used |= {("[relations]", relation.label, one.role, labels[one.target]) for one in relation.arguments}
        for one in layers.attributes:
            used |= {("[attributes]", one.name)} | (
                {("[attributes]", one.name, "Value", one.value)} if one.value else set()
            )
    assert used - known == set()


@pytest.mark.parametrize(("column", "least"), [("conflict", 15), ("style", 10), ("split", 3)])
def test_the_set_is_varied(gold: Gold, column: str, least: int) -> None:
    assert len(set(metadata(gold, column))) >= least


def test_no_conflict_has_more_than_15_percent_of_the_reports(gold: Gold) -> None:
    (_, most), *_ = Counter(metadata(gold, "conflict")).most_common(1)
    assert most <= 0.15 * len(gold.documents)


@pytest.mark.parametrize(("split", "least"), [("test", 76), ("dev", 16), ("train", 28)])
def test_every_split_is_large_enough(gold: Gold, split: str, least: int) -> None:
    assert metadata(gold, "split").count(split) >= least


def test_pages_tickers_and_long_reports(gold: Gold) -> None:
    pages = [one for one in gold.documents if len(zones(one, "article")) >= 2 or zones(one, "boilerplate")]
    words = [len(report.text.split()) for report in gold.reports]
    assert len(pages) >= 15
    assert sum(count <= 80 for count in words) >= 10
    assert sum(count > 900 for count in words) >= 5


def test_the_layers_are_as_rich_as_a_gate_needs(gold: Gold) -> None:
    test = [annotations for report, annotations in gold.documents if report.metadata["split"] == "test"]
    layers = [annotations for _, annotations in gold.documents]
    mentions = Counter(one.label for one in chain.from_iterable(one.mentions for one in test))
    events = Counter(one.label for one in chain.from_iterable(one.events for one in test))
    certainty = [one.value for own in layers for one in own.attributes if one.name == "Certainty"]
    assert sum(len(one.mentions) for one in layers) >= 5000
    assert {label: mentions[label] for label in gold.schema.entities if mentions[label] < 150} == {}
    assert sum(len(one.events) for one in layers) >= 700
    assert {label: events[label] for label in gold.schema.events if label != "Attribution" and events[label] < 10} == {}
    assert len(certainty) >= 350
    assert sum(value != "certain" for value in certainty) >= 0.3 * len(certainty)
    assert sum(len(one.relations) for one in layers) >= 400
    hedged = [
        own for own in layers if sum(one.name == "Certainty" and one.value != "certain" for one in own.attributes) >= 2
    ]
    assert len(hedged) >= 25


def test_a_cluster_lies_in_one_split(gold: Gold) -> None:
    clusters, splits = metadata(gold, "cluster"), metadata(gold, "split")
    assert len(set(clusters)) == len(set(zip(clusters, splits, strict=True)))


def test_names_and_times_do_not_overlap(document: Document) -> None:
    ordered = sorted(document.annotations.mentions, key=lambda mention: mention.start)
    overlaps = [
        (surface(document, one), surface(document, other))
        for one, other in combinations(ordered, 2)
        if other.start < one.end and "PARTICIPANT" not in (one.label, other.label)
    ]
    assert overlaps == []


def test_mentions_lie_in_one_article_and_outside_boilerplate(document: Document) -> None:
    wrong = [
        surface(document, mention)
        for mention in document.annotations.mentions
        if len(articles(document, mention)) != 1
        or any(zone.start < mention.end and mention.start < zone.end for zone in zones(document, "boilerplate"))
    ]
    assert wrong == []


def test_a_chain_joins_one_type_in_one_article(document: Document) -> None:
    mentions = {mention.id: mention for mention in document.annotations.mentions}
    events = {event.trigger.id: event for event in document.annotations.events}
    for one in document.annotations.chains:
        members = [mentions[name] for name in one.members if name in mentions]
        triggers = [events[name] for name in one.members if name in events]
        assert len(one.members) in (len(members), len(triggers)), one.members
        assert len({tuple(articles(document, member)) for member in members}) <= 1, one.members
        assert len({member.label for member in (*members, *triggers)}) == 1, one.members
        assert {mention.label for mention in members} <= CHAINED, one.members


def test_a_mention_stands_in_at_most_one_chain(document: Document) -> None:
    members = [name for one in document.annotations.chains for name in one.members]
    assert len(members) == len(set(members))
