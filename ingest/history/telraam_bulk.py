"""Bulk exports of Telraam as CSV: the intervals of its interface, a row for each, in the interface's own words.

Sensor and sources are those of `telraam_api`. Columns beside `segment_id`, `date`, `interval`, `uptime`, the modes and
`night` are not read.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from ingest.dialects.telraam_interval import MODES
from ingest.history import table
from ingest.history.profile import FileProfile
from ingest.history.table import NOTHING, FileRow
from ingest.history.telraam_api import ReportedInterval, outcomes
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

_NEEDED: Final = ("segment_id", "date", "interval", "uptime", *MODES)
_MORE: Final = ("night", "instance_id")
_PERSONAL: Final = ("mac", "user_id")


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation]:  # noqa: ARG001 - its times are in UTC
    """Read one export; raise FileUnreadableError at the first row that is not of the format."""
    rows = table.rows(lines, _NEEDED)
    return outcomes(((f"line {row.line}", _interval(row)) for row in rows), received_at)


def _interval(row: FileRow) -> ReportedInterval:
    fields = {name: row.text(name) for name in (*_NEEDED, *_MORE) if row.text(name) not in NOTHING}
    fields |= {name: row.text(name) for name in _PERSONAL if name in row.columns}
    fields["date"] = fields.get("date", "").replace(" ", "T", 1)
    try:
        return msgspec.convert(fields, ReportedInterval, strict=False)
    except msgspec.ValidationError as problem:
        place = str(problem).rpartition("$.")[2].rstrip("`")
        raise row.problem(place, str(problem)) from problem
    except RecursionError as problem:
        raise FileUnreadableError(row.line, 1, "not an interval of Telraam") from problem
