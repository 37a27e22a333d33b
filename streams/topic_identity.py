"""Beside its work `store` looks whether its topics are still those that it reads.

Offsets mean something in one life.
"""

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
    """Look until cancelled, and call `ended` when the epoch of a topic is another one.

    Whoever went on with the old fence would take all records of the new topic below it for known ones. A topic that is
    not there, and a Kafka that does not answer, say nothing.
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
