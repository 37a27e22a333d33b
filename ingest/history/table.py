"""Rows of a publisher's CSV by the names of its columns, within bounds; every problem has its line and column."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple, TypeAlias

from ingest.history.local_time import local
from ingest.history.separators import COMMA, needs_commas
from ingest.history.unreadable import FileUnreadableError

MAX_COLUMNS: Final = 64
MAX_LINE: Final = 65_536
NOTHING: Final = frozenset({"", "NA"})
"""Cells that mean that nothing was measured."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,20})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WORDS = re.compile(r"[^\W\d_]{3}")


Record: TypeAlias = tuple[int, list[str]]
"""The line on which a row ends, and its cells."""


class FileRow(NamedTuple):
    """One row, with the positions of its columns."""

    line: int
    cells: list[str]
    columns: Mapping[str, int]

    def text(self, name: str) -> str:
        """Return a cell unchanged; "" for a column that the file does not have."""
        return self.cells[self.columns[name]] if name in self.columns else ""

    def number(self, name: str) -> float | None:
        """Parse a decimal; None where nothing was measured. Raise FileUnreadableError for anything else."""
        cell = self.text(name)
        if cell in NOTHING:
            return None
        if not (_NUMBER.fullmatch(cell) and isfinite(number := float(cell))):
            raise self.problem(name, f"{cell[:60]!r} is not a number")
        return number

    def local(self, name: str, *, bare_date: bool = False) -> datetime:
        """Parse a stamp without an offset; raise FileUnreadableError for anything else."""
        stamp = self.text(name)
        try:
            return local(stamp, bare_date=bare_date)
        except ValueError as problem:
            hint = "; a date alone may be its midnight with --bare-date midnight" if _DATE.fullmatch(stamp) else ""
            raise self.problem(name, f"{stamp[:60]!r} is not a local time like 2024-10-27 02:15{hint}") from problem

    def problem(self, name: str, what: str) -> FileUnreadableError:
        """Make the error of a cell, with its place."""
        return FileUnreadableError(self.line, self.columns.get(name, 0) + 1, what)


class ErrorRow(NamedTuple):
    """A row in which the publisher's own program wrote an error text where values stand: its cells, and the place."""

    line: int
    cells: list[str]
    columns: Mapping[str, int]
    column: int

    @property
    def detail(self) -> str:
        """Say what stands where, without the text itself."""
        length = len(self.cells[self.column - 1])
        return f"line {self.line}, column {self.column}: a text of {length} characters where a number stands"


def rows(lines: Iterable[str], needed: Sequence[str]) -> list[FileRow]:
    """Read a whole file; raise FileUnreadableError when a needed column or a cell of a row is missing."""
    (_, header), *body = records(lines) or [(1, [])]
    columns = columns_of(header, needed, needs_commas(header))
    for line, cells in body:
        check_width(line, cells, len(columns))
    return [FileRow(line, cells, columns) for line, cells in body]


def rows_and_faults(
    lines: Iterable[str], needed: Sequence[str], values: Iterable[str]
) -> tuple[list[FileRow], list[ErrorRow]]:
    """Read a whole file as `rows` does, but set apart each row with an error text in one of the columns of `values`.

    So is a row that is nothing but a text. A file without any other row is refused as it always was.
    """
    (_, header), *body = records(lines) or [(1, [])]
    columns = columns_of(header, needed, needs_commas(header))
    places = [columns[name] for name in values if name in columns]
    good: list[FileRow] = []
    faults: list[ErrorRow] = []
    for line, cells in body:
        if column := _error_text(cells, len(columns), places):
            faults.append(ErrorRow(line, cells, columns, column))
        else:
            check_width(line, cells, len(columns))
            good.append(FileRow(line, cells, columns))
    if faults and not good:
        cell = faults[0].cells[faults[0].column - 1]
        raise FileUnreadableError(
            faults[0].line, faults[0].column, f"{cell[:60]!r} is not a number, nor is any other row"
        )
    return good, faults


def _error_text(cells: list[str], width: int, places: list[int]) -> int:
    """Return the column at which a row holds words where values stand; 0 for a row without any."""
    if len(cells) == 1 < width and _WORDS.search(cells[0]):
        return 1
    words = [place for place in places if len(cells) == width and _WORDS.search(cells[place])]
    return min(words, default=-1) + 1


def records(lines: Iterable[str], separator: str = COMMA) -> list[Record]:
    """Split a file into the cells of its rows; raise FileUnreadableError when it is not CSV, or a row is too long."""
    reader = csv.reader(_short(lines), delimiter=separator, strict=True)
    found: list[Record] = []
    try:
        for cells in reader:
            if reader.line_num - (found[-1][0] if found else 0) > 1:  # a quoted cell with line ends
                _check_length(reader.line_num, sum(map(len, cells)))
            found.append((reader.line_num, cells))
    except csv.Error as problem:
        raise FileUnreadableError(max(1, reader.line_num), 1, f"not CSV: {problem}") from problem
    return found


def check_width(line: int, cells: Sequence[str], width: int) -> None:
    """Raise FileUnreadableError for a row with another number of cells than the header."""
    if len(cells) != width:
        raise FileUnreadableError(line, max(1, len(cells)), f"{len(cells)} cells where the header has {width}")


def _short(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        _check_length(number, len(line))
        yield line


def _check_length(line: int, length: int) -> None:
    if length > MAX_LINE:
        raise FileUnreadableError(line, MAX_LINE, f"a row of {length} characters, at most {MAX_LINE}")


def columns_of(header: Sequence[str], needed: Sequence[str], expected: str) -> dict[str, int]:
    """Return the places of the columns; raise FileUnreadableError when one is missing, comes twice, or is too many.

    `expected` says what stands between cells, for whoever looks for a missing one.
    """
    if len(header) > MAX_COLUMNS:
        raise FileUnreadableError(1, MAX_COLUMNS, f"{len(header)} columns, at most {MAX_COLUMNS}")
    columns = {name: place for place, name in enumerate(header)}
    if len(columns) != len(header):
        raise FileUnreadableError(1, 1, "two columns have the same name")
    if missing := [name for name in needed if name not in columns]:
        problem = f"no column {missing[0]!r} in {', '.join(header)[:120]!r}; {expected}"
        raise FileUnreadableError(1, 1, problem)
    return columns
