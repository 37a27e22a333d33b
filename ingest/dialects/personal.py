"""Fields that may identify a person: a message that has one is refused, and its content is not stored."""

import re
from typing import Final

from ingest.dialects.refusal import RefusedError

PASSERS_BY: Final = frozenset(
    {
        "mac", "mac_address", "macaddress", "bssid", "bluetooth", "bluetooth_address",
        "imei", "imsi", "iccid", "msisdn", "phone", "telefoon", "ip_address",
        "plate", "license_plate", "licence_plate", "number_plate", "kenteken",
        "email", "e_mail", "mail", "person", "owner", "bsn", "face",
        "image", "photo", "picture", "foto", "video", "snapshot", "thumbnail",
    }
)  # fmt: skip
"""Names of fields about people, in lower case with `_` between words."""

SENDERS: Final = frozenset({"dev_eui", "deveui", "eui", "esp8266id"})
"""Names of fields of a sender's own identity: allowed in its dialect's identity field only."""

FIELDS: Final = PASSERS_BY | SENDERS
_NAMED = re.compile(
    rb'"\s*(' + "|".join(sorted(PASSERS_BY)).replace("_", "[_ -]?").encode() + rb')\s*"\s*:', re.IGNORECASE
)
_ADDRESS = r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
_LOOKS_PERSONAL: Final = (
    ("a hardware address", re.compile(_ADDRESS, re.IGNORECASE)),
    ("an e-mail address", re.compile(r"[^\s@]@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)),
    ("an embedded image", re.compile(r"^data:image/|^/9j/|^iVBORw0KGgo")),
)
_BYTES_LOOK_PERSONAL: Final = (
    ("a hardware address", re.compile(_ADDRESS.encode(), re.IGNORECASE)),
    ("an e-mail address", re.compile(rb"[\w.+-]@[\w.-]+\.[a-z]{2,}", re.IGNORECASE)),
    ("an embedded image", re.compile(rb'^(?:\xff\xd8\xff|\x89PNG|GIF8)|"(?:data:image/|/9j/|iVBORw0KGgo)')),
)
_ESCAPED: Final = re.compile(rb"\\(?:u00([2-7][0-9a-f])|(/))", re.IGNORECASE)


def refuse_personal(document: object) -> None:
    """Raise RefusedError when a field has one of the names, or a text looks like an address or an image."""
    for name, value in _fields(document):
        key = re.sub(r"[ -]", "_", name.strip().lower())
        if key in FIELDS:
            raise RefusedError("personal_data", f"a field is called {key}")
        if isinstance(value, str):
            _refuse_text(value)


def refuse_personal_bytes(payload: bytes) -> None:
    """Raise RefusedError when bytes that do not parse hold one of the names, or look like an address or an image."""
    payload = payload.replace(b"\0", b"")  # UTF-16 of plain letters is those letters with a NUL beside each
    payload = _ESCAPED.sub(lambda found: found[2] or bytes.fromhex(found[1].decode()), payload)
    if found := _NAMED.search(payload):
        raise RefusedError("personal_data", f"a field is called {found[1].decode().lower()}")
    for what, pattern in _BYTES_LOOK_PERSONAL:
        if pattern.search(payload):
            raise RefusedError("personal_data", f"the payload holds what looks like {what}")


def _refuse_text(text: str) -> None:
    for what, pattern in _LOOKS_PERSONAL:
        if pattern.search(text):
            raise RefusedError("personal_data", f"a text looks like {what}")


def _fields(document: object) -> list[tuple[str, object]]:
    """Yield every value of a document with its name; elements of lists have the name ""."""
    found: list[tuple[str, object]] = []
    waiting: list[object] = [document]
    while waiting:
        match waiting.pop():
            case dict() as fields:
                found += fields.items()
                waiting += fields.values()
            case list() as elements:
                found += [("", element) for element in elements]
                waiting += elements
    return found
