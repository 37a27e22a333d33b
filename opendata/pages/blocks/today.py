"""What was counted today, on how much of the time that is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opendata.database import NamedQueries
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.pages.series_charts import ChartRow, RowExclusion
from opendata.read import totals
from opendata.read.owners import PublishedOwner
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.totals import ComparedTotal, HourTotal


@dataclass(frozen=True)
class SiteToday:
    """One site today; `windows` are the hours of which its coverage is, where it is not of all."""

    site: str
    name: str
    total: float | None
    coverage: float | None
    origins: Sequence[str]
    last_ended_at: datetime | None
    windows: Sequence[str]


@dataclass(frozen=True)
class Today:
    """All sites today: what was counted so far, on how much of the time that is over."""

    total: float | None
    coverage: float | None
    sites: Sequence[SiteToday]
    measured_until: datetime | None
    compared: ComparedTotal | None
    progress: SubjectProgress

    @property
    def origins(self) -> set[str]:
        """Where the numbers come from."""
        return {origin for site in self.sites for origin in site.origins}

    @property
    def change(self) -> float | None:
        """The fraction more or less than the same weekday a week before."""
        if not self.compared or not self.compared.before or self.compared.today is None:
            return None
        return self.compared.today / self.compared.before - 1


async def read(reader: RequestReader, moment: Moment, owner: PublishedOwner) -> Today:
    """Add up today at the sites of an owner."""
    reached = await progress.read(reader, moment, AnswerSubject("owner", owner.owner, "bicycles"), moment.today)
    rows = await totals.today(reader.store, owner, moment.midnight, moment.now)
    elapsed = moment.elapsed(reached.until if reached.behind else moment.now)
    sites = [_site_today(row, elapsed) for row in rows]
    counted = [site.total for site in sites if site.total is not None]
    return Today(
        total=sum(counted) if counted else None,
        coverage=_mean(site.coverage for site in sites),
        sites=sites,
        measured_until=_until(sites, reached),
        compared=await _compared(reader.store, owner, moment),
        progress=reached,
    )


async def of_site(
    reader: RequestReader, moment: Moment, owner: PublishedOwner, site: str
) -> tuple[SiteToday | None, SubjectProgress]:
    """Add up today at one site of an owner, None where it counts no bicycles now; and how far it is processed."""
    reached = await progress.read(reader, moment, AnswerSubject("site", site, "bicycles"), moment.yesterday)
    rows = await totals.today(reader.store, owner, moment.midnight, moment.now)
    elapsed = moment.elapsed(reached.until if reached.behind else moment.now)
    return next((_site_today(row, elapsed) for row in rows if row.site == site), None), reached


def _mean(coverages: Iterable[float | None]) -> float | None:
    known = [one for one in coverages if one is not None]
    return sum(known) / len(known) if known else None


def _until(sites: Sequence[SiteToday], reached: SubjectProgress) -> datetime | None:
    """Give until when the numbers tell: the newest measurement, but not beyond what is processed."""
    newest = max((site.last_ended_at for site in sites if site.last_ended_at), default=None)
    return min(newest, reached.until) if newest and reached.behind else newest


def _site_today(row: totals.SiteTotal, elapsed: float) -> SiteToday:
    could = elapsed - row.closed_seconds
    coverage = min(1.0, row.measured_seconds / could) if could > 0 else None
    return SiteToday(row.site, row.name, row.total, coverage, row.origins, row.last_ended_at, row.windows)


async def _compared(store: NamedQueries, owner: PublishedOwner, moment: Moment) -> ComparedTotal | None:
    return await totals.compared(
        store,
        owner,
        midnight=moment.midnight,
        now=moment.now,
        midnight_before=moment.start_of(moment.today - timedelta(days=7)),
        now_before=moment.a_week_before(),
    )


async def hours(
    store: NamedQueries, owner: PublishedOwner, moment: Moment, reached: SubjectProgress, language: PageLanguage
) -> Chart:
    """Draw today by the hour, all sites together."""
    rows = await totals.hours(store, owner, moment.midnight, moment.now)
    bars = [_bar(row, moment, reached) for row in rows]
    return series_charts.counts(
        language,
        language("page.today_by_hour"),
        [bar for bar in bars if bar.expected > 0],
        series_charts.hour_label(moment.zone),
        csv="",
        unit=language("unit.bicycles"),
    )


def _bar(row: HourTotal, moment: Moment, reached: SubjectProgress) -> ChartRow:
    """Judge an hour over the time of it that is over: the running hour is no gap."""
    over = min(3600.0, (moment.now - row.started_at).total_seconds() // 900 * 900)
    return ChartRow(
        started_at=row.started_at,
        value=row.value,
        valid=row.measured_seconds,
        expected=row.sites * over,
        running=row.ended_at > moment.now,
        unprocessed=reached.unprocessed(row.value, row.started_at, row.ended_at),
        flags=RowExclusion(row.quality_flags),
    )
