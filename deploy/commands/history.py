"""`doorfiets import`: counts and air of the past from publishers' files."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from ingest.history.formats import Format
    from ingest.history.importer import Summary

app = typer.Typer()

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
FIELDS: Final = {"--timezone": "timezone", "--autumn": "autumn", "--label": "label", "--minutes": "interval"}
"""The field of a profile that each option sets."""


class Autumn(StrEnum):
    """What local stamps do in the hour that occurs twice in autumn."""

    MERGED = "merged"
    REPEATED = "repeated"
    ABSENT = "absent"


class Label(StrEnum):
    """Which end of its interval a stamp names."""

    START = "start"
    END = "end"


class Minutes(StrEnum):
    """How long a row lasts."""

    QUARTER = "15"
    HOUR = "60"


@app.command(
    name="import",
    epilog="Examples: `doorfiets import deploy/owners/assen/recordings/*/*.csv.gz` · "
    "`doorfiets import --format telraam-csv --minutes 15 --wait export.csv`",
)
def import_(
    files: Annotated[list[Path], typer.Argument(help="Publishers' files, plain or .gz.", exists=True, dir_okay=False)],
    *,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="city-csv, city-deliveries (log, changes and month together), telraam-json, telraam-csv, samen-meten "
            "or luchtmeetnet.",
        ),
    ] = "city-csv",
    timezone: Annotated[str | None, typer.Option(help="Time zone of the local stamps in the files.")] = None,
    autumn: Annotated[Autumn | None, typer.Option(help="What the stamps do in the hour that comes twice.")] = None,
    label: Annotated[Label | None, typer.Option(help="Which end of its hour a stamp names.")] = None,
    minutes: Annotated[Minutes | None, typer.Option(help="How long a row of an export lasts.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until all of it is stored and in the sums.")] = False,
) -> None:
    """Import the history in files through the same topics as live data; a repeated value changes nothing.

    A value that differs is a correction. What is not processed yet is reported at the end. Exit codes: 1 a file was
    refused, or --wait saw no progress or refused observations; 3 Kafka does not take the frames.
    """
    from deploy.history_report import follow
    from deploy.local.location import locate
    from deploy.settings import read
    from ingest.clock import system_time
    from ingest.history.importer import import_files

    reading = format_named(format_)
    given = {"--timezone": timezone, "--autumn": autumn, "--label": label, "--minutes": minutes}
    _check(format_, reading, {flag: value for flag, value in given.items() if value is not None})
    usual = reading.profile
    profile = replace(
        usual,
        timezone=timezone or usual.timezone,
        autumn=autumn.value if autumn else usual.autumn,
        label=label.value if label else usual.label,
        interval=timedelta(minutes=int(minutes)) if minutes else usual.interval,
    )
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
        refusals = partial(refused, conninfo, received((one.sensors, one.received) for one in sent))
        if wait:
            history_report.wait(processing, refusals)
        else:
            history_report.show_rest(processing, refusals)
    except (log_ends.LogSilentError, OperationalError) as problem:
        if wait:
            raise
        print(f"Whether it is stored already is not known: {problem}", file=sys.stderr)


def format_named(name: str) -> "Format":
    """Return a format by name; an unknown one is a usage error that lists them."""
    from ingest.history.formats import FORMATS

    if name not in FORMATS:
        known = "; ".join(f"{known}: {one.description}" for known, one in FORMATS.items())
        raise typer.BadParameter(f"no format {name!r}; say which of these the files are with --format. {known}")
    return FORMATS[name]


def _check(name: str, reading: "Format", given: Mapping[str, str]) -> None:
    """Refuse options that a format does not use, and an unknown time zone."""
    from zoneinfo import available_timezones

    if idle := [flag for flag in given if FIELDS[flag] not in reading.options]:
        raise typer.BadParameter(f"{idle[0]} says nothing about {name}; leave it out")
    if (timezone := given.get("--timezone")) is not None and timezone not in available_timezones():
        raise typer.BadParameter(f"no time zone {timezone!r}; expected one such as Europe/Amsterdam")
