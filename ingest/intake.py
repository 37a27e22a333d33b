"""The way into the log beside the bridge: what is pushed over HTTP or fetched is decoded and held as messages are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.bridge.receptions import Receptions
from ingest.clock import ReceptionClock, system_time
from ingest.dialects.decoder import Seal, nothing_stays
from ingest.kafka_log import KafkaLog
from ingest.packer import Packer
from schemas.device import Devices
from schemas.frames import unpack_rejections
from schemas.rejection import Rejection
from schemas.topics import PARTITIONS, REJECTIONS


class Message(NamedTuple):
    """One message: the topic that its dialect knows, such as `http/airrohr/esp8266-12`, and its bytes."""

    topic: str
    payload: bytes


class Intake:
    """Takes messages for one `writer` of the log; `devices` gives the registered devices at any time.

    `seal` makes what stays of a message that cannot be parsed, such as `ingest.seal.KeyRing.seal`.
    """

    def __init__(
        self,
        kafka: str,
        writer: str,
        *,
        devices: Callable[[], Devices],
        attempts: int | None = None,
        partitions: int = PARTITIONS,
        now: Callable[[], datetime] = system_time,
        seal: Seal = nothing_stays,
    ) -> None:
        self._log = KafkaLog(kafka, writer, attempts=attempts)
        self._clock = ReceptionClock(None, now)
        self._packer = Packer(writer, f"{now().timestamp() * 1000:.0f}")
        self._receptions = Receptions()
        self._devices = devices
        self._partitions = partitions
        self._seal = seal

    async def take(self, messages: Sequence[Message]) -> list[Rejection]:
        """Return when Kafka holds all of these messages: the rejections among them, in no order.

        Raises LogUnavailableError when the attempts are used up; to offer them again is safe.
        """
        arrivals = [Arrival(0, 0, self._clock.tick(), one.topic, one.payload) for one in messages]
        frames = frames_of(arrivals, self._packer, self._partitions, self._receptions, self._devices(), seal=self._seal)
        await self._log.deliver(frames)
        return [one for frame in frames if frame.topic == REJECTIONS.name for one in unpack_rejections(*frame.frame)]

    async def close(self) -> None:
        """Close the connection to Kafka; what it does not hold yet fails."""
        await self._log.close()
