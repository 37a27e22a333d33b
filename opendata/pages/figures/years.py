"""This year, and the last 52 weeks beside the 52 before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opendata.database import Row, Store
from opendata.pages import drawn, progress
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import Progress
from opendata.v1.processed import Subject
from opendata.words import herkomst


@dataclass(frozen=True)
class Year:
    """This year up to yesterday, and the last 52 weeks beside the 52 before."""

    first: date
    last: date
    total: float | None
    coverage: float
    sites: int
    origins: Sequence[str]
    rolling: Row | None
    months: Chart
    progress: Progress

    @property
    def change(self) -> float | None:
        """The fraction more or less over the site-days measured in both years."""
        if not self.rolling or not self.rolling["before"]:
            return None
        return float(self.rolling["now"]) / float(self.rolling["before"]) - 1


async def read(store: Store, moment: Moment, city: str) -> Year:
    """Add up this year, in the municipality of that id."""
    last = moment.yesterday
    first = date(last.year, 1, 1)
    row = await store.row("year_so_far", first=first, last=last) or {}
    rolling = await store.row("rolling_year", last=last)
    start = date(last.year - 1, last.month, 1)
    months = await store.rows("months", first=start, last=last)
    total = row.get("total")
    judged = [{**month, "reason": None} for month in months]
    chart = drawn.counts("Per maand, alle telpunten samen", judged, lambda one: f"{one['month']:%m-%Y}", "", "fietsers")
    return Year(
        first=first,
        last=last,
        total=None if total is None else float(total),
        coverage=row.get("coverage") or 0.0,
        sites=row.get("sites") or 0,
        origins=herkomst(filter(None, row.get("origins") or ())),
        rolling=rolling if rolling and rolling["site_days"] else None,
        months=chart,
        progress=await progress.read(store, moment, Subject("municipality", city, "bicycles"), start),
    )
