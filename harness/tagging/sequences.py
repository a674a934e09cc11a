"""Tag sequences as arrays, and the chunks that they hold.

All sentences lie in one array, each followed by one `O`, so that chunks of neighbours never touch. Positions in that
array are what chunks are given in; equal layouts make equal positions comparable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from harness.tagging.schemes import OUTSIDE, PREFIXES, Scheme

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Policy(StrEnum):
    """What becomes of a sequence that the scheme does not allow.

    `conlleval`: every tag but `O` belongs to a chunk; what continues nothing begins one (the script of the CoNLL shared
    tasks; seqeval's default). `strict`: a chunk that does not begin and end as the scheme demands is discarded
    (seqeval with `mode="strict"`).
    """

    CONLLEVAL = "conlleval"
    STRICT = "strict"


class Labels:
    """The labels of a corpus, numbered in order of appearance; shared by gold and predictions."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._numbers = {name: number for number, name in enumerate(names)}

    def number(self, name: str) -> int:
        """The number of a label, a new one if it is new."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]


@dataclass(frozen=True, eq=False)
class TagArray:
    """Tags of shape (tokens + sentences,): the number of each one's prefix in PREFIXES, and of its label (-1: none).

    `ends` are the positions of the `O` behind each sentence, of shape (sentences,).
    """

    prefix: npt.NDArray[np.int8]
    label: Ints
    ends: Ints

    def place(self, position: int) -> tuple[int, int]:
        """The numbers of the sentence and of the token in it, from 0, at a position."""
        sentence = int(np.searchsorted(self.ends, position, "left"))
        return sentence, position - (int(self.ends[sentence - 1]) + 1 if sentence else 0)

    def tags(self, names: Sequence[str]) -> list[list[str]]:
        """The sentences as lists of strings."""
        flat = [
            f"{PREFIXES[prefix]}-{names[label]}" if prefix else OUTSIDE
            for prefix, label in zip(self.prefix.tolist(), self.label.tolist(), strict=True)
        ]
        begins = [0, *(self.ends[:-1] + 1).tolist()]
        return [flat[begin:end] for begin, end in zip(begins, self.ends.tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class Chunks:
    """Chunks in order: positions [start, end) in the tag array and label numbers, arrays of shape (chunks,)."""

    start: Ints
    end: Ints
    label: Ints


class _Vocabulary(dict[str, int]):
    """Tags as numbers, label number * 8 + prefix number; those of `scheme`, others raise ValueError."""

    def __init__(self, scheme: Scheme, labels: Labels) -> None:
        super().__init__({OUTSIDE: 0})
        self._scheme, self._labels = scheme, labels

    def __missing__(self, tag: str) -> int:
        prefix, dash, label = tag[:1], tag[1:2], tag[2:]
        known = prefix and prefix != OUTSIDE and prefix in self._scheme.prefixes
        if not known or (dash and (dash != "-" or not label or label != label.strip())):
            raise ValueError(tag)
        self[tag] = code = self._labels.number(label or "_") * 8 + PREFIXES.index(prefix)
        return code


class TagError(ValueError):
    """A tag that the scheme does not know, with the numbers of its sentence and token, from 0."""

    def __init__(self, tag: str, sentence: int, token: int, scheme: Scheme) -> None:
        self.tag, self.sentence, self.token = tag, sentence, token
        super().__init__(f"{tag!r} is no tag of {scheme.name}, whose prefixes are {', '.join(scheme.prefixes)}")


def parse_tags(sentences: Sequence[Sequence[str]], scheme: Scheme, labels: Labels) -> TagArray:
    """Tags written as strings. TagError for the first one that the scheme does not know."""
    flat: list[str] = []
    for sentence in sentences:
        flat += sentence
        flat.append(OUTSIDE)
    try:
        codes = np.fromiter(map(_Vocabulary(scheme, labels).__getitem__, flat), np.int64, len(flat))
    except ValueError as error:
        raise _located(str(error), sentences, scheme) from None
    ends = np.cumsum(np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1) - 1
    prefix = (codes & 7).astype(np.int8)
    return TagArray(prefix, np.where(prefix > 0, codes >> 3, -1), ends)


def _located(tag: str, sentences: Sequence[Sequence[str]], scheme: Scheme) -> TagError:
    for number, sentence in enumerate(sentences):
        if tag in sentence:
            return TagError(tag, number, list(sentence).index(tag), scheme)
    raise AssertionError("unreachable: the tag came from these sentences")


def decode(tags: TagArray, scheme: Scheme, policy: Policy) -> Chunks:
    """The chunks of all sentences.

    Example: `I-PER O I-LOC I-LOC` in IOB2 holds PER [0, 1) and LOC [2, 4) under conlleval, and nothing under strict.
    """
    transition = _transitions(tags)
    if policy is Policy.STRICT:
        begins, continues, ends = (table[transition] for table in _tables(scheme))
        # A block is a tag and all that continue it; its chunk begins at the first place where one may begin.
        block = np.cumsum(~continues)
        candidates = np.flatnonzero(begins)
        first = np.ones(len(candidates), dtype=bool)
        first[1:] = block[candidates[1:]] != block[candidates[:-1]]
        start = candidates[first]
        # The O behind every sentence is a head, so that every block has a next one.
        heads = np.flatnonzero(~continues)
        end = heads[np.searchsorted(heads, start, "right")]
        whole = ends[end]
        start, end = start[whole], end[whole]
    else:
        begins = _lenient_begins()[transition]
        start = np.flatnonzero(begins)
        breaks = np.flatnonzero(begins | (tags.prefix == 0))
        end = breaks[np.searchsorted(breaks, start, "right")]
    return Chunks(start, end, tags.label[start])


def violations(tags: TagArray, scheme: Scheme) -> Ints:
    """The positions whose tag must not follow the one before, in order; empty for valid sequences."""
    return np.flatnonzero(~_legal(scheme)[_transitions(tags)])


def described_violations(tags: TagArray, scheme: Scheme, names: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """For each violation the numbers of its sentence and token, from 0, and what is wrong, in words."""
    for position in violations(tags, scheme).tolist():
        sentence, token = tags.place(position)
        tag, before = (_spelt(tags, at, names) for at in (position, position - 1))
        if token == 0:
            before = "the beginning of the sentence"
        if tag == OUTSIDE and position in tags.ends:
            tag = "the end of the sentence"
        yield sentence, token, f"{tag} after {before} is no {scheme.name}"


def _spelt(tags: TagArray, position: int, names: Sequence[str]) -> str:
    prefix = PREFIXES[tags.prefix[position]]
    return prefix if prefix == OUTSIDE else f"{prefix}-{names[tags.label[position]]}"


def _transitions(tags: TagArray) -> Ints:
    """The number of each transition into a position: (prefix before * 8 + prefix) * 2 + (labels are equal)."""
    before = np.zeros_like(tags.prefix)
    before[1:] = tags.prefix[:-1]
    same = np.zeros(len(tags.label), dtype=bool)
    same[1:] = tags.label[1:] == tags.label[:-1]
    codes: Ints = (before.astype(np.int64) * 8 + tags.prefix) * 2 + same
    return codes


def _spell(code: int) -> str:
    """The transition with this number, as schemes write it; empty if there is none."""
    before, after = code >> 4, code >> 1 & 7
    known = before < len(PREFIXES) and after < len(PREFIXES)
    return f"{PREFIXES[before]}{PREFIXES[after]}{'=' if code & 1 else '!'}" if known else ""


@cache
def _tables(scheme: Scheme) -> tuple[Flags, Flags, Flags]:
    """Whether a transition, by its number, begins, continues or ends a chunk."""
    spelt = [_spell(code) for code in range(128)]
    begins, continues, ends = (
        np.array([one in kind for one in spelt]) for kind in (scheme.begins, scheme.continues, scheme.ends)
    )
    return begins, continues, ends


@cache
def _legal(scheme: Scheme) -> Flags:
    return np.array([bool(one) and scheme.legal(one) for one in map(_spell, range(128))])


@cache
def _lenient_begins() -> Flags:
    """Whether a transition begins a chunk under `conlleval`, whatever the scheme."""
    return np.array(
        [
            bool(one) and one[1] != OUTSIDE and (one[1] in "BSU" or one[0] in "OESLU" or one[2] == "!")
            for one in map(_spell, range(128))
        ]
    )
