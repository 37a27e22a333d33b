"""One batch, sorted out: what is kept under which datastream, and what is refused, one rejection a message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from schemas.observation import Observation
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS
from streams.domain.datastreams import Nobody, Registry, attribute
from streams.domain.vetting import unkeepable, vet

DIALECT: Final = "observation"
"""The dialect of what `keep` refuses: the payload is a JSON list of our own observations."""

Why: TypeAlias = tuple[str, datetime, str]


class Kept(NamedTuple):
    """What is to be stored, as three columns of one length: whose it is, what was seen, and how it is doubted."""

    datastream: list[int]
    seen: list[Observation]
    doubts: list[int]


class Sorted(NamedTuple):
    """What becomes of a batch: every observation of it is in one of the two."""

    kept: Kept
    refused: list[Rejection]


def sort_out(batch: Iterable[Observation], known: Registry) -> Sorted:
    """Attribute and vet every observation, and gather what nobody answers for by message and reason."""
    kept = Kept([], [], [])
    refused: dict[Why, list[tuple[Observation, str]]] = {}
    for seen in batch:
        if (problem := unkeepable(seen)) is not None:
            refused.setdefault((seen.sensor, seen.heard_at, "range"), []).append((seen, problem))
            continue
        match attribute(seen, known):
            case Nobody(reason, sentence):
                refused.setdefault((seen.sensor, seen.heard_at, reason), []).append((seen, sentence))
            case stream, settled:
                kept.datastream.append(stream.datastream)
                kept.seen.append(settled)
                kept.doubts.append(vet(settled, stream))
    return Sorted(kept, [_rejection(why, items) for why, items in refused.items()])


def _rejection(why: Why, items: list[tuple[Observation, str]]) -> Rejection:
    sensor, heard_at, reason = why
    once = {msgspec.json.encode(seen): seen for seen, _ in items}  # the log may hold a frame twice
    return Rejection(
        heard_at=heard_at,
        topic=OBSERVATIONS.name,
        dialect=DIALECT,
        reason=reason,
        detail="; ".join(sorted({sentence for _, sentence in items})),
        payload=msgspec.json.encode(list(once.values())),
        sensor=sensor,
    )
