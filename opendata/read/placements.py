"""Which equipment was at a site, and what was done to it; the names of devices stay inside."""

from datetime import date, datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class SitePlacement(msgspec.Struct, frozen=True):
    """A time in which one device was at a site or a station; its maker and model, where a profile names them."""

    maker: str | None
    model: str | None
    valid_from: datetime
    valid_until: datetime


class DeviceHistoryDay(msgspec.Struct, frozen=True):
    """What was done on a local day to a device that was there: `calibration` or `sensitivity`."""

    day: date
    kind: str


async def of_site(store: NamedQueries, site: str) -> list[SitePlacement]:
    """Read the placements at a site, oldest first."""
    return await structs.every(store, SitePlacement, "site_placements", site=site)


async def history(store: NamedQueries, site: str) -> list[DeviceHistoryDay]:
    """Read what was done to the devices at a site."""
    return await structs.every(store, DeviceHistoryDay, "site_device_history", site=site)


async def calibrated_sites(store: NamedQueries) -> frozenset[str]:
    """Read at which sites a device was calibrated, as far as its history says."""
    return frozenset(row["site"] for row in await store.rows("calibrated_sites"))


async def of_station(store: NamedQueries, station: str) -> list[SitePlacement]:
    """Read the placements at a station, oldest first."""
    return await structs.every(store, SitePlacement, "station_placements", station=station)


async def history_of_station(store: NamedQueries, station: str) -> list[DeviceHistoryDay]:
    """Read what was done to the devices at a station."""
    return await structs.every(store, DeviceHistoryDay, "station_device_history", station=station)
