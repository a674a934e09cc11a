"""The ways of comparing mentions, as data: which counters each is read from.

| match | correct | incorrect | partial |
|---|---|---|---|
| strict | same spans, same label | other pairs | |
| exact | same spans | overlapping spans | |
| partial | same spans | | overlapping spans (half credit) |
| type | same label, overlapping or equal spans | other label | |
| overlap | same label, intersection over union from the threshold on | other pairs | |
| sequence-conlleval, sequence-strict | same tokens, same label | | |

Strict, exact, partial and type are those of SemEval-2013 task 9.1 (Segura-Bedmar and others 2013), which took the
categories from MUC-5 (Chinchor and Sundheim 1993).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.scoring import mentions as m
from harness.scoring.sequences import counter
from harness.scoring.tagged import UNTAGGABLE_GOLD
from harness.tagging.sequences import Policy

_BOUNDARY = (m.TOO_LONG, m.TOO_SHORT, m.SHIFTED)
_OTHER_LABEL_GOLD = (m.LABEL_GOLD, m.BOUNDARY_LABEL_GOLD)
_OTHER_LABEL_PREDICTED = (m.LABEL_PREDICTED, m.BOUNDARY_LABEL_PREDICTED)


@dataclass(frozen=True)
class Match:
    """A way of comparing mentions: for each quantity of a row the counters that are added up.

    `..._predicted` are the quantities of the predicted side; the label of a pair may differ between the sides.
    `averages_of_seqeval`: macro and weighted means are taken as seqeval takes them. `unless`: a counter that makes the
    match meaningless where it is not 0.
    """

    name: str
    gold: tuple[str, ...]
    predicted: tuple[str, ...]
    correct: tuple[str, ...]
    correct_predicted: tuple[str, ...]
    incorrect: tuple[str, ...] = ()
    incorrect_predicted: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    partial_predicted: tuple[str, ...] = ()
    averages_of_seqeval: bool = False
    unless: str = ""

    @cached_property
    def quantities(self) -> Mapping[str, tuple[str, ...]]:
        """The counters of each quantity by its name."""
        return {
            "gold": self.gold,
            "predicted": self.predicted,
            "correct": self.correct,
            "correct_predicted": self.correct_predicted,
            "incorrect": self.incorrect,
            "incorrect_predicted": self.incorrect_predicted,
            "partial": self.partial,
            "partial_predicted": self.partial_predicted,
        }

    @property
    def recall_only(self) -> bool:
        """Whether nothing is known of the predicted side, so that precision and F1 are undefined."""
        return not self.predicted

    @property
    def paired(self) -> bool:
        """Whether what is not correct is divided into incorrect, partial, missed and spurious."""
        return bool(self.incorrect or self.partial)

    @property
    def counters(self) -> frozenset[str]:
        """All counters that the match is read from."""
        return frozenset(counter for counters in self.quantities.values() for counter in counters)


STRICT = Match(
    "strict",
    (m.GOLD,),
    (m.PREDICTED,),
    (m.STRICT_CORRECT,),
    (m.STRICT_CORRECT,),
    (*_BOUNDARY, *_OTHER_LABEL_GOLD),
    (*_BOUNDARY, *_OTHER_LABEL_PREDICTED),
)
EXACT = Match(
    "exact",
    (m.EXACT_GOLD,),
    (m.EXACT_PREDICTED,),
    (m.EXACT_CORRECT_GOLD,),
    (m.EXACT_CORRECT_PREDICTED,),
    (m.EXACT_INCORRECT_GOLD,),
    (m.EXACT_INCORRECT_PREDICTED,),
)
PARTIAL = Match(
    "partial",
    (m.GOLD,),
    (m.PREDICTED,),
    (m.STRICT_CORRECT, m.LABEL_GOLD),
    (m.STRICT_CORRECT, m.LABEL_PREDICTED),
    partial=(*_BOUNDARY, m.BOUNDARY_LABEL_GOLD),
    partial_predicted=(*_BOUNDARY, m.BOUNDARY_LABEL_PREDICTED),
)
TYPE = Match(
    "type",
    (m.GOLD,),
    (m.PREDICTED,),
    (m.STRICT_CORRECT, *_BOUNDARY),
    (m.STRICT_CORRECT, *_BOUNDARY),
    _OTHER_LABEL_GOLD,
    _OTHER_LABEL_PREDICTED,
)
OVERLAP = Match(
    "overlap",
    (m.GOLD,),
    (m.PREDICTED,),
    (m.STRICT_CORRECT, m.REACHING),
    (m.STRICT_CORRECT, m.REACHING),
    (m.BELOW, *_OTHER_LABEL_GOLD),
    (m.BELOW, *_OTHER_LABEL_PREDICTED),
)
SEQUENCES = tuple(
    Match(
        f"sequence-{policy}",
        (counter(policy, "gold"),),
        (counter(policy, "predicted"),),
        (counter(policy, "correct"),),
        (counter(policy, "correct"),),
        averages_of_seqeval=True,
        unless=UNTAGGABLE_GOLD,
    )
    for policy in Policy
)
MATCHES = (STRICT, EXACT, PARTIAL, TYPE, OVERLAP, *SEQUENCES)
SUBSETS = (
    Match("strict", (m.GOLD,), (m.PREDICTED,), (m.STRICT_CORRECT,), (m.STRICT_CORRECT,)),
    Match("strict", (m.GOLD,), (), (m.STRICT_CORRECT,), ()),
)
"""Strict matching in slices of mentions: where both sides have the attribute, and where only gold mentions do."""
