"""How tables are shown."""

import io

from harness.tables.model import Page, Table
from harness.tables.render import print_page, to_markdown

WIDE = Table("wide", tuple(f"heading {number:02}" for number in range(14)), (tuple(map(str, range(14))),))


def printed(page: Page) -> str:
    stream = io.StringIO()
    print_page(page, stream)
    return stream.getvalue()


def test_a_table_wider_than_the_screen_is_not_cut() -> None:
    lines = printed(Page("p", (), (WIDE,))).splitlines()
    assert " ".join(WIDE.headings).split() == next(line for line in lines if "heading" in line).split()


def test_prose_around_a_wide_table_keeps_to_100_columns() -> None:
    text = "word " * 40
    lines = printed(Page(text, (text,), (WIDE,), (text,))).splitlines()
    assert max(len(line) for line in lines if "word" in line) <= 100


def test_markdown_at_a_level() -> None:
    page = Page("Title", ("Said.",), (Table("part", ("a", "b"), (("x", "1"),), ("note",)),))
    assert to_markdown(page, level=3) == (
        "### Title\n\nSaid.\n\n#### part\n\n| a   |   b |\n| :-- | --: |\n| x   |   1 |\n\n- note\n"
    )
