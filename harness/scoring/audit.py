"""A second opinion: what seqeval says about the same tags. Any difference is a fault of this program."""

import warnings
from collections.abc import Iterator, Sequence

from harness.errors import BackendError
from harness.scoring.measures import MACRO, MICRO, WEIGHTED, Row
from harness.scoring.sequences import TaggedCorpus
from harness.tagging.schemes import OUTSIDE, Scheme
from harness.tagging.sequences import Policy

STRICT = {"IOB1": "IOB1", "IOB2": "IOB2", "IOE2": "IOE2", "BIOES": "IOBES", "BILOU": "BILOU"}
"""seqeval's names of the schemes that its strict mode gets right; its IOE1 is unfinished."""
LENIENT = ("IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "IO")
"""The schemes whose prefixes its lenient mode knows."""


class AuditError(BackendError):
    """Our numbers and seqeval's differ."""


def audit(rows: Sequence[Row], corpus: TaggedCorpus, view: str) -> int:
    """Compare the sequence rows of a view with seqeval. Returns how many numbers were equal.

    `corpus` carries the labels of the view. AuditError for the first difference. What seqeval calls 0 and we call
    undefined is no difference.
    """
    gold, predicted = (tags.tags(corpus.names) for tags in (corpus.gold, corpus.predicted))
    compared = 0
    for policy in Policy:
        own = {row.label: row for row in rows if _is_row(row, view, policy)}
        for label, theirs in _seqeval(gold, predicted, corpus.scheme, policy):
            row = own[label]
            ours = (row.precision or 0.0, row.recall or 0.0, row.f1 or 0.0, row.gold)
            if ours != theirs:
                raise AuditError(
                    f"audit: {row.match} {label} in view {view} is {ours}, seqeval says {theirs}",
                    "Please report this: the scorer is wrong, or seqeval has changed.",
                )
            compared += len(ours)
    return compared


def _is_row(row: Row, view: str, policy: Policy) -> bool:
    return (row.match, row.view, row.scope, row.slice) == (f"sequence-{policy}", view, "all", "")


def _seqeval(
    gold: list[list[str]], predicted: list[list[str]], scheme: Scheme, policy: Policy
) -> Iterator[tuple[str, tuple[float, float, float, int]]]:
    """Precision, recall, F1 and support of each label that occurs, and of the averages."""
    from seqeval import scheme as schemes
    from seqeval.metrics import sequence_labeling, v1

    if scheme.name not in (STRICT if policy is Policy.STRICT else LENIENT):
        return
    if all(tag == OUTSIDE for sentence in (*gold, *predicted) for tag in sentence):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for average in (None, MICRO, MACRO, WEIGHTED):
            if policy is Policy.STRICT:
                kind = getattr(schemes, STRICT[scheme.name])
                found = v1.precision_recall_fscore_support(gold, predicted, average=average, scheme=kind)
                labels = v1.unique_labels(gold, predicted, kind)
            else:
                found = sequence_labeling.precision_recall_fscore_support(gold, predicted, average=average)
                chunks = (sequence_labeling.get_entities(side) for side in (gold, predicted))
                labels = sorted({chunk[0] for side in chunks for chunk in side})
            if average is None:
                yield from (
                    (label, (float(p), float(r), float(f), int(n)))
                    for label, p, r, f, n in zip(labels, *found, strict=True)
                )
            elif labels:
                yield average, (float(found[0]), float(found[1]), float(found[2]), int(found[3]))
