"""The plain table: its own columns, anybody's columns by a map, restatements, and what cannot be meant."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.history.column_map import ColumnMap, mapped
from ingest.history.formats import FORMATS
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation, run_of
from schemas.quality_flags import DST_MERGED, STATUS_UNKNOWN
from schemas.rejection import Rejection
from streams.domain.sequence import Said, newer
from tests.ingest.offered import NOON, observations, outcomes, values

pytestmark = pytest.mark.pure

HERE = "Europe/Amsterdam"
HEAD = "sensor,source,start,end,value,unit,uptime,revision\n"
ROW = "kanaalweg,in,2026-05-12 08:00,2026-05-12 09:00,42,1,0.5,\n"
HOURS = "sensor,source,start,value\n"


def hours(*rows: str) -> list[Observation | Rejection]:
    """Read rows of sensor, source, start and value, of an hour each."""
    table = HOURS + "".join(f"{row}\n" for row in rows)
    return outcomes("plain", table, timezone=HERE, interval=timedelta(hours=1))


def test_a_row_is_one_observation() -> None:
    """Local times by the stated zone; an empty revision is none."""
    table = "sensor,source,start,end,value,unit,uptime\n" + ROW.replace(",\n", "\n")
    (one,) = observations("plain", table, timezone=HERE)
    assert (one.sensor, one.source, one.value, one.uptime) == ("kanaalweg", "in", 42, 0.5)
    assert (one.started_at, one.ended_at) == tuple(datetime(2026, 5, 12, hour, tzinfo=UTC) for hour in (6, 7))
    assert (one.received_at, one.run, one.number) == (NOON, None, None)


@pytest.mark.parametrize(
    ("head", "row", "start", "seconds"),
    [
        ("start,end", "2026-05-12T08:00+02:00,2026-05-12T08:15+02:00", "06:00", 900),
        ("start,interval", "2026-05-12T06:00Z,300", "06:00", 300),
        ("start,minutes", "2026-05-12T06:00Z,60", "06:00", 3600),
        ("end,minutes", "2026-05-12T06:00Z,60", "05:00", 3600),
        ("start,interval", "2026-05-12T06:00Z,0", "06:00", 0),
    ],
)
def test_how_long_a_row_lasts_is_said_in_one_of_four_ways(head: str, row: str, start: str, seconds: int) -> None:
    """Both stamps, seconds, minutes; an end without a start is the end of its row, and 0 is an instant."""
    (one,) = observations("plain", f"sensor,source,value,{head}\nkanaalweg,in,4,{row}\n")
    assert (f"{one.started_at:%H:%M}", (one.ended_at - one.started_at).total_seconds()) == (start, seconds)


def test_the_columns_of_others_are_named() -> None:
    """Several values with a source each, constants, a separator, decimal commas, their own dates, and a sentinel."""
    table = "begintijd;oplopend;aflopend;opmerking\n03.11.2026 08:00;12,5;-1;Jansen\n03.11.2026 09:00;3;4;\n"
    said = ColumnMap(
        columns=("start=begintijd", "value=oplopend:in", "value=aflopend:uit"),
        constants=("sensor=kanaalweg", "interval=3600"),
        missing=("-1",), separator=";", decimal=",", times="%d.%m.%Y %H:%M",
    )  # fmt: skip
    found = outcomes("plain", table, said=said, timezone=HERE)
    assert values(found, "in") == {"11-03 07:00": 12.5, "11-03 08:00": 3}
    assert values(found, "uit") == {"11-03 07:00": None, "11-03 08:00": 4}
    assert {one.sensor for one in found} == {"kanaalweg"}


TWO_COLUMNS = ("date=Datum", "time=Tijd", "value=Aantal:count")
BRUG = ("sensor=brug", "interval=3600")


def test_a_day_and_its_time_may_stand_in_two_columns() -> None:
    """As one stamp of the form, or of ISO 8601; with a label of the end it names the end."""
    table = "Datum;Tijd;Aantal\n3-11-2026;8:00;4\n3-11-2026;9:00;5\n"
    said = ColumnMap(TWO_COLUMNS, BRUG, separator=";", times="%d-%m-%Y %H:%M")
    assert values(outcomes("plain", table, said=said, timezone=HERE), "count") == {"11-03 07:00": 4, "11-03 08:00": 5}
    iso = "Datum,Tijd,Aantal\n2026-11-03,08:00,4\n2026-11-03,09:00:00,5\n2026-11-03 00:00:00,10:00:00,6\n"
    found = outcomes("plain", iso, said=ColumnMap(TWO_COLUMNS, BRUG), timezone=HERE, label="end")
    assert values(found, "count") == {"11-03 06:00": 4, "11-03 07:00": 5, "11-03 08:00": 6}
    own = observations("plain", "sensor,date,time,minutes,value\nbrug,2026-11-03,08:00Z,60,4\n")
    assert values(own, "value") == {"11-03 08:00": 4}


def test_a_day_or_time_that_is_none_is_refused_with_its_line() -> None:
    """At the column of the day; and a row in the hour that the clock skipped is one rejection, with both."""
    for row in ("2026-13-03,08:00,4", "2026-11-03,,4", ",08:00,4", "2026-11-03,25:00,4"):
        with pytest.raises(
            FileUnreadableError, match=r"line 2, column 1: .* is not a time like|line 2, column 1: .*must be"
        ):
            outcomes("plain", f"Datum,Tijd,Aantal\n{row}\n", said=ColumnMap(TWO_COLUMNS, BRUG), timezone=HERE)
    with pytest.raises(FileUnreadableError, match="line 1, column 1: no column 'Tijd'"):
        outcomes("plain", "Datum,Aantal\n", said=ColumnMap(TWO_COLUMNS, BRUG), timezone=HERE)
    table = "Datum,Tijd,Aantal\n2026-03-29,02:30,4\n2026-03-29,03:30,5\n"
    skipped, _ = outcomes("plain", table, said=ColumnMap(TWO_COLUMNS, BRUG), timezone=HERE)
    assert isinstance(skipped, Rejection)
    assert (skipped.reason, skipped.payload) == ("no_such_hour", b"2026-03-29,02:30,4")


@pytest.mark.parametrize(
    ("thousands", "decimal", "cell", "number"),
    [
        (".", ",", "1.234", 1234),
        (".", ",", "-1.234.567,5", -1234567.5),
        (".", ",", "12345", 12345),
        (".", ",", "0,5", 0.5),
        (",", ".", "1,234.5", 1234.5),
        (",", "", "1,234", 1234),
        ("'", "", "1'234", 1234),
        ("'", "", "1\u2019234", 1234),
        ("blank", ",", "1 234,5", 1234.5),
        (" ", "", "1\u202f234", 1234),
        ("", ",", "1,234", 1.234),
        ("", ".", "1.234", 1.234),
        ("", "", "0.125", 0.125),
        ("", "", "12.5", 12.5),
        ("", "", "1234.567", 1234.567),
    ],
)
def test_thousands_may_be_set_apart(thousands: str, decimal: str, cell: str, number: float) -> None:
    """With the sign that is said, beside numbers without it."""
    said = ColumnMap(("start=Tijd", "value=Aantal:count"), BRUG, (), ";", decimal, "", thousands)
    (one,) = observations("plain", f"Tijd;Aantal\n2026-11-03T08:00Z;{cell}\n", said=said)
    assert one.value == number


@pytest.mark.parametrize(
    ("thousands", "decimal", "cell", "says"),
    [
        ("", "", "1.234", "'1.234' may be 1.234 or 1234; say --decimal . or --thousands . --decimal ,"),
        ("", "", "-23.765", "'-23.765' may be -23.765 or -23765; say"),
        ("", "", "1,234", "with '.' before its decimals; if its thousands are set apart, say --thousands \",\""),
        ("", ",", "1.234,5", "with ',' before its decimals; if its thousands are set apart, say --thousands \".\""),
        ("", "", "1 234", 'say --thousands "blank"'),
        (".", ",", "12.34", "with ',' before its decimals and '.' between its thousands"),
        (".", ",", "1.2345", "between its thousands"),
        (".", ",", "1234.567", "between its thousands"),
        (".", ",", "0.123", "between its thousands"),
        (",", ".", "1,23", "between its thousands"),
        (",", ".", "1.234,5", "between its thousands"),
        ("blank", "", "1  234", "between its thousands"),
    ],
)
def test_a_number_that_may_be_two_is_refused_with_its_line(thousands: str, decimal: str, cell: str, says: str) -> None:
    """Nothing is guessed, and the options that say which it is are named."""
    said = ColumnMap(("start=Tijd", "value=Aantal:count"), BRUG, (), ";", decimal, "", thousands)
    with pytest.raises(FileUnreadableError) as refused:
        observations("plain", f"Tijd;Aantal\n2026-11-03T07:00Z;7\n2026-11-03T08:00Z;{cell}\n", said=said)
    assert str(refused.value).startswith("line 3, column 2: ")
    assert says in refused.value.problem


def test_numbers_of_our_own_table_have_points() -> None:
    """Its form is stated: three decimals are three decimals."""
    (one,) = observations("plain", "sensor,start,minutes,value\nbrug,2026-11-03T08:00Z,60,1.234\n")
    assert one.value == 1.234


def test_every_other_column_may_be_a_series() -> None:
    """Of a sensor each, or with one sensor named, a source each."""
    table = "Tijd,Brug Noord,Brug Zuid\n2026-05-12T08:00Z,1,2\n"
    wide = ("start=Tijd", "value=*")
    each = outcomes("plain", table, said=ColumnMap(columns=wide, constants=("interval=3600",)))
    assert [(one.sensor, one.source) for one in each if isinstance(one, Observation)] == [
        ("brug-noord", "count"), ("brug-zuid", "count"),
    ]  # fmt: skip
    one_sensor = ColumnMap(columns=wide, constants=("interval=3600", "sensor=brug"))
    assert {(one.sensor, one.source) for one in observations("plain", table, said=one_sensor)} == {
        ("brug", "brug-noord"), ("brug", "brug-zuid"),
    }  # fmt: skip


def test_a_named_format_can_be_corrected_too() -> None:
    """As when a publisher renames a column."""
    table = "locatiecode;begintijd;meetperiode;beide\nGAS01_1;2026-11-03 08:00:00;60;26\n"
    (one,) = outcomes("dexter", table, said=ColumnMap(columns=("value=beide:beide",)))
    assert isinstance(one, Observation)
    assert (one.sensor, one.source, one.value) == ("gas01-1", "beide", 26)


def test_a_higher_revision_stands_over_a_lower_in_any_order_of_imports() -> None:
    """A number orders by record 13's own rule; a time is when the restatement was received."""
    row = "kanaalweg,in,2026-05-12T06:00Z,2026-05-12T07:00Z,{},1,1,{}\n"
    first, second = observations("plain", HEAD + row.format(42, 1) + row.format(43, 2))
    assert (first.number, second.number) == (1, 2)
    assert first.run == second.run == run_of("kanaalweg", "revision", "file")
    one, other = (Said((x.value, 1.0, 0), at, x.run, 0, x.number) for x, at in ((first, 9), (second, 3)))
    assert (newer(other, one), newer(one, other)) == (True, False)
    earlier, later = observations(
        "plain", HEAD + row.format(42, "2026-06-01T00:00Z") + row.format(43, "2026-06-02T00:00+02:00")
    )
    assert (earlier.received_at, later.received_at) == (
        datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 22, tzinfo=UTC),
    )  # fmt: skip
    assert (later.run, later.number) == (None, None)


def test_nothing_measured_is_no_zero() -> None:
    """An empty cell, and any value of a row with uptime 0; a series without a value is not there."""
    row = "kanaalweg,{},2026-05-12T0{}:00Z,2026-05-12T0{}:30Z,{},1,{},\n".replace(",\n", "\n")
    head = "sensor,source,start,end,value,unit,uptime\n"
    table = head + "".join(
        row.format(source, hour, hour, value, uptime)
        for source, hour, value, uptime in (("in", 1, "", 1), ("in", 2, 7, 0), ("in", 3, 0, 1), ("uit", 1, "", 1))
    )
    assert [(one.source, one.value) for one in observations("plain", table)] == [("in", None), ("in", None), ("in", 0)]


def test_the_skipped_hour_of_spring_is_a_rejection_without_free_text() -> None:
    """Numbers, times and ids of named columns stay; a remark that nobody named is its length only."""
    rows = "kanaalweg,in,2026-03-29 02:00,4,Jansen was here\nkanaalweg,in,2026-03-29 03:00,5,\n"
    table = "sensor,source,start,value,remark\n" + rows
    refused, one = outcomes("plain", table, timezone=HERE, interval=timedelta(hours=1))
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.sensor) == ("no_such_hour", "kanaalweg")
    assert refused.payload == b"kanaalweg,in,2026-03-29 02:00,4,<text 15>"
    assert isinstance(one, Observation)


def test_a_night_of_both_stamps_is_as_long_as_it_was() -> None:
    """Repeated: four rows over the night of autumn; merged: the row of both hours keeps the length of its stamps."""
    rows = [("01:00", "02:00"), ("02:00", "02:00"), ("02:00", "03:00"), ("03:00", "04:00")]
    table = HEAD.replace(",revision", "") + "".join(
        f"kanaalweg,in,2026-10-25 {start},2026-10-25 {end},1,1,1\n" for start, end in rows
    )
    found = observations("plain", table, timezone=HERE)
    assert [(f"{one.started_at:%H}", f"{one.ended_at:%H}") for one in found] == [
        ("23", "00"), ("00", "01"), ("01", "02"), ("02", "03"),
    ]  # fmt: skip
    once = observations("plain", table.replace("kanaalweg,in,2026-10-25 02:00,2026-10-25 02:00,1,1,1\n", ""),
                        timezone=HERE, autumn="merged")  # fmt: skip
    assert [(one.ended_at - one.started_at, one.quality_flags) for one in once] == [
        (timedelta(hours=1), 0), (timedelta(hours=1), DST_MERGED), (timedelta(hours=1), 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("", "line 1, column 1: no column says when a row begins"),
        ("sensor,source,value\na,b,1\n", "line 1, column 1: no column says when a row begins"),
        ("sensor,source,start\nabc,b,2026-05-12T06:00Z\n", "line 1, column 1: no column 'value'"),
        (HEAD + ROW, "line 2, column 3: a local time without an offset; say --timezone"),
        (HEAD + ROW.replace(" 0", "T0").replace(":00,", ":00Z,"), "line 2, column 8"),
        ("source,start,value\nb,2026-05-12T06:00Z,1\n", "nothing says how long a row lasts; say --minutes"),
        ("source,start,value,minutes\nb,2026-05-12T06:00Z,1,60\n", "line 2, column 2: no column names the sensor"),
        ("sensor,start,value,minutes\na b,2026-05-12T06:00Z,1,60\n", "line 2, column 1: 'a b' is not the name"),
        ("sensor,start,value,minutes\nabc,2026-05-12T06:00Z,1e3,60\n", "line 2, column 3: '1e3' is not a number"),
        ("sensor,start,value,minutes\nabc,2026-05-12T06:00Z,9999999999,60\n", "line 2, column 3: .*farther than any"),
        ("sensor,start,value,minutes\nabc,2026-05-12T06:00Z,1,2000\n", "line 2, column 4: a row lasts"),
        ("sensor,start,value,uptime,minutes\nabc,2026-05-12T06:00Z,1,1.5,60\n", "line 2, column 4: 1.5 of the row"),
        ("sensor,start,end,value\nabc,2026-05-12T06:00Z,2026-05-12T05:00Z,1\n", "umn 3: the row ends 1:00:00 before"),
        ("sensor,start,end,value\nabc,2026-05-12T06:00Z,2026-05-14T05:00Z,1\n", "umn 3: a row lasts 1 day, 23"),
        ("sensor,start,value,minutes,revision\nabc,2026-05-12T06:00Z,1,60,2099-01-01T00:00Z\n", "umn 5: .*the future"),
        ("sensor,start,value,minutes,revision\nabc,2026-05-12T06:00Z,1,60,2026-06-01 00:00\n", "without an offset"),
        ("sensor,start,value,minutes,revision\nabc,2026-05-12T06:00Z,1,0,3\n", "a numbered revision of an instant"),
        ("sensor,start,value,minutes\n" + "abc,2026-05-12T06:00Z,1,60\n" * 2, "line 3, column 2: .* comes twice"),
        (
            "sensor,start,value,minutes,unit\nabc,2026-05-12T06:00Z,1,60,ug/m3\nabc,2026-05-12T07:00Z,1,60,mg/m3\n",
            "line 3, column 5: a second unit of abc value",
        ),
    ],
)  # fmt: skip
def test_a_table_that_leaves_something_open_is_refused_with_its_place(table: str, where: str) -> None:
    """And with the option that says what is missing."""
    with pytest.raises(FileUnreadableError, match=where):
        outcomes("plain", table)


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        (ColumnMap(columns=("start",)), "--column 'start': expected one of"),
        (ColumnMap(columns=("begin=x",)), "--column 'begin=x'"),
        (ColumnMap(columns=("value=*:in",)), r"value=\*"),
        (ColumnMap(columns=("value=a:b c",)), "is not a source"),
        (ColumnMap(constants=("uptime=1",)), "--set 'uptime=1'"),
        (ColumnMap(constants=("interval=an hour",)), "--set interval: 'an hour' is not a length"),
        (ColumnMap(constants=("sensor=a",)), "--set sensor: 'a' is not the name of a sensor"),
        (ColumnMap(separator="::"), "--separator '::'"),
        (ColumnMap(decimal=";"), "--decimal ';'"),
        (ColumnMap(times="%H:%M"), "needs %Y"),
        (ColumnMap(columns=("date=Datum",)), "date and --column time belong together; .* start"),
        (ColumnMap(columns=("time=Tijd",)), "date and --column time belong together"),
        (ColumnMap(columns=("date=a", "time=b", "start=c")), "--column start says what"),
        (ColumnMap(thousands="-"), "--thousands '-': expected one of"),
        (ColumnMap(thousands="."), "stands between thousands and before decimals; say --decimal"),
        (ColumnMap(thousands=",", decimal=","), "stands between thousands and before decimals"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused(said: ColumnMap, reported: str) -> None:
    """Before any file is opened."""
    with pytest.raises(ValueError, match=reported):
        mapped(FORMATS["plain"].profile.layout, said)


def test_rows_newest_first_are_turned_round_by_each_series() -> None:
    """Two sources, one written forwards and one backwards."""
    found = hours(
        "kanaalweg,in,2026-10-25 01:00,1", "kanaalweg,in,2026-10-25 02:00,2", "kanaalweg,in,2026-10-25 02:00,3",
        "kanaalweg,uit,2026-10-25 03:00,4", "kanaalweg,uit,2026-10-25 02:00,3", "kanaalweg,uit,2026-10-25 02:00,2",
    )  # fmt: skip
    assert values(found, "in") == {"10-24 23:00": 1, "10-25 00:00": 2, "10-25 01:00": 3}
    assert values(found, "uit") == {"10-25 00:00": 2, "10-25 01:00": 3, "10-25 02:00": 4}


def test_a_status_that_is_not_understood_is_suspect() -> None:
    """Nothing and 0 are well; whatever else the row says of itself is not understood."""
    table = "sensor,start,minutes,value,status\n" + "".join(
        f"brug,2026-05-12T0{hour}:00Z,60,4,{status}\n" for hour, status in enumerate(("", "0", "4", "checked by hand"))
    )
    assert [one.quality_flags for one in observations("plain", table)] == [0, 0, STATUS_UNKNOWN, STATUS_UNKNOWN]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
def test_a_table_may_be_written_in_another_encoding_that_is_said(encoding: str) -> None:
    """As old spreadsheets save it; unsaid it is refused with the option, or its place."""
    table = "Zählstelle,start,minutes,value\nbrücke,2026-05-12T06:00Z,60,4\n".replace("brücke", "bruecke")
    said = ColumnMap(columns=("sensor=Zählstelle",))
    expected = observations("plain", table, said=said)
    assert observations("plain", table.encode(encoding), said=said, encoding=encoding) == expected
    assert observations("plain", "\ufeff" + table, said=said) == expected
    with pytest.raises(FileUnreadableError, match=r"line 1, column .*say --encoding"):
        observations("plain", table.encode(encoding), said=said)
