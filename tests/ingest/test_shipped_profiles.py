"""The profiles that ship: short, in form, and what they make of the bytes and fields that makers publish."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from ingest.dialects import DIALECTS, decode
from ingest.dialects.uplink import Uplink, observations_of
from schemas.profile import DeviceProfile
from schemas.quantities import QUANTITIES
from schemas.rejection import Rejection
from tests.ingest.registered import PROFILES, shipped, with_shipped

pytestmark = pytest.mark.pure

SHARED: Final = Path(__file__).parents[3] / "shared" / "data" / "payloads" / "ttn"
NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NAMES: Final = sorted(path.stem for path in PROFILES.glob("*.toml"))
LONGEST: Final = 30
EVERY: Final = pytest.mark.parametrize("name", NAMES)


def measured(profile: str, port: int, said: bytes | dict[str, Any]) -> dict[str, float | None]:
    """Read a frame with a profile that ships, of a device of which all of its fields are registered."""
    device = with_shipped(profile, *(field.name for field in shipped(profile).field))
    radio, decoded = (said, {}) if isinstance(said, bytes) else (None, said)
    uplink = Uplink("noord-1", NOON, port, decoded, radio, has_radio=radio is not None)
    return {one.source: one.value for one in observations_of(uplink, device, NOON)}


@EVERY
def test_a_profile_is_under_30_lines_and_in_form(name: str) -> None:
    """Its dialects and quantities are known, and what it lays out is what it names, within the bytes."""
    assert len((PROFILES / f"{name}.toml").read_text("utf-8").splitlines()) < LONGEST
    profile = shipped(name)
    assert set(profile.dialects) <= {one.name for one in DIALECTS}
    assert {one.quantity for one in profile.field} <= {"", *QUANTITIES}
    assert all(one.sampling == "cumulative" for one in profile.field if one.bits)
    fields = {one.field for one in profile.field}
    for layout in profile.layout:
        assert not profile.ports or layout.port in profile.ports
        assert {one.field for one in layout.fields} <= fields
        assert measured(name, layout.port, bytes(layout.length))


def test_sums_that_begin_again_with_each_power_up_never_roll_over() -> None:
    """A sum of 3 after one of 60,000 is a restart: as a roll-over it would be 5,539 passages that nobody saw."""
    assert {one.field: one.bits for one in shipped("parametric-pcr2").field if one.sampling == "cumulative"} == {
        "LTR_SUM": 0, "RTL_SUM": 0,
    }  # fmt: skip


IMBUILDINGS: Final = {
    "battery_voltage": 2.56, "counter_a": 17.0, "counter_b": 9.0, "total_counter_a": 1313.0, "total_counter_b": 266.0,
}  # fmt: skip
RADAR: Final = {"LTR": 1.0, "RTL": 2.0, "LTR_SUM": 3.0, "RTL_SUM": 4.0, "SBX_BATT": 7.2}


@pytest.mark.parametrize(
    ("profile", "port", "radio", "expected"),
    [
        ("imbuildings-counter", 1, "0206 0000000000000000 00 0100 0011 0009 20 0521 010a 6a", IMBUILDINGS),
        ("imbuildings-counter", 26, "00 0100 0011 0009 20 0521 010a 6a", IMBUILDINGS),
        ("imbuildings-counter", 27, "20 0521 010a", {"total_counter_a": 1313.0, "total_counter_b": 266.0}),
        ("parametric-pcr2", 14, "be0104 0001 0002 0003 0004 1c20 0ce4 0139", RADAR),
        ("dragino-aqs01-l", 2, "cbf6 0b0d 0376 01 7fff 7fff", {"temperature": 28.29, "humidity": 88.6, "probe": None}),
        ("dragino-aqs01-l", 2, "0cf6 ff9c 0376 01 ff38 7fff", {"temperature": -1.0, "humidity": 88.6, "probe": -2.0}),
        (
            "decentlab-dl-pm", 1, f"02 1b50 000f 0c25 0025 0027 0027 0028 {'00' * 18}",
            {"battery": 3.109, "pm25": 3.9, "pm10": 4.0},
        ),
    ],
)  # fmt: skip
def test_bytes_are_what_the_maker_says(profile: str, port: int, radio: str, expected: dict[str, float]) -> None:
    """Worked out by hand from the description of each payload."""
    assert measured(profile, port, bytes.fromhex(radio)) == pytest.approx(expected)


@pytest.mark.parametrize(("profile", "port"), [("imbuildings-counter", 28), ("parametric-pcr2", 190)])
def test_frames_of_state_and_settings_are_no_measurement(profile: str, port: int) -> None:
    """Their fields would be counts on another port."""
    uplink = Uplink("noord-1", NOON, port, {"counter_a": 1, "LTR": 1})
    with pytest.raises(Exception, match=f"port {port} carries no measurements"):
        observations_of(uplink, with_shipped(profile), NOON)


@pytest.mark.parametrize(
    ("profile", "decoded", "expected"),
    [
        (
            "dragino-lse01",
            {"Bat": "3.386 V", "TempC_DS18B20": "0.00 °C", "conduct_SOIL": "0 uS/cm", "temp_SOIL": "29.92 °C"},
            {"TempC_DS18B20": 0.0, "battery": 3.386, "conduct_SOIL": 0.0, "temp_SOIL": 29.92},
        ),
        ("dragino-lse01", {"temp_SOIL": "24.52", "conduct_SOIL": 161}, {"conduct_SOIL": 161.0, "temp_SOIL": 24.52}),
        ("decentlab-dl-pm", {"pm10_mass_concentration": {"value": 3, "unit": "µg/m³"}, "device_id": 1}, {"pm10": 3.0}),
        (
            "weather-sensor", {"temperature": {"value": 4.2, "unit": "°C"}, "humidity": "88"},
            {"humidity": 88.0, "temperature": 4.2},
        ),
        ("particulate-kit", {"PM25_Avg": 999.9, "PM10_Avg": 0.4, "P": 1013, "SDS_ID": 7}, {"pm10": 0.4, "pm25": None}),
        ("counting-camera", {"bicycle": 31, "person": 12, "truck": 1}, {"bicycle": 31.0, "person": 12.0, "truck": 1.0}),
        ("parametric-pcr2", {"LTR": 1, "SBX_BATT": 7200, "TEMP": 31, "DIFF": 2}, {"LTR": 1.0, "SBX_BATT": 7.2}),
    ],
)  # fmt: skip
def test_fields_are_what_the_profile_says(profile: str, decoded: dict[str, Any], expected: dict[str, Any]) -> None:
    """Units are read, what is ignored is not passed on, what is saturated was not measured."""
    port = next(iter(shipped(profile).ports), 2)
    assert measured(profile, port, decoded) == expected


VECTORS: Final = {  # what the published vectors hold of the fields that the profiles name
    "pcr2 (people/bike radar)": ("parametric-pcr2", RADAR),
    "aqs01-l": ("dragino-aqs01-l", {"temperature": 28.29, "humidity": 88.6, "probe": 27.81}),
    "dl-pm": ("decentlab-dl-pm", {"battery": 3.109, "pm25": 3.9, "pm10": 3.9}),
}


@pytest.mark.parametrize("device", VECTORS)
def test_published_vectors(device: str) -> None:
    """The bytes that the makers' decoders are tested with, and what those make of them."""
    file = SHARED / "device_repository_codec_vectors.json"
    if not file.exists():
        pytest.skip("the shared payloads are not here")
    vector = next(one for one in json.loads(file.read_text("utf-8")) if one["device"] == device)
    profile, expected = VECTORS[device]
    radio = bytes.fromhex(vector.get("bytes_hex_that_match_output", vector["bytes_hex"]))
    assert measured(profile, vector["fPort"], radio) == pytest.approx(expected)


def test_recorded_uplinks_of_texts_with_units() -> None:
    """Two of five have texts only: with the profile of their model every one is read."""
    file = SHARED / "storage_integration_dragino_2023-06_first5.jsonl"
    if not file.exists():
        pytest.skip("the shared payloads are not here")
    found = []
    for line in file.read_bytes().splitlines():
        name = json.loads(line)["result"]["end_device_ids"]["device_id"]
        device = with_shipped("dragino-lse01", "temp_SOIL", "battery", name=name)
        seen = decode(f"v3/app@ttn/devices/{name}/up", line, datetime(2023, 6, 22, tzinfo=UTC), {name: device})
        assert not isinstance(seen, Rejection), seen
        found.append({one.source: one.value for one in seen if one.source in device.sources})
    temperatures, batteries = (30.11, 29.92, 24.52, 25.37, 25.27), (3.384, 3.386, 3.332, 3.372, 3.363)
    assert found == [{"battery": v, "temp_SOIL": t} for v, t in zip(batteries, temperatures, strict=True)]


@EVERY
def test_a_profile_is_the_same_when_it_comes_back_from_the_database(name: str) -> None:
    """Which holds it as JSON."""
    assert msgspec.json.decode(msgspec.json.encode(shipped(name)), type=DeviceProfile) == shipped(name)
