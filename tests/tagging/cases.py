"""What the tests of tags share: schemes by the names of seqeval, and ways to draw and to write tags."""

from collections.abc import Sequence
from itertools import pairwise

import seqeval.scheme
from hypothesis import strategies as st

from harness.tagging.schemes import SCHEMES
from harness.tagging.sequences import (
    Labels,
    Policy,
    decode,
    parse_tags,
    violations,
)

Chunk = tuple[str, int, int]
"""Label, first token and the one behind the last."""
Tags = list[str]

SEQEVAL = {
    "IOB1": seqeval.scheme.IOB1,
    "IOB2": seqeval.scheme.IOB2,
    "IOE1": seqeval.scheme.IOE1,
    "IOE2": seqeval.scheme.IOE2,
    "BIOES": seqeval.scheme.IOBES,
    "BILOU": seqeval.scheme.BILOU,
}
KNOWN_TO_CONLLEVAL = ("IO", "IOB1", "IOB2", "IOE1", "IOE2", "BIOES")
FEW = ("PER", "LOC")


def chunks(sentences: Sequence[Tags], scheme: str, policy: Policy) -> list[list[Chunk]]:
    """The chunks of each sentence, decoded all at once."""
    labels = Labels()
    tags = parse_tags(sentences, SCHEMES[scheme], labels)
    found: list[list[Chunk]] = [[] for _ in sentences]
    decoded = decode(tags, SCHEMES[scheme], policy)
    columns = (decoded.start, decoded.end, decoded.label)
    for start, end, label in zip(*(column.tolist() for column in columns), strict=True):
        sentence, first = tags.place(start)
        found[sentence].append((labels.names[label], first, first + end - start))
    return found


def is_valid(sentence: Tags, scheme: str) -> bool:
    return not len(violations(parse_tags([sentence], SCHEMES[scheme], Labels()), SCHEMES[scheme]))


def tags_of(scheme: str, labels: Sequence[str]) -> list[str]:
    prefixes = [prefix for prefix in SCHEMES[scheme].prefixes if prefix != "O"]
    return ["O", *(f"{prefix}-{label}" for prefix in prefixes for label in labels)]


def sentences_in(schemes: Sequence[str], labels: Sequence[str] = FEW) -> st.SearchStrategy[tuple[str, list[Tags]]]:
    """A scheme and ten sentences of its tags in any order; one drawn byte a tag, because that is fast."""

    def sentences(drawn: tuple[str, list[bytes]]) -> tuple[str, list[Tags]]:
        scheme, data = drawn
        known = tags_of(scheme, labels)
        return scheme, [[known[byte % len(known)] for byte in sentence] for sentence in data]

    return st.tuples(st.sampled_from(schemes), st.lists(st.binary(max_size=12), min_size=10, max_size=10)).map(
        sentences
    )


def unfinished_in_seqeval(scheme: str, tags: Tags) -> bool:
    """Whether IOE1 tags hold a chunk of a single E, which seqeval's tables lack (docs/measures.md)."""
    return scheme == "IOE1" and any(
        after[0] == "E" and (before == "O" or (before[0] == "I" and before[1:] != after[1:]))
        for before, after in pairwise(["O", *tags])
    )


def encoded(chunks: Sequence[Chunk], size: int, scheme: str) -> Tags:
    """Chunks, none of which overlap, as tags: straight from the definition of each scheme."""
    tags = ["O"] * size
    for number, (label, start, end) in enumerate(chunks):
        touches_last = number and chunks[number - 1][0] == label and chunks[number - 1][2] == start
        touches_next = chunks[number + 1 :] and chunks[number + 1][0] == label and chunks[number + 1][1] == end
        prefixes = ["I"] * (end - start)
        if scheme == "IOB2" or (scheme == "IOB1" and touches_last):
            prefixes[0] = "B"
        if scheme == "IOE2" or (scheme == "IOE1" and touches_next):
            prefixes[-1] = "E"
        if scheme in AROUND:
            first, last, single = AROUND[scheme]
            prefixes = [first, *prefixes[2:], last] if len(prefixes) > 1 else [single]
        tags[start:end] = [f"{prefix}-{label}" for prefix in prefixes]
    return tags


AROUND = {"BIOES": "BES", "BILOU": "BLU"}
"""Prefixes of the first token of a chunk, of the last, and of the only one."""


def laid_out(data: bytes) -> list[Chunk]:
    """Chunks of up to three tokens with gaps of up to two, from one byte each."""
    found: list[Chunk] = []
    for byte in data:
        start = (found[-1][2] if found else 0) + (byte >> 1) % 3
        found.append((FEW[byte % 2], start, start + 1 + (byte >> 3) % 3))
    return found
