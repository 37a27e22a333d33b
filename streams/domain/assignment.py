"""Assignment of a batch of observations to datastreams; what an unknown sensor says becomes rejections by message."""

from collections.abc import Iterable, Iterator, Sequence
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


class BatteryReading(NamedTuple):
    """The voltage of a battery, in V, and when it was measured."""

    measured_at: datetime
    voltage: float


class Assigned(NamedTuple):
    """The result for a batch: what is accepted, what is refused, sources to be noted, newest batteries by sensor."""

    accepted: Accepted
    refused: list[Rejection]
    unregistered: dict[Source, UnregisteredSource]
    batteries: dict[str, BatteryReading]


def assign(batch: Iterable[Observation], known: KnownDatastreams) -> Assigned:
    """Assign and validate every observation; what has no datastream becomes rejections, by message and reason.

    Of a registered sensor only registered sources are judged: the others are noted.
    """
    accepted = Accepted([], [], [], {}, set())
    refused: dict[Why, list[tuple[Observation, str]]] = {}
    unregistered: dict[Source, UnregisteredSource] = {}
    batteries: dict[str, BatteryReading] = {}
    by_source = known.streams
    for seen in batch:
        candidates = by_source.get((seen.sensor, seen.source))
        if candidates is None:
            if seen.sensor in known.sensors:
                _note(seen, known, unregistered)
                _note_battery(seen, known, batteries)
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
    for one in _of_batteries(accepted, known):
        _note_battery(one, known, batteries)
    return Assigned(accepted, [rejection(why, items) for why, items in refused.items()], unregistered, batteries)


def _of_batteries(accepted: Accepted, known: KnownDatastreams) -> Iterator[Observation]:
    """Give what registered datastreams say of batteries; most batches have none."""
    numbers = {number for number, one in accepted.streams.items() if (one.sensor, one.source) in known.batteries}
    if numbers:
        yield from (seen for number, seen in zip(accepted.datastream, accepted.seen, strict=True) if number in numbers)


def _note_battery(seen: Observation, known: KnownDatastreams, batteries: dict[str, BatteryReading]) -> None:
    factor = known.batteries.get((seen.sensor, seen.source))
    if factor is None or seen.value is None or unstorable(seen) is not None:
        return
    before = batteries.get(seen.sensor)
    if before is None or seen.ended_at > before.measured_at:
        batteries[seen.sensor] = BatteryReading(seen.ended_at, seen.value * factor)


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
