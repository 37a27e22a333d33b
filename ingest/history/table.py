"""Rows of a publisher's CSV by the names of its columns, within bounds; every problem has its line and column."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple, TypeAlias

from ingest.history.local_time import local
from ingest.history.unreadable import FileUnreadableError

MAX_COLUMNS: Final = 64
MAX_LINE: Final = 65_536
NOTHING: Final = frozenset({"", "NA"})
"""Cells that mean that nothing was measured."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,20})?", re.ASCII)


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
            raise self.problem(name, f"{cell[:60]!a} is not a number")
        return number

    def local(self, name: str) -> datetime:
        """Parse a stamp without an offset; raise FileUnreadableError for anything else."""
        stamp = self.text(name)
        try:
            return local(stamp)
        except ValueError as problem:
            raise self.problem(name, f"{stamp[:60]!a} is not a local time like 2024-10-27 02:15") from problem

    def problem(self, name: str, what: str) -> FileUnreadableError:
        """Make the error of a cell, with its place."""
        return FileUnreadableError(self.line, self.columns.get(name, 0) + 1, what)


def rows(lines: Iterable[str], needed: Sequence[str]) -> list[FileRow]:
    """Read a whole file; raise FileUnreadableError when a needed column or a cell of a row is missing."""
    (_, header), *body = records(lines) or [(1, [])]
    columns = _columns(header, needed)
    for line, cells in body:
        check_width(line, cells, len(columns))
    return [FileRow(line, cells, columns) for line, cells in body]


def records(lines: Iterable[str]) -> list[Record]:
    """Split a file into the cells of its rows; raise FileUnreadableError when it is not CSV, or a row is too long."""
    reader = csv.reader(_short(lines), strict=True)
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


def _columns(header: list[str], needed: Sequence[str]) -> dict[str, int]:
    if len(header) > MAX_COLUMNS:
        raise FileUnreadableError(1, MAX_COLUMNS, f"{len(header)} columns, at most {MAX_COLUMNS}")
    columns = {name: place for place, name in enumerate(header)}
    if len(columns) != len(header):
        raise FileUnreadableError(1, 1, "two columns have the same name")
    if missing := [name for name in needed if name not in columns]:
        problem = (
            f"no column {missing[0]!r} in {', '.join(header)[:120]!a}; a file is UTF-8 without a mark, with commas"
        )
        raise FileUnreadableError(1, 1, problem)
    return columns
