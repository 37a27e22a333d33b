"""The deliveries of a city's month file, one by one: rebuilt from its log, its changed cells and its last state.

Sensor and sources are those of the month file itself (`city_csv`). Every delivery is the whole file as it then was,
received when it was committed: replayed in any order they end in the publisher's last file, and none of them overwrites
what was received later. A channel that had a value in one delivery has observations in all that follow: None where
its cells were emptied.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from ingest.history import table
from ingest.history.city_csv import Table, cells, living, outcomes
from ingest.history.local_time import in_utc
from ingest.history.profile import FileProfile
from ingest.history.table import FileRow
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

_LOG: Final = ("site", "month_file", "commit_time", "commit", "new_rows", "changed_rows", "removed_rows")
_ROWS: Final = re.compile(r"\d{1,9}", re.ASCII)
_CHANGES: Final = ("site", "interval_start_local", "column", "old", "new", "commit_time", "commit")


class FileDelivery(NamedTuple):
    """One delivery: its time in UTC, the number of rows of the file then, and the cells that it changed."""

    received_at: datetime
    rows: int
    changes: list[FileRow]


def read(files: Sequence[Sequence[str]], profile: FileProfile) -> Iterator[Observation | Rejection]:
    """Read log, changes and month file, in any order; raise FileUnreadableError when they do not fit together."""
    log, changes, month = _distinguished(files)
    last = cells(month)
    deliveries = _deliveries(table.rows(log, _LOG), table.rows(changes, _CHANGES))
    if deliveries[-1].rows != len(last.rows):
        raise FileUnreadableError(
            1, 1, f"the log adds up to {deliveries[-1].rows} rows, the month has {len(last.rows)}"
        )
    sheet = _Sheet(last)
    for delivery in reversed(deliveries):
        sheet.change(delivery.changes, before="new", after="old")
    channels: frozenset[str] = frozenset()
    for delivery in deliveries:
        sheet.change(delivery.changes, before="old", after="new")
        delivered = Table(last.names, sheet.rows[: delivery.rows])
        channels |= living(delivered)
        yield from outcomes(delivered, channels, profile, delivery.received_at)


class _Sheet:
    """The cells of the month file, to which changes can be applied and undone."""

    def __init__(self, last: Table) -> None:
        self.rows = [list(row) for row in last.rows]
        self._row = {row[0]: row for row in self.rows}
        self._column = {name: place for place, name in enumerate(last.names)}
        if len(self._row) != len(self.rows):
            raise FileUnreadableError(1, 1, "a stamp comes twice in the month, so its changes name no single row")

    def change(self, changes: Iterable[FileRow], before: str, after: str) -> None:
        """Replace the value of column `before` of each change by that of column `after`."""
        for change in changes:
            row, place = self._row.get(change.text("interval_start_local")), self._column.get(change.text("column"))
            if row is None or place is None or row[place] != change.text(before):
                raise change.problem("column", "the month file has no such cell with this value")
            row[place] = change.text(after)


def _distinguished(files: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return log, changes and month file in this order; their first lines tell which is which."""
    starts = ("site,month_file,", "site,interval_start_local,", "Datetime,")
    found = [next((file for file in files if file and file[0].startswith(start)), None) for start in starts]
    complete = [file for file in found if file is not None]
    if len(complete) != len(starts):
        raise FileUnreadableError(
            1, 1, "expected a log (site,month_file,…), its changes and the month file (Datetime,…)"
        )
    return complete


def _deliveries(log: Sequence[FileRow], changes: Sequence[FileRow]) -> list[FileDelivery]:
    by_commit: dict[str, list[FileRow]] = defaultdict(list)
    for change in changes:
        by_commit[change.text("commit")].append(change)
    deliveries: list[FileDelivery] = []
    rows = 0
    for row in log:
        changed = by_commit.pop(row.text("commit"), [])
        _check_counts(row, changed)
        rows += _count(row, "new_rows")
        deliveries.append(FileDelivery(_received_at(row), rows, changed))
    if by_commit:
        raise next(iter(by_commit.values()))[0].problem("commit", "a change of a delivery that the log does not name")
    _check_order(log, deliveries)
    return deliveries


def _check_counts(row: FileRow, changed: Sequence[FileRow]) -> None:
    if _count(row, "removed_rows"):
        raise row.problem("removed_rows", "a delivery that takes rows away cannot be rebuilt from its last state")
    if _count(row, "changed_rows") != len({change.text("interval_start_local") for change in changed}):
        raise row.problem("changed_rows", "the changes of this delivery are not that many rows")


def _check_order(log: Sequence[FileRow], deliveries: Sequence[FileDelivery]) -> None:
    if not deliveries:
        raise FileUnreadableError(1, 1, "a log without a delivery")
    for row, (before, after) in zip(log[1:], pairwise(deliveries), strict=True):
        if after.received_at <= before.received_at:
            raise row.problem("commit_time", "a delivery that is not later than the one before it")


def _count(row: FileRow, name: str) -> int:
    if not _ROWS.fullmatch(row.text(name)):
        raise row.problem(name, f"{row.text(name)[:60]!r} is not a number of rows")
    return int(row.text(name))


def _received_at(row: FileRow) -> datetime:
    try:
        return in_utc(row.text("commit_time"))
    except ValueError as problem:
        raise row.problem("commit_time", "not a time like 2026-01-17T05:13:48+01:00") from problem
