"""Generated mentions and tags for scoring.py: gold, and predictions with errors of every kind; the same every time."""

import random
from dataclasses import dataclass
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


def make_corpus(sentences: int, seed: int = 20240531) -> Corpus:
    """An even number of sentences of 10 to 40 tokens, 25 in the mean, and about one mention for ten tokens."""
    rng = random.Random(seed)
    excess = [rng.randint(-15, 15) for _ in range(sentences // 2)]
    lengths = [25 + sign * one for one in excess for sign in (-1, 1)]
    gold = [_mentions(rng, length) for length in lengths]
    predicted = [_predictions(rng, *one) for one in zip(gold, lengths, strict=True)]
    tags = [[_iob2(*one) for one in zip(side, lengths, strict=True)] for side in (gold, predicted)]
    return Corpus(lengths, gold, predicted, *tags)


def _mentions(rng: random.Random, length: int) -> list[PlainSpan]:
    found: list[PlainSpan] = []
    end = 0
    while True:
        start = end + int(rng.expovariate(1 / 8))
        end = start + rng.choices((1, 2, 3, 4, 5), (48, 29, 14, 6, 3))[0]
        if end > length:
            return found
        found.append((start, end, rng.choice(LABELS)))


def _predictions(rng: random.Random, gold: list[PlainSpan], length: int) -> list[PlainSpan]:
    found: list[PlainSpan] = []
    for one, following in pairwise([*gold, (length, length, "")]):
        free = found[-1][1] if found else 0
        if one[0] < free:  # a merged prediction covers it
            continue
        found += _prediction(rng, one, following, free)
        taken = max(one[1], found[-1][1] if found else 0)
        if rng.random() < SPURIOUS and taken + 1 < following[0]:
            start = rng.randrange(taken, following[0] - 1)
            found.append((start, start + 1, rng.choice(LABELS)))
    return found


def _prediction(rng: random.Random, gold: PlainSpan, following: PlainSpan, free: int) -> list[PlainSpan]:
    """What is predicted for one gold mention, between `free` and the following mention; as it is where nothing fits."""
    start, end, label = gold
    match rng.choices(list(ERRORS), list(ERRORS.values()))[0]:
        case "boundary":
            near = [(start + a, end + b, label) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
            fitting = [(a, b, label) for a, b, _ in near if free <= a < min(b, end) and start < b <= following[0]]
            return [rng.choice(fitting)] if fitting else [gold]
        case "label":
            return [(start, end, rng.choice([other for other in LABELS if other != label]))]
        case "missed":
            return []
        case "merged" if following[2]:
            return [(start, following[1], label)]
        case "split" if end - start > 1:
            return [(start, start + 1, label), (start + 1, end, label)]
    return [gold]


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
