"""The output of `doorfiets import`: progress, and the table at the end."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table

from ingest.history.importer import Summary
from operations.completion import Completion, Waits
from operations.refused_import import ObservationsRefusedError, sentence

_EVERY: Final = 10.0  # seconds between two lines without a terminal
_LOOKS: Final = 10  # looks between two lines without a terminal
_SEE: Final = "`doorfiets status` shows how far it is"
_HEAD: Final = ("file", "rows", "observations", "rejections", "not measured", "gaps")


async def follow(summaries: AsyncIterator[Summary], files: int) -> list[Summary]:
    """Show the progress of an import to its end: a bar on a terminal, a line every ten seconds elsewhere, then a table.

    The table is printed after a failure too: the files in it are in Kafka. Returns its rows.
    """
    console = Console(stderr=True)
    began = shown_at = time.monotonic()
    done: list[Summary] = []
    try:
        with _progress(console) as progress:
            task = progress.add_task("reading", total=files, rate="")
            async for one in summaries:
                done.append(one)
                progress.update(task, advance=1, rate=_rate(done, began))
                if not console.is_terminal and time.monotonic() - shown_at >= _EVERY:
                    shown_at = time.monotonic()
                    print(f"{len(done)} of {files} files, {_rate(done, began)}", file=sys.stderr)
    finally:
        console.print(_table(done))
        print(f"{sum(one.observations for one in done):,} observations sent, {_rate(done, began)}.", file=sys.stderr)
    return done


def show(done: list[Summary]) -> None:
    """Print what is in files that were read and not sent."""
    Console().print(_table(done))
    print(f"{sum(one.observations for one in done):,} observations in {len(done)} files; nothing was sent.")


def show_rest(processing: Completion, refused: Callable[[], Mapping[str, int]]) -> None:
    """Print what of an import is not processed yet, and what was `refused` so far."""
    waits = processing.look()
    reasons = refused()
    if waits.records or waits.hours:
        print(f"On its way: {waits}, and the hours that those records change. {_SEE}.", file=sys.stderr)
    else:
        print(f"{_all(reasons)} is stored and aggregated.", file=sys.stderr)
    if reasons:
        print(f"{sentence(reasons)}.", file=sys.stderr)


def wait(processing: Completion, refused: Callable[[], Mapping[str, int]]) -> None:
    """Show the progress of what was sent until it is aggregated.

    Raises NotProcessedError without progress, and ObservationsRefusedError when some was `refused`.
    """
    console = Console(stderr=True)
    began = time.monotonic()
    seen: list[Waits] = []
    try:
        with console.status("on its way") as status:
            waits = processing.wait(lambda now: _progressed(now, seen, status if console.is_terminal else None))
    except KeyboardInterrupt:
        left = f": {seen[-1]}" if seen else ""
        print(
            f"Interrupted after {time.monotonic() - began:.0f} s{left}; it goes on by itself. {_SEE}.", file=sys.stderr
        )
        raise
    took, reasons = time.monotonic() - began, refused()
    print(f"{_all(reasons)} is stored and aggregated, {took:.0f} s after it was sent.", file=sys.stderr)
    if waits.failed:
        print(f"{waits.failed:,} hours of this time cannot be computed; table `failed_hour` says why.", file=sys.stderr)
    if reasons:
        raise ObservationsRefusedError(sentence(reasons))


def _all(reasons: Mapping[str, int]) -> str:
    return "What was not refused" if reasons else "All of it"


def _progressed(now: Waits, seen: list[Waits], status: Status | None) -> None:
    seen.append(now)
    if status is not None:
        status.update(str(now))
    elif len(seen) % _LOOKS == 1:
        print(f"  {now}", file=sys.stderr)


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
        table.add_row(name, *(str(number) for number in one[1 : len(_HEAD)]))
    return table
