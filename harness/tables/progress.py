"""A progress bar on standard error, for people at a terminal."""

import sys
from collections.abc import Iterable, Iterator

from harness.annotation import Report


def watched(reports: Iterable[Report], total: int, name: str, *, shown: bool) -> Iterator[Report]:
    """The same reports; a bar with rate and time left while they are taken, unless standard error is no terminal."""
    if not (shown and sys.stderr.isatty()):
        yield from reports
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
        for done, report in enumerate(reports):
            speed = progress.tasks[0].speed
            progress.update(task, completed=done, rate=f"{speed:.1f} reports/s" if speed else "")
            yield report
        progress.update(task, completed=total)
