"""The links of a route in time, and which of them are weak: the least used, those not measured, those assumed."""

from collections.abc import Sequence
from dataclasses import dataclass

from opendata.pages import series_charts
from opendata.pages.blocks import headlines
from opendata.pages.blocks.headlines import Headline
from opendata.pages.blocks.ladders import Ladder, LadderLink
from opendata.pages.charts import Chart
from opendata.pages.language import PageLanguage
from opendata.pages.progress import SubjectProgress
from opendata.pages.series_charts import ChartRow
from opendata.read.links import PublishedLink
from opendata.read.request import RequestReader
from opendata.read.states import AnswerSubject
from opendata.read.usage import LinkUsageDay, UsageDay


@dataclass(frozen=True)
class LinkInTime:
    """One link by day, and how much it grew since it was opened in its present shape, where that is known."""

    link: PublishedLink
    days: Chart
    growth: Sequence[Headline]


@dataclass(frozen=True)
class WeakLinks:
    """The link with the fewest cyclists on the day of a ladder, those without a number, and those that are assumed."""

    quietest: LadderLink | None
    missing: Sequence[LadderLink]
    assumed: Sequence[LadderLink]


def weak(ladder: Ladder) -> WeakLinks:
    """Find the weak links of a route on the day of its ladder."""
    known = [rung for rung in ladder.rungs if rung.cyclists is not None]
    return WeakLinks(
        quietest=min(known, key=lambda rung: rung.busy) if len(known) > 1 else None,
        missing=[rung for rung in ladder.rungs if rung.cyclists is None],
        assumed=[rung for rung in known if rung.used is not None and not rung.used.measured],
    )


async def read(
    reader: RequestReader,
    ladder: Ladder,
    rows: Sequence[UsageDay],
    reached: SubjectProgress,
    language: PageLanguage,
) -> list[LinkInTime]:
    """Draw each link of a route over the days that were read of it."""
    return [
        LinkInTime(link, _days(link, rows, reached, language), await _growth(reader, link, reached, language))
        for link in ladder.route.links
    ]


async def _growth(
    reader: RequestReader, link: PublishedLink, reached: SubjectProgress, language: PageLanguage
) -> list[Headline]:
    if link.opened is None:
        return []
    about = AnswerSubject("link", link.link, "")
    return await headlines.read(
        reader.store, reached.moment, about, language, indicators=("growth_since_opening",), periods=("opening",)
    )


def _days(link: PublishedLink, rows: Sequence[UsageDay], reached: SubjectProgress, language: PageLanguage) -> Chart:
    found = [next((one for one in row.links if one.link == link.link), None) for row in rows]
    bars = [_bar(row, used, reached) for row, used in zip(rows, found, strict=True)]
    return series_charts.counts(
        language,
        language("page.link_by_day", name=link.name),
        bars,
        series_charts.day_label(language),
        csv=f"/v1/wegvakken/{link.link}/kengetallen?formaat=csv",
        unit=language("page.cyclists_per_day"),
    )


def _bar(row: UsageDay, used: LinkUsageDay | None, reached: SubjectProgress) -> ChartRow:
    cyclists = used.cyclists if used else None
    return ChartRow(
        started_at=row.started_at,
        day=row.day,
        value=cyclists,
        valid=used.valid if used and cyclists is not None else 0,
        expected=used.expected if used else 1,
        reason=used.reason if used else row.reason,
        unprocessed=reached.unprocessed(cyclists, row.started_at, row.ended_at),
    )
