"""Which local days are explored: those of a period, chosen by name or by its ends, of some weekdays or of all."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from opendata.pages.explorer.question import ExplorerInterval, ExplorerQuestion, PeriodName, WeekdayGroup
from opendata.read.calendar import PublishedCalendarEntry

MOST_DAYS: Final = 1827
"""Five years, of which one or two have a day more."""
MOST_DAYS_BY_HOUR: Final = 31
MOST_DAYS_BY_DAY: Final = 400
MOST_DAYS_OF_DIRECTION: Final = 366
"""A direction is added up from its quarters."""
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_WEEKS_BY_DAY: Final = 62
_MONTHS_BY_WEEK: Final = 800


class DaysRead(NamedTuple):
    """Local days that a view reads, from the first to the last."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class ChosenPeriod:
    """The local days from `first` to `last` that are of `weekdays`, and of `entries` where there are any."""

    name: PeriodName
    first: date
    last: date
    weekdays: WeekdayGroup = "all"
    entries: Sequence[PublishedCalendarEntry] = ()

    @cached_property
    def days(self) -> Sequence[date]:
        """Give the days, in the order of time."""
        every = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return [day for day in every if self.holds(day)]

    def holds(self, day: date) -> bool:
        """Tell whether a day is meant."""
        return (
            self.first <= day <= self.last
            and _is_of(day, self.weekdays)
            and (not self.entries or any(one.first_day <= day <= one.last_day for one in self.entries))
        )

    @property
    def range(self) -> DaysRead:
        """Give its ends."""
        return DaysRead(self.first, self.last)

    @property
    def is_whole(self) -> bool:
        """Tell whether all of its days are meant."""
        return self.weekdays == "all" and not self.entries


def chosen(
    question: ExplorerQuestion, yesterday: date, calendar: Iterable[PublishedCalendarEntry]
) -> tuple[ChosenPeriod, ExplorerQuestion]:
    """Choose the period of a question, and give the question with what is wrong with it.

    It ends yesterday at the latest: today is not over, and no day of the question is later. A period that cannot be is
    that of the last twelve months.
    """
    question = _until_yesterday(question, yesterday)
    rolling = ChosenPeriod(name="rolling", first=rolling_begin(yesterday), last=yesterday, weekdays=question.weekdays)
    if question.period == "year":
        first = yesterday.replace(month=1, day=1)
        return ChosenPeriod(name="year", first=first, last=yesterday, weekdays=question.weekdays), question
    if question.period == "month":
        last = (yesterday + _DAY).replace(day=1) - _DAY
        first = last.replace(day=1)
        return ChosenPeriod(name="month", first=first, last=last, weekdays=question.weekdays), question
    if question.period == "school":
        return _school(rolling, question, calendar)
    return _own(rolling, question, yesterday) if question.period == "own" else (rolling, question)


def rolling_begin(last: date) -> date:
    """Give the first of the twelve months that end with a day."""
    following = last + _DAY
    if (following.month, following.day) == (2, 29):
        return following.replace(year=following.year - 1, day=28)
    return following.replace(year=following.year - 1)


def usual_interval(period: ChosenPeriod) -> ExplorerInterval:
    """Choose an interval that a screen has room for."""
    length = period.range.length
    if length <= _WEEKS_BY_DAY or period.entries:
        return "day"
    return "week" if length <= _MONTHS_BY_WEEK else "month"


def fitting(period: ChosenPeriod, question: ExplorerQuestion) -> tuple[ExplorerInterval, ExplorerQuestion]:
    """Give the interval of a question, or a usual one where its period is too long for it."""
    length, interval = period.range.length, question.interval
    if question.view != "course":  # the only one that has a choice
        return usual_interval(period), question
    if interval == "hour" and length > MOST_DAYS_BY_HOUR:
        return usual_interval(period), question.wrong("interval", "hours_too_long")
    if interval == "day" and length > MOST_DAYS_BY_DAY:
        return usual_interval(period), question.wrong("interval", "days_too_long")
    return interval or usual_interval(period), question


def excluded_days(calendar: Iterable[PublishedCalendarEntry], owner: str, places: Container[str]) -> frozenset[date]:
    """Give the days that the calendar of an owner leaves out everywhere, or at one of some places."""
    return frozenset(
        one.first_day + timedelta(days=number)
        for one in calendar
        if one.effect == "exclude" and concerns(one, owner, places)
        for number in range((one.last_day - one.first_day).days + 1)
    )


def concerns(entry: PublishedCalendarEntry, owner: str, places: Container[str]) -> bool:
    """Tell whether an entry is about one of some places, or about all of an owner."""
    named = (*entry.sites, *entry.links)
    return any(one in places for one in named) if named else entry.owner == owner


def _until_yesterday(question: ExplorerQuestion, yesterday: date) -> ExplorerQuestion:
    """Leave no day in a question that is not over: an end comes back to yesterday, a begin is a mistake."""
    if question.first is not None and question.first > yesterday:
        question = replace(question.wrong("first", "future"), first=None)
    if question.against_first is not None and question.against_first > yesterday:
        question = replace(question.wrong("against_first", "future"), against_first=None)
    if question.last is not None and question.last > yesterday:
        question = replace(question, last=yesterday)
    return question


def _is_of(day: date, group: WeekdayGroup) -> bool:
    return group == "all" or (day.weekday() >= _SATURDAY) == (group == "weekend")


def _school(
    rolling: ChosenPeriod, question: ExplorerQuestion, calendar: Iterable[PublishedCalendarEntry]
) -> tuple[ChosenPeriod, ExplorerQuestion]:
    entries = [
        one
        for one in calendar
        if one.kind == "school_holiday" and one.first_day <= rolling.last and one.last_day >= rolling.first
    ]
    if not entries:
        return rolling, question.wrong("period", "no_holidays")
    first, last = min(one.first_day for one in entries), max(one.last_day for one in entries)
    return ChosenPeriod(
        name="school",
        first=max(first, rolling.first),
        last=min(last, rolling.last),
        weekdays=rolling.weekdays,
        entries=entries,
    ), question


def _own(rolling: ChosenPeriod, question: ExplorerQuestion, yesterday: date) -> tuple[ChosenPeriod, ExplorerQuestion]:
    first, last = question.first, question.last or yesterday
    if first is None:
        return rolling, question if "first" in question.mistakes else question.wrong("first", "missing")
    if last < first:
        return rolling, question.wrong("last", "before_first")
    if (last - first).days >= MOST_DAYS:
        return rolling, question.wrong("first", "too_long")
    return ChosenPeriod(name="own", first=first, last=last, weekdays=question.weekdays), question
