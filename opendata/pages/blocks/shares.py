"""The cycling share of the screenlines: yesterday, thirty days pooled, and each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import msgspec

from opendata import read as readings
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.read.request import RequestReader
from opendata.read.screenlines import PublishedScreenline, ScreenlineVariant
from opendata.read.shares import ShareRow
from opendata.read.states import AnswerSubject
from opendata.reasons import NOT_PROCESSED
from opendata.vocabulary import NOEMER

_MONTH: Final = 30
_WHOLE: Final = ("motor", "all")
"""Denominators of all that a line counts; the others are bicycles against one mode."""


@dataclass(frozen=True)
class ScreenlineShare:
    """One denominator of one screenline: yesterday, the last thirty days, and each of them.

    `windows` are the hours of which its coverage is, where it is not of all.
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
    windows: Sequence[str]


@dataclass(frozen=True)
class ModeShare:
    """Bicycles against one other mode over the last thirty days."""

    mode: str
    recent: ShareRow
    windows: Sequence[str]


@dataclass(frozen=True)
class RecentShare:
    """The share of a screenline over the last thirty days, and whether a counter of it was `calibrated`.

    Where none was, its calibrated range is that of counters which nobody has checked.
    """

    line: PublishedScreenline
    variant: str
    modes: Sequence[str]
    origins: Sequence[str]
    row: ShareRow
    calibrated: bool
    windows: Sequence[str]


async def recent_of_all(
    reader: RequestReader, moment_of: Callable[[str], Moment], lines: Sequence[PublishedScreenline]
) -> dict[str, RecentShare]:
    """Pool the last thirty days of each screenline that has a share, against motor traffic where that is counted."""
    calibrated = await readings.placements.calibrated_sites(reader.store)
    found: dict[str, RecentShare] = {}
    for line in lines:
        variant = next((one for one in line.variants if one.variant in _WHOLE), None)
        if variant is None:
            continue
        moment, about = moment_of(line.owner), AnswerSubject("screenline", line.screenline, variant.variant)
        reached = await progress.read(reader, moment, about, _first(moment))
        row = await _pooled(reader, reached, line.screenline, variant.variant)
        if row is not None:
            windows = await _windows(reader, line.screenline, variant.variant)
            found[line.screenline] = RecentShare(
                line, variant.variant, variant.modes, variant.origins, row, bool(calibrated & set(line.sites)), windows
            )
    return found


async def read(
    reader: RequestReader, moment_of: Callable[[str], Moment], language: PageLanguage
) -> list[ScreenlineShare]:
    """Pool the shares of all screenlines, over days of their owners, in the order of their names."""
    lines = sorted(await readings.screenlines.every(reader.store), key=lambda one: one.name)
    return [share for one in lines for share in await of(reader, moment_of(one.owner), one, language)]


async def of(
    reader: RequestReader, moment: Moment, screenline: PublishedScreenline, language: PageLanguage
) -> list[ScreenlineShare]:
    """Pool the shares of one screenline."""
    variants = [one for one in screenline.variants if one.variant in _WHOLE]
    found = [await _share(reader, moment, screenline, variant, language) for variant in variants]
    return [share for share in found if share]


async def against(reader: RequestReader, moment: Moment, screenline: PublishedScreenline) -> list[ModeShare]:
    """Pool the last thirty days of bicycles against one other mode, for each that is counted."""
    reached = await progress.read(reader, moment, AnswerSubject("screenline", screenline.screenline), _first(moment))
    modes = [one.variant for one in screenline.variants if one.variant not in _WHOLE]
    pooled = [(mode, await _pooled(reader, reached, screenline.screenline, mode)) for mode in modes]
    return [
        ModeShare(mode, share, await _windows(reader, screenline.screenline, mode)) for mode, share in pooled if share
    ]


async def _windows(reader: RequestReader, screenline: str, variant: str) -> Sequence[str]:
    about = AnswerSubject("screenline", screenline, variant)
    return await readings.measuring_windows.read(reader.store, about, None, None)


async def _share(
    reader: RequestReader,
    moment: Moment,
    screenline: PublishedScreenline,
    variant: ScreenlineVariant,
    language: PageLanguage,
) -> ScreenlineShare | None:
    line, name = screenline.screenline, variant.variant
    reached = await progress.read(reader, moment, AnswerSubject("screenline", line, name), _first(moment))
    recent = await _pooled(reader, reached, line, name)
    if recent is None:
        return None
    series = readings.shares.series(line, name, "day", zone=moment.zone, now=moment.now)
    days = await series.rows(reader.store, moment.start_of(_first(moment)), moment.midnight)
    last = next((_checked(day, reached, moment.yesterday) for day in days if day.day == moment.yesterday), None)
    csv = f"/v1/fietsaandeel?tellijn={line}&noemer={NOEMER[name]}&interval=dag&formaat=csv"
    bars = [
        replace(bar, low=day.low, high=day.high) for bar, day in zip(reached.bars(days, "share"), days, strict=True)
    ]
    return ScreenlineShare(
        screenline=line,
        owner=screenline.owner,
        name=screenline.name,
        illustrative=screenline.illustrative,
        variant=name,
        modes=variant.modes,
        origins=variant.origins,
        recent=recent,
        yesterday=last,
        chart=series_charts.shares(language, language("page.last_thirty_days"), bars, csv),
        windows=await _windows(reader, line, name),
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
