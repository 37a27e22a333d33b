"""What sites count by the quarter: hours as they are stored, and row by row what says more than its numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.counts import CountRow
from opendata.read.series import Series
from opendata.read.site_counts import RowPlace, SiteCountRow, SiteCounts
from opendata.read.states import AnswerSubject
from schemas.reasons import Reason, reason

_HOUR: Final = timedelta(hours=1)
_GAP: Final = "NULL"
BETWEEN: Final = "\x1e"
"""Stands between the intervals of written hours (the "record separator" of ASCII) until it is known what does."""
_EVER: Final = datetime(1, 1, 2, tzinfo=UTC)
_FOR_EVER: Final = datetime(9999, 12, 30, tzinfo=UTC)
_WHOLE_HOURS: Final = 3600
_QUARTER: Final = 900


class HourOfQuarters(NamedTuple):
    """An hour of which all is known that its intervals say: what each of them holds, as it is written, or why nothing.

    `revision` and `revised_at` are those of the hour, and of each of its intervals; nothing is stored of one without.
    """

    started_at: datetime
    numbers: Sequence[str]
    reasons: Sequence[Reason | None]
    quality_flags: Sequence[int]
    origins: tuple[str, ...]
    revision: int
    revised_at: datetime | None

    @property
    def rows(self) -> Iterator[CountRow]:
        """Its intervals, a row each."""
        width = _HOUR / len(self.numbers)
        each = zip(self.numbers, self.reasons, self.quality_flags, strict=True)
        for number, (written, lacking, quality_flags) in enumerate(each):
            yield CountRow(
                started_at=self.started_at + number * width,
                ended_at=self.started_at + (number + 1) * width,
                day=None,
                valid=int(lacking is None),
                expected=1,
                reason=lacking,
                quality_flags=quality_flags,
                origins=self.origins,
                revision=self.revision,
                revised_at=self.revised_at,
                value=float(written) if lacking is None else None,
            )


class WrittenHours(NamedTuple):
    """Hours that follow each other and of which every interval was measured, as the database wrote them into a pattern.

    `BETWEEN` stands between them.
    """

    started_at: datetime
    hours: int
    text: str


class HourForm(Protocol):
    """How whoever reads writes hours of which every interval was measured: so the database writes them."""

    @property
    def settled_until(self) -> datetime:
        """Until when everything is over and added up, so that a row has nothing else to say."""

    def pattern(self, origins: tuple[str, ...], parts: int) -> str:
        """Give the pattern (of the database's `format`) of an hour of so many intervals.

        It may take, in this order: revision, when it was revised, the hour in UTC and that after it as
        `2026-05-12T06`, and the number of each interval; `BETWEEN` stands between them.
        """


QuarterItem: TypeAlias = WrittenHours | HourOfQuarters | CountRow
"""A part of an answer of quarters: an hour or a row."""
NO_FORMS: Final[Mapping[str, HourForm]] = MappingProxyType({})
"""Let no hour be written by the database."""


def row_by_row(found: Iterable[QuarterItem]) -> Iterator[CountRow]:
    """Give a row for every interval, those of hours too; none of them may be written already."""
    for one in found:
        if isinstance(one, WrittenHours):
            raise TypeError(f"the hours from {one.started_at} on are written already")
        yield from one.rows if isinstance(one, HourOfQuarters) else (one,)


class StoredHour(NamedTuple):
    """An hour that was added up (`api.quarter_hours`); what its quarters hold is read only where it is not written.

    Of several `hours` that follow each other, and a written one, only what is written is read.
    """

    hours: int
    written: str | None
    quarters: str | None
    quarter_flags: Sequence[int] | None
    members: Mapping[str, Sequence[float | None] | None] | None
    revision: int
    computed_at: datetime | None


class ExpectedChannels(msgspec.Struct, frozen=True):
    """From when until when the same channels are expected at a site, in bins of so many seconds."""

    site: str
    valid_from: datetime
    valid_until: datetime
    seconds: int | None
    placed_windows: tuple[str, ...]
    channels: tuple[Mapping[str, str], ...] | None
    origins: tuple[str, ...] | None

    @property
    def parts(self) -> int:
        """How many intervals of an hour are published."""
        return 1 if self.seconds == _WHOLE_HOURS else _WHOLE_HOURS // _QUARTER

    @property
    def plain(self) -> bool:
        """Tell whether stored hours say all of it: bins that lie in quarters or are hours, and always measure."""
        whole = self.seconds is not None and (_QUARTER % self.seconds == 0 or self.seconds == _WHOLE_HOURS)
        return whole and not self.placed_windows

    def hours(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Give the hours that begin in it, and touch [start, end)."""
        first = max(_floor(start), _floor(self.valid_from + _HOUR - timedelta(microseconds=1)))
        until = min(end, self.valid_until)
        while first < until:
            yield first
            first += _HOUR


@dataclass(frozen=True, kw_only=True)
class QuarterSeries(Series[CountRow]):
    """The quarters of one mode at a site, in all directions together; `registry` is asked what rests on that alone."""

    registry: NamedQueries

    async def hours(
        self, store: NamedQueries, start: datetime, end: datetime, form: HourForm | None = None
    ) -> list[QuarterItem]:
        """Read the quarters that begin in [start, end): hours as they are stored, others row by row.

        Hours of which every interval was measured are written by the database where there is a form for them.
        """
        wanted = self._range(start, end)
        found = await read_sites(store, self.registry, [wanted], {wanted.site: form} if form else NO_FORMS)
        return found[wanted.site]

    async def rows(self, store: NamedQueries, start: datetime, end: datetime) -> list[CountRow]:
        """Read the quarters that begin in [start, end), a row each."""
        return [*row_by_row(await self.hours(store, start, end))]

    async def state(self, store: NamedQueries, start: datetime, end: datetime) -> str | None:
        """Name the state of what they rest on: another word after every change of them."""
        return await structs.only(store, str, "quarter_hours_state", **self._range(start, end).values)

    def _range(self, start: datetime, end: datetime) -> "QuarterRange":
        return QuarterRange(self.values["site"], self.values["mode"], start, end, self.values["now"])


@dataclass(frozen=True, kw_only=True)
class SiteQuarterCounts(SiteCounts):
    """The quarters of one mode at several sites; `registry` is asked what rests on the registry alone."""

    registry: NamedQueries
    now: datetime

    async def rows(self, store: NamedQueries, after: RowPlace, most: int) -> list[SiteCountRow]:
        """Read the rows after a place, in order, at most so many."""
        found = [
            SiteCountRow(site=site, **{name: getattr(row, name) for name in CountRow.__struct_fields__})
            for site, items in (await self.hours(store)).items()
            for row in row_by_row(items)
            if (row.started_at, site) > after
        ]
        found.sort(key=lambda row: (row.started_at, row.site))
        return found[:most]

    async def hours(
        self, store: NamedQueries, forms: Mapping[str, HourForm] = NO_FORMS
    ) -> Mapping[str, list[QuarterItem]]:
        """Read by site: hours as they are stored, others row by row; those that have a form by the database."""
        wanted = [QuarterRange(one.site, self.mode, one.start, one.end, self.now) for one in self.ranges]
        return await read_sites(store, self.registry, wanted, forms)

    async def state(self, store: NamedQueries) -> str | None:
        """Name the state of what all rows rest on: another word after every change of them."""
        return await structs.only(store, str, "quarter_hours_state", **self.covered)


def series(site: str, mode: str, *, registry: NamedQueries, now: datetime) -> QuarterSeries:
    """Give the quarters of one mode at a site, in all directions together; they have no past."""
    return QuarterSeries(
        about=AnswerSubject("site", site, mode),
        query="count_quarters",
        kind=CountRow,
        values={"site": site, "mode": mode, "direction": None, "now": now},
        registry=registry,
    )


@dataclass(frozen=True)
class QuarterRange:
    """The quarters of one mode at a site that begin in [start, end) and are over at `now`."""

    site: str
    mode: str
    start: datetime
    end: datetime
    now: datetime

    @property
    def values(self) -> dict[str, Any]:
        """What a query calls it."""
        return {"sites": [self.site], "mode": self.mode, "start": self.start, "end": self.end}

    def covers(self, hour: datetime) -> bool:
        """Tell whether all of an hour is in it."""
        return self.start <= hour and hour + _HOUR <= min(self.end, self.now)

    def begins(self, started_at: datetime, ended_at: datetime) -> bool:
        """Tell whether an interval begins in it and is over."""
        return self.start <= started_at < self.end and ended_at <= self.now


async def steady(
    registry: NamedQueries, about: AnswerSubject, start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    """Give the longest range in which the same equipment is at a site as in [start, end); of others that range itself.

    What is said of its equipment is the same for all ranges in it, so it is asked once for all of them.
    """
    if about.kind != "site" or about.facet is None:
        return start, end
    periods = await _expected(registry, [about.name], about.facet)
    edges = [edge for one in periods for edge in (one.valid_from, one.valid_until)]
    before = [edge for edge in edges if edge <= start]
    after = [edge for edge in edges if edge >= end]
    return max(before, default=_EVER), min(after, default=_FOR_EVER)


async def _expected(registry: NamedQueries, sites: Sequence[str], mode: str) -> list[ExpectedChannels]:
    return await structs.every(registry, ExpectedChannels, "quarter_expectations", sites=sites, mode=mode)


async def read_sites(
    store: NamedQueries,
    registry: NamedQueries,
    wanted: Sequence[QuarterRange],
    forms: Mapping[str, HourForm] = NO_FORMS,
) -> Mapping[str, list[QuarterItem]]:
    """Read quarters by site and time, a range each, of one mode and at one moment: hours as they are stored, else rows.

    `registry` is asked what rests on the registry alone. Hours of sites that have a form are written by it where every
    interval was measured and nothing more can be said of them.
    """
    start, end = min(one.start for one in wanted), max(one.end for one in wanted)
    names, mode = [one.site for one in wanted], wanted[0].mode
    expected: dict[str, list[ExpectedChannels]] = {name: [] for name in names}
    for period in await _expected(registry, names, mode):
        expected[period.site].append(period)
    patterns = [_pattern(one, expected[one.site], forms.get(one.site)) for one in wanted]
    _, rows = await store.table(
        "quarter_hours",
        sites=names,
        mode=mode,
        start=start,
        end=end,
        patterns=[one.text for one in patterns],
        parts=[one.parts for one in patterns],
        together=[one.together for one in patterns],
        between=BETWEEN,
        since=[one.start for one in wanted],
        until=[one.until for one in patterns],
    )
    stored: dict[str, dict[datetime, StoredHour]] = {name: {} for name in names}
    for site, hour, *rest in rows:
        stored[site][hour] = StoredHour._make(rest)
    return {one.site: await _of_site(store, expected[one.site], one, stored[one.site]) for one in wanted}


class _HourPattern(NamedTuple):
    """How hours of so many intervals that are over by `until` are written; by nobody where there is no text.

    Hours that follow each other are written `together` where the same channels are expected in all of them.
    """

    text: str | None
    parts: int
    until: datetime
    together: bool


def _pattern(wanted: QuarterRange, periods: Sequence[ExpectedChannels], form: HourForm | None) -> _HourPattern:
    """Give the pattern of all hours in a range, if all of them say the same of their equipment."""
    periods = [one for one in periods if one.valid_from < wanted.end and wanted.start < one.valid_until]
    said = {(one.origins or (), one.parts) for one in periods}
    if form is None or len(said) != 1 or not all(one.plain for one in periods):
        return _HourPattern(None, 0, wanted.start, together=False)
    ((origins, parts),) = said
    until = min(wanted.end, wanted.now, form.settled_until)
    return _HourPattern(form.pattern(origins, parts), parts, until, together=len(periods) == 1)


async def _of_site(
    store: NamedQueries,
    expected: Sequence[ExpectedChannels],
    wanted: QuarterRange,
    by_hour: Mapping[datetime, StoredHour],
) -> list[QuarterItem]:
    found: list[QuarterItem] = []
    unclear: list[datetime] = []
    for channels in expected:
        plain, hour_before_is_clear, written_until = channels.plain, None, _EVER
        for hour in channels.hours(wanted.start, wanted.end):
            if hour < written_until:
                continue
            known = by_hour.get(hour)
            if hour_before_is_clear is None:
                hour_before_is_clear = _clear(by_hour.get(hour - _HOUR))
            is_clear = _clear(known)
            if not (plain and is_clear and hour_before_is_clear):
                unclear.append(hour)
            elif known is not None and known.written is not None:
                found.append(WrittenHours(hour, known.hours, known.written))
                written_until = hour + known.hours * _HOUR
            elif wanted.covers(hour):
                found.append(_added(hour, known, channels))
            else:
                rows = _added(hour, known, channels).rows
                found += [row for row in rows if wanted.begins(row.started_at, row.ended_at)]
            hour_before_is_clear = is_clear
    if unclear:
        found += await _looked_up(store, wanted, unclear, by_hour)
        found.sort(key=lambda one: one.started_at)
    return found


def _clear(hour: StoredHour | None) -> bool:
    """Tell whether what is stored of an hour says all of it; of one where nothing was received there is nothing."""
    if hour is None or hour.written is not None:
        return True
    return hour.quarters is not None and (hour.members is None or None not in hour.members.values())


def _added(hour: datetime, known: StoredHour | None, channels: ExpectedChannels) -> HourOfQuarters:
    """Give an hour, of each interval that was not measured with the channels that are not whole in it."""
    origins = channels.origins or ()
    if known is None:
        parts = channels.parts
        nothing = (_lacking(channels, None, 0, parts),) * parts
        return HourOfQuarters(hour, (_GAP,) * parts, nothing, (0,) * parts, origins, 0, None)
    numbers = [_GAP] * channels.parts if known.quarters is None else known.quarters[1:-1].split(",")
    parts = len(numbers)
    lacking = [
        _lacking(channels, known, number, parts) if written == _GAP else None for number, written in enumerate(numbers)
    ]
    quality_flags = known.quarter_flags or (0,) * parts
    if len(quality_flags) != parts:
        quality_flags = (reduce(or_, quality_flags),) * parts
    return HourOfQuarters(hour, numbers, lacking, quality_flags, origins, known.revision, known.computed_at)


def _lacking(channels: ExpectedChannels, known: StoredHour | None, number: int, parts: int) -> Reason:
    """Say which channels are not whole in one of so many parts of an hour: nothing was received of them."""
    members = (known.members if known else None) or {}
    expected = channels.channels or ()
    whole = (bool(members) and _holds(members.get(one["channel"]) or (), number, parts) for one in expected)
    return _missing(tuple((one["mode"], one["direction"]) for one in expected), tuple(whole))


@lru_cache(1_000)
def _missing(expected: Sequence[tuple[str, str]], whole: Sequence[bool]) -> Reason:
    """Say which of these channels, each a mode and a direction, are not whole; one answer for all who ask the same."""
    missing = [
        {"mode": mode, "direction": direction, "why": "not_received"}
        for (mode, direction), held in zip(expected, whole, strict=True)
        if not held
    ]
    return reason("channels_missing", valid=sum(whole), channels=len(whole), missing=missing)


def _holds(quarters: Sequence[float | None], number: int, parts: int) -> bool:
    """Tell whether a channel is whole in one of so many parts of an hour."""
    if not quarters:
        return False
    if len(quarters) == parts:
        return quarters[number] is not None
    return None not in quarters


async def _looked_up(
    store: NamedQueries, wanted: QuarterRange, hours: Sequence[datetime], known: Mapping[datetime, StoredHour]
) -> list[CountRow]:
    """Pair the quarters of these hours anew; each has the revision of its hour."""
    found = await structs.every(
        store,
        CountRow,
        "count_quarters",
        site=wanted.site,
        mode=wanted.mode,
        direction=None,
        start=max(wanted.start, hours[0]),
        end=min(wanted.end, hours[-1] + _HOUR),
        now=wanted.now,
    )
    among = frozenset(hours)
    return [_revised(row, known.get(_floor(row.started_at))) for row in found if _floor(row.started_at) in among]


def _revised(row: CountRow, hour: StoredHour | None) -> CountRow:
    if hour is None:
        return row
    return msgspec.structs.replace(row, revision=hour.revision, revised_at=hour.computed_at)


def _floor(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
