"""ChirpStack v4: uplink events of a LoRaWAN network, with what its codec decoded and with their bytes.

A device is called by its DevEUI, in lower case as in the topic. Events of joins, states and acknowledgements have
topics of their own, on which nobody listens.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from ingest.dialects.byte_layout import form_of_radio, from_base64
from ingest.dialects.device_texts import texts_of
from ingest.dialects.dialect import Dialect, Example
from ingest.dialects.document import Document
from ingest.dialects.fields import instant, port_of, shaped, stamp
from ingest.dialects.measured_fields import nested
from ingest.dialects.permitted import PORT, TIME, Form, Numbers, Sender, SenderForm, Texts, digest
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.uplink import LAST_FRAME, Uplink, observations_of, place_in_session
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"application/([^/]+)/device/([0-9a-f]{16})/event/up", re.ASCII)


class EventDevice(msgspec.Struct, rename="camel"):
    """Who sent the uplink; the names of tenant, application and device are not decoded."""

    dev_eui: str


class UplinkEvent(msgspec.Struct, rename="camel"):
    """One uplink; the network leaves out what is empty or 0. Tags and gateways are not decoded."""

    device_info: EventDevice
    time: str = ""
    dev_addr: object = None
    f_cnt: object = 0
    f_port: object = None
    data: object = None
    decoded: dict[str, object] = msgspec.field(name="object", default_factory=dict)


def decode(topic: str, document: Document, received_at: datetime, device: RegisteredDevice | None) -> list[Observation]:
    """Decode one uplink: what the codec gave, else its bytes by the profile, as an instant."""
    name = topic.split("/")[3]
    event = shaped(document, UplinkEvent)
    if event.device_info.dev_eui != name:
        raise RefusedError("other_sensor", f"the topic is of {name}, not {shown(event.device_info.dev_eui)}")
    run, number = place_in_session(event.f_cnt, event.dev_addr)
    uplink = Uplink(
        sensor=name,
        at=instant(event.time) if event.time else None,
        port=port_of(event.f_port),
        decoded=event.decoded,
        radio=from_base64(event.data) if isinstance(event.data, str) else None,
        has_radio=bool(event.data),
        run=run,
        number=number,
    )
    return observations_of(uplink, device, received_at)


def encode(observations: Sequence[Observation], *, dev_addr: str = "", f_cnt: int = 0) -> bytes:
    """Encode observations of one sensor at one instant as one uplink event."""
    event: dict[str, object] = {
        "time": stamp(observations[0].ended_at),
        "deviceInfo": {"applicationName": "doorfiets", "devEui": observations[0].sensor},
        "fPort": 2,
        "object": nested({one.source: one.value for one in observations}),
    }
    if dev_addr:
        event["devAddr"] = dev_addr
    if f_cnt:
        event["fCnt"] = f_cnt
    return msgspec.json.encode(event)


def _eui(text: str, sender: Sender) -> str | None:
    eui = text.lower()
    return eui if eui == sender.sensor or eui in sender.sensors else None


_TEXTS: Final[Mapping[str, Form]] = {
    "deviceInfo.devEui": SenderForm(_eui),
    "devAddr": digest("session"),
    "fPort": PORT,
    "time": TIME,
}
_NUMBERS: Final[Numbers] = {"fCnt": LAST_FRAME}


def _texts(device: RegisteredDevice | None) -> Texts:
    radio = form_of_radio(device)
    return MappingProxyType({**_TEXTS, **texts_of("object", device), "data": radio})


def _public_topic(topic: str) -> str:
    """Leave out the application, which decides nothing."""
    first, _, rest = topic.split("/", 2)
    return f"{first}/-/{rest}"


_EXAMPLE: Final = msgspec.json.encode(
    {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": "2026-05-12T06:15:20.900123+00:00",
        "deviceInfo": {"deviceName": "noord", "devEui": "70b3d57ed0000003", "tags": {"street": "x"}},
        "devAddr": "00bcb929", "dr": 3, "fCnt": 7, "fPort": 2, "data": "AAAAKg==",
        "object": {"bikes_in": 42, "battery": {"value": 3.6}, "note": "ok"},
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -80}],
    }
)  # fmt: skip

DIALECT: Final = Dialect(
    name="chirpstack",
    subscriptions=("application/+/device/+/event/up",),
    sensor_topics=(),  # the network publishes for its devices
    pattern=PATTERN,
    sensor_group=2,
    texts=_texts,
    numbers=_NUMBERS,
    public_topic=_public_topic,
    decode=decode,
    encode=encode,
    examples=(
        Example(
            "application/ae2012c2-75a1-407d-98ab-1520fb511edf/device/70b3d57ed0000003/event/up",
            _EXAMPLE,
            "70b3d57ed0000003",
            {"bikes_in": 42.0, "battery.value": 3.6},
        ),
    ),
)
