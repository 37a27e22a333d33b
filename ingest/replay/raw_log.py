"""What was received, read from topic `raw`: of some partitions and some time, as it stands there."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ingest.kafka_log import LogUnavailableError
from ingest.raw_frames import unpacked
from schemas.observation import RawMessage
from schemas.topics import RAW

_LOG = logging.getLogger("doorfiets.ingest.replay")
_START_SECONDS: Final = 20.0
_PATIENCE: Final = 20  # seconds without a record
_BEFORE: Final = timedelta(seconds=5)
_AFTER: Final = timedelta(days=1)  # a message that waited for Kafka, or came again, stands so much later in the log


class ReceptionPeriod(NamedTuple):
    """Receptions from `since` to `until`, both included."""

    since: datetime
    until: datetime


class Records(NamedTuple):
    """The messages of one record of the log, and the partition that it is in."""

    partition: int
    messages: list[RawMessage]


class RawLog:
    """Topic `raw` of a cluster at `address`; `topic` is another one in tests."""

    def __init__(self, address: str, topic: str = RAW.name) -> None:
        self._address = address
        self._topic = topic

    async def read(self, periods: Mapping[int, ReceptionPeriod]) -> AsyncGenerator[Records]:
        """Yield what was received in some partitions, in each of them in its time, until what is in the log now.

        What was received in that time and stands more than a day later in the log is not found. A damaged record is
        logged and passed over. Raises LogUnavailableError where Kafka does not answer.
        """
        async with self._consumer() as consumer:
            waiting = await self._seek(consumer, periods)
            silent = 0
            while waiting:
                came = await self._more(consumer, list(waiting))
                silent = 0 if came else silent + 1
                if silent >= _PATIENCE:
                    raise LogUnavailableError(f"Kafka at {self._address} gives no record of topic {self._topic}")
                for part, records in came.items():
                    period, end = periods[part.partition], waiting[part]
                    for record in records:
                        yield Records(part.partition, _within(period, unpacked(record, _LOG)))
                    if records[-1].offset + 1 >= end or records[-1].timestamp > _milliseconds(period.until + _AFTER):
                        del waiting[part]
                        consumer.pause(part)

    async def _more(
        self, consumer: AIOKafkaConsumer, parts: Collection[TopicPartition]
    ) -> dict[TopicPartition, list[Any]]:
        try:
            found: dict[TopicPartition, list[Any]] = await consumer.getmany(*parts, timeout_ms=1000)
        except (KafkaError, OSError) as problem:
            raise LogUnavailableError(f"Kafka at {self._address} does not answer ({problem!r})") from problem
        return found

    async def _seek(
        self, consumer: AIOKafkaConsumer, periods: Mapping[int, ReceptionPeriod]
    ) -> dict[TopicPartition, int]:
        """Go to the beginning of each period; return where each partition ends now, of those that hold anything."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                parts = {TopicPartition(self._topic, number): one for number, one in periods.items()}
                consumer.assign(list(parts))
                ends = await consumer.end_offsets(list(parts))
                starts = await consumer.offsets_for_times(
                    {part: _milliseconds(one.since - _BEFORE) for part, one in parts.items()}
                )
        except (KafkaError, OSError) as problem:
            raise LogUnavailableError(f"Kafka at {self._address} does not answer ({problem!r})") from problem
        waiting: dict[TopicPartition, int] = {}
        for part in parts:
            if starts[part] is not None and starts[part].offset < ends[part]:
                consumer.seek(part, starts[part].offset)
                waiting[part] = ends[part]
            else:
                consumer.pause(part)
        return waiting

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._address, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                await consumer.start()
            yield consumer
        except TimeoutError as problem:
            raise LogUnavailableError(f"Kafka at {self._address} does not answer; start it and try again") from problem
        except KafkaError as problem:
            raise LogUnavailableError(f"Kafka at {self._address} does not answer ({problem!r})") from problem
        finally:
            with suppress(KafkaError, OSError):
                async with asyncio.timeout(_START_SECONDS):
                    await consumer.stop()


def _within(period: ReceptionPeriod, messages: list[RawMessage]) -> list[RawMessage]:
    return [one for one in messages if period.since <= one.received_at <= period.until]


def _milliseconds(moment: datetime) -> int:
    return max(0, int(moment.timestamp() * 1000))
