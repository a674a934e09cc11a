"""Shows pages: on a terminal, or as Markdown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from harness.tables.model import Page, Table

if TYPE_CHECKING:
    from rich.table import Table as RichTable


def to_markdown(page: Page, level: int = 1) -> str:
    """The page in GitHub's Markdown, columns aligned so that it also reads as plain text; its title at `level`."""
    parts = [f"{'#' * level} {page.title}", " ".join(page.introduction)]
    for table in page.tables:
        parts.append(f"{'#' * (level + 1)} {table.title}" if table.title else "")
        parts.append(_markdown_table(table))
        parts += [f"- {note}" for note in table.notes]
    if page.notes and parts[-1].startswith("- "):
        parts.append(f"{'#' * (level + 1)} Notes")
    parts += [f"- {note}" for note in page.notes]
    return _spaced(parts)


def print_page(page: Page, stream: TextIO | None = None) -> None:
    """Print the page with rich: in colour on a terminal, as plain text elsewhere. No number is ever cut."""
    from rich.console import Console
    from rich.measure import Measurement
    from rich.padding import Padding
    from rich.text import Text

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with 1, which means a regression here

    stream = stream or sys.stdout
    console = Screen(file=stream, width=None if stream.isatty() else 100, highlight=False)
    console.print(Text(page.title, style="bold"))
    for line in page.introduction:
        console.print(Text(line))
    for table in page.tables:
        shown = _rich_table(table)
        needed = 0 if table.wide else Measurement.get(console, console.options.update(width=1000), shown).maximum
        console.print()
        width = console.width
        console.width = max(width, needed)  # rich would cut a wider table, whatever width it is asked to print
        console.print(shown, crop=False, overflow="ignore")
        console.width = width
        for note in table.notes:
            console.print(Padding(Text(note, style="dim"), (0, 0, 0, 2)))
    if page.notes:
        console.print()
    for note in page.notes:
        console.print(Text(note, style="dim"))


def _rich_table(table: Table) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(
        title=table.title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
    )
    for number, heading in enumerate(table.headings):
        prose = number in table.wide
        shown.add_column(
            heading, justify="left" if number == 0 or prose else "right", no_wrap=not prose, overflow="fold"
        )
    for number, row in enumerate(table.rows):
        shown.add_row(*(Text(cell) for cell in row), style="bold" if number in table.strong else None)
    return shown


def _markdown_table(table: Table) -> str:
    rows = [tuple(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in table.rows]
    rows = [
        tuple(f"**{cell}**" if number in table.strong and cell else cell for cell in row)
        for number, row in enumerate(rows)
    ]
    widths = [max(len(cell) for cell in column) for column in zip(table.headings, *rows, strict=True)]
    widths = [max(width, 3) for width in widths]
    left = {0, *table.wide}
    rule = (f":{'-' * (width - 1)}" if n in left else f"{'-' * (width - 1)}:" for n, width in enumerate(widths))
    lines = [table.headings, tuple(rule), *rows]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(w) if n in left else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    )


def _spaced(parts: list[str]) -> str:
    """Parts separated by blank lines, list items kept together."""
    text = ""
    for previous, part in zip(["", *parts], parts, strict=False):
        if not part:
            continue
        gap = "" if not text else "\n" if part.startswith("- ") and previous.startswith("- ") else "\n\n"
        text += gap + part
    return text + "\n"
