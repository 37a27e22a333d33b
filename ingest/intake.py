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

    `seal` makes what stays of a message that cannot be parsed, such as `ingest.seal.KeyRing.seal`. Nothing is received
    before `newest`, the last reception in the log, whatever became of the machine's clock since; None trusts the clock.
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
        newest: datetime | None = None,
    ) -> None:
        self._log = KafkaLog(kafka, writer, attempts=attempts)
        self._clock = ReceptionClock(newest, now)
        self._packer = Packer(writer, f"{now().timestamp() * 1000:.0f}")
        self._receptions = Receptions()
        self._devices = devices
        self._partitions = partitions
        self._seal = seal

    async def take(self, messages: Sequence[Message]) -> list[Rejection | None]:
        """Return when Kafka holds all of these messages: of each its rejection, None where it was decoded.

        Raises LogUnavailableError when the attempts are used up; to offer them again is safe.
        """
        arrivals = [Arrival(0, 0, self._clock.tick(), one.topic, one.payload) for one in messages]
        frames = frames_of(arrivals, self._packer, self._partitions, self._receptions, self._devices(), seal=self._seal)
        await self._log.deliver(frames)
        refused = [one for frame in frames if frame.topic == REJECTIONS.name for one in unpack_rejections(*frame.frame)]
        by_moment = {one.received_at: one for one in refused}  # each message has a moment of its own
        return [by_moment.get(arrival.received_at) for arrival in arrivals]

    async def close(self) -> None:
        """Close the connection to Kafka; what it does not hold yet fails."""
        await self._log.close()
