"""Lexicons and patterns: a backend without training, a baseline that anybody can read.

All knowledge is data in a folder (default: models/rules):

* `lexicon/LABEL.txt`: names, matched in their own case, and in words in ALL CAPS;
* `lexicon/LABEL.words.txt`: common words, matched in any case;
* `patterns.toml`: regular expressions, whose group `mention` (or whole match) is the mention;
* `caps_stop.txt`: names that are ordinary words in a line that is all capitals.

Of all candidates the longest wins, then the earliest in the text; among equals names, then words, then patterns in
their order. The label NONE takes part in this contest and is then dropped: it keeps "gold mines" from being mines.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from harness.annotation import Annotations, Mention, Report
from harness.backends.base import Backend
from harness.errors import FileError
from harness.files import existing_folder, read_text
from harness.resources import locate

BLOCK = "NONE"
"""The label of entries and patterns that only keep others away."""

_WORD = re.compile(r"\w+|[^\w\s]")
_MACRO = re.compile(r"\{([a-z_]+)\}")
_APOSTROPHES = str.maketrans("’‘", "''")


class _PatternData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    regex: str
    ignore_case: bool = False
    comment: str = ""


class _PatternFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    not_after: str = ""
    """A name is not taken where the text before it ends with a match of this regex."""
    macros: dict[str, str] = {}
    pattern: list[_PatternData] = []


Words = tuple[str, ...]


class _Lexicon:
    """Entries as sequences of words, with their labels."""

    def __init__(self) -> None:
        self.labels: dict[Words, str] = {}
        self._longest: dict[str, int] = {}

    def add(self, words: Words, label: str) -> None:
        """Add an entry; one that is already there keeps its label."""
        self.labels.setdefault(words, label)
        self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))

    def at(self, words: Words, index: int) -> tuple[int, str] | None:
        """Number of words and label of the longest entry that begins at `index`."""
        longest = min(self._longest.get(words[index], 0), len(words) - index)
        for length in range(longest, 0, -1):
            label = self.labels.get(words[index : index + length])
            if label:
                return length, label
        return None


class RulesBackend(Backend):
    """Names, words and patterns of `folder` (default: the ones that the harness ships)."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = existing_folder(
            Path(folder) if folder else locate("models/rules"), "rules folder", "Mend model.args.folder."
        )
        self._lexicons = sorted(self._folder.glob("lexicon/*.txt"))
        self._names, self._capitals, self._words = _Lexicon(), _Lexicon(), _Lexicon()
        for path in self._lexicons:
            common = path.name.endswith(".words.txt")
            label = path.name.split(".")[0]
            for entry in _entries(path):
                words = tuple(_WORD.findall(entry.translate(_APOSTROPHES)))
                if common:
                    self._words.add(tuple(word.casefold() for word in words), label)
                else:
                    self._names.add(words, label)
                    self._capitals.add(tuple(word.upper() for word in words), label)
        stops = self._folder / "caps_stop.txt"
        self._caps_stop = set(_entries(stops)) if stops.exists() else set()
        self._not_after, self._patterns = _read_patterns(self._folder / "patterns.toml")
        found = {*self._names.labels.values(), *self._words.labels.values(), *(label for label, _ in self._patterns)}
        self.labels = tuple(sorted(found - {BLOCK}))
        if not self.labels:
            raise FileError(self._folder, "holds no entry and no pattern", "Add lexicon/LABEL.txt or patterns.toml.")

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """Mentions that do not overlap, in the order of the text."""
        for report in reports:
            mentions = (Mention(start, end, label) for start, end, label in sorted(self._find(report.text)))
            yield Annotations(report.id, tuple(mentions))

    def data_files(self) -> Iterable[Path]:
        """The lexicons, the patterns and the stop list."""
        others = (self._folder / name for name in ("patterns.toml", "caps_stop.txt"))
        return [*self._lexicons, *(path for path in others if path.exists())]

    def _find(self, text: str) -> Iterator[tuple[int, int, str]]:
        taken: set[int] = set()
        for _, start, end, label in sorted(self._candidates(text), key=lambda one: (one[1] - one[2], one[1], one[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                if label != BLOCK:
                    yield start, end, label

    def _candidates(self, text: str) -> Iterator[tuple[int, int, int, str]]:
        """Rank (lower wins among equals), start, end and label of everything that matches somewhere."""
        matches = list(_WORD.finditer(text))
        words = tuple(match[0].translate(_APOSTROPHES) for match in matches)
        folded = tuple(word.casefold() for word in words)
        for index, match in enumerate(matches):
            start = match.start()
            shouted = len(match[0]) > 1 and match[0].isupper()
            for found in (self._names.at(words, index), self._capitals.at(words, index) if shouted else None):
                if found:
                    end, label = matches[index + found[0] - 1].end(), found[1]
                    if not (
                        self._ends_badly(text[max(start - 10, 0) : start]) or self._is_plain_word(text, start, end)
                    ):
                        yield 0 if label == BLOCK else 1, start, end, label
            if common := self._words.at(folded, index):
                end, label = matches[index + common[0] - 1].end(), common[1]
                yield 0 if label == BLOCK else 2, start, end, label
        for rank, (label, pattern) in enumerate(self._patterns, 3):
            for match in pattern.finditer(text):
                start, end = match.span("mention" if "mention" in pattern.groupindex else 0)
                surface = text[start:end]
                start, end = start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())
                if start < end:
                    yield 0 if label == BLOCK else rank, start, end, label

    def _ends_badly(self, before: str) -> bool:
        return self._not_after is not None and self._not_after.search(before) is not None

    def _is_plain_word(self, text: str, start: int, end: int) -> bool:
        """Whether a name is an ordinary word here: listed as such, in a line that is all capitals."""
        if text[start:end] not in self._caps_stop:
            return False
        line = text[text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0]
        return line.isupper()


def _entries(path: Path) -> Iterator[str]:
    for line in read_text(path).splitlines():
        entry = line.split("#", 1)[0].strip() if not line.startswith("#") else ""
        if entry:
            yield entry


def _read_patterns(path: Path) -> tuple[re.Pattern[str] | None, list[tuple[str, re.Pattern[str]]]]:
    """The regex of places where no name begins, and the patterns with their labels."""
    if not path.exists():
        return None, []
    try:
        data = msgspec.convert(tomllib.loads(read_text(path)), _PatternFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FileError(path, str(error), "See models/rules/README.md.") from None
    patterns = []
    for number, pattern in enumerate(data.pattern, 1):
        try:
            source = _MACRO.sub(lambda match: data.macros[match[1]], pattern.regex)
            patterns.append((pattern.label, re.compile(source, re.IGNORECASE if pattern.ignore_case else 0)))
        except (re.error, KeyError) as error:
            raise FileError(path, f"pattern {number} ({pattern.label}): {error}", "Mend its regex.") from None
    return (re.compile(data.not_after) if data.not_after else None), patterns
