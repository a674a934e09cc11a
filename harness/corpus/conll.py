"""Column files of the CoNLL shared tasks: one token a line, columns beside it, a blank line between sentences.

The text of a report is made here, because the files hold none: the tokens of a sentence joined by one space, the
sentences by a line break. Tags are handed on as they stand; what they mean (BIO, IOB1, …) is not known here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from harness.annotation import Offsets, Report
from harness.errors import FileError, InputError
from harness.files import read_text

DOCSTART = "-DOCSTART-"
"""First column of a line that begins a report."""
# Where columns are parted by spaces, "#textiles O" and "#text O" are tokens, which must not be skipped in silence. So
# what follows the "#" at once needs a sign that no row of columns has; what follows white space does not.
_COMMENT = re.compile(
    r"#\s+(?:newdoc|newpar|sent_id|text|global\.columns)|#\s*[\w.]+\s*=|#(?:newdoc|newpar)(?:\s+id\s*=|$)"
)
_NEWDOC = re.compile(r"#\s*newdoc")
_READABLE_NEWDOC = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(?P<name>\S.*))?")
_HASH_REMEDY = (
    "A line with '#' at its start is a token, unless it is like '# newdoc' or '# NAME = VALUE', without a tab."
)


@dataclass(frozen=True)
class TaggedReport:
    """A report of a column file, with its n tokens and what stands beside them."""

    report: Report
    """Its text: the tokens of a sentence joined by one space, the sentences by a line break."""
    tokens: tuple[Offsets, ...]
    """Where each of the n tokens lies in the text."""
    sentences: tuple[tuple[int, int], ...]
    """Half-open ranges of token numbers, which count from 0."""
    tags: Mapping[int, tuple[str, ...]]
    """For each column asked for, as it was asked for: n raw tags."""
    lines: tuple[int, ...]
    """In which line of the file each of the n tokens stands; counts from 1."""
    path: str


class _Row(NamedTuple):
    line: int
    columns: list[str]


@dataclass
class _Draft:
    """A report while it is read: the line that began it, the name given there ("" if none), rows by sentence."""

    line: int
    name: str = ""
    sentences: list[list[_Row]] = field(default_factory=list)


def read_conll(
    path: Path, columns: Sequence[int], token_column: int = 1, stem: str | None = None
) -> list[TaggedReport]:
    """The reports of a column file, in its order, with the tags of `columns`.

    Columns count from 1, or from -1 (the last) down; the token stands in `token_column`. Reports begin at
    `-DOCSTART-` lines and at comments `# newdoc` or `# newdoc id = NAME`; in a file without either, every sentence is
    a report, so that there is something to resample. A report without a name is called after `stem` (default: that of
    the file) and position: `eng-0001`.
    FileError names the line of the first fault.
    """
    if 0 in (*columns, token_column):
        raise InputError("there is no column 0", "Columns count from 1; -1 is the last one.")
    drafts = _read_drafts(path)
    _refuse_numbers(drafts, token_column, path)
    first = next((row for draft in drafts for sentence in draft.sentences for row in sentence), None)
    if first is None:
        raise FileError(path, "holds no token", "Name a file with one token a line.")
    width = len(first.columns)
    for column in (*columns, token_column):
        if abs(column) > width:
            message = f"there is no column {column}: the file has {width}"
            raise FileError(path, message, "Columns count from 1; -1 is the last one.", first.line)
    if len(drafts) == 1:
        drafts = [_Draft(sentence[0].line, sentences=[sentence]) for sentence in drafts[0].sentences]
    return [
        _tagged(draft, name, columns, token_column, path) for name, draft in _named(drafts, stem or path.stem, path)
    ]


def count_columns(path: Path) -> int:
    """How many columns the first token of a file has; 0 if there is no token."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        columns = _split(line, number, path)
        if columns and columns[0] != DOCSTART and not _is_comment(line):
            return len(columns)
    return 0


def _refuse_numbers(drafts: Sequence[_Draft], token_column: int, path: Path) -> None:
    """FileError if the tokens would be the numbers that some formats, such as CoNLL-U, begin their lines with."""
    sentences = [sentence for draft in drafts for sentence in draft.sentences]
    if token_column != 1 or len(sentences) < 2 or max(map(len, sentences)) < 2:
        return
    if all(
        [row.columns[0] for row in sentence] == list(map(str, range(1, len(sentence) + 1))) for sentence in sentences
    ):
        message = "column 1 numbers the tokens"
        raise FileError(path, message, "Name the column of the tokens: --token-column 2.", sentences[0][0].line)


def _read_drafts(path: Path) -> list[_Draft]:
    """One draft for what comes first, and one more for every line that begins a report; some may be empty."""
    return _drafts_of(read_text(path), path)


@lru_cache(maxsize=2)  # a file with two columns of tags is read for each of them
def _drafts_of(content: str, path: Path) -> list[_Draft]:
    if content.startswith("\ufeff"):
        raise FileError(path, "begins with a byte order mark", "Save it as UTF-8 without one.", 1, 1)
    drafts = [_Draft(1)]
    sentence: list[_Row] = []
    first: _Row | None = None
    for number, line in enumerate(content.split("\n"), 1):
        row = _Row(number, _split(line, number, path))
        begins = _beginning(row, line, path)
        if begins is not None:
            drafts.append(begins)
            sentence = []
        elif not row.columns:
            sentence = []
        elif not _is_comment(line):
            first = first or row
            _check_row(row, first, path)
            if not sentence:
                drafts[-1].sentences.append(sentence)
            sentence.append(row)
    return drafts


def _split(line: str, number: int, path: Path) -> list[str]:
    """The columns of a line: none if it is blank. An empty first one stands for white space before the token."""
    content = line.rstrip(" \t\r")
    if "\r" in content:
        raise FileError(path, "a carriage return within the line", "End lines with \\n or \\r\\n.", number)
    if not content:
        return []
    # only spaces part columns: other white space, such as U+00A0, occurs within tokens
    if "\t" in content:
        return content.split("\t")
    return re.split(" +", content) if "  " in content else content.split(" ")


def _is_comment(line: str) -> bool:
    return line[:1] == "#" and "\t" not in line and _COMMENT.match(line.rstrip()) is not None


def _beginning(row: _Row, line: str, path: Path) -> _Draft | None:
    """The report that a line begins, if it does."""
    if row.columns[:1] == [DOCSTART]:
        return _Draft(row.line)
    if not (_is_comment(line) and _NEWDOC.match(line)):
        return None
    found = _READABLE_NEWDOC.fullmatch(line.strip())
    if found is None:
        message = f"{line.strip()!r} begins a report, but how it is called cannot be read"
        raise FileError(path, message, "Write '# newdoc' or '# newdoc id = NAME'.", row.line)
    return _Draft(row.line, found["name"] or "")


def _check_row(row: _Row, first: _Row, path: Path) -> None:
    if not row.columns[0].strip(" "):
        raise FileError(path, "the token is empty", "Begin the line with its token, or delete it.", row.line)
    count, expected = len(row.columns), len(first.columns)
    if count != expected:
        message = f"the number of columns is {count}, but {expected} in line {first.line}"
        hashed = any(one.columns[0].startswith("#") for one in (row, first))
        raise FileError(path, message, _HASH_REMEDY if hashed else "Give all lines the same columns.", row.line)


def _named(drafts: Sequence[_Draft], stem: str, path: Path) -> Iterator[tuple[str, _Draft]]:
    """The drafts that hold tokens, with their names; FileError if two have the same."""
    width = max(4, len(str(sum(bool(draft.sentences) for draft in drafts))))
    seen: dict[str, int] = {}
    position = 0
    for draft in drafts:
        position += bool(draft.sentences)
        name = draft.name or (f"{stem}-{position:0{width}}" if draft.sentences else "")
        if name in seen:
            message = f"report {name!r} already stands in line {seen[name]}"
            raise FileError(path, message, "Rename one.", draft.line)
        if name:
            seen[name] = draft.line
        if draft.sentences:
            yield name, draft


def _tagged(draft: _Draft, name: str, columns: Sequence[int], token_column: int, path: Path) -> TaggedReport:
    rows = [row for sentence in draft.sentences for row in sentence]
    column = _index(token_column)
    for row in rows:
        if not row.columns[column].strip(" "):
            raise FileError(
                path, f"the token in column {token_column} is empty", "Fill it in, or delete the line.", row.line
            )
    text = "\n".join(" ".join(row.columns[column] for row in sentence) for sentence in draft.sentences)
    # every token is followed by exactly one character, a space or a line break
    lengths = [len(row.columns[column]) for row in rows]
    ends = accumulate(length + 1 for length in lengths)
    tokens = tuple((end - 1 - length, end - 1) for length, end in zip(lengths, ends, strict=True))
    stops = list(accumulate(len(sentence) for sentence in draft.sentences))
    return TaggedReport(
        report=Report(name, text),
        tokens=tokens,
        sentences=tuple(zip([0, *stops], stops, strict=False)),
        tags={column: tuple(row.columns[_index(column)] for row in rows) for column in columns},
        lines=tuple(row.line for row in rows),
        path=str(path),
    )


def _index(column: int) -> int:
    return column - 1 if column > 0 else column
