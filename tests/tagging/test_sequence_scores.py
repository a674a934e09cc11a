"""Scores of tag sequences: equal to those of seqeval."""

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as conlleval_scores
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores

from harness.scoring.measures import AVERAGES, Row
from harness.scoring.plain import score_tags
from harness.tagging.schemes import ALIASES
from harness.tagging.sequences import (
    Policy,
)
from tests.scoring.cases import TWELVE, in_two_sizes
from tests.tagging.cases import (
    FEW,
    KNOWN_TO_CONLLEVAL,
    SEQEVAL,
    Tags,
    chunks,
    encoded,
    tags_of,
    unfinished_in_seqeval,
)


def expected_rows(gold: list[Tags], predicted: list[Tags], scheme: str, policy: Policy) -> dict[str, list[object]]:
    """Precision, recall, F1 and support by label from seqeval, None where one of its denominators is 0."""

    def scores(average: str | None) -> tuple[object, ...]:
        options = {"average": average, "zero_division": 0}
        if policy is Policy.STRICT:
            return strict_scores(gold, predicted, scheme=SEQEVAL[scheme], **options)
        return conlleval_scores(gold, predicted, **options)

    sizes = [
        [label for sentence in chunks(side, scheme, policy) for label, _, _ in sentence] for side in (gold, predicted)
    ]
    labels = sorted({*sizes[0], *sizes[1]})
    if not labels:
        return {average: [None, None, None, 0] for average in AVERAGES}
    found = {
        label: [
            float(precision) if label in sizes[1] else None,
            float(recall) if label in sizes[0] else None,
            float(f1),
            int(support),
        ]
        for label, precision, recall, f1, support in zip(labels, *scores(None), strict=True)
    }
    precision, recall, f1, support = scores("micro")
    found["micro"] = [precision if sizes[1] else None, recall if sizes[0] else None, f1, support]
    found["macro"] = list(scores("macro"))
    found["weighted"] = list(scores("weighted")) if sizes[0] else [None, None, None, 0]
    return found


def assert_equal_to_seqeval(gold: list[Tags], predicted: list[Tags], scheme: str) -> None:
    policies = [policy for policy in Policy if policy is Policy.STRICT or scheme in KNOWN_TO_CONLLEVAL]
    if any(unfinished_in_seqeval(scheme, tags) for tags in (*gold, *predicted)):
        policies.remove(Policy.STRICT)
    rows = score_tags(gold, predicted, scheme, policies)
    for policy in policies:
        own: dict[str, Row] = {row.label: row for row in rows if row.match == f"sequence-{policy}"}
        expected = expected_rows(gold, predicted, scheme, policy)
        assert own.keys() >= expected.keys()
        for label, row in own.items():
            empty = [None, None, None, 0]
            assert [row.precision, row.recall, row.f1, row.gold] == expected.get(label, empty), (policy, label)


def two_sides(scheme: str, data: list[tuple[bytes, bytes]], labels: Sequence[str]) -> tuple[list[Tags], list[Tags]]:
    """Gold from the first bytes; predictions repeat it where the second byte is at least 64."""
    known = tags_of(scheme, labels)
    gold: list[Tags] = []
    predicted: list[Tags] = []
    for first, second in data:
        gold.append([known[byte % len(known)] for byte in first])
        changes = second.ljust(len(first), b"\xff")
        predicted.append(
            [tag if byte >= 64 else known[byte % len(known)] for tag, byte in zip(gold[-1], changes, strict=False)]
        )
    return gold, predicted


def pairs_of_bytes(size: int, sentences: int) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    return st.lists(st.tuples(st.binary(max_size=size), st.binary(max_size=size)), max_size=sentences)


@in_two_sizes(st.sampled_from(tuple(SEQEVAL)), pairs_of_bytes(10, 3), quick=150, slow=3000)
def test_scores_of_two_labels_equal_those_of_seqeval(scheme: str, data: list[tuple[bytes, bytes]]) -> None:
    assert_equal_to_seqeval(*two_sides(scheme, data, FEW), scheme)


@in_two_sizes(
    st.sampled_from(tuple(SEQEVAL)),
    st.lists(
        st.tuples(st.binary(min_size=20, max_size=60), st.binary(min_size=10, max_size=60)), min_size=1, max_size=2
    ),
    quick=100,
    slow=2000,
)
def test_scores_of_twelve_labels_equal_those_of_seqeval(scheme: str, data: list[tuple[bytes, bytes]]) -> None:
    assert_equal_to_seqeval(*two_sides(scheme, data, TWELVE), scheme)


def test_the_policies_differ_where_nothing_begins_as_the_scheme_demands() -> None:
    tags = [["I-PER", "O", "I-LOC", "I-LOC"]]
    rows = {(row.match, row.label): row for row in score_tags(tags, tags, "IOB2")}
    lenient, strict = rows["sequence-conlleval", "micro"], rows["sequence-strict", "micro"]
    assert (lenient.gold, lenient.predicted, lenient.correct, lenient.f1) == (2, 2, 2, 1.0)
    assert (strict.gold, strict.predicted, strict.correct) == (0, 0, 0)
    assert (strict.precision, strict.recall, strict.f1) == (None, None, None)


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same sentences and tokens"):
        score_tags([["O"]], [["O", "O"]])


@pytest.mark.parametrize("sentences", [[], [[]], [["O", "O"]]])
def test_where_nothing_occurs_there_are_undefined_averages_and_no_labels(sentences: list[Tags]) -> None:
    rows = score_tags(sentences, sentences)
    assert [row.label for row in rows] == list(AVERAGES) * len(Policy)
    assert {(row.gold, row.predicted, row.correct, row.precision, row.recall, row.f1) for row in rows} == {
        (0, 0, 0, None, None, None)
    }


@pytest.mark.parametrize(("name", "scheme"), [*ALIASES.items(), ("iob2", "IOB2"), ("iobes", "BIOES")])
def test_other_names_of_schemes_are_understood(name: str, scheme: str) -> None:
    tags = [encoded([("PER", 0, 2)], 3, scheme)]
    assert score_tags(tags, tags, name) == score_tags(tags, tags, scheme)
    assert {row.gold for row in score_tags(tags, tags, name)} == {1}


def test_what_is_no_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no scheme 'BOI', only IO, IOB1, "):
        score_tags([["O"]], [["O"]], "BOI")
