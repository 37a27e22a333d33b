"""How measurements beside the grid are stored, and the rows of the grid that follow from them, in one transaction."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any, Final, NamedTuple

import numpy as np

from schemas.observation import Observation
from schemas.quality_flags import OUTSIDE_WINDOW
from schemas.rejection import Rejection
from streams.domain.assignment import Accepted, rejection
from streams.domain.datastreams import ValidDatastream
from streams.domain.measurement.changes import ReadWindow, around_measurements, around_rows, touched_rows
from streams.domain.measurement.grid import GridRow, grid
from streams.domain.measurement.identity import UNNUMBERED, MergedMeasurements, SensorMeasurement, merge
from streams.domain.measurement.intervals import SECOND, intervals
from streams.domain.measuring_window import can_measure
from streams.domain.sequence import Counts
from streams.sinks.arrays import Column, column, moment
from streams.sinks.columns import Columns, feeds
from streams.sinks.connection import Connection, statements

_log = logging.getLogger(__name__)
_SQL: Final = statements("measurement.sql")
_FIELDS: Final = {
    "started_at": "timestamptz", "ended_at": "timestamptz", "value": "float8", "uptime": "float4",
    "quality_flags": "int4", "received_at": "timestamptz", "run": "int8", "number": "int8", "restated": "bool",
    "decoded_at": "timestamptz",
}  # fmt: skip

Numbered = Iterable[tuple[int, SensorMeasurement]]


class RowsStored(NamedTuple):
    """How many messages were stored where nothing was, how many corrected, and what was refused by its number."""

    stored: int = 0
    corrections: int = 0
    refused: Sequence[Rejection] = ()


class _Known(NamedTuple):
    """What stands around messages, by datastream, and when the first message of each run was received."""

    measurements: dict[int, set[SensorMeasurement]]
    starts: dict[int, int]


async def leave_grid(connection: Connection, accepted: Accepted, batch: Columns) -> None:
    """Hold the feeds of a batch, and take datastreams off their grid of which the first thing lies beside it.

    What is read next is what other workers stored of these datastreams, who wait from now on.
    """
    held = {"beside": sorted(accepted.off_grid), **feeds(batch)}
    cursor = await connection.execute(_SQL["hold_feeds"], held, binary=True)
    new = [datastream for datastream, off_grid in await cursor.fetchall() if off_grid]
    if new:
        cursor = await connection.execute(_SQL["take_along"], {"new": new}, binary=True)
        along: dict[int, int] = {datastream: rows async for datastream, rows in cursor}
        await connection.execute(_SQL["derive_all"], {"new": new})
        for one in new:
            sensor, source = accepted.streams[one].sensor, accepted.streams[one].source
            _log.info("datastream %d (%s, %s) leaves its grid, with %d rows", one, sensor, source, along.get(one, 0))


async def store_measurements(
    connection: Connection, accepted: Accepted, batch: Columns, starts: Mapping[int, int]
) -> RowsStored:
    """Store a batch of datastreams of which anything lies beside the grid, after `leave_grid`.

    `starts` says when the first message of each run of the batch was received.
    """
    streams, received = accepted.streams, messages(batch)
    known = await _around(connection, streams, received, starts)
    merged = {
        datastream: merge(known.measurements[datastream], ones, known.starts) for datastream, ones in received.items()
    }
    await _write(connection, merged)
    starts_of = {
        datastream: touched_rows(known.measurements[datastream], one, streams[datastream])
        for datastream, one in merged.items()
    }
    rows = await _derive(connection, streams, starts_of)
    await connection.execute(_SQL["put_grid"], {**_grid(streams, rows), **feeds(batch), **_counted(batch, merged)})
    refused = [one for datastream, each in merged.items() for one in _refused(each.refused, streams[datastream])]
    counts = sum((one.counts for one in merged.values()), Counts())
    return RowsStored(counts.stored, counts.corrections, refused)


def messages(batch: Columns) -> dict[int, list[SensorMeasurement]]:
    """Give the messages of each datastream, in the order in which they were received.

    Whether they lie in the measuring window is told of the rows of the grid that follow from them.
    """
    values = [None if np.isnan(value) else value for value in batch.value.tolist()]
    flags = batch.quality_flags & ~OUTSIDE_WINDOW
    runs = np.where(batch.number == UNNUMBERED, 0, batch.run).tolist()
    cells = zip(
        batch.datastream.tolist(), batch.started_at.tolist(), batch.ended_at.tolist(), values, batch.uptime.tolist(),
        flags.tolist(), batch.received_at.tolist(), runs, batch.number.tolist(), [False] * len(runs),
        batch.decoded_at.tolist(), strict=True,
    )  # fmt: skip
    found: dict[int, list[SensorMeasurement]] = {}
    for datastream, *cell in cells:
        found.setdefault(datastream, []).append(SensorMeasurement(*cell))
    return found


async def _around(
    connection: Connection, streams: Mapping[int, ValidDatastream], messages: Mapping[int, Sequence[SensorMeasurement]],
    starts: Mapping[int, int],
) -> _Known:  # fmt: skip
    """Read what stands around messages: what has their numbers, wherever that is, and what lies near either."""
    known = _Known({datastream: set() for datastream in messages}, dict(starts))
    numbers = sorted({(datastream, *one.key[1:]) for datastream, ones in messages.items() for one in ones
                      if one.key[0] == "number"})  # fmt: skip
    if numbers:
        datastream, run, number = (np.array(each) for each in zip(*numbers, strict=True))
        where = {"datastream": column("int4", datastream), "run": column("int8", run), "number": column("int8", number)}
        await _read(connection, "numbered", where, known)
    windows = {
        datastream: around_measurements([*ones, *known.measurements[datastream]], streams[datastream])
        for datastream, ones in messages.items()
    }
    await _read_windows(connection, streams, windows, known)
    return known


async def _read_windows(
    connection: Connection, streams: Mapping[int, ValidDatastream], windows: Mapping[int, Sequence[ReadWindow]],
    known: _Known,
) -> None:  # fmt: skip
    """Read all measurements of pieces of time, and of running totals their neighbours."""
    every = [(datastream, *one) for datastream, ones in windows.items() for one in ones]
    if not every:
        return
    await _read(connection, "windows", _places(every), known)
    totals = [one for one in every if streams[one[0]].rule.sampling == "cumulative"]
    if totals:
        bits = [streams[datastream].rule.bits for datastream, *_ in totals]
        top = column("float8", np.array([2.0**one if one else inf for one in bits]))
        await _read(connection, "neighbours", {**_places(totals), "top": top}, known)


def _places(windows: Sequence[tuple[int, int, int]]) -> dict[str, Column | datetime]:
    datastream, low, high = (np.array(each, np.int64) for each in zip(*windows, strict=True))
    return {
        "datastream": column("int4", datastream), "low": column("timestamptz", low),
        "high": column("timestamptz", high), "first": moment(int(np.min(low))), "last": moment(int(np.max(high))),
    }  # fmt: skip


async def _read(connection: Connection, name: str, where: Mapping[str, Any], known: _Known) -> None:
    cursor = await connection.execute(_SQL[name], where, binary=True)
    async for datastream, *cells, began in cursor:
        one = SensorMeasurement(*cells)
        known.measurements[datastream].add(one)
        if began is not None:
            known.starts[one.run] = began


async def _write(connection: Connection, merged: Mapping[int, MergedMeasurements]) -> None:
    """Write what is measured now, and take away what that stands in the place of."""
    gone = [(datastream, one) for datastream, each in merged.items() for one in each.gone]
    new = [(datastream, one) for datastream, each in merged.items() for one in each.new]
    if gone:
        ended_at = [one.ended_at for _, one in gone]
        span = {"first": moment(min(ended_at)), "last": moment(max(ended_at))}
        await connection.execute(_SQL["take_away"], {**_columns(gone), **span})
    if new:
        await connection.execute(_SQL["put_measurements"], _columns(new))


def _columns(ones: Sequence[tuple[int, SensorMeasurement]]) -> dict[str, Column]:
    """Give measurements as columns; `value` is NaN where nothing was measured."""
    cells = zip(*(one._replace(value=np.nan if one.value is None else one.value) for _, one in ones), strict=True)
    return {
        "datastream": column("int4", np.array([datastream for datastream, _ in ones])),
        **{
            name: column(_FIELDS[name], np.array(each))
            for name, each in zip(SensorMeasurement._fields, cells, strict=True)
        },
    }


async def _derive(
    connection: Connection, streams: Mapping[int, ValidDatastream], starts: Mapping[int, Collection[int]]
) -> list[tuple[int, int, GridRow | None]]:
    """Give the rows of the grid that follow from all measurements, by datastream and start; None: not measured."""
    known = _Known({datastream: set() for datastream in starts}, {})
    windows = {datastream: around_rows(ones, streams[datastream]) for datastream, ones in starts.items()}
    await _read_windows(connection, streams, windows, known)
    found: list[tuple[int, int, GridRow | None]] = []
    for datastream, ones in starts.items():
        rows = grid(intervals(known.measurements[datastream], streams[datastream]), streams[datastream])
        found += [(datastream, start, rows.get(start)) for start in sorted(ones)]
    return found


def _grid(
    streams: Mapping[int, ValidDatastream], found: Sequence[tuple[int, int, GridRow | None]]
) -> dict[str, Column | datetime]:
    """Give rows as `put_grid` takes them."""
    rows = [GridRow(start, None, 0.0, 0, 0) if row is None else row for _, start, row in found]
    started_at = np.array([row.started_at for row in rows], np.int64)
    lengths = np.array([streams[datastream].seconds * SECOND for datastream, *_ in found], np.int64)
    values = [np.nan if row.value is None else row.value for row in rows]
    flags = [_flags(row, streams[datastream]) for (datastream, *_), row in zip(found, rows, strict=True)]
    written = started_at if rows else np.zeros(1, np.int64)
    return {
        "datastream": column("int4", np.array([datastream for datastream, *_ in found], np.int32)),
        "started_at": column("timestamptz", started_at),
        "ended_at": column("timestamptz", started_at + lengths),
        "value": column("float8", np.array(values, np.float64)),
        "uptime": column("float4", np.array([row.uptime for row in rows], np.float32)),
        "quality_flags": column("int4", np.array(flags, np.int32)),
        "received_at": column("timestamptz", np.array([row.received_at for row in rows], np.int64)),
        "measured": column("bool", np.array([row is not None for *_, row in found], bool)),
        "first": moment(int(np.min(written))), "last": moment(int(np.max(written))),
    }  # fmt: skip


def _flags(row: GridRow, stream: ValidDatastream) -> int:
    """Give the quality flags of a row of the grid, which may not lie in the measuring window."""
    started_at = moment(row.started_at)
    inside = can_measure(stream.placed_window, started_at, started_at + stream.interval)
    return row.quality_flags if inside else row.quality_flags | OUTSIDE_WINDOW


def _counted(batch: Columns, merged: Mapping[int, MergedMeasurements]) -> dict[str, Column]:
    """Give the outcomes of messages, in the order of the feeds."""
    counts = [merged[datastream].counts for datastream in np.unique(batch.datastream).tolist()]
    kinds = zip(Counts._fields, zip(*counts, strict=True), strict=True)
    return {kind: column("int8", np.array(numbers, np.int64)) for kind, numbers in kinds}


def _refused(ones: Iterable[SensorMeasurement], stream: ValidDatastream) -> list[Rejection]:
    """Give what has the number of another measurement, as rejections."""
    return [
        rejection(
            (stream.sensor, moment(one.received_at), "number_reused"), [(_observation(one, stream), _why(one, stream))]
        )
        for one in ones
    ]


def _why(one: SensorMeasurement, stream: ValidDatastream) -> str:
    return f"{stream.source} is number {one.number} again, with another value"


def _observation(one: SensorMeasurement, stream: ValidDatastream) -> Observation:
    return Observation(
        stream.sensor, stream.source, moment(one.started_at), moment(one.ended_at), one.value, one.uptime,
        moment(one.received_at), one.quality_flags, one.run, one.number,
    )  # fmt: skip
