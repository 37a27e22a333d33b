"""`doorfiets rebuild`: have the past computed again."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer()
_BEGINNING = datetime(2000, 1, 1)  # noqa: DTZ001 - typer reads naive times, _utc makes them aware
_END = datetime(2100, 1, 1)  # noqa: DTZ001 - likewise


@app.command(epilog="Example: `doorfiets rebuild --since 2026-03-01 --until 2026-04-01`")
def rebuild(
    since: Annotated[datetime, typer.Option(help="First hour, in UTC.")] = _BEGINNING,
    until: Annotated[datetime, typer.Option(help="End, exclusive, in UTC.")] = _END,
) -> None:
    """Mark every hour of the range dirty: `tally` recomputes it, and where nothing was wrong nothing changes."""
    from deploy.local.here import locate
    from deploy.settings import read
    from streams.rebuild import rebuild as mark

    settings = locate(read(os.environ))
    buckets = mark(str(settings.postgres), _utc(since), _utc(until))
    print(f"{buckets} buckets are marked; `tally` computes them again.", file=sys.stderr)


def _utc(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
