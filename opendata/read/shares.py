"""The counted-traffic cycling share of screenlines: numerators and denominators are added, then divided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import BEGINS, Bucket, Width
from opendata.read.series import Series
from opendata.read.states import AnswerSubject

_QUERIES: Final[Mapping[Width, str]] = {
    "quarter": "share_quarters",
    "hour": "share_hours",
    "rolling_year": "share_rolling",
}


class ShareRow(Bucket, frozen=True):
    """Bicycles out of all passages of a denominator, in the intervals that are valid for every mode of it.

    `share` is a fraction, with its Wilson interval of 95 % from `low` to `high`, and its range if the bicycle counters
    deviate as much as the owner says, calibrated.
    """

    numerator: float | None
    denominator: float | None
    share: float | None
    low: float | None
    high: float | None
    calibrated_low: float | None
    calibrated_high: float | None


class CountedVariant(msgspec.Struct, frozen=True):
    """The modes that are counted in a denominator, and where the interval begins in which they began to be."""

    modes: tuple[str, ...]
    valid_from: datetime


async def variant(
    store: NamedQueries, screenline: str, variant: str, width: Width, zone: ZoneInfo
) -> CountedVariant | None:
    """Read one denominator of a screenline; None where it is not counted."""
    return await structs.first(
        store,
        CountedVariant,
        "share_variant",
        screenline=screenline,
        variant=variant,
        unit=BEGINS[width],
        zone=zone.key,
    )


def series(
    screenline: str, variant: str, width: Width, *, zone: ZoneInfo, now: datetime, at: datetime | None = None
) -> Series[ShareRow]:
    """Give the series of one denominator on a screenline; quarters have no past."""
    return Series(
        about=AnswerSubject("screenline", screenline, variant),
        query=_QUERIES.get(width, "share_days"),
        kind=ShareRow,
        number="share",
        at=at,
        values={"screenline": screenline, "variant": variant, "unit": width, "zone": zone.key, "now": now},
    )
