"""Shows pages as HTML: one file without scripts, or a fragment for a notebook."""

from collections.abc import Iterable
from html import escape

from harness.tables.model import Page, Table

STYLE = """\
.harness { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.harness h1 { font-size: 1.4rem; } .harness h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.harness table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.harness th, .harness td { padding: .25rem .7rem; text-align: right; white-space: nowrap; }
.harness th { border-bottom: 2px solid; } .harness tr + tr td { border-top: 1px solid rgb(128 128 128 / 30%); }
.harness .text { text-align: left; } .harness .prose { white-space: normal; text-align: left; }
.harness .strong td { font-weight: bold; } .harness .table { overflow-x: auto; }
.harness ul { padding-left: 1.2rem; } .harness .notes { opacity: .8; font-size: .9em; }
"""


def to_html(*pages: Page) -> str:
    """A whole document, with one page after the other; the first one gives it its title."""
    title = escape(pages[0].title)
    content = "".join(_content(page) for page in pages)
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<style>\n:root {{ color-scheme: light dark; }}\n{STYLE}</style></head>\n"
        f"<body>\n{content}</body></html>\n"
    )


def to_fragment(page: Page) -> str:
    """A part of a document, with its own style."""
    return f"<style>\n{STYLE}</style>\n{_content(page)}"


def _content(page: Page) -> str:
    lines = ['<div class="harness">', f"<h1>{escape(page.title)}</h1>", f"<p>{escape(' '.join(page.introduction))}</p>"]
    for table in page.tables:
        lines += _table(table)
    lines += _notes(page.notes, "")
    return "\n".join([*lines, "</div>", ""])


def _table(table: Table) -> Iterable[str]:
    if table.title:
        yield f"<h2>{escape(table.title)}</h2>"
    yield '<div class="table"><table>'
    yield f"<thead><tr>{_cells('th', table.headings, table)}</tr></thead>"
    yield "<tbody>"
    for number, row in enumerate(table.rows):
        strong = ' class="strong"' if number in table.strong else ""
        yield f"<tr{strong}>{_cells('td', row, table)}</tr>"
    yield "</tbody></table></div>"
    yield from _notes(table.notes, ' class="notes"')


def _cells(kind: str, cells: Iterable[str], table: Table) -> str:
    classes = {0: ' class="text"', **dict.fromkeys(table.wide, ' class="prose"')}
    return "".join(f"<{kind}{classes.get(n, '')}>{escape(cell)}</{kind}>" for n, cell in enumerate(cells))


def _notes(notes: Iterable[str], kind: str) -> Iterable[str]:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    if items:
        yield f"<ul{kind}>{items}</ul>"
