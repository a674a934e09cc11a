"""The verbs `gold stats` and `gold agree`, and the files of a gold folder that are made by them."""

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from harness.corpus import brat
from harness.corpus.crosswalk import shipped_crosswalk
from harness.corpus.document import SPLITS, Document, Gold
from harness.corpus.gold import GoldSource, brat_schema, orphans, read_gold, report_files
from harness.corpus.verbs import default_folder
from harness.errors import ExitCode, FileError, InputError
from harness.files import display_path, existing_folder, read_text, write_text
from harness.schema import Schema
from harness.scoring.agreement import Agreement, agree
from harness.tables.agreement import agreement_page
from harness.tables.census import census_page
from harness.tables.model import Page
from harness.tables.render import print_page, to_markdown

DATASHEET = "DATASHEET.md"
VERSION = "VERSION"
REMEDY = "python -m harness gold stats --write renews it."


class _Section(NamedTuple):
    """A section of a datasheet that compares two folders of a gold set; "" stands for the reports themselves."""

    first: str
    second: str
    by_label: bool = True


AGREEMENTS = {
    "agreement": _Section("", "second_pass"),
    "blind-agreement": _Section("first_pass", "second_pass"),
    "review": _Section("", "first_pass", by_label=False),
}


class _Hashes(msgspec.Struct, frozen=True):
    """What a split is, as run records name it."""

    reports: int
    text: str
    labels: str


class _Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of VERSION: the number and the day of freezing are set by people, the rest is computed."""

    version: str
    frozen: datetime.date
    splits: dict[str, _Hashes] = {}


def show_agreement(first: Path, second: Path, form: str) -> int:
    """Print the agreement of two brat folders on the reports that the second one holds."""
    agreement = read_agreement(first, second)
    if form == "json":
        print(msgspec.json.format(msgspec.json.encode(agreement), indent=2).decode())
    else:
        _show(agreement_page(agreement, display_path(first), display_path(second)), form)
    return ExitCode.OK


def read_agreement(first: Path, second: Path) -> Agreement:
    """The agreement of two brat folders. InputError if the second one holds a report or text that the first has not."""
    schema = _schema(first)
    theirs = _documents(second, schema)
    ours = {one.report.id: one for one in _documents(first, schema)}
    if missing := {report.id for report, _ in theirs} - set(ours):
        raise InputError(f"{first} lacks report {min(missing)!r} of {second}", "Name folders of the same reports.")
    return agree([ours[report.id] for report, _ in theirs], theirs, schema)


def show_census(folder: Path | None, form: str, *, write: bool = False, check: bool = False) -> int:
    """Print what a gold folder holds; or renew its DATASHEET.md and VERSION; or tell by exit code 2 if they are stale.

    DATASHEET.md holds the tables between the lines `<!-- stats -->` and `<!-- /stats -->`. Where the gold has folders
    first_pass and second_pass, it also holds their agreement between the lines called blind-agreement, that of the
    reports with the second pass (agreement), and what became of the first pass (review).
    """
    folder = folder or default_folder()
    gold = read_gold(GoldSource(folder, split="all", crosswalk=shipped_crosswalk("report")))
    page = census_page(gold.documents, gold.schema)
    if write or check:
        return _renew(folder, gold, page, write=write)
    if form == "json":
        tables = [{"title": one.title, "headings": one.headings, "rows": one.rows} for one in page.tables]
        print(msgspec.json.format(msgspec.json.encode(tables), indent=2).decode())
    else:
        _show(page, form)
    return ExitCode.OK


def _show(page: Page, form: str) -> None:
    if form == "markdown":
        print(to_markdown(page), end="")
    else:
        print_page(page)


def _renew(folder: Path, gold: Gold, page: Page, *, write: bool) -> int:
    sections = {"stats": to_markdown(page, level=3)}
    reports = report_files(folder)[0].parent
    for name, section in AGREEMENTS.items():
        first, second = (folder / one if one else reports for one in section[:2])
        sections[name] = ""
        if first.is_dir() and second.is_dir():
            named = [one or "reports" for one in section[:2]]
            compared = agreement_page(read_agreement(first, second), *named, by_label=section.by_label)
            sections[name] = to_markdown(compared, level=3)
    datasheet, version = folder / DATASHEET, folder / VERSION
    renewed = {
        datasheet: _with_sections(datasheet, read_text(datasheet), sections),
        version: _with_hashes(version, read_text(version), gold),
    }
    stale = [path for path, content in renewed.items() if read_text(path) != content]
    if write:
        for path in stale:
            write_text(path, renewed[path])
            print(f"{display_path(path)} renewed")
        return ExitCode.OK
    for path in stale:
        print(f"{display_path(path)} is stale\n  {REMEDY}")
    return ExitCode.BAD_INPUT if stale else ExitCode.OK


def _with_sections(path: Path, content: str, sections: dict[str, str]) -> str:
    for name, section in sections.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, begins, rest = content.partition(opening)
        _, ends, after = rest.partition(closing)
        if not section and not begins:
            continue
        if not begins or not ends or opening in after:
            problem = f"has {'more than one' if begins and ends else 'no'} place for {name}"
            raise FileError(path, problem, f"Keep one line {opening.strip()} and one line {closing} after it.")
        inside = f"\n{section}\n" if section else ""
        content = f"{before}{opening}{inside}{closing}{after}"
    return content


def _with_hashes(path: Path, content: str, gold: Gold) -> str:
    try:
        version = msgspec.convert(yaml.safe_load(content), _Version)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as error:
        raise FileError(path, f"is no version: {error}", "Write version: 1.0.0 and frozen: YYYY-MM-DD.") from None
    splits = {}
    for split in (*SPLITS, "all"):
        chosen = [one for one in gold.documents if split in (one.report.metadata.get("split"), "all")]
        if chosen:
            part = dataclasses.replace(gold, split=split, documents=chosen)
            splits[split] = _Hashes(len(chosen), part.text_hash, part.label_hash)
    renewed = _Version(version.version, version.frozen, splits)
    return yaml.safe_dump(msgspec.to_builtins(renewed, builtin_types=(datetime.date,)), sort_keys=False)


def _schema(folder: Path) -> Schema:
    """The schema of a folder of reports, which may stand in the folder above it."""
    existing_folder(folder, "folder", "Name a folder of .txt and .ann files.")
    schema = brat_schema(folder)
    crosswalk = shipped_crosswalk("report")
    return crosswalk.apply(schema) if crosswalk.covers(schema.entities) else schema


def _documents(folder: Path, schema: Schema) -> Sequence[Document]:
    existing_folder(folder, "folder", "Name a folder of .txt and .ann files.")
    files = report_files(folder)
    if not files:
        raise InputError(f"{folder} holds no .txt files", "Name a folder of .txt and .ann files.")
    for orphan in orphans(files):
        raise orphan
    return [brat.read_document(path, schema) for path in files]
