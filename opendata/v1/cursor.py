"""Where the next page starts, signed so that only we can say it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hmac import compare_digest, digest
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class CursorRefusedError(ValueError):
    """The cursor is not one of ours, or belongs to another question; start again without it."""


def write(instant: datetime, question: str, key: bytes) -> str:
    """Sign the instant at which the next page of a question starts."""
    moment = b"%d" % ((instant - _EPOCH) // _TICK)
    return urlsafe_b64encode(moment + b"." + _sign(moment, question, key)).decode().rstrip("=")


def read(text: str, question: str, key: bytes) -> datetime:
    """Read the instant back; raise CursorRefusedError when a single bit is not ours."""
    try:
        moment, _, signature = urlsafe_b64decode(text + "=" * (-len(text) % 4)).partition(b".")
    except ValueError as error:
        raise CursorRefusedError from error
    if not compare_digest(signature, _sign(moment, question, key)):
        raise CursorRefusedError
    return _EPOCH + int(moment) * _TICK


def _sign(moment: bytes, question: str, key: bytes) -> bytes:
    return digest(key, moment + b"\0" + question.encode(), "sha256")
