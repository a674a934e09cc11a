"""Reading a gold set, in whatever format: the one entry to the corpus room."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.corpus import brat, jsonl
from harness.corpus.annotation_conf import read_annotation_conf
from harness.corpus.crosswalk import Crosswalk
from harness.corpus.document import SPLITS, Document, Gold, refuse_duplicates
from harness.corpus.re3d import read_re3d
from harness.errors import ConfigurationError, FileError, InputError
from harness.files import existing_folder, read_table
from harness.schema import Schema
from harness.tagging.schemes import COLUMNS, TOKENIZER

FORMATS = ("brat", "jsonl", "datasets", "re3d", "conll", "docbin")
AUTO = "auto"
"""The split "auto": test where the gold set declares splits, otherwise everything."""


@dataclass(frozen=True)
class GoldSource:
    """Where a gold set lies and how to read it.

    `annotation_conf` names the schema of formats that bring none (default: the file of that name beside the data,
    else the labels that occur). `minimum_confidence` is the cut of re3d folders. `column`, `token_column`, `scheme` and
    `policy` ("": invalid sequences are refused) are for column files, `spans_key` for DocBin.
    """

    path: Path
    name: str = "gold"
    format: str = "brat"
    split: str = AUTO
    crosswalk: Crosswalk = field(default_factory=Crosswalk)
    annotation_conf: Path | None = None
    minimum_confidence: float = 0.5
    column: int = -1
    token_column: int = 1
    scheme: str = "IOB2"
    policy: str = ""
    spans_key: str | None = None


def read_gold(source: GoldSource) -> Gold:
    """Read and check the reports of one split. Raises InputError (with file, line and remedy) at the first fault."""
    if source.format not in FORMATS:
        near = difflib.get_close_matches(source.format, FORMATS, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise ConfigurationError(f"unknown gold.format {source.format!r}", f"{hint}Formats: {', '.join(FORMATS)}.")
    if source.split not in (AUTO, "all", *SPLITS):
        raise ConfigurationError(
            f"unknown gold.split {source.split!r}", f"Splits: {', '.join((*SPLITS, 'all', AUTO))}."
        )
    schema, documents, remarks = _READERS[source.format](source)
    refuse_duplicates((document.report.id for document in documents), str(source.path))
    split, chosen = _choose(documents, source)
    if not chosen:
        raise InputError(f"{source.path} holds no reports in split {split}", "Check gold.path and gold.split.")
    if source.crosswalk.covers(schema.entities):
        schema = source.crosswalk.apply(schema)
        if set(schema.entities) != set(source.crosswalk.labels):
            remarks.append(
                f"the gold's labels are taken to be those of the label set {source.crosswalk.name} "
                "(crosswalk@gold.crosswalk=NAME chooses another)"
            )
    elif source.crosswalk.name is not None:
        foreign = ", ".join(sorted(set(schema.entities) - set(source.crosswalk.labels)))
        remarks.append(
            f"labels {foreign} are not in the crosswalk {source.crosswalk.name}: scored in the gold's own labels only"
        )
    ordered = sorted(chosen, key=lambda document: document.report.id)
    train = [one for one in documents if one.report.metadata.get("split") == "train" and split not in ("train", "all")]
    tokenizer = COLUMNS if source.format == "conll" else TOKENIZER
    return Gold(source.name, str(source.path), schema, split, ordered, tuple(remarks), train, tokenizer)


def report_files(folder: Path) -> list[Path]:
    """The .txt files of a brat folder, sorted; they lie in `folder` or in its subfolder `reports`."""
    inner = folder / "reports" if (folder / "reports").is_dir() else folder
    return sorted(inner.glob("*.txt"))


def orphans(files: Sequence[Path]) -> list[FileError]:
    """A fault for every .ann file that has no text beside it."""
    known = {path.stem for path in files}
    return [
        FileError(path, f"there is no {path.stem}.txt", "Add the text or remove the file.")
        for path in sorted(files[0].parent.glob("*.ann"))
        if path.stem not in known
    ]


def brat_schema(folder: Path) -> Schema:
    """The schema of a brat folder: annotation.conf in it, in its subfolder `reports` or in the folder above."""
    for path in (one / "annotation.conf" for one in (folder, folder / "reports", folder.resolve().parent)):
        if path.exists():
            return read_annotation_conf(path)
    raise FileError(
        folder / "annotation.conf",
        "no such file",
        "Declare the labels there, as brat does; see docs/formats.md.",
    )


def read_metadata(folder: Path, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """The rows of reports.csv by report id; empty if there is no such table.

    FileError if a report has no row, a row no report, or a row another number of cells than the header.
    """
    path = folder / "reports.csv"
    if not path.exists():
        return {}
    table = read_table(path)
    header = table[0][1] if table else []
    if "id" not in header:
        raise FileError(path, "the header has no column id", "Start with: id,split,…", 1)
    rows: dict[str, dict[str, str]] = {}
    for number, cells in table[1:]:
        if len(cells) != len(header):
            raise FileError(path, f"{len(cells)} cells, the header has {len(header)}", "Mend it.", number)
        row = dict(zip(header, cells, strict=True))
        name = row.pop("id")
        if name in rows:
            raise FileError(path, f"report {name!r} stands twice", "Keep one row.", number)
        if name not in ids:
            raise FileError(path, f"there is no {name}.txt", "Add the report or remove the row.", number)
        if row.get("split", "test") not in SPLITS:
            raise FileError(path, f"unknown split {row['split']!r}", "Use train, dev or test.", number)
        rows[name] = row
    for name in ids:
        if name not in rows:
            raise FileError(path, f"report {name!r} has no row", "Add one with its split.")
    return rows


def _read_brat(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    remedy = "Name a folder of .txt and .ann files: gold.path=FOLDER or the environment variable HARNESS_GOLD."
    folder = existing_folder(source.path, "gold folder", remedy)
    files = report_files(folder)
    if not files:
        raise InputError(f"{folder} holds no .txt files", remedy)
    schema = _schema(source) or brat_schema(folder)
    if source.crosswalk.covers(schema.entities):
        schema = source.crosswalk.apply(schema)  # which events are attributions matters when reading
    metadata = read_metadata(folder, [path.stem for path in files])
    for orphan in orphans(files):
        raise orphan
    documents = [brat.read_document(path, schema, metadata.get(path.stem)) for path in files]
    below = sum(1 for path in files[0].parent.rglob("*.txt") if path.parent != files[0].parent)
    return schema, documents, [f"{below} .txt files in other folders below were not read"] * bool(below)


def _read_jsonl(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    files = sorted(source.path.glob("*.jsonl")) if source.path.is_dir() else [source.path]
    if not files:
        raise InputError(f"{source.path} holds no .jsonl files", "Name a file or a folder of .jsonl files.")
    documents = [document for path in files for document in jsonl.read_documents(path)]
    folder = source.path if source.path.is_dir() else source.path.parent
    return _schema(source, folder) or _observed(documents, source.crosswalk), documents, []


def _read_datasets(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    from harness.corpus import huggingface

    documents = []
    for split, dataset in huggingface.load(str(source.path)).items():
        for report, annotations in huggingface.from_dataset(dataset, f"{source.path} ({split})"):
            metadata = dict(report.metadata)
            if split != "all":
                metadata.setdefault("split", "dev" if split == "validation" else split)
            documents.append(Document(type(report)(report.id, report.text, report.zones, metadata), annotations))
    return _schema(source, source.path) or _observed(documents, source.crosswalk), documents, []


def _read_re3d(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    remedy = "Name a folder with documents.json and entities.json."
    folder = existing_folder(source.path, "re3d folder", remedy)
    inside = sorted(path.parent.name for path in folder.glob("*/documents.json"))
    if inside and not (folder / "documents.json").exists():
        raise InputError(f"{folder} holds no documents.json", f"Name one of its folders: {', '.join(inside)}.")
    return read_re3d(folder, source.crosswalk.labels, source.minimum_confidence)


def _read_columns(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    from harness.corpus.conll import read_conll
    from harness.corpus.tags import decode_reports, named_policy, named_scheme
    from harness.tagging.sequences import Labels

    reports = read_conll(source.path, [source.column], source.token_column)
    policy = named_policy(source.policy, "gold.policy") if source.policy else None
    scheme = named_scheme(source.scheme)
    tagged = decode_reports(reports, source.column, scheme, policy, Labels())
    remarks = []
    if tagged.violations:
        told = f"{len(tagged.violations)} gold tag{'s' * (len(tagged.violations) != 1)} not valid {scheme.name}"
        remarks.append(f"{told}: read under the policy {policy}; the first: {tagged.violations[0]}")
    schema = _schema(source, source.path.parent) or _observed(tagged.documents, source.crosswalk)
    return schema, tagged.documents, remarks


def _read_docbin(source: GoldSource) -> tuple[Schema, list[Document], list[str]]:
    from harness.corpus.docbin import read_docbin

    documents = read_docbin(source.path, source.spans_key)
    return _schema(source, source.path.parent) or _observed(documents, source.crosswalk), documents, []


_READERS = {
    "brat": _read_brat,
    "jsonl": _read_jsonl,
    "datasets": _read_datasets,
    "re3d": _read_re3d,
    "conll": _read_columns,
    "docbin": _read_docbin,
}


def _schema(source: GoldSource, folder: Path | None = None) -> Schema | None:
    if source.annotation_conf is not None:
        return read_annotation_conf(source.annotation_conf)
    if folder is not None and (folder / "annotation.conf").exists():
        return read_annotation_conf(folder / "annotation.conf")
    return None


def _observed(documents: Sequence[Document], crosswalk: Crosswalk) -> Schema:
    """The schema of a gold set that declares none: the crosswalk's labels if they cover what occurs, else that."""
    found = {mention.label for _, layers in documents for mention in layers.mentions}
    return Schema(crosswalk.labels if crosswalk.covers(found) and crosswalk.labels else tuple(sorted(found)))


def _choose(documents: Sequence[Document], source: GoldSource) -> tuple[str, list[Document]]:
    for report, _ in documents:
        if report.metadata.get("split", "test") not in SPLITS:
            message = f"{source.path}: report {report.id} has the unknown split {report.metadata['split']!r}"
            raise InputError(message, f"Splits are {', '.join(SPLITS)}.")
    declared = any("split" in document.report.metadata for document in documents)
    split = ("test" if declared else "all") if source.split == AUTO else source.split
    if split == "all":
        return split, list(documents)
    if not declared:
        raise InputError(
            f"{source.path} declares no splits",
            "Add reports.csv with the columns id,split or take all reports: gold.split=all (--split all).",
        )
    return split, [document for document in documents if document.report.metadata.get("split") == split]
