"""The strip of a day and the calendar of a quarter, drawn as SVG on the server, with what a table says of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from markupsafe import Markup

CellState: TypeAlias = Literal["measured", "zero", "partial", "excluded", "gap", "outside", "waiting"]
"""What became of a stretch of time: counted, counted as zero, only in part, not counted, missing, not expected, or not
stored yet."""

DAYS: Final = 90
_WIDTH: Final = 1440.0
_HEIGHT: Final = 40
_BOX: Final = 14
_WEEK: Final = 7
_LEVELS: Final = ((1.0, "full"), (0.95, "high"), (0.75, "middle"), (0.0001, "low"))


class StripRun(NamedTuple):
    """Cells side by side of which the same became; `total` is the sum of what counts."""

    state: CellState
    started_at: datetime
    ended_at: datetime
    cells: int
    total: float | None
    flags: int


class CalendarDay(NamedTuple):
    """A day, and how much of it was measured of what could have been; None where nothing could, or nothing is known."""

    day: date
    share: float | None
    level: str


def state(cell: Mapping[str, Any], stored_until: datetime) -> CellState:
    """Tell what became of a cell, of which everything that ends by `stored_until` is stored."""
    if not cell["observations"]:
        if cell["may_lack"]:
            return "outside"
        return "gap" if cell["ended_at"] <= stored_until else "waiting"
    if not cell["counting"]:
        return "excluded"
    if cell["counting"] < cell["expected"]:
        return "partial"
    return "zero" if cell["total"] == 0 else "measured"


def runs(cells: Iterable[Mapping[str, Any]], stored_until: datetime) -> list[StripRun]:
    """Put cells together of which the same became."""
    grouped = groupby(cells, key=lambda one: (state(one, stored_until), one["flags"] if not one["counting"] else 0))
    return [_run(key[0], list(ones)) for key, ones in grouped]


def _run(of: CellState, cells: Sequence[Mapping[str, Any]]) -> StripRun:
    totals = [float(one["total"]) for one in cells if one["total"] is not None]
    flags = 0
    for one in cells:
        flags |= one["flags"]
    return StripRun(
        of, cells[0]["started_at"], cells[-1]["ended_at"], len(cells), sum(totals) if totals else None, flags
    )


class DayStrip(NamedTuple):
    """A drawn strip, with its runs and the moments at its marks, in minutes from its beginning."""

    drawing: Markup
    runs: Sequence[StripRun]
    hours: Sequence[datetime]


def strip(found: Sequence[StripRun]) -> DayStrip:
    """Draw a day: a block for each run, as wide as it is long."""
    if not found:
        return DayStrip(Markup(""), [], [])
    begin, end = found[0].started_at, found[-1].ended_at
    scale = _WIDTH / max(1.0, (end - begin).total_seconds())
    blocks = Markup("").join(_block(one, begin, scale) for one in found)
    drawing = Markup(
        '<svg viewBox="0 0 {:.0f} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(_WIDTH, _HEIGHT, blocks)
    return DayStrip(drawing, found, [begin + (end - begin) * part / 4 for part in range(5)])


def _block(one: StripRun, begin: datetime, scale: float) -> Markup:
    x, width = (one.started_at - begin).total_seconds() * scale, (one.ended_at - one.started_at).total_seconds() * scale
    return Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="{}"/>').format(
        one.state, x, width + 0.4, _HEIGHT
    )


class CompletenessCalendar(NamedTuple):
    """A drawn calendar, with its days in order."""

    drawing: Markup
    days: Sequence[CalendarDay]


def calendar(rows: Iterable[Mapping[str, Any]], today: date) -> CompletenessCalendar:
    """Draw the last 90 days, a column for each week."""
    known = {row["day"]: row["valid"] / row["expected"] if row["expected"] else None for row in rows}
    first = today - timedelta(days=DAYS - 1)
    days = [_day(first + timedelta(days=number), known) for number in range(DAYS)]
    shift = first.weekday()
    boxes = Markup("").join(_box(one, shift + place) for place, one in enumerate(days))
    weeks = (shift + DAYS + _WEEK - 1) // _WEEK
    drawing = Markup('<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>').format(
        weeks * _BOX, _WEEK * _BOX, boxes
    )
    return CompletenessCalendar(drawing, days)


def _day(day: date, known: Mapping[date, float | None]) -> CalendarDay:
    share = known.get(day)
    if share is None:
        return CalendarDay(day, None, "unknown" if day not in known else "outside")
    return CalendarDay(day, share, next((name for least, name in _LEVELS if share >= least), "none"))


def _box(one: CalendarDay, place: int) -> Markup:
    said = f"{one.day:%Y-%m-%d}" + ("" if one.share is None else f": {100 * one.share:.0f} %")
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>').format(
        one.level, place // _WEEK * _BOX, place % _WEEK * _BOX, _BOX - 2, _BOX - 2, said
    )
