"""Verifying a running instance by what is public: nothing differs, until somebody tampers with what it publishes."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest

from deploy.local.stack import Stack
from tests.journeys.sent_messages import QUARTER, Message, SentMessages
from tests.journeys.simulator import SimulatorClient, doorfiets, one, settle
from tests.services import wait_until, wait_until_none_waits
from tests.tampering import Tampering, tampered

pytestmark = pytest.mark.journeys

# Today's wait for the day to end.
_DUE: Final = "SELECT count(*) FROM doorfiets.indicator_due WHERE due_at < now() + interval '1 minute'"
ASSEN: Final = ZoneInfo("Europe/Amsterdam")
MAY: Final = (date(2024, 5, 1), date(2024, 5, 31))
LAST: Final = date(2024, 5, 30)  # the last day of the month is missing, as its publisher often does
COUNTERS: Final = ("100035541", "100031297", "100034978")
"""At Kolk, Vaart and Kanaal: two links of one route, and both crossings of one screenline."""
DAYS: Final = 3
SOURCES: Final = (
    ("kolk-1", "bicycles/in"),
    ("kolk-1", "bicycles/out"),
    ("kolk-auto", "cars/in"),
    ("kolk-auto", "cars/out"),
    ("kolk-auto", "heavy_vehicles"),
    ("kolk-voet", "pedestrians"),
)
"""Everything that is counted on the screenline Centrum-Noord."""


TAMPERINGS: Final = (
    Tampering(
        "site_day", "total", "site = 'kolk' AND mode = 'bicycles' AND day = '2024-05-07'",
        "counts of kolk, fiets per dag", live=False,
    ),
    Tampering(
        "site_hour", "total", "site = 'kolk' AND mode = 'bicycles' AND hour = '2024-05-07 06:00Z'",
        "counts of kolk, fiets per uur", live=False,
    ),
    Tampering(
        "share_day", "numerator", "screenline = 'centrum-noord' AND variant = 'motor' AND day = %(day)s",
        "share on centrum-noord, motor per dag", live=True,
    ),
    Tampering(
        "route_day", "bicycle_km", "route = 'groen-naar-het-centrum' AND day = '2024-05-07'",
        "usage of groen-naar-het-centrum", live=False,
    ),
    Tampering(
        "indicator_value", "value", "kind = 'site' AND subject = 'kolk' AND indicator = 'madb' AND first_day = "
                                    "'2024-05-01'",
        "maandgemiddelde-etmaal of kolk, fiets", live=False,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def live() -> tuple[date, date]:
    """The last local days that are over."""
    today = datetime.now(ASSEN).date()  # noqa: TID251 - the journey happens now
    return today - timedelta(days=DAYS), today - timedelta(days=1)


@pytest.fixture
def counted(
    stack: Stack, database: psycopg.Connection[Any], recordings: Path, live: tuple[date, date]
) -> psycopg.Connection[Any]:
    """A month of recordings, some live days of a whole screenline, and all that follows from them computed."""
    files = [recordings / counter / "2024-05.csv.gz" for counter in COUNTERS]
    process = doorfiets(stack, "import", *files)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    sent_messages, simulator = SentMessages(), SimulatorClient(stack, "verify")
    simulator.publish(_messages(live[0]), sent_messages)
    simulator.leave()
    settle(database, sent_messages)
    wait_until(lambda: _stored(database, LAST), "the recordings are aggregated", patience=180)
    unchecked = "SELECT count(*) FROM doorfiets.place_check WHERE due_from IS NOT NULL"
    # What that marks is computed anew.
    wait_until_none_waits(lambda: int(one(database, unchecked)), "all places are checked")
    wait_until_none_waits(lambda: int(one(database, "SELECT count(*) FROM doorfiets.dirty_hour")), "no bucket is dirty")
    wait_until_none_waits(lambda: int(one(database, _DUE)), "all is computed")
    return database


def test_an_instance_is_verified_until_it_is_tampered_with(
    stack: Stack, counted: psycopg.Connection[Any], live: tuple[date, date]
) -> None:
    """Thousands of numbers agree; one cyclist more in any stored row is found, by name."""
    for span in (MAY, live):
        code, said = _verify(stack, "kolk", span)
        assert (code, said["differences"]) == (0, [])
        assert said["compared"] > 1_000
    for tampering in TAMPERINGS:
        span = live if tampering.live else MAY
        with tampered(counted, tampering, live[0]):
            code, said = _verify(stack, "kolk", span)
        assert code == 1, tampering
        assert tampering.what in {found["what"] for found in said["differences"]}, tampering
    assert _verify(stack, "kolk", MAY)[0] == 0


def test_it_says_what_is_wrong_with_a_question(stack: Stack) -> None:
    """An unknown site is answered with the known ones, an instance that is away with what to do."""
    process = doorfiets(stack, "verify", "kolkk", *_options(stack, MAY))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "no site 'kolkk'; it has:" in said
    assert " kolk," in said
    process = doorfiets(stack, "verify", "kolk", *_options(stack, MAY), "--url", "http://127.0.0.1:9")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "does not answer" in said


def _verify(stack: Stack, site: str, span: tuple[date, date]) -> tuple[int, dict[str, Any]]:
    process = doorfiets(stack, "verify", site, *_options(stack, span), "--json")
    said, _ = process.communicate(timeout=300)
    answers = [line for line in said.splitlines() if line.startswith("{")]
    assert len(answers) == 1, said
    found: dict[str, Any] = json.loads(answers[0])
    return process.returncode, found


def _options(stack: Stack, span: tuple[date, date]) -> list[str]:
    return ["--from", str(span[0]), "--to", str(span[1]), "--url", str(stack.settings().public_url)]


def _messages(first: date) -> Iterator[Message]:
    """Make one message of each source; of the cars one quarter is missing, and with it the pair."""
    start = datetime.combine(first, time(), ASSEN).astimezone(UTC)
    end = datetime.combine(first + timedelta(days=DAYS), time(), ASSEN).astimezone(UTC)
    starts = [start + number * QUARTER for number in range((end - start) // QUARTER)]
    for place, (sensor, source) in enumerate(SOURCES):
        values = [
            None if source == "cars/in" and number == 30 else number * 7 % (19 + place) for number in range(len(starts))
        ]
        readings = [_reading(source, at, value) for at, value in zip(starts, values, strict=True)]
        noted = {
            (sensor, source, at): float(value) for at, value in zip(starts, values, strict=True) if value is not None
        }
        payload = msgspec.json.encode({"sensor": sensor, "seq": place, "readings": readings})
        yield Message(f"sensors/{sensor}/data", payload, noted)


def _reading(source: str, start: datetime, value: int | None) -> dict[str, Any]:
    quantity, _, channel = source.partition("/")
    named = {"quantity": quantity, **({"channel": channel} if channel else {})}
    return {**named, "start": _z(start), "end": _z(start + QUARTER), "value": value, "unit": "1"}


def _z(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _stored(database: psycopg.Connection[Any], day: date) -> bool:
    return int(
        one(
            database,
            "SELECT count(*) FROM doorfiets.site_day WHERE day = %s AND site IN ('kolk', 'vaart', 'kanaal')",
            day,
        )
    ) == len(COUNTERS)
