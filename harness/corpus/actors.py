"""The table of actors, `actors.csv` beside the reports: which type an actor's name has, and why.

What kind of actor a group is, is knowledge of the world and not of a text, so it is decided once for the whole gold.
"""

from collections.abc import Mapping
from pathlib import Path

from harness.errors import FileError
from harness.files import read_table

COLUMNS = ("name", "type", "reason")


def read_actors(folder: Path, labels: tuple[str, ...]) -> Mapping[str, frozenset[str]] | None:
    """The types of every actor by its name, without regard to case; None if there is no such table.

    A name may have several rows where its type changed; the reasons say when. FileError for a row that cannot be.
    """
    path = folder / "actors.csv"
    if not path.exists():
        return None
    rows = read_table(path)
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise FileError(path, "the header is not that of a table of actors", f"Write {','.join(COLUMNS)}.", 1)
    types: dict[str, set[str]] = {}
    for number, row in rows[1:]:
        if len(row) != len(COLUMNS) or not all(row):
            raise FileError(path, "a row needs a name, a type and a reason", "Mend it.", number)
        name, label, _ = row
        if label not in labels:
            raise FileError(path, f"{label!r} is no type of actors", f"Types: {', '.join(labels)}.", number)
        if label in types.setdefault(name.casefold(), set()):
            raise FileError(path, f"{name!r} stands twice as {label}", "Keep one row.", number)
        types[name.casefold()].add(label)
    return {name: frozenset(labels) for name, labels in types.items()}
