"""Assignment of a batch of observations to datastreams; what has none becomes one rejection per message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS
from streams.domain.datastreams import Registry, Unassigned, attribute
from streams.domain.validation import unstorable, validate

DIALECT: Final = "observation"
"""The dialect of what `store` refuses: the payload is a JSON list of our own observations."""

Why: TypeAlias = tuple[str, datetime, str]


class Accepted(NamedTuple):
    """The accepted observations as three columns of one length: datastream, observation, quality flags.

    `owners` are the numbers of the owners of all of it.
    """

    datastream: list[int]
    seen: list[Observation]
    quality_flags: list[int]
    owners: set[int]


class Assigned(NamedTuple):
    """The result for a batch: every observation of it is in one of the two."""

    accepted: Accepted
    refused: list[Rejection]


def assign(batch: Iterable[Observation], known: Registry) -> Assigned:
    """Assign and validate every observation; those without a datastream become rejections, by message and reason."""
    accepted = Accepted([], [], [], set())
    refused: dict[Why, list[tuple[Observation, str]]] = {}
    for seen in batch:
        if (problem := unstorable(seen)) is not None:
            refused.setdefault((seen.sensor, seen.received_at, "range"), []).append((seen, problem))
            continue
        match attribute(seen, known):
            case Unassigned(reason, sentence):
                refused.setdefault((seen.sensor, seen.received_at, reason), []).append((seen, sentence))
            case stream, settled:
                accepted.datastream.append(stream.datastream)
                accepted.seen.append(settled)
                accepted.quality_flags.append(validate(settled, stream))
                accepted.owners.add(stream.owner)
    return Assigned(accepted, [_rejection(why, items) for why, items in refused.items()])


def _rejection(why: Why, items: list[tuple[Observation, str]]) -> Rejection:
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
