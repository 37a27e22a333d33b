"""airrohr, the firmware of sensor.community's kits: pushed over HTTP, with numbers as texts and without a time.

Sources are the vendor's own: `SDS_P1` is PM10 and `SDS_P2` is PM2.5 of an SDS011, whatever stands before P1 and P2
names the part of the kit; pressure is in Pa. A kit has no clock: the moment of its push is that of its measurement.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document, parse
from ingest.dialects.fields import number, plain_name, shaped
from ingest.dialects.permitted import Sender, SenderForm, Texts, matching
from ingest.dialects.plain_words import is_of_plain_words
from ingest.dialects.refusal import RefusedError, shown
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME

PREFIX: Final = "esp8266-"
PATTERN: Final = re.compile(r"http/airrohr/(esp8266-[0-9]{1,12})", re.ASCII)
_NOT_MEASURED: Final = frozenset({"", "nan", "NaN"})
_PLACE: Final = "GPS_"
_OLD_SIGNAL: Final = " dBm"  # firmware before 2019 sends the unit with the strength of its radio


class KitReading(msgspec.Struct):
    """One number of a kit by its name, as a text."""

    value_type: str
    value: object


class KitMessage(msgspec.Struct):
    """One push: the number of the chip, and what was measured since the push before."""

    esp8266id: str
    sensordatavalues: list[KitReading]


def parse_push(payload: bytes) -> Document:
    """Parse a push without what a receiver for GPS says: where a kit stands is where somebody lives."""
    document = parse(payload)
    if type(document.get("esp8266id")) is int:
        document["esp8266id"] = str(document["esp8266id"])
    readings = document.get("sensordatavalues")
    if isinstance(readings, list):
        document["sensordatavalues"] = [one for one in readings if not _is_place(one)]
    return document


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the names of its numbers are the same for every kit
) -> list[Observation]:
    """Decode one push: every number is an observation of the instant of its reception, with a flag."""
    sensor = topic.rpartition("/")[2]
    push = shaped(document, KitMessage)
    if f"{PREFIX}{push.esp8266id}" != sensor:
        raise RefusedError("other_sensor", f"the push is of {shown(push.esp8266id)}, sent as {sensor}")
    values: dict[str, float | None] = {}
    named = [one for one in push.sensordatavalues if not one.value_type.startswith("<")]  # of the others no name stays
    for one in named or push.sensordatavalues:
        source = plain_name(one.value_type)
        if source in values:
            raise RefusedError("duplicate_key", f"{source} is given twice")
        values[source] = _value(source, one.value)
    return [
        Observation(sensor, source, received_at, received_at, value, 1.0, received_at, RECEIVED_TIME)
        for source, value in values.items()
    ]


def encode(observations: Sequence[Observation]) -> bytes:
    """Encode observations of one kit at one instant as its push, with two decimals as kits have them."""
    readings = [KitReading(one.source, "nan" if one.value is None else f"{one.value:.2f}") for one in observations]
    return msgspec.json.encode(KitMessage(observations[0].sensor.removeprefix(PREFIX), readings))


def _is_place(reading: object) -> bool:
    return isinstance(reading, dict) and str(reading.get("value_type", "")).startswith(_PLACE)


def _value(source: str, value: object) -> float | None:
    if value is None or (isinstance(value, str) and value in _NOT_MEASURED):
        return None
    return number(value.removesuffix(_OLD_SIGNAL) if isinstance(value, str) else value, source)


def _chip(text: str, sender: Sender) -> str | None:
    return text if f"{PREFIX}{text}" == sender.sensor else None


def _value_type(text: str, sender: Sender) -> str | None:
    """Let the name of a number stay that is registered, or that a part of a kit and plain words make."""
    part, _, rest = text.partition("_")
    return text if text in sender.fields or is_of_plain_words(rest if part in _PARTS else text) else None


_PARTS: Final = frozenset(
    {
        "SDS", "PMS", "HPM", "NPM", "IPS", "SPS30", "SEN5X", "PPD", "BMP", "BMP280", "BME280", "HTU21D", "SHT3X", "DHT",
        "DS18B20", "SCD30", "DNMS",
    }
)  # fmt: skip
"""The parts that kits are built of, as the firmware calls them."""

_TEXTS: Final[Texts] = {
    "esp8266id": SenderForm(_chip),
    "software_version": matching(r"NRZ-[0-9]{4}-B?[0-9]{1,3}(/[A-Z]{2})?"),
    "sensordatavalues.*.value_type": SenderForm(_value_type),
    "sensordatavalues.*.value": matching(rf"\s{{0,2}}[+-]?\d{{1,8}}(\.\d{{1,15}})?({_OLD_SIGNAL})?\s{{0,2}}|nan|NaN|"),
}


_EXAMPLE: Final = (
    b'{"esp8266id":"1234567","software_version":"NRZ-2020-133","sensordatavalues":['
    b'{"value_type":"SDS_P1","value":"14.30"},{"value_type":"SDS_P2","value":"8.10"},'
    b'{"value_type":"BME280_pressure","value":"100613.25"},{"value_type":"samples","value":"4222662"},'
    b'{"value_type":"signal","value":"-94 dBm"}]}'
)
_VALUES: Final[dict[str, float | None]] = {
    "SDS_P1": 14.3, "SDS_P2": 8.1, "BME280_pressure": 100613.25, "samples": 4222662.0, "signal": -94.0,
}  # fmt: skip

DIALECT: Final = Dialect(
    name="airrohr",
    subscriptions=(),  # pushed to the intake over HTTP, see ingest/http
    sensor_topics=(),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    parse=parse_push,
    decode=decode,
    encode=encode,
    examples=(Example("http/airrohr/esp8266-1234567", _EXAMPLE, "esp8266-1234567", _VALUES),),
)
