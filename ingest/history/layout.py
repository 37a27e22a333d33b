"""The columns of a publisher's table, as data: which of them is what, and how its cells are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from ingest.history.numbers import POINT, NumberForm
from schemas.topics import SENSOR_ID

ROLES: Final = MappingProxyType(
    {
        "sensor": "the sensor's name",
        "source": "which of the sensor's values a row holds",
        "start": "when the row begins",
        "end": "when the row ends",
        "date": "the day on which the row begins, with `time` in a column of its own",
        "time": "the time of that day",
        "interval": "how long the row lasts, in seconds; 0 for a value of one instant",
        "minutes": "how long the row lasts, in minutes",
        "value": "the value; may be given several times, each with its source",
        "unit": "the unit, which may not change within a series",
        "uptime": "how much of the row was measured, 0 to 1",
        "used_minutes": "how many minutes of the row were measured",
        "status": "what the publisher says of the row; anything but nothing and 0 makes it suspect",
        "revision": "which restatement this is: a whole number, or a time with an offset; the higher one stands",
    }
)
"""What a column can be, each with its meaning."""

CONSTANTS: Final = frozenset({"sensor", "source", "interval", "unit"})
"""The roles that can be the same for all rows."""

DAY_AND_TIME: Final = frozenset({"date", "time"})
"""The roles that say together when a row begins, where no column is its `start`."""

EVERY_OTHER: Final = "*"
"""As a value column: each column that has no other role."""

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,59}", re.ASCII)
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)


class ValueColumn(NamedTuple):
    """A column with values, and the source that each of them gets; empty for the column's own name."""

    column: str
    source: str = ""


@dataclass(frozen=True)
class TableLayout:
    """How one publisher's tables are laid out.

    `columns` gives the column of a role, of which the `optional` may be missing; with `any_value` one of `values` is
    enough. `times` is the form of stamps (see `stamp_format`), empty for ISO 8601. `missing` are cells that mean "not
    measured", besides empty ones. Where each column is a series of its own (`EVERY_OTHER`), `name` finds its name in
    the header, and columns that `skipped` finds are not read. `title_lines` may stand above the header, and a row that
    begins with `total` is a sum. `prefix` stands before the names of sensors.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: tuple[ValueColumn, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    any_value: bool = False
    separator: str = ","
    numbers: NumberForm = POINT
    times: str = ""
    missing: frozenset[str] = frozenset({"NA"})
    name: str = r"(.*)"
    skipped: str = ""
    title_lines: int = 0
    total: str = ""
    prefix: str = ""


NO_LAYOUT: Final = TableLayout()
"""That of formats whose reader knows its columns itself."""


def sensor_id(cell: str, prefix: str = "") -> str:
    """Return a publisher's name as a sensor id: lower case, `-` for `_` and `.`; raise ValueError for another."""
    sensor = prefix + re.sub(r"[_.]", "-", cell.lower())
    if not (_PLAIN_ID.fullmatch(cell) and re.fullmatch(SENSOR_ID, sensor)):
        raise ValueError(f"{cell[:60]!r} is not the name of a sensor: 3 to 40 letters, digits, - and _")
    return sensor


def source_name(cell: str) -> str:
    """Return a source unchanged; raise ValueError for what is none."""
    if not _SOURCE.fullmatch(cell):
        raise ValueError(f"{cell[:60]!r} is not a source: at most 60 letters, digits, and _ . / -")
    return cell


def seconds(text: str) -> float:
    """Parse the length of a row in seconds, at most a day; raise ValueError for another."""
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 86_400:  # noqa: PLR2004 - a day
        raise ValueError(f"{text[:60]!r} is not a length of 0 to 86400 seconds")
    return float(text)
