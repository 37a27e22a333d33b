"""Kits and official stations by the same door: the hours of the files, raw and calibrated, and what is no value."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ingest.history.profile import SAMEN_METEN
from ingest.history.samen_meten_csv import read
from schemas.observation import Observation
from schemas.registry import Datastream, Registry, Station
from tests.contracts.processing import HOUR, StoreAndAggregate, load, small
from tests.contracts.recordings import RECEIVED, SHARED, observations_of, store, without_shared

pytestmark = pytest.mark.contracts

FILES = SHARED / "rivm-samenmeten-hourly"
KITS = ("HLL_hl_device_001", "HLL_hl_device_084", "HLL_hl_device_111", "HLL_zps-06")
STATIONS = ("NL49561", "NL49551", "NL49701")
WEEK = (datetime(2020, 2, 10, tzinfo=UTC), datetime(2020, 2, 17, tzinfo=UTC))
MEANS = "SELECT hour, mean, valid, expected FROM doorfiets.air_hour WHERE station = %s AND quantity = %s AND layer = %s"
KIT = {"pm25": "pm25", "pm25_kal": "pm25", "pm10": "pm10", "pm10_kal": "pm10", "rh": "humidity", "temp": "temperature"}


def named(publisher: str) -> str:
    """Give the id that a publisher's name becomes."""
    return publisher.lower().replace("_", "-")


def streams(sensor: str, sources: dict[str, str]) -> list[Datastream]:
    """Make the datastreams of a station: what its publisher calibrated is a layer of its own."""
    return [
        Datastream(
            sensor=sensor, source=source, quantity=quantity, interval=3600, origin="recorded",
            valid_from=date(2020, 1, 1), layer="publisher" if source.endswith("_kal") else "measured",
        )
        for source, quantity in sources.items()
    ]  # fmt: skip


def airy() -> Registry:
    """Some kits and official stations."""
    official = {name: name for name in ("no2", "pm25", "pm10")}
    kits = [
        Station(
            id=named(kit), name=kit, district="WK01", position=(6.5, 53.0), kind="citizen", environment="background",
            datastreams=streams(named(kit), KIT),
        )
        for kit in KITS
    ]  # fmt: skip
    stations = [
        Station(
            id=named(one), name=one, district="WK01", position=(6.5, 53.0), kind="official", environment="traffic",
            datastreams=streams(named(one), official),
        )
        for one in STATIONS
    ]  # fmt: skip
    return msgspec.structs.replace(small(), stations=kits + stations)


def of_the_week(seen: list[Observation], sensors: tuple[str, ...], sources: tuple[str, ...]) -> list[Observation]:
    """Take one week of some sensors."""
    ours = {named(sensor) for sensor in sensors}
    return [one for one in seen if one.sensor in ours and one.source in sources and WEEK[0] <= one.started_at < WEEK[1]]


def recorded(file: Path, key: str, name: str, column: str, zone: str) -> dict[datetime, float | None]:
    """Read a column without our reader: by the start of the hour that its stamp ends."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row[key] == name]
    ends = {datetime.fromisoformat(row["date"]).replace(tzinfo=ZoneInfo(zone)): row[column] for row in rows}
    starts = {end.astimezone(UTC) - HOUR: None if cell == "NA" else float(cell) for end, cell in ends.items()}
    return {at: value for at, value in starts.items() if WEEK[0] <= at < WEEK[1]}


def aggregated(
    processing: StoreAndAggregate, station: str, quantity: str, layer: str = "measured"
) -> dict[datetime, float | None]:
    """Give the means of hours, each of which is all of its hour or nothing."""
    rows = processing.rows(MEANS, named(station), quantity, layer)
    assert all((valid, expected) == (int(mean is not None), 1) for _, mean, valid, expected in rows)
    return {hour: mean for hour, mean, _, _ in rows}


@without_shared
async def test_rivm_hours_of_kits_are_the_files_raw_and_calibrated(processing: StoreAndAggregate) -> None:
    """`NA` is an hour without a mean; the calibrated value stands beside the raw one, not over it."""
    load(processing.conninfo, airy())
    file = FILES / "Voorbeeld_sensoren.csv.gz"
    await store(processing, of_the_week(observations_of("samen-meten", file), KITS, tuple(KIT)))
    await processing.aggregate()
    compared = gaps = 0
    for kit in KITS:
        for column, quantity in KIT.items():
            layer = "publisher" if column.endswith("_kal") else "measured"
            expected = recorded(file, "kit_id", kit, column, "Europe/Amsterdam")
            if found := aggregated(processing, kit, quantity, layer):
                assert found == pytest.approx(expected)
                compared += len(found)
                gaps += list(found.values()).count(None)
    assert (compared, gaps) == (2_628, 130)


@without_shared
async def test_luchtmeetnet_hours_of_stations_are_the_files_negatives_included(processing: StoreAndAggregate) -> None:
    """-15.8 at NL49561 on 2020-02-13 is kept; `NA` has no mean."""
    load(processing.conninfo, airy())
    file = FILES / "Voorbeeld_luchtmeetnet.csv.gz"
    await store(processing, of_the_week(observations_of("luchtmeetnet", file), STATIONS, ("no2", "pm25", "pm10")))
    await processing.aggregate()
    for station in STATIONS:
        for column, quantity in (("NO2", "no2"), ("pm25", "pm25"), ("pm10", "pm10")):
            expected = recorded(file, "station_number", station, column, "UTC")
            assert aggregated(processing, station, quantity) == (expected if set(expected.values()) != {None} else {})
    assert aggregated(processing, "NL49561", "pm25")[datetime(2020, 2, 13, 11, tzinfo=UTC)] == -15.8


async def test_what_a_saturated_kit_says_is_kept_and_not_counted(processing: StoreAndAggregate) -> None:
    """PM10 1999.9 and PM2.5 999.9 of an SDS011, and the sentinels -99 and -49 (domain handbook, quality)."""
    load(processing.conninfo, airy())
    head = '"kit_id","date","lat","lon","pm10_kal","pm10","pm25_kal","pm25","rh","temp"\n'
    rows = [f'"HLL_zps-06",2020-02-11 0{hour}:00:00,NA,NA,{cells}\n' for hour, cells in enumerate(bad(), start=1)]
    seen = [one for one in read([head, *rows], SAMEN_METEN, RECEIVED) if isinstance(one, Observation)]
    await store(processing, seen)
    await processing.aggregate()
    for source, quantity in (("pm10", "pm10"), ("pm25", "pm25"), ("rh", "humidity"), ("temp", "temperature")):
        means = list(aggregated(processing, "HLL_zps-06", quantity).values())
        assert [mean is None for mean in means] == [True, True, False], source
    stored = "SELECT value FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream) WHERE source = %s "
    assert processing.rows(stored + "ORDER BY started_at", "pm10") == [(1999.9,), (-99,), (21.5,)]


def bad() -> Iterator[str]:
    """Give three hours of a kit: saturated, sentinels, and well."""
    yield "NA,1999.9,NA,999.9,-1,-49"
    yield "NA,-99,NA,-999,-99,-99"
    yield "NA,21.5,NA,11.5,60,12"
