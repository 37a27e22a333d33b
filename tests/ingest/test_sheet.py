"""Workbooks: the values of one sheet, whatever the file is called, and nothing that computes or reaches elsewhere."""

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from openpyxl import Workbook

from ingest.history.column_map import ColumnMap
from ingest.history.files import lines_of
from ingest.history.unreadable import FileUnreadableError
from tests.ingest.anything import CHOICES, Choices, markup
from tests.ingest.offered import observations, values
from tests.ingest.right_files import FIXTURES

pytestmark = pytest.mark.pure


def workbook(*rows: tuple[object, ...], title: str = "Tellingen") -> bytes:
    """Save a workbook whose second sheet has these rows; its first sheet is of notes."""
    book = Workbook(write_only=True)
    book.create_sheet("Uitleg").append(["Van Jansen, met formules"])
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, part: str, new: bytes | None = None, **replaced: bytes) -> bytes:
    """Write a workbook again with one of its parts changed, or with one more."""
    file = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name in archive.namelist():
            said = archive.read(name)
            for old, other in replaced.items():
                said = said.replace(old.encode(), other) if name == part else said
            made.writestr(name, new if name == part and new is not None else said)
        if part not in archive.namelist():
            made.writestr(part, new or b"")
    return file.getvalue()


ROWS = (
    ("tijd", "in", "uit", ""),
    (datetime(2026, 5, 12, 8), 12, 4.5, None),
    (datetime(2026, 5, 12, 9), None, 0, None),
)
SAID = ColumnMap(
    columns=("start=tijd", "value=in", "value=uit"), constants=("sensor=brug", "interval=3600"), separator=";"
)
SHEET = "xl/worksheets/sheet2.xml"


def test_a_sheet_is_a_table() -> None:
    """Numbers, dates and empty cells; with the separator that the format has, and whatever the file is called."""
    found = observations("plain", workbook(*ROWS), said=SAID, timezone="Europe/Amsterdam", sheet="Tellingen")
    assert values(found, "in") == {"05-12 06:00": 12, "05-12 07:00": None}
    assert values(found, "uit") == {"05-12 06:00": 4.5, "05-12 07:00": 0}


def test_berlin_publishes_workbooks() -> None:
    """The same header and dates as in its CSV, as text or as dates."""
    text = (FIXTURES / "f05-berlin.csv").read_text(encoding="utf-8")
    rows = [tuple(line.split(";")) for line in text.splitlines()]
    dated = [rows[0], *((datetime(2026, 8, 1, hour), *map(int, row[1:])) for hour, row in enumerate(rows[1:]))]
    expected = observations("berlin", text)
    for table in (rows, dated):
        assert observations("berlin", workbook(*table), sheet="Tellingen") == expected


def test_the_first_sheet_is_read_unless_another_is_named() -> None:
    """And one that is not there is named with those that are."""
    assert lines_of(workbook(*ROWS)) == ['"Van Jansen, met formules"\n']
    with pytest.raises(FileUnreadableError, match="no sheet 'Juni'; there are 'Uitleg, Tellingen'"):
        lines_of(workbook(*ROWS), "Juni")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (workbook(("tijd", "in"), ("=NOW()", 4)), "line 2, column 1: a formula without its value"),
        (changed(workbook(*ROWS), "xl/externalLinks/externalLink1.xml", b"<x/>"), "links to another file"),
        (changed(workbook(*ROWS), SHEET, b"<!DOCTYPE x [<!ENTITY y 'z'>]><x/>"), "has a document type"),
        (changed(workbook(*ROWS), SHEET, b"<worksheet"), "not a workbook"),
        (changed(workbook(*ROWS), "xl/workbook.xml", b""), "not a workbook"),
        (workbook(*ROWS)[:-30], "damaged workbook"),
        (b"PK\x03\x04", "damaged workbook"),
        (changed(workbook(*ROWS), "bomb.bin", b"\0" * 100_000_001), "unpacks to more than"),
        (changed(workbook(*ROWS), SHEET, **{'row r="3"': b'row r="1000000"', 'r="A3"': b'r="A1000000"'}), "empty rows"),
    ],
    ids=["formula", "link", "entity", "cut sheet", "no book", "cut", "nothing", "bomb", "far row"],
)  # fmt: skip
def test_what_computes_or_reaches_elsewhere_is_refused(content: bytes, where: str) -> None:
    """As is what would unpack without end."""
    with pytest.raises(FileUnreadableError, match=where):
        lines_of(content, "Tellingen")


def test_a_formula_with_its_value_is_its_value() -> None:
    """As spreadsheets save it; what it computes is never computed here."""
    content = workbook(("tijd", "in"), ("2026-05-12 08:00", "=1+1"))
    valued = changed(content, SHEET, **{"<v></v>": b"<v>2</v>", "<v />": b"<v>2</v>", "<v/>": b"<v>2</v>"})
    assert lines_of(valued, "Tellingen")[1] == "2026-05-12 08:00,2\n"


RIGHT = workbook(*ROWS)
with ZipFile(BytesIO(RIGHT)) as opened:
    MARKUP = markup(opened.read(SHEET))


@given(choices=CHOICES)
def test_whatever_a_workbook_holds_is_read_whole_or_refused(choices: Choices) -> None:
    """Any sheet in a right archive, and an archive with something wrong in it."""
    if choices.below(4):
        content = changed(RIGHT, SHEET, MARKUP.instead(choices))
    else:
        start, end = (choices.below(len(RIGHT)) for _ in range(2))
        content = RIGHT[:start] + choices.rest() + RIGHT[end:]
    try:
        lines = lines_of(content, "Tellingen")
    except FileUnreadableError:
        return
    assert all(line.endswith("\n") or line is lines[-1] for line in lines)
