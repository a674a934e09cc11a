"""Generated mentions and tags: gold, and predictions with errors of every kind; the same every time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from harness.scoring.plain import PlainSpan

LABELS = ("AMMUNITION", "DATE", "EVENT", "FACILITY", "LOCATION", "ORG", "PERSON", "QUANTITY", "UNIT", "WEAPON")
ERRORS = {"none": 80, "boundary": 6, "label": 6, "missed": 6, "merged": 1, "split": 1}
"""Out of a hundred gold mentions."""
SPURIOUS = 0.07
"""For each gold mention, where there is room."""

Spans = list[list[PlainSpan]]


@dataclass(frozen=True)
class Corpus:
    """Spans in tokens, and the same as IOB2 tags, one entry a sentence."""

    lengths: list[int]
    gold: Spans
    predicted: Spans
    gold_tags: list[list[str]]
    predicted_tags: list[list[str]]


def make_corpus(sentences: int, seed: int = 20240531, labels: Sequence[str] = LABELS) -> Corpus:
    """An even number of sentences of 10 to 40 tokens, 25 in the mean, and about one mention for ten tokens."""
    rng = random.Random(seed)
    excess = [rng.randint(-15, 15) for _ in range(sentences // 2)]
    lengths = [25 + sign * one for one in excess for sign in (-1, 1)]
    gold = [_mentions(rng, length, labels) for length in lengths]
    predicted = [_predictions(rng, *one, labels) for one in zip(gold, lengths, strict=True)]
    return Corpus(lengths, gold, predicted, _tags(gold, lengths), _tags(predicted, lengths))


def predicted_anew(corpus: Corpus, seed: int, labels: Sequence[str] = LABELS) -> Corpus:
    """The same gold, and predictions of another system, which makes other errors as often."""
    rng = random.Random(seed)
    predicted = [_predictions(rng, *one, labels) for one in zip(corpus.gold, corpus.lengths, strict=True)]
    return replace(corpus, predicted=predicted, predicted_tags=_tags(predicted, corpus.lengths))


def _mentions(rng: random.Random, length: int, labels: Sequence[str]) -> list[PlainSpan]:
    found: list[PlainSpan] = []
    end = 0
    while True:
        start = end + int(rng.expovariate(1 / 8))
        end = start + rng.choices((1, 2, 3, 4, 5), (48, 29, 14, 6, 3))[0]
        if end > length:
            return found
        found.append((start, end, rng.choice(labels)))


def _predictions(rng: random.Random, gold: list[PlainSpan], length: int, labels: Sequence[str]) -> list[PlainSpan]:
    found: list[PlainSpan] = []
    for one, following in pairwise([*gold, (length, length, "")]):
        free = found[-1][1] if found else 0
        if one[0] < free:  # a merged prediction covers it
            continue
        found += _prediction(rng, one, following, free, labels)
        taken = max(one[1], found[-1][1] if found else 0)
        if rng.random() < SPURIOUS and taken + 1 < following[0]:
            start = rng.randrange(taken, following[0] - 1)
            found.append((start, start + 1, rng.choice(labels)))
    return found


def _prediction(
    rng: random.Random, gold: PlainSpan, following: PlainSpan, free: int, labels: Sequence[str]
) -> list[PlainSpan]:
    """What is predicted for one gold mention, between `free` and the following mention; as it is where nothing fits."""
    start, end, label = gold
    match rng.choices(list(ERRORS), list(ERRORS.values()))[0]:
        case "boundary":
            near = [(start + a, end + b, label) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
            fitting = [(a, b, label) for a, b, _ in near if free <= a < min(b, end) and start < b <= following[0]]
            return [rng.choice(fitting)] if fitting else [gold]
        case "label":
            return [(start, end, rng.choice([other for other in labels if other != label]))]
        case "missed":
            return []
        case "merged" if following[2]:
            return [(start, following[1], label)]
        case "split" if end - start > 1:
            return [(start, start + 1, label), (start + 1, end, label)]
    return [gold]


def _tags(side: Spans, lengths: list[int]) -> list[list[str]]:
    return [_iob2(*one) for one in zip(side, lengths, strict=True)]


def _iob2(spans: list[PlainSpan], length: int) -> list[str]:
    tags = ["O"] * length
    for start, end, label in spans:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return tags


def make_clusters(mentions: int, reports: int) -> tuple[Spans, Spans]:
    """Gold and predicted mentions in clusters of five that overlap and nest at random, spread evenly over reports."""
    rng = random.Random(mentions)
    sides: tuple[Spans, Spans] = ([[] for _ in range(reports)], [[] for _ in range(reports)])
    for cluster in range(mentions // 5):
        golds = rng.choice((2, 3))
        for number in range(5):
            start = 25 * (cluster // reports) + rng.randrange(10)
            span = (start, start + rng.randint(3, 15), rng.choice(LABELS))
            sides[number >= golds][cluster % reports].append(span)
    return sides


def make_dense(mentions: int) -> tuple[Spans, Spans]:
    """One report with so many mentions a side; each overlaps all the others."""
    rng = random.Random(mentions)
    middle = 5 * mentions
    gold, predicted = (
        [[(rng.randrange(middle), middle + rng.randint(1, middle), rng.choice(LABELS)) for _ in range(mentions)]]
        for _ in range(2)
    )
    return gold, predicted
