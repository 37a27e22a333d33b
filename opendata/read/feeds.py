"""How the sensors are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from schemas.reasons import Reason


class FeedCount(msgspec.Struct, frozen=True):
    """How many feeds are in one state."""

    status: str
    feeds: int


class TroubledFeed(msgspec.Struct, frozen=True):
    """A feed with which somebody has something to do; one of its intervals is `seconds` long."""

    place_name: str
    quantity: str
    status: str
    last_ended_at: datetime | None
    seconds: int


class FeedOutage(msgspec.Struct, frozen=True, kw_only=True):
    """A run in which a feed had one state; `until` is None while it has, `reason` a code of `schemas.feed_states`."""

    datastream: int
    kind: Literal["site", "station"]
    place: str
    name: str
    owner: str
    channel: str | None
    direction: str | None
    quantity: str
    status: str
    since: datetime
    until: datetime | None
    reason: Reason | None

    @property
    def key(self) -> "OutageKey":
        """What tells it from all others, in the order of the list."""
        return OutageKey(self.since, self.datastream, self.status)


class OutageKey(NamedTuple):
    """When an outage began, of which datastream, and its state."""

    since: datetime
    datastream: int
    status: str


@dataclass(frozen=True, kw_only=True)
class OutageQuestion:
    """Outages of these states that lie in or reach into [start, end): all, those that go on, or those that are over."""

    statuses: Sequence[str]
    start: datetime
    end: datetime
    going_on: bool | None = None
    place: tuple[Literal["site", "station"], str] | None = None
    owner: str | None = None


async def outages(
    store: NamedQueries, question: OutageQuestion, after: OutageKey | None, most: int
) -> list[FeedOutage]:
    """Read outages, the newest first, at most so many after one of them."""
    kind, place = question.place or (None, None)
    since, datastream, status = after or (None, None, None)
    return await structs.every(
        store,
        FeedOutage,
        "outages",
        statuses=list(question.statuses),
        start=question.start,
        end=question.end,
        open=question.going_on,
        kind=kind,
        place=place,
        owner=question.owner,
        after=since,
        after_datastream=datastream,
        after_status=status,
        most=most,
    )


async def summary(store: NamedQueries, now: datetime) -> dict[str, int]:
    """Count the feeds by their state."""
    return {one.status: one.feeds for one in await structs.every(store, FeedCount, "feed_summary", now=now)}


async def in_trouble(store: NamedQueries, now: datetime) -> list[TroubledFeed]:
    """Read the feeds that are in trouble, worst first, at most twelve."""
    return await structs.every(store, TroubledFeed, "feeds_in_trouble", now=now)


async def newest_measurement(store: NamedQueries, now: datetime) -> datetime | None:
    """Read until when the newest measurement of all feeds is; None where nothing was measured."""
    return await structs.only(store, datetime, "newest_measurement", now=now)
