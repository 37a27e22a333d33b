"""Recordings are played again on the same weekday, with their gaps, and with the autumn night shared out."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.local.simulator import recordings

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CSV = """Datetime,"900 (Weg, am Kanal)",901 (Weg ein),902 (Weg aus),900-status,901-status,902-status
2024-01-01 00:00,5,2,3,0,0,0
2024-01-01 00:15,,,4,0,0,
2024-10-27 02:00,9,5,4,0,0,0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with one month of one counter."""
    (tmp_path / "900").mkdir()
    (tmp_path / "900" / "2024-01.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    return tmp_path


def local(*parts: int, fold: int = 0) -> datetime:
    """Name a moment in local time."""
    return datetime(*parts, tzinfo=AMSTERDAM, fold=fold)  # type: ignore[misc, arg-type]


def test_channels_are_found_by_their_code(folder: Path) -> None:
    """Names hold commas, brackets and umlauts; codes do not."""
    assert set(recordings.read(folder, "900")) == {"900", "901", "902"}


def test_an_empty_cell_stays_a_gap(folder: Path) -> None:
    """Not counted is not zero, also when it is played again."""
    series = recordings.read(folder, "900")["901"]
    assert recordings.replayed(series, local(2025, 12, 29, 0, 0)) == 2
    assert recordings.replayed(series, local(2025, 12, 29, 0, 15)) is None


def test_absent_recordings_are_named(folder: Path) -> None:
    """The message says which folder and what was expected."""
    with pytest.raises(recordings.RecordingsAbsentError, match=r"no recordings in .*901"):
        recordings.read(folder, "901")


@pytest.mark.parametrize("weeks", [1, 52, 104, 147, 151, 200])
def test_weekdays_agree(weeks: int) -> None:
    """Whatever the year, a Monday plays a Monday of the recorded year."""
    at = local(2024, 1, 1, 8, 15) + timedelta(weeks=weeks)
    played = recordings.recorded_at(at)
    assert (played.weekday(), played.time()) == (at.weekday(), at.replace(tzinfo=None).time())
    assert datetime(2024, 1, 1) <= played < datetime(2024, 12, 30)


def test_this_year_plays_104_weeks_back() -> None:
    """2026 is two rounds of 52 weeks after 2024."""
    assert recordings.recorded_at(local(2026, 11, 24, 9, 30)) == datetime(2024, 11, 26, 9, 30)


def test_a_row_of_both_autumn_hours_is_shared_out(folder: Path) -> None:
    """The night of 2026-10-25 repeats that of 2024-10-27: together its two hours are the one row."""
    series = recordings.read(folder, "900")["901"]
    summer, winter = (
        recordings.replayed(series, datetime(2026, 10, 25, hour, tzinfo=UTC).astimezone(AMSTERDAM)) for hour in (0, 1)
    )
    assert (summer, winter) == (3, 2)
