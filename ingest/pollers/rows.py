"""The parts of an answer that pollers share: its outline, and rows as the very bytes that the publisher wrote."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from ingest.dialects.refusal import RefusedError
from ingest.pollers.poller import AnswerUnreadableError

_T = TypeVar("_T")
MOST_ROWS: Final = 20_000
"""Rows of one answer at most: more than 5 MB hold of any publisher's."""


def outline(body: bytes, shape: type[_T]) -> _T:
    """Decode the outline of an answer, its rows as `msgspec.Raw`; raise AnswerUnreadableError for another shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise AnswerUnreadableError(f"the answer is not of the publisher's shape: {repr(str(problem))[:200]}") from None


def glimpse(row: bytes, shape: type[_T]) -> _T | None:
    """Return what of a row says where it belongs, None where it does not say it."""
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(row, type=shape)
    return None


def moment_or_none(text: str, moment: Callable[[str], datetime]) -> datetime | None:
    """Return the instant that a text names, None where it names none."""
    with suppress(RefusedError):
        return moment(text)
    return None
