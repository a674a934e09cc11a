"""A progress bar on standard error, for people at a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def watched(items: Iterable[Item], total: int, name: str, *, shown: bool) -> Iterator[Item]:
    """The same items; a bar with rate and time left while they come, unless standard error is no terminal."""
    if not (shown and sys.stderr.isatty()):
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=total, rate="")
        for done, item in enumerate(items, 1):
            speed = progress.tasks[0].speed
            progress.update(task, completed=done, rate=f"{speed:.1f} reports/s" if speed else "")
            yield item
