"""This year, and the last 52 weeks beside the 52 before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opendata.database import NamedQueries, Row
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import herkomst


@dataclass(frozen=True)
class YearTotals:
    """This year up to yesterday, and the last 52 weeks beside the 52 before."""

    first: date
    last: date
    total: float | None
    coverage: float
    sites: int
    origins: Sequence[str]
    rolling: Row | None
    months: Chart
    progress: SubjectProgress

    @property
    def change(self) -> float | None:
        """The fraction more or less over the site-days measured in both years."""
        if not self.rolling or not self.rolling["before"]:
            return None
        return float(self.rolling["now"]) / float(self.rolling["before"]) - 1


async def read(store: NamedQueries, moment: Moment, city: str) -> YearTotals:
    """Add up this year, in the municipality of that id."""
    last = moment.yesterday
    first = date(last.year, 1, 1)
    row = await store.row("year_so_far", first=first, last=last) or {}
    rolling = await store.row("rolling_year", last=last)
    start = date(last.year - 1, last.month, 1)
    months = await store.rows("months", first=start, last=last)
    total = row.get("total")
    checked = [{**month, "reason": None} for month in months]
    chart = series_charts.counts(
        "Per maand, alle telpunten samen", checked, lambda one: f"{one['month']:%m-%Y}", "", "fietsers"
    )
    return YearTotals(
        first=first,
        last=last,
        total=None if total is None else float(total),
        coverage=row.get("coverage") or 0.0,
        sites=row.get("sites") or 0,
        origins=herkomst(filter(None, row.get("origins") or ())),
        rolling=rolling if rolling and rolling["site_days"] else None,
        months=chart,
        progress=await progress.read(store, moment, AnswerSubject("municipality", city, "bicycles"), start),
    )
