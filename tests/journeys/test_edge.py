"""A sensor of ours, from its spool to the database: whatever is killed or away, everything arrives, and once."""

import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, Self

import psycopg
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from deploy import device_access
from deploy.device_credentials import credentials_of
from deploy.local.ports import LOOPBACK, recall
from deploy.local.stack import Stack
from ingest.clock import system_time
from ingest.edge import EdgePublisher, EdgeReading, EdgeSettings
from ingest.edge.status import status
from tests.journeys.sent_messages import sensors
from tests.services import kill, wait_until

pytestmark = pytest.mark.journeys

QUARTER: Final = timedelta(minutes=15)
NAMES: Final = iter(sensors("x-edge"))
PATIENCE: Final = 300.0
STORED: Final = (
    "SELECT o.started_at, o.value FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)"
    " WHERE d.sensor = %s ORDER BY 1"
)
FEED: Final = (
    "SELECT f.stored, f.corrections, f.overtaken FROM doorfiets.feed f JOIN doorfiets.datastream d USING (datastream)"
    " WHERE d.sensor = %s"
)
DAYS: Final = (
    "SELECT sum(t.total)::float8, max(t.revision) FROM doorfiets.datastream_day t"
    " JOIN doorfiets.datastream d USING (datastream) WHERE d.sensor = %s"
)
DEVICE: Final = """
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from ingest.edge import EdgePublisher, EdgeReading, EdgeSettings

def live(start, end):
    with EdgePublisher(EdgeSettings(sensor=sys.argv[1], spool=Path(sys.argv[2]))) as publisher:
        print(os.getpid(), flush=True)
        while start < end:
            publisher.accept([EdgeReading("bicycles", start, start + timedelta(minutes=15), start.hour % 7, "in")])
            start += timedelta(minutes=15)
            print(start.isoformat(), flush=True)

for line in sys.stdin:
    if not os.fork():
        live(*map(datetime.fromisoformat, line.split()))
        os._exit(0)
    os.wait()
    print("gone", flush=True)
"""
"""A device that lives once for each line, in a process of its own; the one that reads the lines has imported all."""


@pytest.fixture
def device(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], EdgeSettings]:
    """Makes a sensor with a certificate of this stack's authority, and a spool."""
    monkeypatch.setenv("DOORFIETS_HOME", str(stack.layout.home))

    def made() -> EdgeSettings:
        name = next(NAMES)
        folder, broker = tmp_path / name, f"{LOOPBACK}:{sensors_port(stack)}"
        credentials_of(stack.layout).give_certificate(name, folder, broker, 2)
        return EdgeSettings(
            sensor=name, spool=tmp_path / f"{name}.spool", broker=broker, authority=folder / "ca.crt",
            certificate=folder / "client.crt", key=folder / "client.key",
        )  # fmt: skip

    return made


def sensors_port(stack: Stack) -> int:
    """The port of the listener with certificates."""
    ports = recall(stack.layout.ports)
    assert ports is not None
    return ports.sensors


def quarters(since: datetime, count: int) -> list[EdgeReading]:
    """Readings of quarters that follow each other."""
    starts = (since + number * QUARTER for number in range(count))
    return [EdgeReading("bicycles", start, start + QUARTER, start.hour % 7, "in") for start in starts]


def whole_quarter(back: timedelta) -> datetime:
    """The start of a quarter some time ago."""
    return datetime.fromtimestamp((system_time() - back).timestamp() // 900 * 900, UTC)


def pairs(readings: list[EdgeReading]) -> list[tuple[datetime, float | None]]:
    """What is to be in the database."""
    return [(one.start, one.value) for one in readings]


class Attempt:
    """A client of the broker as anybody could write it, and what the broker said to it."""

    def __init__(self, settings: EdgeSettings, *, certificate: bool = True, client_id: str = "any") -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
        own, key = (str(settings.certificate), str(settings.key)) if certificate and settings.key else (None, None)
        self.client.tls_set(str(settings.authority), own, key, ssl.CERT_REQUIRED)
        self.connected: list[str] = []
        self.published: list[str] = []
        self.gone = False
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.connected.append(str(reason))
        self.client.on_publish = lambda _c, _d, _m, reason, _p: self.published.append(str(reason))
        self.client.on_disconnect = lambda *_: setattr(self, "gone", True)
        self._address = str(settings.broker).rpartition(":")

    def connects(self) -> bool:
        """Whether the broker accepts it."""
        try:
            self.client.connect(self._address[0], int(self._address[2]))
            self.turn(lambda: bool(self.connected) or self.gone)
        except (OSError, ssl.SSLError):
            return False
        return self.connected == ["Success"]

    def answer_to(self, topic: str) -> str:
        """What the broker says to a message on a topic."""
        self.published.clear()
        self.client.publish(topic, b"{}", qos=1)
        self.turn(lambda: bool(self.published))
        return self.published[0]

    def turn(self, until: Callable[[], bool]) -> None:
        """Serve the connection until something happened."""
        deadline = time.monotonic() + 60
        while not until() and self.client.loop(0.1) == 0:
            assert time.monotonic() < deadline


def test_a_certificate_speaks_for_its_own_sensor_only(stack: Stack, device: Callable[[], EdgeSettings]) -> None:
    """Foreign topics are refused by name, who shows none is not let in, who is revoked neither, and is hung up on."""
    settings = device()
    client = Attempt(settings)
    assert client.connects()
    assert client.answer_to(f"sensors/{settings.sensor}/data") == "Success"
    assert client.answer_to("sensors/somebody-else/data") == "Not authorized"
    assert client.answer_to(f"receipt/{settings.sensor}") == "Not authorized"
    assert not Attempt(settings, certificate=False).connects()
    row = next(one for one in device_access.listed(stack.layout) if one["sensor"] == settings.sensor)
    assert (row["state"], row["days_left"]) in {("valid", 2), ("valid", 1)}
    credentials_of(stack.layout).revoke(settings.sensor)
    assert device_access.broker_reads_anew(stack.layout)
    wait_until(lambda: not Attempt(settings).connects(), "the broker has read the list of revoked certificates")
    device_access.hang_up(settings.sensor)
    client.turn(lambda: client.gone)
    assert client.gone
    row = next(one for one in device_access.listed(stack.layout) if one["sensor"] == settings.sensor)
    assert row["state"] == "revoked"


def test_a_password_speaks_for_its_own_sensor_only(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: psycopg.Connection[Any]
) -> None:
    """On a listener of its own, at once, and until it is revoked; its client id is its name, whatever it says."""
    monkeypatch.setenv("DOORFIETS_HOME", str(stack.layout.home))
    name, folder, broker = next(NAMES), tmp_path / "given", device_access.address(password=True)
    credentials_of(stack.layout).give_password(name, folder, broker)
    assert device_access.broker_reads_anew(stack.layout)
    settings = EdgeSettings(
        sensor=name, spool=tmp_path / "spool", broker=broker, authority=folder / "ca.crt",
        password_file=folder / "password",
    )  # fmt: skip
    readings = quarters(whole_quarter(timedelta(hours=3)), 4)
    with EdgePublisher(settings) as publisher:
        publisher.accept(readings)
        assert publisher.drain(PATIENCE)
    assert database.execute(STORED, [name]).fetchall() == pairs(readings)
    client = Attempt(settings, client_id="doorfiets-bridge")
    client.client.username_pw_set(name, (folder / "password").read_text().strip())
    connections = stack.layout.log("bridge").read_text().count("disconnected")
    assert client.connects()
    assert client.answer_to("sensors/somebody-else/data") == "Not authorized"
    assert stack.layout.log("bridge").read_text().count("disconnected") == connections
    credentials_of(stack.layout).revoke(name)
    assert device_access.broker_reads_anew(stack.layout)
    device_access.hang_up(name)
    client.turn(lambda: client.gone)
    with EdgePublisher(settings) as publisher:
        publisher.accept(readings)
        wait_until(lambda: "refuses" in (publisher.problem or ""), "it is refused")


def test_what_is_refused_is_released_with_its_reason(
    stack: Stack, device: Callable[[], EdgeSettings], database: psycopg.Connection[Any]
) -> None:
    """A source that nobody registered, a time long ago; what lies between and after them is stored."""
    settings = device()
    good = quarters(whole_quarter(timedelta(hours=2)), 2)
    old = whole_quarter(timedelta(days=500))
    with EdgePublisher(settings) as publisher:
        for one in (
            good[0], EdgeReading("pm25", good[0].start, good[0].end, 4.5),
            EdgeReading("bicycles", old, old + QUARTER, 1, "in"), good[1],
        ):  # fmt: skip
            publisher.accept([one])
        assert publisher.drain(PATIENCE)
    assert database.execute(STORED, [settings.sensor]).fetchall() == pairs(good)
    assert status(settings)["reasons"] == {"too_late": 1, "unknown_sensor": 1}
    assert stack.runs()


def test_no_receipt_is_ahead_of_the_database(
    stack: Stack, device: Callable[[], EdgeSettings], database: psycopg.Connection[Any]
) -> None:
    """While `store` and `receipts` are killed again and again: what the spool gave up is there."""
    settings = device()
    readings = quarters(whole_quarter(timedelta(days=4)), 300)
    killed = 0
    with EdgePublisher(settings) as publisher:
        for number, one in enumerate(readings):
            publisher.accept([one])
            if number % 60 == 30:
                released = status(settings)["released_messages"]
                assert database.execute(STORED, [settings.sensor]).rowcount >= released
                kill(stack, ("store", "receipts")[killed % 2])
                killed += 1
        while not publisher.drain(0.1):
            released = status(settings)["released_messages"]
            assert database.execute(STORED, [settings.sensor]).rowcount >= released
    assert database.execute(STORED, [settings.sensor]).fetchall() == pairs(readings)


def test_a_broker_that_is_killed_while_the_bridge_is_down_loses_nothing(
    stack: Stack, device: Callable[[], EdgeSettings], database: psycopg.Connection[Any]
) -> None:
    """It acknowledged everything and had it in memory only: there is no receipt, so all of it is sent again."""
    settings = device()
    readings = quarters(whole_quarter(timedelta(days=1)), 90)
    stack.halt("bridge")
    try:
        with EdgePublisher(settings) as publisher:
            publisher.accept(readings[:1])
            for one in readings[1:]:
                publisher.accept([one])
            wait_until(lambda: status(settings)["accepted_messages"] == len(readings), "all is spooled")
            time.sleep(1.0)  # for the broker to acknowledge some of it
            kill(stack, "mosquitto")
            stack.resume("bridge", patience=120)
            assert publisher.drain(PATIENCE)
    finally:
        if stack.pid("bridge") is None:
            stack.resume("bridge", patience=120)
    assert database.execute(STORED, [settings.sensor]).fetchall() == pairs(readings)


def test_a_week_without_network_and_a_hundred_kills(
    device: Callable[[], EdgeSettings], database: psycopg.Connection[Any]
) -> None:
    """Time is an argument: the device lives a week in a minute, and is killed at random points a hundred times."""
    settings, draw = device(), Random(7)  # noqa: S311 - a game, no secret
    since = whole_quarter(timedelta(days=8))
    first, rest = quarters(since, 4), quarters(since + 4 * QUARTER, 7 * 96)
    with EdgePublisher(settings) as publisher:
        publisher.accept(first)
        assert publisher.drain(PATIENCE)
    wait_until(lambda: days(database, settings)[0] is not None, "the first day is added up", patience=PATIENCE)
    before, lives = days(database, settings), 0
    at, end = rest[0].start, rest[-1].end
    with Lives(settings) as device_lives:
        while at < end:
            at, lives = device_lives.live(at, end, draw.randrange(0, 7) if lives < 100 else None), lives + 1
    assert lives >= 100
    with EdgePublisher(settings) as publisher:
        assert publisher.drain(PATIENCE)
    everything = pairs([*first, *rest])
    assert database.execute(STORED, [settings.sensor]).fetchall() == everything
    assert database.execute(FEED, [settings.sensor]).fetchone() == (len(everything), 0, 0)
    total = float(sum(value or 0 for _, value in everything))
    wait_until(lambda: days(database, settings)[0] == total, "the days are corrected", patience=PATIENCE)
    assert days(database, settings)[1] > before[1]
    assert status(settings)["refused_messages"] == 0


def days(database: psycopg.Connection[Any], settings: EdgeSettings) -> tuple[Any, Any]:
    """What all days of a sensor say together, and the highest revision."""
    row = database.execute(DAYS, [settings.sensor]).fetchone()
    assert row is not None
    return row[0], row[1]


class Lives:
    """The lives of a device, one after the other."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        command = [sys.executable, "-c", DEVICE, settings.sensor, str(settings.spool)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        """Begin with none."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the last one."""
        self._process.kill()
        self._process.communicate()

    def live(self, at: datetime, end: datetime, readings: int | None) -> datetime:
        """Let it live from a moment on, killed after so many readings (None: not at all); answer where it is then.

        What is on its disk it knows, as a device does that looks into its spool when it starts.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(f"{at.isoformat()} {end.isoformat()}\n")
        self._process.stdin.flush()
        pid = int(self._line())
        for _ in range(0 if readings is None else readings):
            if self._line() == "gone":
                return end
        if readings is not None:
            os.kill(pid, signal.SIGKILL)
        while self._line() != "gone":
            pass
        newest = status(self._settings)["newest"]
        return max(at, datetime.fromisoformat(newest)) if newest else at

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the device ended"
        return line.strip()
