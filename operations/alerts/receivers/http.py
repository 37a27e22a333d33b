"""One request of a receiver that is reached over HTTP, within a bounded time."""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from operations.alerts.receivers.receiver import LIMIT, PATIENCE, DeliveryFailedError
from operations.payloads import safe

_READ: Final = 65_536  # bytes of an answer; nothing in it is of use


def post(address: str, body: bytes, headers: Mapping[str, str], authority: Path | None) -> None:
    """Post a body; raise DeliveryFailedError unless the answer is 2xx. No proxy is used, and no redirect followed."""
    began = time.monotonic()
    try:
        with (
            httpx.Client(timeout=PATIENCE, trust_env=False, verify=_verified(authority)) as client,
            client.stream("POST", address, content=body, headers=dict(headers)) as answer,
        ):
            _drain(answer, began)
    except (httpx.HTTPError, OSError) as problem:
        raise DeliveryFailedError(f"{_host(address)}: {safe(str(problem)) or type(problem).__name__}") from problem
    if not answer.is_success:
        raise DeliveryFailedError(f"{_host(address)} answers {answer.status_code}")


def _drain(answer: httpx.Response, began: float) -> None:
    size = 0
    for piece in answer.iter_raw():
        size += len(piece)
        if size > _READ or time.monotonic() - began > LIMIT:
            return


def _verified(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority)


def _host(address: str) -> str:
    """Return what of an address may be logged: its path may be as secret as a password."""
    return httpx.URL(address).netloc.decode("ascii", "replace")
