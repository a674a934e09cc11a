"""The rules backend on a small folder of rules, and on sentences with the rules that are shipped."""

from pathlib import Path

import pytest

from harness.annotation import Report
from harness.backends.rules import RulesBackend
from harness.errors import HarnessError

PATTERNS = """
not_after = '(?i)al-$'

[macros]
day = '(?:Monday|Tuesday)'

[[pattern]]
label = "TIME"
regex = 'on (?P<mention>{day})'
ignore_case = true

[[pattern]]
label = "NONE"
regex = 'Operation \\w+'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "GPE.txt").write_text("# towns\nGao\nBor\nDeir ez-Zor\nBourem road\n")
    (tmp_path / "lexicon" / "ORG.txt").write_text("WHO\nDa'esh\n")
    (tmp_path / "lexicon" / "WEAPON.words.txt").write_text("rockets\nmines\ngold\n")
    (tmp_path / "lexicon" / "NONE.words.txt").write_text("gold mines\n")
    (tmp_path / "patterns.toml").write_text(PATTERNS)
    (tmp_path / "caps_stop.txt").write_text("WHO\n")
    return tmp_path


def found(folder: Path | None, text: str) -> list[tuple[str, str]]:
    (prediction,) = RulesBackend(str(folder) if folder else None).extract([Report("r", text)])
    return [(text[mention.start : mention.end], mention.label) for mention in prediction.mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("In Gao.", [("Gao", "GPE")], id="a name"),
        pytest.param("in gao", [], id="names keep their case"),
        pytest.param("GAO FALLS", [("GAO", "GPE")], id="in capitals"),
        pytest.param("DEIR EZ-ZOR", [("DEIR EZ-ZOR", "GPE")], id="several words in capitals"),
        pytest.param("Rockets hit Gao's edge", [("Rockets", "WEAPON"), ("Gao", "GPE")], id="possessive, common word"),
        pytest.param("Gaoland", [], id="whole words only"),
        pytest.param("pro-Gao fighters", [("Gao", "GPE")], id="after a hyphen"),
        pytest.param("Abu al-Gao", [], id="not after what the patterns exclude"),
        pytest.param("Da’esh", [("Da’esh", "ORG")], id="curly for straight apostrophe"),
        pytest.param("the Bourem road", [("Bourem road", "GPE")], id="the longest entry"),
        pytest.param("Bourem", [], id="the beginning of an entry at the end of a text"),
        pytest.param("gold mines and mines", [("mines", "WEAPON")], id="NONE blocks and is dropped"),
        pytest.param("Operation Gao", [], id="a NONE pattern blocks a name"),
        pytest.param("WHO WON", [], id="an ordinary word in a line of capitals"),
        pytest.param("The WHO said", [("WHO", "ORG")], id="and a name elsewhere"),
        pytest.param("ON MONDAY", [("MONDAY", "TIME")], id="a pattern's group, any case"),
        pytest.param("Bor, Gao", [("Bor", "GPE"), ("Gao", "GPE")], id="in the order of the text"),
    ],
)
def test_small_rules(folder: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(folder, text) == expected


def test_none_is_no_label(folder: Path) -> None:
    assert RulesBackend(str(folder)).labels == ("GPE", "ORG", "TIME", "WEAPON")


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        ("[[pattern]]\nlabel = 'A'\nregex = '('\n", "pattern 1 (A): missing )"),
        ("[[pattern]]\nlabel = 'A'\nregex = '{nope}'\n", "pattern 1 (A): 'nope'"),
        ("[[pattern]]\nlabel = 'A'\nregexp = 'x'\n", "unknown field `regexp`"),
        ("not toml", "patterns.toml: "),
    ],
)
def test_patterns_that_are_refused(folder: Path, patterns: str, message: str) -> None:
    (folder / "patterns.toml").write_text(patterns)
    with pytest.raises(HarnessError) as raised:
        RulesBackend(str(folder))
    assert message in str(raised.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="holds no entry and no pattern"):
        RulesBackend(str(tmp_path))


def test_shipped_rules_on_a_sentence() -> None:
    text = "On 3 February, Boko Haram fighters killed at least 12 soldiers with AK-47s near Lake Chad."
    expected = {("Boko Haram", "ARMED_GROUP"), ("12", "QUANTITY"), ("AK-47s", "WEAPON"), ("Lake Chad", "LOCATION")}
    assert expected <= set(found(None, text))
    assert ("3 February", "TIME") in found(None, text)
