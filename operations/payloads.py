"""Received payloads as text that is safe to print on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_LINE: Final = 16  # bytes per line in hexadecimals


def safe(text: str) -> str:
    """Escape control characters and those that change the direction of writing."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode() for letter in text
    )


def shown(payload: bytes) -> str:
    """Return bytes as text where they are printable, else in hexadecimals with offsets."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return "\n".join(_hexadecimal(payload))
    harmless = text.replace("\n", "").replace("\t", "").isprintable()
    return text.removesuffix("\n") if harmless else "\n".join(_hexadecimal(payload))


def card(message: Mapping[str, Any]) -> str:
    """Return one refused message as text: its fields, then its payload."""
    head = {name: value for name, value in message.items() if name != "payload"}
    lines = [f"{name + ':':<16}{safe(str(value))}" for name, value in head.items()]
    payload = message["payload"]
    if payload is None:
        return "\n".join([*lines, f"payload:        not kept: {_why_not_stored(message['reason'])}"])
    return "\n".join([*lines, f"payload:        {len(payload):,} bytes", shown(payload)])


def _why_not_stored(reason: str) -> str:
    return "it may identify a passer-by" if reason == "personal_data" else "it is larger than the log takes"


def _hexadecimal(payload: bytes) -> Iterator[str]:
    for start in range(0, len(payload), _LINE):
        part = payload[start : start + _LINE]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)  # noqa: PLR2004 - printable ASCII
        yield f"{start:08x}  {part.hex(' '):<{3 * _LINE}} {text}"
