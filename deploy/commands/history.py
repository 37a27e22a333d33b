"""`doorfiets import`: counts and air of the past from publishers' files."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.table_options import (
    AutumnOption,
    BareDateOption,
    Column,
    Decimal,
    EncodingOption,
    LabelOption,
    Minutes,
    Missing,
    Separator,
    Set,
    Sheet,
    Sites,
    Thousands,
    Times,
    Timezone,
)

if TYPE_CHECKING:
    from ingest.history.importer import Summary

app = typer.Typer()

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_HELP: Final = (
    "Which files these are; --list-formats names all. `auto`: the one that the first file looks like, "
    "plain where columns are named and it looks like no other table."
)


def _list_formats(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    """Print every format with what it is, and end."""
    if wanted:
        from ingest.history.formats import FORMATS

        print("\n".join(f"{name:22} {one.description}" for name, one in FORMATS.items()))
        raise typer.Exit


@app.command(
    name="import",
    epilog="Examples: `doorfiets import deploy/owners/assen/recordings/*/*.csv.gz` · "
    "`doorfiets import --minutes 15 --wait telraam.csv` · "
    "`doorfiets import --timezone Europe/Amsterdam counts.csv` · "
    "`doorfiets import --column start=begintijd --column value=op:in --column value=af:uit "
    "--set sensor=kanaalweg --set interval=3600 --separator ';' --times '%d.%m.%Y %H:%M' --timezone Europe/Amsterdam "
    "export.csv`",
)
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Publishers' files: plain, .gz or .xlsx.", exists=True, dir_okay=False)
    ],
    *,
    format_: Annotated[str, typer.Option("--format", help=_HELP)] = "auto",
    list_formats: Annotated[  # noqa: ARG001 - its callback ends the command
        bool, typer.Option("--list-formats", help="List the formats and end.", callback=_list_formats, is_eager=True)
    ] = False,
    timezone: Timezone = None,
    autumn: AutumnOption = None,
    label: LabelOption = None,
    minutes: Minutes = None,
    bare_date: BareDateOption = None,
    sheet: Sheet = None,
    encoding: EncodingOption = None,
    sites: Sites = None,
    column: Column = None,
    set_: Set = None,
    times: Times = "",
    separator: Separator = "",
    decimal: Decimal = "",
    thousands: Thousands = "",
    missing: Missing = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the files, say what is in them, send nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until all of it is stored and in the sums.")] = False,
) -> None:
    """Import the history in files through the same topics as live data; a repeated value changes nothing.

    A value that differs is a correction. What is not processed yet is reported at the end. Exit codes: 1 a file was
    refused, or --wait saw no progress or refused observations; 3 Kafka does not take the frames.
    """
    from deploy.history_report import follow, show
    from deploy.import_options import ImportOptions, format_named, profile_of
    from deploy.local.location import locate
    from deploy.settings import read
    from ingest.clock import system_time
    from ingest.history.column_map import ColumnMap
    from ingest.history.importer import import_files, read_only

    said = ImportOptions(
        timezone=timezone,
        autumn=autumn.value if autumn else None,
        label=label.value if label else None,
        minutes=minutes,
        bare_date=bare_date is not None,
        sheet=sheet,
        encoding=encoding.value if encoding else None,
        sites=sites,
        columns=ColumnMap(column or (), set_ or (), missing or (), separator, decimal, times, thousands),
    )
    name, reading = format_named(format_, files, said)
    profile = profile_of(name, reading, said)
    if dry_run:
        show(list(read_only(files, profile=profile, clock=system_time, reading=reading)))
        return
    settings = locate(read(os.environ))
    summaries = import_files(files, kafka=str(settings.kafka), profile=profile, clock=system_time, reading=reading)
    sent = asyncio.run(follow(summaries, len(files) // reading.files))
    _follow(sent, str(settings.postgres), str(settings.kafka), wait=wait)


def _follow(sent: list["Summary"], conninfo: str, kafka: str, *, wait: bool) -> None:
    """Wait for what was sent, or report what is left; without --wait a silent database is no failure."""
    from psycopg import OperationalError

    from deploy import history_report
    from operations import log_ends
    from operations.completion import Completion, ObservedRange
    from operations.refused_import import received, refused
    from streams.epoch import epoch_of

    starts = [start for one in sent for start in (one.first, one.last) if start is not None] or [_NEVER]
    try:
        until = asyncio.run(log_ends.ends(kafka, epoch_of))
        processing = Completion(conninfo, until, ObservedRange(min(starts), max(starts)))
        refusals = partial(refused, conninfo, received((one.sources, one.received) for one in sent))
        if wait:
            history_report.wait(processing, refusals)
        else:
            history_report.show_rest(processing, refusals)
    except (log_ends.LogSilentError, OperationalError) as problem:
        if wait:
            raise
        print(f"Whether it is stored already is not known: {problem}", file=sys.stderr)
