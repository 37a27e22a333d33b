"""The check of the demo: everything recorded is stored and aggregated, and agrees with the reference."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg

from deploy.local.demo import agreement, reference
from deploy.local.demo.agreement import SQL
from deploy.local.simulator import recordings
from registry.files import OwnerFolder
from schemas.failures import CheckFailedError

_READER: Final = "backup"  # reads everything, writes nothing
_PAUSE: Final = 0.5
_TELL_EVERY: Final = 5.0


class NotComputedError(CheckFailedError):
    """The recordings were not stored and aggregated in time; see the logs of store and aggregate."""


class Proof:
    """The recordings, and what the database has of them."""

    def __init__(self, owner: OwnerFolder, conninfo: str) -> None:
        """Read the recordings of an owner; raise RecordingsAbsentError when they are not there."""
        folder, registry = recordings.folder_of(owner), owner.registry
        self._zone = ZoneInfo(registry.owner.timezone)
        self._conninfo = conninfo
        self._months = reference.months(folder)
        self._counters = reference.counters(registry)
        self._recorded = {counter.code: recordings.read(folder, counter.code) for counter in self._counters}
        self._cells = sum(reference.cells(counter, self._recorded[counter.code]) for counter in self._counters)

    def stored(self) -> bool:
        """Return whether every recorded value is stored."""
        return self._ask("stored", counters=[counter.code for counter in self._counters]) >= self._cells

    def wait(self, tell: Callable[[str], None], patience: float = 600.0) -> float:
        """Wait until all is stored and aggregated; return the seconds, or raise NotComputedError after `patience`."""
        began = shown_at = time.monotonic()
        while not self.stored() or self._ask("waiting"):
            now = time.monotonic()
            if now - began > patience:
                raise NotComputedError(
                    f"after {patience:.0f} s {self._ask('waiting'):,} hours are still to be computed"
                )
            if now - shown_at > _TELL_EVERY:
                shown_at = now
                tell(f"  {self._ask('waiting'):,} hours wait to be computed; the simulator adds this year meanwhile")
            time.sleep(_PAUSE)
        return time.monotonic() - began

    def lines(self) -> Iterator[tuple[bool, str]]:
        """Yield whether a counter agrees with a sentence, for each counter and for every difference."""
        with self._connect() as connection:
            for counter in self._counters:
                months = [month for month in self._months if month.counter == counter.code]
                expected = [reference.without_partial(month, counter, self._recorded[counter.code]) for month in months]
                found = agreement.find(connection, counter)
                wrong = list(agreement.differences(expected, found, self._zone))
                yield not wrong, _summary(counter, expected, len(wrong))
                yield from ((True, f"  {line}") for line in _partial(months, expected))
                yield from ((False, f"  {line}") for line in wrong)

    def _ask(self, name: str, **parameters: object) -> int:
        with self._connect() as connection:
            row = connection.execute(SQL[name], parameters).fetchone()
        return int(row[0]) if row else 0

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._conninfo, user=_READER, autocommit=True)


def _summary(counter: reference.RecordedCounter, months: list[reference.Month], wrong: int) -> str:
    total, quarters = sum(month.total for month in months), sum(month.quarters for month in months)
    rows = sum(month.rows for month in months)
    verdict = f"{wrong} differences" if wrong else "agrees with the reference"
    return (
        f"{counter.code} ({counter.site}): {len(months)} months, {total:,.0f} cyclists,"
        f" {rows:,} of {quarters:,} quarters, {verdict}"
    )


def _partial(months: list[reference.Month], expected: list[reference.Month]) -> Iterator[str]:
    for before, after in zip(months, expected, strict=True):
        if before.rows != after.rows:
            yield (
                f"{before.month}: {before.rows - after.rows} rows have a total while a channel is missing,"
                f" {before.total - after.total:,.0f} cyclists are in the channels only"
            )
