"""The page of outages: which feeds are not as they should be, since when, and what that means for the numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.pages import addresses
from opendata.pages.blocks import feeds
from opendata.pages.language import PageLanguage
from opendata.pages.page_context import Context, PageContext
from opendata.read.feeds import FeedOutage, OutageQuestion
from opendata.reasons import of_feed
from opendata.vocabulary import OUTAGES, STORING

router = APIRouter()
_PAST: Final = timedelta(days=31)
_MOST: Final = 500
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_IN_HOURS: Final = 72
"""What lasted longer is told in days."""
_TELLING: Final = frozenset({"found", "clock_ahead", "clock_behind", "nothing_counts", "many_excluded", "incomplete"})
"""The reasons that say more than the state itself."""
STATUSES: Final = tuple(OUTAGES.values())
"""The states that are outages, as they are explained."""


@dataclass(frozen=True)
class OutageAtPlace:
    """One outage of one or several feeds of a place that are out alike; `until` is None while it goes on.

    How long it lasted is said in minutes, hours or days: in what says most.
    """

    status: str
    code: str
    feeds: Sequence[str]
    since: datetime
    until: datetime | None
    reason: str | None

    @property
    def minutes(self) -> int | None:
        """How many minutes, where hours say little; None where they do."""
        return round(self.hours * 60) if 0 < self.hours < 1 else None

    @property
    def hours(self) -> float:
        """How many hours it lasted; none while it goes on."""
        return 0.0 if self.until is None else (self.until - self.since) / _HOUR

    @property
    def days(self) -> float | None:
        """How many days, where hours say little; None where they do."""
        return self.hours / 24 if self.hours > _IN_HOURS else None


@dataclass(frozen=True)
class PlaceOutages:
    """What is or was out at one place, the newest first."""

    kind: str
    place: str
    name: str
    owner: str
    outages: Sequence[OutageAtPlace]


@addresses.get(router, "outages")
async def page(context: Context) -> HTMLResponse:
    """Draw what is out now, and what was in the last month."""
    return context.page(
        "outages.html",
        now=await _places(context, going_on=True),
        past=await _places(context, going_on=False),
        days=_PAST.days,
        feeds=await feeds.read(context.store, context.moment),
        statuses=[(status, STORING[status]) for status in STATUSES],
    )


async def _places(context: PageContext, *, going_on: bool) -> list[PlaceOutages]:
    now = context.moment.now
    question = OutageQuestion(statuses=STATUSES, start=now - _PAST, end=now, going_on=going_on)
    found = await read.feeds.outages(context.store, question, None, _MOST)
    if going_on:
        return by_place(found, context.language)
    lasting = [one for one in found if one.until is None or one.until - one.since >= _MINUTE]
    return sorted(by_place(lasting, context.language), key=lambda one: one.outages[0].since, reverse=True)


def by_place(found: Iterable[FeedOutage], language: PageLanguage) -> list[PlaceOutages]:
    """Put outages together by place, by the name of the place; those of one state, time and reason are one."""
    places = groupby(sorted(found, key=_place), key=_place)
    return [_outages(list(rows), language) for _, rows in places]


def _place(row: FeedOutage) -> tuple[str, str, str]:
    return (row.name.casefold(), row.kind, row.place)


def _outages(rows: Sequence[FeedOutage], language: PageLanguage) -> PlaceOutages:
    alike: dict[tuple[datetime, str, datetime | None, str | None], list[str]] = {}
    for row in sorted(rows, key=lambda one: (one.since, one.status), reverse=True):
        said = row.reason is not None and row.reason.code in _TELLING
        why = of_feed(row.reason, language.locale) if said else None
        key = (row.since, row.status, row.until, why)
        alike.setdefault(key, []).append(_feed(row, language))
    outages = [
        OutageAtPlace(status, STORING[status], sorted(set(names)), since, until, reason)
        for (since, status, until, reason), names in alike.items()
    ]
    return PlaceOutages(rows[0].kind, rows[0].place, rows[0].name, rows[0].owner, outages)


def _feed(row: FeedOutage, language: PageLanguage) -> str:
    """Name a feed: what it counts or measures, and in which direction."""
    what = language(f"quantity.{row.quantity}")
    return f"{what} ({language.texts.towards(row.direction)})" if row.direction else what
