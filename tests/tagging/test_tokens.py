"""Mentions on tokens, and as tags."""

import numpy as np
import pytest
from hypothesis import strategies as st

from harness.tagging.sequences import (
    Policy,
)
from harness.tagging.tokens import to_tags, to_tokens, tokenize
from tests.scoring.cases import in_two_sizes
from tests.tagging.cases import FEW, chunks, encoded, laid_out

TEXT = "pro-Kiev  rally"
"""Tokens: pro [0, 3), - [3, 4), Kiev [4, 8), rally [10, 15)."""


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        pytest.param([(4, 8)], [(0, 2, 3, False)], id="a token"),
        pytest.param([(0, 8)], [(0, 0, 3, False)], id="three tokens"),
        pytest.param([(4, 7)], [(0, 2, 3, True)], id="ends within a token"),
        pytest.param([(5, 8)], [(0, 2, 3, True)], id="begins within a token"),
        pytest.param([(2, 5)], [(0, 0, 3, True)], id="begins and ends within tokens"),
        pytest.param([(4, 9)], [(0, 2, 3, True)], id="white space at the end"),
        pytest.param([(9, 15)], [(0, 3, 4, True)], id="white space at the beginning"),
        pytest.param([(8, 10)], [], id="white space alone"),
        pytest.param([], [], id="nothing"),
        pytest.param([(10, 15), (0, 3)], [(1, 0, 1, False), (0, 3, 4, False)], id="in the order of the tokens"),
        pytest.param([(3, 8), (0, 4)], [(1, 0, 2, False)], id="of two that overlap the earlier"),
        pytest.param([(0, 3), (0, 8)], [(1, 0, 3, False)], id="of two that begin together the longer"),
        pytest.param([(0, 4), (3, 8), (4, 8)], [(0, 0, 2, False), (2, 2, 3, False)], id="the third is free again"),
        pytest.param([(4, 6), (6, 8)], [(0, 2, 3, True)], id="of two in one token the earlier"),
        pytest.param([(0, 2), (0, 3)], [(1, 0, 1, False)], id="of two in one token that begin together the longer"),
        pytest.param([(1, 3), (0, 3)], [(1, 0, 1, False)], id="of two in one token that end together the longer"),
    ],
)
def test_mentions_on_tokens(mentions: list[tuple[int, int]], expected: list[tuple[int, int, int, bool]]) -> None:
    found = to_tokens(tokenize([TEXT]), [(0, start, end, True) for start, end in mentions])
    columns = (found.kept, found.start, found.end, found.realigned)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


def test_discontinuous_mentions_have_no_tokens() -> None:
    assert not len(to_tokens(tokenize([TEXT]), [(0, 0, 8, False)]).kept)


def test_mentions_of_texts_without_tokens_have_none() -> None:
    tokens = tokenize(["", "a", " \n", "b"])
    found = to_tokens(tokens, [(0, 0, 0, True), (1, 0, 1, True), (2, 0, 2, True), (3, 0, 1, True), (3, 2, 2, True)])
    assert (found.kept.tolist(), found.start.tolist()) == ([1, 3], [0, 1])


CHARACTERS = "ab1_é \n-.\u0301🚁\u00a0"


def own_tokens(text: str) -> list[tuple[int, int]]:
    """Runs of letters, digits and underscores, and every other character that is no white space."""
    found: list[tuple[int, int]] = []
    in_word = False
    for position, character in enumerate(text):
        is_word = character.isalnum() or character == "_"
        if is_word and in_word:
            found[-1] = (found[-1][0], position + 1)
        elif not character.isspace():
            found.append((position, position + 1))
        in_word = is_word
    return found


@in_two_sizes(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=5)), min_size=10, max_size=10))
def test_mentions_on_token_edges_come_back_from_their_tags(data: list[tuple[bytes, bytes]]) -> None:
    texts = ["".join(CHARACTERS[byte % len(CHARACTERS)] for byte in first) for first, _ in data]
    layout = [
        [chunk for chunk in laid_out(second) if chunk[2] <= len(own_tokens(text))]
        for text, (_, second) in zip(texts, data, strict=True)
    ]
    mentions = [
        (report, own_tokens(text)[first][0], own_tokens(text)[end - 1][1], True)
        for report, text in enumerate(texts)
        for _, first, end in layout[report]
    ]
    labels = np.array([FEW.index(label) for one in layout for label, _, _ in one], dtype=np.int64)
    tokens = tokenize(texts)
    fitted = to_tokens(tokens, mentions)
    assert fitted.kept.tolist() == list(range(len(mentions)))
    assert not fitted.realigned.any()
    tags = to_tags(tokens, fitted, labels).tags(FEW)
    assert tags == [encoded(one, len(own_tokens(text)), "IOB2") for one, text in zip(layout, texts, strict=True)]
    for policy in Policy:
        assert chunks(tags, "IOB2", policy) == layout
