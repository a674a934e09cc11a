from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FileError
from harness.scoring.table import Column, CountTable

COLUMNS = (Column("mentions", "fine", "A", "gold"), Column("mentions", "fine", "B", "gold"))


def table(**rows: tuple[int, int]) -> CountTable:
    return CountTable.from_rows(COLUMNS, rows)


def test_a_corpus_is_the_sum_of_its_reports() -> None:
    assert table(a=(1, 2), b=(3, 4)).totals.tolist() == [4, 6]


def test_adding_tables_of_two_halves_gives_the_whole() -> None:
    assert table(a=(1, 2)) + table(b=(3, 4)) == table(a=(1, 2), b=(3, 4))


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        pytest.param(table(a=(0, 0)), "'a' is in both", id="same report"),
        pytest.param(CountTable.from_rows(COLUMNS[:1], {"c": (1,)}), "different columns", id="other columns"),
    ],
)
def test_tables_that_cannot_be_added(other: CountTable, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        table(a=(1, 2)) + other


def test_select_takes_rows_in_the_order_asked_for() -> None:
    assert table(a=(1, 2), b=(3, 4)).select(["b", "a"]) == table(b=(3, 4), a=(1, 2))


def test_an_empty_corpus_sums_to_zero() -> None:
    assert CountTable.from_rows(COLUMNS, {}).totals.tolist() == [0, 0]


def test_shape_must_fit() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        CountTable(("a",), COLUMNS, np.zeros((1, 3)))


@given(st.dictionaries(st.text("ab/ü", min_size=1), st.tuples(*[st.integers(0, 2**40)] * 2), min_size=1))
@settings(max_examples=25, deadline=None)
def test_parquet_keeps_everything(tmp_path_factory: pytest.TempPathFactory, rows: dict[str, tuple[int, int]]) -> None:
    path = tmp_path_factory.mktemp("table") / "counts.parquet"
    original = CountTable.from_rows(COLUMNS, rows)
    original.write(path)
    assert CountTable.read(path) == original


def test_reordered_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "counts.parquet"
    table(a=(1, 2), b=(3, 4)).write(path)
    pq.write_table(pq.read_table(path).take([0, 2, 1, 3]), path)
    with pytest.raises(FileError, match="rows were reordered"):
        CountTable.read(path)


@pytest.mark.parametrize(("content", "problem"), [(None, "no such file"), (b"PAR1 not really", "is no Parquet file")])
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "counts.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=problem) as raised:
        CountTable.read(path)
    assert str(path) in str(raised.value)
