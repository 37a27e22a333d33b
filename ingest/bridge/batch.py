"""A batch of received messages becomes the frames that Kafka has to hold before they are acknowledged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from ingest.bridge.inbox import Arrival
from ingest.bridge.receptions import Receptions
from ingest.dialects import read, sensor_of, unreadable
from ingest.packer import Addressed, Packer
from schemas.frames import pack, unpack_observations, unpack_rejections
from schemas.observation import Observation, RawMessage
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS, RAW, REJECTIONS, partition_of

_LONG: Final = 400  # characters; no sender has such a topic, and none may fill our memory with it
Read: TypeAlias = Callable[[str, bytes, datetime], list[Observation] | Rejection]


def frames_of(
    arrivals: Sequence[Arrival], packer: Packer, partitions: int, receptions: Receptions | None = None
) -> list[Addressed]:
    """Turn a batch into frames: raw bytes for `raw`, and either observations or one rejection of every message.

    A message that comes again bears the moment in which it was first received, as far as `receptions` go back.

    Where one message cannot be packed, all are read again with care: that one is a rejection, the others are as ever.
    """
    receptions = Receptions() if receptions is None else receptions
    try:
        return _frames(arrivals, read, packer, partitions, receptions)
    except Exception:  # noqa: BLE001 - one of them did it: what is wrong with all of them is raised again
        return _frames(map(_well_named, arrivals), _read_with_care, packer, partitions, receptions)


def _frames(
    arrivals: Iterable[Arrival], read: Read, packer: Packer, partitions: int, receptions: Receptions
) -> list[Addressed]:
    received: dict[int, list[RawMessage]] = defaultdict(list)
    observations: dict[int, list[Observation]] = defaultdict(list)
    rejections: dict[int, list[Rejection]] = defaultdict(list)
    for one in arrivals:
        _, mid, now, topic, payload, _ = one
        partition = _partition(topic, partitions)
        outcome = read(topic, payload, now)
        received_at = receptions.first(one, numbered=_is_numbered(outcome))
        if received_at != now:
            outcome = read(topic, payload, received_at)
        if isinstance(outcome, Rejection):
            rejections[partition].append(outcome)
            if outcome.payload is None:
                continue  # what is personal, or too long for the log, is kept nowhere
        else:
            observations[partition] += outcome
        received[partition].append(RawMessage(received_at, topic, payload, mid))
    return [
        *packer.pack(RAW.name, received),
        *packer.pack(OBSERVATIONS.name, observations),
        *packer.pack(REJECTIONS.name, rejections),
    ]


def _partition(topic: str, partitions: int) -> int:
    """Choose the partition of whoever speaks on a topic; those of real senders are remembered."""
    return _known_partition(topic, partitions) if len(topic) <= _LONG else partition_of(topic, partitions)


@lru_cache(maxsize=8192)
def _known_partition(topic: str, partitions: int) -> int:
    return partition_of(sensor_of(topic) or topic, partitions)


def _is_numbered(outcome: list[Observation] | Rejection) -> bool:
    return not isinstance(outcome, Rejection) and bool(outcome) and outcome[0].number is not None


def _well_named(arrival: Arrival) -> Arrival:
    """Spell what no UTF-8 can hold in the topic of a message as its escape."""
    return arrival._replace(topic=arrival.topic.encode(errors="backslashreplace").decode())


def _read_with_care(topic: str, payload: bytes, received_at: datetime) -> list[Observation] | Rejection:
    """Read a message as ever, or say that it is unreadable where what it gives does not come out of a frame again."""
    try:
        outcome = read(topic, payload, received_at)
        if isinstance(outcome, Rejection):
            return unpack_rejections(*pack([outcome], frame_id="", writer=""))[0]
        return unpack_observations(*pack(outcome, frame_id="", writer=""))
    except Exception as problem:  # noqa: BLE001 - as in the dialects: the end of this message only
        return unreadable(problem, topic, payload, received_at)
