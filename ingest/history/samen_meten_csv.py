"""Kits of citizens in the hourly CSV of Samen Meten: raw values, those that the publisher calibrated, and weather.

Sensor: the kit's name in lower case with `-` for `_`. Sources: the columns `pm25`, `pm25_kal`, `pm10`, `pm10_kal`, `rh`
and `temp`; raw and `_kal` are two datastreams. Positions come from the registry, and `NA` was not measured. The
values of a saturated sensor (PM10 1999.9, PM2.5 999.9) and sentinels such as -99 stay: validation excludes them. A row
with an error text of the publisher where values stand is one rejection.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from ingest.history import table
from ingest.history.profile import FileProfile
from ingest.history.series import measured
from ingest.history.table import FileRow
from schemas.observation import Observation
from schemas.rejection import Rejection
from schemas.topics import SENSOR_ID

DIALECT: Final = "samen_meten_csv"
_SOURCES: Final = {name: name for name in ("pm10_kal", "pm10", "pm25_kal", "pm25", "rh", "temp")}


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one file of any number of kits; raise FileUnreadableError at the first row that is not of the format."""
    rows, faults = table.rows_and_faults(lines, ("kit_id", "date", *_SOURCES), _SOURCES)
    named = [(_sensor(row), row) for row in rows]
    return measured(
        named, faults, _SOURCES, of="kit_id", at="date", profile=profile, dialect=DIALECT, received_at=received_at
    )


def _sensor(row: FileRow) -> str:
    sensor = row.text("kit_id").lower().replace("_", "-")
    if not re.fullmatch(SENSOR_ID, sensor):
        raise row.problem("kit_id", f"{row.text('kit_id')[:60]!r} is not the name of a kit")
    return sensor
