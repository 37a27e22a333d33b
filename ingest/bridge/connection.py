"""Opening a TCP connection without blocking the event loop."""

import asyncio
from socket import SOCK_STREAM, socket


async def opened(host: str, port: int, seconds: float) -> socket:
    """Connect to the first address of a host that answers; raise OSError (TimeoutError is one) after `seconds`."""
    loop = asyncio.get_running_loop()
    problem = OSError(f"{host} has no address")
    async with asyncio.timeout(seconds):
        for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=SOCK_STREAM):
            one = socket(family, kind, protocol)
            try:
                one.setblocking(False)  # noqa: FBT003 - socket has no keyword for it
                await loop.sock_connect(one, address)
            except OSError as refused:
                one.close()
                problem = refused
            except BaseException:
                one.close()
                raise
            else:
                return one
    raise problem
