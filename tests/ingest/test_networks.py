"""Networks of devices as they speak: The Things Stack, ChirpStack, Helium, NB-IoT; what is decoded, and what stays."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import chirpstack, decode, dialect_of, helium, nbiot, things_stack
from ingest.dialects.decoder import decode_permitted
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME
from schemas.rejection import Rejection
from tests.ingest.registered import of

pytestmark = pytest.mark.pure

SHARED: Final = Path(__file__).parents[3] / "shared" / "data" / "payloads"
NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
MORNING: Final = datetime(2026, 5, 12, 6, 15, 20, 900_000, tzinfo=UTC)
MILLISECONDS: Final = round(MORNING.timestamp() * 1000)

EUI: Final = "70b3d57ed0000003"
CONSOLE_ID: Final = "7c523974-4ce7-4a92-948b-55171a6e4d77"
TTS: Final = ("v3/assen@ttn/devices/noord-1/up", "noord-1")
CHIRPSTACK: Final = (f"application/ae2012c2-75a1-407d-98ab-1520fb511edf/device/{EUI}/event/up", EUI)
HELIUM: Final = (f"helium/{CONSOLE_ID}/rx", CONSOLE_ID)
NBIOT: Final = ("nbiot/noord-1/up", "noord-1")

LAYOUT: Final = """
field = [{ field = "n" }]
layout = [{ port = 2, length = 4, fields = [{ field = "n", at = 2, type = "u16be" }] },
    { port = 0, length = 4, fields = [{ field = "n", at = 2, type = "u16be" }] }]
"""


def tts(**message: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Spell an uplink of The Things Stack."""
    ids = {"device_id": "noord-1", "dev_eui": "70B3D57ED0000003", "dev_addr": "260B1234"}
    at = {"received_at": "2026-05-12T06:15:20.9Z"}
    return {"end_device_ids": ids, **at, "uplink_message": {"f_port": 2, "f_cnt": 7, **at, **message}}


def chirp(**event: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Spell an uplink event of ChirpStack."""
    info = {"tenantName": "assen", "deviceName": "bij de school", "devEui": EUI, "tags": {"contact": "Jan"}}
    at = "2026-05-12T06:15:20.9+00:00"
    return {
        "deduplicationId": "3ac7e3c4",
        "time": at,
        "deviceInfo": info,
        "devAddr": "00bcb929",
        "fCnt": 7,
        "fPort": 2,
        **event,
    }


def hotspots(**message: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Spell an uplink of the Helium console."""
    seen = [{"name": "three-word-name", "lat": 53.0, "long": 6.6}]
    ids = {"id": CONSOLE_ID, "dev_eui": "70B3D57ED0000003", "devaddr": "5A010048"}
    return {
        **ids,
        "name": "bij de school",
        "hotspots": seen,
        "fcnt": 7,
        "port": 2,
        "reported_at": MILLISECONDS,
        **message,
    }


def platform(*values: str) -> dict[str, Any]:
    """Spell reports of an NB-IoT platform, a minute apart."""
    return {
        "reports": [
            {"serialNumber": "IMEI:868333030676163", "timestamp": MILLISECONDS + 60_000 * number, "value": value}
            for number, value in enumerate(values)
        ],
        "registrations": [],
    }


def outcome(topic: str, said: dict[str, Any], device: RegisteredDevice | None = None) -> list[Observation] | Rejection:
    """Decode a message of a device that is registered, if one is given."""
    return decode(topic, json.dumps(said).encode(), NOON, {device.device: device} if device else {})


def values(topic: str, said: dict[str, Any], device: RegisteredDevice | None = None) -> dict[str, float | None]:
    """Give the values of a message, which was measured in the morning."""
    seen = outcome(topic, said, device)
    assert isinstance(seen, list), seen
    assert {one.started_at for one in seen} == {MORNING}
    return {one.source: one.value for one in seen}


def reason(topic: str, said: dict[str, Any], device: RegisteredDevice | None = None) -> str:
    """Say why a message is refused."""
    refused = outcome(topic, said, device)
    assert isinstance(refused, Rejection), refused
    return refused.reason


LORAWAN: Final = [
    pytest.param(TTS, tts, "decoded_payload", "frm_payload", "f_port", id="the things stack"),
    pytest.param(CHIRPSTACK, chirp, "object", "data", "fPort", id="chirpstack"),
    pytest.param(HELIUM, hotspots, "decoded", "payload", "port", id="helium"),
]
Spell = Callable[..., dict[str, Any]]
Place = tuple[str, str]


def wrapped(decoded: str, fields: object) -> dict[str, Any]:
    """Put what was decoded where its network has it."""
    return {decoded: {"status": "success", "payload": fields} if decoded == "decoded" else fields}


@pytest.mark.parametrize(("place", "spell", "decoded", "radio", "port"), LORAWAN)
def test_what_the_network_decoded_is_measured(place: Place, spell: Spell, decoded: str, radio: str, port: str) -> None:
    """By its paths, with run and number of its session; the bytes beside it are not needed."""
    said = spell(**wrapped(decoded, {"n": 42, "t": {"value": 4.2}, "note": "ok"}), **{radio: "AAAAKg=="})
    assert values(place[0], said) == {"n": 42.0, "t.value": 4.2}
    seen, later = outcome(place[0], said), outcome(place[0], {**said})
    assert isinstance(seen, list)
    assert isinstance(later, list)
    assert {one.number for one in seen} == {7}
    assert len({one.run for one in (*seen, *later)}) == 1
    assert seen[0].run is not None
    assert values(place[0], spell(**wrapped(decoded, {"n": 1}), **{port: None})) == {"n": 1.0}
    assert reason(place[0], spell(**wrapped(decoded, {"n": 1}), **{port: 0})) == "not_a_measurement"


@pytest.mark.parametrize(("place", "spell", "decoded", "radio", "port"), LORAWAN)
def test_bytes_are_measured_by_the_layout_of_the_profile(
    place: Place, spell: Spell, decoded: str, radio: str, port: str
) -> None:
    """Without one the remedy is said; of another length they stay nowhere; on port 0 they are the network's own."""
    device = of(LAYOUT, "n", name=place[1])
    empty = wrapped(decoded, {})
    assert values(place[0], spell(**{radio: "AAAAKg=="}), device) == {"n": 42.0}
    assert values(place[0], spell(**empty, **{radio: "AAAAKg=="}), device) == {"n": 42.0}
    assert reason(place[0], spell(**{radio: "AAAAKg=="})) == "missing_field"
    assert reason(place[0], spell(**{radio: "AAAAKgA="}), device) == "format"
    assert reason(place[0], spell(**{radio: "no base64"}), device) == "format"
    assert reason(place[0], spell(**{radio: "AAAAKg==", port: 0}), device) == "not_a_measurement"
    assert reason(place[0], spell(), device) == "not_a_measurement"


@pytest.mark.parametrize(("place", "spell", "decoded", "radio", "port"), LORAWAN)
def test_what_stays_is_decoded_as_what_came(place: Place, spell: Spell, decoded: str, radio: str, port: str) -> None:
    """And holds no hardware id but that by which a device is called, no address, no name, no place of a gateway."""
    del port
    device = of(f'{LAYOUT}time = {{ field = "at" }}', "n", name=place[1])
    fields = {"n": "42", "at": "2026-05-12T06:15:20.9Z", "who": "Jan", "mail": "jan@example.org"}
    payload = json.dumps(spell(**wrapped(decoded, fields), **{radio: "AAAAKg=="})).encode()
    first = decode_permitted(place[0], payload, NOON, {device.device: device})
    assert isinstance(first.outcome, list), first.outcome
    assert [(one.source, one.value, one.started_at) for one in first.outcome] == [("n", 42.0, MORNING)]
    assert first.payload is not None
    again = decode_permitted(first.topic, first.payload, NOON, {device.device: device})
    assert (again.outcome, again.payload) == (first.outcome, first.payload)
    for gone in (b"70B3D57ED0000003", b"260B1234", b"00bcb929", b"5A010048", b"school", b"Jan", b"jan@", b"three-word"):
        assert gone not in first.payload
    assert b"AAAAKg==" in first.payload
    nobody = decode_permitted(place[0], payload, NOON)
    assert nobody.payload is not None
    assert b"AAAAKg==" not in nobody.payload


@pytest.mark.parametrize("session", [2**63, [1], {"a": 1}, None, ""])
def test_a_session_that_is_no_text_numbers_nothing(session: object) -> None:
    """Nor does what stays of it, when it is decoded again."""
    payload = json.dumps(chirp(object={"n": 1}, devAddr=session)).encode()
    first = decode_permitted(CHIRPSTACK[0], payload, NOON)
    assert first.payload is not None
    again = decode_permitted(first.topic, first.payload, NOON)
    for one in (first, again):
        assert isinstance(one.outcome, list)
        assert [(seen.run, seen.number) for seen in one.outcome] == [(None, None)]


def test_a_registered_field_stays_whatever_it_is_called() -> None:
    """Its key, its text, its large number, and the objects that it is in; the same of nobody's field does not."""
    fields = {"Battery (V)": "3.61", "Totals (24h)": {"in": 4_294_967_295}, "Other (V)": "3.61", "total": 4_294_967_295}
    device = of("", "Battery (V)", "Totals (24h).in")
    assert values(TTS[0], tts(decoded_payload=fields), device) == {
        "Battery (V)": 3.61, "Totals (24h).in": 4_294_967_295.0
    }  # fmt: skip
    assert reason(TTS[0], tts(decoded_payload=fields)) == "type"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (TTS, {**tts(decoded_payload={"n": 1}), "end_device_ids": {"device_id": "noord-2"}}),
        (CHIRPSTACK, chirp(object={"n": 1}, deviceInfo={"devEui": "70b3d57ed0000004"})),
        (HELIUM, hotspots(decoded={"payload": {"n": 1}}, id="7c523974-4ce7-4a92-948b-55171a6e4d78")),
    ],
)
def test_a_message_of_another_device_is_refused(place: Place, said: dict[str, Any]) -> None:
    """A network that mixes up its topics must not fill another's series."""
    assert reason(place[0], said) == "other_sensor"


def test_an_eui_in_capitals_is_the_same_device() -> None:
    """The topic has small letters; what stays has them too."""
    assert values(CHIRPSTACK[0], chirp(object={"n": 1}, deviceInfo={"devEui": EUI.upper()})) == {"n": 1.0}


def test_a_line_of_the_storage_integration_is_an_uplink() -> None:
    """It has the uplink under `result`."""
    assert values(TTS[0], {"result": tts(decoded_payload={"n": 1})}) == {"n": 1.0}


def test_a_simulated_uplink_is_no_measurement() -> None:
    """The console can send any number."""
    said = {**tts(decoded_payload={"n": 999}), "simulated": True}
    refused = outcome(TTS[0], said)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.detail) == ("not_a_measurement", "an uplink that the console simulated")
    assert values(TTS[0], {**said, "simulated": False}) == {"n": 999.0}


def test_the_network_before_is_refused_with_the_remedy() -> None:
    """Its messages have other names for everything, and it has ended."""
    said = {"app_id": "a", "dev_id": "noord-1", "hardware_serial": "0004A30B001E00BE", "port": 1, "payload_raw": "AA=="}
    refused = outcome(TTS[0], said)
    assert isinstance(refused, Rejection)
    assert refused.reason == "unknown_dialect"
    assert "move the device to The Things Stack" in refused.detail


@pytest.mark.parametrize("folder", ["ttn/v2_legacy"])
def test_recordings_of_the_network_before_are_refused(folder: str) -> None:
    """Every one of them."""
    files = sorted((SHARED / folder).glob("*.json"))
    if not files:
        pytest.skip("the shared payloads are not here")
    for file in files:
        assert reason(TTS[0], json.loads(file.read_text("utf-8"))) == "unknown_dialect"


@pytest.mark.parametrize(
    "topic",
    [
        CHIRPSTACK[0].replace("/up", "/join"), CHIRPSTACK[0].replace("/up", "/status"),
        CHIRPSTACK[0].replace("b3", "B3"), HELIUM[0].replace("/rx", "/tx"),
        "nbiot/868333030676163/up", "nbiot/8683-33030676163/up",
    ],
)  # fmt: skip
def test_other_topics_of_a_network_are_nobodys(topic: str) -> None:
    """Events of the network, downlinks; and the number of a modem, which is no id of a sensor."""
    assert dialect_of(topic) is None


def test_a_message_of_the_helium_console_has_a_time_in_milliseconds() -> None:
    """Without one it is the reception."""
    seen = outcome(HELIUM[0], hotspots(decoded={"payload": {"n": 1}}, reported_at=None))
    assert isinstance(seen, list)
    assert [(one.started_at, one.quality_flags) for one in seen] == [(NOON, RECEIVED_TIME)]


def test_a_recorded_uplink_of_helium_is_read_by_a_layout() -> None:
    """One byte on port 1."""
    file = SHARED / "other-lpwan" / "helium_uplink.json"
    if not file.exists():
        pytest.skip("the shared payloads are not here")
    name = "ecace44e-3cd9-46f0-b7ad-9da592534d82"
    profile = 'layout = [{ port = 1, length = 1, fields = [{ field = "n", at = 0, type = "u8" }] }]'
    device = of(f'field = [{{ field = "n" }}]\n{profile}', "n", name=name)
    seen = decode(f"helium/{name}/rx", file.read_bytes(), datetime(2021, 9, 13, tzinfo=UTC), {name: device})
    assert isinstance(seen, list), seen
    assert [(one.source, one.value, one.number) for one in seen] == [("n", 3.0, 0)]


def test_reports_of_a_platform_are_instants_by_the_layout_of_port_0() -> None:
    """Several in one message, each with its own time; none of them numbered."""
    device = of(LAYOUT, "n")
    seen = outcome(NBIOT[0], platform("0000002a", "0000002b"), device)
    assert isinstance(seen, list), seen
    assert [(one.value, one.started_at - MORNING, one.number) for one in seen] == [
        (42.0, timedelta(0), None), (43.0, timedelta(minutes=1), None)
    ]  # fmt: skip


def test_the_number_of_a_modem_stays_nowhere() -> None:
    """Neither in its own field nor among the values; the bytes stay where the profile lays them out."""
    device = of(LAYOUT, "n")
    stays = decode_permitted(NBIOT[0], json.dumps(platform("0000002a")).encode(), NOON, {device.device: device}).payload
    plain = {"values": {"n": 1, "imei": 868333030676163, "imsi": "868333030676163"}, "ts": MILLISECONDS}
    also = decode_permitted(NBIOT[0], json.dumps(plain).encode(), NOON).payload
    assert stays is not None
    assert also is not None
    assert b"0000002a" in stays
    assert b"868333030676163" not in stays + also


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "missing_field"),
        ({"reports": []}, "not_a_measurement"),
        ({"reports": None, "registrations": [{}]}, "missing_field"),
        (platform("0000002a", "00"), "format"),
        (
            {"reports": [*platform("0000002a")["reports"], {"value": "0000002b", "timestamp": MILLISECONDS}]},
            "duplicate_key",
        ),
        (platform(*["0000002a"] * 501), "too_large"),
        ({"values": {}}, "not_a_measurement"),
        ({"values": {"n": "n/a"}}, "type"),
    ],
)
def test_a_message_of_a_platform_is_stored_whole_or_refused_whole(said: dict[str, Any], expected: str) -> None:
    """One report that cannot be read takes the others with it, by its reason."""
    assert reason(NBIOT[0], said, of(LAYOUT, "n")) == expected


def test_the_same_report_twice_is_one() -> None:
    """Platforms repeat what they are not sure to have sent."""
    said = platform("0000002a")
    seen = outcome(NBIOT[0], {"reports": said["reports"] * 2}, of(LAYOUT, "n"))
    assert isinstance(seen, list)
    assert [one.value for one in seen] == [42.0]


@pytest.mark.parametrize(
    "time", [{"time": "2026-05-12T06:15:20.9Z"}, {"ts": MILLISECONDS}, {"ts": MILLISECONDS / 1000}]
)
def test_plain_values_have_a_time_as_text_or_since_1970(time: dict[str, Any]) -> None:
    """In seconds or in milliseconds."""
    assert values(NBIOT[0], {**time, "values": {"n": 42, "t": {"value": 4.2}}}) == {"n": 42.0, "t.value": 4.2}


def test_a_recorded_message_of_a_platform() -> None:
    """Four bytes of a device whose payload nobody described: read by a layout, refused without."""
    file = SHARED / "other-lpwan" / "cdp_message.json"
    if not file.exists():
        pytest.skip("the shared payloads are not here")
    then = datetime(2021, 3, 14, tzinfo=UTC)
    device = of(LAYOUT, "n")
    seen = decode(NBIOT[0], file.read_bytes(), then, {device.device: device})
    assert isinstance(seen, list), seen
    assert [(one.value, f"{one.started_at:%H:%M:%S.%f}") for one in seen] == [(540.0, "18:37:59.246000")]
    refused = decode(NBIOT[0], file.read_bytes(), then)
    assert isinstance(refused, Rejection)
    assert refused.reason == "missing_field"


names = st.text("abn", min_size=1, max_size=6) | st.sampled_from(["x.b", "x.c.value", "pm2_5", "TempC_DS18B20"])
moments = st.datetimes(datetime(2026, 4, 13), datetime(2026, 5, 12, 11, 30), timezones=st.just(UTC))
SPOKEN: Final = [
    pytest.param(TTS, things_stack.encode, {"session": "AXA5", "f_cnt": 7}, id="the things stack"),
    pytest.param(CHIRPSTACK, chirpstack.encode, {"dev_addr": "00bcb929", "f_cnt": 7}, id="chirpstack"),
    pytest.param(HELIUM, helium.encode, {"devaddr": "5A010048", "fcnt": 7}, id="helium"),
    pytest.param(NBIOT, nbiot.encode, {}, id="nbiot"),
]


@pytest.mark.parametrize(("place", "encode", "session"), SPOKEN)
@given(numbers=st.dictionaries(names, st.floats(-1e6, 1e6), min_size=1), at=moments)
def test_a_network_reads_what_it_says(
    place: Place, encode: Callable[..., bytes], session: dict[str, Any], numbers: dict[str, float], at: datetime
) -> None:
    """Instants of one moment, by the paths of their fields; numbered where its session and counter are stated."""
    said = [Observation(place[1], name, at, at, value, 1.0, NOON) for name, value in sorted(numbers.items())]
    assert decode(place[0], encode(said), NOON) == said
    seen = decode(place[0], encode(said, **session), NOON)
    assert isinstance(seen, list)
    assert {one.number for one in seen} == ({7} if session else {None})
