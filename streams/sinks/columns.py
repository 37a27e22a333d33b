"""A batch of observations as columns: one row per natural key, the newest hearing of it, in the order of the key."""

from typing import NamedTuple

import numpy as np

from streams.domain.sorting import Kept
from streams.sinks.arrays import Column, Numbers, column, microseconds


class Batch(NamedTuple):
    """What `keep_observations` and `keep_feeds` need, by parameter name."""

    rows: dict[str, Column]
    feeds: dict[str, Column]


def batch(kept: Kept) -> Batch:
    """Turn a batch, at least one observation, into columns."""
    seen = kept.seen
    datastream = np.array(kept.datastream, np.int32)
    started = microseconds([one.started_at for one in seen])
    ended = microseconds([one.ended_at for one in seen])
    heard = microseconds([one.heard_at for one in seen])
    value = np.array([np.nan if one.value is None else one.value for one in seen], np.float64)
    uptime = np.array([one.uptime for one in seen], np.float32)
    doubts = np.array(kept.doubts, np.int32)
    pick = newest(datastream, started, heard)
    rows = {
        "datastream": column("int4", datastream[pick]),
        "started_at": column("timestamptz", started[pick]),
        "ended_at": column("timestamptz", ended[pick]),
        "value": column("float8", value[pick]),
        "uptime": column("float4", uptime[pick]),
        "doubts": column("int4", doubts[pick]),
        "heard_at": column("timestamptz", heard[pick]),
    }
    return Batch(rows, _feeds(datastream, started, ended, heard))


def newest(datastream: Numbers, started: Numbers, heard: Numbers) -> Numbers:
    """Pick the newest hearing per key, in the order of the key; of two heard at once the first, as the table does."""
    order = np.lexsort((-heard, started, datastream))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(datastream[order]) != 0) | (np.diff(started[order]) != 0)
    picked: Numbers = order[first]
    return picked


def _feeds(datastream: Numbers, started: Numbers, ended: Numbers, heard: Numbers) -> dict[str, Column]:
    streams, place, hearings = np.unique(datastream, return_inverse=True, return_counts=True)
    return {
        "feed": column("int4", streams),
        "hearings": column("int8", hearings),
        "last_started_at": column("timestamptz", _latest(started, place, len(streams))),
        "last_ended_at": column("timestamptz", _latest(ended, place, len(streams))),
        "last_heard_at": column("timestamptz", _latest(heard, place, len(streams))),
    }


def _latest(instants: Numbers, place: Numbers, size: int) -> Numbers:
    latest = np.full(size, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(latest, place, instants)
    return latest
