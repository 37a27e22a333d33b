"""The checks of one place: read, asked, and their runs written; of a long range piece by piece."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from streams.domain.quality import HISTORY, OPEN, LocalCalendar, Overrides, QualityRun, SeriesSet, runs
from streams.sinks.check_inputs import OwnDatastream, Place, begins, observed, series_of
from streams.sinks.findings import FindingChanges, FindingStore, FoundRun, Tell, nothing

RECENT: Final = timedelta(days=14)
"""How much before what changed is checked again: a run shows days after its beginning."""
_SLICE: Final = timedelta(weeks=26)
Checks: TypeAlias = Callable[[SeriesSet, LocalCalendar, Overrides, datetime], list[QualityRun]]
Write: TypeAlias = Callable[[int, int, datetime, datetime, list[FoundRun]], FindingChanges]
"""Writes the runs of a datastream, of an owner by number, in place of what began between two moments."""


def check(
    store: FindingStore,
    place: Place,
    since: datetime,
    until: datetime | None = None,
    *,
    checks: Checks = runs,
    write: Write | None = None,
    tell: Tell = nothing,
) -> FindingChanges:
    """Let the findings of checks about a place, from a moment until another one (now), be what is found now.

    A run that goes on at the end is followed as far as it goes. `tell` is called after each piece. The result does not
    depend on what was found before: a run that stands is looked at from its beginning.
    """
    session, changed = store.session(), FindingChanges()
    there = observed(session, place)
    if there is None:
        return changed
    first, now = there
    start, end = min(max(since, first), now), min(until or now, now)
    while True:
        piece = min(start + _SLICE, now)
        begin = begins(session, place, start)
        given = series_of(session, place, begin - HISTORY, piece)
        found = [] if given is None else checks(given.series, given.calendar, {}, piece)
        found = [run for run in _closed(found, given.own if given else []) if run.ended_at > begin]
        for datastream, owner, _ in given.own if given else ():
            changed += (write or store.found)(datastream, owner, begin, piece, list(_of(found, datastream)))
        tell()
        if piece == now or (piece >= end and all(run.ended_at != OPEN for run in found)):
            break
        start = piece - RECENT
    return changed


def _closed(found: list[QualityRun], own: list[OwnDatastream]) -> Iterator[QualityRun]:
    """Let runs that go on end where their datastream does: who replaced it has runs of its own."""
    closed = {one.datastream: one.closed_at for one in own if one.closed_at is not None}
    for run in found:
        ended_at = min(run.ended_at, closed.get(run.datastream, OPEN))
        if run.started_at < ended_at:
            yield run._replace(ended_at=ended_at)


def _of(found: list[QualityRun], datastream: int) -> Iterator[FoundRun]:
    """Give the runs of a datastream as they are written."""
    for run in found:
        if run.datastream == datastream:
            end = None if run.ended_at == OPEN else run.ended_at
            yield FoundRun(run.flag, run.started_at, end, run.rule, dict(run.evidence))
