"""The tables of publishers as they publish them: whose values, of when, how long, and what is not read."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from tests.ingest.offered import observations, outcomes, values
from tests.ingest.right_files import FILES, FIXTURES

pytestmark = pytest.mark.pure

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def published(name: str) -> str:
    """Give a file as its publisher writes it."""
    return (FIXTURES / name).read_text(encoding="utf-8")


def content(found: list[Observation]) -> list[tuple[str, str, str, timedelta, float | None]]:
    """Give sensor, source, start in UTC, length and value."""
    return [
        (one.sensor, one.source, f"{one.started_at:%Y-%m-%d %H:%M}", one.ended_at - one.started_at, one.value)
        for one in found
    ]


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        (
            "zurich",
            "f01-zurich.csv",
            [
                ("y2g13124875", "velo_in", "2026-11-03 07:00", QUARTER, 12),
                ("y2g13124875", "velo_out", "2026-11-03 07:00", QUARTER, 4),
                ("y2g13124875", "velo_in", "2026-11-03 07:15", QUARTER, 9),
                ("y2g13124875", "velo_out", "2026-11-03 07:15", QUARTER, 7),
            ],
        ),
        ("paris", "f02-paris.csv", [("100007049-102007049", "count", "2026-11-03 04:00", HOUR, 3)]),
        (
            "new-york",
            "f03-nyc.csv",
            [
                ("100009425", "count", "2026-08-31 04:15", QUARTER, 6),
                ("100009425", "count", "2026-08-31 04:30", QUARTER, 2),
            ],
        ),
        (
            "seattle",
            "f04-seattle.csv",
            [
                ("fremont-bridge-east-sidewalk", "count", "2026-08-01 07:00", HOUR, 7),
                ("fremont-bridge-west-sidewalk", "count", "2026-08-01 07:00", HOUR, 16),
                ("fremont-bridge-east-sidewalk", "count", "2026-08-01 08:00", HOUR, 5),
                ("fremont-bridge-west-sidewalk", "count", "2026-08-01 08:00", HOUR, 7),
            ],
        ),
        (
            "berlin",
            "f05-berlin.csv",
            [
                ("02-mi-jan-n", "count", "2026-07-31 22:00", HOUR, 23),
                ("02-mi-jan-s", "count", "2026-07-31 22:00", HOUR, 41),
                ("02-mi-jan-n", "count", "2026-07-31 23:00", HOUR, 11),
                ("02-mi-jan-s", "count", "2026-07-31 23:00", HOUR, 17),
            ],
        ),
        (
            "dexter",
            "f06-dexter.csv",
            [
                ("gas01-00001", "oplopend", "2026-11-03 07:00", HOUR, 12),
                ("gas01-00001", "aflopend", "2026-11-03 07:00", HOUR, 14),
            ],
        ),
        (
            "eco-visio",
            "f08-eco-visio-export.csv",
            [
                ("proefweg-in", "count", "2026-11-03 07:00", HOUR, 12),
                ("proefweg-out", "count", "2026-11-03 07:00", HOUR, 4),
            ],
        ),
    ],
)
def test_a_table_is_read_as_its_publisher_means_it(
    name: str, file: str, expected: list[tuple[str, str, str, timedelta, float | None]]
) -> None:
    """Totals, places, names of streets and empty channels are not there."""
    assert content(observations(name, published(file))) == expected


def test_dexter_says_how_many_minutes_were_measured() -> None:
    """Half an hour of one is an uptime of 0.5; of none it is no count at all, whatever the cells say."""
    table = published("f06-dexter.csv")
    half = observations("dexter", table.replace(";60;60;", ";60;30;"))
    assert [(one.value, one.uptime) for one in half] == [(12, 0.5), (14, 0.5)]
    quarter = observations("dexter", table.replace(";60;60;", ";15;15;"))
    assert {one.ended_at - one.started_at for one in quarter} == {QUARTER}
    none = table + "GAS01_00001;Proefweg;2026-11-03 09:00:00;60;0;;0;0;0\n"
    assert [(one.value, one.uptime) for one in observations("dexter", none)][2:] == [(None, 0), (None, 0)]
    with pytest.raises(FileUnreadableError, match=r"line 2, column 5: 1\.5 of the row"):
        observations("dexter", table.replace(";60;60;", ";60;90;"))


def test_eco_visio_months_are_written_in_any_of_four_languages() -> None:
    """And by quarters where that is said; the row of totals and the title are no rows."""
    table = published("f08-eco-visio-export.csv")
    for month in ("nov", "nov.", "Nov", "November", "novembre"):
        assert observations("eco-visio", table.replace("nov.", month)) == observations("eco-visio", table)
    assert {one.ended_at - one.started_at for one in observations("eco-visio", table, interval=QUARTER)} == {QUARTER}
    with pytest.raises(FileUnreadableError, match=r"line 5, column 1: .3 nix. 2026 08:00."):
        observations("eco-visio", table.replace("nov.", "nix."))


def test_an_archive_day_holds_instants() -> None:
    """In UTC, with the values that its kind of sensor has; what is missing is None."""
    found = observations("sensor-community", FILES["sensor-community"][0])
    assert [(one.sensor, one.source, one.value) for one in found] == [
        ("sc-90312", "P1", 2.6), ("sc-90312", "P2", 1.73), ("sc-90312", "P1", 5.05), ("sc-90312", "P2", None),
    ]  # fmt: skip
    assert {one.ended_at - one.started_at for one in found} == {timedelta(0)}
    assert found[0].started_at == datetime(2024, 7, 11, 0, 0, 51, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("zurich", "VELO_OUT", "VELO_AUS", r"line 1, column 1: no column 'VELO_OUT'"),
        ("zurich", "DATUM", "ZEIT", r"line 1, column 1: no column 'DATUM'"),
        ("zurich", "T08:00", "T24:00", "line 2, column 3"),
        ("zurich", ",12,", ",12*,", "line 2, column 4"),
        ("zurich", '"2989","2026-11-03T08:15"', '"2989","2026-11-03T08:00"', "line 3, column 3: .* comes twice"),
        ("zurich", '"Y2G13124875","2989","2026-11-03T08:15"', '"y2g13124875","2989","2026-11-03T08:15"', "two names"),
        ("paris", "+01:00", "", "line 2, column 6: a local time without an offset"),
        ("new-york", "12:15:00 AM", "13:15:00 AM", "line 2, column 3"),
        ("berlin", "02-MI-JAN-S 01.04.2015", "02-mi-jan-n 01.05.2015", "line 1, column 3: two columns are 02-mi-jan-n"),
        ("dexter", "begintijd", "tijd", "line 1, column 1"),
        ("eco-visio", "Time;", "Tijd;", "no column 'Time'"),
        ("sensor-community", ";P1;", ";p1;", None),
        ("sensor-community", ";P1;durP1;ratioP1;P2;", ";a;b;c;d;", "no column 'P1' with values"),
    ],
)
def test_a_table_that_is_none_of_its_publisher_says_where(name: str, old: str, new: str, where: str | None) -> None:
    """Line and column; of values that not every sensor has one is enough."""
    (content,) = FILES[name]
    assert old.encode() in content
    changed = content.decode().replace(old, new, 1)
    if where is None:
        assert outcomes(name, changed)
        return
    with pytest.raises(FileUnreadableError, match=where):
        outcomes(name, changed)


ONLY_COMMAS = "a file is UTF-8 without a mark, with commas between cells"


@pytest.mark.parametrize(
    ("name", "header", "quoted", "read"),
    [
        ("zurich", "Zähler;DATUM", "'Zähler;DATUM'", "this line has semicolons: say --separator ';'"),
        ("paris", "Größe,a", "'Größe,a'", "with semicolons between cells; this line has commas: say --separator ','"),
        ("paris", "Größe\tb", "'Größe b'", "with semicolons between cells; this line has tabs: say --separator tab"),
        ("paris", "Größe;b\x1b[2J", r"'Größe, b\x1b[2J'", "it was read with semicolons between cells"),
        ("plain", "a;b", "'a;b'", "with commas between cells; this line has semicolons: say --separator ';'"),
        ("samen-meten", "kit;zeit für", "'kit;zeit für'", f"{ONLY_COMMAS}, and this one has semicolons"),
        ("city-csv", "Zählstelle;b", "'Zählstelle;b'", f"{ONLY_COMMAS}, and this one has semicolons"),
        ("city-csv", "Zählstelle,b", "'Zählstelle'", ONLY_COMMAS),
    ],
)  # fmt: skip
def test_a_missing_column_is_named_with_the_sign_between_cells(name: str, header: str, quoted: str, read: str) -> None:
    """The sign that the file was read with, and the one it has; names as they are, but for what cannot be printed."""
    with pytest.raises(FileUnreadableError) as refused:
        outcomes(name, f"{header}\n1\n")
    assert quoted in refused.value.problem
    assert refused.value.problem.endswith(read)


def test_an_hour_that_comes_twice_in_a_table_is_two_hours() -> None:
    """Each column and sensor by itself, in whichever direction the rows run."""
    head = "countid,id,date,counts,status\n"
    rows = [f"1,100009425,11/01/2026 {at} AM,{value},0\n" for at, value in
            (("12:45:00", 1), ("01:00:00", 2), ("01:15:00", 3), ("01:30:00", 4), ("01:45:00", 5),
             ("01:00:00", 6), ("01:15:00", 7), ("01:30:00", 8), ("01:45:00", 9), ("02:00:00", 10))]  # fmt: skip
    forwards = values(outcomes("new-york", head + "".join(rows)), "count")
    assert list(forwards) == [
        f"11-01 {hour:02}:{minute:02}"
        for hour, minute in ((4, 45), (5, 0), (5, 15), (5, 30), (5, 45), (6, 0), (6, 15), (6, 30), (6, 45), (7, 0))
    ]
    assert values(outcomes("new-york", head + "".join(reversed(rows))), "count") == forwards
