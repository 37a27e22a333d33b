"""Assignment of a batch of observations to datastreams; what an unknown sensor says becomes rejections by message."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS
from streams.domain.datastreams import KnownDatastreams, Source, Unassigned, ValidDatastream, attribute
from streams.domain.validation import unstorable, validate

DIALECT: Final = "observation"
"""The dialect of what `store` refuses: the payload is a JSON list of our own observations."""

Why: TypeAlias = tuple[str, datetime, str]


class Accepted(NamedTuple):
    """The accepted observations as three columns of one length: datastream, observation, quality flags.

    `streams` are all these datastreams by their number, `off_grid` the numbers of those of which anything lies beside
    the grid.
    """

    datastream: list[int]
    seen: list[Observation]
    quality_flags: list[int]
    streams: dict[int, ValidDatastream]
    off_grid: set[int]


class UnregisteredSource(NamedTuple):
    """What an unregistered source of a registered sensor said first."""

    received_at: datetime
    value: float | None


class Assigned(NamedTuple):
    """The result for a batch: what is accepted, what is refused, and sources that are to be noted."""

    accepted: Accepted
    refused: list[Rejection]
    unregistered: dict[Source, UnregisteredSource]


def assign(batch: Iterable[Observation], known: KnownDatastreams) -> Assigned:
    """Assign and validate every observation; what has no datastream becomes rejections, by message and reason.

    Of a registered sensor only registered sources are judged: the others are noted.
    """
    accepted = Accepted([], [], [], {}, set())
    refused: dict[Why, list[tuple[Observation, str]]] = {}
    unregistered: dict[Source, UnregisteredSource] = {}
    by_source = known.streams
    for seen in batch:
        candidates = by_source.get((seen.sensor, seen.source))
        if candidates is None:
            if seen.sensor in known.sensors:
                _note(seen, known, unregistered)
            else:
                _refuse(refused, seen, "unknown_sensor", f"no datastream for {seen.source}")
        elif (problem := unstorable(seen)) is not None:
            _refuse(refused, seen, "range", problem)
        else:
            match attribute(seen, candidates):
                case Unassigned(reason, sentence):
                    _refuse(refused, seen, reason, sentence)
                case stream, on_grid:
                    accepted.datastream.append(stream.datastream)
                    accepted.seen.append(seen)
                    accepted.quality_flags.append(validate(seen, stream))
                    accepted.streams[stream.datastream] = stream
                    if not on_grid:
                        accepted.off_grid.add(stream.datastream)
    return Assigned(accepted, [rejection(why, items) for why, items in refused.items()], unregistered)


def _note(seen: Observation, known: KnownDatastreams, unregistered: dict[Source, UnregisteredSource]) -> None:
    source = (seen.sensor, seen.source)
    if source not in known.noted and seen.sensor not in known.full:
        unregistered.setdefault(source, UnregisteredSource(seen.received_at, seen.value))


def _refuse(refused: dict[Why, list[tuple[Observation, str]]], seen: Observation, reason: str, sentence: str) -> None:
    refused.setdefault((seen.sensor, seen.received_at, reason), []).append((seen, sentence))


def rejection(why: Why, items: Sequence[tuple[Observation, str]]) -> Rejection:
    """Return one message as a rejection: its sensor, when it was received and the reason; what it said, and why not."""
    sensor, received_at, reason = why
    once = {msgspec.json.encode(seen): seen for seen, _ in items}  # the log may hold a frame twice
    return Rejection(
        received_at=received_at,
        topic=OBSERVATIONS.name,
        dialect=DIALECT,
        reason=reason,
        detail="; ".join(sorted({sentence for _, sentence in items})),
        payload=msgspec.json.encode(list(once.values())),
        sensor=sensor,
    )
