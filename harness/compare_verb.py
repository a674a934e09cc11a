"""The verb `compare`: runs side by side, in every format."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from harness.comparison.compare import Comparison, compare_by_texts
from harness.comparison.differences import Options
from harness.runs.record import RECORD_SCHEMA
from harness.runs.stored import find_stored
from harness.tables.comparison import comparison_page, comparison_records, comparison_rows
from harness.tables.html import to_html
from harness.tables.latex import to_latex
from harness.tables.render import print_page, to_markdown


def compare_directories(paths: Sequence[Path]) -> list[Comparison]:
    """Compare the runs of a sweep: one comparison for each set of texts."""
    return compare_by_texts(find_stored(paths), Options())


def show_comparisons(comparisons: Sequence[Comparison], form: str) -> None:
    """Print comparisons on standard output: as tables, markdown, html, latex, csv or json."""
    pages = [comparison_page(one) for one in comparisons]
    if form == "json":
        print(encode_comparisons(comparisons), end="")
    elif form == "csv":
        print(encode_csv(comparisons), end="")
    elif form == "markdown":
        print("\n".join(to_markdown(page) for page in pages), end="")
    elif form == "html":
        print(to_html(*pages), end="")
    elif form == "latex":
        print("\n".join(to_latex(page) for page in pages), end="")
    else:
        for page in pages:
            print_page(page)
    if form in ("json", "csv"):
        for note in dict.fromkeys(note for page in pages for note in page.notes):
            print(f"note: {note}", file=sys.stderr)


def encode_comparisons(comparisons: Sequence[Comparison]) -> str:
    """JSON: rows as in scores.json with model and run, differences, sentences, the frontier; one row a line."""
    rows = _lines(row for one in comparisons for row in comparison_rows(one))
    differences = _lines(each for one in comparisons for view in one.views for each in view.differences)
    sentences = [sentence for one in comparisons for sentence in one.sentences()]
    rest = {"sentences": sentences, "frontier": [one.frontier() for one in comparisons]}
    tail = msgspec.json.encode(rest).decode().removeprefix("{")
    return f'{{"schema": {RECORD_SCHEMA}, "rows": [\n{rows}\n], "differences": [\n{differences}\n],\n{tail}\n'


def encode_csv(comparisons: Sequence[Comparison]) -> str:
    """One line a score or difference; what is undefined is empty."""
    records = [record for one in comparisons for record in comparison_records(one)]
    if not records:
        return ""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


def _lines(rows: Iterable[object]) -> str:
    return ",\n".join(msgspec.json.encode(row).decode() for row in rows)
