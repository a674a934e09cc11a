"""Lexicons and patterns: a backend without training, a baseline that anybody can read.

All knowledge is data in a folder (default: models/rules):

* `lexicon/LABEL.txt`: names, matched in their own case, and in texts in ALL CAPS;
* `lexicon/LABEL.words.txt`: common words, matched in any case;
* `patterns.toml`: regular expressions, whose group `mention` (or whole match) is the mention.

Of all candidates the longest wins, then the earliest in the text; among equals names, then words, then patterns in
their order.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from harness.annotation import Annotations, Mention, Report
from harness.backends.base import Backend
from harness.errors import FileError
from harness.files import existing_folder, read_text
from harness.resources import locate

_WORD = re.compile(r"\w+(?:[.’'-]\w+)*|[^\w\s]")
_POSSESSIVE = re.compile(r"['’][sS]$")
_MACRO = re.compile(r"\{([A-Za-z_]\w*)\}")


class _PatternData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    regex: str
    ignore_case: bool = False
    comment: str = ""


class _PatternFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    macros: dict[str, str] = {}
    pattern: list[_PatternData] = []


@dataclass
class _Node:
    """A word of the lexicon trie: the labels of entries that end here, the words that may follow."""

    label: str = ""
    following: dict[str, "_Node"] = field(default_factory=dict)


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str


class RulesBackend(Backend):
    """Names, words and patterns of `folder` (default: the ones that the harness ships)."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = existing_folder(
            Path(folder) if folder else locate("models/rules"), "rules folder", "Mend model.args.folder."
        )
        self._files = sorted(self._folder.glob("lexicon/*.txt"))
        self._names, self._words = _Node(), _Node()
        found: list[str] = []
        for path in self._files:
            label = path.name.split(".")[0]
            common = path.name.endswith(".words.txt")
            count = sum(
                _insert(self._words if common else self._names, entry, label, common) for entry in _entries(path)
            )
            found += [label] if count else []
        self._capitals = _capitalised(self._names)
        self._patterns = _read_patterns(self._folder / "patterns.toml")
        self.labels = tuple(sorted({*found, *(label for label, _ in self._patterns)}))
        if not self.labels:
            raise FileError(self._folder, "holds no entry and no pattern", "Add lexicon/LABEL.txt or patterns.toml.")

    def extract(self, reports: Iterable[Report]) -> Iterator[Annotations]:
        """Mentions that do not overlap, in the order of the text."""
        for report in reports:
            mentions = (Mention(start, end, label) for start, end, label in sorted(self._find(report.text)))
            yield Annotations(report.id, tuple(mentions))

    def data_files(self) -> Iterable[Path]:
        """The lexicons and the patterns."""
        patterns = self._folder / "patterns.toml"
        return [*self._files, *([patterns] if patterns.exists() else [])]

    def _find(self, text: str) -> Iterator[tuple[int, int, str]]:
        tokens = _tokens(text)
        names = [_key(token.text) for token in tokens]
        candidates = [(0, *found) for found in _matches(self._names, tokens, names)]
        candidates += [(0, *found) for found in _matches(self._capitals, tokens, names, shouted=True)]
        candidates += [(1, *found) for found in _matches(self._words, tokens, [name.casefold() for name in names])]
        for rank, (label, pattern) in enumerate(self._patterns, 2):
            for match in pattern.finditer(text):
                start, end = match.span("mention" if "mention" in pattern.groupindex else 0)
                if start < end:
                    candidates.append((rank, start, end, label))
        taken: set[int] = set()
        for _, start, end, label in sorted(candidates, key=lambda found: (found[1] - found[2], found[1], found[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                yield start, end, label


def _entries(path: Path) -> Iterator[str]:
    for line in read_text(path).splitlines():
        entry = line.split("#", 1)[0].strip() if not line.startswith("#") else ""
        if entry:
            yield entry


def _insert(root: _Node, entry: str, label: str, common: bool) -> bool:
    node = root
    for token in _tokens(entry):
        key = _key(token.text)
        node = node.following.setdefault(key.casefold() if common else key, _Node())
    node.label = node.label or label
    return True


def _tokens(text: str) -> list[_Token]:
    """Words and punctuation marks with their offsets; a possessive ending is cut off, curly apostrophes stay."""
    tokens = []
    for match in _WORD.finditer(text):
        start, end, surface = match.start(), match.end(), match[0]
        possessive = _POSSESSIVE.search(surface)
        if possessive and possessive.start() > 0:
            end -= 2
        tokens.append(_Token(start, end, text[start:end]))
    return tokens


def _key(word: str) -> str:
    return word.replace("’", "'")


def _matches(
    root: _Node, tokens: list[_Token], keys: list[str], *, shouted: bool = False
) -> Iterator[tuple[int, int, str]]:
    """For every token the longest entry that begins there; `shouted`: only where its first word is in capitals."""
    for index, token in enumerate(tokens):
        if shouted and (len(token.text) < 2 or not token.text.isupper()):
            continue
        node: _Node | None = root
        best = None
        for position in range(index, len(tokens)):
            node = node.following.get(keys[position]) if node else None
            if node is None:
                break
            if node.label:
                best = (token.start, tokens[position].end, node.label)
        if best:
            yield best


def _capitalised(node: _Node) -> _Node:
    result = _Node(node.label)
    for word, following in node.following.items():
        _merge(result.following.setdefault(word.upper(), _Node()), _capitalised(following))
    return result


def _merge(into: _Node, other: _Node) -> None:
    into.label = into.label or other.label
    for word, following in other.following.items():
        _merge(into.following.setdefault(word, _Node()), following)


def _read_patterns(path: Path) -> list[tuple[str, re.Pattern[str]]]:
    if not path.exists():
        return []
    try:
        data = msgspec.convert(tomllib.loads(read_text(path)), _PatternFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FileError(path, str(error), "See models/rules/README.md.") from None
    patterns = []
    for number, pattern in enumerate(data.pattern, 1):
        try:
            source = _expand(pattern.regex, data.macros)
            patterns.append((pattern.label, re.compile(source, re.IGNORECASE if pattern.ignore_case else 0)))
        except (re.error, KeyError, RecursionError) as error:
            raise FileError(path, f"pattern {number} ({pattern.label}): {error}", "Mend its regex.") from None
    return patterns


def _expand(regex: str, macros: dict[str, str]) -> str:
    return _MACRO.sub(lambda match: f"(?:{_expand(macros[match[1]], macros)})", regex)
