"""The Things Stack v3: uplinks of a LoRaWAN network, with what its payload formatter decoded and with their bytes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Final

import msgspec

from ingest.dialects.byte_layout import form_of_radio, from_base64
from ingest.dialects.device_texts import texts_of
from ingest.dialects.dialect import Dialect, Example, Published, Simulator
from ingest.dialects.document import Document
from ingest.dialects.document import parse as parse_document
from ingest.dialects.fields import instant, is_true, port_of, shaped, stamp
from ingest.dialects.measured_fields import nested
from ingest.dialects.permitted import MARK, PORT, SENSOR, TIME, Form, Numbers, Texts, digest
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.uplink import LAST_FRAME, Uplink, observations_of, place_in_session
from ingest.dialects.windows import LIVE, Window
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"v3/([^/]+)/devices/([a-z0-9-]{3,40})/up", re.ASCII)
_VERSION_2: Final = frozenset({"dev_id", "payload_raw"})


class EndDevice(msgspec.Struct):
    """Who sent the uplink: the id that its owner chose; hardware ids are not decoded.

    `dev_addr`, the address of its session in the network, is not stored: of it and of the session a digest stays.
    """

    device_id: str
    dev_addr: object = None


class UplinkMessage(msgspec.Struct):
    """One LoRaWAN frame of a device; the network leaves out what is empty, 0 or false."""

    decoded_payload: dict[str, object] = {}
    frm_payload: object = None
    f_port: object = None
    received_at: str = ""
    session_key_id: object = None
    f_cnt: object = 0


class Envelope(msgspec.Struct):
    """What the network publishes on `up`; what it has on gateways is not decoded."""

    end_device_ids: EndDevice
    uplink_message: UplinkMessage | None = None
    received_at: str = ""
    simulated: object = False


def parse(payload: bytes) -> Document:
    """Parse one uplink, or a line of the storage integration, which has it under `result`."""
    document = parse_document(payload)
    result = document.get("result")
    return result if isinstance(result, dict) and "end_device_ids" not in document else document


def decode(topic: str, document: Document, received_at: datetime, device: RegisteredDevice | None) -> list[Observation]:
    """Decode one uplink: what its payload formatter gave, else its bytes by the profile, as an instant."""
    name = topic.split("/")[3]
    if document.keys() >= _VERSION_2:
        raise RefusedError(
            "unknown_dialect",
            "a message of The Things Network v2, which has ended: move the device to The Things Stack",
        )
    envelope = shaped(document, Envelope)
    if envelope.end_device_ids.device_id != name:
        raise RefusedError("other_sensor", f"the topic is of {name}, not {shown(envelope.end_device_ids.device_id)}")
    if envelope.uplink_message is None:
        raise RefusedError("not_a_measurement", "the envelope has no uplink_message")
    if is_true(envelope.simulated):
        raise RefusedError("not_a_measurement", "an uplink that the console simulated")
    return observations_of(_uplink(name, envelope, envelope.uplink_message), device, received_at)


def _uplink(name: str, envelope: Envelope, message: UplinkMessage) -> Uplink:
    text = message.received_at or envelope.received_at
    radio = message.frm_payload
    run, number = place_in_session(message.f_cnt, message.session_key_id, envelope.end_device_ids.dev_addr)
    return Uplink(
        sensor=name,
        at=instant(text) if text else None,
        port=port_of(message.f_port),
        decoded=message.decoded_payload,
        radio=from_base64(radio) if isinstance(radio, str) else None,
        has_radio=bool(radio),
        run=run,
        number=number,
    )


def encode(
    observations: Sequence[Observation], *, application: str = "doorfiets", session: str = "", f_cnt: int = 0
) -> bytes:
    """Encode observations of one sensor at one instant as one uplink."""
    received_at = stamp(observations[0].ended_at)
    uplink: dict[str, object] = {
        "f_port": 2,
        "decoded_payload": nested({one.source: one.value for one in observations}),
        "received_at": received_at,
    }
    if session:
        uplink["session_key_id"] = session
    if f_cnt:
        uplink["f_cnt"] = f_cnt
    device = {"device_id": observations[0].sensor, "application_ids": {"application_id": application}}
    return msgspec.json.encode({"end_device_ids": device, "received_at": received_at, "uplink_message": uplink})


def _covers(source: str, quantity: str) -> bool:
    return source.partition("/")[0] != quantity  # a source that is not the quantity's own name is a vendor's


def _publish(sensor: str, observations: Sequence[Observation], _window: Window) -> Iterator[Published]:
    for ended_at, group in groupby(sorted(observations, key=lambda one: one.ended_at), key=lambda one: one.ended_at):
        part = list(group)
        payload = encode(part, f_cnt=int(ended_at.timestamp()) // 900 % 65_536)
        yield Published(f"v3/doorfiets@ttn/devices/{sensor}/up", payload, len(part))


_EXAMPLE: Final = msgspec.json.encode(
    {
        "end_device_ids": {"device_id": "noord-1", "dev_eui": "70B3D57ED0000003"},
        "received_at": "2026-05-12T06:15:21.104Z",
        "uplink_message": {
            "f_port": 2, "f_cnt": 7, "session_key_id": "AY8v", "received_at": "2026-05-12T06:15:20.900123999Z",
            "decoded_payload": {"bikes_in": 42, "battery": 3.6, "note": "ok"}, "rx_metadata": [{"rssi": -80}],
        },
    }
)  # fmt: skip

_TEXTS: Final[Mapping[str, Form]] = {
    "end_device_ids.device_id": SENSOR,
    "end_device_ids.dev_addr": digest("session"),
    "received_at": TIME,
    "simulated": MARK,
    "uplink_message.f_port": PORT,
    "uplink_message.received_at": TIME,
    "uplink_message.session_key_id": digest("session"),
}


_NUMBERS: Final[Numbers] = {"uplink_message.f_cnt": LAST_FRAME}


def _texts(device: RegisteredDevice | None) -> Texts:
    radio = form_of_radio(device)
    decoded = texts_of("uplink_message.decoded_payload", device)
    return MappingProxyType({**_TEXTS, **decoded, "uplink_message.frm_payload": radio})


def _public_topic(topic: str) -> str:
    """Leave out the application and the tenant: both are chosen by their owner, and decide nothing."""
    version, _, rest = topic.split("/", 2)
    return f"{version}/-/{rest}"


DIALECT: Final = Dialect(
    name="things_stack",
    subscriptions=("v3/+/devices/+/up",),
    sensor_topics=(),  # the network publishes for its devices
    pattern=PATTERN,
    sensor_group=2,
    texts=_texts,
    parse=parse,
    numbers=_NUMBERS,
    public_topic=_public_topic,
    decode=decode,
    encode=encode,
    examples=(Example("v3/assen@ttn/devices/noord-1/up", _EXAMPLE, "noord-1", {"bikes_in": 42.0, "battery": 3.6}),),
    simulator=Simulator(_covers, _publish, LIVE.back - timedelta(days=1)),
)
