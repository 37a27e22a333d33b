"""A publisher's table by its layout: the plain format of our own, and everyone else's with the columns named.

Each value of a row is one observation of its sensor and source. A column in which a sensor has no value in the whole
file gives none; in another, a cell without a value is None, and so is all of a row of which nothing was measured.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from ingest.history.layout_columns import TableColumns, ValueSeries, columns
from ingest.history.layout_rows import RowReader, TableRow
from ingest.history.local_time import LocalMoment, NoSuchHourError, Slot, SlotTwiceError, instants
from ingest.history.numbers import as_number, thousands_hint
from ingest.history.profile import INSTANT, FileProfile
from ingest.history.redaction import redacted, refused
from ingest.history.steps import check_steps
from ingest.history.table import check_width, records
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation, run_of
from schemas.quality_flags import DST_MERGED, STATUS_UNKNOWN
from schemas.rejection import Rejection

DIALECT: Final = "table"
_Key: TypeAlias = tuple[str, str, int | datetime | None]
_Convert: TypeAlias = Callable[[datetime], LocalMoment]


class TableValue(NamedTuple):
    """A value with its row and column."""

    row: TableRow
    series: ValueSeries
    number: float | None

    @property
    def sensor(self) -> str:
        """Return whose value it is."""
        return self.series.sensor or self.row.sensor

    @property
    def source(self) -> str:
        """Return which of the sensor's values it is: a source of its row stands over that of its column."""
        return self.row.source or self.series.source


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one table; raise FileUnreadableError at the first row that is not of the layout."""
    table = columns(records(_unmarked(lines), profile.layout.separator), profile.layout)
    rows = list(_rows(table, profile))
    values = [value for row in rows for value in _values(row, table, profile)]
    _check_names(rows, table, values)
    living = {(value.sensor, value.source) for value in values if value.number is not None}
    yield from _outcomes(
        rows, [one for one in values if (one.sensor, one.source) in living], table, profile, received_at
    )


def _unmarked(lines: Iterable[str]) -> Iterator[str]:
    """Leave out the byte order mark that spreadsheets write before a table."""
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix("\ufeff")


def _rows(table: TableColumns, profile: FileProfile) -> Iterator[TableRow]:
    total = profile.layout.total
    for line, cells in table.rows:
        if total and cells[:1] == [total]:
            continue
        check_width(line, cells, table.width)
        yield RowReader(line, cells, table, profile).row()


def _values(row: TableRow, table: TableColumns, profile: FileProfile) -> Iterator[TableValue]:
    form = profile.layout.numbers
    for series in table.series:
        cell = row.cells[series.place].strip()
        try:
            parsed = None if not cell or cell in profile.layout.missing else as_number(cell, form)
        except ValueError as problem:
            says = f"{problem}{thousands_hint(cell, form)}"
            raise FileUnreadableError(row.line, series.place + 1, says) from problem
        yield TableValue(row, series, parsed if row.uptime > 0 else None)


def _check_names(rows: Sequence[TableRow], table: TableColumns, values: Sequence[TableValue]) -> None:
    """Refuse values without a sensor, two names that become one sensor, and a series of two units."""
    names: dict[str, str] = {}
    units: dict[tuple[str, str], str] = {}
    place = table.roles.get("sensor")
    for row in rows:
        if place is not None and names.setdefault(row.sensor, row.cells[place].strip()) != row.cells[place].strip():
            raise row.problem(f"two names of the file become the sensor {row.sensor}", "sensor")
    for value in values:
        if not value.sensor:
            raise value.row.problem("no column names the sensor; say --set sensor=NAME")
        if units.setdefault((value.sensor, value.source), value.row.unit) != value.row.unit:
            raise value.row.problem(f"a second unit of {value.sensor} {value.source}", "unit")


def _outcomes(
    rows: Sequence[TableRow],
    values: Sequence[TableValue],
    table: TableColumns,
    profile: FileProfile,
    received_at: datetime,
) -> Iterator[Observation | Rejection]:
    slots = dict(_slots(rows, profile))
    for row in rows:
        slot = slots[row.line]
        if isinstance(slot, NoSuchHourError):
            yield refused(_redacted(row, table), DIALECT, row.sensor, str(slot), received_at)
    seen: set[tuple[str, str, datetime, int | datetime | None]] = set()
    for value in values:
        slot = slots[value.row.line]
        if isinstance(slot, Slot):
            key = (value.sensor, value.source, slot.started_at, value.row.revision)
            if key in seen:
                raise value.row.problem(f"{slot.started_at} of {key[0]} {key[1]} comes twice")
            seen.add(key)
            yield _observation(value, slot, received_at)


def _redacted(row: TableRow, table: TableColumns) -> bytes:
    ids, sources = ([table.roles[role]] if role in table.roles else [] for role in ("sensor", "source"))
    roles = {*table.roles.values()} - {*ids, *sources, table.roles.get("unit")}
    return redacted(row.cells, [*roles, *(one.place for one in table.series)], ids, [row.sensor], sources)


def _observation(value: TableValue, slot: Slot, received_at: datetime) -> Observation:
    """Make an observation; a revision that is a time is when it was received, one that is a number its number."""
    revision = value.row.revision
    run = number = None
    if isinstance(revision, datetime):
        if revision > received_at:
            raise value.row.problem(f"the revision of {revision} is in the future", "revision")
        received_at = revision
    elif revision is not None:
        if slot.started_at == slot.ended_at:
            raise value.row.problem("a numbered revision of an instant; give its time instead", "revision")
        run, number = run_of(value.sensor, "revision", "file"), revision
    return Observation(
        value.sensor, value.source, slot.started_at, slot.ended_at, value.number, value.row.uptime, received_at,
        slot.quality_flags | (0 if value.row.good else STATUS_UNKNOWN), run, number,
    )  # fmt: skip


def _slots(rows: Sequence[TableRow], profile: FileProfile) -> Iterator[tuple[int, Slot | NoSuchHourError]]:
    """Yield the slot of each row by its line; every series is converted by the order of all of its rows."""
    series: dict[_Key, list[TableRow]] = defaultdict(list)
    for row in rows:
        series[row.sensor, row.source, row.revision].append(row)
    for those in series.values():
        starts, ends = _converter(those, "start", profile), _converter(those, "end", profile)
        placed: list[tuple[datetime, int]] = []
        for row in those:
            slot = _slot(row, starts, ends, profile)
            yield row.line, slot
            if isinstance(slot, Slot):
                placed.append((slot.started_at, row.line))
        if len({row.length for row in those}) == 1 and (length := those[0].length):
            check_steps(placed, length, those[0].problem("").column)


def _converter(rows: Sequence[TableRow], which: str, profile: FileProfile) -> _Convert:
    stamps: list[datetime | None] = [getattr(row, which) for row in rows]
    local = [stamp for stamp in stamps if stamp is not None and stamp.tzinfo is None]
    convert = instants(profile, local) if local else None
    return lambda at: LocalMoment(at, merged=False) if at.tzinfo or convert is None else convert(at)


def _slot(row: TableRow, starts: _Convert, ends: _Convert, profile: FileProfile) -> Slot | NoSuchHourError:
    try:
        start = starts(row.start) if row.start else None
        end = ends(row.end) if row.end else None
    except NoSuchHourError as problem:
        return problem
    except SlotTwiceError as problem:
        says = f"{problem} for {row.sensor}, and the profile says {profile.autumn!r}"
        raise row.problem(says) from problem
    match start, end:
        case LocalMoment(), LocalMoment():
            return Slot(start.at, _end(row, start, end), DST_MERGED if start.merged else 0)
        case (LocalMoment(at, merged), None) if profile.label == "start":
            return Slot(at, at + (row.length or INSTANT), DST_MERGED if merged else 0)
        case (LocalMoment(at, merged), None) | (None, LocalMoment(at, merged)):
            return Slot(at - (row.length or INSTANT), at, DST_MERGED if merged else 0)
    raise row.problem("nothing says when the row begins")


def _end(row: TableRow, start: LocalMoment, end: LocalMoment) -> datetime:
    """Return the end of a row that gives both; of one that stands for two hours it is as long as its stamps say."""
    length = end.at - start.at
    if start.merged and row.start and row.end and not (row.start.tzinfo or row.end.tzinfo):
        length = row.end - row.start
    if length < timedelta(0):
        raise row.problem(f"the row ends {-length} before it begins", "end")
    if length > timedelta(days=1):
        raise row.problem(f"a row lasts {length}, not up to a day", "end")
    return start.at + length
