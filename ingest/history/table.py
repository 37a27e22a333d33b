"""Rows of a publisher's CSV by the names of its columns, within bounds; whatever is wrong has a line and a column."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple

from ingest.history.unreadable import FileUnreadableError

MAX_COLUMNS: Final = 64
MAX_LINE: Final = 65_536
NOTHING: Final = frozenset({"", "NA"})
"""Cells that say that nothing was measured."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,20})?", re.ASCII)


class Row(NamedTuple):
    """One row, and where its columns stand."""

    line: int
    cells: list[str]
    columns: Mapping[str, int]

    def text(self, name: str) -> str:
        """Give a cell as it stands; one of a column that the file does not have is empty."""
        return self.cells[self.columns[name]] if name in self.columns else ""

    def number(self, name: str) -> float | None:
        """Read a decimal, None where nothing was measured."""
        cell = self.text(name)
        if cell in NOTHING:
            return None
        if not (_NUMBER.fullmatch(cell) and isfinite(number := float(cell))):
            raise self.problem(name, f"{cell[:60]!a} is not a number")
        return number

    def local(self, name: str) -> datetime:
        """Read a stamp without an offset."""
        stamp = self.text(name)
        try:
            return datetime.fromisoformat(stamp if _STAMP.fullmatch(stamp) else "")
        except ValueError as problem:
            raise self.problem(name, f"{stamp[:60]!a} is not a local time like 2024-10-27 02:15") from problem

    def problem(self, name: str, what: str) -> FileUnreadableError:
        """Say what is wrong with a cell, and where it stands."""
        return FileUnreadableError(self.line, self.columns.get(name, 0) + 1, what)


def rows(lines: Iterable[str], needed: Sequence[str]) -> list[Row]:
    """Read a whole file; raise FileUnreadableError when a needed column or a cell of a row is not there."""
    reader = csv.reader(short(lines), strict=True)
    try:
        columns = _columns(next(reader, []), needed)
        table = [Row(reader.line_num, cells, columns) for cells in reader]
    except csv.Error as problem:
        raise FileUnreadableError(reader.line_num, 1, f"not CSV: {problem}") from problem
    for row in table:
        if len(row.cells) != len(columns):
            raise FileUnreadableError(
                row.line, len(row.cells), f"{len(row.cells)} cells where the header has {len(columns)}"
            )
    return table


def short(lines: Iterable[str]) -> Iterator[str]:
    """Let lines pass that are not too long."""
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise FileUnreadableError(number, MAX_LINE, f"a line of {len(line)} characters, at most {MAX_LINE}")
        yield line


def _columns(header: list[str], needed: Sequence[str]) -> dict[str, int]:
    if len(header) > MAX_COLUMNS:
        raise FileUnreadableError(1, MAX_COLUMNS, f"{len(header)} columns, at most {MAX_COLUMNS}")
    columns = {name: place for place, name in enumerate(header)}
    if len(columns) != len(header):
        raise FileUnreadableError(1, 1, "two columns have the same name")
    if missing := [name for name in needed if name not in columns]:
        told = f"no column {missing[0]!r} in {', '.join(header)[:120]!a}; is it UTF-8 without a mark, with commas?"
        raise FileUnreadableError(1, 1, told)
    return columns
