"""airrohr: a kit's push, its traps (numbers as texts, no time, saturation, old firmware), and what of it may stay."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import airrohr, decode, decode_permitted
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "payloads" / "airrohr-push"
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "http/airrohr/esp8266-1234567"


def push(*readings: tuple[str, Any], chip: Any = "1234567") -> bytes:  # noqa: ANN401 - JSON
    """Make the push of a kit."""
    values = [{"value_type": name, "value": value} for name, value in readings]
    return json.dumps({"esp8266id": chip, "software_version": "NRZ-2020-133", "sensordatavalues": values}).encode()


def read(payload: bytes, topic: str = TOPIC) -> list[Observation]:
    """Decode what has to be decodable."""
    seen = decode(topic, payload, NOON)
    assert isinstance(seen, list), seen
    return seen


def refused(payload: bytes, topic: str = TOPIC) -> Rejection:
    """Decode what has to be refused."""
    seen = decode(topic, payload, NOON)
    assert isinstance(seen, Rejection), seen
    return seen


@given(
    st.dictionaries(
        st.from_regex(r"((SDS|SPS30|BME280)_)?[AEIOUaeiou][a-z]{0,9}[0-9]{0,2}(_[a-z]{1,8})?", fullmatch=True),
        st.none() | st.integers(-9_999_999, 9_999_999).map(lambda hundredths: hundredths / 100),
        min_size=1,
        max_size=12,
    )
)
def test_a_push_is_read_as_it_is_sent(numbers: dict[str, float | None]) -> None:
    """Encoder and decoder agree; what a kit did not measure has no value."""
    sent = [
        Observation("esp8266-1234567", name, NOON, NOON, value, 1.0, NOON, RECEIVED_TIME)
        for name, value in numbers.items()
    ]
    assert read(airrohr.encode(sent)) == sent


def test_a_kit_without_a_clock_measures_when_it_is_received() -> None:
    """Each number is one of the instant of its reception, and says so by a flag."""
    (one,) = read(push(("SDS_P1", "14.30")))
    assert (one.sensor, one.source, one.value) == ("esp8266-1234567", "SDS_P1", 14.3)
    assert (one.started_at, one.ended_at, one.quality_flags) == (NOON, NOON, RECEIVED_TIME)


@pytest.mark.parametrize(
    ("sent", "value"),
    [("1999.90", 1999.9), ("999.9", 999.9), ("-59 dBm", -59.0), ("-94", -94.0), ("", None), ("nan", None), (8.1, 8.1)],
)
def test_numbers_are_read_as_they_come(sent: object, value: float | None) -> None:
    """Saturated values stay for the validation, old firmware sends the unit, and no number is no measurement."""
    assert [one.value for one in read(push(("SDS_P1", sent)))] == [value]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (push(("SDS_P1", "1"), chip="7654321"), "other_sensor"),
        (push(("SDS_P1", "1"), chip=7654321), "other_sensor"),
        (push(("SDS_P1", "1"), ("SDS_P1", "2")), "duplicate_key"),
        (push(("SDS_P1", "Jan Jansen")), "type"),
        (push(("SDS_P1", True)), "type"),
        (push(("SDS P1", "1")), "format"),
        (push(), "not_a_measurement"),
        (push(("GPS_lat", "52.99"), ("GPS_lon", "6.56")), "not_a_measurement"),
        (b'{"esp8266id":"1234567"}', "missing_field"),
        (b'{"sensordatavalues":[]}', "missing_field"),
        (b'{"esp8266id":"1234567","sensordatavalues":7}', "type"),
        (b"[]", "not_an_object"),
    ],
)
def test_what_is_not_a_push_is_refused_by_name(payload: bytes, reason: str) -> None:
    """One reason for a whole push, in which no number is guessed."""
    assert refused(payload).reason == reason


def test_the_number_that_is_wrong_is_named() -> None:
    """Whoever repairs a kit reads which of its parts it is."""
    assert "BME280_humidity" in refused(push(("SDS_P1", "1"), ("BME280_humidity", "wet"))).detail


def test_where_a_kit_stands_is_nowhere_written() -> None:
    """A receiver for GPS tells where somebody lives: its values go before anything is decoded or stored."""
    payload = push(("SDS_P1", "1"), ("GPS_lat", "52.998877"), ("GPS_timestamp", "2026-05-12T11:59:00"))
    done = decode_permitted(TOPIC, payload, NOON)
    assert [one.source for one in read(payload)] == ["SDS_P1"]
    assert done.payload is not None
    assert b"52.99" not in done.payload
    assert b"GPS" not in done.payload


def test_what_stays_is_decoded_again_into_the_same() -> None:
    """Names, numbers and the version of the firmware stay, any other text does not."""
    payload = push(("SDS_P1", "14.30"), ("signal", "-59 dBm")).replace(
        b'"software_version"', b'"wifi":"Jan","software_version"'
    )
    done = decode_permitted(TOPIC, payload, NOON, {"esp8266-1234567": RegisteredDevice("esp8266-1234567")})
    assert done.payload is not None
    assert b"Jan" not in done.payload
    assert b"NRZ-2020-133" in done.payload
    assert decode(TOPIC, done.payload, NOON) == done.outcome == read(payload)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")
def test_the_recorded_push_of_a_real_kit_is_read() -> None:
    """Nine numbers of an SDS011 with a BME280, firmware of 2020."""
    (recording,) = SHARED.glob("*.http")
    body = recording.read_bytes().partition(b"{")
    values = {one.source: one.value for one in read(b"{" + body[2].strip(), "http/airrohr/esp8266-12331981")}
    assert values == {
        "SDS_P1": 0.4, "SDS_P2": 0.2, "BME280_temperature": 20.47, "BME280_pressure": 100613.25,
        "BME280_humidity": 69.02, "samples": 4222662.0, "min_micro": 32.0, "max_micro": 3301275.0, "signal": -94.0,
    }  # fmt: skip


def test_a_number_that_nobody_registered_stays_if_its_name_is_plain() -> None:
    """A part of a kit and words; of another name nothing is written, and the rest is read."""
    payload = push(("SDS_P1", "1"), ("x70b3d57ed", "2"))
    assert [one.source for one in read(payload)] == ["SDS_P1"]
    assert refused(push(("x70b3d57ed", "2"))).reason == "format"
    known = {"esp8266-1234567": RegisteredDevice("esp8266-1234567", None, frozenset({"x70b3d57ed"}))}
    seen = decode(TOPIC, payload, NOON, known)
    assert isinstance(seen, list)
    assert [one.source for one in seen] == ["SDS_P1", "x70b3d57ed"]
