"""A broker of the tests' own: one MQTT 5 session, byte by byte, that cuts connections where its script says."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Final, NamedTuple

from tests.contracts.server import Listening

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 1, 2, 3, 4, 8, 9, 12, 13
_CONNACK: Final = b"\x20\x03\x01\x00\x00"
_PINGRESP: Final = b"\xd0\x00"


async def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that happens on the other side of a connection; raise TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody over there rings a bell
            await asyncio.sleep(0.02)


class Cut(NamedTuple):
    """Where a connection ends: when `number` packets of a kind, or bytes of messages (kind "bytes"), have passed."""

    kind: int | str
    number: int = 1


class Connection:
    """What passed on one connection: the ids sent on it, in order, and those acknowledged on it."""

    def __init__(self, cut: Cut | None) -> None:
        self.cut = cut
        self.sent: list[int] = []
        self.acknowledged: list[int] = []
        self.welcomed = False
        self.early: list[int] = []
        self.passed: dict[int | str, int] = {}


class WireBroker(Listening):
    """Holds messages for one client until it acknowledges them; sends those in flight again, as duplicates.

    `cuts` is the script: one for each connection, in order; later ones are left alone. `pace` is the pause after each
    packet, `linger` that before hanging up, `slow_welcome` that before the second and later CONNACKs. While `silent`,
    it reads and says nothing.
    """

    def __init__(
        self, cuts: Iterable[Cut] = (), *, window: int = 20, pace: float = 0, linger: float = 0, slow_welcome: float = 0
    ) -> None:
        super().__init__()
        self.connections: list[Connection] = []
        self.queued: deque[tuple[str, bytes]] = deque()
        self.in_flight: dict[int, tuple[str, bytes]] = {}
        self.published: list[tuple[str, bytes]] = []
        self.silent = False
        self._known = False
        self._cuts, self._window, self._pace = deque(cuts), window, pace
        self._linger, self._slow = linger, slow_welcome
        self._wanted = asyncio.Event()
        self._next = count(1)
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        """Say where it listens."""
        return f"127.0.0.1:{self.port}"

    def queue(self, topic: str, *payloads: bytes) -> None:
        """Hold messages for the client."""
        self.queued.extend((topic, payload) for payload in payloads)
        self._wanted.set()

    @property
    def is_empty(self) -> bool:
        """Tell whether everything was acknowledged."""
        return not self.queued and not self.in_flight

    def restore(self, mid: int, topic: str, payload: bytes) -> None:
        """Go back to a state in which a message was in flight: hang up, and send it again on the next connection."""
        self.in_flight[mid] = topic, payload
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection as its part of the script says."""
        connection = Connection(self._cuts.popleft() if self._cuts else None)
        self.connections.append(connection)
        self._writers.add(writer)
        serving = _Serving(self, connection, reader, writer)
        try:
            await serving.go()
        finally:
            self._writers.discard(writer)

    def take(self, connection: Connection, mid: int) -> None:
        """Receive an acknowledgement; that of another connection takes away whatever bears that id now."""
        connection.acknowledged.append(mid)
        if not connection.welcomed:
            connection.early.append(mid)
        self.in_flight.pop(mid, None)
        self._wanted.set()


class _Serving:
    """One connection being served."""

    def __init__(
        self, broker: WireBroker, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._broker, self._connection, self._reader, self._writer = broker, connection, reader, writer
        self._packets: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def go(self) -> None:
        """Serve until somebody hangs up."""
        self._tasks = [asyncio.ensure_future(part) for part in (self._listen(), self._say())]
        try:
            ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        except ConnectionAbortedError:
            await asyncio.sleep(self._broker._linger)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            first, body = await self._packet()
            kind = first >> 4
            if kind == CONNECT:
                await asyncio.sleep(self._broker._slow if len(self._broker.connections) > 1 else 0)
                self._packets.put_nowait(_CONNACK)
                if self._broker._known:
                    self._start()
            elif kind == SUBSCRIBE:
                filters = body.count(b"\x01", 3)  # each ends in its options, QoS 1
                self._packets.put_nowait(b"\x90" + bytes([3 + filters]) + body[:2] + b"\x00" + filters * b"\x01")
                if not self._broker._known:
                    self._broker._known = True
                    self._start()
            elif kind == PUBACK:
                self._broker.take(self._connection, int.from_bytes(body[:2], "big"))
            elif kind == PUBLISH:
                self._receive(body)
            elif kind == PINGREQ:
                self._packets.put_nowait(_PINGRESP)
            self._pass(kind)

    async def _packet(self) -> tuple[int, bytes]:
        first = (await self._reader.readexactly(1))[0]
        length = shift = 0
        while True:
            byte = (await self._reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return first, await self._reader.readexactly(length)

    def _receive(self, body: bytes) -> None:
        """Take a message of QoS 1 without properties, acknowledge it, and send it back behind all others."""
        size = int.from_bytes(body[:2], "big")
        topic, mid, payload = body[2 : 2 + size].decode(), body[2 + size : 4 + size], body[5 + size :]
        self._packets.put_nowait(b"\x40\x02" + mid)
        self._broker.published.append((topic, payload))
        self._broker.queue(topic, payload)

    def _start(self) -> None:
        for mid, (topic, payload) in self._broker.in_flight.items():
            self._packets.put_nowait(publish(topic, payload, mid, dup=True))
        self._tasks.append(asyncio.ensure_future(self._send_new()))

    async def _send_new(self) -> None:
        broker = self._broker
        while True:
            while broker.queued and len(broker.in_flight) < broker._window:
                topic, payload = broker.queued.popleft()
                mid = next(broker._next)
                broker.in_flight[mid] = topic, payload
                self._packets.put_nowait(publish(topic, payload, mid))
            broker._wanted.clear()
            await broker._wanted.wait()

    async def _say(self) -> None:
        while True:
            packet = await self._packets.get()
            await until(lambda: not self._broker.silent)
            kind = packet[0] >> 4
            if kind == PUBLISH:
                packet = self._cut_short(packet)
            self._connection.welcomed |= kind == CONNACK
            self._writer.write(packet)
            await self._writer.drain()
            self._pass(kind)
            await asyncio.sleep(self._broker._pace)

    def _cut_short(self, packet: bytes) -> bytes:
        """Note what is sent; give only the bytes that the script lets through."""
        name = 3 if packet[1] > 127 else 2
        at = name + 2 + int.from_bytes(packet[name : name + 2], "big")
        self._connection.sent.append(int.from_bytes(packet[at : at + 2], "big"))
        cut, before = self._connection.cut, self._connection.passed.get("bytes", 0)
        if cut is not None and cut.kind == "bytes":
            packet = packet[: cut.number - before]
        self._connection.passed["bytes"] = before + len(packet)
        return packet

    def _pass(self, kind: int) -> None:
        """Count what passed, and hang up when the script says so."""
        passed = self._connection.passed
        passed[kind] = passed.get(kind, 0) + 1
        cut = self._connection.cut
        if cut is not None and passed.get(cut.kind, 0) >= cut.number:
            raise ConnectionAbortedError


def publish(topic: str, payload: bytes, mid: int, *, dup: bool = False) -> bytes:
    """Spell a PUBLISH of QoS 1 of at most 16,383 bytes."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + b"\x00" + payload
    length = [len(body)] if len(body) < 128 else [len(body) & 127 | 128, len(body) >> 7]
    return bytes([0x3A if dup else 0x32, *length]) + body
