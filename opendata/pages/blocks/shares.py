"""The cycling share of the screenlines: yesterday, thirty days pooled, and each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import msgspec

from opendata import read as readings
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.read.request import RequestReader
from opendata.read.screenlines import PublishedScreenline, ScreenlineVariant
from opendata.read.shares import ShareRow
from opendata.read.states import AnswerSubject
from opendata.reasons import NOT_PROCESSED
from opendata.vocabulary import herkomst, of_windows

_MONTH: Final = 30
_WHOLE: Final = ("motor", "all")
"""Denominators of all that a line counts; the others are bicycles against one mode."""


@dataclass(frozen=True)
class ScreenlineShare:
    """One denominator of one screenline: yesterday, the last thirty days, and each of them.

    `window` says of which hours its coverage is, where it is not of all.
    """

    screenline: str
    owner: str
    name: str
    illustrative: bool
    variant: str
    modes: Sequence[str]
    origins: Sequence[str]
    recent: ShareRow
    yesterday: ShareRow | None
    chart: Chart
    window: str


@dataclass(frozen=True)
class ModeShare:
    """Bicycles against one other mode over the last thirty days."""

    mode: str
    recent: ShareRow
    window: str


async def read(reader: RequestReader, moment_of: Callable[[str], Moment]) -> list[ScreenlineShare]:
    """Pool the shares of all screenlines, over days of their owners, in the order of their names."""
    lines = sorted(await readings.screenlines.every(reader.store), key=lambda one: one.name)
    return [share for one in lines for share in await of(reader, moment_of(one.owner), one)]


async def of(reader: RequestReader, moment: Moment, screenline: PublishedScreenline) -> list[ScreenlineShare]:
    """Pool the shares of one screenline."""
    variants = [one for one in screenline.variants if one.variant in _WHOLE]
    found = [await _share(reader, moment, screenline, variant) for variant in variants]
    return [share for share in found if share]


async def against(reader: RequestReader, moment: Moment, screenline: PublishedScreenline) -> list[ModeShare]:
    """Pool the last thirty days of bicycles against one other mode, for each that is counted."""
    reached = await progress.read(reader, moment, AnswerSubject("screenline", screenline.screenline), _first(moment))
    modes = [one.variant for one in screenline.variants if one.variant not in _WHOLE]
    pooled = [(mode, await _pooled(reader, reached, screenline.screenline, mode)) for mode in modes]
    return [
        ModeShare(mode, share, await _window(reader, screenline.screenline, mode)) for mode, share in pooled if share
    ]


async def _window(reader: RequestReader, screenline: str, variant: str) -> str:
    about = AnswerSubject("screenline", screenline, variant)
    return of_windows(await readings.measuring_windows.read(reader.store, about, None, None))


async def _share(
    reader: RequestReader, moment: Moment, screenline: PublishedScreenline, variant: ScreenlineVariant
) -> ScreenlineShare | None:
    line, name = screenline.screenline, variant.variant
    reached = await progress.read(reader, moment, AnswerSubject("screenline", line, name), _first(moment))
    recent = await _pooled(reader, reached, line, name)
    if recent is None:
        return None
    series = readings.shares.series(line, name, "day", zone=moment.zone, now=moment.now)
    days = await series.rows(reader.store, moment.start_of(_first(moment)), moment.midnight)
    last = next((_checked(day, reached, moment.yesterday) for day in days if day.day == moment.yesterday), None)
    public = "alle" if name == "all" else name
    csv = f"/v1/fietsaandeel?tellijn={line}&noemer={public}&interval=dag&formaat=csv"
    bars = [
        replace(bar, low=day.low, high=day.high) for bar, day in zip(reached.bars(days, "share"), days, strict=True)
    ]
    return ScreenlineShare(
        screenline=line,
        owner=screenline.owner,
        name=screenline.name,
        illustrative=screenline.illustrative,
        variant=public,
        modes=variant.modes,
        origins=herkomst(variant.origins),
        recent=recent,
        yesterday=last,
        chart=series_charts.shares("Laatste dertig dagen", bars, csv),
        window=await _window(reader, line, name),
    )


async def _pooled(reader: RequestReader, reached: SubjectProgress, screenline: str, variant: str) -> ShareRow | None:
    """Read the last thirty days as one; None where the denominator was counted on none of them."""
    moment = reached.moment
    series = readings.shares.series(screenline, variant, "whole", zone=moment.zone, now=moment.now)
    rows = await series.rows(reader.store, moment.start_of(_first(moment)), moment.midnight)
    return _checked(rows[0], reached, _first(moment)) if rows else None


def _checked(row: ShareRow, reached: SubjectProgress, first: date) -> ShareRow:
    """Give the reason of a share that is not there: that it may come yet goes before that it rests on too little."""
    if row.share is None and reached.lacks(first, reached.moment.yesterday):
        return msgspec.structs.replace(row, reason=NOT_PROCESSED)
    return row


def _first(moment: Moment) -> date:
    return moment.yesterday - timedelta(days=_MONTH - 1)
