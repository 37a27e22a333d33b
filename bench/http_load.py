"""A visitor for benchmarks: some connections that ask one thing after another, in a process of its own."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from itertools import count
from typing import Final, NamedTuple

from bench.measurements import percentile
from bench.reading_store import WrongError

_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_PART: Final = 1 << 16


class VisitorLoad(NamedTuple):
    """What came of asking for some seconds: requests and bytes a second, and delays in seconds."""

    requests: float
    bytes: float
    p50: float
    p95: float


async def ask(host: str, port: int, addresses: Sequence[str], connections: int, seconds: float) -> VisitorLoad:
    """Ask the addresses in turn over so many connections, each at least once and as fast as it is answered."""
    delays: list[float] = []
    turn, received, began = count(), 0, time.monotonic()

    async def visitor() -> None:
        nonlocal received
        reader, writer = await asyncio.open_connection(host, port, limit=_PART)
        since = began
        while since == began or since - began < seconds:
            address = addresses[next(turn) % len(addresses)]
            writer.write(f"GET {address} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: */*\r\n\r\n".encode())
            received += await _answer(reader, address)
            now = time.monotonic()
            delays.append(now - since)
            since = now
        writer.close()

    await asyncio.gather(*(visitor() for _ in range(connections)))
    took = time.monotonic() - began
    return VisitorLoad(len(delays) / took, received / took, percentile(delays, 50), percentile(delays, 95))


async def _answer(reader: asyncio.StreamReader, address: str) -> int:
    head = await reader.readuntil(_HEAD)
    if not head.startswith(b"HTTP/1.1 200"):
        raise WrongError(f"{address}: {head.splitlines()[0].decode()}")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return len(await reader.readexactly(int(line[len(_LENGTH) :])))
    return await _chunks(reader)


async def _chunks(reader: asyncio.StreamReader) -> int:
    whole = 0
    while size := int(await reader.readline(), 16):
        whole += len(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return whole


if __name__ == "__main__":
    question = json.load(sys.stdin)
    print(json.dumps(asyncio.run(ask(**question))))
