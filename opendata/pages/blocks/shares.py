"""The cycling share of the screenlines: yesterday, thirty days pooled, and each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from opendata.database import NamedQueries, Row
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.reasons import NOT_PROCESSED
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import herkomst

_MONTH: Final = 30
_WHOLE: Final = ("motor", "all")
"""Denominators of all that a line counts; the others are bicycles against one mode."""


@dataclass(frozen=True)
class ScreenlineShare:
    """One denominator of one screenline: yesterday, the last thirty days, and each of them."""

    screenline: str
    name: str
    variant: str
    modes: Sequence[str]
    origins: Sequence[str]
    recent: Row
    yesterday: Row | None
    chart: Chart


async def read(store: NamedQueries, moment: Moment, screenline: str | None = None) -> list[ScreenlineShare]:
    """Pool the shares of the screenlines."""
    first = moment.yesterday - timedelta(days=_MONTH - 1)
    rows = await store.rows("share_recent", screenline=screenline, first=first, last=moment.yesterday)
    rows = [row for row in rows if row["variant"] in _WHOLE]
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pairs.setdefault((row["screenline"], row["variant"]), []).append(row)
    return [await _share(store, moment, key, found) for key, found in pairs.items()]


async def against(store: NamedQueries, moment: Moment, screenline: str) -> list[Row]:
    """Pool the last thirty days of bicycles against one other mode, for each that is counted."""
    first = moment.yesterday - timedelta(days=_MONTH - 1)
    rows = await store.rows("share_recent", screenline=screenline, first=first, last=moment.yesterday)
    reached = await progress.read(store, moment, AnswerSubject("screenline", screenline), first)
    return [_checked(row, reached) for row in rows if row["variant"] not in _WHOLE and row["first"] == first]


def _checked(row: Row, reached: SubjectProgress) -> Row:
    """Give the reason of a share that is not there: that it may come yet goes before that it rests on too little."""
    if row["share"] is None and reached.lacks(row["first"], row["last"]):
        return {**row, "reason": NOT_PROCESSED}
    return row


async def _share(store: NamedQueries, moment: Moment, key: tuple[str, str], found: Sequence[Row]) -> ScreenlineShare:
    screenline, variant = key
    first = moment.yesterday - timedelta(days=_MONTH - 1)
    reached = await progress.read(store, moment, AnswerSubject("screenline", screenline, variant), first)
    found = [_checked(row, reached) for row in found]
    recent = min(found, key=lambda row: row["first"])
    yesterday = next((row for row in found if row["first"] == row["last"] == moment.yesterday), None)
    start = moment.start_of(first)
    days = await store.rows(
        "share_days",
        screenline=screenline,
        variant=variant,
        start=start,
        end=moment.midnight,
        unit="day",
        at=None,
    )
    public = "alle" if variant == "all" else variant
    csv = f"/v1/fietsaandeel?tellijn={screenline}&noemer={public}&interval=dag&formaat=csv"
    chart = series_charts.shares("Laatste dertig dagen", reached.checked(days, "share"), csv)
    return ScreenlineShare(
        screenline, recent["name"], public, recent["modes"], herkomst(recent["origins"]), recent, yesterday, chart
    )
