"""From a publisher's answer through Kafka and `store` to the tables, as an operator and as a process."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest
from pytest_httpserver import HTTPServer

from deploy.local.stack import Stack
from deploy.run import metrics_address
from deploy.settings import ROOT, write
from ingest.dialects.decoder import NOBODY
from ingest.intake import Intake
from ingest.pollers.host import PollHost
from ingest.pollers.poller import PolledSensor, PollSource
from ingest.pollers.positions import Positions
from schemas.observation import Observation
from schemas.registry import Datastream, Registry, Station
from schemas.topics import OBSERVATIONS
from tests.conftest import superuser
from tests.contracts.processing import HOUR, StoreAndAggregate, load, small
from tests.contracts.publishers import FakeClock, Luchtmeetnet, source_at, year
from tests.contracts.test_bridge import held, reported
from tests.services import wait_until

pytestmark = pytest.mark.contracts

NOON = datetime(2026, 5, 12, 12, 20, tzinfo=UTC)
FIRST = NOON.replace(minute=0) - 9 * HOUR
COUNTS = "SELECT sum(stored), sum(duplicates), sum(corrections) FROM doorfiets.feed"
VALUES = """
    SELECT source, ended_at, value FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream)
    WHERE sensor = 'nl10929'
"""


@pytest.fixture
def httpserver() -> Iterator[HTTPServer]:
    """A publisher's server on an address of this machine."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


def one_station() -> Registry:
    """An owner of one official station, with two of its substances."""
    streams = [
        Datastream(sensor="nl10929", source=source, quantity=source, interval=3600, valid_from=date(2020, 1, 1))
        for source in ("pm25", "no2")
    ]
    station = Station(
        id="nl10929", name="Proef", district="WK01", position=(6.5, 53.0), kind="official", environment="traffic",
        datastreams=streams,
    )  # fmt: skip
    return msgspec.structs.replace(small(), stations=[station])


async def fetched(stack: Stack, source: PollSource, folder: Path, clock: FakeClock) -> list[Observation]:
    """Take a turn, and give what of the station is new in Kafka since the moment before."""
    before = clock.time
    intake = Intake(str(stack.settings().kafka), "test-poll", devices=lambda: NOBODY, attempts=8, now=clock.now)
    host = PollHost([source], intake.take, Positions(folder), now=clock.now, sleep=clock.sleep)
    try:
        (report,) = await host.once()
    finally:
        await host.close()
        await intake.close()
    assert report.problem == ""
    seen = await held(stack, OBSERVATIONS)
    return [one for one in seen if one.sensor == "nl10929" and one.received_at >= before]


async def test_what_is_fetched_twice_is_counted_once_and_what_changed_is_a_correction(
    stack: Stack, processing: StoreAndAggregate, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """A position that was lost with the process costs duplicates, and no hour more or less in the tables."""
    load(processing.conninfo, one_station())
    publisher = Luchtmeetnet(year(FIRST, 10))
    httpserver.expect_request("/measurements").respond_with_handler(publisher)
    source = source_at(httpserver, "luchtmeetnet", PolledSensor("nl10929", "NL10929"), back=12 * HOUR)
    clock = FakeClock(NOON)
    await processing.store(*await fetched(stack, source, tmp_path / "first", clock))
    assert processing.row(COUNTS) == (20, 0, 0)
    publisher.rows[FIRST, "NO2"] = 77.5
    clock.time += timedelta(minutes=20)
    await processing.store(*await fetched(stack, source, tmp_path / "lost", clock))
    assert processing.row(COUNTS) == (20, 19, 1)
    stored = {(source, at): value for source, at, value in processing.rows(VALUES)}
    assert stored == {(formula.lower(), at): value for (at, formula), value in publisher.rows.items()}


def command(*words: str, pollers: Path | None = None) -> list[str]:
    """Give a command line of ours."""
    return [sys.executable, "-P", "-m", "deploy", *words, *(["--file", str(pollers)] if pollers else [])]


def environment(stack: Stack, pollers: Path | None = None) -> dict[str, str]:
    """Give the environment of a stack, with a file of pollers."""
    return {**os.environ, **write(stack.settings()), **({"DOORFIETS_POLLERS": str(pollers)} if pollers else {})}


@pytest.fixture
def pollers(httpserver: HTTPServer, tmp_path: Path) -> Path:
    """A file that names a station of a publisher with some hours of the last days."""
    newest = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)  # noqa: TID251 - live data
    httpserver.expect_request("/open_api/measurements").respond_with_handler(Luchtmeetnet(year(newest - 9 * HOUR, 10)))
    file = tmp_path / "pollers.toml"
    address = httpserver.url_for("/open_api")
    file.write_text(f'[[luchtmeetnet]]\naddress = "{address}"\nstations = ["NL19999"]\n', "utf-8")
    return file


def typed(stack: Stack, pollers: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Type a line into a shell, with our command on its path."""
    around = environment(stack, pollers)
    around["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{around['PATH']}"
    words = ["bash", "-euc", line]
    return subprocess.run(words, env=around, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@contextmanager
def registered(stack: Stack, sensor: str) -> Iterator[None]:
    """Have a device in the directory of the stack, and no longer afterwards."""
    with psycopg.connect(superuser(stack), autocommit=True) as database:
        database.execute(
            "INSERT INTO doorfiets.owner (owner, kind, name, timezone, publisher, contact_email, contact_url, licence,"
            " attributions, note, host, applied_state, applied_at) VALUES ('GM9999', 'municipality', 'Proef',"
            " 'Europe/Amsterdam', 'Proef', 'a@example.org', 'https://example.org', 'CC0-1.0', '{}', '', false,"
            " repeat('0', 64), now())"
        )
        database.execute("INSERT INTO doorfiets.directory_version VALUES ('GM9999', 1)")
        database.execute("INSERT INTO doorfiets.device (device, owner) VALUES (%s, 'GM9999')", [sensor])
        try:
            yield
        finally:
            database.execute("DELETE FROM doorfiets.device WHERE owner = 'GM9999'")
            database.execute("DELETE FROM doorfiets.owner WHERE owner = 'GM9999'")


def test_an_operator_looks_first_and_fetches_then(stack: Stack, pollers: Path) -> None:
    """The lines of the page, typed: what would be sent is sent once, and not a second time."""
    page = (ROOT / "docs" / "howto" / "pollers.md").read_text("utf-8")
    (lines,) = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    reports = ("20 would be sent, 0 unchanged, 0 refused", "20 sent, 0 unchanged, 0 refused, until ", " 0 sent, ")
    finished = typed(stack, pollers, "doorfiets poll --once")
    assert finished.returncode == 0, finished.stderr
    assert "nl19999 is not registered: nothing is fetched for it; register it first" in finished.stdout
    with registered(stack, "nl19999"):
        for line, report in zip(lines.splitlines(), reports, strict=True):
            finished = typed(stack, pollers, line)
            assert finished.returncode == 0, finished.stderr
            assert report in finished.stdout
    seen = [one for one in asyncio.run(held(stack, OBSERVATIONS)) if one.sensor == "nl19999"]
    assert len(seen) == len({(one.source, one.started_at) for one in seen}) == 20
    wrong = typed(stack, pollers, "doorfiets poll --once --source telraam")
    assert (wrong.returncode, "no entry of 'telraam'" in wrong.stderr) == (2, True)
    pollers.write_text('[[telraam]]\nsegments = [9000001234]\nkey_file = "key"\n', "utf-8")
    refused = typed(stack, pollers, "doorfiets poll --once")
    assert refused.returncode == 2
    assert f"{pollers}: [[telraam]] 1: {pollers.parent / 'key'} holds no key" in refused.stderr


def test_a_sensor_that_cannot_be_fetched_is_named_and_the_exit_code_says_so(
    stack: Stack, pollers: Path, httpserver: HTTPServer
) -> None:
    """Nothing is hidden in a log."""
    httpserver.clear()
    httpserver.expect_request("/open_api/measurements").respond_with_json({}, 404)
    pollers.write_text(pollers.read_text("utf-8").replace("NL19999", "NL19997"), "utf-8")
    with registered(stack, "nl19997"):
        finished = subprocess.run(
            command("poll", "--dry-run", pollers=pollers), cwd=ROOT, env=environment(stack), capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
    assert finished.returncode == 1
    assert "failed: status 404: is there such a sensor, and is http://127.0.0.1:" in finished.stdout
    assert "1 of 1 could not be fetched" in finished.stderr


def test_the_process_polls_tells_what_it_does_and_is_alone(stack: Stack, pollers: Path) -> None:
    """Until it is stopped; a second one ends with code 75."""
    pollers.write_text(pollers.read_text("utf-8").replace("NL19999", "NL19998"), "utf-8")
    words, around = command("run", "poll"), environment(stack, pollers)
    with (
        registered(stack, "nl19998"),
        subprocess.Popen(words, env=around, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process,
    ):
        try:
            wait_until(lambda: stack.layout.ready("poll").exists(), "it is ready")
            address = metrics_address(stack.settings(), "poll")
            wait_until(lambda: reported(*address).get("taken") == 20, "all is taken in")
            second = subprocess.run(
                words, env=around, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
            )
            assert (second.returncode, "a poller runs already" in second.stderr) == (75, True)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert not stack.layout.ready("poll").exists()
