"""How far the platform is with what a page shows: said once above the numbers, apart from what was not measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from opendata.database import NamedQueries, Row
from opendata.pages.moments import Moment
from opendata.processing import Processing
from opendata.v1 import subject_progress
from opendata.v1.subject_progress import AnswerSubject


@dataclass(frozen=True)
class SubjectProgress:
    """How far a subject is processed, in local days and times."""

    processing: Processing
    moment: Moment

    @property
    def behind(self) -> bool:
        """Tell whether more may have been measured than is shown."""
        watermark = self.processing.watermark
        return watermark is not None and watermark.behind(self.moment.now)

    @property
    def until(self) -> datetime:
        """Until when what was published is shown; now, where that is not known."""
        watermark = self.processing.watermark
        return (watermark and watermark.until) or self.moment.now

    @property
    def days(self) -> Sequence[date]:
        """The local days before today of which something waits to be added up, at most the first and the last."""
        found = sorted(day for one in self.processing.waiting for day in self._days(one.lower, one.upper))
        return [found[0], found[-1]] if found else []

    def checked(self, rows: Iterable[Row], number: str = "value") -> list[dict[str, Any]]:
        """Mark the rows without a number that may have one yet."""
        return [{**row, "unprocessed": row[number] is None and self._lacks(row)} for row in rows]

    def lacks(self, first: date, last: date) -> bool:
        """Tell whether something measured on these local days may not be in their numbers yet."""
        start, end = self.moment.start_of(first), self.moment.start_of(last + timedelta(days=1))
        return self.processing.lacks(start, end)

    def _lacks(self, row: Row) -> bool:
        return self.processing.lacks(row["started_at"], row["ended_at"])

    def _days(self, lower: datetime | None, upper: datetime | None) -> Iterable[date]:
        if lower is None or upper is None:
            return
        for instant in (lower, upper - timedelta(microseconds=1)):
            day = instant.astimezone(self.moment.zone).date()
            if day < self.moment.today:
                yield day


async def read(store: NamedQueries, moment: Moment, about: AnswerSubject, first: date) -> SubjectProgress:
    """Read how far a subject is processed, from a local day on."""
    found = await subject_progress.read(store, about, moment.start_of(first), moment.now, moment.now)
    return SubjectProgress(found, moment)
