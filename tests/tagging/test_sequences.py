"""Tag sequences: chunks against seqeval, scores against seqeval, validity against an encoder, mentions as tags."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import seqeval.scheme
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as conlleval_scores
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores

from harness.scoring.measures import AVERAGES, Row
from harness.scoring.plain import score_tags
from harness.tagging.schemes import ALIASES, SCHEMES
from harness.tagging.sequences import (
    Labels,
    Policy,
    TagError,
    decode,
    described_violations,
    parse_tags,
    violations,
)
from harness.tagging.tokens import to_tags, to_tokens, tokenize
from tests.scoring.cases import in_two_sizes

Chunk = tuple[str, int, int]
"""Label, first token and the one behind the last."""
Tags = list[str]

SEQEVAL = {
    "IOB1": seqeval.scheme.IOB1,
    "IOB2": seqeval.scheme.IOB2,
    "IOE1": seqeval.scheme.IOE1,
    "IOE2": seqeval.scheme.IOE2,
    "BIOES": seqeval.scheme.IOBES,
    "BILOU": seqeval.scheme.BILOU,
}
KNOWN_TO_CONLLEVAL = ("IO", "IOB1", "IOB2", "IOE1", "IOE2", "BIOES")
FEW = ("PER", "LOC")
TWELVE = tuple(f"L{number}" for number in (10, 3, 7, 11, 2, 12, 5, 1, 9, 4, 8, 6))
"""As many labels as make the order of a sum show."""


def chunks(sentences: Sequence[Tags], scheme: str, policy: Policy) -> list[list[Chunk]]:
    """The chunks of each sentence, decoded all at once."""
    labels = Labels()
    tags = parse_tags(sentences, SCHEMES[scheme], labels)
    found: list[list[Chunk]] = [[] for _ in sentences]
    decoded = decode(tags, SCHEMES[scheme], policy)
    columns = (decoded.start, decoded.end, decoded.label)
    for start, end, label in zip(*(column.tolist() for column in columns), strict=True):
        sentence, first = tags.place(start)
        found[sentence].append((labels.names[label], first, first + end - start))
    return found


def is_valid(sentence: Tags, scheme: str) -> bool:
    return not len(violations(parse_tags([sentence], SCHEMES[scheme], Labels()), SCHEMES[scheme]))


def tags_of(scheme: str, labels: Sequence[str]) -> list[str]:
    prefixes = [prefix for prefix in SCHEMES[scheme].prefixes if prefix != "O"]
    return ["O", *(f"{prefix}-{label}" for prefix in prefixes for label in labels)]


def sentences_in(schemes: Sequence[str], labels: Sequence[str] = FEW) -> st.SearchStrategy[tuple[str, list[Tags]]]:
    """A scheme and ten sentences of its tags in any order; one drawn byte a tag, because that is fast."""

    def sentences(drawn: tuple[str, list[bytes]]) -> tuple[str, list[Tags]]:
        scheme, data = drawn
        known = tags_of(scheme, labels)
        return scheme, [[known[byte % len(known)] for byte in sentence] for sentence in data]

    return st.tuples(st.sampled_from(schemes), st.lists(st.binary(max_size=12), min_size=10, max_size=10)).map(
        sentences
    )


def unfinished_in_seqeval(scheme: str, tags: Tags) -> bool:
    """Whether IOE1 tags hold a chunk of a single E, which seqeval's tables lack (docs/measures.md)."""
    return scheme == "IOE1" and any(
        after[0] == "E" and (before == "O" or (before[0] == "I" and before[1:] != after[1:]))
        for before, after in pairwise(["O", *tags])
    )


# --- chunks


@pytest.mark.parametrize(
    ("tags", "scheme", "lenient", "strict"),
    [
        pytest.param("I-PER O I-LOC I-LOC", "IOB2", "PER01 LOC24", "", id="IOB2: nothing begins"),
        pytest.param("B-PER I-PER O B-LOC", "IOB2", "PER02 LOC34", "PER02 LOC34", id="IOB2: as it should be"),
        pytest.param("B-PER I-LOC", "IOB2", "PER01 LOC12", "PER01", id="IOB2: another label does not continue"),
        pytest.param("I-PER I-PER B-PER", "IOB1", "PER02 PER23", "PER02 PER23", id="IOB1: B after its like"),
        pytest.param("B-PER I-PER", "IOB1", "PER02", "PER12", id="IOB1: B that follows nothing"),
        pytest.param("I-PER E-PER", "IOE2", "PER02", "PER02", id="IOE2: as it should be"),
        pytest.param("I-PER I-PER O", "IOE2", "PER02", "", id="IOE2: nothing ends"),
        pytest.param("I-PER E-PER I-PER", "IOE1", "PER02 PER23", "PER02 PER23", id="IOE1: E before its like"),
        pytest.param("E-PER I-PER", "IOE1", "PER01 PER12", "PER01 PER12", id="IOE1: one E alone, unlike seqeval"),
        pytest.param("E-PER O", "IOE1", "PER01", "", id="IOE1: E before nothing"),
        pytest.param("B-PER E-PER S-LOC", "BIOES", "PER02 LOC23", "PER02 LOC23", id="BIOES: as it should be"),
        pytest.param("B-PER I-PER S-LOC", "BIOES", "PER02 LOC23", "LOC23", id="BIOES: nothing ends"),
        pytest.param("B-PER L-PER U-LOC", "BILOU", "PER02 LOC23", "PER02 LOC23", id="BILOU: as it should be"),
        pytest.param("L-PER U-LOC", "BILOU", "PER01 LOC12", "LOC12", id="BILOU: nothing begins"),
        pytest.param("L-PER I-PER U-PER I-PER", "BILOU", "PER01 PER12 PER23 PER34", "PER23", id="BILOU: after L and U"),
        pytest.param("I-PER I-PER I-LOC", "IO", "PER02 LOC23", "PER02 LOC23", id="IO"),
        pytest.param("B I O B", "IOB2", "_02 _34", "_02 _34", id="a bare prefix stands for the label _"),
        pytest.param("B-NP-SBJ I-NP-SBJ", "IOB2", "NP-SBJ02", "NP-SBJ02", id="a label with a hyphen"),
        pytest.param("", "IOB2", "", "", id="no tokens"),
    ],
)
def test_chunks_under_both_policies(tags: str, scheme: str, lenient: str, strict: str) -> None:
    for policy, expected in ((Policy.CONLLEVAL, lenient), (Policy.STRICT, strict)):
        found = chunks([tags.split()], scheme, policy)[0]
        assert " ".join(f"{label}{start}{end}" for label, start, end in found) == expected


@in_two_sizes(sentences_in(tuple(SEQEVAL)) | sentences_in(tuple(SEQEVAL), TWELVE))
def test_strict_chunks_are_those_of_seqeval(drawn: tuple[str, list[Tags]]) -> None:
    scheme, sentences = drawn[0], [tags for tags in drawn[1] if not unfinished_in_seqeval(drawn[0], tags)]
    expected = [seqeval.scheme.Tokens(tags, SEQEVAL[scheme]).entities for tags in sentences]
    found = [[(one.tag, one.start, one.end) for one in sentence] for sentence in expected]
    assert chunks(sentences, scheme, Policy.STRICT) == found


@in_two_sizes(sentences_in(KNOWN_TO_CONLLEVAL) | sentences_in(KNOWN_TO_CONLLEVAL, TWELVE))
def test_conlleval_chunks_are_those_of_seqeval(drawn: tuple[str, list[Tags]]) -> None:
    scheme, sentences = drawn
    expected = [[(label, first, last + 1) for label, first, last in get_entities(tags)] for tags in sentences]
    assert chunks(sentences, scheme, Policy.CONLLEVAL) == expected


@in_two_sizes(sentences_in(["BIOES"]))
def test_bilou_is_bioes_with_other_letters(drawn: tuple[str, list[Tags]]) -> None:
    letters = str.maketrans("ES", "LU")
    renamed = [[tag[0].translate(letters) + tag[1:] for tag in tags] for tags in drawn[1]]
    for policy in Policy:
        assert chunks(renamed, "BILOU", policy) == chunks(drawn[1], "BIOES", policy)


@in_two_sizes(sentences_in(tuple(SCHEMES)))
def test_a_sentence_alone_holds_the_same_chunks_as_among_others(drawn: tuple[str, list[Tags]]) -> None:
    scheme, sentences = drawn
    for policy in Policy:
        together = chunks(sentences, scheme, policy)
        assert together[3] == chunks(sentences[3:4], scheme, policy)[0]


# --- scores


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


# --- validity


def encoded(chunks: Sequence[Chunk], size: int, scheme: str) -> Tags:
    """Chunks, none of which overlap, as tags: straight from the definition of each scheme."""
    tags = ["O"] * size
    for number, (label, start, end) in enumerate(chunks):
        touches_last = number and chunks[number - 1][0] == label and chunks[number - 1][2] == start
        touches_next = chunks[number + 1 :] and chunks[number + 1][0] == label and chunks[number + 1][1] == end
        prefixes = ["I"] * (end - start)
        if scheme == "IOB2" or (scheme == "IOB1" and touches_last):
            prefixes[0] = "B"
        if scheme == "IOE2" or (scheme == "IOE1" and touches_next):
            prefixes[-1] = "E"
        if scheme in AROUND:
            first, last, single = AROUND[scheme]
            prefixes = [first, *prefixes[2:], last] if len(prefixes) > 1 else [single]
        tags[start:end] = [f"{prefix}-{label}" for prefix in prefixes]
    return tags


AROUND = {"BIOES": "BES", "BILOU": "BLU"}
"""Prefixes of the first token of a chunk, of the last, and of the only one."""


def laid_out(data: bytes) -> list[Chunk]:
    """Chunks of up to three tokens with gaps of up to two, from one byte each."""
    found: list[Chunk] = []
    for byte in data:
        start = (found[-1][2] if found else 0) + (byte >> 1) % 3
        found.append((FEW[byte % 2], start, start + 1 + (byte >> 3) % 3))
    return found


def one_merges_with_the_next(chunks: Sequence[Chunk]) -> bool:
    return any(one[0] == other[0] and one[2] == other[1] for one, other in pairwise(chunks))


layouts = st.lists(st.binary(max_size=6).map(laid_out), min_size=10, max_size=10)


@in_two_sizes(st.sampled_from(tuple(SCHEMES)), layouts, st.integers(0, 1))
def test_chunks_written_as_a_scheme_demands_are_valid_and_read_alike_by_both_policies(
    scheme: str, layout: list[list[Chunk]], rest: int
) -> None:
    sentences = [one for one in layout if scheme != "IO" or not one_merges_with_the_next(one)]
    tags = [encoded(one, one[-1][2] + rest if one else rest, scheme) for one in sentences]
    assert all(is_valid(sentence, scheme) for sentence in tags)
    for policy in Policy:
        assert chunks(tags, scheme, policy) == sentences


@in_two_sizes(sentences_in(tuple(SCHEMES)))
def test_tags_are_valid_exactly_if_their_chunks_would_be_written_so(drawn: tuple[str, list[Tags]]) -> None:
    scheme, sentences = drawn
    for tags, found in zip(sentences, chunks(sentences, scheme, Policy.CONLLEVAL), strict=True):
        assert is_valid(tags, scheme) == (encoded(found, len(tags), scheme) == tags)


@in_two_sizes(sentences_in(tuple(SCHEMES)))
def test_of_valid_tags_both_policies_say_the_same(drawn: tuple[str, list[Tags]]) -> None:
    scheme, sentences = drawn
    valid = [tags for tags in sentences if is_valid(tags, scheme)]
    assert chunks(valid, scheme, Policy.STRICT) == chunks(valid, scheme, Policy.CONLLEVAL)


START, END = "the beginning of the sentence", "the end of the sentence"


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        pytest.param("IO", "I-PER I-LOC O I-LOC", {}, id="IO: all"),
        pytest.param("IOB1", "I-PER B-PER I-PER I-LOC B-LOC O", {}, id="IOB1: legal"),
        pytest.param("IOB1", "B-PER O", {0: f"B-PER after {START}"}, id="IOB1: B at the beginning"),
        pytest.param("IOB1", "O B-PER", {1: "B-PER after O"}, id="IOB1: B after O"),
        pytest.param("IOB1", "I-PER B-LOC", {1: "B-LOC after I-PER"}, id="IOB1: B after another label"),
        pytest.param("IOB2", "B-PER I-PER B-PER B-LOC O", {}, id="IOB2: legal"),
        pytest.param("IOB2", "I-PER", {0: f"I-PER after {START}"}, id="IOB2: I at the beginning"),
        pytest.param("IOB2", "O I-PER I-PER", {1: "I-PER after O"}, id="IOB2: I after O"),
        pytest.param("IOB2", "B-PER I-LOC", {1: "I-LOC after B-PER"}, id="IOB2: I after another label"),
        pytest.param("IOE1", "I-PER E-PER I-PER I-LOC E-PER E-PER I-PER O", {}, id="IOE1: legal"),
        pytest.param("IOE1", "I-PER E-PER", {2: f"{END} after E-PER"}, id="IOE1: E at the end"),
        pytest.param("IOE1", "I-PER E-PER O", {2: "O after E-PER"}, id="IOE1: E before O"),
        pytest.param("IOE1", "I-PER E-PER I-LOC", {2: "I-LOC after E-PER"}, id="IOE1: E before another label"),
        pytest.param("IOE2", "I-PER E-PER E-PER E-LOC O", {}, id="IOE2: legal"),
        pytest.param("IOE2", "I-PER", {1: f"{END} after I-PER"}, id="IOE2: I at the end"),
        pytest.param("IOE2", "I-PER O", {1: "O after I-PER"}, id="IOE2: I before O"),
        pytest.param("IOE2", "I-PER E-LOC", {1: "E-LOC after I-PER"}, id="IOE2: E with another label"),
        pytest.param("BIOES", "B-PER I-PER E-PER S-PER B-LOC E-LOC O", {}, id="BIOES: legal"),
        pytest.param("BIOES", "I-PER E-PER", {0: f"I-PER after {START}"}, id="BIOES: I at the beginning"),
        pytest.param("BIOES", "B-PER", {1: f"{END} after B-PER"}, id="BIOES: B at the end"),
        pytest.param("BIOES", "B-PER S-LOC", {1: "S-LOC after B-PER"}, id="BIOES: S within a chunk"),
        pytest.param("BIOES", "S-PER E-PER", {1: "E-PER after S-PER"}, id="BIOES: E that ends nothing"),
        pytest.param("BIOES", "B-PER E-LOC", {1: "E-LOC after B-PER"}, id="BIOES: E with another label"),
        pytest.param(
            "BIOES",
            "B-PER I-PER O I-PER",
            {2: "O after I-PER", 3: "I-PER after O", 4: f"{END} after I-PER"},
            id="BIOES: three at once",
        ),
        pytest.param("BILOU", "B-PER I-PER L-PER U-PER B-LOC L-LOC O", {}, id="BILOU: legal"),
        pytest.param("BILOU", "L-PER U-PER", {0: f"L-PER after {START}"}, id="BILOU: L at the beginning"),
        pytest.param("BILOU", "U-PER B-PER", {2: f"{END} after B-PER"}, id="BILOU: B at the end"),
        pytest.param("BILOU", "B-PER U-PER", {1: "U-PER after B-PER"}, id="BILOU: U within a chunk"),
        pytest.param("IOB2", "", {}, id="no tokens"),
    ],
)
def test_what_must_not_follow_what(scheme: str, tags: str, expected: dict[int, str]) -> None:
    labels = Labels()
    parsed = parse_tags([["O"], tags.split(), ["O"]], SCHEMES[scheme], labels)
    found = list(described_violations(parsed, SCHEMES[scheme], labels.names))
    assert found == [(1, token, f"{text} is no {scheme}") for token, text in expected.items()]


@pytest.mark.parametrize(
    ("scheme", "tag"),
    [
        *[
            ("IOB2", tag)
            for tag in (
                "X-PER",
                "BPER",
                "B_PER",
                "B-",
                "",
                "O-PER",
                "OO",
                "o",
                "b-PER",
                "-PER",
                " B-PER",
                "B-PER ",
                "B- ",
            )
        ],
        *[("IOB2", "E-PER"), ("IOB2", "S-PER"), ("IO", "B-PER"), ("IOE2", "B-PER"), ("BIOES", "L-PER")],
        *[("BIOES", "U-PER"), ("BILOU", "E-PER"), ("BILOU", "S-PER")],
    ],
)
def test_what_is_no_tag_is_refused_with_its_place(scheme: str, tag: str) -> None:
    with pytest.raises(TagError, match=f"is no tag of {scheme}, whose prefixes are ") as refusal:
        parse_tags([["O", "O"], ["O", "I-PER", tag, tag], [tag]], SCHEMES[scheme], Labels())
    assert (refusal.value.tag, refusal.value.sentence, refusal.value.token) == (tag, 1, 2)
    assert str(refusal.value).startswith(repr(tag))


# --- mentions as tags

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
