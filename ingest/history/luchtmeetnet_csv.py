"""Official stations in the hourly CSV of Luchtmeetnet; negative values are instrument noise, and legal.

Sensor: the station's number in lower case (`nl49701`). Sources: `no2`, `o3`, `pm25`, `pm10`, and where they are there
`no`, `so2` and `co`, all in ug/m3; other columns are not read. `NA` was not measured.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from ingest.history import table
from ingest.history.profile import Profile
from ingest.history.series import measured
from ingest.history.table import FileRow
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECT: Final = "luchtmeetnet_csv"
_STATION = re.compile(r"NL\d{5}", re.ASCII)
_NEEDED: Final = ("NO2", "O3", "pm25", "pm10")
_SOURCES: Final = {name: name.lower() for name in (*_NEEDED, "NO", "SO2", "CO")}


def read(lines: Iterable[str], profile: Profile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one file of any number of stations; raise FileUnreadableError at the first row that is not of the format."""
    rows = table.rows(lines, ("station_number", "date", *_NEEDED))
    by_sensor = [(_sensor(row), row) for row in rows]
    return measured(by_sensor, _SOURCES, at="date", profile=profile, dialect=DIALECT, received_at=received_at)


def _sensor(row: FileRow) -> str:
    station = row.text("station_number")
    if not _STATION.fullmatch(station):
        raise row.problem("station_number", f"{station[:60]!a} is not the number of a station like NL49701")
    return station.lower()
