"""HTTP/1.1 as the site speaks it: heads are judged before they are parsed, no bodies, and a bound on every wait."""

import asyncio
import fcntl
import json
import socket
import sys
import termios
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from opendata.guards.header_block import END, has_body, judge, judge_part
from opendata.headers import API, SECURITY
from opendata.v1.problems import DETAILS, MEDIA_TYPE, TITLES

_LINGER: Final = 1.0  # seconds in which somebody who still sends may read why the connection ends


class ConnectionLimits(NamedTuple):
    """How long a head may take to come and an answer to be read (seconds), and how many connections there may be.

    `half_open` counts those whose head has not come whole, in all and of one address; of them the oldest makes room.
    """

    head_seconds: float = 10.0
    read_seconds: float = 30.0
    connections: int = 1_000
    half_open: int = 200
    half_open_of_one: int = 50


class HalfOpenConnections:
    """The connections of one process that are half open, oldest first, in all and by address."""

    def __init__(self, limits: ConnectionLimits) -> None:
        """Begin without any."""
        self.limits = limits
        self._half_open: dict[GuardedConnection, None] = {}
        self._by_address: defaultdict[str, dict[GuardedConnection, None]] = defaultdict(dict)

    def opened(self, connection: "GuardedConnection") -> None:
        """Take note of one more; where there are too many, the oldest one ends."""
        self._half_open[connection] = None
        if len(self._half_open) > self.limits.half_open:
            next(iter(self._half_open)).end()
        if connection.client is not None:  # over a Unix socket comes who speaks for many
            of_one = self._by_address[connection.client[0]]
            of_one[connection] = None
            if len(of_one) > self.limits.half_open_of_one:
                next(iter(of_one)).end()

    def settled(self, connection: "GuardedConnection") -> None:
        """Forget one whose head has come, or that is over."""
        self._half_open.pop(connection, None)
        if connection.client is not None and connection.client[0] in self._by_address:
            of_one = self._by_address[connection.client[0]]
            of_one.pop(connection, None)
            if not of_one:
                del self._by_address[connection.client[0]]


class GuardedConnection(H11Protocol):
    """A connection that ends when its head is late, ambiguous or too long, and when nobody reads the answer.

    Nothing on the site takes a body: what follows a head that announces one is thrown away, and the connection ends
    with the answer. So there is nothing that a second reader could take for another request.
    """

    def __init__(self, *args: Any, register: HalfOpenConnections, **more: Any) -> None:  # noqa: ANN401 - as it is there
        """Share the register of the process."""
        super().__init__(*args, **more)
        self._register, self._limits = register, register.limits
        self._head = b""
        self._discards = False
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as it is there
        """Begin to wait for a head."""
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections or (self.client is None and not _is_local(transport)):
            transport.abort()  # who is gone already has no address, and is not taken for the proxy on this machine
            return
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._settled()
        self._readable()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Judge each head when it is whole, and hand it on."""
        if self._discards:
            return
        self._unset_keepalive_if_required()
        self._head += data
        while self._head and not self._discards:
            end = self._head.find(END)
            if end < 0:
                self._take_part()
                return
            head, self._head = self._head[: end + len(END)], self._head[end + len(END) :]
            self._take(head)

    def pause_writing(self) -> None:
        """Begin to wait for a reader who does not read."""
        super().pause_writing()
        if self._unread is None:
            self._watch_reader(_waiting(self.transport))

    def resume_writing(self) -> None:
        """The reader reads."""
        super().resume_writing()
        self._readable()

    def end(self) -> None:
        """End at once."""
        self._settled()
        self.transport.abort()

    @property
    def _cycle(self) -> RequestResponseCycle | None:
        """The request that is being answered, or the last one; the library says that there is always one."""
        return getattr(self, "cycle", None)

    def _take_part(self) -> None:
        bad = judge_part(self._head)
        if bad:
            self._refuse(bad.status)
        elif self._waiting is None:
            self._wait_for_head()

    def _take(self, head: bytes) -> None:
        self._settled()
        bad = judge(head)
        if bad:
            self._refuse(bad.status)
            return
        if has_body(head):
            self._discards, self._head = True, b""
        super().data_received(head)
        if self._discards and self._cycle is not None:
            self._cycle.keep_alive = False

    def _refuse(self, status: int) -> None:
        """Answer why, once those before have their answers, and end."""
        self._discards, self._head = True, b""
        self._settled()
        if self._cycle is not None and not self._cycle.response_complete:
            self._cycle.keep_alive = False
            return
        said = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": DETAILS[status]}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": len(body),
            **SECURITY,
            **API,
            "Cache-Control": "no-store",
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {headers[name]}" for name in headers)]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.close)

    def _watch_reader(self, before: int) -> None:
        self._unread = self.loop.call_later(self._limits.read_seconds, self._look_at_reader, before)

    def _look_at_reader(self, before: int) -> None:
        """End the connection where nothing was read since the last look; who reads slowly may go on."""
        now = _waiting(self.transport)
        if now < before:
            self._watch_reader(now)
        else:
            self.end()

    def _wait_for_head(self) -> None:
        self._register.opened(self)
        self._waiting = self.loop.call_later(self._limits.head_seconds, self._late)

    def _late(self) -> None:
        self._waiting = None
        if self._head:
            self._refuse(408)
        else:
            self.end()

    def _settled(self) -> None:
        self._register.settled(self)
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _readable(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def _waiting(transport: asyncio.Transport) -> int:
    """Return how many bytes wait to be read by the other side: here, and in the kernel."""
    connected, in_kernel = transport.get_extra_info("socket"), bytearray(4)
    with suppress(OSError, AttributeError):
        fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, in_kernel)
    return transport.get_write_buffer_size() + int.from_bytes(in_kernel, sys.byteorder)


def _is_local(transport: asyncio.Transport) -> bool:
    """Tell whether a connection came over a Unix socket."""
    connected = transport.get_extra_info("socket")
    return connected is not None and connected.family == socket.AF_UNIX


def protocol(limits: ConnectionLimits | None = None) -> Callable[..., GuardedConnection]:
    """Make the protocol of one server, which uvicorn calls for each connection."""
    return partial(GuardedConnection, register=HalfOpenConnections(limits or ConnectionLimits()))
