"""Instants as dialects write them (RFC 3339 with an offset), and the windows in which they are believed."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from ingest.dialects.refusal import RefusedError, shown

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_LOCAL = re.compile(rf"\d{{4}}-\d\d-\d\d[Tt ]{_CLOCK}(:[0-5]\d(\.\d+)?)?", re.ASCII)
_STAMP = re.compile(rf"(\d{{4}}-\d\d-\d\d)[Tt]({_CLOCK}:[0-5]\d)(?:\.(\d{{1,12}}))?([Zz]|[+-]{_CLOCK})", re.ASCII)
_AHEAD = timedelta(minutes=5)


class Window(NamedTuple):
    """How far back a message may reach from the moment it was heard."""

    back: timedelta

    def refuse_outside(self, started_at: datetime, ended_at: datetime, heard_at: datetime) -> None:
        """Raise RefusedError when an interval starts before the window or ends more than five minutes ahead."""
        if started_at < heard_at - self.back:
            raise RefusedError("too_late", f"started {started_at:%Y-%m-%dT%H:%MZ}, older than {self.back.days} days")
        if ended_at > heard_at + _AHEAD:
            raise RefusedError("from_the_future", f"ended {ended_at:%Y-%m-%dT%H:%MZ}, more than five minutes ahead")


LIVE: Final = Window(timedelta(days=30))
BACKFILL: Final = Window(timedelta(days=400))


@lru_cache(maxsize=8192)
def instant(text: str) -> datetime:
    """Read one RFC 3339 stamp as aware UTC, finer than a microsecond cut off; raise RefusedError when it is not one."""
    found = _STAMP.fullmatch(text)
    if not found:
        raise RefusedError("no_offset" if _LOCAL.fullmatch(text) else "format", f"{shown(text)} is not RFC 3339")
    day, clock, fraction, offset = found.groups("")
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{fraction[:6]:0<6}{offset.upper()}").astimezone(UTC)
    except ValueError as problem:
        raise RefusedError("format", f"{shown(text)}: {problem}") from problem
    except OverflowError as problem:
        raise RefusedError("range", f"{shown(text)} is no instant in UTC") from problem


def stamp(moment: datetime) -> str:
    """Write an instant the way `instant` reads it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
