"""The Things Stack as it really speaks: recorded uplinks, official examples, and what it leaves out."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.dialects import decode
from ingest.dialects.decoder import decode_permitted
from schemas.device import RegisteredDevice
from schemas.observation import Observation, run_of
from schemas.quality_flags import RECEIVED_TIME
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "payloads" / "ttn"
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "v3/assen@ttn/devices/assen-bike-03/up"
UPLINK = {
    "end_device_ids": {"device_id": "assen-bike-03", "dev_eui": "70B3D57ED0000003"},
    "received_at": "2026-05-12T06:15:21.104Z",
    "uplink_message": {
        "f_port": 2,
        "frm_payload": "AAAAKg==",
        "decoded_payload": {"bikes_in": 42, "note": "ok", "open": True},
        "settings": {"frequency": "868100000"},
        "received_at": "2026-05-12T06:15:20.900123999Z",
    },
}


def said(**changes: object) -> bytes:
    """Spell the uplink with other fields in its message."""
    return json.dumps(UPLINK | {"uplink_message": UPLINK["uplink_message"] | changes}).encode()  # type: ignore[operator]


def reason(payload: bytes, topic: str = TOPIC) -> str:
    """Read a message that must be refused, and say why it was."""
    refused = decode(topic, payload, NOON)
    assert isinstance(refused, Rejection)
    return refused.reason


def test_numbers_are_instants_by_their_field() -> None:
    """A frame counter of 0 is left out by the network; nanoseconds are cut off; texts are no numbers."""
    at = datetime(2026, 5, 12, 6, 15, 20, 900_123, tzinfo=UTC)
    assert decode(TOPIC, said(), NOON) == [Observation("assen-bike-03", "bikes_in", at, at, 42.0, 1.0, NOON)]


@pytest.mark.parametrize(
    ("uplink", "device", "place"),
    [
        ({"session_key_id": "AXA5", "f_cnt": 118}, {}, ("AXA5", 118)),
        ({"session_key_id": "AXA5"}, {}, ("AXA5", 0)),
        ({"session_key_id": "AXA5", "f_cnt": 1}, {"dev_addr": "260B1234"}, ("AXA5", 1)),
        ({"f_cnt": 7}, {"dev_addr": "260B1234"}, ("260B1234", 7)),
        ({"f_cnt": 7}, {}, None),
        ({"session_key_id": "AXA5", "f_cnt": "118"}, {}, None),
        ({"session_key_id": "AXA5", "f_cnt": True}, {}, None),
        ({"session_key_id": "AXA5", "f_cnt": -1}, {}, None),
        ({"session_key_id": "AXA5", "f_cnt": 2**32}, {}, None),
        ({"session_key_id": ["AXA5"], "f_cnt": 1}, {}, None),
        ({"session_key_id": "\ud800", "f_cnt": 1}, {}, ("\ud800", 1)),
    ],
)
def test_session_and_frame_counter_are_the_place_of_an_uplink(
    uplink: dict[str, object], device: dict[str, object], place: tuple[str, int] | None
) -> None:
    """Neither the session nor the address is kept; a counter that is none is not worth a measurement."""
    changed = UPLINK | {"end_device_ids": {"device_id": "assen-bike-03"} | device}
    changed["uplink_message"] = UPLINK["uplink_message"] | uplink  # type: ignore[operator]
    outcome = decode(TOPIC, json.dumps(changed).encode(), NOON)
    assert isinstance(outcome, list)
    expected = (run_of("assen-bike-03", "session", place[0]), place[1]) if place else (None, None)
    assert [(one.run, one.number) for one in outcome] == [expected]


def test_without_a_time_it_is_the_reception_with_a_quality_flag() -> None:
    """Neither the frame nor the envelope has a time."""
    payload = json.dumps({"end_device_ids": UPLINK["end_device_ids"], "uplink_message": {"decoded_payload": {"n": 1}}})
    seen = decode(TOPIC, payload.encode(), NOON)
    assert seen == [Observation("assen-bike-03", "n", NOON, NOON, 1.0, 1.0, NOON, RECEIVED_TIME)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (said(decoded_payload={}), "missing_field"),
        (said(decoded_payload={"temperature": "29.92 °C"}), "type"),
        (said(decoded_payload={"a b": 1}), "format"),
        (said(decoded_payload={"n": 1e12}), "type"),
        (said(decoded_payload={"n": 1_778_566_500}), "range"),
        (said(decoded_payload=[1]), "type"),
        (said(received_at="2026-03-12T06:15:20Z"), "too_late"),
        (said(received_at="2026-05-12T12:05:01Z"), "from_the_future"),
        (said(received_at="yesterday"), "format"),
        (said().replace(b"bike-03", b"bike-04", 1), "other_sensor"),
        (b'{"end_device_ids":{"device_id":"assen-bike-03"},"join_accept":{}}', "not_a_measurement"),
        (b"{}", "missing_field"),
        (b'{"result":{"uplink_message":{}}}', "missing_field"),
    ],
)
def test_what_is_no_measurement_is_refused(payload: bytes, expected: str) -> None:
    """Each with its reason."""
    assert reason(payload) == expected


@pytest.mark.parametrize(
    ("beside", "found_in_it"),
    [
        ({"mac": "00:11:22:33:44:55"}, b'"mac":"<text 17>"'),
        ({"who": ["jan@example.org", {"a b": "AB-12-CD"}]}, b'"who":["<text 15>",{"<key 3>":"<text 8>"}]'),
        ({"jan.jansen": 7}, b'"<key 10>":7'),
        ({"00:11:22:33:44:55": 7, "66:77:88:99:aa:bb": 8}, b'"<key 17>":7,"<key 17 2>":8'),
        ({"imei": 490154203237518}, b'"imei":"<number 15>"'),
        ({"imei": 490154203237518.0}, b'"imei":"<number 15>"'),
        ({"sent_at": 1_778_566_500}, b'"sent_at":1778566500'),
    ],
)
def test_what_is_about_somebody_is_replaced_and_the_counts_are_taken(
    beside: dict[str, object], found_in_it: bytes
) -> None:
    """A field that may be about a passer-by is no reason to lose those who passed; `person` counts them."""
    devices = {"assen-bike-03": RegisteredDevice("assen-bike-03", None, frozenset({"person", "Battery (V)"}))}
    payload = said(decoded_payload={"person": 12, "Battery (V)": 3.6, **beside})
    seen, topic, stays = decode_permitted(TOPIC, payload, NOON, devices)
    assert isinstance(seen, list)
    assert {one.source: one.value for one in seen}.items() >= {"person": 12.0, "Battery (V)": 3.6}.items()
    assert topic == "v3/-/devices/assen-bike-03/up"
    assert found_in_it in (stays or b"")
    assert decode_permitted(topic, stays or b"", NOON, devices) == (seen, topic, stays)


def test_gateways_and_the_device_itself_are_no_passers_by() -> None:
    """The network tells where it received the device: that is read by nobody, and no reason to refuse."""
    gateway = {"gateway_ids": {"gateway_id": "g", "eui": "A84041FFFF24A438"}, "location": {"latitude": 53.0}}
    assert isinstance(decode(TOPIC, said(rx_metadata=[gateway]), NOON), list)


def test_the_official_examples() -> None:
    """The example that is no JSON is malformed, the others carry no measurement."""
    folder = SHARED / "official_docs"
    if not folder.exists():
        pytest.skip("the shared payloads are not here")
    topic = "v3/app1@tenant1/devices/dev1/up"
    assert reason((folder / "uplink_message_example.INVALID_JSON.json").read_bytes(), topic) == "malformed"
    assert reason((folder / "join_message_example.json").read_bytes(), topic) == "not_a_measurement"


def test_recorded_uplinks() -> None:
    """Two of five have texts only; the others give the number that stands beside their texts."""
    file = SHARED / "storage_integration_dragino_2023-06_first5.jsonl"
    if not file.exists():
        pytest.skip("the shared payloads are not here")
    found: list[object] = []
    for line in file.read_text().splitlines():
        uplink = json.loads(line)["result"]
        topic = f"v3/app@ttn/devices/{uplink['end_device_ids']['device_id']}/up"
        received_at = datetime(2023, 6, 22, tzinfo=UTC)
        outcome = decode(topic, json.dumps(uplink).encode(), received_at)
        found.append(outcome.reason if isinstance(outcome, Rejection) else [(one.source, one.value) for one in outcome])
    assert found == ["type", "type", [("conduct_SOIL", 161)], [("conduct_SOIL", 413)], [("conduct_SOIL", 414)]]
