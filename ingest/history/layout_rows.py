"""The cells of one row by their layout: whose it is, how long it lasts, how much was measured, its revision."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from ingest.history.layout import DAY_AND_TIME, TableLayout, seconds, sensor_id, source_name
from ingest.history.layout_columns import TableColumns, stamp_place
from ingest.history.numbers import as_number
from ingest.history.profile import UNSTATED, FileProfile
from ingest.history.stamp_format import moment
from ingest.history.unreadable import FileUnreadableError

_T = TypeVar("_T")
_LARGEST: Final = 2**53
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = " 00:00:00"  # behind the days of a workbook


class TableRow(NamedTuple):
    """One row: `start` and `end` are naive where they are local; `length` is None where both of them are given."""

    line: int
    cells: Sequence[str]
    sensor: str
    source: str
    start: datetime | None
    end: datetime | None
    length: timedelta | None
    uptime: float
    unit: str
    revision: int | datetime | None
    good: bool
    roles: Mapping[str, int]

    def problem(self, what: str, role: str = "") -> FileUnreadableError:
        """Make the error of a row, at the cell of a role, else at its stamp."""
        return FileUnreadableError(self.line, self.roles.get(role, stamp_place(self.roles)) + 1, what)


class RowReader:
    """The cells of a row by their role."""

    def __init__(self, line: int, cells: Sequence[str], table: TableColumns, profile: FileProfile) -> None:
        self._line = line
        self._cells = cells
        self._table = table
        self._profile = profile
        self._layout: TableLayout = profile.layout

    def row(self) -> TableRow:
        """Parse all of the row but its values; raise FileUnreadableError at a cell that is not of the layout."""
        start, end = self._stamp("start", self._start()), self._stamp("end", self._text("end"))
        length = None if start and end else self._length()
        return TableRow(
            self._line,
            self._cells,
            self._parsed("sensor", lambda cell: sensor_id(cell, self._layout.prefix)) or "",
            self._parsed("source", source_name) or "",
            start,
            end,
            length,
            self._uptime(length or _between(start, end)),
            self._text("unit"),
            self._parsed("revision", _revision),
            self._text("status") in self._profile.good_status,
            self._table.roles,
        )

    def problem(self, role: str, what: str) -> FileUnreadableError:
        """Make the error of the cell of a role, with its place."""
        usual = stamp_place(self._table.roles) if role == "start" else 0
        return FileUnreadableError(self._line, self._table.roles.get(role, usual) + 1, what)

    def _text(self, role: str) -> str:
        place = self._table.roles.get(role)
        return self._layout.constants.get(role, "") if place is None else self._cells[place].strip()

    def _parsed(self, role: str, parse: Callable[[str], _T]) -> _T | None:
        """Parse the cell of a role; None where neither a column nor a constant has it."""
        if role not in self._table.roles and role not in self._layout.constants:
            return None
        try:
            return parse(self._text(role))
        except ValueError as problem:
            raise self.problem(role, str(problem)) from problem

    def _start(self) -> str:
        """Return when the row begins as it is written: in one cell, or a day and a time with a blank between."""
        if "start" in self._table.roles or not self._table.roles.keys() >= DAY_AND_TIME:
            return self._text("start")
        return f"{self._text('date').removesuffix(_MIDNIGHT)} {self._text('time')}"

    def _stamp(self, role: str, written: str) -> datetime | None:
        if not written and role not in self._table.roles:
            return None
        try:
            found = moment(written, self._layout.times, bare_date=self._profile.bare_date)
        except ValueError as problem:
            raise self.problem(role, str(problem)) from problem
        if found.tzinfo is None and not self._profile.timezone:
            raise self.problem(role, "a local time without an offset; say --timezone, such as Europe/Amsterdam")
        return found

    def _length(self) -> timedelta:
        for role, unit in (("interval", 1), ("minutes", 60)):
            if (length := self._parsed(role, seconds)) is not None:
                return self._checked(timedelta(seconds=length * unit), role)
        if self._profile.interval == UNSTATED:
            raise self.problem("start", "nothing says how long a row lasts; say --minutes or --set interval=SECONDS")
        return self._profile.interval

    def _checked(self, length: timedelta, role: str) -> timedelta:
        if not timedelta(0) <= length <= _DAY:
            raise self.problem(role, f"a row lasts {length}, not up to a day")
        return length

    def _uptime(self, length: timedelta | None) -> float:
        form = self._layout.numbers
        if (share := self._parsed("uptime", lambda cell: as_number(cell, form))) is not None:
            return self._share(share, "uptime")
        if (minutes := self._parsed("used_minutes", lambda cell: as_number(cell, form))) is not None:
            if not length:
                raise self.problem("used_minutes", "minutes of a row of which no length is given")
            return self._share(timedelta(minutes=min(minutes, 1e6)) / length, "used_minutes")
        return 1.0

    def _share(self, share: float, role: str) -> float:
        if not 0 <= share <= 1:
            raise self.problem(role, f"{share:g} of the row was measured, not 0 to 1 of it")
        return share


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    """Return how long a row lasts by its own two stamps; None where they are not of one kind, or not in order."""
    if start is None or end is None or (start.tzinfo is None) != (end.tzinfo is None):
        return None
    return end - start if end > start else None


def _revision(cell: str) -> int | datetime:
    """Parse a whole number, or a time with an offset; raise ValueError for another."""
    if cell.isascii() and cell.isdigit() and len(cell) < len(str(_LARGEST)):
        return int(cell)
    found = moment(cell)
    if found.tzinfo is None:
        raise ValueError(f"{cell[:60]!r} is a revision without an offset from UTC")
    return found.astimezone(UTC)
