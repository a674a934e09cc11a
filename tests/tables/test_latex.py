"""Pages as LaTeX: every character that LaTeX reads as more than itself is escaped."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

from harness.tables.latex import to_latex
from harness.tables.model import Page, Table

EVERY = "& % $ # _ { } \\ ~ ^ < > |"


def cells(*row: str) -> list[str]:
    """The row of a table with one row, as it is written."""
    headings = tuple("abcdefgh"[: len(row)])
    lines = to_latex(Page("p", (), (Table("t", headings, (row,)),))).splitlines()
    return lines[lines.index(r"\midrule") + 1].removesuffix(r" \\").split(" & ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("R&D", r"R\&D"),
        ("100 %", r"100 \%"),
        ("ARMED_GROUP", r"ARMED\_GROUP"),
        ("#1", r"\#1"),
        ("$5", r"\$5"),
        ("{x}", r"\{x\}"),
        ("a\\b", r"a\textbackslash{}b"),
        ("\\%", r"\textbackslash{}\%"),
        ("~", r"\textasciitilde{}"),
        ("^", r"\textasciicircum{}"),
        ("< 0.001", r"\textless{} 0.001"),
        ("a>b", r"a\textgreater{}b"),
        ("a|b", r"a\textbar{}b"),
        ("83–86", "83--86"),
        ("a − b", "a $-$ b"),
        ("≥ ·", r"$\geq$ $\cdot$"),
        ("two\nlines", "two lines"),
        ("Київ", "Київ"),
    ],
)
def test_special_characters(text: str, expected: str) -> None:
    assert cells(text) == [expected]


UNKNOWN = {r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|", r"\textasciicircum{}": "^"}
"""What the reader of LaTeX knows as nothing, or as something that looks the same."""


def table_of(latex: str) -> LatexEnvironmentNode:
    nodes, _, _ = LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
    (table,) = [node for node in nodes if isinstance(node, LatexEnvironmentNode)]
    return table


def test_the_whole_environment() -> None:
    table = Table(
        "F1 & co", ("model", "F1", "told"), (("a_b", "84.7", "x"), ("c", "", "y")), ("100 %",), frozenset({0, 1})
    )
    shown = to_latex(Page("2 backends", ("not shown",), (table,), ("a note",)))
    assert shown == "\n".join(
        [
            "% 2 backends",
            r"% needs \usepackage{booktabs}",
            "% a note",
            "",
            r"\begin{table}",
            r"\centering",
            r"\caption{F1 \& co}",
            r"\begin{tabular}{lrr}",
            r"\toprule",
            r"model & F1 & told \\",
            r"\midrule",
            r"\textbf{a\_b} & \textbf{84.7} & \textbf{x} \\",
            r"\textbf{c} &  & \textbf{y} \\",
            r"\bottomrule",
            r"\end{tabular}",
            r"\par\footnotesize 100 \%",
            r"\end{table}",
            "",
        ]
    )


def test_columns_of_prose_are_left_aligned_and_a_title_may_be_missing() -> None:
    shown = to_latex(Page("p", (), (Table("", ("a", "b", "c"), (), wide=frozenset({2})),)))
    assert r"\begin{tabular}{lrl}" in shown
    assert r"\caption" not in shown


@given(st.lists(st.text(EVERY + "ab", min_size=1, max_size=8), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_text_parses_and_reads_as_itself(words: list[str]) -> None:
    table = table_of(to_latex(Page("p", (), (Table("", tuple("abc"[: len(words)]), (tuple(words),)),))))
    (tabular,) = [node for node in table.nodelist if isinstance(node, LatexEnvironmentNode)]
    row = tabular.latex_verbatim().split(r"\midrule")[1].split(r"\bottomrule")[0].strip().removesuffix(r" \\")
    for command, character in UNKNOWN.items():
        row = row.replace(command, character)
    shown = [LatexNodes2Text().latex_to_text(cell) for cell in row.split(" & ")]
    assert ["".join(one.split()) for one in shown] == ["".join(one.split()) for one in words]


@pytest.mark.parametrize("where", ["title", "note"])
def test_a_line_break_does_not_end_a_comment(where: str) -> None:
    title, notes = ("one\n50 % & more", ()) if where == "title" else ("p", ("FAILED m: boom\n50 % & more",))
    lines = to_latex(Page(title, (), (), notes)).splitlines()
    assert all(line.startswith("%") for line in lines if line)


def test_a_row_that_begins_with_a_bracket_is_no_option_of_the_line_end_before() -> None:
    table = Table("", ("a", "b"), (("x", "1"), ("[0, 4)", "2")))
    lines = to_latex(Page("p", (), (table,))).splitlines()
    second = lines[lines.index(r"\midrule") + 2]
    assert not second.startswith("[")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_every_special_character_compiles(tmp_path: Path) -> None:
    rows = tuple((one, one * 2) for one in [*EVERY.split(), "–", "−", "≥", "·", "“q”", "50 % & more"])
    latex = to_latex(Page("p", (), (Table(EVERY, (EVERY, "b"), rows, (EVERY,)),), (EVERY,)))
    document = [r"\documentclass{article}", r"\usepackage{booktabs}", r"\begin{document}", latex, r"\end{document}", ""]
    (tmp_path / "paper.tex").write_text("\n".join(document))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert made.returncode == 0, made.stdout[-2000:]
