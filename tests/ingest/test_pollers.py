"""Pollers without a network: windows, pages, rows, positions, limits, whose turn it is, and the file that names all."""

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from deploy.settings import ROOT
from ingest import device_copy
from ingest.clock import system_time
from ingest.intake import Message
from ingest.pollers import configuration
from ingest.pollers import main as pollers_main
from ingest.pollers.client import SourceRefusedError, check_origin, retry_after
from ingest.pollers.configuration import PollersRefusedError
from ingest.pollers.main import DevicesUnknownError, hosts_of, poll_once
from ingest.pollers.metrics import PollCollector
from ingest.pollers.poller import AnswerUnreadableError, PolledRow, PolledSensor, PollRequest, PollSource, RateLimit
from ingest.pollers.position import PollPosition, digest
from ingest.pollers.rate import TokenBucket, growing_pause
from ingest.pollers.schedule import PollSchedule
from ingest.pollers.settings import PollSettings
from ingest.pollers.table import POLLERS
from ingest.pollers.windows import FARTHEST, RECENT, REVISED_EVERY, SILENT, windows
from schemas.device import RegisteredDevice

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 17, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 5, 12), timezones=st.just(UTC))


def entry(name: str, **fields: Any) -> PollSource:  # noqa: ANN401 - as TOML has it
    """Read one entry."""
    (source,) = configuration.sources({name: [fields]}, "pollers.toml")
    return source


def source(name: str, **fields: Any) -> PollSource:  # noqa: ANN401 - fields differ in type
    """Make a source as an entry would."""
    poller = POLLERS[name]
    given = {"every": poller.every, "back": poller.back, **fields}
    return PollSource(poller=poller, address=poller.address, **given)


LUCHTMEETNET: Final = source("luchtmeetnet", sensors=(PolledSensor("nl10929", "NL10929"),))


@given(st.sampled_from(sorted(POLLERS)), moments, st.none() | moments, st.none() | moments, moments)
def test_windows_follow_each_other_without_a_hole_up_to_what_has_ended(
    name: str, held: datetime, requested: datetime | None, revised_at: datetime | None, now: datetime
) -> None:
    """None is longer than is allowed, and together they reach from before what is held to the last whole hour."""
    one = source(name)
    found = list(windows(one, PollPosition(held, requested, revised_at), now))
    assert all(start < end and end - start <= one.poller.longest(one) for start, end in found)
    assert all(before.end == after.start for before, after in pairwise(found))
    if found:
        assert now - one.poller.interval(one) < found[-1].end <= now
        reaches = min(held, now) - min(RECENT, one.back)
        assert found[0].start <= max(reaches, now - FARTHEST, (requested or held) - SILENT)


def test_a_day_away_is_one_window_and_half_a_year_is_three_of_telraam() -> None:
    """Three months at most in one request."""
    away = PollPosition(NOON - DAY, NOON - DAY, NOON - DAY)
    (window,) = windows(LUCHTMEETNET, away, NOON)
    assert window == (datetime(2026, 5, 7, 12, tzinfo=UTC), datetime(2026, 5, 12, 12, tzinfo=UTC))
    long = PollPosition(NOON - 180 * DAY, NOON - 180 * DAY)
    assert len(list(windows(source("telraam"), long, NOON))) == 3
    quarters = source("telraam", quarters=True)
    assert max(end - start for start, end in windows(quarters, long, NOON)) == 21 * DAY


def test_everything_that_may_be_revised_is_read_again_some_times_a_day() -> None:
    """In between only the newest hours, of which some values come later than others."""
    for since, back in ((REVISED_EVERY, LUCHTMEETNET.back), (HOUR, RECENT)):
        (window,) = windows(LUCHTMEETNET, PollPosition(NOON, NOON, NOON - since), NOON)
        assert window.start == NOON.replace(minute=0) - back


def test_a_first_round_goes_back_to_the_day_that_was_named_and_not_beyond_what_is_taken() -> None:
    """Else as far as values are revised."""
    assert next(windows(LUCHTMEETNET, PollPosition(), NOON)).start == datetime(2026, 5, 8, 12, tzinfo=UTC)
    since = source("luchtmeetnet", since=datetime(2026, 3, 1, tzinfo=UTC))
    assert next(windows(since, PollPosition(), NOON)).start == datetime(2026, 3, 1, tzinfo=UTC)
    ages = source("luchtmeetnet", since=datetime(2020, 3, 1, tzinfo=UTC))
    assert next(windows(ages, PollPosition(), NOON)).start == (NOON - FARTHEST).replace(minute=0)


def test_a_sensor_that_says_nothing_for_a_year_does_not_cost_a_year_of_requests() -> None:
    """What it says later within a month is still found."""
    silent = PollPosition(NOON - 360 * DAY, NOON, NOON)
    assert next(windows(LUCHTMEETNET, silent, NOON)).start == (NOON - SILENT).replace(minute=0)


def split(name: str, body: str, url: str = "https://x/measurements?a=b&page=1", stream: str = "") -> Any:  # noqa: ANN401 - a page
    """Split an answer."""
    return POLLERS[name].split(PolledSensor("s", "S", stream), PollRequest(url), body.encode())


def test_a_page_of_luchtmeetnet_leads_to_the_next_one_until_the_last() -> None:
    """An answer without pages is the only one."""
    first = split("luchtmeetnet", '{"pagination":{"current_page":1,"last_page":12},"data":[]}')
    assert first.following == PollRequest("https://x/measurements?a=b&page=2")
    tenth = split("luchtmeetnet", '{"pagination":{"current_page":10,"last_page":12},"data":[]}', first.following.url)
    assert tenth.following == PollRequest("https://x/measurements?a=b&page=11")
    for last in ('{"pagination":{"current_page":12,"last_page":12},"data":[]}', '{"data":[]}'):
        assert split("luchtmeetnet", last).following is None


def test_rows_are_the_bytes_of_the_publisher_and_say_when_their_interval_ends() -> None:
    """However odd: what cannot be read is taken in, to be refused by name."""
    rows = ['{"formula":"NO2", "timestamp_measured":"2026-05-12T06:00:00+00:00","value":1.50}', '{"odd":[1 ,2]}', "7"]
    page = split("luchtmeetnet", f'{{"data":[{",".join(rows)}]}}')
    assert [row.payload.decode() for row in page.rows] == rows
    assert [row.ended_at for row in page.rows] == [datetime(2026, 5, 12, 6, tzinfo=UTC), None, None]
    hours = split("telraam", '{"report":[{"date":"2026-05-12T06:00:00.000Z","interval":"hourly"},{"date":"x"}]}').rows
    assert [row.ended_at for row in hours] == [datetime(2026, 5, 12, 7, tzinfo=UTC), None]
    kits = split(
        "samen_meten", '{"value":[{"phenomenonTime":"2026-05-12T06:00:00Z","result":"Error"}]}', stream="K-pm25"
    )
    assert kits.rows[0].ended_at == datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert kits.rows[0].payload.startswith(b'{"name":"K-pm25","Observations":[{"phenomenonTime"')


def test_an_hour_that_ends_after_the_calendar_is_taken_in_without_an_end() -> None:
    """It is refused by name where it is decoded, and the rows beside it are taken."""
    last, other = ('{"date":"9999-12-31T23:59:59Z","interval":"hourly"}', '{"date":"x"}')
    rows = split("telraam", f'{{"report":[{last},{other}]}}').rows
    assert [(row.payload.decode(), row.ended_at) for row in rows] == [(last, None), (other, None)]


@pytest.mark.parametrize("name", POLLERS)
@pytest.mark.parametrize(
    "body", ["", "{", "null", "7", '{"value":7}', '{"message":"Forbidden"}', "[" * 9_000, "<html>"]
)
def test_an_answer_of_another_shape_is_no_answer(name: str, body: str) -> None:
    """It is asked for again later; an empty list of one publisher is no answer of another."""
    with pytest.raises(AnswerUnreadableError):
        split(name, body)


def rows_of(*values: float, at: datetime = NOON) -> list[PolledRow]:
    """Make rows of hours that follow each other."""
    return [PolledRow("NO2", at + number * HOUR, b'{"v":%f}' % value) for number, value in enumerate(values)]


def test_a_value_is_sent_once_and_again_when_it_changes() -> None:
    """The order of keys is no change; an hour that has not ended is not sent; what changes back is sent again."""
    position = PollPosition()
    first = rows_of(3, 4, 5)
    assert position.news(first, NOON + HOUR) == first[:2]
    position.hold(first[:2])
    assert position.news(rows_of(3, 6), NOON + HOUR) == rows_of(3, 6)[1:]
    position.hold(rows_of(3, 6)[1:])
    assert position.news(rows_of(3, 4), NOON + HOUR) == rows_of(3, 4)[1:]
    same = [PolledRow("a", NOON, text) for text in (b'{"a":1,"b":[2]}', b'{ "b" : [2], "a" : 1 }')]
    assert digest(same[0]) == digest(same[1]) != digest(PolledRow("a", NOON, b'{"a":1,"b":[3]}'))


def test_what_is_revised_no_more_is_forgotten_and_a_position_never_moves_back() -> None:
    """Its file stays small."""
    position = PollPosition()
    position.hold(rows_of(*range(200), at=NOON - 199 * HOUR))
    position.advance([NOON], NOON, 4 * DAY)
    assert (position.held, len(position.sent)) == (NOON, 97)
    position.advance([NOON - DAY], NOON - DAY, 4 * DAY)
    assert (position.held, position.requested) == (NOON, NOON)


@given(st.lists(st.floats(0, 400), min_size=300, max_size=300), st.sampled_from([(100, 300), (60, 60), (2, 10)]))
def test_no_stretch_of_time_has_more_requests_than_are_allowed(gaps: list[float], limit: tuple[int, int]) -> None:
    """Whenever and however often somebody wants to ask."""
    bucket, now, sent = TokenBucket(RateLimit(limit[0], timedelta(seconds=limit[1]))), NOON, list[datetime]()
    for gap in gaps:
        now = now + timedelta(seconds=gap if gap > 390 else 0)
        now = now + bucket.wait(now)
        sent.append(now)
    for number, at in enumerate(sent):
        assert sum(at <= one < at + timedelta(seconds=limit[1]) for one in sent[number:]) <= limit[0]


def test_pauses_grow_and_have_a_bound() -> None:
    """Twice as long each time."""
    pauses = [growing_pause(failures, HOUR).total_seconds() for failures in (1, 2, 3, 4, 11, 1_000_000)]
    assert pauses == [1, 2, 4, 8, 1024, 1024]
    assert growing_pause(12, timedelta(minutes=2)) == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("text", "wait"),
    [("30", 30), ("0", 0), ("Tue, 12 May 2026 12:18:00 GMT", 60), ("Tue, 12 May 2026 12:00:00 GMT", 0),
     ("999999", 3600), ("9" * 5_000, None), ("soon", None), ("", None), ("-5", None)],
)  # fmt: skip
def test_how_long_a_host_makes_us_wait(text: str, wait: int | None) -> None:
    """Seconds or a date, at most an hour."""
    found = retry_after({"retry-after": text}, NOON)
    assert found == (None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/open_api", "http://api.example/open_api", "https://api.example:444/x", "https://[",
     "https://u:p@api.example/x", "https://api.example.evil.example/", "file:///etc/passwd", "//evil.example/x",
     "https://169.254.169.254/latest"],
)  # fmt: skip
def test_nothing_is_asked_of_another_host(url: str) -> None:
    """Whatever an answer names as its next page, or as the place where it moved."""
    with pytest.raises(SourceRefusedError):
        check_origin(url, "https://api.example/open_api")
    check_origin("https://api.example/other?page=2", "https://api.example/open_api")


def test_turns_go_round_and_a_refusal_waits_an_hour_for_everything_of_its_source() -> None:
    """Failures wait longer each time, and for nobody else."""
    two = source("luchtmeetnet", sensors=(PolledSensor("a", "A"), PolledSensor("b", "B")))
    other = source("telraam", sensors=(PolledSensor("c", "C"),))
    schedule = PollSchedule([two, other], NOON)
    first, second, third = schedule._tasks
    assert schedule.next() is first
    schedule.done(first, NOON)
    assert (schedule.next(), first.due) == (second, NOON + two.every)
    for pause in (64, 128, 256, 512, 1024, 1024):
        schedule.failed(second, NOON)
        assert second.due == NOON + timedelta(seconds=pause)
    schedule.refused(first, NOON, whole=True)
    assert [task.due for task in (first, second, third)] == [NOON + HOUR, NOON + HOUR, NOON]
    assert schedule.failing() == {"luchtmeetnet": 2}


def test_sensors_that_are_found_again_have_their_turn_as_before() -> None:
    """New ones at once, and those that are gone none."""
    kits = source("samen_meten", municipality="106")
    schedule = PollSchedule([kits], NOON)
    listing = schedule.next()
    assert listing is not None
    assert listing.sensor is None
    schedule.found(kits, [PolledSensor("k", "1", "k-pm25"), PolledSensor("k", "2", "k-rh")], NOON)
    _, first, _ = schedule._tasks
    schedule.done(first, NOON)
    schedule.found(kits, [PolledSensor("k", "1", "k-pm25"), PolledSensor("m", "3", "m-rh")], NOON + HOUR)
    assert [(task.label, task.due) for task in schedule._tasks[1:]] == [
        ("k.k-pm25", NOON + kits.every), ("m.m-rh", NOON + HOUR),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, r"no entry; there are \[\[luchtmeetnet\]\], \[\[samen_meten\]\]"),
        ({"knmi": [{}]}, "pollers.toml: there is no key `knmi`"),
        ({"samenmeten": [{}]}, "there is no key `samenmeten`; did you mean 'samen_meten'"),
        ({"samen_meten": [{"thing": ["a"]}]}, "samen_meten 1: there is no key `thing`; did you mean 'things'"),
        (
            {"sensor_community": [{"sensors": [1]}, {"sensors": "1"}]},
            "sensor_community 2, sensors: expected a list, got a text",
        ),
        (
            {"samen_meten": [{"things": ["abc"], "since": "2026"}]},
            "samen_meten 1, since: expected a day such as 2026-03-01",
        ),
        (
            {"telraam": [{"segments": [900], "key_file": "k", "interval": "day"}]},
            "interval: 'day' is none of 'hour', 'quarter'",
        ),
        ({"luchtmeetnet": [{"stations": []}]}, r"\[\[luchtmeetnet\]\] 1: it names no sensor"),
        ({"luchtmeetnet": [{"stations": ["10929"]}]}, "'10929' is not a station like NL10929"),
        (
            {"luchtmeetnet": [{"stations": ["NL10929"], "every": "1s"}]},
            r'1: every = "1s": expected minutes, hours or days such as "20m", "48h" or "3d", from 1m to 1d$',
        ),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "back": "400d"}]}, r'back = "400d": expected .*, from 5m to 60d$'),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "every": 20}]}, "1: every = 20: expected minutes, hours or days"),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "every": True}]}, "1: every = true: expected minutes"),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "back": "2 Tage\x1b"}]}, r'back = "2 Tage\\x1b": expected'),
        ({"luchtmeetnet": [{"stations": ["NL10929", "NL10929"]}]}, "luchtmeetnet NL10929 is there 2 times"),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "address": "http://api.example"}]}, "expected https://"),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "address": "https://u:p@x/"}]}, "expected https://"),
        ({"luchtmeetnet": [{"stations": ["NL10929"], "address": "ftp://x"}]}, "expected https://"),
        ({"samen_meten": [{}]}, "things or municipality has to be given"),
        ({"samen_meten": [{"things": ["x' or 1 eq 1"]}]}, "is not the name of a kit"),
        ({"samen_meten": [{"municipality": "GM0106"}]}, "'GM0106' is not the number of a municipality"),
        ({"sensor_community": [{"sensors": [-1]}]}, "'-1' is not the number of a sensor"),
        ({"telraam": [{"segments": [9000001234]}]}, "key_file"),
        ({"telraam": [{"segments": [9000001234], "key_file": "/nowhere/key"}]}, "/nowhere/key holds no key"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_its_entry(document: dict[str, Any], said: str) -> None:
    """Before anything is asked for."""
    with pytest.raises(PollersRefusedError, match=said):
        configuration.sources(document, "pollers.toml")


def test_an_entry_that_says_little_has_what_its_publisher_is_known_for() -> None:
    """And what it says stands."""
    usual = entry("luchtmeetnet", stations=["NL10929"])
    assert (usual.address, usual.every, usual.back) == (POLLERS["luchtmeetnet"].address, 20 * HOUR / 60, 4 * DAY)
    said = entry("sensor_community", sensors=[92], every="5m", back="2h", address="http://127.0.0.1:1/v1/")
    assert (said.address, said.every, said.back) == ("http://127.0.0.1:1/v1", HOUR / 12, 2 * HOUR)
    assert said.topic(said.sensors[0]) == "poll/sensorcommunity/sc-92"


def test_sources_of_one_host_share_what_it_allows() -> None:
    """A worker for each host."""
    some = [source("luchtmeetnet"), source("luchtmeetnet"), source("telraam")]
    made: list[list[str]] = []
    hosts_of(some, lambda of: made.append([one.name for one in of]))  # type: ignore[arg-type,return-value]
    assert made == [["luchtmeetnet", "luchtmeetnet"], ["telraam"]]


def test_metrics_are_those_that_the_page_lists() -> None:
    """Neither more nor less; `build_info` is of every process."""
    registry = CollectorRegistry()
    registry.register(PollCollector([]))
    names = {f"{one.name}_total" if one.type == "counter" else one.name for one in registry.collect()}
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text("utf-8")
    assert names == {line.split("`")[1] for line in page.splitlines() if line.startswith("| poll |")}


def test_telraam_is_asked_for_segments_only() -> None:
    """The endpoint of instances names hardware and people: no code of ours can ask for it."""
    code = "".join(path.read_text("utf-8") for path in (Path(configuration.__file__).parent).glob("*.py"))
    assert '"instances"' not in code
    assert "/instances" not in code
    one = source("telraam", sensors=(PolledSensor("9000001234", "9000001234"),))
    request = one.poller.ask(one, one.sensors[0], next(windows(one, PollPosition(), NOON)))
    assert request.url == "https://telraam-api.net/v1/reports/traffic"
    assert request.body == (
        b'{"level":"segments","id":"9000001234","format":"per-hour","time_start":"2026-05-10 12:00:00Z",'
        b'"time_end":"2026-05-12 12:00:00Z"}'
    )


def test_the_file_of_the_page_is_one_that_can_be_used(tmp_path: Path) -> None:
    """Whoever copies it, and has a key, begins; it names every publisher, and the page says what each is known for."""
    page = (ROOT / "docs" / "howto" / "pollers.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert {one for line in text.splitlines() for one in re.findall(r"^\[\[(\w+)\]\]", line)} == set(POLLERS)
    assert re.findall(r"^\| `(\w+)` \| ", page, re.MULTILINE) == list(POLLERS)
    assert "CC BY-NC" in text
    file = tmp_path / "pollers.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(PollersRefusedError, match="telraam-key holds no key"):
        configuration.read(file)
    (tmp_path / "telraam-key").touch(0o600)
    (tmp_path / "telraam-key").write_text("a-secret-key", "utf-8")
    assert [one.name for one in configuration.read(file)] == list(POLLERS)
    (tmp_path / "telraam-key").chmod(0o644)
    with pytest.raises(PollersRefusedError, match="chmod 0600"):
        configuration.read(file)
    assert configuration.read(file, credentials=tmp_path)


def settings(folder: Path, **more: Any) -> PollSettings:  # noqa: ANN401 - fields of the settings
    """Make settings of pollers whose services are away."""
    made = PollSettings("127.0.0.1:1", folder / "pollers.toml", folder / "positions", folder / "run" / "poll.lock")
    return replace(made, **more)


@pytest.mark.parametrize("dry", [True, False])
async def test_a_round_waits_for_the_registered_devices_and_says_when_it_cannot_know_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dry: bool,  # noqa: FBT001 - as pytest gives it
) -> None:
    """What is registered decides what may stay: without it rows would be refused that are right."""
    monkeypatch.setattr(pollers_main, "_DEVICES_SECONDS", 0.01)
    with pytest.raises(DevicesUnknownError, match=r"registered devices are not known.*Start PostgreSQL"):
        await poll_once(settings(tmp_path, postgres="host=127.0.0.1 port=1"), [], dry=dry)


async def test_what_a_dry_round_decodes_is_decoded_by_the_registered_devices(tmp_path: Path) -> None:
    """From the copy on disk: a substance that is registered is not shown as refused."""
    file = tmp_path / "devices.json"
    row = {"station_number": "NL10929", "value": 1, "timestamp_measured": f"{system_time():%Y-%m-%dT%H:00:00Z}"}
    message = Message("poll/luchtmeetnet/nl10929", json.dumps({**row, "formula": "x_o2"}).encode())
    found = []
    for sources in ((), ("x_o2",)):
        device_copy.store(file, "1", {"nl10929": RegisteredDevice("nl10929", None, frozenset(sources))})
        made = settings(tmp_path, postgres="host=127.0.0.1 port=1", devices_file=file)
        async with pollers_main._known_devices(made) as devices:
            (rejection,) = await pollers_main._decoded(devices, [message])
        found.append(rejection and rejection.reason)
    assert found == ["format", None]


async def test_pollers_delete_keys_that_are_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As bridge and intake do, also where nothing has to be sealed."""

    async def empty(*_: object) -> None:
        """Find nothing in the log."""

    monkeypatch.setattr(pollers_main, "newest_once_kafka_answers", empty)
    old = tmp_path / "keys" / "2020-01-01.key"
    old.parent.mkdir()
    old.write_bytes(b"k" * 32)
    working = asyncio.create_task(pollers_main._work(settings(tmp_path, seal_keys=old.parent), []))
    async with asyncio.timeout(5):
        while old.exists():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
