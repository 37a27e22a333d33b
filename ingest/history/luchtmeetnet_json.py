"""Official stations as the interface of Luchtmeetnet answers: one page, or a list of pages, of measurements.

Sensor and sources are those of the CSV; other formulas are not read. A value that is null was not measured, and a
negative one is noise of the instrument. A measurement may stand on two pages, as long as both say the same. Values
without a station (`LKI` of the concentrations) are modelled, and refused.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec

from ingest.history.json_file import converted
from ingest.history.local_time import in_utc
from ingest.history.luchtmeetnet_csv import SOURCES
from ingest.history.profile import FileProfile
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

_Value = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
_SOURCES: Final = frozenset(SOURCES.values())


class _Measurement(msgspec.Struct, frozen=True):
    station_number: Annotated[str, msgspec.Meta(pattern=r"^NL[0-9]{5}$")]
    value: _Value | None
    timestamp_measured: str
    formula: str


class _Page(msgspec.Struct, frozen=True):
    data: list[_Measurement]


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation]:
    """Read one file; raise FileUnreadableError, with the path, where it is not of the format."""
    seen: dict[tuple[str, str, datetime], float | None] = {}
    for place, one in _measurements("".join(lines)):
        source, at = one.formula.lower(), _at(place, one)
        if source not in _SOURCES:
            continue
        started_at = at - profile.interval if profile.label == "end" else at
        key = (one.station_number.lower(), source, started_at)
        if key in seen:
            if seen[key] != one.value:
                raise FileUnreadableError(1, 1, "the same measurement as before, with another value", place)
            continue
        seen[key] = one.value
        yield Observation(*key, started_at + profile.interval, one.value, 1.0, received_at)


def _measurements(text: str) -> Iterator[tuple[str, _Measurement]]:
    content: _Page | list[_Page] = converted(text, _Page | list[_Page], "measurements of Luchtmeetnet, by station")
    for number, page in enumerate(content if isinstance(content, list) else [content]):
        name = f"$[{number}]" if isinstance(content, list) else "$"
        yield from ((f"{name}.data[{row}]", one) for row, one in enumerate(page.data))


def _at(place: str, one: _Measurement) -> datetime:
    try:
        return in_utc(one.timestamp_measured)
    except ValueError as problem:
        raise FileUnreadableError(1, 1, str(problem), f"{place}.timestamp_measured") from problem
