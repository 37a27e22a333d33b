"""How far the platform is with what a page shows: said once above the numbers, apart from what was not measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from opendata.flag_words import Parts
from opendata.pages.moments import Moment
from opendata.pages.series_charts import ChartRow, RowExclusion
from opendata.processing import Processing
from opendata.read.buckets import Bucket
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject

_DAY: Final = timedelta(hours=25)
"""The longest local day."""


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

    def bars(self, rows: Iterable[Bucket], number: str = "value") -> list[ChartRow]:
        """Give what a chart draws of rows; one without a number may have one yet."""
        return [self._bar(row, getattr(row, number)) for row in rows]

    def unprocessed(self, value: float | None, started_at: datetime, ended_at: datetime) -> bool:
        """Tell whether a value is not there that may come yet."""
        return value is None and self.processing.lacks(started_at, ended_at)

    def lacks(self, first: date, last: date) -> bool:
        """Tell whether something measured on these local days may not be in their numbers yet."""
        start, end = self.moment.start_of(first), self.moment.start_of(last + timedelta(days=1))
        return self.processing.lacks(start, end)

    def _bar(self, row: Bucket, value: float | None) -> ChartRow:
        return ChartRow(
            started_at=row.started_at,
            day=row.day,
            value=value,
            valid=row.valid,
            expected=row.expected,
            reason=row.reason,
            unprocessed=self.unprocessed(value, row.started_at, row.ended_at),
            flags=RowExclusion.of(row, _parts(row)),
        )

    def _days(self, lower: datetime | None, upper: datetime | None) -> Iterable[date]:
        if lower is None or upper is None:
            return
        for instant in (lower, upper - timedelta(microseconds=1)):
            day = instant.astimezone(self.moment.zone).date()
            if day < self.moment.today:
                yield day


def _parts(row: Bucket) -> Parts:
    """Name the parts of a row whose flags are counted."""
    return "hours" if row.ended_at - row.started_at <= _DAY else "days"


async def read(reader: RequestReader, moment: Moment, about: AnswerSubject, first: date) -> SubjectProgress:
    """Read how far a subject is processed, from a local day on."""
    return SubjectProgress(await reader.processing(about, moment.start_of(first), moment.now), moment)
