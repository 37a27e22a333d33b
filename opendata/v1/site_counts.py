"""`/tellingen`: what several sites counted, the rows of all of them in one order of time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Annotated, Final, cast

from fastapi import APIRouter, Query
from fastapi.responses import Response
from psycopg.types.multirange import TimestamptzMultirange

from locales import texts
from opendata import read
from opendata.conditional import digest
from opendata.freshness import BasisSubject
from opendata.processing import Processing
from opendata.read.counts import CountRow
from opendata.read.days import SiteDayCounts
from opendata.read.owners import PublishedOwner
from opendata.read.quarters import QuarterItem, SiteQuarterCounts
from opendata.read.site_counts import CountedSite, RowPlace, SiteCountRow, SiteCounts, SiteRange
from opendata.v1 import answers, as_of, subject_progress, terms
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.intervals import MOST_BUCKETS, WIDTHS, Interval, RangeRefusedError, Span, closes, fitting, since, span
from opendata.v1.models import Fout, Meta, Row, Telpunttelling, Verwerking, Vraagperiode, zulu
from opendata.v1.parameters import MOST_ROWS, SiteCountQuestion
from opendata.v1.problems import MistakesError
from opendata.v1.read_ahead import read_ahead
from opendata.v1.request_context import Context, RequestContext, ticks
from opendata.v1.row_lines import LineForm, RowLines, in_turn
from opendata.v1.rows import common, measuring_window, period
from opendata.vocabulary import MODES

router = APIRouter(tags=["telpunten"])
_NOTHING: Final = TimestamptzMultirange()
_HOUR: Final = timedelta(hours=1)
_MOST_OF_SHEET: Final = 20_000_000
"""So many rows a sheet may have: it is written as it is read."""
_WHOLE: Final = frozenset({Interval.GEHEEL, Interval.TWAALF_MAANDEN})
"""Rows that do not begin in the range itself, or are all of it: their ranges are not cut into parts."""
_BEFORE_ALL: Final = RowPlace(datetime(1900, 1, 1, tzinfo=UTC))


@router.get(
    "/tellingen",
    operation_id="tellingenVanTelpunten",
    summary="Tellingen van meer telpunten",
    response_model=answer(Telpunttelling),
    responses=described(400, 404, 406, csv=True),
)
async def counts(context: Context, question: Annotated[SiteCountQuestion, Query()]) -> Response:
    """Geef tellingen van de genoemde telpunten, of van alle, per uur, lokale dag of langer, in één antwoord.

    De rijen staan op volgorde van hun begin en dan van hun telpunt, en zijn die van `/telpunten/{telpunt}/tellingen`.
    Eén richting is er alleen daar. Van een telpunt dat deze vervoerwijze niet telt, zijn er geen rijen.
    """
    mode, width = MODES[question.vervoerwijze], WIDTHS[question.interval].bucket
    reference = as_of.of(question.peil_tijd, context.now)
    wanted = None if question.telpunt is None else sorted(set(question.telpunt.split(",")))
    sites = _of_owner(await read.site_counts.sites(context.store, mode, width, wanted), wanted, question.eigenaar)
    owners = (await context.reader.owners()).among({one.owner for one in sites})
    if question.eigenaar is not None:
        owners = [await context.owner_of("owner", question.eigenaar)]
    if question.interval is Interval.KWARTIER:
        as_of.present(question, "kan niet bij kwartieren: daarvan blijven geen oude uitgaven bewaard.")
    most = _MOST_OF_SHEET if context.form("json", "csv") == "csv" else MOST_BUCKETS
    ranges = _ranges(question, reference.end(question.eind_tijd), sites, owners, context.now, most=most)
    meta = await context.meta(
        "tellingen",
        owners,
        vervoerwijze=question.vervoerwijze.value,
        richting="alle",
        interval=question.interval.value,
        peilTijd=reference.word,
    )
    meta = meta.model_copy(update={"periode": _period(question, reference.end(question.eind_tijd), owners, context)})
    registry = await context.reader.registry()
    found = SiteCounts(mode=mode, width=width, ranges=ranges, at=reference.at)
    if width == "quarter":
        found = SiteQuarterCounts(mode=mode, width=width, ranges=ranges, registry=registry, now=context.now)
    elif width == "day" and reference.at is None:
        found = SiteDayCounts(mode=mode, width=width, ranges=ranges, registry=registry)
    return await _SitePages(context, question, found).answer(meta)


def _period(
    question: SiteCountQuestion, end: date | None, owners: Sequence[PublishedOwner], context: RequestContext
) -> Vraagperiode | None:
    """Say which range is answered: where owners have days of different zones, from the first begin to the last end."""
    spans = [span(question.start_tijd, end, question.interval, context.now, one.zone) for one in owners]
    if not spans:
        return None
    return period(
        question.start_tijd, question.eind_tijd, min(one.start for one in spans), max(one.end for one in spans)
    )


def _of_owner(found: Sequence[CountedSite], wanted: Sequence[str] | None, owner: str | None) -> Sequence[CountedSite]:
    """Give the sites of an owner, or all where none is named; raise and name those that were asked for and are none."""
    sites = [one for one in found if owner is None or one.owner == owner]
    missing = set(wanted or ()) - {one.site for one in sites}
    if missing:
        where = "/v1/telpunten" if owner is None else f"/v1/telpunten?eigenaar={owner}"
        words = f"bestaat niet: {', '.join(sorted(missing))}; {where} geeft alle kenmerken."
        raise MistakesError(Fout(parameter="telpunt", melding=words))
    return sites


def _ranges(
    question: SiteCountQuestion,
    end: date | None,
    sites: Sequence[CountedSite],
    owners: Sequence[PublishedOwner],
    now: datetime,
    *,
    most: int,
) -> Sequence[SiteRange]:
    """Give the range of each site, in the zone of its owner; raise where one is backwards, or all are too much."""
    zones = {one.owner: one.zone for one in owners}
    wanted = {zone: span(question.start_tijd, end, question.interval, now, zone) for zone in set(zones.values())}
    ranges = []
    for one in sites:
        zone = zones[one.owner]
        covered = since(wanted[zone], one.valid_from, question.interval)
        if covered.start < covered.end:
            ranges.append(SiteRange(one.site, zone, covered.start, covered.end))
    length = sum((one.end - one.start for one in ranges), timedelta())
    if length / WIDTHS[question.interval].length > most:
        as_sheet = "" if most == _MOST_OF_SHEET else " In CSV mogen het er 20 miljoen zijn."
        raise RangeRefusedError(
            "interval",
            f"geeft bij {len(ranges)} telpunten meer dan {most:,} rijen; kies interval={fitting(length)}, een kortere "
            "periode of minder telpunten.".replace(",", ".", 2)
            + as_sheet,
        )
    return ranges


@dataclass(frozen=True)
class _SitePages:
    """The answer to one question, of counts in the ranges that it covers."""

    context: RequestContext
    question: SiteCountQuestion
    found: SiteCounts

    async def answer(self, meta: Meta) -> Response:
        """Answer one page of JSON, or all as CSV."""
        form = self.context.form("json", "csv")
        after = self._after()
        part = self.found if form == "csv" else self._part(after, self.question.pagina_grootte)
        if not part.ranges:
            return await self._nothing(form, meta)
        bounds = _Bounds(part, self.question.interval)
        state = digest(meta.gegevensrevisie, await part.state(self.context.store))
        waiting, progress = await self._processing(part, bounds)
        tag = self.context.tag(form, state, progress, sorted(waiting.items()), *self._moment(bounds))
        await self.context.rests_on_numbers(
            *(BasisSubject("site", one.site) for one in part.ranges),
            start=bounds.start - WIDTHS[self.question.interval].looking_back,
            end=bounds.closes,
            at=self.found.at,
            progress=progress,
            open_end=self.question.eind_tijd is None,
        )
        if unchanged := self.context.unchanged(tag):
            return unchanged
        store, start, end = self.context.store, bounds.start, bounds.closes
        meta = terms.under(meta, [terms.source(one) for one in await part.terms(store, start, end)])
        windows = [measuring_window(one) for one in await part.measuring_windows(store, start, end)]
        meta = meta.model_copy(update={"gegevensrevisie": state, "verwerking": progress, "meetvensters": windows})
        written = answers.lines(self.context, form, Telpunttelling, meta)
        writing = _Writing(self, written, await self._watermark(), waiting)
        if form == "csv":
            return await answers.sheet_of_lines(self.context, Telpunttelling, self._texts(writing), meta, tag)
        size = self.question.pagina_grootte
        rows = await part.rows(store, after, size + 1)
        following = self._following(rows, bounds)
        return answers.envelope_of_lines(self.context, meta, writing.text(rows[:size]), following, tag)

    async def _nothing(self, form: str, meta: Meta) -> Response:
        """Answer that no site counts this in the range."""
        if form == "csv":
            return await answers.sheet(self.context, Telpunttelling, _no_rows(), meta, None)
        return answers.envelope(self.context, meta, [], None)

    def _after(self) -> RowPlace:
        """Give the place after which the page begins."""
        place = answers.place(self.context, self.question)
        if place is None:
            return self._first
        instant, _, site = place.partition("|")
        return RowPlace(datetime.fromisoformat(instant), site)

    @property
    def _first(self) -> RowPlace:
        if self.question.interval in _WHOLE or not self.found.ranges:
            return _BEFORE_ALL
        return RowPlace(min(one.start for one in self.found.ranges))

    def _part(self, after: RowPlace, rows: int) -> SiteCounts:
        """Give the part of the counts in which so many rows, about, come after a place."""
        if self.question.interval in _WHOLE or not self.found.ranges:
            return self.found
        length = WIDTHS[self.question.interval].length * (rows // len(self.found.ranges) + 2)
        if self.question.interval is Interval.KWARTIER:  # whole hours are read as they are stored
            length = -(-length // _HOUR) * _HOUR
        end = after.started_at + min(length, max(self._end - after.started_at, timedelta()))
        cut = [one._replace(start=max(one.start, after.started_at), end=min(one.end, end)) for one in self.found.ranges]
        return replace(self.found, ranges=[one for one in cut if one.start < one.end])

    @cached_property
    def _end(self) -> datetime:
        return max(one.end for one in self.found.ranges)

    def _following(self, rows: Sequence[SiteCountRow], bounds: "_Bounds") -> str | None:
        """Give the address of the next page: after the last row of a full one, else where its part ended."""
        size = self.question.pagina_grootte
        if len(rows) > size:
            last = RowPlace(rows[size - 1].started_at, rows[size - 1].site)
        elif bounds.end < self._end:
            last = RowPlace(bounds.end)
        else:
            return None
        return self.context.following(answers.sealed(self.context, f"{zulu(last.started_at)}|{last.site}"))

    async def _watermark(self) -> Processing:
        """Say how far the platform is; what stood at a moment is not judged by now."""
        if self.found.at is not None:
            return Processing(None, (), self.context.now)
        return Processing((await self.context.reader.state()).watermark, (), self.context.now)

    async def _processing(
        self, part: SiteCounts, bounds: "_Bounds"
    ) -> tuple[Mapping[str, TimestamptzMultirange], Verwerking | None]:
        """Read what waits at each site, and how all of them together are processed."""
        if self.found.at is not None:
            return {}, None
        start = bounds.start - WIDTHS[self.question.interval].looking_back
        waiting = await part.waiting(self.context.store, start, bounds.closes)
        together = replace(await self._watermark(), waiting=tuple(chain.from_iterable(waiting.values())))
        return waiting, subject_progress.meta(together, start, bounds.closes)

    def _moment(self, bounds: "_Bounds") -> tuple[object, ...]:
        """Tell apart what time makes of an answer: nothing where all rows are over, else which began and ended."""
        if bounds.closes <= self.context.now:
            return bounds.start, bounds.end
        return bounds.start, ticks(self.context.now)

    def _texts(self, writing: "_Writing") -> AsyncIterator[str]:
        """Write all rows in parts."""
        if isinstance(self.found, SiteQuarterCounts) and self.question.gewijzigd_sinds is None:
            return self._quarters(writing)
        return (writing.text(rows) async for rows in self._batches())

    async def _quarters(self, writing: "_Writing") -> AsyncIterator[str]:
        """Write quarters: of whole hours as they are stored."""
        store = self.context.store
        async for hours in read_ahead(self._quarter_parts(), lambda part: part.hours(store, writing.forms)):
            yield writing.quarters(hours)

    def _quarter_parts(self) -> Iterator[SiteQuarterCounts]:
        after = self._first
        while (part := self._part(after, MOST_ROWS)).ranges:
            yield cast("SiteQuarterCounts", part)
            after = RowPlace(_Bounds(part, self.question.interval).end)

    async def _batches(self) -> AsyncIterator[Sequence[SiteCountRow]]:
        after = self._first
        while (part := self._part(after, MOST_ROWS)).ranges:
            rows = await part.rows(self.context.store, after, 2 * MOST_ROWS)
            yield rows
            after = RowPlace(_Bounds(part, self.question.interval).end)
            if len(rows) == 2 * MOST_ROWS:
                after = RowPlace(rows[-1].started_at, rows[-1].site)
            elif self.question.interval in _WHOLE:
                return


class _Bounds:
    """When the ranges of several sites begin and end, and when all of their rows are over."""

    def __init__(self, counts: SiteCounts, interval: Interval) -> None:
        """Take counts of at least one site."""
        self.start = min(one.start for one in counts.ranges)
        self.end = max(one.end for one in counts.ranges)
        ends = {(one.zone, one.end) for one in counts.ranges}
        self.closes = max(closes(Span(self.start, end), interval, zone) for zone, end in ends)


class _Writing:
    """From the rows of the store to lines, with what waits at each site."""

    def __init__(
        self, pages: _SitePages, form: LineForm, platform: Processing, waiting: Mapping[str, TimestamptzMultirange]
    ) -> None:
        """Take how rows are written, how far the platform is, and the hours that wait by site."""
        self._now, self._since = pages.context.now, pages.question.gewijzigd_sinds
        self._unit, self._separator = texts()(f"unit.{pages.found.mode}"), form.separator
        self._lines = {
            one.site: self._site_lines(
                one.site, form, replace(platform, waiting=tuple(waiting.get(one.site, _NOTHING)))
            )
            for one in pages.found.ranges
        }

    def text(self, found: Sequence[SiteCountRow]) -> str:
        """Write rows; only those that changed after a moment, where one is asked for."""
        return self._separator.join(
            self._lines[one.site].line(one)
            for one in found
            if self._since is None or (one.revised_at is not None and one.revised_at > self._since)
        )

    @property
    def forms(self) -> Mapping[str, RowLines]:
        """How the rows of each site are written."""
        return self._lines

    def quarters(self, found: Mapping[str, Sequence[QuarterItem]]) -> str:
        """Write the quarters of all sites, by their begin and then by site."""
        if (lines := in_turn([(self._lines[site], found[site]) for site in sorted(found)])) is not None:
            return self._separator.join(lines)
        by_start: defaultdict[datetime, list[str]] = defaultdict(list)
        for site in sorted(found):
            for start, line in self._lines[site].apart(found[site]):
                by_start[start].append(line)
        return self._separator.join(chain.from_iterable(by_start[start] for start in sorted(by_start)))

    def _site_lines(self, site: str, form: LineForm, processing: Processing) -> RowLines:
        return RowLines(form, lambda row: self._row(site, row, processing), processing)

    def _row(self, site: str, row: CountRow, processing: Processing) -> Row:
        shaped = Telpunttelling(**common(row, self._now), telpunt=site, waarde=row.value, eenheid=self._unit)
        return subject_progress.with_processing(shaped, row, processing, missing=row.value is None)


async def _no_rows() -> AsyncIterator[Sequence[Row]]:
    """Give no batch at all."""
    nothing: Sequence[Sequence[Row]] = ()
    for batch in nothing:
        yield batch
