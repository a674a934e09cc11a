"""The tokenizer, and mentions as IOB2 tags over its tokens.

Sequence scores of mentions depend on a tokenizer, so it is named and versioned. It is a regular expression: a run of
letters, digits and underscores, or any other single character that is no white space.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.annotation import Offsets
from harness.tagging.schemes import COLUMNS, PREFIXES, TOKENIZER
from harness.tagging.sequences import Ints, TagArray

TOKEN = re.compile(r"\w+|[^\w\s]")
TOKENIZERS = {TOKENIZER: TOKEN, COLUMNS: re.compile(r"[^ \n]+")}


@dataclass(frozen=True, eq=False)
class Tokens:
    """Tokens of a corpus.

    `start` and `end` are offsets in their report, of shape (tokens,); `first` is the number of the first token of each
    report, of shape (reports + 1,).
    """

    start: Ints
    end: Ints
    first: Ints


def tokenize(texts: Iterable[str], tokenizer: str = TOKENIZER) -> Tokens:
    """The tokens of every text; `tokenizer` is a key of TOKENIZERS."""
    pattern = TOKENIZERS[tokenizer]
    offsets: list[Offsets] = []
    first = [0]
    for text in texts:
        offsets += [found.span() for found in pattern.finditer(text)]
        first.append(len(offsets))
    columns = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    return Tokens(columns[:, 0], columns[:, 1], np.array(first, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class TokenSpans:
    """Mentions as ranges of token numbers [start, end), with what had to be done to them.

    `kept` are the numbers of the mentions that could be tagged, in the order of their tokens; `realigned` tells which
    of these did not begin and end with a token and were widened. Mentions without a token, discontinuous ones and those
    that overlap an earlier one (of two that begin in the same token: the one with more tokens stays, then the earlier,
    then the longer) cannot be tagged.
    """

    kept: Ints
    start: Ints
    end: Ints
    realigned: np.ndarray


def to_tokens(tokens: Tokens, mentions: Sequence[tuple[int, int, int, bool]]) -> TokenSpans:
    """Fit (report, start, end, continuous) to tokens.

    Example: over the tokens "pro", "-", "Kiev", a mention of "Kie" becomes "Kiev" and is counted as realigned.
    """
    report, start, end, continuous = np.array(mentions, dtype=np.int64).reshape(-1, 4).T
    size = int(max(tokens.end.max(initial=0), end.max(initial=0))) + 1  # lays reports out one after the other
    of_token = np.repeat(np.arange(len(tokens.first) - 1), np.diff(tokens.first)) * size
    first = np.searchsorted(tokens.end + of_token, start + report * size, "right")
    last = np.searchsorted(tokens.start + of_token, end + report * size, "left")
    fits = np.flatnonzero((first < last) & (continuous > 0))
    order = fits[np.lexsort((fits, -end[fits], start[fits], -last[fits], first[fits]))]
    kept: list[int] = []
    free = 0
    for index in order.tolist():
        if first[index] >= free:
            kept.append(index)
            free = int(last[index])
    numbers = np.array(kept, dtype=np.int64)
    begin, stop = first[numbers], last[numbers]
    realigned = (tokens.start[begin] != start[numbers]) | (tokens.end[stop - 1] != end[numbers])
    return TokenSpans(numbers, begin, stop, realigned)


def to_tags(tokens: Tokens, spans: TokenSpans, labels: Ints) -> TagArray:
    """IOB2 tags, one sentence a report; `labels` are those of the kept spans."""
    reports = len(tokens.first) - 1
    ends = tokens.first[1:] + np.arange(reports)
    prefix = np.zeros(len(tokens.start) + reports, dtype=np.int8)
    label = np.full(len(prefix), -1, dtype=np.int64)
    shift = np.searchsorted(tokens.first, spans.start, "right") - 1  # one O behind each earlier report
    for begin, end, number in zip((spans.start + shift).tolist(), (spans.end + shift).tolist(), labels, strict=True):
        prefix[begin:end] = PREFIXES.index("I")
        prefix[begin] = PREFIXES.index("B")
        label[begin:end] = number
    return TagArray(prefix, label, ends)
