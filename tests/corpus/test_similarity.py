"""How alike texts are."""

import pytest

from harness.corpus.similarity import similar_pairs, too_similar, word_sequences

EIGHT = "one two three four five six seven eight"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(EIGHT, EIGHT.upper() + "!", 1.0, id="case and punctuation do not matter"),
        pytest.param(f"{EIGHT} nine", f"zero {EIGHT}", 1 / 3, id="one of three sequences shared"),
        pytest.param(EIGHT, "eight seven six five four three two one", None, id="nothing shared"),
        pytest.param("one two", "one two", None, id="too short to hold a sequence"),
    ],
)
def test_similarity(first: str, second: str, expected: float | None) -> None:
    pairs = similar_pairs({"b": first, "a": second})
    assert pairs == ([] if expected is None else [(pytest.approx(expected), "a", "b")])


def test_sequences_of_words() -> None:
    assert word_sequences("a b c", 2) == {("a", "b"), ("b", "c")}


def test_reports_of_one_cluster_may_be_alike() -> None:
    texts = {"a": EIGHT, "b": EIGHT, "c": f"{EIGHT} nine"}
    found = too_similar(texts, {"a": "x", "b": "x", "c": "y"})
    assert [pair[1:] for pair in found] == [("a", "c"), ("b", "c")]
