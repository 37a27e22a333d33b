"""What may stay of a refused row: numbers and times of the columns that a format names, and its ids (record 26)."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from schemas.rejection import Rejection

_NUMBER_OR_TIME: Final = re.compile(r"(NA|[0-9TZ:., /+-]{0,40})", re.ASCII)
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{0,60}", re.ASCII)


def redacted(cells: Sequence[str], measured: Iterable[int], ids: Iterable[int] = ()) -> bytes:
    """Return a row in which every text that nobody named, or that is not of its form, is its length only."""
    named = {**dict.fromkeys(measured, _NUMBER_OR_TIME), **dict.fromkeys(ids, _ID)}
    shown = (
        cell if not cell or ((form := named.get(place)) and form.fullmatch(cell)) else f"<text {len(cell)}>"
        for place, cell in enumerate(cells)
    )
    return ",".join(shown).encode()


def refused(
    payload: bytes, dialect: str, sensor: str, detail: str, at: datetime, *, reason: str = "no_such_hour"
) -> Rejection:
    """Make the rejection of a row, by default of one in an hour that the clock skipped."""
    return Rejection(at, f"history/{sensor}" if sensor else "history", dialect, reason, detail, payload, sensor or None)
