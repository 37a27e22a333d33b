"""Pollers against a publisher on a local server: resumed without gap or repeat, whatever comes instead of an answer."""

import asyncio
import gzip
import json
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ingest.dialects.decoder import NOBODY
from ingest.kafka_log import LogUnavailableError
from ingest.pollers import client
from ingest.pollers.host import PollHost
from ingest.pollers.key_file import KeyFile
from ingest.pollers.poller import PolledSensor
from ingest.pollers.positions import Positions
from schemas.device import RegisteredDevice
from tests.contracts.publishers import (
    HOUR,
    NOON,
    STATION,
    Door,
    FakeClock,
    Luchtmeetnet,
    another_host,
    cut,
    half_a_document,
    host_of,
    marked,
    never,
    page_of_html,
    said,
    source_at,
    status,
    year,
)

pytestmark = pytest.mark.contracts

DAY = timedelta(days=1)
START = datetime(2026, 5, 7, 1, tzinfo=UTC)
SEGMENT = PolledSensor("9000001234", "9000001234")


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    """A server, which answers others while one request is never answered."""
    with HTTPServer(host="127.0.0.1", threaded=True) as started:
        yield started


@pytest.fixture
def httpserver(server: HTTPServer) -> Iterator[HTTPServer]:
    """A publisher's server, without what it said in the test before."""
    yield server
    server.clear()


@pytest.fixture
def over(httpserver: HTTPServer) -> Iterator[Event]:  # noqa: ARG001 - it is set before the server stops
    """What answers that never come wait for."""
    event = Event()
    yield event
    event.set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no answer longer than a second."""
    monkeypatch.setattr(client, "_TIMEOUT", httpx.Timeout(1.0))


@pytest.fixture
def clock() -> FakeClock:
    """A clock at noon and twenty minutes."""
    return FakeClock(NOON)


@pytest.fixture
def door(clock: FakeClock) -> Door:
    """Kafka, as far as pollers know."""
    return Door(clock)


def published(rows: dict[tuple[datetime, str], float | None], since: datetime, until: datetime) -> Counter[Any]:
    """Count the values that have to arrive of some rows: each once."""
    return Counter(
        ("nl10929", formula.lower(), at, value) for (at, formula), value in rows.items() if since < at <= until
    )


async def turn(host: PollHost) -> list[Any]:
    """Give every sensor one turn."""
    try:
        return await host.once()
    finally:
        await host.close()


@pytest.mark.usefixtures("impatient")
async def test_who_was_away_for_a_day_goes_on_without_gap_or_repeat(
    httpserver: HTTPServer, tmp_path: Path, door: Door, over: Event
) -> None:
    """Busy, broken, silent, cut, no JSON among the answers: every hour arrives once, and what changed once more."""
    clock = door.clock
    publisher = Luchtmeetnet(year(START, 24 * 7))
    httpserver.expect_request("/measurements").respond_with_handler(publisher)
    sources = [source_at(httpserver, "luchtmeetnet", STATION)]
    await turn(host_of(sources, door, tmp_path, clock))
    before = NOON - NOON.minute * timedelta(minutes=1)
    assert Counter(door.values()) == published(publisher.rows, before - 4 * DAY - timedelta(seconds=1), before)
    door.messages.clear()
    clock.time += DAY
    publisher.rows[before - 2 * DAY, "NO2"] = 99.0
    publisher.troubles = [
        status(429, Retry_After="30"), status(500), cut, half_a_document,
        page_of_html, never(over), status(503), status(502),
    ]  # fmt: skip
    clock.slept.clear()
    for _ in range(10):
        (report,) = await turn(host_of(sources, door, tmp_path, clock))
        if not report.problem:
            break
        clock.time += timedelta(minutes=1)
    assert not report.problem
    changed = Counter({("nl10929", "no2", before - 2 * DAY, 99.0): 1})
    assert Counter(door.values()) == published(publisher.rows, before, before + DAY) + changed
    assert 30 in clock.slept
    assert not publisher.troubles
    assert Positions(tmp_path).of(sources[0], STATION).held == before + DAY


async def test_what_has_not_changed_is_neither_read_nor_sent_again(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """Page for page the publisher says so; without its tags the values themselves do."""
    publisher = Luchtmeetnet(year(START, 24 * 6))
    httpserver.expect_request("/measurements").respond_with_handler(publisher)
    sources = [source_at(httpserver, "luchtmeetnet", STATION, back=6 * HOUR)]
    publisher.size = 5
    (first,) = await turn(host_of(sources, door, tmp_path, clock))
    sent, requests = len(door.messages), list(publisher.requests)
    assert (first.summary.sent, sent) == (14, 14)
    publisher.requests.clear()
    await turn(host_of(sources, door, tmp_path, clock))
    assert publisher.requests == [(page, 304) for page, _ in requests]
    publisher.marks = False
    publisher.size = 1000
    (third,) = await turn(host_of(sources, door, tmp_path, clock))
    assert (third.summary.sent, third.summary.unchanged, len(door.messages)) == (0, 14, sent)


async def test_a_position_does_not_move_while_kafka_is_away(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """What was held before is not sent again, what was not is."""
    publisher = Luchtmeetnet(year(START, 24 * 7), size=50)
    httpserver.expect_request("/measurements").respond_with_handler(publisher)
    sources = [source_at(httpserver, "luchtmeetnet", STATION)]
    await turn(host_of(sources, door, tmp_path, clock))
    held = Positions(tmp_path).of(sources[0], STATION).held
    door.messages.clear()
    clock.time += DAY
    door.away = 1
    with pytest.raises(LogUnavailableError):
        await turn(host_of(sources, door, tmp_path, clock))
    assert (Positions(tmp_path).of(sources[0], STATION).held, door.messages) == (held, [])
    await turn(host_of(sources, door, tmp_path, clock))
    assert held is not None
    assert Counter(door.values()) == published(publisher.rows, held, held + DAY)


class KilledError(Exception):
    """The process is gone."""


async def test_who_is_killed_between_acknowledgement_and_position_says_the_same_again(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very same bytes of the very same intervals: duplicates wherever they are counted; and nothing is missing."""
    publisher = Luchtmeetnet(year(START, 24 * 7), size=50)
    httpserver.expect_request("/measurements").respond_with_handler(publisher)
    sources = [source_at(httpserver, "luchtmeetnet", STATION)]

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as moment:
        moment.setattr("ingest.pollers.positions.os.fsync", killed)
        (report,) = await turn(host_of(sources, door, tmp_path, clock))
    assert report.problem.startswith("KilledError")
    repeated = list(door.messages)
    assert len(repeated) == 50
    door.messages.clear()
    await turn(host_of(sources, door, tmp_path, clock))
    assert door.messages[:50] == repeated
    noon = NOON.replace(minute=0)
    assert Counter(door.values()) == published(publisher.rows, noon - 4 * DAY - timedelta(seconds=1), noon)


async def test_one_bad_row_is_one_rejection_once_and_the_rest_goes_on(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """A text for a number, a time that is none, a row that is no row."""
    good = {"station_number": "NL10929", "value": 3.5, "timestamp_measured": "2026-05-12T11:00:00Z", "formula": "NO2"}
    bad = [good | {"value": "n/b", "formula": "O3"}, good | {"timestamp_measured": "elf uur"}, 7, ["x"]]
    httpserver.expect_request("/measurements").respond_with_json({"data": [*bad, good]})
    for sent in (5, 0):
        host = host_of([source_at(httpserver, "luchtmeetnet", STATION)], door, tmp_path, clock)
        (report,) = await turn(host)
        assert (report.summary.sent, len(report.summary.rejections), report.problem) == (sent, 4 if sent else 0, "")
        assert host.messages == (
            {("luchtmeetnet", "taken"): 1, **reasons(report)} if sent else {("luchtmeetnet", "taken"): 0}
        )
    assert door.values() == [("nl10929", "no2", datetime(2026, 5, 12, 11, tzinfo=UTC), 3.5)]


async def test_a_row_that_was_refused_for_its_name_is_sent_again_once_that_is_registered(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """And not before; of two rows that are the same afterwards as before the refused one is the only one."""
    row = {"station_number": "NL10929", "value": 3.5, "timestamp_measured": "2026-05-12T11:00:00Z"}
    rows = [row | {"formula": "NO2"}, row | {"formula": "xylene_o2"}]
    httpserver.expect_request("/measurements").respond_with_handler(lambda request: marked(request, {"data": rows}))
    sources = [source_at(httpserver, "luchtmeetnet", STATION)]
    sent = []
    registered = {"nl10929": RegisteredDevice("nl10929", None, frozenset({"xylene_o2"}))}
    for devices in (NOBODY, NOBODY, registered, NOBODY):
        door.devices = devices
        (report,) = await turn(host_of(sources, door, tmp_path, clock))
        sent.append((report.summary.sent, [one.reason for one in report.summary.rejections]))
    assert sent == [(2, ["format"]), (0, []), (1, []), (0, [])]
    door.devices = registered
    assert door.values()[-1] == ("nl10929", "xylene_o2", datetime(2026, 5, 12, 11, tzinfo=UTC), 3.5)


def reasons(report: Any) -> dict[tuple[str, str], int]:  # noqa: ANN401 - a report
    """Count the reasons of a report."""
    return {("luchtmeetnet", reason): n for reason, n in Counter(o.reason for o in report.summary.rejections).items()}


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    """A key that nobody else may read."""
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text("a-secret-key\n")
    return KeyFile(file)


def hour(at: datetime, **fields: object) -> dict[str, object]:
    """Spell an hour of Telraam."""
    return {
        "instance_id": -1, "segment_id": 9000001234, "date": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "interval": "hourly",
        "uptime": 0.8, "heavy": 3.7, "car": 118.5, "bike": 97.5, "pedestrian": 12.3, "night": 0,
        "timezone": "Europe/Amsterdam", **fields,
    }  # fmt: skip


async def test_an_hour_of_telraam_that_has_not_ended_is_not_sent(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door, key: KeyFile
) -> None:
    """Later it is, with its key in the header, and asked for as the window that is missing."""
    requests: list[dict[str, str]] = []

    def report(request: Request) -> Response:
        requests.append(json.loads(request.data))
        assert request.headers["X-Api-Key"] == "a-secret-key"
        return said({"status_code": 200, "report": [hour(NOON.replace(minute=0) - HOUR), hour(NOON.replace(minute=0))]})

    httpserver.expect_request("/v1/reports/traffic", method="POST").respond_with_handler(report)
    sources = [source_at(httpserver, "telraam", SEGMENT, key=key)]
    for ends in ([12], [12, 13]):
        await turn(host_of(sources, door, tmp_path, clock))
        assert [at.hour for _, source, at, _ in door.values() if source == "bike"] == ends
        clock.time += HOUR
    assert [(one["level"], one["time_start"], one["time_end"]) for one in requests] == [
        ("segments", "2026-05-10 12:00:00Z", "2026-05-12 12:00:00Z"),
        ("segments", "2026-05-12 06:00:00Z", "2026-05-12 13:00:00Z"),
    ]


async def test_hours_and_quarters_of_a_segment_have_positions_of_their_own(
    httpserver: HTTPServer, tmp_path: Path, door: Door, key: KeyFile
) -> None:
    """Neither hides what the other lacks."""
    ends = NOON.replace(minute=0)
    quarter = hour(ends - timedelta(minutes=15), interval="quarterly")
    httpserver.expect_request("/v1/reports/traffic").respond_with_json({"report": [hour(ends - HOUR)]})
    httpserver.expect_request("/advanced/reports/traffic").respond_with_json({"report": [quarter]})
    both = [source_at(httpserver, "telraam", SEGMENT, key=key, quarters=quarters) for quarters in (False, True)]
    reports = await turn(host_of(both, door, tmp_path, door.clock))
    assert [report.summary.sent for report in reports] == [1, 1]
    assert {source for _, source, _, _ in door.values() if "bike" in source} == {"bike", "bike/15min"}
    assert len(await asyncio.to_thread(lambda: list(tmp_path.rglob("*.json")))) == 2


async def test_a_wrong_key_stops_its_source_with_one_line_and_is_in_no_log(
    httpserver: HTTPServer, tmp_path: Path, door: Door, key: KeyFile, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again in an hour, with the key that is there then; other sources of the host go on."""
    clock = door.clock
    caplog.set_level(logging.DEBUG)
    answers: list[Response] = [said({"message": "Forbidden"}, 403), said({"report": []}), said({"report": []})]
    httpserver.expect_request("/v1/reports/traffic").respond_with_handler(lambda _: answers.pop(0))
    httpserver.expect_request("/measurements").respond_with_handler(Luchtmeetnet(year(START, 24 * 6)))
    two = source_at(httpserver, "telraam", SEGMENT, PolledSensor("9000001235", "9000001235"), key=key)
    host = host_of([two, source_at(httpserver, "luchtmeetnet", STATION)], door, tmp_path, clock)
    for _ in range(2):
        task = host._schedule.next()
        assert task is not None
        await host.turn(task)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in errors] == [
        f"status 403: is the key in {key.path} right?; it is tried again in an hour"
    ]
    assert "a-secret-key" not in caplog.text + repr([vars(record) for record in caplog.records]) + repr(two)
    assert door.messages
    assert [task.due - NOON for task in host._schedule._tasks if task.source is two] == [HOUR, HOUR]
    clock.time += HOUR
    await host.close()
    assert [one.problem for one in await turn(host_of([two], door, tmp_path, clock))] == ["", ""]


async def test_a_key_that_others_may_read_is_not_used(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door, key: KeyFile
) -> None:
    """Nothing is asked with it."""
    key.path.chmod(0o640)
    (report,) = await turn(host_of([source_at(httpserver, "telraam", SEGMENT, key=key)], door, tmp_path, clock))
    assert report.problem == f"{key.path} may be read by others; chmod 0600 {key.path}"
    assert not httpserver.log


async def test_nobody_is_followed_to_another_host(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """Neither by a redirect nor by the link to a next page; on the same host a redirect is followed."""
    with another_host() as (address, connected):
        httpserver.expect_request("/measurements").respond_with_handler(status(302, Location=address))
        (moved,) = await turn(host_of([source_at(httpserver, "luchtmeetnet", STATION)], door, tmp_path, clock))
        assert f"sent on to '{address}', which is not of" in moved.problem
        link = {"value": [], "@iot.nextLink": f"{address}Observations?$skip=20"}
        httpserver.expect_request("/Things").respond_with_json({"value": [kit(1)]})
        httpserver.expect_request("/Datastreams(1)/Observations").respond_with_json(link)
        kits = source_at(httpserver, "samen_meten", municipality="106")
        (linked,) = await turn(host_of([kits], door, tmp_path, clock))
        assert "which is not of" in linked.problem
    assert connected == []
    rows = Luchtmeetnet(year(START, 24 * 7))
    httpserver.clear()
    httpserver.expect_request("/measurements").respond_with_handler(
        lambda request: Response("", 302, {"Location": f"/moved?{request.query_string.decode()}"})
    )
    httpserver.expect_request("/moved").respond_with_handler(rows)
    (followed,) = await turn(host_of([source_at(httpserver, "luchtmeetnet", STATION)], door, tmp_path, clock))
    assert (followed.problem, followed.summary.sent > 100) == ("", True)


async def test_a_bomb_is_not_unpacked(httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door) -> None:
    """Of a hundred megabytes in a hundred kilobytes no more than five are read; a whole answer may be packed."""
    bomb = gzip.compress(b'{"data":[' + b" " * 100_000_000)
    packed = gzip.compress(b'{"data":[]}')
    answers = [bomb, packed, *[packed[:-4]] * client.TRIES]
    httpserver.expect_request("/measurements").respond_with_handler(
        lambda _: Response(answers.pop(0), 200, {"Content-Encoding": "gzip"}, content_type="application/json")
    )
    sources = [source_at(httpserver, "luchtmeetnet", STATION, back=HOUR)]
    (report,) = await turn(host_of(sources, door, tmp_path, clock))
    assert report.problem == "an answer of more than 5000000 bytes"
    (whole,) = await turn(host_of(sources, door, tmp_path, clock))
    assert whole.problem == ""
    (cut_short,) = await turn(host_of(sources, door, tmp_path, clock))
    assert (cut_short.problem, answers) == ("an answer that ends too early", [])


def kit(number: int, name: str = "LTD_90001", end: str = "pm25") -> dict[str, object]:
    """Spell a kit with one datastream that is fetched, and one that is not."""
    streams = [{"@iot.id": number, "name": f"{name}-12-{end}"}, {"@iot.id": 99, "name": f"{name}-9-nh3"}]
    return {"name": name, "Datastreams": streams}


async def test_kits_of_a_municipality_are_found_and_read_page_by_page(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """An error text and a number for "no value" are refused, the others arrive; names that fit nobody are left out."""
    more = {"value": [kit(2, "LTD_90002", "pm10_kal"), kit(3, "x")], "@iot.nextLink": httpserver.url_for("/Things?p=2")}
    httpserver.expect_request("/Things", query_string={"p": "2"}).respond_with_json({"value": [kit(1)]})
    httpserver.expect_request("/Things").respond_with_json(more)
    row = {"phenomenonTime": "2026-05-12T10:00:00.000Z", "result": 8.25}
    texts = [row, row | {"phenomenonTime": "2026-05-12T11:00:00.000Z", "result": "Error: offline"}]
    page = {"value": texts, "@iot.nextLink": httpserver.url_for("/Datastreams(1)/Observations?$skip=2")}
    last = {"value": [row | {"phenomenonTime": "2026-05-12T12:00:00.000Z", "result": -99}]}
    answers = [page, last]
    httpserver.expect_request("/Datastreams(1)/Observations").respond_with_handler(lambda _: said(answers.pop(0)))
    httpserver.expect_request("/Datastreams(2)/Observations").respond_with_json({"value": [row | {"result": None}]})
    kits = source_at(httpserver, "samen_meten", municipality="106")
    reports = await turn(host_of([kits], door, tmp_path, clock))
    assert {report.sensor for report in reports} == {"ltd-90001.LTD_90001-12-pm25", "ltd-90002.LTD_90002-12-pm10_kal"}
    assert [one.reason for report in reports for one in report.summary.rejections] == ["type", "not_a_measurement"]
    ten = datetime(2026, 5, 12, 10, tzinfo=UTC)
    assert sorted(door.values(), key=str) == [
        ("ltd-90001", "pm25", ten, 8.25), ("ltd-90002", "pm10_kal", ten, None),
    ]  # fmt: skip
    queries = [request.query_string.decode() for request, _ in httpserver.log if request.path == "/Things"]
    assert queries[0].startswith("$filter=properties/codegemeente%20eq%20%27106%27")


async def test_a_publisher_that_forgets_leaves_a_gap_that_is_told(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """sensor.community has five minutes; each data point is sent once, however often it is among the answers."""
    points = [point(1, "2026-05-12 12:15:00"), point(2, "2026-05-12 12:17:25")]
    httpserver.expect_request("/sensor/90001/").respond_with_handler(lambda _: said(points))
    sources = [source_at(httpserver, "sensor_community", PolledSensor("sc-90001", "90001"))]
    for _ in range(2):
        await turn(host_of(sources, door, tmp_path, clock))
    assert [(source, value) for _, source, _, value in door.values()] == [("P1", 14.3), ("P2", 8.1)] * 2
    clock.time += HOUR
    points[:] = [point(3, "2026-05-12 13:18:00")]
    await turn(host_of(sources, door, tmp_path, clock))
    gaps = [vars(record) for record in caplog.records if "gap" in record.getMessage()]
    assert [(one["from"].minute, one["to"].minute) for one in gaps] == [(17, 18)]


async def test_what_had_not_ended_is_sent_later_though_the_answer_has_not_changed(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """A publisher's clock is a minute ahead, and its answer has a tag."""
    points = [point(1, "2026-05-12 12:21:00")]
    httpserver.expect_request("/sensor/90001/").respond_with_handler(lambda request: marked(request, points))
    sources = [source_at(httpserver, "sensor_community", PolledSensor("sc-90001", "90001"))]
    for sent in (0, 1, 1):
        await turn(host_of(sources, door, tmp_path, clock))
        assert len(door.messages) == sent
        clock.time += timedelta(minutes=2)
    assert [response.status_code for _, response in httpserver.log] == [200, 200, 304]


def point(number: int, at: str) -> dict[str, object]:
    """Spell a data point."""
    values = [{"value_type": "P1", "value": "14.30"}, {"value_type": "P2", "value": "8.10"}]
    return {"id": 20_999_000_000 + number, "timestamp": at, "sensor": {"id": 90001}, "sensordatavalues": values}


async def test_a_damaged_file_of_a_position_stops_its_sensor_and_says_what_to_do(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door
) -> None:
    """A position that is guessed would be a gap."""
    httpserver.expect_request("/measurements").respond_with_handler(Luchtmeetnet(year(START, 24 * 6)))
    sources = [source_at(httpserver, "luchtmeetnet", STATION)]
    await turn(host_of(sources, door, tmp_path, clock))
    file = Positions(tmp_path)._path(sources[0], STATION)
    file.write_bytes(file.read_bytes()[:40])
    (report,) = await turn(host_of(sources, door, tmp_path, clock))
    assert report.problem.startswith(f"{file} is damaged")
    assert "delete it to begin anew" in report.problem


async def test_a_poller_that_fails_on_an_answer_ends_nobody_else(
    httpserver: HTTPServer, tmp_path: Path, clock: FakeClock, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """Its sensor waits, the log has the traceback, the neighbour arrives."""
    httpserver.expect_request("/measurements").respond_with_handler(Luchtmeetnet(year(START, 24 * 6)))
    right = source_at(httpserver, "luchtmeetnet", STATION)

    def broken(*_: object) -> Any:  # noqa: ANN401 - never
        raise ZeroDivisionError

    wrong = source_at(httpserver, "luchtmeetnet", PolledSensor("nl10930", "NL10930"))
    wrong = type(wrong)(**{**vars(wrong), "poller": wrong.poller._replace(split=broken)})
    reports = await turn(host_of([wrong, right], door, tmp_path, clock))
    assert [report.problem for report in reports] == ["ZeroDivisionError while it was polled", ""]
    assert any(record.exc_info for record in caplog.records)
    assert door.messages
