"""The one state of a feed: what is measured leads to every status, with its reason; view, list and history agree."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.local.stack import Stack
from deploy.settings import write
from operations import exclusions
from operations import feeds as listed
from operations.database import console
from operations.exclusions import Entry
from operations.feed_readings import DeviceMessages, StateChanges, gaps
from operations.watch.feed_states import Completeness, store_states
from operations.watch.loop import WatchLoop
from schemas.feed_states import STATUSES, TROUBLED
from schemas.observation import Observation
from schemas.quality_flags import QUALITY_FLAGS
from schemas.watermark import Watermark
from tests.contracts.processing import HOUR, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

BITS = {flag.name: flag.bit for flag in QUALITY_FLAGS}
FEED = "SELECT status, reason, since FROM api.feed WHERE channel = %s"
HISTORY = (
    "SELECT h.status, h.since, h.until FROM api.feed_history h JOIN doorfiets.datastream d USING (datastream)"
    " WHERE d.channel = %s ORDER BY h.since"
)


@pytest.fixture
def now(processing: StoreAndAggregate) -> datetime:
    """Give the beginning of the present quarter, by the clock of the database: nothing of it has ended."""
    (at,) = processing.row("SELECT date_bin('15 minutes', now(), 'epoch')")
    found: datetime = at.astimezone(UTC)
    return found


@pytest.fixture
def watch(processing: StoreAndAggregate) -> Iterator[WatchLoop]:
    """Keep states as the process does, with its role, whenever a round is asked for."""
    watching = WatchLoop(processing.conninfo, {"states": store_states})
    yield watching
    watching.close()


@pytest.fixture
def whole_watch(processing: StoreAndAggregate) -> Iterator[WatchLoop]:
    """Compute beside that how complete the last day is."""
    watching = WatchLoop(processing.conninfo, {"completeness": Completeness(0), "states": store_states})
    yield watching
    watching.close()


async def put(processing: StoreAndAggregate, *observations: Observation, until: datetime) -> None:
    """Store observations, and then the mark of a bridge: all that was published until then is stored."""
    records = [processing.record(*observations)] if observations else []
    await processing.store_records([*records, processing.record(Watermark("one", until))])


def status(processing: StoreAndAggregate, channel: str = "a-in") -> str:
    """Give the status of a feed."""
    word: str = processing.row(FEED, channel)[0]
    return word


def reason(processing: StoreAndAggregate, channel: str = "a-in") -> tuple[str, dict[str, Any]]:
    """Give the code and the parameters of the reason for it."""
    found = processing.row(FEED, channel)[1]
    return found["code"], found["parameters"]


def find(processing: StoreAndAggregate, flag: str, start: datetime, end: datetime | None = None) -> int:
    """Enter a finding about the bicycles going in at site `a`, as process `quality` does."""
    (number,) = processing.row(
        "INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)"
        " SELECT datastream, %s, %s, %s, coalesce(%s::timestamptz, 'infinity'), 'test-1', %s FROM doorfiets.datastream"
        " WHERE channel = 'a-in' RETURNING finding",
        flag, BITS[flag], start, end, Jsonb({}),
    )  # fmt: skip
    return int(number)


async def test_a_feed_of_which_all_is_well_has_no_reason(processing: StoreAndAggregate, now: datetime) -> None:
    """Others at the site have never said anything."""
    await processing.store(*quarters([5] * 4, at=now - 4 * QUARTER))
    assert processing.row(FEED, "a-in")[:2] == ("ok", None)
    assert status(processing, "a-out") == "never_received"
    assert reason(processing, "a-out")[0] == "nothing_yet"


@pytest.mark.parametrize(
    ("missed", "word", "code"),
    [(1, "ok", None), (2, "late", "overdue"), (3, "silent", "nothing_received"), (400, "silent", "nothing_received")],
)
async def test_a_feed_is_late_and_silent_by_its_own_intervals(
    processing: StoreAndAggregate, now: datetime, missed: int, word: str, code: str | None
) -> None:
    """One and a half of them missed, and three."""
    await put(processing, seen(5, at=now - QUARTER), until=now)
    processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = %s", [now - missed * QUARTER])
    found, why, since = processing.row(FEED, "a-in")
    assert found == word
    if code is not None:
        assert (why["code"], why["parameters"]["missed"], why["parameters"]["every"]) == (code, missed, 900)
        waited = {"late": 1.5, "silent": 3}[word]
        assert since == now - missed * QUARTER + waited * QUARTER


async def test_a_feed_is_judged_by_how_often_its_device_speaks(processing: StoreAndAggregate, now: datetime) -> None:
    """A device that sends four quarters once an hour is not silent after three of them."""
    await put(processing, seen(5, at=now - 4 * QUARTER), until=now)
    assert status(processing) == "silent"
    processing.database.execute("UPDATE doorfiets.datastream SET every_seconds = 3600")
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    assert status(processing) == "ok"


async def test_outside_of_its_measuring_window_a_feed_misses_nothing(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """A window of one hour that is half a day away: its last reading is hours old, and nothing is owed since."""
    await put(processing, seen(5, at=now - 20 * QUARTER), until=now)
    assert status(processing) == "silent"
    (local,) = processing.row("SELECT extract(hour FROM %s::timestamptz AT TIME ZONE 'Europe/Amsterdam')::int", now)
    opens = (local + 12) % 24
    window = f"{opens:02}-{opens + 1:02}"
    processing.database.execute("UPDATE doorfiets.datastream SET measuring_window = %s", [window])
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    assert status(processing) == "ok"
    await put(processing, until=now)
    processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = %s", [now - 40 * HOUR])
    assert status(processing) == "silent"


async def test_a_platform_that_lags_calls_no_sensor_silent(
    processing: StoreAndAggregate, now: datetime, watch: WatchLoop
) -> None:
    """What it has not stored may well have been said; nor does it keep such a state."""
    await put(processing, seen(5, at=now - 20 * QUARTER), until=now - 19 * QUARTER)
    assert watch.round(now)
    assert status(processing) == "ok"
    assert [row[0] for row in processing.rows(HISTORY, "a-in")] == ["ok"]
    await put(processing, until=now)
    assert status(processing) == "silent"


async def test_what_is_recorded_elsewhere_is_never_silent(processing: StoreAndAggregate, now: datetime) -> None:
    """It was imported, and nobody waits for more."""
    await processing.store(seen(5, at=now - 5000 * HOUR))
    assert status(processing) == "silent"
    processing.database.execute("UPDATE doorfiets.datastream SET origin = 'recorded'")
    assert status(processing) == "ok"


async def test_stamps_of_the_future_are_a_wrong_clock(processing: StoreAndAggregate, now: datetime) -> None:
    """At once, and it is over with the next reading that is right."""
    await put(processing, seen(5, at=now - 2 * QUARTER, received=-90), until=now)
    assert reason(processing) == ("clock_ahead", {"seconds": 90})
    assert status(processing) == "clock"
    await processing.store(seen(5, at=now - QUARTER, received=2))
    assert status(processing) == "ok"


async def test_a_clock_that_is_always_slow_shows_within_some_intervals(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """One message that waited on its way says nothing; the first that is in time clears it."""
    for number in range(4):
        await put(
            processing, seen(5, at=now - (7 - number) * QUARTER, received=600), until=now - (6 - number) * QUARTER
        )
        assert status(processing) == "ok"
    await put(processing, seen(5, at=now - 3 * QUARTER, received=600), until=now - 2 * QUARTER)
    assert (status(processing), reason(processing)) == ("clock", ("clock_behind", {"seconds": 150}))
    await processing.store(seen(5, at=now - QUARTER, received=5))
    assert status(processing) == "ok"


async def test_a_message_that_waited_for_the_bridge_is_no_wrong_clock(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """Hours of them came at once, when it was back."""
    await processing.store(seen(5, at=now - 9 * QUARTER, received=3))
    late = [seen(5, at=now - (8 - number) * QUARTER, received=900 * (8 - number)) for number in range(8)]
    await processing.store(*late)
    assert status(processing) == "ok"


async def test_messages_that_waited_and_come_one_by_one_are_no_wrong_clock(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """A spool empties a message a second, each stored for itself."""
    for number in range(8):
        ended_at = now - (7 - number) * QUARTER
        waited = (now - ended_at).total_seconds() + 700 + number
        await processing.store(seen(5, at=ended_at - QUARTER, received=waited))
        assert status(processing) != "clock"


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("clock_skew", "clock"),
        ("stuck", "stuck"),
        ("dead", "dead"),
        ("blind", "dead"),
        ("spike", "suspect"),
        ("saturated", "suspect"),
        ("sentinel", "suspect"),
        ("unlike_neighbours", "suspect"),
        ("by_hand", "suspect"),
        ("event", "ok"),
    ],
)
async def test_a_finding_about_the_newest_readings_is_a_status(
    processing: StoreAndAggregate, now: datetime, flag: str, word: str
) -> None:
    """With its flag and since when; it is over when it is withdrawn. Many people at once are no fault of a sensor."""
    await processing.store(*quarters([0] * 8, at=now - 8 * QUARTER))
    number = find(processing, flag, now - 8 * QUARTER, now)
    found, why, since = processing.row(FEED, "a-in")
    assert found == word
    if word != "ok":
        assert (why["code"], why["parameters"]["flag"], since) == ("found", flag, now - 8 * QUARTER)
    processing.database.execute("UPDATE doorfiets.finding SET withdrawn_at = now() WHERE finding = %s", [number])
    assert status(processing) == "ok"


async def test_what_was_found_about_the_past_is_no_status(processing: StoreAndAggregate, now: datetime) -> None:
    """A counter that was dead last week and counts today is well."""
    await processing.store(*quarters([5] * 8, at=now - 8 * QUARTER))
    find(processing, "dead", now - timedelta(days=9), now - timedelta(days=2))
    find(processing, "spike", now - timedelta(days=2), now - timedelta(days=2) + QUARTER)
    assert status(processing) == "ok"
    find(processing, "dead", now - timedelta(days=1))
    assert status(processing) == "dead"


@pytest.mark.parametrize("values", [[None] * 4, [5, None, None, None]])
async def test_a_sensor_that_speaks_and_measures_nothing_is_suspect(
    processing: StoreAndAggregate, now: datetime, values: list[float | None]
) -> None:
    """For three intervals; or it has never measured anything."""
    await processing.store(*quarters(values, at=now - 4 * QUARTER))
    assert (status(processing), reason(processing)[0]) == ("suspect", "nothing_counts")


async def test_many_excluded_readings_are_suspect(
    processing: StoreAndAggregate, now: datetime, whole_watch: WatchLoop
) -> None:
    """More than a tenth of a day: here four in sixteen."""
    hour = now.replace(minute=0)
    values = [5, 5, 5, 9999] * 4
    await processing.store(*quarters(values, at=hour - 4 * HOUR), *quarters([5] * 4, at=hour))
    await processing.aggregate()
    assert whole_watch.round(now)
    assert (status(processing), reason(processing)) == ("suspect", ("many_excluded", {"excluded": 25, "most": 10}))


async def test_a_day_with_holes_is_partial(
    processing: StoreAndAggregate, now: datetime, whole_watch: WatchLoop
) -> None:
    """Of 96 quarters 91 were measured: 94 %. With one more it is 95.8 %."""
    hour = now.replace(minute=0)
    day = quarters([5] * 96, at=hour - 24 * HOUR)
    await processing.store(*day[:40], *day[45:], *quarters([5] * 4, at=hour))
    await processing.aggregate()
    assert whole_watch.round(now)
    assert (status(processing), reason(processing)) == ("partial", ("incomplete", {"valid": 94, "needed": 95}))
    await processing.store(day[40])
    await processing.aggregate()
    assert whole_watch.round(now)
    assert status(processing) == "ok"


async def test_nothing_of_nothing_is_not_incomplete(
    processing: StoreAndAggregate, now: datetime, whole_watch: WatchLoop
) -> None:
    """A feed whose validity began within this hour could have measured nothing in a whole one."""
    processing.database.execute("UPDATE doorfiets.datastream SET valid_from = date_trunc('hour', now())")
    await processing.store(seen(5, at=now))
    assert whole_watch.round(now)
    assert processing.row("SELECT completeness, excluded, status FROM api.feed WHERE channel = 'a-in'") == (
        None,
        None,
        "ok",
    )


async def test_a_battery_is_judged_by_the_profile_of_its_device(processing: StoreAndAggregate, now: datetime) -> None:
    """Kept although nobody registered it: the newest, whatever comes later about the past."""
    processing.database.execute(
        "UPDATE doorfiets.device SET profile = 'pole', profile_content = %s WHERE device = 'a-1'",
        [Jsonb({"maker": "x", "model": "y", "battery_low": 3.2, "field": [{"field": "bat", "quantity": "battery"}]})],
    )
    await processing.store(
        *quarters([5] * 4, at=now - 4 * QUARTER),
        seen(3.6, source="bat", at=now - 3 * QUARTER),
        seen(3.11, source="bat", at=now - QUARTER),
        seen(3.5, source="bat", at=now - 2 * QUARTER),
    )
    assert (status(processing), reason(processing)) == ("battery", ("battery_low", {"voltage": 3.11, "lowest": 3.2}))
    assert listed.device(processing.conninfo, "a-1")["unregistered_sources"] == []
    await processing.store(seen(3.7, source="bat", at=now))
    assert status(processing) == "ok"
    assert processing.row("SELECT count(*) FROM doorfiets.battery") == (1,)


async def test_a_battery_that_is_registered_is_kept_in_volts(processing: StoreAndAggregate, now: datetime) -> None:
    """At a station it is a datastream like any other."""
    processing.database.execute(
        "INSERT INTO doorfiets.datastream (sensor, source, quantity, station, seconds, origin, method, valid_from,"
        " valid_until, scale) SELECT sensor, 'bat', 'battery', station, seconds, origin, method, valid_from,"
        " valid_until, 0.001 FROM doorfiets.datastream WHERE station = 'lucht'"
    )
    processing.read_registry_anew()
    await processing.store(seen(3300, sensor="lucht-1", source="bat", at=now - QUARTER))
    found = processing.rows("SELECT device, voltage::numeric(4, 2)::text FROM doorfiets.battery")
    assert found == [("lucht-1", "3.30")]


def maintained(processing: StoreAndAggregate, start: datetime, end: datetime | None = None) -> int:
    """Say that somebody works at site `a`, as a person does; give the number of the entry."""
    with console(processing.conninfo) as session:
        (site,) = exclusions.subjects(session, "a")
        return exclusions.enter(session, Entry("maintenance", site, start, end, "batterij"), entered_by="j.jansen")


async def test_maintenance_mutes_and_its_end_is_a_beginning(processing: StoreAndAggregate, now: datetime) -> None:
    """A sensor that was off while somebody worked on it is not silent the moment they are done.

    It is so from what was said, whether or not process `quality` has made findings of it.
    """
    await put(processing, seen(5, at=now - 20 * QUARTER), until=now + QUARTER)
    assert status(processing) == "silent"
    maintained(processing, now - 19 * QUARTER)
    assert (status(processing), reason(processing)) == ("maintenance", ("in_maintenance", {"until": None}))
    maintained(processing, now - 19 * QUARTER, now)
    assert status(processing) in {"ok", "late"}
    maintained(processing, now - 19 * QUARTER, now - 5 * QUARTER)
    assert status(processing) == "silent"
    assert processing.row("SELECT count(*) FROM doorfiets.finding") == (0,)


@pytest.mark.parametrize(
    ("window", "quarters_of", "moment"),
    [
        ("05-20", 1.5, "2026-05-12T17:52:30Z"), ("05-20", 3, "2026-05-13T03:15Z"),
        ("05-20", 62, "2026-05-13T18:00Z"), ("05-20", 63, "2026-05-14T03:15Z"),
    ],
)  # fmt: skip
def test_intervals_that_could_be_missed_lie_in_the_window(
    processing: StoreAndAggregate, window: str, quarters_of: float, moment: str
) -> None:
    """From half past seven in the evening, half an hour of a window until eight is left; it opens again at five."""
    processing.database.execute("UPDATE doorfiets.datastream SET measuring_window = %s", [window])
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    (found,) = processing.row(
        "SELECT doorfiets.measured_after(datastream, '2026-05-12T17:30Z', %s * 900.0) FROM doorfiets.datastream"
        " WHERE channel = 'a-in'",
        quarters_of,
    )
    assert found == datetime.fromisoformat(moment)


async def test_what_has_ended_is_closed(processing: StoreAndAggregate, now: datetime) -> None:
    """Whatever else is the matter with it."""
    await processing.store(seen(5, at=now - 20 * QUARTER))
    processing.database.execute("UPDATE doorfiets.datastream SET valid_until = %s", [now - 10 * QUARTER])
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    assert status(processing) == "closed"
    assert [row["status"] for row in listed.feeds(processing.conninfo, statuses=["closed"])] == ["closed"] * 8


async def test_the_worst_comes_first(processing: StoreAndAggregate, now: datetime) -> None:
    """One thing after the other is mended, and the next is shown."""
    processing.database.execute("INSERT INTO doorfiets.battery VALUES ('a-1', now(), 3.0)")
    processing.database.execute(b"UPDATE doorfiets.device SET profile_content = '{\"battery_low\": 3.2}'")
    await processing.store(seen(5, at=now - 20 * QUARTER, received=-90))
    work = maintained(processing, now - HOUR * 8)
    found = [find(processing, flag, now - HOUR * 8) for flag in ("stuck", "dead", "spike")]
    withdraw = "UPDATE doorfiets.finding SET withdrawn_at = now() WHERE finding = %s"
    words = [status(processing)]
    with console(processing.conninfo) as session:
        exclusions.undo(session, work, reason="klaar", entered_by="j.jansen")
    words.append(status(processing))
    processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = now() - interval '30 minutes'")
    words.append(status(processing))
    processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = now(), last_valid_ended_at = now()")
    words.append(status(processing))
    processing.database.execute("UPDATE doorfiets.feed SET delay = 3")
    words.append(status(processing))
    for number in found:
        processing.database.execute(withdraw, [number])
        words.append(status(processing))
    assert words == ["maintenance", "silent", "late", "clock", "stuck", "dead", "suspect", "battery"]


async def test_view_list_and_history_say_the_same(
    processing: StoreAndAggregate, now: datetime, watch: WatchLoop, stack: Stack
) -> None:
    """A feed dies and comes back: each says so, and the history has no hole."""
    environment = write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo}

    def words_of_all() -> set[str]:
        assert watch.round(now)
        said = CliRunner().invoke(assembled(), ["feeds", "--json", "--site", "a"], env=environment)
        of_list = {one["status"] for one in json.loads(said.stdout) if one["channel"] == "a-in"}
        return {status(processing), processing.rows(HISTORY, "a-in")[-1][0], *of_list}

    await processing.store(seen(5, at=now - 4 * QUARTER))
    await put(processing, until=now - 2 * QUARTER)
    assert words_of_all() == {"ok"}
    await put(processing, until=now - QUARTER)
    assert words_of_all() == {"late"}
    await put(processing, until=now)
    assert words_of_all() == {"silent"}
    await put(processing, seen(5, at=now - QUARTER), until=now)
    assert words_of_all() == {"ok"}
    history = processing.rows(HISTORY, "a-in")
    assert [row[0] for row in history] == ["ok", "late", "silent", "ok"]
    assert [row[2] for row in history] == [*(row[1] for row in history[1:]), None]
    assert [row[1] for row in history[1:3]] == [now - 1.5 * QUARTER, now]


async def test_a_round_without_a_change_writes_nothing(
    processing: StoreAndAggregate, now: datetime, watch: WatchLoop
) -> None:
    """Nor do two that watch at the same time write anything twice."""
    await processing.store(seen(5, at=now - QUARTER))
    written = "SELECT count(*), max(xmin::text::int8) FROM doorfiets.feed_state"
    assert watch.round(now)
    before = processing.row(written)
    other = WatchLoop(processing.conninfo, {"states": store_states})
    assert watch.round(now)
    assert other.round(now)
    other.close()
    assert processing.row(written) == before == (8, before[1])


async def test_changes_are_told_once_as_they_happen(
    processing: StoreAndAggregate, now: datetime, watch: WatchLoop
) -> None:
    """With what was before, and why; what was before the question is not told."""
    assert watch.round(now)
    changes = StateChanges(processing.conninfo, now)
    await processing.store(seen(5, at=now - QUARTER))
    find(processing, "dead", now - HOUR)
    assert watch.round(now)
    (one,) = changes.more()
    assert (one["device"], one["what"], one["before"], one["status"], one["why"]) == (
        "a-1", "a-in", "never_received", "dead", "the counter gave only zeros where cyclists were expected"
    )  # fmt: skip
    assert changes.more() == []


async def test_the_messages_of_a_device_are_told_once_as_they_come(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """Readings and refusals, in the order of reception; first the newest that came before."""
    await processing.store(*quarters([1, 2, 3], at=now - 4 * QUARTER))
    tail = DeviceMessages(processing.conninfo, "a-1", now)
    assert [one["value"] for one in tail.before(2)] == [2, 3]
    assert tail.more() == []
    await processing.store(seen(4, at=now - QUARTER, received=930))
    processing.database.execute(
        "INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, first_received_at,"
        " last_received_at) VALUES ('x', 'unit', 'so', 't', 'ours', 'a-1', %(at)s, %(at)s)",
        {"at": now + timedelta(seconds=960)},
    )
    assert [(one["value"], one["refused"]) for one in tail.more()] == [(4, None), (None, "unit")]
    assert tail.more() == []


async def test_gaps_are_the_intervals_that_are_missing(processing: StoreAndAggregate, now: datetime) -> None:
    """At the beginning, within and at the end of what was asked, and not beyond what the platform has stored."""
    start = now - 12 * QUARTER
    await put(
        processing, *quarters([5] * 2, at=start + QUARTER), seen(5, at=start + 6 * QUARTER), until=start + 9 * QUARTER
    )
    found = gaps(processing.conninfo, "a-1", start, now)["gaps"]
    assert [(one["started_at"], one["intervals"]) for one in found if one["source"] == "bicycles/in"] == [
        (start, 1),
        (start + 3 * QUARTER, 3),
        (start + 7 * QUARTER, 2),
    ]
    assert [(one["started_at"], one["intervals"]) for one in found if one["source"] == "cars"] == [(start, 9)]


async def test_a_night_is_no_gap_of_a_sensor_that_cannot_measure_then(processing: StoreAndAggregate) -> None:
    """Of five to eight, local time: one night between two intervals, and one with two before it and four after."""
    processing.database.execute("UPDATE doorfiets.datastream SET measuring_window = '05-20'")
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    morning, day = datetime(2026, 5, 11, 3, tzinfo=UTC), 96 * QUARTER
    whole = quarters([5] * 60, at=morning)
    await put(
        processing, *whole, *quarters([5] * 58, at=morning + day), seen(5, at=morning + 2 * day + 4 * QUARTER),
        until=morning + 2 * day + 5 * QUARTER,
    )  # fmt: skip
    found = gaps(processing.conninfo, "a-1", morning, morning + 2 * day + 5 * QUARTER)["gaps"]
    assert [
        (one["started_at"], one["ended_at"], one["intervals"]) for one in found if one["source"] == "bicycles/in"
    ] == [(morning + day + 58 * QUARTER, morning + 2 * day + 4 * QUARTER, 6)]


async def test_numbers_that_stand_for_nothing_are_told_by_run(processing: StoreAndAggregate, now: datetime) -> None:
    """Four, six and seven of a run were lost."""
    numbers = (1, 2, 3, 5, 8)
    await processing.store(*(
        numbered(now - (9 - number) * QUARTER, run=77, number=number) for number in numbers
    ))  # fmt: skip
    (run,) = gaps(processing.conninfo, "a-1", now - 20 * QUARTER, now)["runs"]
    assert (run["first_number"], run["last_number"], run["numbers"], run["lost"]) == (1, 8, 5, 3)
    assert run["lost_numbers"] == [[4, 4], [6, 7]]


def numbered(at: datetime, *, run: int, number: int) -> Any:  # noqa: ANN401 - an observation
    """Make an observation with a number of its sender."""
    import msgspec  # noqa: PLC0415 - only here

    return msgspec.structs.replace(seen(5, at=at), run=run, number=number)


async def test_places_are_listed_by_their_worst_feed(processing: StoreAndAggregate, now: datetime) -> None:
    """A place with a silent counter comes before one that has never said anything."""
    await processing.store(seen(5, sensor="b-1", at=now - 20 * QUARTER), seen(5, at=now - QUARTER))
    places = listed.by_place(listed.feeds(processing.conninfo))
    assert (places[0]["place"], places[0]["status"]) == ("b", "silent")
    (site,) = [one for one in places if one["place"] == "a"]
    assert (site["status"], site["counts"], site["troubled"]) == ("never_received", {"never_received": 2, "ok": 1}, 2)


def test_the_command_line_lists_shows_and_refuses(processing: StoreAndAggregate, stack: Stack) -> None:
    """Filters, groups, empty answers and exit codes."""
    environment = write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo}

    def said(*words: str) -> tuple[int, str, str]:
        outcome = CliRunner().invoke(assembled(), ["feeds", *words], env=environment)
        return outcome.exit_code, outcome.stdout, outcome.stderr

    code, out, _ = said("--site", "b")
    assert (code, out.splitlines()[0].split()[:3]) == (0, ["status", "since", "device"])
    assert "b-1" in out
    assert said("--status", "silent")[::2] == (0, "No feed is like that; `doorfiets feeds` lists all.\n")
    assert said("--site", "")[::2] == (0, "No feed is like that; `doorfiets feeds` lists all.\n")
    assert said("--status", "broken")[0] == 2
    assert "A (a): 3 never_received" in said("--by-site", "--owner", "GM0000")[1]
    assert "feed bicycles/in" in said("show", "a-1")[1]
    assert said("gaps", "nobody")[0] == 1
    assert said("gaps", "a-1", "--from", "yesterday")[0] == 2
    code, out, _ = said("gaps", "a-1", "--from", "2026-05-12", "--to", "2026-05-12T01:00Z", "--json")
    assert (code, [one["intervals"] for one in json.loads(out)["gaps"]]) == (0, [4, 4, 4])


def test_every_status_that_needs_somebody_is_in_the_catalogue() -> None:
    """The order of the list is that of the schema (tests/houserules/test_language.py)."""
    assert set(STATUSES) > TROUBLED


def test_a_registry_that_is_applied_again_keeps_the_history(
    processing: StoreAndAggregate, now: datetime, watch: WatchLoop
) -> None:
    """Which is about the datastream, not about the file."""
    assert watch.round(now)
    before = processing.rows("SELECT * FROM api.feed_history ORDER BY datastream")
    load(processing.conninfo, small())
    assert processing.rows("SELECT * FROM api.feed_history ORDER BY datastream") == before
