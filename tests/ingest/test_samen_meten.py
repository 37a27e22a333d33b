"""Kits of citizens: raw and calibrated side by side, empty cells, and stamps that name the end of their hour."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.history import luchtmeetnet_csv, samen_meten_csv
from ingest.history.files import lines
from ingest.history.profile import LUCHTMEETNET, SAMEN_METEN, FileProfile, Label
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "rivm-samenmeten-hourly"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = '"kit_id","date","lat","lon","pm10_kal","pm10","pm25_kal","pm25","rh","temp"'
ROW = '"HLL_kit_001",2026-05-12 09:00:00,52.9,6.5,23.765,24.54,12.508,10.57,NA,NA'

without_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")


def seen(*rows: str, profile: FileProfile = SAMEN_METEN) -> list[Observation]:
    """Read a file that holds observations only."""
    outcomes = list(samen_meten_csv.read([f"{line}\n" for line in (HEAD, *rows)], profile, NOON))
    assert not [one for one in outcomes if isinstance(one, Rejection)]
    return [one for one in outcomes if isinstance(one, Observation)]


def test_raw_and_calibrated_are_two_datastreams() -> None:
    """With the kit's name as a sensor id; what a kit never measures is not there."""
    assert [(one.sensor, one.source, one.value) for one in seen(ROW)] == [
        ("hll-kit-001", "pm10_kal", 23.765),
        ("hll-kit-001", "pm10", 24.54),
        ("hll-kit-001", "pm25_kal", 12.508),
        ("hll-kit-001", "pm25", 10.57),
    ]


@pytest.mark.parametrize(("label", "starts"), [("start", 7), ("end", 6)])
def test_a_stamp_names_the_end_that_its_source_says(label: Label, starts: int) -> None:
    """09:00 in Assen in May is 07:00 UTC."""
    (first, *_) = seen(ROW, profile=replace(SAMEN_METEN, label=label))
    assert (first.started_at.hour, first.ended_at - first.started_at) == (starts, timedelta(hours=1))


def test_an_empty_cell_of_a_living_column_was_not_measured() -> None:
    """`NA` of a kit that has that column at another hour."""
    later = '"HLL_kit_001",2026-05-12 10:00:00,NA,NA,NA,25.1,NA,11,60,NA'
    other = '"HLL_kit_002",2026-05-12 10:00:00,NA,NA,NA,1,NA,2,NA,NA'
    reported = [(one.sensor[-1], one.source, one.value) for one in seen(ROW, later, other)[5:]]
    assert reported == [
        ("1", "pm10_kal", None), ("1", "pm10", 25.1), ("1", "pm25_kal", None), ("1", "pm25", 11.0), ("1", "rh", 60.0),
        ("2", "pm10", 1.0), ("2", "pm25", 2.0),
    ]  # fmt: skip


def test_saturation_and_sentinels_are_kept_as_sent() -> None:
    """Validation decides what they mean."""
    reported = seen('"HLL_kit_001",2026-05-12 09:00:00,NA,NA,NA,1999.9,NA,999.9,-99,-49')
    assert [one.value for one in reported] == [1999.9, 999.9, -99, -49]


def test_an_autumn_hour_that_comes_twice_is_two_hours() -> None:
    """The first in the order of the file is summer time."""
    rows = [ROW.replace("2026-05-12 09", f"2026-10-25 {at}") for at in ("02", "02", "03")]
    starts = [one.started_at for one in seen(*rows) if one.source == "pm25"]
    assert starts == [datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(hours=number) for number in range(3)]


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ([ROW.replace("HLL_kit_001", "no kit!")], 2, 1),
        ([ROW.replace("09:00:00", "9 uur")], 2, 2),
        ([ROW.replace("24.54", "24,54")], 2, 11),
        ([ROW.replace("24.54", "no data")], 2, 6),
        ([ROW.replace("24.54", "1e999")], 2, 6),
        ([ROW, ROW], 3, 2),
    ],
)
def test_a_file_that_is_not_of_the_format_says_where(rows: list[str], line: int, column: int) -> None:
    """Line and column; an error text in a data row is an error."""
    with pytest.raises(FileUnreadableError) as problem:
        seen(*rows)
    assert (problem.value.line, problem.value.column) == (line, column)


def test_a_renamed_column_is_named() -> None:
    """Rather than silently empty."""
    with pytest.raises(FileUnreadableError, match="'pm25_kal'"):
        list(samen_meten_csv.read([HEAD.replace("pm25_kal", "pm2.5_kal"), ROW], SAMEN_METEN, NOON))


def hourly_medians(outcomes: Iterable[Observation | Rejection], source: str) -> dict[datetime, float]:
    """Give the median over all sensors by the start of the hour."""
    hours: dict[datetime, list[float]] = defaultdict(list)
    for one in outcomes:
        if isinstance(one, Observation) and one.source == source and one.value is not None:
            hours[one.started_at].append(one.value)
    return {at: statistics.median(values) for at, values in hours.items()}


def correlation(one: dict[datetime, float], other: dict[datetime, float], later: int) -> float:
    """Correlate two series, the other `later` hours later."""
    pairs = [
        (value, other[at + timedelta(hours=later)]) for at, value in one.items() if at + timedelta(hours=later) in other
    ]
    return statistics.correlation(*zip(*pairs, strict=True))


@without_shared
def test_rivm_kits_and_stations_agree_best_in_the_hour_that_their_labels_mean() -> None:
    """February 2020: one label apart in the files, r 0.92 there and 0.90 at equal labels (domain handbook, time)."""
    kits = hourly_medians(
        samen_meten_csv.read(lines(SHARED / "Voorbeeld_sensoren.csv.gz"), SAMEN_METEN, NOON), "pm25_kal"
    )
    official = hourly_medians(
        luchtmeetnet_csv.read(lines(SHARED / "Voorbeeld_luchtmeetnet.csv.gz"), LUCHTMEETNET, NOON), "pm25"
    )
    by_hours = {later: round(correlation(kits, official, later), 2) for later in (-1, 0, 1)}
    assert by_hours == {-1: 0.89, 0: 0.92, 1: 0.9}
