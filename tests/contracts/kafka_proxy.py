"""A proxy before the real Kafka that can swallow all answers: what a client sees of a Kafka that hangs."""

import asyncio
from typing import Self

_LOCAL = b"127.0.0.1"
_PRODUCE = b"\x00\x00"
_CHUNK = 1 << 16


class KafkaProxy:
    """Passes bytes both ways, and names itself where Kafka tells its own address; `frozen` lets no answer through.

    While `full` it takes nothing, and answers everything else. `produced` is set when it was asked to take something.
    """

    def __init__(self, kafka: str) -> None:
        self._kafka = int(kafka.rpartition(":")[2])
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.frozen = asyncio.Event()
        self.full = False
        self.produced = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        """Say where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        kafka, to_kafka = await asyncio.open_connection("127.0.0.1", self._kafka)
        try:
            await asyncio.gather(self._ask(client, to_kafka), self._answer(kafka, to_client))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            to_client.close()
            to_kafka.close()

    async def _ask(self, client: asyncio.StreamReader, to_kafka: asyncio.StreamWriter) -> None:
        """Pass requests one by one: four bytes of length, two that say what is asked."""
        while True:
            length = await client.readexactly(4)
            request = await client.readexactly(int.from_bytes(length, "big"))
            if request[:2] == _PRODUCE:
                self.produced.set()
            if not (self.full and request[:2] == _PRODUCE):
                to_kafka.write(length + request)
                await to_kafka.drain()

    async def _answer(self, kafka: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        own, other = self.port.to_bytes(4, "big"), self._kafka.to_bytes(4, "big")
        while data := await kafka.read(_CHUNK):
            if not self.frozen.is_set():
                to_client.write(data.replace(_LOCAL + other, _LOCAL + own))
                await to_client.drain()
