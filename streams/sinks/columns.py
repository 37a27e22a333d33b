"""A batch of observations as columns: of messages that are alone about their interval, rows in the order of the key."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.observation import Observation
from streams.domain.assignment import Accepted
from streams.domain.measurement.identity import UNNUMBERED
from streams.domain.sequence import Said
from streams.sinks.arrays import Column, Numbers, column, microseconds


class Columns(NamedTuple):
    """A batch, at least one observation, in the order in which it was received; moments in microseconds since 1970.

    `value` is NaN where nothing was measured; `number` is -1 where the sender does not number what it says;
    `decoded_at` is 0 where a message was decoded as it was received.
    """

    datastream: Numbers
    started_at: Numbers
    ended_at: Numbers
    value: Numbers
    uptime: Numbers
    quality_flags: Numbers
    received_at: Numbers
    run: Numbers
    number: Numbers
    decoded_at: Numbers


class Apart(NamedTuple):
    """Places in a batch: of messages that are alone about their interval, in the order of the key; and of the others.

    The others come interval by interval, each in the order in which they were received.
    """

    alone: Numbers
    several: list[Numbers]


def columns(accepted: Accepted) -> Columns:
    """Turn a batch into columns."""
    seen = accepted.seen
    numbered = [one.run is not None and one.number is not None for one in seen]
    return Columns(
        datastream=np.array(accepted.datastream, np.int32),
        started_at=microseconds([one.started_at for one in seen]),
        ended_at=microseconds([one.ended_at for one in seen]),
        value=np.array([np.nan if one.value is None else one.value for one in seen], np.float64),
        uptime=np.array([one.uptime for one in seen], np.float32),
        quality_flags=np.array(accepted.quality_flags, np.int32),
        received_at=microseconds([one.received_at for one in seen]),
        run=np.array([one.run if has else 0 for one, has in zip(seen, numbered, strict=True)], np.int64),
        number=np.array([one.number if has else UNNUMBERED for one, has in zip(seen, numbered, strict=True)], np.int64),
        decoded_at=_decodings(seen),
    )


def _decodings(seen: Sequence[Observation]) -> Numbers:
    """Give when messages were decoded again: almost none are."""
    found = np.zeros(len(seen), np.int64)
    again = [place for place, one in enumerate(seen) if one.decoded_at is not None]
    if again:
        found[again] = microseconds([one.decoded_at for one in seen if one.decoded_at is not None])
    return found


def apart(batch: Columns) -> Apart:
    """Tell messages that are alone about their interval from those about intervals with several."""
    order = np.lexsort((batch.started_at, batch.datastream))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(batch.datastream[order]) != 0) | (np.diff(batch.started_at[order]) != 0)
    if first.all():
        return Apart(order, [])
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=len(order))
    several = zip(starts[sizes > 1], sizes[sizes > 1], strict=True)
    return Apart(order[starts[sizes == 1]], [order[start : start + size] for start, size in several])


def only(batch: Columns, places: Numbers) -> Columns:
    """Give the messages at these places, or those that a mask names."""
    return Columns(*(cells[places] for cells in batch))


def rows(batch: Columns, places: Numbers) -> dict[str, Column]:
    """Give the messages at these places as `store_observations` and `store_followed` take them."""
    return {
        "datastream": column("int4", batch.datastream[places]),
        "started_at": column("timestamptz", batch.started_at[places]),
        "ended_at": column("timestamptz", batch.ended_at[places]),
        "value": column("float8", batch.value[places]),
        "uptime": column("float4", batch.uptime[places]),
        "quality_flags": column("int4", batch.quality_flags[places]),
        "received_at": column("timestamptz", batch.received_at[places]),
        "run": column("int8", batch.run[places]),
        "number": column("int8", batch.number[places]),
        "decoded_at": column("timestamptz", batch.decoded_at[places]),
    }


def feeds(batch: Columns) -> dict[str, Column]:
    """Give the newest moments of every datastream in a batch."""
    streams, place = np.unique(batch.datastream, return_inverse=True)
    return {
        "feed": column("int4", streams),
        "last_started_at": column("timestamptz", _latest(batch.started_at, place, len(streams))),
        "last_ended_at": column("timestamptz", _latest(batch.ended_at, place, len(streams))),
        "last_received_at": column("timestamptz", _latest(batch.received_at, place, len(streams))),
        "last_revised_at": column(
            "timestamptz", _latest(np.maximum(batch.received_at, batch.decoded_at), place, len(streams))
        ),
    }


def said(batch: Columns, place: int, starts: dict[int, int]) -> Said:
    """Give one message; `starts` says when each run was first seen."""
    value, number, run = float(batch.value[place]), int(batch.number[place]), int(batch.run[place])
    content = (None if np.isnan(value) else value, float(batch.uptime[place]), int(batch.quality_flags[place]))
    received_at, decoded_at = int(batch.received_at[place]), int(batch.decoded_at[place])
    if number < 0:
        return Said(content, received_at, decoded_at=decoded_at)
    return Said(content, received_at, run, starts[run], number, decoded_at=decoded_at)


def _latest(instants: Numbers, place: Numbers, size: int) -> Numbers:
    latest = np.full(size, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(latest, place, instants)
    return latest
