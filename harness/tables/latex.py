"""Shows pages as LaTeX: tables with the rules of the package booktabs, to be read in with the command input."""

import re

from harness.tables.model import Page, Table

_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "−": "$-$",
    "≥": r"$\geq$",
    "·": r"$\cdot$",
}


def to_latex(page: Page) -> str:
    """One table environment a table; notes become comments of the page and lines below their table."""
    lines = [f"% {_one_line(page.title)}", r"% needs \usepackage{booktabs}"]
    lines += [f"% {_one_line(note)}" for note in page.notes]
    for table in page.tables:
        lines += ["", *_table(table)]
    return "\n".join([*lines, ""])


def _table(table: Table) -> list[str]:
    prose = {0, *table.wide}
    columns = "".join("l" if number in prose else "r" for number in range(len(table.headings)))
    rows = [
        " & ".join(rf"\textbf{{{cell}}}" if number in table.strong and cell else cell for cell in map(_escaped, row))
        for number, row in enumerate(table.rows)
    ]
    body = [rf"{row} \\" for row in rows]
    notes = [rf"\par\footnotesize {_escaped(note)}" for note in table.notes]
    return [
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{_escaped(table.title)}}}"] if table.title else []),
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        rf"{' & '.join(map(_escaped, table.headings))} \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        *notes,
        r"\end{table}",
    ]


def _one_line(text: str) -> str:
    """The text without line breaks, which would end a comment."""
    return " ".join(text.split())


def _escaped(text: str) -> str:
    escaped = re.sub(r".", lambda found: _SPECIAL.get(found[0], found[0]), _one_line(text))
    return f"{{}}{escaped}" if escaped.startswith(("[", "*")) else escaped  # no argument of the line end before it
