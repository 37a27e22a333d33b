"""How observations are stored: in one statement where a message is alone about its interval, else in their order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import psycopg

from streams.domain.assignment import Accepted
from streams.domain.measurement.identity import UNNUMBERED
from streams.domain.sequence import Counts, Followed, Said, follow
from streams.sinks.arrays import Column, Numbers, column, moment
from streams.sinks.columns import Columns, apart, columns, feeds, only, rows, said
from streams.sinks.connection import Connection, statements
from streams.sinks.measurement_rows import RowsStored, leave_grid, store_measurements

_SQL: Final = statements("store.sql")


class _Held(NamedTuple):
    """Which datastreams of a batch have left their grid, and whether findings stand about any in its time."""

    off_grid: set[int]
    found: bool


async def store_rows(connection: Connection, accepted: Accepted) -> RowsStored:
    """Store a batch, at least one observation: on the grid of its datastream as it is, else as measurements."""
    batch = columns(accepted)
    held = await _hold(connection, accepted, batch)
    starts = await _runs(connection, accepted, batch)
    before = held.off_grid
    if not before and not accepted.off_grid:
        return RowsStored(*await _store_on_grid(connection, batch, starts, found=held.found))
    beside = np.isin(batch.datastream, list(before | accepted.off_grid))
    await leave_grid(connection, accepted, batch)
    stored, corrections, refused = await store_measurements(connection, accepted, only(batch, beside), starts)
    on_grid = (
        (0, 0) if beside.all() else await _store_on_grid(connection, only(batch, ~beside), starts, found=held.found)
    )
    return RowsStored(stored + on_grid[0], corrections + on_grid[1], refused)


async def _hold(connection: Connection, accepted: Accepted, batch: Columns) -> _Held:
    """Hold the marks of the owners, and give what is known of the datastreams from now on.

    The database says so, in this transaction: what another worker stored is known, and what is undone never was. What
    another one stores meanwhile is found where messages are counted, as both count at the same feed; and whoever makes
    findings waits.
    """
    owners = sorted({stream.owner for stream in accepted.streams.values()})
    span = {"first": moment(batch.started_at.min()), "last": moment(batch.started_at.max())}
    held = {"owners": owners, "datastreams": list(accepted.streams), **span}
    cursor = await connection.execute(_SQL["share_marks"], held)
    found, off_grid = await cursor.fetchone() or (False, ())
    await _same_windows(connection, accepted)
    return _Held(set(off_grid), found)


async def _same_windows(connection: Connection, accepted: Accepted) -> None:
    """Raise psycopg.errors.SerializationFailure, which is tried again, where measuring windows are others by now.

    The quality flags of a batch are those of the registry that was read last, which another has replaced meanwhile.
    """
    cursor = await connection.execute(_SQL["windows"], {"datastreams": list(accepted.streams)})
    now: dict[int, str] = dict(await cursor.fetchall())
    before = {number: one.placed_window for number, one in accepted.streams.items() if one.placed_window}
    if now != before:
        raise psycopg.errors.SerializationFailure(f"measuring windows changed: {sorted(now.keys() ^ before.keys())}")


async def _store_on_grid(
    connection: Connection, batch: Columns, starts: dict[int, int], *, found: bool
) -> tuple[int, int]:
    """Store what lies on its grid; give how many were stored where nothing was, and how many corrected.

    `found` says that findings stand about some of it.
    Raises psycopg.errors.SerializationFailure, which is tried again, where another worker left the grid meanwhile.
    """
    alone, several = apart(batch)
    parameters = {**rows(batch, alone), **feeds(batch), "found": found}
    cursor = await connection.execute(_SQL["store_observations"], parameters, binary=True)
    stored, corrections, older, left = await cursor.fetchone() or (0, 0, None, None)
    if left:
        raise psycopg.errors.SerializationFailure(f"another worker took datastreams {left} off their grid")
    if older:
        await connection.execute(_SQL["count_older"], {**rows(batch, alone[older]), **_span(batch, alone[older])})
    counts = await _follow(connection, batch, several, starts, found=found) if several else Counts()
    return stored + counts.stored, corrections + counts.corrections


async def _runs(connection: Connection, accepted: Accepted, batch: Columns) -> dict[int, int]:
    """Note the runs of senders that number what they say, and give when each was first seen."""
    numbered = np.flatnonzero(batch.number != UNNUMBERED)
    if not len(numbered):
        return {}
    runs, place, own = np.unique(batch.run[numbered], return_index=True, return_inverse=True)
    first = np.full(len(runs), np.iinfo(np.int64).max, np.int64)
    np.minimum.at(first, own, batch.received_at[numbered])
    sensors = [accepted.seen[one].sensor for one in numbered[place]]
    parameters = {"run": column("int8", runs), "sensor": sensors, "started_at": column("timestamptz", first)}
    cursor = await connection.execute(_SQL["put_runs"], parameters, binary=True)
    return dict(zip(runs.tolist(), (started_at for (started_at,) in await cursor.fetchall()), strict=True))


async def _follow(
    connection: Connection, batch: Columns, several: Sequence[Numbers], starts: dict[int, int], *, found: bool
) -> Counts:
    """Take in intervals with several messages: what stands after all of them is written once."""
    before = await _existing(connection, batch, np.array([places[0] for places in several]))
    after = [
        follow(before.get(number), [said(batch, place, starts) for place in places])
        for number, places in enumerate(several)
    ]
    counts: dict[int, Counts] = {}
    for places, one in zip(several, after, strict=True):
        datastream = int(batch.datastream[places[0]])
        counts[datastream] = counts.get(datastream, Counts()) + one.counts
    parameters = {**_winners(batch, several, after), **_counted(counts), "found": found}
    await connection.execute(_SQL["store_followed"], parameters)
    return sum(counts.values(), Counts())


async def _existing(connection: Connection, batch: Columns, places: Numbers) -> dict[int, Said]:
    """Give what stands of the intervals at these places, by number."""
    parameters = {**rows(batch, places), **_span(batch, places)}
    cursor = await connection.execute(_SQL["existing"], parameters, binary=True)
    return {
        number: Said((value, uptime, quality_flags), *order)
        async for number, value, uptime, quality_flags, *order in cursor
    }


def _span(batch: Columns, places: Numbers) -> dict[str, datetime]:
    """Give the first and the last interval of these places."""
    started_at = batch.started_at[places]
    return {"first": moment(started_at.min()), "last": moment(started_at.max())}


def _winners(batch: Columns, several: Sequence[Numbers], after: Sequence[Followed]) -> dict[str, Column]:
    """Give what stands after all, of intervals in which that is not what stood before."""
    new = [(places[one.last], one.existing) for places, one in zip(several, after, strict=True) if one.last is not None]
    existing = [current for _, current in new if current is not None]
    numbers = [UNNUMBERED if current.number is None else current.number for current in existing]
    return {
        **rows(batch, np.array([place for place, _ in new], np.int64)),
        "run": column("int8", np.array([current.run or 0 for current in existing], np.int64)),
        "number": column("int8", np.array(numbers, np.int64)),
        "restated": column("bool", np.array([current.restated for current in existing], bool)),
    }


def _counted(counts: dict[int, Counts]) -> dict[str, Column]:
    kinds = zip(Counts._fields, zip(*counts.values(), strict=True), strict=True)
    return {
        "feed": column("int4", np.array(list(counts), np.int32)),
        **{kind: column("int8", np.array(numbers, np.int64)) for kind, numbers in kinds},
    }
