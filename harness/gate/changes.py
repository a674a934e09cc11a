"""What became of every mention: which ones broke and which were fixed, which false positives came and went."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness.annotation import Annotations, Offsets
from harness.corpus.crosswalk import View
from harness.corpus.document import Document
from harness.corpus.sentences import split_sentences
from harness.scoring.gather import gather
from harness.scoring.matching import match
from harness.scoring.spans import Spans

BROKEN, FIXED, CAME, WENT = "broken", "fixed", "new false positive", "gone false positive"
FOUND, MISSED = "found", "missed"
Key = tuple[int, tuple[Offsets, ...], str]
"""Number of the report, pieces and label of a mention."""


class Change(msgspec.Struct, frozen=True):
    """A gold mention that was found and is not (`broken`), or the reverse (`fixed`); or a false positive.

    [start, end) encloses it, in code points. `before` and `after` say what the systems made of a gold mention: found,
    missed, or as what (another label, another span). None of this is text of the report.
    """

    kind: str
    report: str
    label: str
    start: int
    end: int
    before: str = ""
    after: str = ""


def changes(
    documents: Sequence[Document],
    before: Mapping[str, Annotations],
    after: Mapping[str, Annotations],
    views: tuple[View, View],
    ignore_zones: frozenset[str],
) -> list[Change]:
    """Every change from one set of predictions to another, in the order of the text; `views` are those of each side."""
    sides = [_outcomes(documents, one, view, ignore_zones) for one, view in zip((before, after), views, strict=True)]
    (gold_before, spurious_before), (gold_after, spurious_after) = sides
    found: list[tuple[Key, Change]] = []
    for key in gold_before.keys() & gold_after.keys():
        was, now = gold_before[key], gold_after[key]
        if (was == FOUND) != (now == FOUND):
            found.append((key, _change(BROKEN if was == FOUND else FIXED, documents, key, was, now)))
    found += [(key, _change(CAME, documents, key)) for key in spurious_after - spurious_before]
    found += [(key, _change(WENT, documents, key)) for key in spurious_before - spurious_after]
    return [change for _, change in sorted(found, key=lambda one: (one[0][0], one[0][1], one[1].kind, one[0][2]))]


def in_context(change: Change, text: str) -> tuple[str, str, str]:
    """The sentence around a mention: what stands before it, itself, and what follows, white space made single."""
    inside = [(start, end) for start, end in split_sentences(text) if start <= change.start < end]
    start, end = inside[0] if inside else (change.start, change.end)
    pieces = text[start : change.start], text[change.start : change.end], text[change.end : max(end, change.end)]
    before, mention, after = (" ".join(piece.split()) for piece in pieces)
    left = " " if before and pieces[0][-1:].isspace() else ""
    right = " " if after and pieces[2][:1].isspace() else ""
    return before + left, mention, right + after


def _change(kind: str, documents: Sequence[Document], key: Key, before: str = "", after: str = "") -> Change:
    report, pieces, label = key
    return Change(kind, documents[report].report.id, label, pieces[0][0], pieces[-1][1], before, after)


def _outcomes(
    documents: Sequence[Document], predictions: Mapping[str, Annotations], view: View, ignore_zones: frozenset[str]
) -> tuple[dict[Key, str], set[Key]]:
    """What became of every gold mention, and the predictions that stand for none of them and have a place."""
    gold, predicted = gather(documents, predictions, view, ignore_zones)
    matching = match(gold.spans(), predicted.spans())
    partner = dict(zip(matching.gold_of.tolist(), matching.predicted_of.tolist(), strict=True))
    strict = set(matching.gold_of[matching.strict].tolist())
    asked = list(_keys(matching.gold, view.labels))
    answered = list(_keys(matching.predicted, view.labels))
    outcomes = {}
    for number, key in enumerate(asked):
        if number in strict:
            outcomes[key] = FOUND
        elif number in partner:
            outcomes[key] = _as(key, answered[partner[number]])
        else:
            outcomes[key] = MISSED
    taken = set(partner.values())
    placed = matching.predicted.start < matching.predicted.end
    return outcomes, {key for number, key in enumerate(answered) if number not in taken and placed[number]}


def _keys(spans: Spans, labels: Sequence[str]) -> Iterator[Key]:
    for number in range(len(spans)):
        yield int(spans.report[number]), tuple(spans.pieces(number)), labels[int(spans.label[number])]


def _as(gold: Key, predicted: Key) -> str:
    """How a prediction differs from its gold mention."""
    label = "" if gold[2] == predicted[2] else f" {predicted[2]}"
    span = "" if gold[1] == predicted[1] else f" [{predicted[1][0][0]}, {predicted[1][-1][1]})"
    return f"as{label}{span}"
