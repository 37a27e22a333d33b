"""Conversion of local times without an offset to UTC, by the policy of their source for clock changes."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from ingest.dialects.fields import instant
from ingest.dialects.refusal import RefusedError
from ingest.history.profile import FileProfile
from schemas.quality_flags import DST_MERGED

_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS: Final = range(1900, 2200)


class Slot(NamedTuple):
    """One interval in UTC, and the quality flags that follow from its stamp."""

    started_at: datetime
    ended_at: datetime
    quality_flags: int


class LocalMoment(NamedTuple):
    """One local time in UTC, and whether it stands for both hours of an autumn night."""

    at: datetime
    merged: bool


class NoSuchHourError(Exception):
    """The clock skipped this local time in spring; the row becomes a rejection."""


class SlotTwiceError(Exception):
    """A stamp comes more often than its policy allows; the publisher has to repair the file."""


def local(stamp: str, *, bare_date: bool = False) -> datetime:
    """Parse a stamp such as 2024-10-27 02:15, seconds optional, of 1900 to 2199; raise ValueError for another.

    With `bare_date` a date alone is its midnight.
    """
    if bare_date and _DATE.fullmatch(stamp):
        stamp += " 00:00"
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


def slots(profile: FileProfile, stamps: Sequence[datetime]) -> Callable[[datetime], Slot]:
    """Make the converter of one series of naive local times to intervals of the profile's length; see `instants`."""
    convert = instants(profile, stamps)

    def slot(naive: datetime) -> Slot:
        """Return the slot of one local time; raise NoSuchHourError or SlotTwiceError."""
        at, merged = convert(naive)
        started_at = at - profile.interval if profile.label == "end" else at
        return Slot(started_at, started_at + profile.interval, DST_MERGED if merged else 0)

    return slot


def instants(profile: FileProfile, stamps: Sequence[datetime]) -> Callable[[datetime], LocalMoment]:
    """Make the converter of one series of naive local times; each may come once, in a repeated autumn hour twice.

    `stamps` are all of the series, in the order of the file: of two equal ones in the repeated hour the first is summer
    time where they run forwards, the second where they run backwards. Where they do neither, nothing tells.
    """
    zone = ZoneInfo(profile.timezone)
    times = Counter(stamps)
    twice = {naive for naive, number in times.items() if number > 1 and _ambiguous(naive, zone)}
    backwards = _backwards(stamps, zone) if twice and profile.autumn == "repeated" else False
    seen: set[datetime] = set()

    def convert(naive: datetime) -> LocalMoment:
        """Return the instant of one local time; raise NoSuchHourError or SlotTwiceError."""
        local = naive.replace(tzinfo=zone)
        at = local.astimezone(UTC)
        later = local.replace(fold=1).astimezone(UTC)
        if later < at:  # the skipped hour maps backwards
            raise NoSuchHourError(f"{naive} does not exist in {profile.timezone}")
        ambiguous = later != at
        if ambiguous and profile.autumn == "repeated" and naive in twice:
            if backwards is None:
                raise SlotTwiceError(
                    f"{naive} comes twice in rows that are sorted neither way: nothing tells the first"
                )
            first, second = (later, at) if backwards else (at, later)
            at = second if first in seen else first
        if at in seen:
            raise SlotTwiceError(f"{naive} comes twice")
        seen.add(at)
        return LocalMoment(at, ambiguous and profile.autumn == "merged")

    return convert


def _backwards(stamps: Sequence[datetime], zone: ZoneInfo) -> bool | None:
    """Return whether stamps run from the newest to the oldest; None where they are sorted neither way.

    Steps within a repeated hour say nothing, for the clock itself steps back there, unless there are no others.
    """
    steps = [(later > earlier, earlier, later) for earlier, later in pairwise(stamps) if later != earlier]
    outside = {up for up, *ends in steps if not all(_ambiguous(end, zone) for end in ends)}
    if outside:
        return None if len(outside) > 1 else outside == {False}
    ups = sum(up for up, *_ in steps)
    return None if 2 * ups == len(steps) else 2 * ups < len(steps)


def _ambiguous(naive: datetime, zone: ZoneInfo) -> bool:
    local = naive.replace(tzinfo=zone)
    return local.replace(fold=1).utcoffset() != local.utcoffset()
