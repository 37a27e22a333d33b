"""All checks of many readings, in their order: what one has excluded is not looked at by those after it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from schemas.quality_flags import QUALITY_FLAGS
from streams.domain.quality.blind import blind
from streams.domain.quality.clock import clock_skew
from streams.domain.quality.codes import saturated, sentinel
from streams.domain.quality.dead import dead
from streams.domain.quality.series import LocalCalendar, QualityRun, SeriesSet, seconds
from streams.domain.quality.setting import Member, SeriesSetting, setting
from streams.domain.quality.spike import event, spike
from streams.domain.quality.stuck import stuck
from streams.domain.quality.thresholds import Overrides
from streams.domain.quality.unlike import unlike_neighbours

MemberCheck: TypeAlias = Callable[[Member, SeriesSetting], Iterator[QualityRun]]
SettingCheck: TypeAlias = Callable[[SeriesSetting], Iterator[QualityRun]]

_EXCLUDING: Final = frozenset(flag.name for flag in QUALITY_FLAGS if flag.verdict == "excluded")

HISTORY: Final = timedelta(weeks=8)
"""How long before `since` a series should begin, so that it does not matter how much earlier it does."""


def runs(
    series_set: SeriesSet,
    calendar: LocalCalendar,
    overrides: Overrides,
    as_of: datetime,
    *,
    since: datetime | None = None,
) -> list[QualityRun]:
    """Return all runs that the checks find in the series of a site or station, as it was known at a moment.

    Only runs that end after `since`; the series must begin `HISTORY` before it, and before the beginning of every run
    that stands: from then on the whole range is judged anew, and what was found before and is not among these holds no
    more. In order of datastream, beginning and flag; the same for the same arguments, whatever the order of the series.
    """
    there = setting(series_set, calendar, overrides, seconds(as_of))
    if there is None:
        return []
    found: list[QualityRun] = []
    for check in _CHECKS:
        new = list(check(there))
        there = there.leaving_out([run for run in new if run.flag in _EXCLUDING])
        found += new
    wanted = [run for run in found if since is None or run.ended_at > since]
    return sorted(wanted, key=lambda run: (run.datastream, run.started_at, run.flag))


def _each(check: MemberCheck) -> SettingCheck:
    """Return a check of all series that are judged, made of one that judges a single one."""

    def of_all(there: SeriesSetting) -> Iterator[QualityRun]:
        for member in there.members:
            yield from check(member, there)

    return of_all


_CHECKS: Final[tuple[SettingCheck, ...]] = (
    _each(sentinel),
    _each(saturated),
    blind,
    _each(dead),
    _each(stuck),
    _each(spike),
    _each(event),
    _each(unlike_neighbours),
    _each(clock_skew),
)
