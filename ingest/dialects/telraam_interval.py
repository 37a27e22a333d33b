"""An interval of a Telraam sensor, from a message or any export: fractional counts, uptime, and nights without modes.

Counts are scaled by the vendor for uptime, and in the 60-minute export for missing quarters: they are stored so and
never scaled again. `bike` means two-wheelers, mainly cyclists and motorbikes.

Two kinds of zero mean "not measured", and both become None. With uptime 0 nothing was watched. In the dark a sensor
of the second kind watches (its uptime stays near 1) but counts everything as `night`: where `night` is positive while
`bike` and `car` are 0, no mode was distinguished. The uptime is stored as it was sent, which keeps both apart: None
with uptime 0 was not watched, None with uptime above 0 was watched without modes. `night` itself is no mode.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation

MODES: Final = ("bike", "car", "heavy", "pedestrian")
"""The modes under the vendor's names."""

LENGTHS: Final = MappingProxyType({"hourly": timedelta(hours=1), "quarterly": timedelta(minutes=15)})
"""How long an interval of this name is."""

SUFFIXES: Final = MappingProxyType({"hourly": "", "quarterly": "/15min"})
"""What stands behind the sources of its modes."""

SEGMENT: Final = -1
"""The `instance_id` of an interval of a whole segment; another is of one instance, and names its owner."""

IntervalName: TypeAlias = Literal["hourly", "quarterly"]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class TelraamInterval(NamedTuple):
    """One interval of one sensor."""

    sensor: str
    uptime: float
    modes: Mapping[str, float | None]
    night: float

    @property
    def dark(self) -> bool:
        """Return whether passages were counted without their modes."""
        return self.night > 0 and not self.modes["bike"] and not self.modes["car"]


def observations(
    counted: TelraamInterval,
    started_at: datetime,
    ended_at: datetime,
    received_at: datetime,
    *,
    quality_flags: int = 0,
    suffix: str = "",
) -> Iterator[Observation]:
    """Yield one observation per mode of an interval; `suffix` keeps the exports of one sensor apart."""
    measured = counted.uptime > 0 and not counted.dark
    for mode, value in counted.modes.items():
        passages = value if measured else None
        yield Observation(
            counted.sensor, mode + suffix, started_at, ended_at, passages, counted.uptime, received_at, quality_flags
        )
