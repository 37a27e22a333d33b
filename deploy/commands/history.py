"""`doorfiets import`: years of counts from a publisher's files, by the same door as live data."""

import asyncio
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


class Autumn(StrEnum):
    """What local stamps do in the hour that autumn has twice."""

    MERGED = "merged"
    REPEATED = "repeated"
    ABSENT = "absent"


@app.command(
    name="import",
    epilog="Examples: `doorfiets import deploy/assen/recordings/*/*.csv.gz` · "
    "`doorfiets import --autumn repeated 2025-10.csv`",
)
def import_(
    files: Annotated[list[Path], typer.Argument(help="City CSV, plain or .gz.", exists=True, dir_okay=False)],
    *,
    timezone: Annotated[str, typer.Option(help="Time zone of the local stamps in the files.")] = "Europe/Berlin",
    autumn: Annotated[Autumn, typer.Option(help="What the stamps do in the hour that comes twice.")] = Autumn.MERGED,
) -> None:
    """Send the history in files the way of live data; twice is once, and a restated value is a correction."""
    from zoneinfo import available_timezones

    from deploy.history_report import tell
    from deploy.local.here import locate
    from deploy.settings import read
    from ingest.clock import system_time
    from ingest.history.importer import ImportRefusedError, import_files
    from ingest.history.profile import Profile
    from ingest.kafka_log import LogUnavailableError

    if timezone not in available_timezones():
        raise typer.BadParameter(f"no time zone {timezone!r}; expected one such as Europe/Amsterdam")
    settings = locate(read(os.environ))
    profile = Profile(timezone, autumn.value)
    summaries = import_files(files, kafka=str(settings.kafka), profile=profile, clock=system_time)
    try:
        asyncio.run(tell(summaries, len(files)))
    except (ImportRefusedError, LogUnavailableError) as problem:
        print(f"doorfiets: {problem}", file=sys.stderr)
        raise typer.Exit(1 if isinstance(problem, ImportRefusedError) else 3) from problem
