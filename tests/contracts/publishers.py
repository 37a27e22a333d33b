"""Publishers of air and traffic on a local server, in the shape of the real ones, with the troubles that those have."""

import json
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any, Final
from urllib.parse import parse_qsl

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ingest.dialects import decode
from ingest.intake import Message
from ingest.kafka_log import LogUnavailableError
from ingest.pollers.host import PollHost
from ingest.pollers.poller import PolledSensor, PollSource
from ingest.pollers.positions import Positions
from ingest.pollers.table import POLLERS
from schemas.device import Devices
from schemas.observation import Observation
from schemas.rejection import Rejection

HOUR: Final = timedelta(hours=1)
Answer = Callable[[Request], Response]


class FakeClock:
    """A clock that passes only while somebody sleeps."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Tell the time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)
        if seconds:
            self.slept.append(seconds)


@dataclass
class Door:
    """What is taken in; `away` makes the next so many calls fail as without Kafka."""

    clock: FakeClock
    away: int = 0
    messages: list[Message] = field(default_factory=list)
    devices: Devices = field(default_factory=dict)

    async def take(self, messages: Sequence[Message]) -> list[Rejection | None]:
        """Hold messages, and decode them as the intake would."""
        if self.away:
            self.away -= 1
            raise LogUnavailableError("Kafka does not take frames")
        self.messages += messages
        return [one if isinstance(one, Rejection) else None for one in map(self._decoded, messages)]

    def observations(self) -> list[Observation]:
        """Decode all that was taken in."""
        return [one for message in self.messages if isinstance(seen := self._decoded(message), list) for one in seen]

    def values(self) -> list[tuple[str, str, datetime, float | None]]:
        """Give sensor, source, end and value of everything taken in, in order."""
        return [(one.sensor, one.source, one.ended_at, one.value) for one in self.observations()]

    def _decoded(self, message: Message) -> list[Observation] | Rejection:
        return decode(message.topic, message.payload, self.clock.time, self.devices)


@dataclass
class Luchtmeetnet:
    """Rows of one station by end and formula, paged; the first answers are `troubles`."""

    rows: dict[tuple[datetime, str], float | None]
    size: int = 20
    troubles: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, int]] = field(default_factory=list)
    marks: bool = True

    def __call__(self, request: Request) -> Response:
        """Answer a request for measurements."""
        query = dict(parse_qsl(request.query_string.decode()))
        answer = self.troubles.pop(0)(request) if self.troubles else self._page(request, query)
        self.requests.append((query["page"], answer.status_code))
        return answer

    def _page(self, request: Request, query: dict[str, str]) -> Response:
        start, end = (datetime.fromisoformat(query[name]) for name in ("start", "end"))
        rows = sorted((place, value) for place, value in self.rows.items() if start <= place[0] <= end)
        page, last = int(query["page"]), max(1, -(-len(rows) // self.size))
        data = [
            {"station_number": query["station_number"], "value": value, "formula": formula,
             "timestamp_measured": at.isoformat()}
            for (at, formula), value in rows[(page - 1) * self.size : page * self.size]
        ]  # fmt: skip
        pagination = {"last_page": last, "first_page": 1, "current_page": page, "next_page": min(page + 1, last)}
        return marked(request, {"pagination": pagination, "data": data}) if self.marks else said({"data": data})


def said(document: object, status: int = 200, **headers: str) -> Response:
    """Answer with JSON."""
    return Response(json.dumps(document), status, headers, content_type="application/json")


def marked(request: Request, document: object) -> Response:
    """Answer with JSON and its tag, or 304 where it is known."""
    tag = f'"{sha256(json.dumps(document).encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return Response(status=304)
    return said(document, ETag=tag)


def status(number: int, **headers: str) -> Answer:
    """Answer with a status and nothing else."""
    return lambda _: Response("", number, {name.replace("_", "-"): value for name, value in headers.items()})


def cut(_: Request) -> Response:
    """Answer with half of what is promised."""
    return Response(b'{"data":[', 200, {"Content-Length": "5000"}, content_type="application/json")


def half_a_document(_: Request) -> Response:
    """Answer with JSON that ends too early."""
    return Response(b'{"data":[{"formula":', 200, content_type="application/json")


def page_of_html(_: Request) -> Response:
    """Answer as who is being repaired."""
    return Response("<html>onderhoud</html>", 200, content_type="text/html")


def never(until: Event) -> Answer:
    """Answer with nothing, until the test is over."""

    def wait(_: Request) -> Response:
        until.wait(30)
        return Response("", 500)

    return wait


def year(start: datetime, hours: int) -> dict[tuple[datetime, str], float | None]:
    """Make rows of hours that end from `start` on: two substances, one of them now and then not measured."""
    rows: dict[tuple[datetime, str], float | None] = {}
    for number in range(hours):
        rows[start + number * HOUR, "PM25"] = float(number) - 2
        rows[start + number * HOUR, "NO2"] = None if number % 7 == 3 else number + 0.5
    return rows


def source_at(server: HTTPServer, name: str, *sensors: PolledSensor, **fields: Any) -> PollSource:  # noqa: ANN401 - fields differ
    """Make a source of this server."""
    poller = POLLERS[name]
    given = {"every": poller.every, "back": poller.back, "address": server.url_for("/").rstrip("/"), **fields}
    return PollSource(poller=poller, sensors=sensors, **given)


def host_of(sources: Sequence[PollSource], door: Door, folder: Path | None, clock: FakeClock) -> PollHost:
    """Make the worker of a host, with the positions that are in a folder."""
    return PollHost(
        sources, door.take, Positions(folder), now=clock.now, sleep=clock.sleep, devices=lambda: door.devices
    )


@contextmanager
def another_host() -> Iterator[tuple[str, list[object]]]:
    """Listen where nobody may connect; give the address, and who did."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)  # noqa: FBT003 - as the library has it
        connected: list[object] = []
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", connected
        try:
            connected.append(listener.accept())
        except BlockingIOError:
            return


NOON: Final = datetime(2026, 5, 12, 12, 20, tzinfo=UTC)
STATION: Final = PolledSensor("nl10929", "NL10929")
