"""Official stations: negative values are legal, and `NA` was not measured."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history import luchtmeetnet_csv
from ingest.history.files import lines
from ingest.history.profile import LUCHTMEETNET
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "rivm-samenmeten-hourly"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = '"station_number","date","NO2","pm25","pm10","NO","FN","CO","O3","C6H6"'
ROWS = (
    '"NL49701",2026-05-12 09:00:00,4.7,-15.8,30.8,0.3,0.17,240,NA,1',
    '"NL49701",2026-05-12 08:00:00,NA,12,22,1,1,1,NA,1',
)


def seen(*rows: str) -> list[Observation]:
    """Read a file that holds observations only."""
    outcomes = luchtmeetnet_csv.read([f"{line}\n" for line in (HEAD, *rows)], LUCHTMEETNET, NOON)
    return [one for one in outcomes if isinstance(one, Observation)]


def test_an_hour_of_a_station() -> None:
    """Labelled by its end in UTC, in any order; what the catalogue does not know is not read."""
    first, second = seen(*ROWS)[:5], seen(*ROWS)[5:]
    assert [(one.source, one.value) for one in first] == [
        ("no2", 4.7), ("pm25", -15.8), ("pm10", 30.8), ("no", 0.3), ("co", 240.0),
    ]  # fmt: skip
    assert {(one.sensor, one.started_at, one.ended_at) for one in first} == {
        ("nl49701", datetime(2026, 5, 12, 8, tzinfo=UTC), datetime(2026, 5, 12, 9, tzinfo=UTC))
    }
    assert second[0].value is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ROWS[0].replace("NL49701", "<script>"), 1),
        (ROWS[0].replace("2026-05-12 09:00:00", "2026-05-12T09:00:00Z"), 2),
        (ROWS[0].replace("-15.8", "--"), 4),
    ],
)
def test_a_row_that_is_not_of_the_format_says_where(row: str, column: int) -> None:
    """Line and column."""
    with pytest.raises(FileUnreadableError) as problem:
        seen(row)
    assert (problem.value.line, problem.value.column) == (2, column)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")
def test_luchtmeetnet_recorded_values_are_kept_as_they_are() -> None:
    """96 of the hours of PM2.5 are negative, down to -15.8."""
    reported = luchtmeetnet_csv.read(lines(SHARED / "Voorbeeld_luchtmeetnet.csv.gz"), LUCHTMEETNET, NOON)
    fine = [
        one.value for one in reported if isinstance(one, Observation) and one.source == "pm25" and one.value is not None
    ]
    assert (len(fine), sum(value < 0 for value in fine), min(fine)) == (6045, 96, -15.8)
