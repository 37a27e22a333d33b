"""Received payloads as text that is safe to print on a terminal."""

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from schemas.sealed import READABLE, sealed_on

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


def head(payload: bytes | None) -> str | None:
    """Return the beginning of a payload as text: letters as they are, a byte that is none escaped in hexadecimals.

    The rest of a letter that was cut off at the end is left out.
    """
    if payload is None:
        return None
    decoder = getincrementaldecoder("utf-8")("backslashreplace")
    return decoder.decode(bytes(payload))


def card(message: Mapping[str, Any], opened: Callable[[bytes], bytes | None] = lambda _: None) -> str:
    """Return one refused message as text: its fields, then what stays of its payload.

    `opened` returns the bytes that were sealed, None where there is no key.
    """
    head = {name: value for name, value in message.items() if name != "payload"}
    lines = [f"{name + ':':<16}{safe(str(value))}" for name, value in head.items()]
    return "\n".join([*lines, *_payload(message["payload"], message["reason"], opened)])


def _payload(payload: bytes | None, reason: str, opened: Callable[[bytes], bytes | None]) -> list[str]:
    if payload is None:
        return [f"payload:        not kept: {_why_not_stored(reason)}"]
    if (day := sealed_on(payload)) is None:
        return [f"payload:        {len(payload):,} bytes", shown(payload)]
    if (content := opened(payload)) is None:
        return [f"payload:        {_gone(day)}"]
    return [f"payload:        {len(content):,} bytes, sealed, until {day + READABLE}", shown(content)]


def _why_not_stored(reason: str) -> str:
    if reason == "too_large":
        return "it is larger than the log takes"
    return "it cannot be parsed, and there was no key to seal it with (DOORFIETS_SEAL_KEYS)"


def _gone(day: date) -> str:
    return (
        f"sealed on {day}: what cannot be parsed is kept for {READABLE.days} days, and its key is not here or is gone"
    )


def _hexadecimal(payload: bytes) -> Iterator[str]:
    for start in range(0, len(payload), _LINE):
        part = payload[start : start + _LINE]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)  # noqa: PLR2004 - printable ASCII
        yield f"{start:08x}  {part.hex(' '):<{3 * _LINE}} {text}"
