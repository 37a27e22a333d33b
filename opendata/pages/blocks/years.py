"""This year, and the last 52 weeks beside the 52 before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.pages.series_charts import ChartRow, RowExclusion
from opendata.read import measuring_windows, totals
from opendata.read.owners import PublishedOwner
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.totals import MonthTotal, RollingYear


@dataclass(frozen=True)
class YearTotals:
    """This year up to yesterday, and the last 52 weeks beside the 52 before.

    `windows` are the hours of which the coverage is of the sites that cannot always measure.
    """

    first: date
    last: date
    total: float | None
    coverage: float | None
    sites: int
    origins: Sequence[str]
    rolling: RollingYear | None
    months: Chart
    progress: SubjectProgress
    quality_flags: int
    windows: Sequence[str]

    @property
    def change(self) -> float | None:
        """The fraction more or less over the site-days measured in both years."""
        if not self.rolling or not self.rolling.before or self.rolling.now is None:
            return None
        return self.rolling.now / self.rolling.before - 1


async def read(reader: RequestReader, moment: Moment, owner: PublishedOwner, language: PageLanguage) -> YearTotals:
    """Add up this year at the sites of an owner."""
    last = moment.yesterday
    first, start = date(last.year, 1, 1), date(last.year - 1, last.month, 1)
    found = await totals.period(reader.store, owner, first, last)
    about = AnswerSubject("owner", owner.owner, "bicycles")
    bars = [_bar(month, moment) for month in await totals.months(reader.store, owner, start, last)]
    return YearTotals(
        first=first,
        last=last,
        total=found.total,
        coverage=found.coverage,
        sites=found.sites,
        origins=[one for one in found.origins or () if one],
        rolling=await totals.rolling_year(reader.store, owner, last),
        months=series_charts.counts(
            language,
            language("page.by_month"),
            bars,
            series_charts.month_label(language),
            csv="",
            unit=language("unit.bicycles"),
        ),
        progress=await progress.read(reader, moment, about, start),
        quality_flags=found.quality_flags,
        windows=await measuring_windows.read(reader.store, about, moment.start_of(first), moment.midnight),
    )


def _bar(month: MonthTotal, moment: Moment) -> ChartRow:
    return ChartRow(
        started_at=moment.start_of(month.month),
        day=month.month,
        value=month.value,
        valid=month.valid,
        expected=month.expected,
        flags=RowExclusion.of(month, "days"),
    )
