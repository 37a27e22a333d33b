"""Telraam, as its interface and its exports tell it: fractional counts, two kinds of night, and two datastreams."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.history import telraam_api, telraam_csv
from ingest.history.files import lines
from ingest.history.profile import TELRAAM_API, TELRAAM_EXPORT
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data"
KARLSRUHE = SHARED / "telraam-karlsruhe-hourly"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SIX = datetime(2026, 5, 12, 6, tzinfo=UTC)
QUARTERS = replace(TELRAAM_EXPORT, interval=timedelta(minutes=15))
HEAD = (
    "Installation ID,Street,City,Date and Time (Local),Pedestrian Total,Bike Total,Car Total,Large vehicle Total,"
    "Night Total,Speed V85 km/h,Uptime"
)

without_shared = pytest.mark.skipif(not KARLSRUHE.is_dir(), reason="the shared recordings are not here")


def hour(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make one hour of a report."""
    shown = {
        "instance_id": -1, "segment_id": 9000001234, "date": "2026-05-12T06:00:00.000Z", "interval": "hourly",
        "uptime": 0.81, "heavy": 3.7, "car": 118.52, "bike": 97.53, "pedestrian": 12.35, "night": 0, "bike_lft": 40.0,
        "bike_rgt": 57.0, "v85": 38.5, "timezone": "Europe/Amsterdam",
    }  # fmt: skip
    return shown | fields


def reported(*hours: dict[str, Any], name: str = "report") -> list[Observation]:
    """Read a report of these hours."""
    text = json.dumps({"status_code": 200, "message": "ok", name: hours})
    return list(telraam_api.read([text], TELRAAM_API, NOON))


def exported(*rows: str, minutes: int = 60) -> list[Observation | Rejection]:
    """Read an export of these rows."""
    profile = replace(TELRAAM_EXPORT, interval=timedelta(minutes=minutes))
    return list(telraam_csv.read([f"{line}\n" for line in (HEAD, *rows)], profile, NOON))


def values(seen: list[Observation]) -> dict[str, tuple[float | None, float]]:
    """Give value and uptime by source."""
    return {one.source: (one.value, one.uptime) for one in seen}


def test_an_hour_of_the_interface_is_its_totals_as_they_are() -> None:
    """Fractions stay, uptime scales nothing, and left and right, which miss the total here, are not read."""
    seen = reported(hour())
    assert values(seen) == {
        "bike": (97.53, 0.81), "car": (118.52, 0.81), "heavy": (3.7, 0.81), "pedestrian": (12.35, 0.81),
    }  # fmt: skip
    assert {(one.sensor, one.started_at, one.ended_at) for one in seen} == {
        ("9000001234", SIX, SIX + timedelta(hours=1))
    }


@pytest.mark.parametrize("name", ["report", "data"])
def test_hours_are_found_where_the_interface_or_an_archive_puts_them(name: str) -> None:
    """Or in a list of such reports."""
    assert len(reported(hour(), hour(date="2026-05-12T07:00:00.000Z"), name=name)) == 8
    both = json.dumps([{name: [hour()]}, {name: [hour(segment_id=9000001235)]}])
    assert {one.sensor for one in telraam_api.read([both], TELRAAM_API, NOON)} == {"9000001234", "9000001235"}


def test_zero_with_uptime_zero_was_not_measured() -> None:
    """As a sensor of the first kind says of a night."""
    seen = reported(hour(uptime=0, heavy=0, car=0, bike=0, pedestrian=0, night=None))
    assert set(values(seen).values()) == {(None, 0.0)}


def test_a_night_that_hides_the_modes_is_not_valid_for_them_and_keeps_its_uptime() -> None:
    """As a sensor of the second kind says of it: watched, and not told apart."""
    seen = reported(hour(uptime=0.999, heavy=0, car=0, bike=0, pedestrian=0, night=32))
    assert set(values(seen).values()) == {(None, 0.999)}


@pytest.mark.parametrize("fields", [{"night": 14, "bike": 0, "car": 2}, {"night": 0, "bike": 0, "car": 0}])
def test_dusk_and_a_quiet_hour_are_valid(fields: dict[str, float]) -> None:
    """Some modes were told apart, or nobody came: a zero with uptime is a zero."""
    assert values(reported(hour(**fields)))["bike"] == (0.0, 0.81)


@pytest.mark.parametrize(
    ("shown", "where"),
    [
        ({"status_code": 200, "report": [hour(bike="97")]}, r"\$\.report\[0\]\.bike"),
        ({"status_code": 200, "report": [hour(bike=-1)]}, r"\$\.report\[0\]\.bike"),
        ({"status_code": 200, "report": [hour(uptime=1.2)]}, r"\$\.report\[0\]\.uptime"),
        ({"status_code": 200, "report": [hour(interval="daily")]}, r"\$\.report\[0\]\.interval"),
        ({"status_code": 200, "report": [hour(date="2026-05-12 06:00")]}, r"\$\.report\[0\]\.date"),
        ({"status_code": 200, "report": [hour(), hour()]}, r"\$\.report\[1\].*twice"),
        ({"status_code": 200, "report": [hour(instance_id=7)]}, "segments"),
        ({"status_code": 200, "report": [hour(mac="00:11:22:33:44:55")]}, "do not keep this file"),
        ({"status_code": 403, "message": "no key"}, "status_code"),
        ({"status_code": 200}, "report or data"),
    ],
)
def test_a_report_that_is_none_says_where(shown: dict[str, Any], where: str) -> None:
    """By the path in the document; nothing of it is taken."""
    with pytest.raises(FileUnreadableError, match=where):
        list(telraam_api.read([json.dumps(shown)], TELRAAM_API, NOON))


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"report": [', '{"report": [{"bike": NaN}]}', "\ufeff{}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Cut off, too deep, not finite, or marked."""
    with pytest.raises(FileUnreadableError):
        list(telraam_api.read([text], TELRAAM_API, NOON))


def test_quarters_and_hours_of_one_sensor_are_two_datastreams() -> None:
    """Told apart by their source; local time becomes UTC by the profile."""
    row = "10045,Straat,Assen,2026-05-12 08:00,5,43,205,2,0,36.5,Good uptime - 1"
    (by_hour, *_), (by_quarter, *_) = exported(row), exported(row, row.replace("08:00", "08:15"), minutes=15)
    assert isinstance(by_hour, Observation)
    assert isinstance(by_quarter, Observation)
    assert (by_hour.sensor, by_hour.source, by_hour.started_at) == ("10045", "bike/60min", SIX)
    assert (by_quarter.source, by_quarter.ended_at - by_quarter.started_at) == ("bike/15min", timedelta(minutes=15))


def test_an_hour_with_fewer_quarters_is_not_scaled_again() -> None:
    """The export has done it: two quarters, doubled."""
    seen = exported("10045,,,2026-05-12 08:00,7.4,43.5,205,2,0,,Poor uptime - 0.5")
    assert [(one.source, one.value, one.uptime) for one in seen if isinstance(one, Observation)] == [
        ("bike/60min", 43.5, 0.5), ("car/60min", 205, 0.5), ("heavy/60min", 2, 0.5), ("pedestrian/60min", 7.4, 0.5),
    ]  # fmt: skip


def test_a_dark_row_of_an_export_and_an_empty_cell_are_not_measured() -> None:
    """The uptime of the dark stays."""
    rows = ("10045,,,2026-05-12 00:00,0,0,0,0,9,,Good uptime - 1", "10045,,,2026-05-12 08:00,,4,,0,0,,Good uptime - 1")
    dark, day = exported(*rows)[:4], exported(*rows)[4:]
    assert {(one.value, one.uptime) for one in dark if isinstance(one, Observation)} == {(None, 1.0)}
    assert [one.value for one in day if isinstance(one, Observation)] == [4, None, 0, None]


def test_a_row_in_the_skipped_hour_is_a_rejection_of_an_export_too() -> None:
    """With its exact cells."""
    (refused,) = exported("10045,,,2026-03-29 02:00,0,1,0,0,0,,Good uptime - 1")
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.sensor, refused.dialect) == ("no_such_hour", "10045", "telraam_csv")


ROW = "10045,,,2026-05-12 08:00,5,43,205,2,0,36.5,Good uptime - 1"


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ([ROW.replace("10045", "x")], 2, 1),
        ([ROW.replace("08:00", "08:15")], 2, 4),
        ([ROW.replace("43", "many")], 2, 6),
        ([ROW.replace("43", "-1")], 2, 6),
        ([ROW.replace("43", "1e9")], 2, 6),
        ([ROW.replace("uptime - 1", "uptime - 1.5")], 2, 11),
        ([ROW.replace("Good uptime - 1", "fine")], 2, 11),
        ([ROW, ROW], 3, 4),
        ([ROW, ROW + ",1"], 3, 12),
    ],
)
def test_an_export_that_is_none_says_where(rows: list[str], line: int, column: int) -> None:
    """Line and column."""
    with pytest.raises(FileUnreadableError) as problem:
        exported(*rows)
    assert (problem.value.line, problem.value.column) == (line, column)


@pytest.mark.parametrize(
    ("stamp", "minutes", "remedy"),
    [
        ("08:07", 15, "export it by 15 minutes again"),
        ("08:15:30", 15, "export it by 15 minutes again"),
        ("08:00:30", 60, "export it by 60 minutes again"),
        ("08:07", 60, "export it by 60 minutes again"),
        ("08:45", 60, "import with --minutes 15"),
    ],
)
def test_a_stamp_off_the_grid_is_refused(stamp: str, minutes: int, remedy: str) -> None:
    """It would never meet another interval; line, column, the stamp itself and what to do."""
    rows = [ROW, ROW.replace("08:00", "08:30" if minutes == 15 else "07:00"), ROW.replace("08:00", stamp)]
    with pytest.raises(FileUnreadableError, match=f"line 4, column 4: '2026-05-12 {stamp}'.*{remedy}"):
        exported(*rows, minutes=minutes)


def test_stamps_on_the_grid_may_name_their_seconds() -> None:
    """Every quarter of an hour, and the hour."""
    quarters = [ROW.replace("08:00", f"08:{minute}:00") for minute in ("00", "15", "30", "45")]
    assert len(exported(*quarters, minutes=15)) == 16
    assert len(exported(quarters[0])) == 4


def test_an_export_with_other_columns_names_the_one_that_is_missing() -> None:
    """And hours that are called quarters are refused with the option that helps."""
    with pytest.raises(FileUnreadableError, match="'Bike Total'"):
        list(telraam_csv.read([HEAD.replace("Bike Total", "Bikes")], TELRAAM_EXPORT, NOON))
    with pytest.raises(FileUnreadableError, match="--minutes 60"):
        exported(ROW, ROW.replace("08:00", "09:00"), minutes=15)


def recorded() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give the files of the two sensors: hours, and what their publisher made of the days."""
    for file in sorted(KARLSRUHE.glob("*/hourly/*.json.gz")):
        daily = file.parents[1] / "daily" / file.stem
        yield json.loads(gzip.decompress(file.read_bytes())), json.loads(daily.read_text(encoding="utf-8"))


@without_shared
def test_karlsruhe_the_publishers_days_are_the_last_hours_of_utc_days() -> None:
    """The rule, by the publisher's own numbers: it says how many `hours` it took, and these are the last of the day."""
    found: Counter[str] = Counter()
    for hours, days in recorded():
        for day in days["days"]:
            rows = [row for row in hours["data"] if row["date"].startswith(day["date"])]
            for name, taken in (("all", rows), ("last", rows[-day["totals"]["hours"] :])):
                modes = {mode: sum(row[mode] or 0 for row in taken) for mode in ("bike", "car", "heavy", "pedestrian")}
                found[name] += all(abs(modes[mode] - day["totals"][mode]) < 1e-6 for mode in modes)
                night = sum(row["night"] or 0 for row in taken)
                found[f"night of {name}"] += night == (day["totals"].get("night") or 0) and night > 0
    assert found == {"all": 148, "last": 151, "night of last": 59, "night of all": 0}


@without_shared
def test_karlsruhe_hours_with_night_are_not_valid_for_a_mode() -> None:
    """Device 9000010417 in February 2026: 410 of 672 hours have a night, in 354 of them bike and car are 0."""
    file = KARLSRUHE / "device_9000010417" / "hourly" / "2026-02.json.gz"
    hours = json.loads(gzip.decompress(file.read_bytes()))["data"]
    bikes = [one for one in telraam_api.read(lines(file), TELRAAM_API, NOON) if one.source == "bike"]
    assert (len(hours), sum(row["night"] > 0 for row in hours)) == (672, 410)
    assert sum(one.value is None for one in bikes) == 354
    assert min(one.uptime for one in bikes) > 0.99


@without_shared
def test_karlsruhe_a_v1_in_the_dark_is_not_measured() -> None:
    """Uptime 0 and zeros: 381 of the 743 hours of October 2025."""
    file = KARLSRUHE / "device_9000008311" / "hourly" / "2025-10.json.gz"
    seen = list(telraam_api.read(lines(file), TELRAAM_API, NOON))
    assert Counter((one.value is None, one.uptime == 0) for one in seen) == {
        (True, True): 4 * 381,
        (False, False): 4 * 362,
    }
    assert any(one.value and one.value % 1 for one in seen)


@without_shared
def test_montreal_the_hour_is_the_vendors() -> None:
    """68 hours have fewer than four quarters; all of them are read as they stand."""
    zone = replace(TELRAAM_EXPORT, timezone="America/Toronto")
    file = SHARED / "telraam-montreal-15v60" / "raw-data-2024East60_2024-10-14_27.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    seen = [one for one in telraam_csv.read(lines(file), zone, NOON) if isinstance(one, Observation)]
    bikes = [one for one in seen if one.source == "bike/60min"]
    assert [one.value or 0 for one in bikes] == [float(row["Bike Total"]) for row in rows]
    assert Counter(one.uptime for one in bikes) == {1.0: 266, 0.75: 56, 0.5: 7, 0.25: 5}
