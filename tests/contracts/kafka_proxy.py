"""A proxy before the real Kafka that can swallow all answers: what a client sees of a Kafka that hangs."""

import asyncio

from tests.contracts.server import Listening

_LOCAL = b"127.0.0.1"
_PRODUCE = b"\x00\x00"
_CHUNK = 1 << 16


class KafkaProxy(Listening):
    """Passes bytes both ways, and names itself where Kafka tells its own address; `frozen` lets no answer through.

    While `full` it takes nothing, and answers everything else. `produced` is set when it was asked to take something.
    While `away` it hangs up on everybody. `mute` lets it be frozen as soon as something was handed on to be taken.
    """

    def __init__(self, kafka: str) -> None:
        super().__init__()
        self._kafka = int(kafka.rpartition(":")[2])
        self.frozen = asyncio.Event()
        self.full = self.away = self.mute = False
        self.produced = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass the bytes of one client on, both ways."""
        if self.away:
            return
        kafka, to_kafka = await asyncio.open_connection("127.0.0.1", self._kafka)
        try:
            await asyncio.gather(self._ask(reader, to_kafka), self._answer(kafka, writer))
        finally:
            to_kafka.close()

    async def _ask(self, client: asyncio.StreamReader, to_kafka: asyncio.StreamWriter) -> None:
        """Pass requests one by one: four bytes of length, two that say what is asked."""
        while True:
            length = await client.readexactly(4)
            request = await client.readexactly(int.from_bytes(length, "big"))
            if request[:2] == _PRODUCE:
                self.produced.set()
                if self.mute:
                    self.frozen.set()
            if not (self.full and request[:2] == _PRODUCE):
                to_kafka.write(length + request)
                await to_kafka.drain()

    async def _answer(self, kafka: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        own, other = self.port.to_bytes(4, "big"), self._kafka.to_bytes(4, "big")
        while data := await kafka.read(_CHUNK):
            if not self.frozen.is_set():
                to_client.write(data.replace(_LOCAL + other, _LOCAL + own))
                await to_client.drain()
