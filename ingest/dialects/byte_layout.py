"""The bytes of a radio frame as numbers, by the layout that the profile of its device gives for a port."""

import binascii
import re
import struct
from base64 import b64decode
from collections.abc import Callable
from math import isfinite
from types import MappingProxyType
from typing import Final

from schemas.device import RegisteredDevice
from schemas.profile import ByteField, ByteLayout, DeviceProfile

NO_PORT: Final = 0
"""The port of a layout for networks that have none, such as NB-IoT."""

_LONGEST: Final = 242  # bytes of one LoRaWAN frame
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){1,242}", re.ASCII)
_WIDTH: Final = MappingProxyType({"8": 1, "16": 2, "24": 3, "32": 4})
_ORDER: Final = MappingProxyType({"be": ">", "le": "<", "": ">"})


def from_base64(text: str) -> bytes | None:
    """Return the bytes of a frame that is written in base64; None where it is not."""
    try:
        return b64decode(text, validate=True) if len(text) <= 2 * _LONGEST else None
    except (binascii.Error, ValueError):
        return None


def from_hex(text: str) -> bytes | None:
    """Return the bytes of a frame that is written as hexadecimal digits; None where it is not."""
    return bytes.fromhex(text) if _HEX.fullmatch(text) else None


def layout_of(profile: DeviceProfile | None, port: int) -> ByteLayout | None:
    """Return the layout of the frames of a port; None where the profile has none."""
    return next((one for one in profile.layout if one.port == port), None) if profile else None


def fits(layout: ByteLayout, radio: bytes) -> bool:
    """Return whether bytes are as many as the layout says, or enough for its fields where the number varies."""
    if layout.length:
        return len(radio) == layout.length
    return max((_end(field) for field in layout.fields), default=0) <= len(radio) <= _LONGEST


def fields_of(layout: ByteLayout, radio: bytes) -> dict[str, object]:
    """Return the numbers of a frame that fits, by field, None for what is none; raise ValueError for another frame."""
    return {field.field: _number(field, radio) for field in layout.fields}


def form_of_radio(
    device: RegisteredDevice | None, written: Callable[[str], bytes | None] = from_base64
) -> Callable[[str], str | None]:
    """Make the form of a radio payload, as `written` reads it: it may stay where it fits a layout of the profile."""
    layouts = device.profile.layout if device and device.profile else []

    def form(text: str) -> str | None:
        radio = written(text) if layouts else None
        return text if radio and any(fits(one, radio) for one in layouts) else None

    return form


def _number(field: ByteField, radio: bytes) -> float | None:
    piece = radio[field.at : _end(field)]
    kind, order = field.type[0], field.type.lstrip("uif0123456789")
    if len(piece) != _width(field) or field.at < 0:
        raise ValueError(f"{field.field} is not within {len(radio)} bytes")
    if kind == "f":
        number = struct.unpack(f"{_ORDER[order]}f", piece)[0]
        if not isfinite(number):
            return None
    else:
        number = int.from_bytes(piece, "little" if order == "le" else "big", signed=kind == "i")
    return number if field.factor == 1 else float(f"{number * field.factor:.12g}")


def _width(field: ByteField) -> int:
    return _WIDTH[field.type[1:].rstrip("bel")]


def _end(field: ByteField) -> int:
    return field.at + _width(field)
