"""The count table: what every measure, interval, test and gate is read from.

One row a report, one column a counter. A corpus is the sum of its rows; a slice is a subset of rows; a resample is a
weighted sum of them; tables of two halves of a corpus are concatenated. Counters are whole numbers held as float64
(exact up to 2**53), so that resampling is one matrix product.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from harness.errors import FileError
from harness.files import write_bytes

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
MENTIONS = "mentions"
"""The layer of mentions; the others are listed in `harness.scoring.layers`."""


class Column(NamedTuple):
    """What is counted: `counter` of `label` in a layer, seen in a view; `slice` names a subset of mentions."""

    layer: str
    view: str
    label: str
    counter: str
    slice: str = ""


@dataclass(frozen=True, eq=False)
class CountTable:
    """Counts of shape (reports, columns)."""

    reports: tuple[str, ...]
    columns: tuple[Column, ...]
    values: Floats

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.reports), len(self.columns)):
            raise ValueError(
                f"{self.values.shape} values for {len(self.reports)} reports and {len(self.columns)} columns"
            )

    @classmethod
    def from_rows(cls, columns: Sequence[Column], rows: Mapping[str, Sequence[float]]) -> "CountTable":
        """A table from one sequence of counts a report, in the order of `columns`."""
        values = np.array(list(rows.values()), dtype=np.float64).reshape(len(rows), len(columns))
        return cls(tuple(rows), tuple(columns), values)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CountTable)
            and self.reports == other.reports
            and self.columns == other.columns
            and np.array_equal(self.values, other.values)
        )

    def __add__(self, other: "CountTable") -> "CountTable":
        """The table of both corpora. ValueError if the columns differ or a report is in both.

        A slice of mentions that occurs in one of them only counts 0 in the other.
        """
        if [one for one in self.columns if not one.slice] != [one for one in other.columns if not one.slice]:
            raise ValueError("tables with different columns cannot be added")
        if shared := set(self.reports) & set(other.reports):
            raise ValueError(f"report {min(shared)!r} is in both tables")
        columns = tuple(dict.fromkeys((*self.columns, *other.columns)))
        empty = [CountTable(one.reports, columns, np.zeros((len(one.reports), len(columns)))) for one in (self, other)]
        values = np.concatenate([self.like(empty[0]).values, other.like(empty[1]).values])
        return CountTable(self.reports + other.reports, columns, values)

    def beside(self, other: "CountTable") -> "CountTable":
        """The columns of both tables. ValueError if they have other reports, or share a column."""
        if self.reports != other.reports:
            raise ValueError("tables of different reports cannot stand side by side")
        if shared := set(self.columns) & set(other.columns):
            raise ValueError(f"{min(shared)} is in both tables")
        return CountTable(
            self.reports, self.columns + other.columns, np.concatenate([self.values, other.values], axis=1)
        )

    def like(self, other: "CountTable") -> "CountTable":
        """The reports and columns of another table, in its order, with counts of this one; 0 in columns that it lacks.

        KeyError if it lacks a report.
        """
        rows = self if self.reports == other.reports else self.select(other.reports)
        place = {column: index for index, column in enumerate(self.columns)}
        values = np.zeros((len(other.reports), len(other.columns)))
        both = [(place[column], number) for number, column in enumerate(other.columns) if column in place]
        values[:, [number for _, number in both]] = rows.values[:, [index for index, _ in both]]
        return CountTable(other.reports, other.columns, values)

    def select(self, reports: Sequence[str]) -> "CountTable":
        """The rows of `reports`, in that order. KeyError if one is missing."""
        rows = {report: index for index, report in enumerate(self.reports)}
        return CountTable(tuple(reports), self.columns, self.values[[rows[report] for report in reports]])

    def unsliced(self) -> "CountTable":
        """The table without the columns of slices."""
        chosen = [index for index, column in enumerate(self.columns) if not column.slice]
        return CountTable(self.reports, tuple(self.columns[index] for index in chosen), self.values[:, chosen])

    @property
    def totals(self) -> Floats:
        """The sum over reports, of shape (columns,)."""
        return np.asarray(self.values.sum(axis=0))

    def positions(self, layer: str, view: str, part: str = "") -> dict[str, dict[str, int]]:
        """Column numbers by label and counter, in column order, for one layer, view and slice."""
        found: dict[str, dict[str, int]] = {}
        for index, column in enumerate(self.columns):
            if (column.layer, column.view, column.slice) == (layer, view, part):
                found.setdefault(column.label, {})[column.counter] = index
        return found

    def views(self, layer: str) -> tuple[str, ...]:
        """The views of a layer, in column order."""
        return tuple(dict.fromkeys(column.view for column in self.columns if column.layer == layer))

    def slices(self, layer: str, view: str) -> tuple[str, ...]:
        """The slices of a layer and view, in column order."""
        found = (one.slice for one in self.columns if (one.layer, one.view) == (layer, view))
        return tuple(name for name in dict.fromkeys(found) if name)

    def groups(self, layers: Sequence[str]) -> Iterator[tuple[str, str, str, dict[str, dict[str, int]]]]:
        """Layer, view, slice ("" for everything) and `positions` of all columns of these layers, in column order."""
        found: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
        for index, one in enumerate(self.columns):
            found.setdefault((one.layer, one.view, one.slice), {}).setdefault(one.label, {})[one.counter] = index
        for layer in layers:
            for view in self.views(layer):
                for part in ("", *self.slices(layer, view)):
                    yield layer, view, part, found.get((layer, view, part), {})

    def without(self, counters: Container[str]) -> "CountTable":
        """The table without the columns of these counters."""
        chosen = [index for index, column in enumerate(self.columns) if column.counter not in counters]
        return CountTable(self.reports, tuple(self.columns[index] for index in chosen), self.values[:, chosen])

    def with_slices(self, slices: Mapping[str, Sequence[str]], counters: Container[str]) -> "CountTable":
        """The table with columns for slices of reports: those of `counters` again, 0 in reports outside the slice."""
        chosen = [n for n, one in enumerate(self.columns) if not one.slice and one.counter in counters]
        columns, values = list(self.columns), [self.values]
        for name, reports in slices.items():
            inside = np.isin(self.reports, list(reports))
            columns += [self.columns[index]._replace(slice=name) for index in chosen]
            values.append(self.values[:, chosen] * inside[:, np.newaxis])
        return CountTable(self.reports, tuple(columns), np.concatenate(values, axis=1))

    def write(self, path: Path) -> None:
        """Write as Parquet, one row a cell: report, layer, view, label, counter, slice, value (zeros included)."""
        import io

        import pyarrow as pa
        import pyarrow.parquet as pq

        per_report = len(self.columns)
        keys = {
            name: pa.DictionaryArray.from_arrays(
                *_encode([column[place] for column in self.columns] * len(self.reports))
            )
            for place, name in enumerate(Column._fields)
        }
        reports = pa.DictionaryArray.from_arrays(
            pa.array(np.repeat(np.arange(len(self.reports), dtype=np.int32), per_report)), list(self.reports)
        )
        table = pa.table({"report": reports, **keys, "value": pa.array(self.values.ravel())})
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="zstd")
        write_bytes(path, sink.getvalue())

    @classmethod
    def read(cls, path: Path) -> "CountTable":
        """The table that `write` wrote. FileError if the file is missing or is no count table."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path)
        except FileNotFoundError:
            raise FileError(path, "no such file", "Name a run directory with counts.parquet.") from None
        except (pa.ArrowInvalid, OSError) as error:
            raise FileError(path, f"is no Parquet file: {error}", "Run the backend again.") from None
        names = ("report", *Column._fields, "value")
        if tuple(table.column_names) != names:
            raise FileError(path, "is no count table", f"Expected the columns {', '.join(names)}.")
        keys = [_Encoded.of(table[name]) for name in names[:-1]]
        reports = tuple(keys[0].values[number] for number in dict.fromkeys(keys[0].numbers.tolist()))
        width = len(table) // len(reports) if reports else 0
        shape = len(reports), width
        if reports and width * len(reports) == len(table):
            places = [one.numbers.reshape(shape) for one in keys]
            aligned = all((place == place[0]).all() for place in places[1:]) and (places[0][:, 0] == places[0].T).all()
            columns = tuple(
                Column(*(one.values[number] for one, number in zip(keys[1:], cell, strict=True)))
                for cell in zip(*(place[0].tolist() for place in places[1:]), strict=True)
            )
            if aligned and len(set(columns)) == width:
                return cls(reports, columns, table["value"].to_numpy().astype(np.float64).reshape(shape))
        elif not len(table):
            return cls((), (), np.zeros((0, 0)))
        raise FileError(path, "is not rectangular, or its rows were reordered", "Run the backend again.")


class _Encoded(NamedTuple):
    """A column of text: its different values, and for each row the number of one of them."""

    values: list[str]
    numbers: npt.NDArray[np.int64]

    @classmethod
    def of(cls, column: "pa.ChunkedArray") -> "_Encoded":
        one = column.combine_chunks()
        encoded = one if hasattr(one, "dictionary") else one.dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))


def _encode(values: list[str]) -> tuple[object, list[str]]:
    import pyarrow as pa

    dictionary = list(dict.fromkeys(values))
    numbers = {value: number for number, value in enumerate(dictionary)}
    return pa.array([numbers[value] for value in values], pa.int32()), dictionary
