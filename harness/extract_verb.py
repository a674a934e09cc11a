"""The verb `extract`: what a model finds in raw text files."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.annotation import Annotations, Report
from harness.backends.registry import make_backend
from harness.corpus import brat, jsonl
from harness.corpus.annotation_conf import format_annotation_conf
from harness.corpus.document import Document
from harness.corpus.standoff import surface_of
from harness.errors import ConfigurationError, ExitCode, InputError
from harness.extraction.runner import Failure, extract
from harness.files import new_folder, read_text, write_bytes, write_text
from harness.schema import Schema
from harness.tables.model import Page, Table
from harness.tables.render import print_page


class Found(msgspec.Struct, frozen=True):
    """A row of `--format json`: half-open code-point offsets, None for a mention without a place in the text."""

    report: str
    start: int | None
    end: int | None
    label: str
    surface: str
    confidence: float | None


def extract_files(files: Sequence[Path], overrides: Sequence[str], form: str, output: Path | None) -> int:
    """Run the configured model over `files`; print to standard output or write to `output`. Exit code 4 if it fails."""
    from harness import app

    if form == "brat" and output is None:
        raise ConfigurationError("brat needs a folder to write to", "Add --output FOLDER.")
    if output is not None and form not in ("brat", "jsonl"):
        raise ConfigurationError("--output goes with --format jsonl or brat", "Add one of them.")
    if output is not None and output.exists():
        raise InputError(f"{output} already exists", "Name a new file or folder.")
    if not files:
        raise ConfigurationError("no files to read", "python -m harness extract model=spacy FILE...")
    reports = [Report(path.stem, read_text(path)) for path in files]
    names = [report.id for report in reports]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"several files are called {twice[0]}", "Report ids are file names without their ending.")
    config = app.compose(overrides)
    backend = make_backend(config.model.backend, config.model.args)
    outcomes = list(extract(backend, reports))
    found = [outcome for outcome in outcomes if isinstance(outcome, Annotations)]
    texts = {report.id: report for report in reports}
    if form == "brat" and output is not None:
        with new_folder(output) as folder:
            for one in found:
                brat.write_document(Document(texts[one.report], one), folder)
            write_text(folder / "annotation.conf", format_annotation_conf(Schema(backend.labels)))
    elif form == "jsonl":
        lines = b"".join(jsonl.encode_line(one) for one in found)
        if output is None:
            print(lines.decode(), end="")
        else:
            write_bytes(output, lines)
    elif form == "json":
        rows = [row for one in found for row in _rows(one, texts[one.report].text)]
        print(msgspec.json.encode({"schema": 1, "rows": rows}).decode())
    else:
        for one in found:
            print_page(_page(one, texts[one.report].text, config.model.name))
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        print(f"error: {config.model.name} failed on {failure.report}: {failure.error}", file=sys.stderr)
    return ExitCode.BACKEND_FAILED if failures else ExitCode.OK


def _rows(annotations: Annotations, text: str) -> list[Found]:
    rows = [
        Found(annotations.report, one.start, one.end, one.label, surface_of(text, one.spans), one.confidence)
        for one in annotations.mentions
    ]
    rows += [
        Found(annotations.report, None, None, one.label, one.surface, one.confidence) for one in annotations.unaligned
    ]
    return rows


def _page(annotations: Annotations, text: str, model: str) -> Page:
    rows = _rows(annotations, text)
    cells = tuple(
        (
            row.label,
            "–" if row.start is None else str(row.start),
            "–" if row.end is None else str(row.end),
            row.surface,
        )
        for row in rows
    )
    table = Table("", ("label", "start", "end", "surface"), cells, wide=frozenset({3}))
    return Page(f"{annotations.report}: {len(rows)} mentions found by {model}", (), (table,))
