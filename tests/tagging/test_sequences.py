"""Tag sequences: chunks against seqeval, validity against an encoder."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
import seqeval.scheme
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from harness.tagging.schemes import SCHEMES
from harness.tagging.sequences import (
    Labels,
    Policy,
    TagError,
    described_violations,
    parse_tags,
)
from tests.scoring.cases import TWELVE, in_two_sizes
from tests.tagging.cases import (
    KNOWN_TO_CONLLEVAL,
    SEQEVAL,
    Chunk,
    Tags,
    chunks,
    encoded,
    is_valid,
    laid_out,
    sentences_in,
    unfinished_in_seqeval,
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


# --- validity


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
