"""Official stations in the hourly CSV of Luchtmeetnet; negative values are instrument noise, and legal.

Sensor: the station's number in lower case (`nl49701`). Sources: those of `no2`, `o3`, `pm25`, `pm10`, `no`, `so2` and
`co` that are there, all in ug/m3; other columns are not read. `NA` was not measured.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from ingest.history import table
from ingest.history.profile import FileProfile
from ingest.history.series import measured
from ingest.history.table import FileRow
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECT: Final = "luchtmeetnet_csv"
_STATION = re.compile(r"NL\d{5}", re.ASCII)
SOURCES: Final = {name: name.lower() for name in ("NO2", "O3", "pm25", "pm10", "NO", "SO2", "CO")}
"""The sources by column; a station or a file without one of them measures it not."""


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one file of any number of stations; raise FileUnreadableError at the first row that is not of the format."""
    rows, faults = table.rows_and_faults(lines, ("station_number", "date"), SOURCES)
    _check_components(rows)
    named = [(_sensor(row), row) for row in rows]
    return measured(
        named,
        faults,
        SOURCES,
        of="station_number",
        at="date",
        profile=profile,
        dialect=DIALECT,
        received_at=received_at,
    )


def _check_components(rows: Sequence[FileRow]) -> None:
    if rows and not rows[0].columns.keys() & SOURCES.keys():
        raise FileUnreadableError(1, 1, f"none of the columns {', '.join(SOURCES)} is there")


def _sensor(row: FileRow) -> str:
    station = row.text("station_number")
    if not _STATION.fullmatch(station):
        raise row.problem("station_number", f"{station[:60]!r} is not the number of a station like NL49701")
    return station.lower()
