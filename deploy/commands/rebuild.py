"""`doorfiets rebuild`: recompute the past."""

import os
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from streams.rebuild import Rebuild, RebuildProgress

app = typer.Typer()
_LOOK: Final = 0.5
_TELL: Final = 5.0


@app.command(
    epilog="Examples: `doorfiets rebuild --wait` · `doorfiets rebuild --range 2026-03-01..2026-03-31`"
    " · `doorfiets rebuild --range 2026-03-29 --wait` · `doorfiets rebuild --owner GM0106`"
)
def rebuild(
    *,
    range: Annotated[  # noqa: A002 - the option has this name
        str, typer.Option(metavar="FROM..TO", help="Local days, both included; one day alone is that day.")
    ] = f"{date.min}..{date.max}",
    owner: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OWNER",
            help="Whose counters and stations; may be repeated. All owners when none is given."
            " Links and routes that others count are computed with those others' counters: name these owners, too.",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Show how far it is, until it is done.")] = False,
) -> None:
    """Recompute every local day of a range (of all when none is given); rows that do not differ are not written."""
    from deploy.local.location import locate
    from deploy.settings import read
    from operations.database import answering
    from streams import rebuild as processing

    conninfo, days = str(locate(read(os.environ)).postgres), _days(range)
    with answering(conninfo):
        started = processing.rebuild(
            conninfo, *days, owners=owner or None, tell=lambda line: print(line, file=sys.stderr)
        )
    if started is None:
        print("Nothing was observed on these days by the counters and stations that are asked for.", file=sys.stderr)
        return
    print(
        f"{started.days} days from {started.first} to {started.last} are computed again by `aggregate`.",
        file=sys.stderr,
    )
    if wait:
        print(f"{_wait(conninfo, started)} rows changed")


def _wait(conninfo: str, started: "Rebuild") -> int:
    reported_at = time.monotonic()
    while (now := _progress(conninfo, started)).left:
        if time.monotonic() - reported_at > _TELL:
            reported_at = time.monotonic()
            print(f"  {started.days - now.left} of {started.days} days, {now.changed} rows changed", file=sys.stderr)
        time.sleep(_LOOK)
    return now.changed


def _progress(conninfo: str, started: "Rebuild") -> "RebuildProgress":
    from operations.database import answering
    from streams.rebuild import progress

    with answering(conninfo):
        return progress(conninfo, started)


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no range of days such as 2026-03-01..2026-03-31") from None
    if days[0] > days[1]:
        raise typer.BadParameter(f"{text!r} ends before it begins")
    return days
