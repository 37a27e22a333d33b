"""The city's files: real recordings of 2024, the two days of the year that are not 24 hours, and broken files."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.history.city_csv import read
from ingest.history.files import lines
from ingest.history.formats import FORMATS
from ingest.history.importer import read_files, summary
from ingest.history.profile import MUENSTER, Autumn, FileProfile
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.quality_flags import DST_MERGED, STATUS_UNKNOWN
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

RECORDINGS = Path(__file__).parents[2] / "deploy" / "owners" / "assen" / "recordings"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "muenster-15min"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HERE = ZoneInfo("Europe/Berlin")
HEAD = "Datetime,100000001 (A),101000001 (A in),102000001 (A, out),100000001-status,101000001-status,102000001-status"
HEAD = HEAD.replace("102000001 (A, out)", '"102000001 (A, out)"')


def rows(*stamps: str) -> Iterator[str]:
    """Spell a file whose rows each count 3 in and 4 out."""
    yield HEAD + "\r\n"
    yield from (f"{stamp},7,3,4,0,0,0\r\n" for stamp in stamps)


def day_of(day: str, autumn: Autumn) -> list[str]:
    """List the stamps that a source of this habit writes on a local day."""
    start = datetime.fromisoformat(f"{day} 00:00").replace(tzinfo=HERE).astimezone(UTC)
    quarters = (start + timedelta(minutes=15 * number) for number in range(100))
    stamps = [f"{at.astimezone(HERE):%Y-%m-%d %H:%M}" for at in quarters if f"{at.astimezone(HERE):%Y-%m-%d}" == day]
    return stamps if autumn == "repeated" else list(dict.fromkeys(stamps))


def seen(file: Iterator[str] | list[str], profile: FileProfile = MUENSTER) -> list[Observation]:
    """Read a file that holds observations only."""
    outcomes = list(read(file, profile, NOON))
    assert not [one for one in outcomes if isinstance(one, Rejection)]
    return [one for one in outcomes if isinstance(one, Observation)]


@pytest.mark.parametrize(
    ("site", "total", "at_two"),
    [(100031297, 9232, 275), (100035541, 7712, 266), (100034978, 1581, 21), (100053305, 1046, 8)],
)
def test_the_autumn_day_adds_up_to_the_rows_received(site: int, total: int, at_two: int) -> None:
    """96 rows; those of 02:00 to 02:45 hold both hours and stay whole on the first of them."""
    day = [
        one
        for one in seen(lines(RECORDINGS / str(site) / "2024-10.csv.gz"))
        if one.started_at.astimezone(HERE).date() == date(2024, 10, 27)
    ]
    merged = [one for one in day if one.quality_flags == DST_MERGED]
    assert len({one.started_at for one in day}) == 96
    assert sum(one.value or 0 for one in day) == total
    assert sum(one.value or 0 for one in merged) == at_two
    assert {f"{one.started_at:%H:%M}" for one in merged} == {"00:00", "00:15", "00:30", "00:45"}


@pytest.mark.parametrize("site", [100031297, 100034978, 100035541, 100053305])
def test_every_month_is_what_was_computed_independently(site: int) -> None:
    """Sums of the channels, numbers of rows and the gaps between them, for all of 2024."""
    with (RECORDINGS / "reference_monthly_2024.csv").open(encoding="utf-8") as file:
        reference = {row["month"]: row for row in csv.DictReader(file) if row["site"] == str(site)}
    found: Counter[str] = Counter()
    for month, row in reference.items():
        file_ = RECORDINGS / str(site) / f"{month}.csv.gz"
        contents = read_files([file_], MUENSTER, NOON, FORMATS["city-csv"])
        found[month] = int(sum(one.value or 0 for one in contents.observations))
        reported = summary(file_, contents)
        assert reported.rows == int(row["rows_present"])
        assert reported.gaps == quarters_between(row["first"], row["last"]) - reported.rows - (
            4 if month == "2024-10" else 0
        )
    assert found == {month: int(row["sum_of_channel_columns"]) for month, row in reference.items()}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")
@pytest.mark.parametrize("site", [100031297, 100034978, 100035541, 100053305])
def test_the_files_that_ship_are_the_recordings(site: int) -> None:
    """Byte for byte, so that what is checked of them holds for the originals."""
    months = sorted((RECORDINGS / str(site)).glob("2024-*.csv.gz"))
    assert [file.read_bytes() for file in months] == [
        file.read_bytes() for file in sorted((SHARED / str(site)).glob("2024-*.csv.gz"))
    ]


def quarters_between(first: str, last: str) -> int:
    """Count the quarters from the first to the last local stamp, both included."""
    starts = [datetime.fromisoformat(stamp).replace(tzinfo=HERE).astimezone(UTC) for stamp in (first, last)]
    return (starts[1] - starts[0]) // timedelta(minutes=15) + 1


def test_channels_that_never_count_are_not_there() -> None:
    """Two of the six channels of this site never hold a value."""
    sources = {one.source for one in seen(lines(RECORDINGS / "100053305" / "2024-10.csv.gz"))}
    assert sources == {"101053305", "102053305", "103053305", "104053305"}


def test_a_spring_day_has_92_quarters() -> None:
    """2026-03-29 is 23 hours long."""
    day = seen(rows(*day_of("2026-03-29", "merged")))
    assert len({one.started_at for one in day}) == 92
    assert (day[0].started_at, day[-1].ended_at) == (
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


def test_a_row_in_the_skipped_hour_is_a_rejection() -> None:
    """With its exact row; its neighbours are read."""
    outcomes = list(read(rows("2026-03-29 01:45", "2026-03-29 02:00", "2026-03-29 03:00"), MUENSTER, NOON))
    (refused,) = [one for one in outcomes if isinstance(one, Rejection)]
    assert (refused.reason, refused.payload, refused.sensor) == (
        "no_such_hour",
        b"2026-03-29 02:00,7,3,4,0,0,0",
        "100000001",
    )
    assert len(outcomes) == 5


@pytest.mark.parametrize(
    ("autumn", "quarters", "flagged"), [("merged", 96, 4), ("repeated", 100, 0), ("absent", 96, 0)]
)
def test_an_autumn_day_by_policy(autumn: Autumn, quarters: int, flagged: int) -> None:
    """2026-10-25 is 25 hours long, and its source says how it tells of that; the sum is what was received."""
    day = seen(rows(*day_of("2026-10-25", autumn)), FileProfile(autumn=autumn))
    starts = {one.started_at for one in day}
    assert (len(starts), len(starts & {one.started_at for one in day if one.quality_flags})) == (quarters, flagged)
    assert sum(one.value or 0 for one in day) == 7 * quarters


def test_a_repeated_day_has_no_gap() -> None:
    """The first of two equal stamps is summer time, the second winter time."""
    starts = sorted(
        {one.started_at for one in seen(rows(*day_of("2026-10-25", "repeated")), FileProfile(autumn="repeated"))}
    )
    assert starts == [starts[0] + timedelta(minutes=15 * number) for number in range(100)]


def test_an_empty_cell_was_not_measured_and_a_strange_status_is_flagged() -> None:
    """Zero stays zero."""
    file = [HEAD, "2026-05-12 08:00,0,0,,0,0,", "2026-05-12 08:15,9,,9,0,3,7"]
    assert [(one.value, one.quality_flags) for one in seen(file)] == [
        (0.0, 0), (None, 0), (None, STATUS_UNKNOWN), (9.0, STATUS_UNKNOWN),
    ]  # fmt: skip


GOOD = "2026-05-12 08:00,7,3,4,0,0,0"


@pytest.mark.parametrize(
    ("file", "line", "column"),
    [
        ([], 1, 1),
        ([HEAD.replace(",", ";"), GOOD], 1, 1),
        (["\ufeff" + HEAD, GOOD], 1, 1),
        ([HEAD.replace("Datetime", "Date"), GOOD], 1, 1),
        ([HEAD.replace("101000001-status", "109000001-status"), GOOD], 1, 6),
        ([HEAD.removesuffix(",102000001-status"), GOOD], 1, 6),
        ([HEAD + ",remark", GOOD], 1, 8),
        ([HEAD, GOOD, GOOD.removesuffix(",0")], 3, 6),
        ([HEAD, GOOD.replace("08:00", "25:00")], 2, 1),
        ([HEAD, GOOD.replace("2026-05-12 08:00", "12.05.2026 08:00")], 2, 1),
        ([HEAD, GOOD.replace(",3,", ",3.5,")], 2, 3),
        ([HEAD, GOOD.replace(",3,", ",-3,")], 2, 3),
        ([HEAD, GOOD.replace(",3,", ",12*,")], 2, 3),
        ([HEAD, GOOD.replace(",3,", ",٣,")], 2, 3),
        ([HEAD, GOOD, GOOD], 3, 1),
        ([HEAD, "x" * 70_000], 2, 65_536),
        ([HEAD, '"' + GOOD], 2, 1),
    ],
)
def test_a_file_that_is_not_of_the_format_says_where(file: list[str], line: int, column: int) -> None:
    """Line and column, and nothing of the file is taken."""
    with pytest.raises(FileUnreadableError) as problem:
        list(read([f"{text}\n" for text in file], MUENSTER, NOON))
    assert (problem.value.line, problem.value.column) == (line, column)
