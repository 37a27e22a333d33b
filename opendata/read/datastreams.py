"""What is counted and measured where, by which interval, since when and under which terms."""

from datetime import datetime
from typing import Literal

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.terms import TermsOfDatastream


class PublishedDatastream(TermsOfDatastream, frozen=True, kw_only=True):
    """One datastream of a place in one period of its equipment; at a site of a channel, which has a direction."""

    kind: Literal["site", "station"]
    place: str
    name: str
    owner: str
    channel: str | None
    direction: str | None
    quantity: str
    layer: str
    seconds: int
    method: str
    measuring_window: str
    valid_from: datetime
    valid_until: datetime


async def every(
    store: NamedQueries, *, site: str | None = None, station: str | None = None
) -> list[PublishedDatastream]:
    """Read all datastreams, or those of one place."""
    return await structs.every(store, PublishedDatastream, "datastreams", site=site, station=station)
