"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Gao fell. Kidal did not.", ["Gao fell.", "Kidal did not."]),
        ("Gen. Haftar left.", ["Gen. Haftar left."]),
        ("J. K. Odongo of the U.S. Army said so.", ["J. K. Odongo of the U.S. Army said so."]),
        ("It fell, he said. “We left.” Others stayed.", ["It fell, he said.", "“We left.”", "Others stayed."]),
        ("A HEADLINE\nBy Amina Dia\n\nText.", ["A HEADLINE", "By Amina Dia", "Text."]),
        ("3.5 km away; on Oct. 9 at noon: nothing.", ["3.5 km away; on Oct. 9 at noon: nothing."]),
        ("Really? Yes! 12 died… The end", ["Really?", "Yes!", "12 died…", "The end"]),
        ("the army (i.e. the north) stayed", ["the army (i.e. the north) stayed"]),
        ("Communiqué no. 41 was read.", ["Communiqué no. 41 was read."]),
        ("He said no. The army stayed.", ["He said no.", "The army stayed."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end].strip() for start, end in split_sentences(text)] == sentences


@given(st.text(alphabet="aA1 .!?\n”(", max_size=60))
def test_sentences_are_in_order_and_leave_out_white_space_only(text: str) -> None:
    found = split_sentences(text)
    rest, at = "", 0
    for start, end in found:
        assert at <= start < end
        assert text[start:end].strip()
        rest += text[at:start]
        at = end
    assert not (rest + text[at:]).strip()
