"""What `doorfiets import` says while it works, and when it is done."""

import sys
import time
from collections.abc import AsyncIterator
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingest.history.importer import Summary

_EVERY: Final = 10.0  # seconds between two lines where nobody watches
_HEAD: Final = ("file", "rows", "observations", "rejections", "not measured", "gaps")


async def tell(summaries: AsyncIterator[Summary], files: int) -> None:
    """Follow an import to its end: a bar on a terminal, a line every ten seconds elsewhere, then a table.

    The table comes after a failure too: what it names is in Kafka.
    """
    console = Console(stderr=True)
    began = said = time.monotonic()
    done: list[Summary] = []
    try:
        with _progress(console) as progress:
            task = progress.add_task("reading", total=files, rate="")
            async for one in summaries:
                done.append(one)
                progress.update(task, advance=1, rate=_rate(done, began))
                if not console.is_terminal and time.monotonic() - said >= _EVERY:
                    said = time.monotonic()
                    print(f"{len(done)} of {files} files, {_rate(done, began)}", file=sys.stderr)
    finally:
        console.print(_table(done))
        print(f"{sum(one.observations for one in done):,} observations sent, {_rate(done, began)}.", file=sys.stderr)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} files"))
    return Progress(
        *columns,
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _rate(done: list[Summary], began: float) -> str:
    return f"{sum(one.observations for one in done) / max(time.monotonic() - began, 0.001):,.0f} observations/s"


def _table(done: list[Summary]) -> Table:
    table = Table(*_HEAD, box=None)
    for one in done:
        name = "/".join(one.file.parts[-2:])
        table.add_row(name, *(str(number) for number in one[1:]))
    return table
