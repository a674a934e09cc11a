"""Pages as HTML: nothing that a label or a sentence says can become markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.tables.html import to_fragment, to_html
from harness.tables.model import Page, Table

NASTY = (
    "<b>bold</b>",
    "a & b",
    "&lt;",
    'say "so"',
    "it's",
    "100 % | \\ _ {x} $1 #2 ~ ^",
    "<script>alert(1)</script>",
    "]]> <!-- -->",
    "🔥 Київ –",
    "R&D\n<two lines>",
)
VOID = {"meta"}
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "ul", "li"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


class Reader(HTMLParser):
    """What a browser makes of a page: the texts of the elements, and that these are nested properly."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.classes: dict[str, list[str]] = {}
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.texts.setdefault(tag, []).append("")
        self.classes.setdefault(tag, []).append(dict(attributes).get("class") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data


def page(*words: str) -> Page:
    """The words wherever there is text: a title, an introduction, headings, cells, notes."""
    table = Table(words[0], tuple(words), (tuple(words), tuple(reversed(words))), tuple(words))
    return Page(words[0], tuple(words), (table,), tuple(words))


def assert_text_is_kept(words: tuple[str, ...]) -> None:
    found = Reader(to_html(page(*words)))
    assert found.texts["title"] == found.texts["h1"] == [words[0]]
    assert found.texts["p"] == [" ".join(words)]
    assert found.texts["th"] == list(words)
    assert found.texts["td"] == [*words, *reversed(words)]
    assert found.texts["li"] == [*words, *words]
    assert not set(found.texts) - TAGS


def test_every_special_character_is_text() -> None:
    assert_text_is_kept(NASTY)


@pytest.mark.parametrize("word", NASTY)
def test_special_characters_alone(word: str) -> None:
    assert_text_is_kept((word, "plain"))


@given(st.lists(st.text("<>&\"'/!-=;ab \n#x📈é", min_size=1), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_text_is_text(words: list[str]) -> None:
    assert_text_is_kept(tuple(words))


def test_a_page_is_whole_and_without_scripts() -> None:
    shown = to_html(page("one", "two"))
    assert shown.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    assert shown.endswith("</body></html>\n")
    assert "<script" not in shown
    assert "http" not in shown  # nothing is loaded


def test_a_fragment_is_the_page_without_its_frame() -> None:
    shown = to_fragment(page("one", "two"))
    found = Reader(shown)
    assert not {"html", "head", "body", "title"} & set(found.texts)
    assert shown.startswith("<style>")
    content = shown[shown.index('<div class="harness">') :]
    assert content in to_html(page("one", "two"))


def test_alignment_and_emphasis_are_classes() -> None:
    table = Table("t", ("a", "b", "c"), (("1", "2", "3"), ("4", "5", "6")), strong=frozenset({1}), wide=frozenset({2}))
    found = Reader(to_html(Page("p", (), (table,))))
    assert found.classes["tr"] == ["", "", "strong"]
    assert found.classes["th"] == ["text", "", "prose"]
    assert found.classes["td"] == ["text", "", "prose"] * 2


def test_what_is_empty_leaves_no_trace() -> None:
    found = Reader(to_html(Page("p", (), (Table("", ("a",), ()),))))
    assert not {"h2", "ul", "td"} & set(found.texts)
