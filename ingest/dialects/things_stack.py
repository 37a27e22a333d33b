"""The Things Stack v3: uplinks of a LoRaWAN network, with the numbers that its payload formatter decoded."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, Published, Simulator
from ingest.dialects.document import Document
from ingest.dialects.fields import FARTHEST, instant, is_number, plain_name, shaped, stamp, within
from ingest.dialects.permitted import SENSOR, TIME, Numbers, Texts, digest, run_in
from ingest.dialects.plain_keys import is_plain
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import LIVE, Window
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME

PATTERN: Final = re.compile(r"v3/([^/]+)/devices/([a-z0-9-]{3,40})/up", re.ASCII)
_LAST_FRAME = 2**32 - 1


class Device(msgspec.Struct):
    """Who sent the uplink: the id that its owner chose; hardware ids are not decoded.

    `dev_addr`, the address of its session in the network, is not stored: see `_place`.
    """

    device_id: str
    dev_addr: object = None


class Uplink(msgspec.Struct):
    """One LoRaWAN frame of a device; the network leaves out what is empty, 0 or false."""

    decoded_payload: dict[str, object] = {}
    received_at: str = ""
    session_key_id: object = None
    f_cnt: object = 0


class Envelope(msgspec.Struct):
    """What the network publishes on `up`; what it has on gateways is not decoded."""

    end_device_ids: Device
    uplink_message: Uplink | None = None
    received_at: str = ""


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,
) -> list[Observation]:
    """Decode one uplink: every number of `decoded_payload` is an observation of an instant, its name the source.

    A number in a field that nobody registered, with a name or a size that is none of a measurement, is passed over.
    """
    name = topic.split("/")[3]
    envelope = shaped(document, Envelope)
    if envelope.end_device_ids.device_id != name:
        raise RefusedError("other_sensor", f"the topic is of {name}, not {shown(envelope.end_device_ids.device_id)}")
    if envelope.uplink_message is None:
        raise RefusedError("not_a_measurement", "the envelope has no uplink_message")
    network_at, quality_flags = _moment(envelope, envelope.uplink_message, received_at)
    place = _place(envelope.end_device_ids, envelope.uplink_message)
    return [
        Observation(name, source, network_at, network_at, value, 1.0, received_at, quality_flags, *place)
        for source, value in _numbers(
            envelope.uplink_message.decoded_payload, device.sources if device else frozenset()
        )
    ]


def encode(
    observations: Sequence[Observation], *, application: str = "doorfiets", session: str = "", f_cnt: int = 0
) -> bytes:
    """Encode observations of one sensor at one instant as one uplink."""
    received_at = stamp(observations[0].ended_at)
    uplink: dict[str, object] = {
        "f_port": 2,
        "decoded_payload": {one.source: one.value for one in observations},
        "received_at": received_at,
    }
    if session:
        uplink["session_key_id"] = session
    if f_cnt:
        uplink["f_cnt"] = f_cnt
    device = {"device_id": observations[0].sensor, "application_ids": {"application_id": application}}
    return msgspec.json.encode({"end_device_ids": device, "received_at": received_at, "uplink_message": uplink})


def _moment(envelope: Envelope, uplink: Uplink, received_at: datetime) -> tuple[datetime, int]:
    text = uplink.received_at or envelope.received_at
    if not text:
        return received_at, RECEIVED_TIME
    moment = instant(text)
    LIVE.refuse_outside(moment, moment, received_at)
    return moment, 0


def _place(device: Device, uplink: Uplink) -> tuple[int, int] | tuple[None, None]:
    """Return the run (a digest of the LoRaWAN session) and the frame counter; both None where either is missing."""
    named = (one for one in (uplink.session_key_id, device.dev_addr) if isinstance(one, str))
    run = next((run for one in named if (run := run_in("session", one)) is not None), None)
    if run is None or type(uplink.f_cnt) is not int or not 0 <= uplink.f_cnt <= _LAST_FRAME:
        return None, None
    return run, uplink.f_cnt


def _numbers(decoded: dict[str, object], registered: frozenset[str]) -> list[tuple[str, float]]:
    if not decoded:
        raise RefusedError("missing_field", "no decoded_payload: give the device a payload formatter")
    numbers = {name: value for name, value in sorted(decoded.items()) if is_number(value)}
    if not numbers:
        raise RefusedError("type", "decoded_payload holds texts only: let the payload formatter give numbers")
    measured = {name: value for name, value in numbers.items() if name in registered or _is_measured(name, value)}
    return [
        (name if name in registered else plain_name(name), within(value, -FARTHEST, FARTHEST, name))
        for name, value in (measured or numbers).items()
    ]


def _is_measured(name: str, value: float) -> bool:
    return is_plain(name) and name[0] != "_" and abs(value) <= FARTHEST


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

_TEXTS: Final[Texts] = {
    "end_device_ids.device_id": SENSOR,
    "end_device_ids.dev_addr": digest("session"),
    "received_at": TIME,
    "uplink_message.received_at": TIME,
    "uplink_message.session_key_id": digest("session"),
}


_NUMBERS: Final[Numbers] = {"uplink_message.f_cnt": _LAST_FRAME}


def _texts(_device: RegisteredDevice | None) -> Texts:
    return _TEXTS


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
    numbers=_NUMBERS,
    public_topic=_public_topic,
    decode=decode,
    encode=encode,
    examples=(Example("v3/assen@ttn/devices/noord-1/up", _EXAMPLE, "noord-1", {"bikes_in": 42.0, "battery": 3.6}),),
    simulator=Simulator(_covers, _publish, LIVE.back - timedelta(days=1)),
)
