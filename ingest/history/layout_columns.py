"""The columns of one table by their layout: where its header stands, what each column is, and which hold values."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ingest.history.layout import DAY_AND_TIME, EVERY_OTHER, TableLayout, sensor_id, source_name
from ingest.history.separators import read_with
from ingest.history.table import Record, columns_of
from ingest.history.unreadable import FileUnreadableError

_STAMPS: Final = ("start", "end", "date")
"""The columns that say when a row is; the first that is there stands for it."""

_WHICH: Final = "name it with --column start=NAME, or both with --column date=NAME --column time=NAME"


class ValueSeries(NamedTuple):
    """A value column: its place, its source, and its sensor; empty where the row says which."""

    place: int
    source: str
    sensor: str = ""


class TableColumns(NamedTuple):
    """The table below its header: the columns of roles, those of values, and the rows with their lines."""

    roles: Mapping[str, int]
    series: Sequence[ValueSeries]
    width: int
    rows: Sequence[Record]


def columns(records: Sequence[Record], layout: TableLayout) -> TableColumns:
    """Find the header and what its columns are; raise FileUnreadableError where one of the layout is missing."""
    place = _header(records, layout)
    line, cells = records[place] if records else (1, [])
    header, read = [_plain(cell) for cell in cells], read_with(cells, layout.separator)
    needed = [_plain(name) for role, name in layout.columns.items() if role not in layout.optional]
    try:
        names = columns_of(header, needed, read)
    except FileUnreadableError as problem:
        raise FileUnreadableError(line, problem.column, problem.problem) from problem
    roles = {role: names[_plain(name)] for role, name in layout.columns.items() if _plain(name) in names}
    if not (roles.keys() & {"start", "end"} or roles.keys() >= DAY_AND_TIME):
        says = f"no column says when a row begins in {', '.join(header)[:120]!r}"
        raise FileUnreadableError(line, 1, f"{says}; {_WHICH}; {read}")
    series = _series(names, roles, layout, line, read)
    return TableColumns(roles, series, len(header), records[place + 1 :])


def stamp_place(roles: Mapping[str, int]) -> int:
    """Return the place of the column that says when a row is; the first column where none does."""
    return next((roles[role] for role in _STAMPS if role in roles), 0)


def slug(name: str) -> str:
    """Return a name as lower-case letters, digits and single `-`: accents go, at most 40 characters are left."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(one for one in letters if not unicodedata.combining(one))).strip("-")[:40]


def _plain(name: str) -> str:
    """Return the name of a column as it is compared: a run of blanks, or a line end in a cell, is one blank."""
    return " ".join(name.split())


def _header(records: Sequence[Record], layout: TableLayout) -> int:
    """Return which record is the header: the first, or below a title the first with the column of the stamp."""
    stamp = _plain(next((layout.columns[role] for role in _STAMPS if role in layout.columns), ""))
    for place, (_, cells) in enumerate(records[: layout.title_lines + 1]):
        if stamp in map(_plain, cells):
            return place
    return 0


def _series(
    names: Mapping[str, int], roles: Mapping[str, int], layout: TableLayout, line: int, read: str
) -> list[ValueSeries]:
    named = [(_plain(column), source) for column, source in layout.values if column != EVERY_OTHER]
    missing = [column for column, _ in named if column not in names]
    if missing and (not layout.any_value or len(missing) == len(named)):
        says = f"no column {missing[0]!r} with values in {', '.join(names)[:120]!r}"
        raise FileUnreadableError(line, 1, f"{says}; {read}")
    found = [ValueSeries(names[column], source or slug(column)) for column, source in named if column in names]
    if any(column == EVERY_OTHER for column, _ in layout.values):
        taken = {*roles.values(), *(one.place for one in found)}
        found += [
            _every_other(name, place, layout, line, named="sensor" in roles or "sensor" in layout.constants)
            for name, place in names.items()
            if place not in taken and not (layout.skipped and re.search(layout.skipped, name))
        ]
    _check(found, line)
    return found


def _every_other(name: str, place: int, layout: TableLayout, line: int, *, named: bool) -> ValueSeries:
    """Give a column of its own series the name that its header has: of a source, or of a sensor where none is named."""
    matched = re.match(layout.name, name)
    short = slug(matched[1] if matched else name)
    try:
        return (
            ValueSeries(place, source_name(short))
            if named
            else ValueSeries(place, "count", sensor_id(short, layout.prefix))
        )
    except ValueError as problem:
        hint = (
            "give the sensor with --set sensor=NAME" if not named else "name the column with --column value=NAME:SOURCE"
        )
        raise FileUnreadableError(line, place + 1, f"a column without a plain name ({problem}); {hint}") from problem


def _check(series: Sequence[ValueSeries], line: int) -> None:
    if not series:
        raise FileUnreadableError(line, 1, "no column holds values; name it with --column value=NAME")
    seen: dict[tuple[str, str], int] = {}
    for one in series:
        if (one.sensor, one.source) in seen:
            raise FileUnreadableError(line, one.place + 1, f"two columns are {one.sensor or 'source'} {one.source}")
        seen[one.sensor, one.source] = one.place
