"""One Kafka producer from its start to its end: when it fails, all that it did not deliver fails with it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from ingest.packer import Addressed

_START_SECONDS: Final = 10.0
_END_SECONDS: Final = 1.0


class Delivery:
    """Frames to be delivered, and `held`, a future that is done when Kafka holds all of them."""

    def __init__(self, frames: Sequence[Addressed]) -> None:
        self.held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._missing = dict(enumerate(frames))
        self._finish()

    def missing(self) -> list[tuple[int, Addressed]]:
        """Return the frames that Kafka has not acknowledged, in order, each with its number."""
        return list(self._missing.items())

    def hold(self, number: int) -> None:
        """Mark one of the frames as held by Kafka."""
        self._missing.pop(number, None)
        self._finish()

    def fail(self, problem: BaseException) -> None:
        """Set the exception of `held`, unless it is done."""
        if not self.held.done():
            self.held.set_exception(problem)

    def _finish(self) -> None:
        if not self._missing and not self.held.done():
            self.held.set_result(None)


class Producer:
    """Idempotent, acknowledged by all replicas; `held` counts the frames that Kafka acknowledged to it.

    `failed` is done, with its exception, as soon as one frame was refused. After `end` neither is waited for.
    """

    def __init__(self, address: str, client_id: str) -> None:
        self.held = 0
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._producer = _Producer(bootstrap_servers=address, client_id=client_id, **_SETTINGS)

    async def start(self) -> None:
        """Connect; raise KafkaError, or OSError (TimeoutError is one) after ten seconds."""
        async with asyncio.timeout(_START_SECONDS):
            await self._producer.start()

    async def offer(self, delivery: Delivery) -> None:
        """Send every missing frame; raise KafkaError when the buffer had no room for it within ten seconds."""
        for number, one in delivery.missing():
            answer = await self._producer.send(
                one.topic, one.frame.value, partition=one.partition, headers=one.frame.headers
            )
            answer.add_done_callback(partial(self._answered, delivery, number))

    async def end(self) -> None:
        """Close within seconds, whatever Kafka does; frames that were not acknowledged may or may not be held."""
        if not self.failed.cancel() and not self.failed.cancelled():
            self.failed.exception()  # marks it as retrieved
        await self._producer.abandon()

    def _answered(self, delivery: Delivery, number: int, answer: "asyncio.Future[Any]") -> None:
        if answer.cancelled():
            return
        if problem := answer.exception():
            if not self.failed.done():
                self.failed.set_exception(problem)
        else:
            self.held += 1
            delivery.hold(number)


class _Producer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka ships no types
    """A producer that can be abandoned: `stop` of the library waits until all is sent, or leaves its sender running."""

    async def abandon(self) -> None:
        """Close the connections and end the sender; futures of what was not sent are never done."""
        self._closed = True
        tasks = {asyncio.ensure_future(self.client.close())}
        await asyncio.wait(tasks, timeout=_END_SECONDS)
        if self._sender.sender_task is not None:
            tasks.add(self._sender.sender_task)
        for _ in range(2):  # the sender catches the first, to wait for its requests; the second ends that wait
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=_END_SECONDS)
        await asyncio.gather(*(task for task in tasks if task.done()), return_exceptions=True)


_SETTINGS: Final[dict[str, Any]] = {
    "enable_idempotence": True,
    "acks": "all",
    "compression_type": "lz4",
    "linger_ms": 0,  # frames are batches already
    "max_batch_size": 1_000_000,  # one frame of schemas.frames.MAX_BYTES fits
    "request_timeout_ms": 10_000,
}
