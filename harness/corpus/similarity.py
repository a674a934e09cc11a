"""How alike reports are: the share of word sequences that two of them have in common."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

SIZE = 8
"""Words in a sequence."""

LIMIT = 0.05
"""Reports of different clusters are too alike above this."""


def word_sequences(text: str, size: int = SIZE) -> set[tuple[str, ...]]:
    """All runs of `size` words of a text, without regard to case and punctuation."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def similar_pairs(texts: Mapping[str, str]) -> list[tuple[float, str, str]]:
    """The Jaccard similarity of every pair of texts that share a sequence of SIZE words, the most alike first.

    Jaccard similarity is the size of the intersection over that of the union (Broder 1997: resemblance of shingles).
    """
    sequences = {name: word_sequences(text) for name, text in texts.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in sorted(sequences):
        for sequence in sequences[name]:
            holders[sequence].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update(combinations(names, 2))
    pairs = [
        (common / (len(sequences[one]) + len(sequences[other]) - common), one, other)
        for (one, other), common in shared.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))


def too_similar(
    texts: Mapping[str, str], clusters: Mapping[str, str], limit: float = LIMIT
) -> Sequence[tuple[float, str, str]]:
    """The pairs above `limit` that do not stand in one cluster; `clusters` holds the cluster of each report."""
    return [
        (value, one, other)
        for value, one, other in similar_pairs(texts)
        if value > limit and clusters.get(one, one) != clusters.get(other, other)
    ]
