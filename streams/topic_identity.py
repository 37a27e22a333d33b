"""The task of `store` that detects topics which were deleted and made anew, as offsets are valid in one epoch only."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from aiokafka.errors import KafkaError

from streams.epoch import TopicUnknownError, epoch_of
from streams.sinks.observation_store import TopicEpoch

_EVERY: Final = 5.0  # seconds
_PATIENCE: Final = 10.0


class TopicRemadeError(Exception):
    """A topic was deleted and made anew while it was read; the next worker reads the new one from its oldest offset."""


async def watch_topics(
    kafka: str, logs: Iterable[TopicEpoch], ended: Callable[[TopicRemadeError], object], *, every: float = _EVERY
) -> None:
    """Look until cancelled, and call `ended` when a topic has another epoch.

    With the old fence all records of the new topic below it would be taken for stored ones. A topic that does not
    exist, or a Kafka that does not answer, is ignored.
    """
    watched = tuple(logs)
    while True:
        await asyncio.sleep(every)
        for log in watched:
            epoch = await _epoch(kafka, log.topic)
            if epoch not in (None, log.epoch):
                ended(TopicRemadeError(f"topic {log.topic!r} was made anew: its epoch is {epoch!r}, not {log.epoch!r}"))


async def _epoch(kafka: str, topic: str) -> str | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await epoch_of(kafka, topic)
    except (TopicUnknownError, KafkaError, OSError):
        return None
