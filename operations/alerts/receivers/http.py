"""One request of a receiver that is reached over HTTP, within a bounded time."""

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from operations.alerts.receivers.limit import LIMIT, PATIENCE, limited
from operations.alerts.receivers.receiver import DeliveryFailedError
from operations.payloads import safe

_SUCCESS: Final = range(200, 300)


def request(
    method: str,
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    authority: Path | None = None,
) -> None:
    """Send a request; raise DeliveryFailedError unless the answer is 2xx.

    No proxy is used, and no redirect followed. A reason names the host only: a path may be as secret as a password.
    """
    url = urlsplit(address)
    connection = _connection(url, authority)
    try:
        with limited(lambda: connection.sock, LIMIT):
            connection.request(method, _target(url), body, dict(headers))
            status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as problem:
        raise DeliveryFailedError(f"{url.netloc}: {safe(str(problem)) or type(problem).__name__}") from problem
    finally:
        connection.close()
    if status not in _SUCCESS:
        raise DeliveryFailedError(f"{url.netloc} answers {status}")


def _connection(url: SplitResult, authority: Path | None) -> HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "http":
        return HTTPConnection(host, url.port, timeout=PATIENCE)
    return HTTPSConnection(host, url.port, timeout=PATIENCE, context=ssl.create_default_context(cafile=authority))


def _target(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")
