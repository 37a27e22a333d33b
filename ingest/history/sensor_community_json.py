"""Data points of sensor.community as its interface answers: a list of them, or one; each is of one instant, in UTC.

Sensor: `sc-` and the sensor's number. Sources: `P1` (PM10), `P2` (PM2.5), `temperature`, `humidity`, `pressure` (Pa),
as in its archive; other values are not read. Values come as text.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec

from ingest.history.json_file import converted
from ingest.history.layouts import LAYOUTS
from ingest.history.local_time import instants
from ingest.history.numbers import as_number
from ingest.history.profile import FileProfile
from ingest.history.stamp_format import moment
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

_SOURCES: Final = frozenset(one.source for one in LAYOUTS["sensor-community"].profile.layout.values)
_NOTHING: Final = LAYOUTS["sensor-community"].profile.layout.missing


class _Value(msgspec.Struct, frozen=True):
    value_type: str
    value: str | float | None


class _Sensor(msgspec.Struct, frozen=True):
    id: Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class _Point(msgspec.Struct, frozen=True):
    sensor: _Sensor
    timestamp: str
    sensordatavalues: list[_Value]


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation]:
    """Read one file; raise FileUnreadableError, with the path, where it is not of the format."""
    content: _Point | list[_Point] = converted("".join(lines), _Point | list[_Point], "data points of sensor.community")
    seen: set[tuple[str, str, datetime]] = set()
    for number, point in enumerate(content if isinstance(content, list) else [content]):
        place = f"$[{number}]" if isinstance(content, list) else "$"
        at = _at(f"{place}.timestamp", point.timestamp, profile)
        for one in point.sensordatavalues:
            if one.value_type not in _SOURCES:
                continue
            key = (f"sc-{point.sensor.id}", one.value_type, at)
            if key in seen:
                raise FileUnreadableError(1, 1, f"{one.value_type} of this sensor and time comes twice", place)
            seen.add(key)
            yield Observation(*key, at, _number(f"{place}.sensordatavalues", one.value), 1.0, received_at)


def _at(place: str, stamp: str, profile: FileProfile) -> datetime:
    try:
        found = moment(stamp)
        return found if found.tzinfo else instants(profile, [found])(found).at
    except ValueError as problem:
        raise FileUnreadableError(1, 1, str(problem), place) from problem


def _number(place: str, value: str | float | None) -> float | None:
    if value is None or (isinstance(value, str) and value.strip().lower() in {"", *_NOTHING}):
        return None
    try:
        return as_number(value.strip() if isinstance(value, str) else repr(float(value)))
    except ValueError as problem:
        raise FileUnreadableError(1, 1, str(problem), place) from problem
