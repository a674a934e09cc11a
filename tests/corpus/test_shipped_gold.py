"""The gold set that is shipped keeps the rules of gold/GUIDELINES.md that a machine can check."""

import re
from itertools import combinations
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


def shingles(text: str, size: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def similarity(first: set[tuple[str, ...]], second: set[tuple[str, ...]]) -> float:
    return len(first & second) / len(first | second)


def test_no_fault_is_found() -> None:
    result = check_folder(FOLDER)
    assert result.faults == []
    assert result.reports == len(TEXTS)


def test_a_report_is_written_byte_for_byte_as_it_was_read(tmp_path: Path, document: Document) -> None:
    write_document(document, tmp_path)
    written = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert written == {one.name: one.read_bytes() for one in (FOLDER / "reports").glob(f"{document.report.id}.*")}


@pytest.mark.parametrize(("column", "least"), [("cluster", 24), ("conflict", 8), ("style", 6), ("split", 3)])
def test_the_set_is_varied(gold: Gold, column: str, least: int) -> None:
    assert len(set(metadata(gold, column))) >= least


def test_the_set_holds_at_least_24_reports(gold: Gold) -> None:
    assert len(gold.documents) >= 24


def test_the_set_holds_at_least_four_pages_with_two_articles_and_boilerplate(gold: Gold) -> None:
    pages = [one.report.id for one in gold.documents if len(zones(one, "article")) >= 2 and zones(one, "boilerplate")]
    assert len(pages) >= 4


def test_a_cluster_lies_in_one_split(gold: Gold) -> None:
    clusters, splits = metadata(gold, "cluster"), metadata(gold, "split")
    assert len(set(clusters)) == len(set(zip(clusters, splits, strict=True)))


def test_every_counted_label_occurs(gold: Gold) -> None:
    found = {label for one in gold.documents for label in one.annotations.mention_labels}
    assert set(gold.schema.counted) - found == set()


def test_mentions_do_not_overlap(document: Document) -> None:
    ordered = sorted(document.annotations.mentions, key=lambda mention: mention.start)
    overlaps = [
        (surface(document, one), surface(document, other))
        for one, other in combinations(ordered, 2)
        if other.start < one.end
    ]
    assert overlaps == []


def test_mentions_have_no_white_space_at_an_edge_and_no_leading_article(document: Document) -> None:
    wrong = [
        text
        for text in (surface(document, mention) for mention in document.annotations.mentions)
        if text != text.strip() or re.match(r"the\s", text, re.IGNORECASE)
    ]
    assert wrong == []


def test_mentions_lie_in_one_article_and_outside_boilerplate(document: Document) -> None:
    wrong = [
        surface(document, mention)
        for mention in document.annotations.mentions
        if len(articles(document, mention)) != 1
        or any(zone.start < mention.end and mention.start < zone.end for zone in zones(document, "boilerplate"))
    ]
    assert wrong == []


def test_a_chain_joins_mentions_of_one_article_and_one_label_that_may_be_chained(document: Document) -> None:
    mentions = {mention.id: mention for mention in document.annotations.mentions}
    for chain in document.annotations.chains:
        members = [mentions[name] for name in chain.members]
        assert len({tuple(articles(document, mention)) for mention in members}) == 1, chain.members
        assert len({mention.label for mention in members}) == 1, chain.members
        assert {mention.label for mention in members} <= CHAINED, chain.members


def test_a_mention_stands_in_at_most_one_chain(document: Document) -> None:
    members = [name for chain in document.annotations.chains for name in chain.members]
    assert len(members) == len(set(members))


def test_no_two_reports_of_different_clusters_share_their_wording(gold: Gold) -> None:
    wordings = [(report.id, report.metadata["cluster"], shingles(report.text)) for report in gold.reports]
    alike = [
        (one[0], other[0])
        for one, other in combinations(wordings, 2)
        if one[1] != other[1] and similarity(one[2], other[2]) > 0.05
    ]
    assert alike == []
