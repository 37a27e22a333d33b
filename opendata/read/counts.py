"""What sites count: every interval in which something is expected, by the quarter or longer."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import BEGINS, Bucket, Width
from opendata.read.series import Series
from opendata.read.states import AnswerSubject

_QUERIES: Final[dict[Width, str]] = {"quarter": "count_quarters", "hour": "count_hours", "day": "count_days"}
_DIRECTED: Final[dict[Width, str]] = {"quarter": "count_quarters", "hour": "count_hours_directed"}


class CountRow(Bucket, frozen=True):
    """Passages in one interval, None where it was not measured."""

    value: float | None


class CountStreams(msgspec.Struct, frozen=True):
    """Which directions a site counts in one mode, and where the interval begins in which it began."""

    valid_from: datetime | None
    directions: tuple[str, ...] | None


async def streams(store: NamedQueries, site: str, mode: str, width: Width, zone: ZoneInfo) -> CountStreams:
    """Read what a site counts in one mode, by intervals of a width."""
    found = await structs.first(
        store, CountStreams, "count_streams", site=site, mode=mode, unit=BEGINS[width], zone=zone.key
    )
    return found or CountStreams(None, None)


def series(
    site: str,
    mode: str,
    width: Width,
    *,
    zone: ZoneInfo,
    now: datetime,
    direction: str | None = None,
    at: datetime | None = None,
) -> Series[CountRow]:
    """Give the series of one mode at a site, in one direction or in all; quarters and one direction have no past."""
    longer = "count_days_directed" if direction else "count_periods"
    return Series(
        about=AnswerSubject("site", site, mode, direction),
        query=(_DIRECTED if direction else _QUERIES).get(width, longer),
        kind=CountRow,
        at=at,
        values={
            "site": site,
            "mode": mode,
            "direction": direction,
            "unit": width,
            "zone": zone.key,
            "now": now,
        },
    )
