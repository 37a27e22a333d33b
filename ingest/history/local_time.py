"""Conversion of local times without an offset to UTC, by the policy of their source for clock changes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ingest.dialects.fields import instant
from ingest.dialects.refusal import RefusedError
from ingest.history.profile import Profile
from schemas.quality_flags import DST_MERGED

_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", re.ASCII)
_YEARS: Final = range(1900, 2200)


class Slot(NamedTuple):
    """One interval in UTC, and the quality flags that follow from its stamp."""

    started_at: datetime
    ended_at: datetime
    quality_flags: int


class NoSuchHourError(Exception):
    """The clock skipped this local time in spring; the row becomes a rejection."""


class SlotTwiceError(Exception):
    """A stamp comes more often than its policy allows; the publisher has to repair the file."""


def local(stamp: str) -> datetime:
    """Parse a stamp such as 2024-10-27 02:15, seconds optional, of 1900 to 2199; raise ValueError for another."""
    return in_our_times(datetime.fromisoformat(stamp if _STAMP.fullmatch(stamp) else ""))


def in_our_times(moment: datetime) -> datetime:
    """Return a time of the years 1900 to 2199, which has neighbours in any zone; raise ValueError for another."""
    if moment.year not in _YEARS:
        raise ValueError(f"the year {moment.year} is not one of {_YEARS[0]} to {_YEARS[-1]}")
    return moment


def in_utc(stamp: str) -> datetime:
    """Parse a stamp with an offset as UTC, of 1900 to 2199; raise ValueError, with what is wrong, for another."""
    try:
        return in_our_times(instant(stamp))
    except RefusedError as refused:
        raise ValueError(refused.detail) from refused


def slots(profile: Profile) -> Callable[[datetime], Slot]:
    """Make the converter of one series of naive local times; each may come once, in a repeated autumn hour twice."""
    zone = ZoneInfo(profile.timezone)
    seen: set[datetime] = set()

    def slot(naive: datetime) -> Slot:
        """Return the slot of one local time; raise NoSuchHourError or SlotTwiceError."""
        local = naive.replace(tzinfo=zone)
        at = local.astimezone(UTC)
        later = local.replace(fold=1).astimezone(UTC)
        if later < at:  # the skipped hour maps backwards
            raise NoSuchHourError(f"{naive} does not exist in {profile.timezone}")
        ambiguous = later != at
        if ambiguous and profile.autumn == "repeated" and at in seen:
            at = later
        if at in seen:
            raise SlotTwiceError(f"{naive} comes twice")
        seen.add(at)
        started_at = at - profile.interval if profile.label == "end" else at
        merged = ambiguous and profile.autumn == "merged"
        return Slot(started_at, started_at + profile.interval, DST_MERGED if merged else 0)

    return slot
