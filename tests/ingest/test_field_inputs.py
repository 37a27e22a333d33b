"""Uplinks as they come from the street: what of each reaches `store`, and what is refused by name."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from ingest.dialects import decode
from schemas.device import Devices, RegisteredDevice
from schemas.observation import Observation
from schemas.rejection import Rejection
from tests.ingest.registered import of, with_shipped

pytestmark = pytest.mark.pure

FIXTURES: Final = Path(__file__).parent / "fixtures"
EVENING: Final = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)

COUNTER: Final = with_shipped("imbuildings-counter", "counter_a", "counter_b", name="assen-imb-01")
TOTALS: Final = with_shipped("imbuildings-counter", "total_counter_a", "total_counter_b", name="assen-imb-07")
CAMERA: Final = with_shipped("counting-camera", "bicycle", "car", "person", name="assen-cam-03")
RADAR: Final = with_shipped("parametric-pcr2", "LTR", "RTL", name="assen-radar-02")
WEATHER: Final = with_shipped("weather-sensor", "temperature", "humidity", name="assen-weer-06")
LOGGER: Final = of("", "bikes", name="assen-log-04")
DEVICES: Final = {one.device: one for one in (COUNTER, TOTALS, CAMERA, RADAR, WEATHER, LOGGER)}


def outcome(name: str, devices: Devices = DEVICES) -> list[Observation] | Rejection:
    """Decode one of the uplinks, as it is received that evening."""
    payload = (FIXTURES / f"uplink-{name}.json").read_bytes()
    device = json.loads(payload)["end_device_ids"]["device_id"]
    return decode(f"v3/assen@ttn/devices/{device}/up", payload, EVENING, devices)


def registered(name: str, devices: Devices = DEVICES) -> tuple[str, dict[str, float | None]]:
    """Give time and values of an uplink's registered sources."""
    seen = outcome(name, devices)
    assert isinstance(seen, list), seen
    (at,) = {one.started_at for one in seen}
    return f"{at:%H:%M:%S}", {one.source: one.value for one in seen if one.source in devices[one.sensor].sources}


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("b01", "11:15:04", {"counter_a": 17, "counter_b": 9}),
        ("b04", "11:30:04", {"bicycle": 31, "car": 4, "person": 12}),
        ("b05", "11:30:04", {"bikes": 23}),
        ("b06-1", "11:10:01", {"LTR": 40, "RTL": 10}),
        ("b06-2", "11:19:59", {"LTR": 25, "RTL": 12}),
        ("b06-3", "11:29:58", {"LTR": 33, "RTL": 14}),
        ("b07-1", "11:59:40", {"counter_a": 50, "counter_b": 20}),
        ("b07-2", "12:00:28", {"counter_a": 50, "counter_b": 20}),
        ("b08", "12:00:04", {"temperature": -1.6, "humidity": 93}),
        ("b09", "13:00:04", {"temperature": 4.2, "humidity": 88}),
        ("b10", "11:45:04", {"bikes": 7}),
        ("b14-1", "12:30:08", {"bikes": 23}),
        ("b14-2", "02:00:04", {"bikes": 3}),
        ("b15-1", "11:15:04", {"total_counter_a": 1313, "total_counter_b": 656}),
        ("b15-2", "11:30:04", {"total_counter_a": 1330, "total_counter_b": 665}),
        ("b15-3", "11:45:04", {"total_counter_a": 4, "total_counter_b": 2}),
        ("b18", "18:00:08", {"bikes": 2}),
        ("b20", "12:15:04", {"bikes": 42}),
        ("b22", "19:30:38", {"bikes": -65530}),
    ],
)
def test_what_is_registered_reaches_store(name: str, at: str, expected: dict[str, float]) -> None:
    """At the time at which it was measured, whatever stands beside it."""
    assert registered(name) == (at, expected)


@pytest.mark.parametrize(
    ("name", "says"), [("b02", "without application data"), ("b03", "an uplink that the console simulated")]
)
def test_what_was_not_measured_is_refused_by_name(name: str, says: str) -> None:
    """A frame of the network, and what somebody tried in the console, are nobody's cyclists."""
    refused = outcome(name)
    assert isinstance(refused, Rejection)
    assert refused.reason == "not_a_measurement"
    assert says in refused.detail


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("b01", {"counter_a", "counter_b", "total_counter_a", "battery_voltage"}),
        ("b05", {"bikes", "timestamp"}),
        ("b09", {"temperature", "humidity"}),
        ("b10", {"bikes"}),
        ("b14-2", {"bikes"}),
        ("b20", {"bikes", "battery"}),
    ],
)
def test_what_nobody_registered_is_passed_on_unless_the_profile_ignores_it(name: str, expected: set[str]) -> None:
    """`store` tells it once; a name that is not plain is no source."""
    seen = outcome(name)
    assert isinstance(seen, list)
    assert {one.source for one in seen} == expected


@pytest.mark.parametrize("first", ["b07-1", "b18", "b22"])
def test_a_frame_with_a_session_has_its_place(first: str) -> None:
    """A frame that is received twice, over the end of a quarter, has the same run and number both times."""
    seen = outcome(first)
    assert isinstance(seen, list)
    assert {one.number for one in seen} == {{"b07-1": 300, "b18": 0, "b22": 32}[first]}
    assert len({one.run for one in seen}) == 1
    assert seen[0].run is not None


def test_one_frame_received_twice_is_one_measurement() -> None:
    """By the run and the number, not by the time."""
    first, again = outcome("b07-1"), outcome("b07-2")
    assert isinstance(first, list)
    assert isinstance(again, list)
    assert {(one.run, one.number) for one in first} == {(one.run, one.number) for one in again}
    assert first[0].started_at != again[0].started_at


def test_values_in_objects_are_paths_without_a_profile() -> None:
    """Who registers the path has its value; who registers the object learns the path."""
    name = "assen-weer-06"
    paths = {name: RegisteredDevice(name, None, frozenset({"temperature.value"}), {"temperature.value": "Cel"})}
    assert registered("b09", paths) == ("13:00:04", {"temperature.value": 4.2})
    objects = {name: RegisteredDevice(name, None, frozenset({"temperature"}))}
    refused = outcome("b09", objects)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.detail) == (
        "type", "temperature is an object: register temperature.value, or name it in the profile"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field", "sent", "reason"),
    [("b20", "bikes", "n/a", "type"), ("b08", "temperature", "-1.6 °F", "unit"), ("b08", "humidity", [93], "type")],
)
def test_a_registered_source_never_vanishes_without_a_word(name: str, field: str, sent: object, reason: str) -> None:
    """The whole uplink is refused, and the source is named."""
    uplink = json.loads((FIXTURES / f"uplink-{name}.json").read_text("utf-8"))
    uplink["uplink_message"]["decoded_payload"][field] = sent
    device = uplink["end_device_ids"]["device_id"]
    refused = decode(f"v3/assen@ttn/devices/{device}/up", json.dumps(uplink).encode(), EVENING, DEVICES)
    assert isinstance(refused, Rejection)
    assert (refused.reason, field in refused.detail) == (reason, True)
