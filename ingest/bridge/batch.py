"""From a batch of received messages to the frames that Kafka must hold before the messages are acknowledged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from msgspec import structs

from ingest.bridge.inbox import Arrival
from ingest.bridge.receptions import Receptions
from ingest.dialects import decode_permitted, unreadable
from ingest.dialects.decoder import NOBODY, DecodedMessage, Seal, earns_receipts, nothing_stays
from ingest.packer import Addressed, Packer
from schemas.device import Devices
from schemas.frames import pack, unpack_observations, unpack_rejections
from schemas.observation import Observation, RawMessage
from schemas.receipt import bytes_digest
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS, RAW, REJECTIONS, partition_of

Decode: TypeAlias = Callable[[str, bytes, datetime, Devices, Seal], DecodedMessage]


def frames_of(
    arrivals: Sequence[Arrival],
    packer: Packer,
    partitions: int,
    receptions: Receptions | None = None,
    devices: Devices = NOBODY,
    *,
    seal: Seal = nothing_stays,
) -> list[Addressed]:
    """Pack a batch: what of each message stays for `raw`, and its observations or its one rejection.

    A message that is delivered again gets the `received_at` of its first delivery, as far as `receptions` go back.

    What cannot be parsed stays as `seal` makes it.

    Where one message cannot be packed, all are decoded again, each checked by itself: that one becomes a rejection.
    """
    receptions = Receptions() if receptions is None else receptions
    try:
        return _frames(
            arrivals, decode_permitted, devices, seal, packer=packer, partitions=partitions, receptions=receptions
        )
    except Exception:  # noqa: BLE001 - one of them did it: what is wrong with all of them is raised again
        named = map(_well_named, arrivals)
        return _frames(
            named, _decode_checked, devices, seal, packer=packer, partitions=partitions, receptions=receptions
        )


def _frames(
    arrivals: Iterable[Arrival],
    decode: Decode,
    devices: Devices,
    seal: Seal,
    *,
    packer: Packer,
    partitions: int,
    receptions: Receptions,
) -> list[Addressed]:
    received: dict[int, list[RawMessage]] = defaultdict(list)
    observations: dict[int, list[list[Observation]]] = defaultdict(list)
    digests: dict[int, dict[int, int]] = defaultdict(dict)
    rejections: dict[int, list[Rejection]] = defaultdict(list)
    for one in arrivals:
        now = one.received_at
        outcome, public, stays = decode(one.topic, one.payload, now, devices, seal)
        numbered = isinstance(outcome, list) and outcome[0].number is not None
        received_at = receptions.first(one, public, stays, numbered=numbered)
        if received_at is not now:
            outcome, public, stays = decode(one.topic, one.payload, received_at, devices, seal)
        if isinstance(outcome, list):
            partition = _partition(outcome[0].sensor, partitions)
            if numbered and earns_receipts(one.topic):
                digests[partition][len(observations[partition])] = bytes_digest(one.payload)
            observations[partition].append(outcome)
        else:
            named = outcome.sensor
            partition = _partition(named, partitions) if named else partition_of(one.topic, partitions)
            rejections[partition].append(outcome)
        if stays is not None:
            received[partition].append(RawMessage(received_at, public, stays, one.mid))
    return [
        *packer.pack(RAW.name, received),
        *packer.pack_messages(OBSERVATIONS.name, observations, digests),
        *packer.pack(REJECTIONS.name, rejections),
    ]


@lru_cache(maxsize=8192)
def _partition(sensor: str, partitions: int) -> int:
    """Choose the partition of a sensor, whatever door its messages come through."""
    return partition_of(sensor, partitions)


def _well_named(arrival: Arrival) -> Arrival:
    """Return a message with what is not valid UTF-8 in its topic written as escapes."""
    return structs.replace(arrival, topic=arrival.topic.encode(errors="backslashreplace").decode())


def _decode_checked(topic: str, payload: bytes, received_at: datetime, devices: Devices, seal: Seal) -> DecodedMessage:
    """Decode a message, and reject it as `unreadable` where the result cannot be packed and unpacked again."""
    decoded = decode_permitted(topic, payload, received_at, devices, seal)
    try:
        if isinstance(decoded.outcome, Rejection):
            checked: list[Observation] | Rejection = unpack_rejections(
                *pack([decoded.outcome], frame_id="", writer="")
            )[0]
        else:
            checked = unpack_observations(*pack(decoded.outcome, frame_id="", writer=""))
        return DecodedMessage(checked, decoded.topic, decoded.payload)
    except Exception as problem:  # noqa: BLE001 - as in the dialects: the end of this message only
        return unreadable(problem, topic, decoded.payload, received_at)
