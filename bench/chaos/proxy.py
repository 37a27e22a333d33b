"""A TCP proxy that passes bytes on, cuts connections, or passes nothing, for all or for one service."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias

from deploy.local.ports import LOOPBACK

Cut: TypeAlias = Literal["reset", "silence"]
_PAUSE: Final = 0.05


class ProxyNetwork:
    """Runs proxies in a thread of its own."""

    def __init__(self) -> None:
        """Describe it; it runs within `with`."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._proxies: list[Proxy] = []

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; every connection ends."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def proxy(self, address: str, owner_of: Callable[[int], str] = lambda _: "") -> "Proxy":
        """Start a proxy before an address; `owner_of` returns the service with the connection from a local port."""
        host, _, port = address.rpartition(":")
        made = Proxy(self._loop, (host, int(port)), owner_of)
        asyncio.run_coroutine_threadsafe(made.listen(), self._loop).result()
        self._proxies.append(made)
        return made

    async def _end(self) -> None:
        for proxy in self._proxies:
            proxy.close()
        opening = asyncio.all_tasks() - {asyncio.current_task()}
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        await asyncio.sleep(_PAUSE)  # connections that were aborted are closed in the next round


class Proxy:
    """One address in front of another one."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, target: tuple[str, int], owner_of: Callable[[int], str]
    ) -> None:
        """Use `ProxyNetwork.proxy`."""
        self.port = 0
        self._loop, self._target, self._owner_of = loop, target, owner_of
        self._cuts: dict[str, Cut] = {}
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Return the address to connect to, as host:port."""
        return f"{LOOPBACK}:{self.port}"

    async def listen(self) -> None:
        """Listen on a free port."""
        self._server = await self._loop.create_server(self._linked, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and end all connections; to be called in the thread of the network."""
        if self._server is not None:
            self._server.close()
        self._reset()

    def cut(self, owner: str, how: Cut) -> None:
        """Cut off one service until `heal`: by ending its connections, or by passing no bytes."""
        self._loop.call_soon_threadsafe(self._cut, owner, how)

    def heal(self, owner: str) -> None:
        """End the cut of one service."""
        self._loop.call_soon_threadsafe(self._heal, owner)

    def reset(self) -> None:
        """Reset all connections; new ones are accepted."""
        self._loop.call_soon_threadsafe(self._reset)

    def _linked(self) -> "_Side":
        link = _Link(self._connect, self._ended)
        return link.client

    async def _connect(self, link: "_Link", port: int) -> None:
        self._links.add(link)
        try:
            link.owner = self._owner_of(port)
        except OSError:  # a process ended meanwhile
            link.abort()
            return
        while self._cuts.get(link.owner) == "silence":  # noqa: ASYNC110 - `heal` ends it at any time
            await asyncio.sleep(_PAUSE)
        if self._cuts.get(link.owner) == "reset":
            link.abort()
            return
        try:
            await self._loop.create_connection(lambda: link.server, *self._target)
        except OSError:
            link.abort()
        else:
            link.pass_on(silent=self._cuts.get(link.owner) == "silence")

    def _reset(self) -> None:
        for link in list(self._links):
            link.abort()

    def _ended(self, link: "_Link") -> None:
        self._links.discard(link)

    def _cut(self, owner: str, how: Cut) -> None:
        self._cuts[owner] = how
        for link in self._of(owner):
            if how == "reset":
                link.abort()
            else:
                link.pass_on(silent=True)

    def _heal(self, owner: str) -> None:
        self._cuts.pop(owner, None)
        for link in self._of(owner):
            link.pass_on(silent=False)

    def _of(self, owner: str) -> list["_Link"]:
        return [link for link in self._links if link.owner == owner]


class _Link:
    """One connection through the proxy, with its two sides."""

    def __init__(
        self,
        connect: Callable[["_Link", int], Coroutine[Any, Any, None]],
        ended: Callable[["_Link"], None],
    ) -> None:
        self.owner = ""
        self.client, self.server = _Side(self), _Side(self)
        self._connect, self._ended = connect, ended
        self._silent = True
        self._opening: asyncio.Task[None] | None = None

    def made(self, side: "_Side") -> None:
        if side is self.client:
            side.line.pause_reading()
            port = side.line.get_extra_info("peername")[1]
            self._opening = asyncio.ensure_future(self._connect(self, port))

    def other(self, side: "_Side") -> "_Side":
        return self.server if side is self.client else self.client

    def pass_on(self, *, silent: bool) -> None:
        self._silent = silent
        if not silent:
            for side in (self.client, self.server):
                side.pass_early(self.other(side))
        self.settle()

    def settle(self) -> None:
        """Read from a side while the other one takes the bytes and the service is not silenced."""
        for side in (self.client, self.server):
            if side.is_open and self.other(side).is_open:
                if self._silent or self.other(side).full:
                    side.line.pause_reading()
                else:
                    side.line.resume_reading()

    def abort(self) -> None:
        for side in (self.client, self.server):
            if side.is_open:
                side.line.abort()

    def lost(self, side: "_Side") -> None:
        self._ended(self)
        other = self.other(side)
        if other.is_open:
            other.line.close()
        elif self._opening and other.transport is None:
            self._opening.cancel()


class _Side(asyncio.Protocol):
    """One end of a link."""

    def __init__(self, link: _Link) -> None:
        self.transport: asyncio.Transport | None = None
        self.is_open = self.full = False
        self._link = link
        self._early = b""

    @property
    def line(self) -> asyncio.Transport:
        if self.transport is None:
            raise ConnectionError("this side of the link was never open")
        return self.transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.is_open = transport, True  # type: ignore[assignment]  # TCP is read and written
        self._link.made(self)

    def pass_early(self, other: "_Side") -> None:
        """Pass on what was received before the other side was connected."""
        if self._early and other.is_open:
            early, self._early = self._early, b""
            other.line.write(early)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on; the loop of Python 3.11 may read once more after `pause_reading`."""
        other = self._link.other(self)
        if other.is_open:
            other.line.write(data)
        elif other.transport is None:
            self._early += data

    def pause_writing(self) -> None:
        self.full = True
        self._link.settle()

    def resume_writing(self) -> None:
        self.full = False
        self._link.settle()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is over
        self.is_open = False
        self._link.lost(self)
