"""The zone table beside a report: `ID.zones.tsv` with the columns kind, article, start, end, value."""

from collections.abc import Sequence
from pathlib import Path

from harness.annotation import Zone
from harness.errors import FileError
from harness.files import read_text

COLUMNS = ("kind", "article", "start", "end", "value")


def read_zones(path: Path, text: str) -> tuple[Zone, ...]:
    """The zones in the order of the table; FileError names the line of the first one that cannot be."""
    header, *rows = read_text(path).rstrip("\n").split("\n")
    if tuple(header.split("\t")) != COLUMNS:
        raise FileError(path, "the header is not that of a zone table", f"Write {'<tab>'.join(COLUMNS)}.", 1)
    return tuple(_zone(row, path, number, text) for number, row in enumerate(rows, 2))


def format_zones(zones: Sequence[Zone]) -> str:
    """The table as `read_zones` reads it."""
    rows = ["\t".join(COLUMNS)]
    rows += [f"{zone.kind}\t{zone.article or ''}\t{zone.start}\t{zone.end}\t{zone.value}" for zone in zones]
    return "\n".join(rows) + "\n"


def _zone(row: str, path: Path, number: int, text: str) -> Zone:
    cells = row.split("\t")
    if len(cells) != len(COLUMNS):
        raise FileError(path, f"{len(cells)} columns instead of {len(COLUMNS)}", "Separate them by tabs.", number)
    kind, article, start, end, value = cells
    try:
        zone = Zone(kind, int(start), int(end), int(article or 0), value)
    except ValueError as error:
        raise FileError(path, str(error), "Offsets and the article number are whole numbers.", number) from None
    if zone.end > len(text):
        raise FileError(
            path,
            f"zone {kind} ends at {end}, after the text ({len(text)} characters)",
            "Mend its end.",
            number,
        )
    return zone
