"""A workbook (xlsx) as the lines of a CSV file: the values of one sheet, no formulas, nothing from other files."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Final
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook.workbook import Workbook

from ingest.history.table import MAX_COLUMNS
from ingest.history.unreadable import FileUnreadableError

ZIP: Final = b"PK\x03\x04"
"""The first bytes of a workbook, whatever its name; no text begins so."""

_PARTS: Final = 1_000
_EMPTY: Final = 1_000
_FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def sheet_lines(content: bytes, name: str, separator: str, largest: int) -> list[str]:
    """Return the rows of a sheet, the first where no name is given, as lines of CSV; dates are ISO 8601.

    Raises FileUnreadableError for a workbook that is damaged, unpacks to more than `largest` bytes, links to another
    file, or holds a formula without its value.
    """
    _check_archive(content, largest)
    try:
        values, formulas = (load_workbook(BytesIO(content), read_only=True, data_only=only) for only in (True, False))
        rows = [_row(number, cells, said) for number, cells, said in _rows(values, formulas, name)]
    except FileUnreadableError:
        raise
    except Exception as problem:  # whatever a damaged workbook makes the library raise
        why = f"not a workbook that can be read ({type(problem).__name__}); save the sheet as CSV"
        raise FileUnreadableError(1, 1, why) from problem
    text = StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(_even(rows))
    return list(StringIO(text.getvalue()))


def _check_archive(content: bytes, largest: int) -> None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_parts(archive, largest)
    except FileUnreadableError:
        raise
    except Exception as problem:  # whatever damaged archives make the library raise
        raise FileUnreadableError(1, 1, f"damaged workbook ({type(problem).__name__}); save it again") from problem


def _check_parts(archive: ZipFile, largest: int) -> None:
    parts = archive.infolist()
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > largest:
        raise FileUnreadableError(1, 1, f"a workbook that unpacks to more than {largest} bytes; split it by month")
    for part in parts:
        if part.filename.startswith("xl/externalLinks/"):
            raise FileUnreadableError(1, 1, "the workbook links to another file; save its values as CSV")
        if part.filename.endswith((".xml", ".rels")) and any(word in archive.read(part) for word in _FORBIDDEN):
            raise FileUnreadableError(1, 1, "the workbook has a document type; save its values as CSV")


def _rows(values: Workbook, formulas: Workbook, name: str) -> Iterator[tuple[int, Sequence[Cell], Sequence[Cell]]]:
    """Yield the rows of the sheet with their numbers: the cells' values, and what the cells say."""
    names = values.sheetnames
    if not names or (name and name not in names):
        raise FileUnreadableError(1, 1, f"no sheet {name[:60]!r}; there are {', '.join(names)[:120]!r}")
    pair = [book[name or names[0]] for book in (values, formulas)]
    for sheet in pair:
        sheet.reset_dimensions()
    read = [sheet.iter_rows(max_col=MAX_COLUMNS + 1) for sheet in pair]
    empty = 0
    for number, (cells, said) in enumerate(zip(*read, strict=True), start=1):
        empty = 0 if any(cell.value is not None for cell in said) else empty + 1
        if empty > _EMPTY:
            raise FileUnreadableError(number, 1, f"more than {_EMPTY} empty rows")
        yield number, cells, said


def _row(number: int, cells: Sequence[Cell], said: Sequence[Cell]) -> list[str]:
    for column, (cell, formula) in enumerate(zip(cells, said, strict=True), start=1):
        if cell.value is None and formula.value is not None:
            raise FileUnreadableError(number, column, "a formula without its value; save the sheet's values as CSV")
    return [_text(cell.value) for cell in cells]


def _text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case float():
            return f"{value:.15f}".rstrip("0").rstrip(".")
    return "" if value is None else " ".join(str(value).split())


def _even(rows: list[list[str]]) -> Iterator[list[str]]:
    """Yield rows of the width of the widest, without empty rows and columns at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((place for row in rows for place, cell in enumerate(row, start=1) if cell), default=0)
    yield from ((row + [""] * width)[:width] for row in rows)
