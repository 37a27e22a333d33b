"""Where a channel was closed, days are compared only with days on which the same channels counted."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import msgspec
import psycopg
import pytest

from schemas.registry import Channel, Registry
from tests.contracts.processing import StoreAndAggregate, load, small
from tests.contracts.test_indicators import _by_the_hour, _day, _put
from tests.opendata import city

pytestmark = pytest.mark.contracts

GROWTH = """
    SELECT value, basis ->> 'days', withheld ->> 'code' FROM api.indicator_value
    WHERE kind = %s AND subject = %s AND indicator = %s AND facet = 'bicycles' AND period = 'month'
      AND first_day = '2025-06-01'
"""
JUNE = date(2025, 6, 1)
YEAR, WEEKS = date(2024, 6, 1), date(2025, 6, 1) - timedelta(weeks=52)
CLOSED = date(2025, 6, 11)
"""The direction out of `a` is closed after ten days of June."""


def _closed(registry: Registry) -> Registry:
    """End the direction out of site `a`."""
    a, *others = registry.sites
    channels = [_without_device(one) if one.direction == "out" else one for one in a.channels]
    return msgspec.structs.replace(registry, sites=[msgspec.structs.replace(a, channels=channels), *others])


def _replaced(registry: Registry) -> Registry:
    """Put another device at the direction into `a`, from the same day on."""
    a, *others = registry.sites
    channels = [_with_device(one) if one.direction == "in" else one for one in a.channels]
    return msgspec.structs.replace(registry, sites=[msgspec.structs.replace(a, channels=channels), *others])


def _without_device(channel: Channel) -> Channel:
    (one,) = channel.datastreams
    return msgspec.structs.replace(channel, datastreams=[msgspec.structs.replace(one, valid_until=CLOSED)])


def _with_device(channel: Channel) -> Channel:
    (one,) = channel.datastreams
    old = msgspec.structs.replace(one, valid_until=CLOSED)
    new = msgspec.structs.replace(one, sensor="a-2", valid_from=CLOSED)
    return msgspec.structs.replace(channel, datastreams=[old, new])


@pytest.fixture
async def june(processing: StoreAndAggregate) -> StoreAndAggregate:
    """Give two Junes: `a` counted 100 each way then and 110 each way now, `b` 50 and 55, on twenty days."""
    processing.database.execute(b"DELETE FROM doorfiets.datastream")
    load(processing.conninfo, _by_the_hour(small()))
    readings = []
    for first, each in ((YEAR, 100.0), (JUNE, 110.0)):
        for day in (first + timedelta(days=number) for number in range(20)):
            out = [] if day >= CLOSED else _day("a-1", day, each, "bicycles/out")
            readings += [*_day("a-1", day, each), *out, *_day("b-1", day, each / 2)]
    await _put(processing, readings)
    return processing


async def test_a_closed_direction_is_no_decline(june: StoreAndAggregate) -> None:
    """Ten days of both directions are compared: +10 %. All twenty would say (10·220 + 10·110) ÷ (20·200), a loss."""
    load(june.conninfo, _by_the_hour(_closed(small())))
    await june.aggregate()
    await june.compute()
    value, days, _ = june.row(GROWTH, "site", "a", "like_for_like")
    assert (value, days) == (pytest.approx(0.10), "10")
    together, _, _ = june.row(GROWTH, "owner", "GM0000", "like_for_like")
    assert together == pytest.approx(0.10), "(20·55 + 10·220) ÷ (20·50 + 10·200), of both sites"


async def test_a_replaced_device_is_the_same_channel(june: StoreAndAggregate) -> None:
    """Its days are compared with those of the device before it."""
    await _put(
        june, [one for number in range(10) for one in _day("a-1", CLOSED + timedelta(days=number), 110, "bicycles/out")]
    )
    load(june.conninfo, _by_the_hour(_replaced(small())))
    june.read_registry_anew()
    await _put(june, [one for number in range(10) for one in _day("a-2", CLOSED + timedelta(days=number), 110)])
    value, days, _ = june.row(GROWTH, "site", "a", "like_for_like")
    assert (value, days) == (pytest.approx(0.10), "20")


async def test_where_no_day_has_the_same_channels_that_is_the_reason(june: StoreAndAggregate) -> None:
    """The direction was closed before this June: nothing is left to compare, and the indicator says why."""
    june.database.execute(
        "UPDATE doorfiets.datastream SET valid_until = '2025-05-31 22:00Z'"
        " WHERE channel IN (SELECT channel FROM doorfiets.channel WHERE site = 'a' AND direction = 'out')"
    )
    june.database.execute("SELECT doorfiets.refresh_expectations()")
    june.database.execute(
        "INSERT INTO doorfiets.dirty_hour SELECT d.datastream, h FROM doorfiets.datastream d,"
        " generate_series('2025-05-31 22:00Z'::timestamptz, '2025-06-20 22:00Z', '1 hour') h WHERE d.sensor = 'a-1'"
    )
    await june.aggregate()
    await june.compute()
    assert june.row(GROWTH, "site", "a", "like_for_like") == (None, "0", "other_channels")


@pytest.fixture
def owner(owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Somebody who may change everything; all channels of the invented city count again afterwards."""
    yield owner
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2100-01-01Z', seconds = 900")
    owner.execute("SELECT doorfiets.refresh_expectations()")


def _text(site: httpx.Client, path: str) -> str:
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def _quarters(owner: psycopg.Connection, streams: list[int], first: str, until: str) -> int:
    """Add up what datastreams counted in a time."""
    row = owner.execute(
        "SELECT sum(value)::int FROM doorfiets.observation WHERE datastream = ANY (%s) AND started_at >= %s AND"
        " started_at < %s AND quality_flags & 1 = 0",
        [streams, first, until],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _counted_a_week_before(owner: psycopg.Connection) -> None:
    """Let both directions of vaart-noord have been counted on the day that is compared with today."""
    owner.execute(
        "INSERT INTO doorfiets.observation SELECT s, t, t + interval '15 minutes', 5, 1, 0, t, t, 1"
        " FROM generate_series(1, 2) s,"
        " generate_series('2026-10-19 22:00Z'::timestamptz, '2026-10-20 08:00Z', '15 minutes') t"
        " ON CONFLICT DO NOTHING"
    )


def test_the_page_of_today_compares_the_same_directions_only(site: httpx.Client, owner: psycopg.Connection) -> None:
    """One direction of one site was closed on Sunday: today is compared at the other two, and the page says so."""
    _counted_a_week_before(owner)
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2026-10-24 22:00Z' WHERE datastream = 2")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    said = _text(site, "/nl/vandaag")
    both = re.search(r"uur: ([\d.]+) nu, ([\d.]+) toen", said)
    assert both is not None
    now = _quarters(owner, [3], "2026-10-26 23:00Z", "2026-10-27 09:00Z")
    now += _quarters(owner, [6], "2026-10-26 23:00Z", "2026-10-27 07:00Z")
    then = _quarters(owner, [3], "2026-10-19 22:00Z", "2026-10-20 08:00Z")
    then += _quarters(owner, [6], "2026-10-19 22:00Z", "2026-10-20 06:00Z")
    assert [int(one.replace(".", "")) for one in both.groups()] == [now, then]
    assert "Niet vergeleken: 1 telpunt waar nu andere richtingen meetellen dan toen." in said


def test_without_the_same_directions_there_is_no_comparison_and_a_reason(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """All other sites were silent a week ago, and this one counted another direction besides."""
    owner.execute("DELETE FROM doorfiets.observation WHERE datastream IN (3, 6) AND started_at < '2026-10-22Z'")
    _counted_a_week_before(owner)
    assert "tegenover vorige week dinsdag" in _text(site, "/nl/vandaag")
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2026-10-24 22:00Z' WHERE datastream = 2")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    said = _text(site, "/nl/vandaag")
    assert "tegenover vorige week" not in said
    assert (
        "Geen vergelijking met vorige week: op het telpunt dat beide keren gemeten is, tellen nu andere richtingen"
        in said
    )


def test_the_page_of_a_site_says_since_when_a_direction_is_not_counted(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """In one plain sentence; nothing is said before."""
    assert "niet meer geteld" not in _text(site, "/nl/telpunten/vaart-noord")
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2026-10-24 22:00Z' WHERE datastream = 2")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    said = _text(site, "/nl/telpunten/vaart-noord")
    assert "Richting uit (fiets) wordt sinds zondag 25 oktober 2026 niet meer geteld." in said


def test_the_page_of_a_site_says_from_when_another_device_counts(site: httpx.Client, owner: psycopg.Connection) -> None:
    """The day on which the newer of two came; a device's own name is not said."""
    owner.execute("INSERT INTO doorfiets.device (device, owner) VALUES ('kolk-2', 'GM0000')")
    owner.execute(
        "INSERT INTO doorfiets.placement (device, site, valid_from, valid_until) VALUES"
        " ('kolk-1', 'kolk', '2025-01-01Z', '2026-10-11 22:00Z'),"
        " ('kolk-2', 'kolk', '2026-10-12 22:00Z', '2100-01-01Z')"
    )
    owner.execute("INSERT INTO doorfiets.device_history VALUES ('kolk-2', '2026-10-20', 'sensitivity', 'hoger')")
    said = _text(site, "/nl/telpunten/kolk")
    assert "Sinds dinsdag 13 oktober 2026 telt hier een ander toestel." in said
    assert "Op dinsdag 20 oktober 2026 is de gevoeligheid van een toestel hier veranderd." in said
    assert "kolk-2" not in said


def test_a_site_that_was_last_measured_days_ago_says_the_day(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A clock time alone would be read as today's."""
    assert city.NOW.date() == date(2026, 10, 27)
    owner.execute(
        "UPDATE doorfiets.feed SET last_ended_at = '2026-10-03T08:00Z'"
        " WHERE datastream IN (SELECT datastream FROM doorfiets.datastream WHERE channel = 'kolk-fiets')"
    )
    assert "laatste meting tot za 3 okt 10:00 uur" in _text(site, "/nl/vandaag")


def test_a_site_counted_by_the_hour_is_titled_so(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Its rows are hours; the title says what they are."""
    assert "Per kwartier, laatste week" in _text(site, "/nl/telpunten/kolk")
    owner.execute("UPDATE doorfiets.datastream SET seconds = 3600 WHERE datastream IN (1, 2)")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    said = _text(site, "/nl/telpunten/vaart-noord")
    assert "Per uur, laatste week" in said
    assert "Per kwartier, laatste week" not in said
