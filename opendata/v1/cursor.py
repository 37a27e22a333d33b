"""Where the next page starts, an instant or the key of a row, signed so that only we can say it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hmac import compare_digest, digest
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_SIGNATURE: Final = 32  # bytes


class CursorRefusedError(ValueError):
    """The cursor is not one of ours, or belongs to another question; start again without it."""


def write(instant: datetime, question: str, key: bytes) -> str:
    """Sign the instant at which the next page of a question starts."""
    return seal(str((instant - _EPOCH) // _TICK), question, key)


def read(text: str, question: str, key: bytes) -> datetime:
    """Read the instant back; raise CursorRefusedError when a single bit is not ours."""
    return _EPOCH + int(unseal(text, question, key)) * _TICK


def seal(place: str, question: str, key: bytes) -> str:
    """Sign the place after which the next page of a question starts."""
    place_bytes = place.encode()
    return urlsafe_b64encode(place_bytes + _sign(place_bytes, question, key)).decode().rstrip("=")


def unseal(text: str, question: str, key: bytes) -> str:
    """Read the place back; raise CursorRefusedError when a single bit is not ours."""
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise CursorRefusedError from error
    place, signature = sealed[:-_SIGNATURE], sealed[-_SIGNATURE:]
    if not compare_digest(signature, _sign(place, question, key)):
        raise CursorRefusedError
    return place.decode()


def _sign(place: bytes, question: str, key: bytes) -> bytes:
    return digest(key, place + b"\0" + question.encode(), "sha256")
