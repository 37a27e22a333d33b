"""Counters of a city as CSV: one file per site and month, local stamps, a total, channels, and a status for each."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from ingest.history.local_time import NoSuchHourError, Slot, SlotTwiceError, local, slots
from ingest.history.profile import FileProfile
from ingest.history.redaction import redacted, refused
from ingest.history.separators import needs_commas
from ingest.history.steps import check_steps
from ingest.history.table import MAX_COLUMNS, check_width, records
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.quality_flags import STATUS_UNKNOWN
from schemas.rejection import Rejection

DIALECT: Final = "city_csv"
MAX_COUNT: Final = 100_000
_CODE = re.compile(r"(\d{3,40}) \(.*\)", re.ASCII | re.DOTALL)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d", re.ASCII)
_STATUS = re.compile(r"(\d{3,40})-status", re.ASCII)


class FileChannel(NamedTuple):
    """One channel of the file: its code, where its value stands, and where its status."""

    code: str
    value: int
    status: int


class Table(NamedTuple):
    """One file: the names of its columns, and its rows."""

    names: list[str]
    rows: list[list[str]]


class Header(NamedTuple):
    """The first line: the site, its channels (without the total, which is first), and the number of cells of a row."""

    site: str
    channels: list[FileChannel]
    width: int


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one file; raise FileUnreadableError at the first row that is not of the format.

    An empty cell is None, not measured; a channel without any value in the file has no observations.
    """
    table = cells(lines)
    return outcomes(table, living(table), profile, received_at)


def living(table: Table) -> frozenset[str]:
    """Return the codes of the channels that have a value in the file."""
    channels = read_header(table.names).channels
    return frozenset(column.code for column in channels if any(row[column.value] for row in table.rows))


def outcomes(
    table: Table, channels: frozenset[str], profile: FileProfile, received_at: datetime
) -> Iterator[Observation | Rejection]:
    """Yield the observations of these channels, and a rejection for each row in an hour that the clock skipped."""
    header = read_header(table.names)
    columns = [column for column in header.channels if column.code in channels]
    reader = _Reader(header.site, columns, _Numbers(), profile.good_status, received_at)
    stamps = [_local(line, row[0], bare_date=profile.bare_date) for line, row in enumerate(table.rows, start=2)]
    place = slots(profile, stamps)
    placed: list[tuple[datetime, int]] = []
    for line, (stamp, row) in enumerate(zip(stamps, table.rows, strict=True), start=2):
        try:
            slot = place(stamp)
        except NoSuchHourError as problem:
            yield refused(redacted(row, range(header.width)), DIALECT, header.site, str(problem), received_at)
        except SlotTwiceError as problem:
            raise FileUnreadableError(line, 1, f"{problem}, and the profile says {profile.autumn!r}") from problem
        else:
            placed.append((slot.started_at, line))
            yield from reader.observations(line, row, slot)
    check_steps(placed, profile.interval, 1)


def read_header(names: Sequence[str]) -> Header:
    """Parse the first line: Datetime, the total, the channels, and a status for each of them in the same order."""
    if names[:1] != ["Datetime"]:
        raise FileUnreadableError(1, 1, f"expected Datetime, found {_quoted(names)}; {needs_commas(names)}")
    if len(names) > MAX_COLUMNS:
        raise FileUnreadableError(1, MAX_COLUMNS, f"{len(names)} columns, at most {MAX_COLUMNS}")
    codes = [found[1] for name in names[1:] if (found := _CODE.fullmatch(name))]
    if not codes:
        raise FileUnreadableError(1, 2, "expected the total of the site as 'code (name)'")
    for offset, name in enumerate(names[1 + len(codes) :]):
        _check_status(name, codes, offset)
    if len(names) != 1 + 2 * len(codes):
        raise FileUnreadableError(1, len(names), f"{len(codes)} channels with {len(names) - 1 - len(codes)} statuses")
    channels = [FileChannel(code, i, i + len(codes)) for i, code in enumerate(codes, start=1)]
    return Header(codes[0], channels[1:], len(names))


def cells(lines: Iterable[str]) -> Table:
    """Split one file into cells; raise FileUnreadableError when its columns or the width of a row are wrong."""
    rows = records(lines)
    names = rows[0][1] if rows else []
    header = read_header(names)
    for line, row in rows[1:]:
        check_width(line, row, header.width)
    return Table(names, [row for _, row in rows[1:]])


def _check_status(cell: str, codes: list[str], offset: int) -> None:
    found = _STATUS.fullmatch(cell)
    expected = codes[offset] if offset < len(codes) else "nothing"
    if not found or found[1] != expected:
        raise FileUnreadableError(1, 2 + len(codes) + offset, f"expected {expected}-status, found {cell[:60]!r}")


class _Reader(NamedTuple):
    """What is the same for all rows of one file."""

    site: str
    columns: list[FileChannel]
    numbers: "_Numbers"
    good_status: frozenset[str]
    received_at: datetime

    def observations(self, line: int, row: list[str], slot: Slot) -> Iterator[Observation]:
        started_at, ended_at, quality_flags = slot
        for code, value, status in self.columns:
            try:
                number = self.numbers[row[value]]
            except ValueError as problem:
                raise FileUnreadableError(line, value + 1, str(problem)) from problem
            flagged = quality_flags if row[status] in self.good_status else quality_flags | STATUS_UNKNOWN
            yield Observation(self.site, code, started_at, ended_at, number, 1.0, self.received_at, flagged)


class _Numbers(dict[str, float | None]):
    """A cache of the numbers that cells hold: counts repeat by the thousand."""

    def __missing__(self, cell: str) -> float | None:
        """Parse a cell: digits, or None where it is empty; raise ValueError for anything else."""
        if cell and not (cell.isascii() and cell.isdigit() and int(cell) <= MAX_COUNT):
            raise ValueError(f"{cell[:60]!r} is not a count of 0..{MAX_COUNT}")
        number = float(cell) if cell else None
        self[cell] = number
        return number


def _local(line: int, stamp: str, *, bare_date: bool) -> datetime:
    try:
        return local(stamp if bare_date or _STAMP.fullmatch(stamp) else "", bare_date=bare_date)
    except ValueError as problem:
        raise FileUnreadableError(line, 1, f"{stamp[:60]!r} is not a local time like 2024-10-27 02:15") from problem


def _quoted(cells: Sequence[str]) -> str:
    return repr(cells[0][:60]) if cells else "nothing"
