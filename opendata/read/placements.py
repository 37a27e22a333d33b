"""Which equipment was at a site, and what was done to it; the names of devices stay inside."""

from datetime import date, datetime

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class SitePlacement(msgspec.Struct, frozen=True):
    """A time in which one device was at a site; its maker and model, where a profile names them."""

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
