"""The Helium console: uplinks of its MQTT integration, with their bytes and with what a function of a flow decoded.

A device is called by the id that the console gave it, as in the topic.
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
from ingest.dialects.fields import epoch, is_number, port_of, shaped
from ingest.dialects.measured_fields import nested
from ingest.dialects.permitted import LATEST, PORT, SENSOR, Form, Numbers, Texts, digest
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.uplink import LAST_FRAME, Uplink, observations_of, place_in_session
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"helium/([a-z0-9-]{3,40})/rx", re.ASCII)


class HeliumResult(msgspec.Struct):
    """What the function of a flow made of the bytes."""

    payload: dict[str, object] = {}


class HeliumMessage(msgspec.Struct):
    """One uplink; hotspots, metadata and the name of the device are not decoded. `reported_at` is in milliseconds."""

    id: str
    reported_at: object = None
    devaddr: object = None
    fcnt: object = 0
    port: object = None
    payload: object = None
    decoded: HeliumResult | None = None


def decode(topic: str, document: Document, received_at: datetime, device: RegisteredDevice | None) -> list[Observation]:
    """Decode one uplink: what a function of the flow gave, else its bytes by the profile, as an instant."""
    name = topic.split("/")[1]
    message = shaped(document, HeliumMessage)
    if message.id != name:
        raise RefusedError("other_sensor", f"the topic is of {name}, not {shown(message.id)}")
    run, number = place_in_session(message.fcnt, message.devaddr)
    uplink = Uplink(
        sensor=name,
        at=epoch(message.reported_at / 1000) if is_number(message.reported_at) else None,
        port=port_of(message.port),
        decoded=message.decoded.payload if message.decoded else {},
        radio=from_base64(message.payload) if isinstance(message.payload, str) else None,
        has_radio=bool(message.payload),
        run=run,
        number=number,
    )
    return observations_of(uplink, device, received_at)


def encode(observations: Sequence[Observation], *, devaddr: str = "", fcnt: int = 0) -> bytes:
    """Encode observations of one sensor at one instant as one uplink."""
    message: dict[str, object] = {
        "id": observations[0].sensor,
        "fcnt": fcnt,
        "port": 2,
        "reported_at": round(observations[0].ended_at.timestamp() * 1_000_000) / 1000,
        "decoded": {"status": "success", "payload": nested({one.source: one.value for one in observations})},
    }
    if devaddr:
        message["devaddr"] = devaddr
    return msgspec.json.encode(message)


_TEXTS: Final[Mapping[str, Form]] = {"id": SENSOR, "port": PORT, "devaddr": digest("session")}
_NUMBERS: Final[Numbers] = {"fcnt": LAST_FRAME, "reported_at": LATEST}


def _texts(device: RegisteredDevice | None) -> Texts:
    radio = form_of_radio(device)
    return MappingProxyType({**_TEXTS, **texts_of("decoded.payload", device), "payload": radio})


_EXAMPLE: Final = msgspec.json.encode(
    {
        "app_eui": "6081F9D16837130E", "dev_eui": "70B3D57ED0000003", "devaddr": "5A010048", "fcnt": 7, "port": 2,
        "id": "7c523974-4ce7-4a92-948b-55171a6e4d77", "name": "noord", "payload": "AAAAKg==", "payload_size": 4,
        "reported_at": 1778566520900, "decoded": {"status": "success", "payload": {"bikes_in": 42, "battery": 3.6}},
        "hotspots": [{"name": "three-word-name", "lat": 53.0, "long": 6.6, "rssi": -80}],
    }
)  # fmt: skip

DIALECT: Final = Dialect(
    name="helium",
    subscriptions=("helium/+/rx",),
    sensor_topics=(),  # the console publishes for its devices
    pattern=PATTERN,
    sensor_group=1,
    texts=_texts,
    numbers=_NUMBERS,
    decode=decode,
    encode=encode,
    examples=(
        Example(
            "helium/7c523974-4ce7-4a92-948b-55171a6e4d77/rx",
            _EXAMPLE,
            "7c523974-4ce7-4a92-948b-55171a6e4d77",
            {"bikes_in": 42.0, "battery": 3.6},
        ),
    ),
)
