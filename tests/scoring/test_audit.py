"""The audit: it agrees where we are right, and would tell if we were not."""

import msgspec
import numpy as np
import pytest

from harness.errors import ExitCode
from harness.scoring.audit import AuditError, audit
from harness.scoring.plain import score_tags
from harness.scoring.sequences import TaggedCorpus
from harness.tagging.schemes import SCHEMES
from harness.tagging.sequences import Labels, parse_tags

GOLD = [["B-A", "I-A", "O", "B-B"], ["I-A", "O", "B-C", "I-B"]]
FOUND = [["B-A", "I-A", "O", "B-C"], ["B-A", "O", "B-C", "I-C"]]


def corpus(gold: list[list[str]], predicted: list[list[str]], scheme: str = "IOB2") -> TaggedCorpus:
    names = Labels()
    tags = [parse_tags(side, SCHEMES[scheme], names) for side in (gold, predicted)]
    return TaggedCorpus(tags[0], tags[1], names.names, np.zeros(len(gold), dtype=np.int64), SCHEMES[scheme])


def test_seqeval_confirms_every_number_it_knows() -> None:
    # Two policies; three labels and three averages (strict finds no C in gold, but in the predictions); four numbers.
    assert audit(score_tags(GOLD, FOUND), corpus(GOLD, FOUND), "fine") == 2 * (3 + 3) * 4


@pytest.mark.parametrize("field", ["precision", "recall", "f1", "gold"])
@pytest.mark.parametrize("match", ["sequence-conlleval", "sequence-strict"])
@pytest.mark.parametrize("label", ["A", "micro", "macro", "weighted"])
def test_any_other_number_is_told(field: str, match: str, label: str) -> None:
    rows = [
        msgspec.structs.replace(row, **{field: (getattr(row, field) or 0) + (1 if field == "gold" else 1e-15)})
        if (row.match, row.label) == (match, label)
        else row
        for row in score_tags(GOLD, FOUND)
    ]
    with pytest.raises(AuditError, match=f"{match} {label} in view fine") as caught:
        audit(rows, corpus(GOLD, FOUND), "fine")
    assert caught.value.exit_code == ExitCode.BACKEND_FAILED


# One policy each: a label and three averages, four numbers.
@pytest.mark.parametrize(("scheme", "tag"), [("BILOU", "U-A"), ("IO", "I-A"), ("IOE1", "I-A")])
def test_what_seqeval_cannot_compute_is_left_out(scheme: str, tag: str) -> None:
    tags = [[tag, "O"]]
    confirmed = (1 + 3) * 4
    assert audit(score_tags(tags, tags, scheme), corpus(tags, tags, scheme), "fine") == confirmed


def test_nothing_on_either_side_is_no_difference() -> None:
    tags = [["O", "O"]]
    assert audit(score_tags(tags, tags), corpus(tags, tags), "fine") == 0
