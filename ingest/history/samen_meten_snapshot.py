"""All kits of Samen Meten at one moment, as its map exports them: records of one line that end in a semicolon.

A record is a time, the kit, its label, its project, a point as JSON, and eleven values: PM10, PM2.5, two that are not
read because nothing says what they are, temperature, humidity, pressure, and four more that are not read. Sensor: the
kit's name as in the hourly file. Sources: `pm10`, `pm25`, `temp`, `rh`, `pres`. Values are of one instant; sentinels
such as -99 stay, for validation excludes them. A record with an error text where values stand is one rejection.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from ingest.history.layout import sensor_id
from ingest.history.local_time import NoSuchHourError, local, slots
from ingest.history.numbers import as_number
from ingest.history.profile import FileProfile
from ingest.history.redaction import redacted, refused
from ingest.history.table import MAX_LINE, NOTHING
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECT: Final = "samen_meten_snapshot"
_RECORD = re.compile(r"([^,]*), ([^,]*), ([^,]*), ([^,]*), \{[^{}]*\}, ([^{}]*)", re.DOTALL)
_SOURCES: Final = {0: "pm10", 1: "pm25", 4: "temp", 5: "rh", 6: "pres"}
_VALUES: Final = 11
_WORDS = re.compile(r"[^\W\d_]{3}")


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one export; raise FileUnreadableError at the first record that is not of the format."""
    text = "".join(lines).rstrip()
    *records, rest = text.split(";")
    if rest or not records:
        raise FileUnreadableError(1, max(1, len(text)), "expected records that end in a semicolon")
    seen: set[tuple[str, datetime]] = set()
    good = False
    for number, record in enumerate(records, start=1):
        outcome = _record(number, record.strip(), profile, received_at)
        if isinstance(outcome, Rejection):
            yield outcome
            continue
        good = True
        for one in outcome:
            if (one.sensor + one.source, one.started_at) in seen:
                raise _problem(number, f"{one.source} of {one.sensor} comes twice")
            seen.add((one.sensor + one.source, one.started_at))
            yield one
    if not good:
        raise FileUnreadableError(1, 1, "no record can be read")


def _record(number: int, record: str, profile: FileProfile, received_at: datetime) -> list[Observation] | Rejection:
    found = _RECORD.fullmatch(record) if len(record) <= MAX_LINE else None
    values = [cell.strip() for cell in found[5].split(",")] if found else []
    if found is None and "," not in record and _WORDS.search(record):
        detail = f"record {number}: a text of {len(record)} characters instead of a record"
        return refused(redacted([record], ()), DIALECT, "", detail, received_at, reason="not_a_measurement")
    if found is None or len(values) != _VALUES:
        raise _problem(number, f"not a time, a kit, its label, its project, a point and {_VALUES} values")
    stamp, kit = found[1].strip(), found[2].strip()
    if any(_WORDS.search(values[place]) for place in _SOURCES if values[place] not in NOTHING):
        detail = f"record {number}: a text where values stand"
        payload = redacted([stamp, kit, *values], [0, *range(2, 2 + _VALUES)])
        return refused(payload, DIALECT, "", detail, received_at, reason="not_a_measurement")
    try:
        sensor, naive = sensor_id(kit), local(stamp)
        at = slots(profile, [naive])(naive).started_at
        numbers = {source: as_number(values[place]) for place, source in _SOURCES.items() if values[place]}
    except NoSuchHourError as problem:
        payload = redacted([stamp, kit, *values], [0, *range(2, 2 + _VALUES)], [1], [sensor])
        return refused(payload, DIALECT, sensor, str(problem), received_at)
    except ValueError as problem:
        raise _problem(number, str(problem)) from problem
    return [Observation(sensor, source, at, at, value, 1.0, received_at) for source, value in numbers.items()]


def _problem(number: int, what: str) -> FileUnreadableError:
    return FileUnreadableError(1, 1, what, f"record {number}")
