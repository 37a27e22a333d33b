"""What a check looks at: one series, and the setting in which it was measured."""

from collections.abc import Iterator
from typing import NamedTuple

from streams.domain.quality.hours import LocalHours, SeriesHours, hourly, local_hours, local_seconds
from streams.domain.quality.series import (
    HOUR,
    Instants,
    LocalCalendar,
    Marks,
    QualityRun,
    ReadingSeries,
    SeriesSet,
    counts,
    covered,
    known,
    without,
)
from streams.domain.quality.thresholds import Overrides, Thresholds, thresholds


class Member(NamedTuple):
    """A series with what several checks need: the local hour of each reading, which of them count, and sums by hour."""

    series: ReadingSeries
    limits: Thresholds
    at: Instants
    counts: Marks
    hourly: SeriesHours


class SeriesSetting(NamedTuple):
    """The series that are judged and those that are listened to, on one row of local hours, as of seconds of UTC."""

    members: tuple[Member, ...]
    neighbours: tuple[Member, ...]
    grid: LocalHours
    calendar: LocalCalendar
    as_of: int

    def like(self, member: Member) -> Iterator[Member]:
        """Return the other series of the quantity of this one, those of its own place first."""
        for other in (*self.members, *self.neighbours):
            if other.series.quantity == member.series.quantity and other.series.datastream != member.series.datastream:
                yield other

    def leaving_out(self, runs: list[QualityRun]) -> "SeriesSetting":
        """Return the setting in which what these runs cover does not count any more."""
        return self._replace(members=tuple(_leaving_out(member, runs, self.grid) for member in self.members))


def setting(series_set: SeriesSet, calendar: LocalCalendar, overrides: Overrides, as_of: int) -> SeriesSetting | None:
    """Return the setting as it was known at a moment; None while nothing had been measured."""
    series = [known(one, as_of) for one in series_set.series]
    neighbours = [known(one, as_of) for one in series_set.neighbours]
    measured = [one.starts for one in (*series, *neighbours) if len(one.starts)]
    if not measured:
        return None
    grid = local_hours(
        min(int(starts[0]) for starts in measured), max(int(starts[-1]) for starts in measured), calendar
    )
    members, others = (
        tuple(_member(one, grid, calendar, overrides) for one in group) for group in (series, neighbours)
    )
    return SeriesSetting(members, others, grid, calendar, as_of)


def _member(series: ReadingSeries, grid: LocalHours, calendar: LocalCalendar, overrides: Overrides) -> Member:
    at = local_seconds(series.starts, calendar) // HOUR - grid.first
    limits = thresholds(series.place, series.quantity, overrides)
    return Member(series, limits, at, counts(series), hourly(series, at, grid))


def _leaving_out(member: Member, runs: list[QualityRun], grid: LocalHours) -> Member:
    own = [run for run in runs if run.datastream == member.series.datastream]
    if not own:
        return member
    series = without(member.series, covered(member.series, own))
    return member._replace(series=series, counts=counts(series), hourly=hourly(series, member.at, grid))
