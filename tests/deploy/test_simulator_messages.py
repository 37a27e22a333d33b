"""What the simulator says can be read by the dialects, covers what it should, and goes wrong only as it is told to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.local.simulator import load, play
from deploy.local.simulator.datastreams import SimulatedDatastream
from deploy.local.simulator.messages import SimulatedMessage, past_messages, present_messages
from deploy.local.simulator.settings import Broker, LoadSettings
from deploy.local.simulator.trouble import Odds, troubled
from ingest.dialects import DIALECTS, Dialect, decode, ours, things_stack
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
QUARTER, MINUTE = timedelta(minutes=15), timedelta(minutes=1)


def datastream(
    sensor: str, source: str, interval: timedelta = QUARTER, dialect: Dialect = ours.DIALECT
) -> SimulatedDatastream:
    """Make a datastream that always sees three, and nothing at all between one and two in the night."""
    return SimulatedDatastream(
        sensor, source, interval, dialect, AMSTERDAM, lambda start: None if start.hour == 1 else 3
    )


DATASTREAMS = [
    datastream("kolk-1", "bicycles/in"),
    datastream("kolk-1", "bicycles/out"),
    datastream("assen-fiets-05", "bikes_in", dialect=things_stack.DIALECT),
    datastream("plein-1", "bicycles", MINUTE),
]


def decoded(messages: Iterable[SimulatedMessage]) -> list[Observation]:
    """Read messages through the door."""
    said: list[Observation] = []
    for message in messages:
        answer = decode(message.topic, message.payload, NOON)
        assert not isinstance(answer, Rejection), answer
        assert len(answer) == message.readings
        said += answer
    return said


def test_the_past_is_whole_and_read_without_a_rejection() -> None:
    """Two days of quarters, but for the hour that is a gap in each."""
    seen = decoded(past_messages(DATASTREAMS, NOON - timedelta(days=2), NOON, AMSTERDAM))
    per_source = Counter((one.sensor, one.source) for one in seen)
    assert per_source[("kolk-1", "bicycles/in")] == 2 * 96 - 2 * 4
    assert per_source[("assen-fiets-05", "bikes_in")] == 2 * 96 - 2 * 4
    assert per_source[("plein-1", "bicycles")] == 2 * 1440 - 2 * 60
    assert max(one.ended_at for one in seen) == NOON
    assert len({(one.sensor, one.source, one.ended_at) for one in seen}) == len(seen)


@pytest.mark.parametrize(("day", "quarters"), [((2026, 3, 29), 88), ((2026, 10, 25), 96), ((2026, 5, 12), 92)])
def test_a_local_day_has_as_many_quarters_as_it_has(day: tuple[int, int, int], quarters: int) -> None:
    """92, 100 or 96, but for the hour that is a gap."""
    start = datetime(*day, tzinfo=AMSTERDAM)
    end = datetime(*day, tzinfo=AMSTERDAM) + timedelta(days=1)
    messages = past_messages(DATASTREAMS[:1], start.astimezone(UTC), end.astimezone(UTC), AMSTERDAM)
    assert sum(message.readings for message in messages) == quarters


def test_a_datastream_sees_the_clock_of_its_owner() -> None:
    """At the same moment it is an hour earlier in London: another hour of the night is a gap."""
    london = datastream("soho-1", "bicycles/in")._replace(zone=ZoneInfo("Europe/London"))
    start = datetime(2026, 11, 24, tzinfo=UTC)
    seen = decoded(past_messages([DATASTREAMS[0], london], start, start + timedelta(hours=2), AMSTERDAM))
    hours = {(one.sensor, one.started_at.hour) for one in seen}
    assert hours == {("kolk-1", 1), ("soho-1", 0)}


def test_the_newest_day_comes_first() -> None:
    """Today is on the page before last winter."""
    first, *_, last = decoded(past_messages(DATASTREAMS[:1], NOON - timedelta(days=40), NOON, AMSTERDAM))
    assert first.started_at > last.started_at


def test_a_datastream_says_no_more_than_its_window_takes() -> None:
    """A minute counter goes back a week, a LoRaWAN device less than its network's thirty days."""
    seen = decoded(past_messages(DATASTREAMS, NOON - timedelta(days=300), NOON, AMSTERDAM))
    since = {
        sensor: min(one.ended_at for one in seen if one.sensor == sensor) for sensor in ("plein-1", "assen-fiets-05")
    }
    assert NOON - since["plein-1"] <= timedelta(days=7)
    assert NOON - since["assen-fiets-05"] < timedelta(days=30)


def test_the_present_says_what_has_just_ended() -> None:
    """At a quarter everybody speaks, at another minute only who counts minutes."""
    at_quarter = decoded(present_messages(DATASTREAMS, NOON.replace(minute=0)))
    at_minute = decoded(present_messages(DATASTREAMS, NOON.replace(minute=1)))
    assert {one.sensor for one in at_quarter} == {"kolk-1", "assen-fiets-05", "plein-1"}
    assert {one.sensor for one in at_minute} == {"plein-1"}


def test_present_that_is_long_past_is_a_backfill() -> None:
    """Beyond the window of live messages only the backfill topic takes it."""
    late = timedelta(days=100)
    topics = {message.topic for message in present_messages(DATASTREAMS, NOON.replace(minute=0) - late, late)}
    assert topics == {"sensors/kolk-1/backfill"}


def test_speed_catches_up_and_never_passes_now() -> None:
    """Four hours at speed 240 take a minute; from then on an interval is due when it has ended."""
    start = NOON - timedelta(hours=4)
    schedule = list(islice(play.ticks(start, NOON, MINUTE, 240), 300))
    assert all(due >= at for due, at in schedule)
    assert schedule[239] == (NOON + timedelta(seconds=59.75), NOON - MINUTE)
    assert schedule[-1][0] == schedule[-1][1]


@pytest.mark.parametrize("dialect", [one for one in DIALECTS if one.simulator.reach], ids=lambda one: one.name)
def test_every_dialect_that_is_simulated_is_read_back(dialect: Dialect) -> None:
    """What its simulated sensor says, live and of the past, is read by itself, and nobody else speaks for it first."""
    (example, *_) = dialect.examples
    for source in example.values:
        quantity = source.partition("/")[0] if dialect is ours.DIALECT else "bicycles"
        assert next(one for one in DIALECTS if one.simulator.covers(source, quantity)) is dialect
    datastreams = [datastream(example.sensor, source, dialect=dialect) for source in example.values]
    said = [
        *present_messages(datastreams, NOON.replace(minute=0)),
        *past_messages(datastreams, NOON - timedelta(days=1), NOON, AMSTERDAM),
    ]
    assert all(dialect.pattern.fullmatch(message.topic) for message in said)
    assert {one.source for one in decoded(said)} == set(example.values)


def stream(number: int, datastreams: Sequence[SimulatedDatastream] = DATASTREAMS[:1]) -> Iterator[SimulatedMessage]:
    """Say one thing many times."""
    message = next(present_messages(datastreams, NOON.replace(minute=0)))
    return (message for _ in range(number))


def test_without_odds_nothing_goes_wrong() -> None:
    """Messages pass as they are."""
    assert list(troubled(stream(50), Odds(), 1)) == list(stream(50))


def test_each_trouble_comes_as_often_as_its_odds() -> None:
    """One in ten, and nothing of what is late is lost."""
    kinds = Counter(message.kind for message in troubled(stream(5_000), Odds(0.1, 0.1, 0.1, 0.1, 0.1), 3))
    for kind in ("duplicate", "late", "malformed", "unknown"):
        assert kinds[kind] == pytest.approx(500, rel=0.25)
    assert kinds["live"] + kinds["late"] == pytest.approx(4_500, rel=0.02)


@pytest.mark.parametrize("member_stream", [0, 2], ids=["ours", "things_stack"])
def test_what_is_malformed_is_refused_and_what_is_unknown_is_only_unknown(member_stream: int) -> None:
    """A stranger speaks well, whatever its dialect; only the registry does not know it."""
    datastreams = DATASTREAMS[member_stream : member_stream + 1]
    for message in troubled(stream(50, datastreams), Odds(malformed=1, unknown=1), 1):
        answer = decode(message.topic, message.payload, NOON)
        assert isinstance(answer, Rejection) == (message.kind == "malformed"), message
        if message.kind == "unknown" and not isinstance(answer, Rejection):
            assert {one.sensor for one in answer} == {f"stranger-{datastreams[0].sensor}"}


def test_a_sent_file_is_numbered_and_inside_the_window() -> None:
    """Every message is one interval of its own, and all have ended."""
    settings = LoadSettings(
        broker=Broker(host="127.0.0.1", port=1, password=""), sent_file=Path("sent.csv"), count=1_050, sensors=100
    )
    seen = list(load.numbered_observations(settings, NOON))
    assert len({(one.sensor, one.started_at) for one in seen}) == 1_050
    assert max(one.ended_at for one in seen) <= NOON
    assert min(one.started_at for one in seen) >= NOON - timedelta(minutes=12)
