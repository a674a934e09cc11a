from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.annotation import Zone
from harness.corpus.zones import format_zones, read_zones
from harness.errors import FileError

HEADER = "kind\tarticle\tstart\tend\tvalue\n"
TEXT = "Rebels leave Gao"


def read(folder: Path, content: str) -> tuple[Zone, ...]:
    path = folder / "a.zones.tsv"
    path.write_bytes(content.encode())
    return read_zones(path, TEXT)


TABLES = [
    pytest.param(HEADER, (), id="no zones"),
    pytest.param(f"{HEADER}article\t1\t0\t16\t\n", (Zone("article", 0, 16, 1),), id="zone to the last character"),
    pytest.param(f"{HEADER}boilerplate\t\t7\t12\t\n", (Zone("boilerplate", 7, 12),), id="zone of no article"),
    pytest.param(
        f"{HEADER}dateline\t2\t0\t6\t2013-02-22\n", (Zone("dateline", 0, 6, 2, "2013-02-22"),), id="value of a dateline"
    ),
    pytest.param(
        f"{HEADER}headline\t1\t7\t16\t\narticle\t1\t0\t16\t\n",
        (Zone("headline", 7, 16, 1), Zone("article", 0, 16, 1)),
        id="nested zones in the order of the table",
    ),
]


@pytest.mark.parametrize(("content", "zones"), TABLES)
def test_zones_are_read(tmp_path: Path, content: str, zones: tuple[Zone, ...]) -> None:
    assert read(tmp_path, content) == zones


@pytest.mark.parametrize(("content", "zones"), TABLES)
def test_zones_are_written(content: str, zones: tuple[Zone, ...]) -> None:
    assert format_zones(zones) == content


def test_a_last_line_without_line_break_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEADER}article\t1\t0\t16\t") == (Zone("article", 0, 16, 1),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", ":1: the header is not that of a zone table", id="empty file"),
        pytest.param("article\t1\t0\t16\t\n", ":1: the header is not that of a zone table", id="no header"),
        pytest.param("kind\tstart\tend\n", ":1: the header is not that of a zone table", id="another header"),
        pytest.param(f"{HEADER}article\t1\t0\t16\n", ":2: 4 columns instead of 5", id="too few columns"),
        pytest.param(f"{HEADER}article\t1\t0\t16\t\tx\n", ":2: 6 columns instead of 5", id="too many columns"),
        pytest.param(f"{HEADER}article 1 0 16\n", ":2: 1 columns instead of 5", id="spaces instead of tabs"),
        pytest.param(
            f"{HEADER}article\t1\t0\t16\t\n\narticle\t2\t0\t16\t\n",
            ":3: 1 columns instead of 5",
            id="blank line between",
        ),
        pytest.param(
            f"{HEADER}article\t1\tzero\t16\t\n",
            ":2: invalid literal for int() with base 10: 'zero'",
            id="offset in words",
        ),
        pytest.param(
            f"{HEADER}article\tI\t0\t16\t\n", ":2: invalid literal for int() with base 10: 'I'", id="article in Roman"
        ),
        pytest.param(
            f"{HEADER}article\t1\t0\t16\t\nheadline\t1\t6\t6\t\n",
            ":3: zone headline [6, 6) is empty or negative",
            id="empty zone",
        ),
        pytest.param(f"{HEADER}article\t1\t-1\t6\t\n", ":2: zone article [-1, 6) is empty or negative", id="negative"),
        pytest.param(
            f"{HEADER}article\t1\t0\t17\t\n",
            ":2: zone article ends at 17, after the text (16 characters)",
            id="zone past the text",
        ),
    ],
)
def test_a_fault_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, content)
    assert caught.value.message == f"{tmp_path / 'a.zones.tsv'}{message}"
    assert caught.value.remedy


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\t\r\n"), min_size=1)
ZONES = st.builds(
    lambda kind, points, article, value: Zone(kind, *points, article, value),
    WORDS,
    st.lists(st.integers(0, len(TEXT)), min_size=2, max_size=2, unique=True).map(sorted),
    st.integers(0, 9),
    WORDS | st.just(""),
)


@settings(deadline=None)
@given(zones=st.lists(ZONES, max_size=5).map(tuple))
def test_what_is_written_is_read_equal(tmp_path_factory: pytest.TempPathFactory, zones: tuple[Zone, ...]) -> None:
    assert read(tmp_path_factory.getbasetemp(), format_zones(zones)) == zones
