"""Rows of another length than their reader believes: refused with the line, and read with the option that says so."""

from datetime import datetime, timedelta

import pytest

from ingest.history.profile import HOUR, QUARTER
from ingest.history.unreadable import FileUnreadableError
from tests.ingest.offered import observations

pytestmark = pytest.mark.pure

CITY = "Datetime,100000001 (A),101000001 (A in),100000001-status,101000001-status\n"
KITS = '"kit_id","date","pm10_kal","pm10","pm25_kal","pm25","rh","temp"\n'
STATIONS = '"station_number","date","NO2"\n'
TELRAAM = (
    "Installation ID,Date and Time (Local),Pedestrian Total,Bike Total,Car Total,Large vehicle Total,Night Total,"
    "Uptime\n"
)
ROWS = {
    "city-csv": (CITY, "{:%Y-%m-%d %H:%M},3,3,0,0\n"),
    "samen-meten": (KITS, '"HLL_kit_001",{:%Y-%m-%d %H:%M:%S},1,1,1,1,1,1\n'),
    "luchtmeetnet": (STATIONS, '"NL49701",{:%Y-%m-%d %H:%M:%S},4.7\n'),
    "telraam-csv": (TELRAAM, "10045,{:%Y-%m-%d %H:%M},1,1,1,1,0,Good uptime - 1\n"),
    "zurich": ("FK_ZAEHLER,DATUM,VELO_IN,VELO_OUT,FUSS_IN,FUSS_OUT\n", "Y2G1,{:%Y-%m-%dT%H:%M},1,2,3,4\n"),
    "eco-visio": ("Time;Proefweg IN\n", "{:%d %b %Y %H:%M};1\n"),
}


def table(name: str, *lengths: timedelta) -> str:
    """Write a table of rows that begin so long after each other."""
    head, row = ROWS[name]
    at = datetime(2026, 5, 12, 8)
    written = [row.format(at)]
    for length in lengths:
        at += length
        written.append(row.format(at))
    return head + "".join(written)


@pytest.mark.parametrize("name", ROWS)
def test_hours_in_a_file_of_quarters_are_refused_and_read_where_they_are_said(name: str) -> None:
    """For every format with local stamps; the line is that of the second row."""
    hours = table(name, *[HOUR] * 7)
    with pytest.raises(FileUnreadableError, match="--minutes 60") as problem:
        observations(name, hours, interval=QUARTER)
    assert problem.value.line in {2, 3}
    found = observations(name, hours, interval=HOUR)
    assert {one.ended_at - one.started_at for one in found} == {HOUR}


@pytest.mark.parametrize("name", ROWS)
def test_quarters_in_a_file_of_hours_are_refused_and_read_where_they_are_said(name: str) -> None:
    """A row that begins before the one before it ends is none of its length."""
    quarters = table(name, *[QUARTER] * 7)
    with pytest.raises(FileUnreadableError, match="--minutes 15"):
        observations(name, quarters, interval=HOUR)
    assert {one.ended_at - one.started_at for one in observations(name, quarters, interval=QUARTER)} == {QUARTER}


@pytest.mark.parametrize("name", ROWS)
def test_a_change_within_one_file_is_refused_at_its_line(name: str) -> None:
    """Eight quarters, then hours: the ninth row is the first that may be an hour."""
    with pytest.raises(FileUnreadableError, match="rows of 60 minutes where 15 are expected") as problem:
        observations(name, table(name, *[QUARTER] * 8, *[HOUR] * 8), interval=QUARTER)
    assert problem.value.line == 10


@pytest.mark.parametrize("name", ROWS)
def test_gaps_are_no_other_length(name: str) -> None:
    """Missing rows, alone and in a row, of any number."""
    gaps = (QUARTER, HOUR, QUARTER, 3 * HOUR, QUARTER, HOUR, HOUR, HOUR, QUARTER, 24 * HOUR, QUARTER)
    assert observations(name, table(name, *gaps), interval=QUARTER)
