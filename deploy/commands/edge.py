"""`doorfiets edge`: publish from a sensor or a gateway of your own, so that nothing is lost on the way."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from ingest.edge import EdgePublisher, EdgeReading, EdgeSettings

app = typer.Typer(
    name="edge", help="Publish from a sensor of your own: on disk until it is stored.", no_args_is_help=True
)

Sensor = Annotated[str, typer.Argument(help="What the sensor calls itself: 3 to 40 of a-z, 0-9 and -.")]
SpoolFile = Annotated[
    Path | None, typer.Option("--spool", help="File of the spool; else below DOORFIETS_HOME, by the sensor's name.")
]
Broker = Annotated[
    str | None,
    typer.Option("--broker", help="host:port of the broker; else that of the local stack, or none is sent to."),
]
Credentials = Annotated[
    Path | None,
    typer.Option("--credentials", help="Folder that `doorfiets device credential` made: certificate or password."),
]
Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")]
_TURN: Final = 0.2
_BATCH: Final = 300
_ROOM: Final = 1.0


@app.command(
    epilog="Examples: `doorfiets edge publish gate-1 < readings.jsonl` "
    "· `counter | doorfiets edge publish gate-1 --follow`"
    " · `doorfiets edge publish gate-1 --folder /var/spool/readings` · `doorfiets edge publish gate-1 --example 10`"
)
def publish(
    sensor: Sensor,
    *,
    spool: SpoolFile = None,
    broker: Broker = None,
    credentials: Credentials = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Read its *.jsonl files instead of standard input, and delete each once it is spooled."),
    ] = None,
    example: Annotated[
        int | None, typer.Option(min=0, help="Publish what an example counter counted in so many minutes until now.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Spool every line at once, and send while more come.")
    ] = False,
    json: Json = False,
) -> None:
    """Spool readings, lines of JSON, and send them until the platform has them; Ctrl-C leaves the rest for later.

    A line is `{"quantity": "bicycles", "channel": "in", "start": "2026-05-12T06:00:00Z", "end": "2026-05-12T06:15:00Z",
    "value": 42}`.
    """
    from ingest.edge import EdgePublisher

    with EdgePublisher(_with_a_way(_settings(sensor, spool, broker, credentials))) as publisher:
        if example is not None:
            _accept(publisher, _example(example))
        elif folder is not None:
            _accept_folder(publisher, folder)
        else:
            _accept_lines(publisher, batch=1 if follow else _BATCH)
        _drain(publisher)
    status(sensor, spool=spool, json=json)


@app.command(
    epilog="Examples: `doorfiets edge status gate-1` · `doorfiets edge status gate-1 --json | jq .waiting_readings`"
)
def status(sensor: Sensor, *, spool: SpoolFile = None, json: Json = False) -> None:
    """Show what waits in a spool, what was released or refused, and why."""
    import msgspec

    from ingest.edge.status import status as state_of

    found = state_of(_settings(sensor, spool, None, None))
    if json:
        print(msgspec.json.encode(found).decode())
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):24}{'-' if value in (None, {}) else value}")


@app.command(
    epilog="Examples: `doorfiets edge drain gate-1` · `doorfiets edge drain gate-1 --seconds 60` (1 where some is left)"
)
def drain(
    sensor: Sensor,
    *,
    spool: SpoolFile = None,
    broker: Broker = None,
    credentials: Credentials = None,
    seconds: Annotated[float | None, typer.Option(help="Give up after so many seconds.")] = None,
    json: Json = False,
) -> None:
    """Send what is left in a spool, and end when the platform has all of it."""
    from ingest.edge import EdgePublisher

    with EdgePublisher(_with_a_way(_settings(sensor, spool, broker, credentials))) as publisher:
        empty = _drain(publisher, seconds)
    status(sensor, spool=spool, json=json)
    if not empty:
        raise typer.Exit(1)


def _accept(publisher: "EdgePublisher", readings: Iterator["EdgeReading"], batch: int = _BATCH) -> None:
    from itertools import islice

    while some := list(islice(readings, batch)):
        _accept_once_there_is_room(publisher, some)


def _accept_once_there_is_room(publisher: "EdgePublisher", readings: list["EdgeReading"]) -> None:
    """Spool readings; while the spool is full it is sent from, and what was not read yet stays where it is."""
    from ingest.edge import SpoolFullError

    try:
        publisher.accept(readings, patience=_ROOM)
    except SpoolFullError as problem:
        print(f"nothing is read until there is room again: {problem}", file=sys.stderr)
        publisher.accept(readings, patience=None)


def _accept_lines(publisher: "EdgePublisher", *, batch: int) -> None:
    from ingest.edge.readings import readings_in

    _accept(publisher, readings_in(sys.stdin.buffer), batch)


def _accept_folder(publisher: "EdgePublisher", folder: Path) -> None:
    """Spool the files of a folder in the order of their names, each whole or not, and delete what is spooled."""
    from ingest.edge.readings import readings_in

    if not folder.is_dir():
        raise typer.BadParameter(f"there is no folder {folder}", param_hint="--folder")
    for file in sorted(folder.glob("*.jsonl")):
        with file.open("rb") as lines:
            _accept_once_there_is_room(publisher, list(readings_in(lines)))
        file.unlink()


def _example(minutes: int) -> Iterator["EdgeReading"]:
    from datetime import timedelta

    from ingest.clock import system_time
    from ingest.edge import example

    now = system_time().replace(second=0, microsecond=0)
    return example.minutes(now - timedelta(minutes=minutes), now)


def _drain(publisher: "EdgePublisher", seconds: float | None = None) -> bool:
    """Wait until nothing waits; say about every ten seconds what does, and why."""
    until = None if seconds is None else time.monotonic() + seconds
    with suppress(KeyboardInterrupt):
        while not publisher.drain(10.0 if until is None else max(0.0, min(10.0, until - time.monotonic()))):
            why = f": {publisher.problem}" if publisher.problem else ""
            print(f"{publisher.waiting} messages have no receipt yet{why}", file=sys.stderr)
            if until is not None and time.monotonic() >= until:
                return False
        return True
    return False


def _with_a_way(settings: "EdgeSettings") -> "EdgeSettings":
    """Return settings that name a broker; raise NoBrokerError for others."""
    from ingest.edge.settings import NoBrokerError

    if settings.broker is None:
        raise NoBrokerError(
            f"no broker is known for {settings.sensor}: `doorfiets device credential {settings.sensor}` makes a "
            "credential with an address, --credentials names a folder that has one, --broker an address"
        )
    return settings


def _settings(sensor: str, spool: Path | None, broker: str | None, credentials: Path | None) -> "EdgeSettings":
    from deploy.host_and_port import refuse_no_address
    from deploy.local.layout import Layout
    from deploy.settings import read
    from ingest.edge import EdgeSettings
    from schemas.topics import SENSOR_ID

    if not re.fullmatch(SENSOR_ID, sensor):
        raise typer.BadParameter(f"{sensor!r} cannot be a sensor: 3 to 40 of a-z, 0-9 and -")
    refuse_no_address(broker)
    layout = Layout(read(os.environ).home)
    file = spool or layout.data / "edge" / f"{sensor}.spool"
    folder = credentials or layout.device(sensor)
    return EdgeSettings(
        sensor=sensor,
        spool=file,
        broker=broker or _text(folder / "broker"),
        authority=_existing(folder / "ca.crt"),
        certificate=_existing(folder / "client.crt"),
        key=_existing(folder / "client.key"),
        password_file=_existing(folder / "password"),
    )


def _existing(file: Path) -> Path | None:
    return file if file.exists() else None


def _text(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None
