"""Before and after an event of the calendar: as many weeks on both sides, the same weekdays, and what they differ."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from opendata.pages.charts import Point
from opendata.pages.explorer import compared, drawings
from opendata.pages.explorer.drawings import LegendEntry, Segment, SvgChart
from opendata.pages.explorer.periods import MOST_DAYS, DaysRead, concerns
from opendata.pages.explorer.view_request import ExplorerResult, ViewRequest, shared_notes
from opendata.read.day_pairs import EventWindows, around, pair
from opendata.read.day_sums import DayInterval, buckets
from opendata.read.explored import ExploredDay

OPENING: Final = "opening"
_KINDS: Final = frozenset({"works", "event"})
_BY_DAY: Final = 120
"""Days of which each has a column of its own."""


class ExplorerEvent(NamedTuple):
    """An event with its first and last local day; `ours` where its name is a text of ours."""

    id: str
    name: str
    first: date
    last: date
    ours: bool = False


def known(request: ViewRequest) -> list[ExplorerEvent]:
    """Give the events that concern a place and have begun, the newest first."""
    subject, yesterday = request.subject, request.progress.moment.yesterday
    found = [
        ExplorerEvent(one.entry, one.name, one.first_day, one.last_day)
        for one in request.calendar
        if one.kind in _KINDS and concerns(one, subject.owner, subject.concerned) and one.first_day <= yesterday
    ]
    if subject.opened is not None and subject.opened <= yesterday:
        opening = request.language("page.explorer.opening")
        found.append(ExplorerEvent(OPENING, opening, subject.opened, subject.opened, ours=True))
    return sorted(found, key=lambda one: (one.first, one.id), reverse=True)


def chosen(request: ViewRequest, events: Sequence[ExplorerEvent]) -> ExplorerEvent | None:
    """Give the event that is meant; the newest that is over where none is, or where there is no such one.

    One that is too long with the weeks round it is none.
    """
    fitting = [one for one in events if range_of(request, one).length <= MOST_DAYS]
    named = next((one for one in fitting if one.id == request.question.event), None)
    yesterday = request.progress.moment.yesterday
    return named or next((one for one in fitting if one.last < yesterday), fitting[0] if fitting else None)


def range_of(request: ViewRequest, event: ExplorerEvent) -> DaysRead:
    """Give which days are read: those of the event with the weeks before and after it, as far as they are over."""
    windows = around(event.first, event.last, request.question.weeks)
    return DaysRead(windows.before_first, min(windows.after_last, request.progress.moment.yesterday))


async def of(request: ViewRequest, event: ExplorerEvent) -> ExplorerResult:
    """Show the weeks before an event beside those after it."""
    language, windows = request.language, around(event.first, event.last, request.question.weeks)
    found = await request.days(*range_of(request, event))
    before = [day for day in found if day.day <= windows.before_last]
    after = [day for day in found if day.day >= windows.after_first]
    paired = pair(
        after,
        before,
        windows.partner,
        counts=compared.counting(request),
        waits=request.day_waits,
        excluded=request.excluded - _days_of(event),
    )
    sums = await compared.compared(request, paired)
    names = (
        language("page.explorer.after_event", days=request.named(windows.after_first, windows.after_last)),
        language("page.explorer.before_event", days=request.named(windows.before_first, windows.before_last)),
    )
    days = request.span(event.first, event.last)
    return ExplorerResult(
        title=language("page.explorer.event", what=request.what, event=event.name),
        unit=request.unit,
        period=language("page.explorer.event_period", event=event.name, days=days, weeks=request.question.weeks),
        first=windows.before_first,
        last=windows.after_last,
        facts=compared.facts(request, paired, sums, names, ("page.explorer.after_what", "page.explorer.before_what")),
        chart=await _chart(request, found, windows),
        legend=_legend(request, found),
        heads=compared.heads(request),
        rows=compared.rows(request, after, before, paired),
        notes=[
            *compared.left_out(request, paired),
            *_not_over(request, windows),
            language("page.explorer.no_cause"),
            *shared_notes(request, found),
        ],
    )


def _days_of(event: ExplorerEvent) -> frozenset[date]:
    return frozenset(event.first + timedelta(days=number) for number in range((event.last - event.first).days + 1))


def _not_over(request: ViewRequest, windows: EventWindows) -> list[str]:
    """Say that days after the event are still to come: these are in no table."""
    ahead = (windows.after_last - request.progress.moment.yesterday).days
    return [request.language.counted("page.explorer_ahead", ahead)] if ahead > 0 else []


def _legend(request: ViewRequest, days: Sequence[ExploredDay]) -> list[LegendEntry]:
    language = request.language
    entries = [
        LegendEntry("before", language("page.explorer.before_it")),
        LegendEntry("during", language("page.explorer.during_it")),
        LegendEntry("now", language("page.explorer.after_it")),
    ]
    if any(day.value is not None and day.valid < day.expected for day in days):
        entries.append(LegendEntry("partial", language("page.explorer.partly")))
    if any(day.value is None for day in days):
        entries.append(LegendEntry("gap", language("page.no_measurement")))
    return entries


async def _chart(request: ViewRequest, days: Sequence[ExploredDay], windows: EventWindows) -> SvgChart | None:
    if not days:
        return None
    interval: DayInterval = "day" if (windows.after_last - windows.before_first).days <= _BY_DAY else "week"
    points, segments, firsts = list[Point](), list[Segment](), list[date]()
    for segment, some in _segments(days, windows):
        found = buckets(some, interval)
        for one, said in zip(found, await request.means([one.total for one in found]), strict=True):
            words = request.span(one.first, one.last)
            points.append(request.point(words, said, one.total, one.started_at, one.ended_at))
            segments.append(segment)
            firsts.append(one.first)
    return drawings.columns(points, request.scale(points), request.ticks(firsts), segments)


def _segments(days: Sequence[ExploredDay], windows: EventWindows) -> list[tuple[Segment, list[ExploredDay]]]:
    return [
        ("before", [day for day in days if day.day <= windows.before_last]),
        ("during", [day for day in days if windows.before_last < day.day < windows.after_first]),
        ("now", [day for day in days if day.day >= windows.after_first]),
    ]
