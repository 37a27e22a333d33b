"""Verifying what `aggregate` computed of air, estimates, growth and the whole city, until somebody tampers with it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from deploy.cli import assembled
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Registry, Station
from tests.contracts.processing import HOUR, StoreAndAggregate, load, seen, small
from tests.opendata import city
from tests.tampering import Tampering, tampered
from verify.cache import InstanceCache
from verify.calendar import LocalRange
from verify.instance import Instance
from verify.report import VerifyReport
from verify.resources import SiteUnknownError
from verify.subjects import SubjectChecks, every, named

pytestmark = pytest.mark.contracts

ZONE: Final = ZoneInfo("Europe/Amsterdam")
WHOLE: Final = LocalRange(date(2024, 4, 1), date(2026, 4, 30), ZONE)
YEAR: Final = LocalRange(date(2025, 1, 1), date(2025, 12, 31), ZONE)
SPRING: Final = LocalRange(date(2026, 3, 1), date(2026, 4, 30), ZONE)
OPENED: Final = date(2024, 4, 1)
AIR: Final = (date(2026, 3, 27), date(2026, 3, 31))
"""Days round the night in which clocks change."""
MARCH: Final = LocalRange(*AIR, ZONE)
COUNTED: Final = {
    "a-1": (
        (OPENED, date(2024, 5, 15)),
        (date(2025, 3, 1), date(2025, 3, 19)),
        (date(2025, 3, 21), date(2025, 4, 29)),
        (date(2026, 3, 1), date(2026, 4, 29)),
    ),
    "b-1": (
        (date(2025, 1, 1), date(2025, 3, 19)),
        (date(2025, 3, 21), date(2025, 12, 31)),
        (date(2026, 3, 1), date(2026, 4, 29)),
    ),
}
"""The days on which each counter counts: gaps of the first that the second fills, and one day on which neither did."""
SUBSTANCES: Final = {"no2": 40, "o3": 90, "pm10": 30, "pm25": 20}
TAMPERINGS: Final = (
    (MARCH, Tampering(
        "air_index_hour", "value", "scheme = 'lki-2014' AND hour = '2026-03-29 06:00Z'", "lki-2014 of lucht",
    )),
    (MARCH, Tampering(
        "air_index_hour", "value", "scheme = 'eaqi-2024' AND hour = '2026-03-29 06:00Z'", "eaqi-2024 of lucht",
    )),
    (MARCH, Tampering(
        "air_index_hour", "value", "scheme = 'eaqi-2017' AND hour = '2026-03-29 06:00Z'", "eaqi-2017 of lucht",
    )),
    (MARCH, Tampering(
        "indicator_value", "value", "indicator = 'day_mean' AND facet = 'no2' AND first_day = '2026-03-29'",
        "daggemiddelde of lucht, no2",
    )),
    (MARCH, Tampering(
        "indicator_value", "value", "indicator = 'day_max_8h' AND facet = 'o3' AND first_day = '2026-03-29'",
        "hoogste-8-uursgemiddelde of lucht, o3",
    )),
    (SPRING, Tampering(
        "indicator_value", "value", "kind = 'owner' AND indicator = 'like_for_like' AND first_day = '2026-04-01'",
        "gelijke-dagen of GM0000, fiets",
    )),
    (SPRING, Tampering(
        "indicator_value", "value", "kind = 'owner' AND indicator = 'same_weekday' AND first_day = '2026-04-01'",
        "gelijke-weekdagen of GM0000, fiets",
    )),
    (WHOLE, Tampering(
        "indicator_value", "value", "indicator = 'growth_since_opening'", "groei-sinds-opening of link-a",
    )),
    (YEAR, Tampering(
        "indicator_value", "value", "indicator = 'total_with_estimates' AND subject = 'a'",
        "totaal-met-schattingen of a, fiets",
    )),
    (YEAR, Tampering(
        "indicator_value", "high", "indicator = 'total_with_estimates' AND subject = 'b' AND first_day = '2025-01-01'",
        "totaal-met-schattingen of b, fiets",
    )),
    (MARCH, Tampering("site_day", "total", "site = 'b' AND day = '2026-03-29'", "counts of b, fiets per dag")),
    (MARCH, Tampering("route_day", "bicycle_km", "route = 'groen' AND day = '2026-03-29'", "usage of groen")),
)  # fmt: skip


@pytest.fixture
async def computed(processing: StoreAndAggregate) -> StoreAndAggregate:
    """Two years of two counters with gaps and a week of air, with all that follows from them."""
    load(processing.conninfo, _registry())
    said = list(_said())
    for number in range(0, len(said), 5000):
        await processing.store(*said[number : number + 5000])
    await processing.aggregate()
    await processing.compute()
    return processing


def test_everything_is_verified_until_it_is_tampered_with(computed: StoreAndAggregate) -> None:
    """Of every subject, and one more in any stored row is found, by name."""
    with city.served(city.settings(computed.conninfo)) as address:
        report = _verified(address, WHOLE)
        assert report.differences == []
        assert report.compared > 10_000
        assert set(report.unchecked) <= {
            "the factors of which a short count is expanded are not recomputed",
            "the mean of all stations of a district is not recomputed",
            "the air at every hour of all links of a route is not recomputed",
        }
        for span, tampering in TAMPERINGS:
            with tampered(computed.database, tampering):
                found = {
                    one.what for one in _verified(address, span, tampering.what.split()[2].rstrip(",")).differences
                }
                assert tampering.what in found, tampering
        _say_a_line_per_subject(address)


def _say_a_line_per_subject(address: str) -> None:
    """Of everything, and one verdict of a station by its name; what nothing has is answered with what there is."""
    options = ["--from", f"{MARCH.first}", "--to", f"{MARCH.last}", "--url", address]
    lines = _answered(0, "--all", *options).splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == [
        f"{one.collection}/{one.id}" for one in every(Instance(address))
    ]
    assert lines[-1].startswith("0 verschillen in ")
    station = json.loads(_answered(0, "lucht", *options, "--json"))
    assert (station["subject"], station["differences"]) == ("lucht", [])
    assert station["compared"] > 1_000
    assert (
        _answered(0, "meetstations/lucht", *options) == f"0 verschillen in {station['compared']} vergeleken getallen\n"
    )
    assert CliRunner().invoke(assembled(), ["verify", "lucht", "--all", *options]).exit_code == 2
    with pytest.raises(SiteUnknownError, match="known are the ids below /v1/meetstations"):
        named(Instance(address), "meetstations/a")


def _answered(code: int, *words: str) -> str:
    found = CliRunner().invoke(assembled(), ["verify", *words])
    assert found.exit_code == code, found.output
    return found.stdout


def _verified(address: str, span: LocalRange, of: str = "") -> VerifyReport:
    """Verify one subject, or all."""
    instance, report = Instance(address), VerifyReport()
    checks = SubjectChecks(InstanceCache(instance, span, lambda _: None))
    for subject in every(instance):
        if not of or subject.id == of:
            report.take(checks.findings(subject))
    return report


def _registry() -> Registry:
    registry = small()
    sites = registry.sites[:2]
    for site in sites:
        site.channels[:] = [
            Channel(
                id=f"{site.id}-in",
                mode="bicycles",
                direction="in",
                datastreams=[_hourly(f"{site.id}-1", "bicycles/in")],
            )
        ]
    streams = [replace(_hourly("lucht-1", name), quantity=name) for name in SUBSTANCES]
    station = Station(
        id="lucht", name="Lucht", district="WK01", position=(6.5, 53.0), kind="official", environment="background",
        datastreams=streams,
    )  # fmt: skip
    links = [replace(registry.links[0], opened=OPENED), registry.links[1]]
    routes = [replace(registry.routes[0], links=["link-a", "link-b"])]
    return replace(registry, sites=sites, stations=[station], links=links, routes=routes, screenlines=[])


def _hourly(sensor: str, source: str) -> Datastream:
    return Datastream(sensor=sensor, source=source, interval=3600, valid_from=OPENED)


def _said() -> Iterator[Observation]:
    """Draw hours: counts with few gaps, and air with more; not every hour has every substance."""
    draw = Random(11)  # noqa: S311 - a game, no secret
    for sensor, spans in COUNTED.items():
        for first, last in spans:
            for at in _hours(first, last):
                if draw.random() < 0.98:
                    yield seen(draw.randrange(60), at=at, lasts=HOUR, sensor=sensor, source="bicycles/in")
    for substance, mean in SUBSTANCES.items():
        for at in _hours(*AIR):
            if draw.random() < 0.93 or at.hour == 6:
                value = round(draw.uniform(-1, 2 * mean), 1)
                yield seen(value, at=at, lasts=HOUR, sensor="lucht-1", source=substance)


def _hours(first: date, last: date) -> Iterator[datetime]:
    at, end = (datetime.combine(day, time(), ZONE).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    while at < end:
        yield at
        at += HOUR
