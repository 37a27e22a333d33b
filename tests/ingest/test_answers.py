"""What interfaces answer, saved as files: Telraam, Luchtmeetnet, sensor.community, and the map of Samen Meten."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection
from tests.ingest.offered import observations, outcomes
from tests.ingest.right_files import FILES, FIXTURES

pytestmark = pytest.mark.pure


def test_quarters_of_telraam_are_datastreams_of_their_own() -> None:
    """Beside the hours of the same segment, which keep their plain names."""
    found = observations("telraam-json", (FIXTURES / "i01-telraam-per-quarter.json").read_bytes())
    assert [(one.source, one.value, one.uptime) for one in found[:4]] == [
        ("bike/15min", 12, 0.8231), ("car/15min", 30, 0.8231),
        ("heavy/15min", 1.2, 0.8231), ("pedestrian/15min", 4, 0.8231),
    ]  # fmt: skip
    assert {one.ended_at - one.started_at for one in found} == {timedelta(minutes=15)}
    assert found[0].started_at == datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_a_bulk_export_says_what_the_interface_says() -> None:
    """The dark hour too; a time with a blank is the same time."""
    day, dark = observations("telraam-bulk", FILES["telraam-bulk"][0])[:4], observations(
        "telraam-bulk", FILES["telraam-bulk"][0]
    )[4:]  # fmt: skip
    assert [(one.sensor, one.source, one.value) for one in day] == [
        ("9000001234", "bike", 97.53), ("9000001234", "car", 118.52),
        ("9000001234", "heavy", 3.7), ("9000001234", "pedestrian", 12.35),
    ]  # fmt: skip
    assert {(one.value, one.uptime) for one in dark} == {(None, 0.999)}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("hourly", "daily", "line 2, column 3"),
        ("0.81", "1.81", "line 2, column 4"),
        ("9000001234,2026-05-12T07", "x,2026-05-12T07", "line 3, column 1"),
        ("T07:00:00Z", "T06:00:00Z", "line 3: .* comes twice"),
        ("v85", "mac", "do not keep this file"),
    ],
)
def test_a_bulk_export_that_is_none_says_where(old: str, new: str, where: str) -> None:
    """Line and column; the instances of a segment are refused."""
    content = FILES["telraam-bulk"][0].decode()
    assert old in content
    with pytest.raises(FileUnreadableError, match=where):
        outcomes("telraam-bulk", content.replace(old, new, 1))


def measurement(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make one measurement of a station."""
    shown = {
        "station_number": "NL10929",
        "value": 11.4,
        "timestamp_measured": "2026-05-12T06:00:00+00:00",
        "formula": "NO2",
    }
    return shown | fields


def pages(*data: list[dict[str, Any]]) -> str:
    """Save pages of the interface in one file; one alone as it came."""
    made = [{"pagination": {}, "data": one} for one in data]
    return json.dumps(made if len(made) > 1 else made[0])


def test_an_answer_of_luchtmeetnet_is_labelled_by_the_end_of_its_hour() -> None:
    """Negative values are legal, null was not measured, other formulas are not read; a page may repeat another."""
    first = [measurement(), measurement(formula="PM25", value=-0.9), measurement(formula="FN")]
    second = [
        measurement(),
        measurement(formula="PM10", value=None),
        measurement(timestamp_measured="2026-05-12T09:00:00+02:00"),
    ]
    found = observations("luchtmeetnet-json", pages(first, second))
    assert [(one.sensor, one.source, f"{one.started_at:%H:%M}", one.value) for one in found] == [
        ("nl10929", "no2", "05:00", 11.4), ("nl10929", "pm25", "05:00", -0.9), ("nl10929", "pm10", "05:00", None),
        ("nl10929", "no2", "06:00", 11.4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (pages([measurement(), measurement(value=11.5)]), r"\$\.data\[1\]: .*another value"),
        (pages([measurement(station_number="x")]), r"\$\.data\[0\]\.station_number"),
        (pages([measurement(timestamp_measured="2026-05-12 06:00")]), r"\$\.data\[0\]\.timestamp_measured"),
        (json.dumps({"data": [{"formula": "LKI", "value": 2.4, "timestamp_measured": "x"}]}), "station_number"),
        ("[" * 100_000, "nests|RecursionError|not "),
    ],
)
def test_an_answer_that_is_none_says_where(content: str, where: str) -> None:
    """A restated page, no station, a local time, a model's index."""
    with pytest.raises(FileUnreadableError, match=where):
        outcomes("luchtmeetnet-json", content)


def test_a_data_point_is_an_instant() -> None:
    """Of sensor.community, alone or in a list; what is no measurement is not read."""
    found = observations("sensor-community-json", FILES["sensor-community-json"][0])
    assert [(one.sensor, one.source, one.value, one.started_at == one.ended_at) for one in found] == [
        ("sc-92", "P1", 2.18, True), ("sc-92", "P1", 2.18, True),
    ]  # fmt: skip
    assert found[0].started_at == datetime(2022, 5, 14, 18, 24, 15, tzinfo=UTC)
    alone = json.dumps(json.loads(FILES["sensor-community-json"][0])[0])
    assert observations("sensor-community-json", alone) == found[:1]
    with pytest.raises(FileUnreadableError, match=r"\$\.sensordatavalues: '2,18' is not a number"):
        outcomes("sensor-community-json", alone.replace("2.18", "2,18"))


def test_a_snapshot_is_an_instant_of_every_kit() -> None:
    """Sentinels and saturation stay; values of columns whose meaning nobody stated are not read."""
    found = observations("samen-meten-snapshot", FILES["samen-meten-snapshot"][0])
    assert [(one.sensor, one.source, one.value) for one in found] == [
        ("ltd-90000", "pm10", 8.56), ("ltd-90000", "pm25", 5.49), ("ltd-90000", "temp", 4.76),
        ("ltd-90000", "rh", 100), ("ltd-90000", "pres", 1015.89), ("amf-90", "pm10", 1999.9),
        ("amf-90", "temp", -99), ("amf-90", "rh", -99), ("amf-90", "pres", -99),
    ]  # fmt: skip
    assert {(one.started_at, one.ended_at) for one in found} == {(datetime(2022, 12, 6, 16, tzinfo=UTC),) * 2}


ERROR = "Fout bij ophalen door j.jansen@example.org"
WRONG_RECORDS = f'{ERROR};2022-12-06 16:00:00, HLL_1, J Jansen, x, {{"type":"Point"}}, {ERROR}, , , , , , , , , , ;'
WRONG_ROWS = {
    "samen-meten": (
        FILES["samen-meten"][0].decode() + f'"HLL_kit_002",x,2026-05-12 09:00:00,{ERROR},1,1,1,NA,NA\n"{ERROR}"\n',
        [b"<text 11>,<text 1>,2026-05-12 09:00:00,<text 42>,1,1,1,NA,NA", b"<text 42>"],
        10,
    ),
    "luchtmeetnet": (
        FILES["luchtmeetnet"][0].decode() + f'"NL49701",2026-05-12 07:00:00,{ERROR},1,2,3,4,5,6,7\n',
        [b"NL49701,2026-05-12 07:00:00,<text 42>,1,2,3,<text 1>,5,6,<text 1>"],
        10,
    ),
    "samen-meten-snapshot": (
        FILES["samen-meten-snapshot"][0].decode() + WRONG_RECORDS,
        [b"<text 42>", b"2022-12-06 16:00:00,<text 5>,<text 42>,,,,,,,,,,"],
        9,
    ),
}


@pytest.mark.parametrize("name", WRONG_ROWS)
def test_a_publishers_error_text_is_one_rejection(name: str) -> None:
    """Not the end of the file; of the text, whatever it says, only the length is kept."""
    content, payloads, number = WRONG_ROWS[name]
    found = outcomes(name, content)
    refused = [one for one in found if isinstance(one, Rejection)]
    assert [one.payload for one in refused] == payloads
    assert {one.reason for one in refused} == {"not_a_measurement"}
    assert not any("jansen" in one.detail.lower() for one in refused)
    assert len([one for one in found if isinstance(one, Observation)]) == number


def test_a_component_that_no_station_measures_is_no_error() -> None:
    """The stamp and the station are enough, with one component that is known."""
    found = observations("luchtmeetnet", '"station_number","date","pm10"\n"NL49701",2026-05-12 09:00:00,4.7\n')
    assert [(one.source, one.value) for one in found] == [("pm10", 4.7)]
    with pytest.raises(FileUnreadableError, match="none of the columns NO2"):
        outcomes("luchtmeetnet", '"station_number","date","wind"\n"NL49701",2026-05-12 09:00:00,4.7\n')
