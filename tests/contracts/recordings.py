"""Recordings of publishers as `store` and `aggregate` meet them, without Kafka, and the registries that know them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from ingest.history.formats import FORMATS
from ingest.history.importer import read_files
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Registry, Site
from tests.contracts.processing import StoreAndAggregate, small

SHARED: Final = Path(__file__).parents[3] / "shared" / "data"
RECEIVED: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
TELRAAM: Final = {"bike": "bicycles", "car": "cars", "heavy": "heavy_vehicles", "pedestrian": "pedestrians"}
TOTALS: Final = "SELECT hour, total, valid FROM doorfiets.datastream_hour JOIN doorfiets.datastream USING (datastream) "
_PART: Final = 5_000

without_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")


def observations_of(name: str, *files: Path, **habits: Any) -> list[Observation]:  # noqa: ANN401 - fields of a profile
    """Read files as an import would; all of it has to be observations."""
    reading = FORMATS[name]
    contents = read_files(files, replace(reading.profile, **habits), RECEIVED, reading)
    assert not contents.rejections
    return contents.observations


async def store(processing: StoreAndAggregate, seen: Sequence[Observation]) -> int:
    """Put observations through `store`, batch by batch; answer how many were corrections."""
    batches = [seen[start : start + _PART] for start in range(0, len(seen), _PART)]
    return sum([(await processing.store(*batch)).corrections for batch in batches])


def hours(processing: StoreAndAggregate, sensor: str, source: str) -> dict[datetime, tuple[float, int]]:
    """Give total and valid intervals of the hours of one datastream, as they were aggregated."""
    rows = processing.rows(TOTALS + "WHERE sensor = %s AND source = %s", sensor, source)
    return {hour: (float(total or 0), valid) for hour, total, valid in rows}


def counting(*sites: Site) -> Registry:
    """An owner of these sites only."""
    return msgspec.structs.replace(small(), sites=list(sites), stations=[], links=[], routes=[], screenlines=[])


def telraam(site: str, sensor: str, suffix: str = "", interval: int = 3600) -> Site:
    """A site where one Telraam counts its four modes, both directions together."""
    streams = {mode: stream(sensor, source + suffix, interval) for source, mode in TELRAAM.items()}
    return counted(site, {mode: (mode, one) for mode, one in streams.items()})


def loops(site: str, sensor: str, *sources: str) -> Site:
    """A site whose loops count bicycles by quarters."""
    return counted(site, {source: ("bicycles", stream(sensor, source)) for source in sources})


def counted(site: str, channels: Mapping[str, tuple[str, Datastream]]) -> Site:
    """A site with one datastream for each channel."""
    made = [
        Channel(id=f"{site}-{name}".replace("_", "-"), mode=mode, direction="both", datastreams=[one])
        for name, (mode, one) in channels.items()
    ]
    return Site(id=site, name=site, district="WK01", position=(6.5, 53.0), channels=made)


def stream(sensor: str, source: str, interval: int = 900) -> Datastream:
    """A datastream that was recorded elsewhere."""
    return Datastream(sensor=sensor, source=source, interval=interval, origin="recorded", valid_from=date(2020, 1, 1))


def sums(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> dict[str, float]:
    """Add up columns of a publisher's own file."""
    found = list(rows)
    return {column: sum(float(row[column] or 0) for row in found) for column in columns}
