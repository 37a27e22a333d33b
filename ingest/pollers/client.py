"""Requests to one host: as often as it allows, JSON of bounded size only, tried again where that helps."""

import asyncio
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Final, NamedTuple

import httpx

from ingest.pollers.key_file import KeyFileRefusedError
from ingest.pollers.poller import PollRequest, PollSource, RateLimit
from ingest.pollers.position import Validator
from ingest.pollers.rate import TokenBucket, growing_pause

MOST_BYTES: Final = 5_000_000
"""Bytes of an answer at most, after it was unpacked."""

TRIES: Final = 5
"""How often one request is sent before its sensor has to wait for its next turn."""

LONGEST_PAUSE: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=1)
"""How long a host may make us wait at most, whatever its `Retry-After` says."""

_REDIRECTS: Final = 3
_WHOLE_SECONDS: Final = 120.0
_TIMEOUT: Final = httpx.Timeout(connect=10.0, read=30.0, write=10.0, pool=10.0)
_WHOLE_SOURCE: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_SERVER_ERROR: Final = 500
_PROXY_TIMEOUT: Final = 408


class AnswerFailedError(Exception):
    """No answer came, or half of one, or one that is not JSON; it may be otherwise when it is asked for again."""


class HostBusyError(AnswerFailedError):
    """The host wants fewer requests; `wait` is how long it asks us to wait, None where it does not say."""

    def __init__(self, status: int, wait: timedelta | None) -> None:
        super().__init__(f"status {status}")
        self.wait = wait


class SourceRefusedError(Exception):
    """The host will answer the same until somebody changes something; where it is `whole`, for all of its source."""

    def __init__(self, why: str, *, whole: bool = False) -> None:
        super().__init__(why)
        self.whole = whole


class PollAnswer(NamedTuple):
    """An answer: its body, None where it has not changed, and what marks it (None: nothing does)."""

    body: bytes | None
    validator: Validator | None


class PollClient:
    """Sends requests to one host, one after the other; time and waiting are those of the caller."""

    def __init__(
        self, limit: RateLimit, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._bucket = TokenBucket(limit)
        self._now = now
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers={
                "User-Agent": f"doorfiets/{version('doorfiets')}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
        )
        self.statuses: Counter[tuple[str, str]] = Counter()
        """Requests by name of the poller and status; `failed` where no status came."""

    async def fetch(self, source: PollSource, request: PollRequest, validator: Validator | None = None) -> PollAnswer:
        """Return the answer to a request of a source, or that it is the one of `validator` still.

        Raises AnswerFailedError after TRIES attempts, and SourceRefusedError at once.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return await self._followed(source, request, validator)
            except AnswerFailedError as failed:
                if attempt == TRIES:
                    raise
                wait = failed.wait if isinstance(failed, HostBusyError) else None
            await self._sleep((wait or growing_pause(attempt, LONGEST_PAUSE)).total_seconds())
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _followed(self, source: PollSource, request: PollRequest, validator: Validator | None) -> PollAnswer:
        for _ in range(_REDIRECTS + 1):
            answer = await self._sent(source, request, validator)
            if isinstance(answer, PollAnswer):
                return answer
            request = answer
        raise SourceRefusedError(f"more than {_REDIRECTS} redirects")

    async def _sent(
        self, source: PollSource, request: PollRequest, validator: Validator | None
    ) -> PollAnswer | PollRequest:
        check_origin(request.url, source.address)
        await self._sleep(self._bucket.wait(self._now()).total_seconds())
        status = "failed"
        try:
            async with asyncio.timeout(_WHOLE_SECONDS), self._stream(source, request, validator) as response:
                status = str(response.status_code)
                return await self._answer(source, request, response)
        except (httpx.TransportError, TimeoutError, zlib.error) as problem:
            raise AnswerFailedError(f"{type(problem).__name__} {problem}".strip()) from problem
        finally:
            self.statuses[source.name, status] += 1

    def _stream(
        self, source: PollSource, request: PollRequest, validator: Validator | None
    ) -> AbstractAsyncContextManager[httpx.Response]:
        headers = {**_key(source), **_conditions(validator)}
        if request.body is None:
            return self._http.stream("GET", request.url, headers=headers)
        headers["Content-Type"] = "application/json"
        return self._http.stream("POST", request.url, headers=headers, content=request.body)

    async def _answer(
        self, source: PollSource, request: PollRequest, response: httpx.Response
    ) -> PollAnswer | PollRequest:
        """Read an answer with status 200 or 304, or return the request to send instead; raise for any other."""
        status = response.status_code
        if status == HTTPStatus.NOT_MODIFIED:
            return PollAnswer(None, None)
        if status in _MOVED:
            return _moved(source, request, response)
        if status in _BUSY:
            raise HostBusyError(status, retry_after(response.headers, self._now()))
        if status >= _SERVER_ERROR or status == _PROXY_TIMEOUT:
            raise AnswerFailedError(f"status {status}")
        if status != HTTPStatus.OK:
            raise SourceRefusedError(_refusal(source, status), whole=status in _WHOLE_SOURCE)
        _check_json(response.headers)
        return PollAnswer(await _body(response), _validator(response.headers) if request.body is None else None)


def check_origin(url: str, address: str) -> None:
    """Raise SourceRefusedError unless an address is of the host of a source."""
    try:
        wanted, allowed = httpx.URL(url), httpx.URL(address)
    except httpx.InvalidURL as problem:
        raise SourceRefusedError(f"the address {ascii(url)[:200]} is none: {problem}") from problem
    if (wanted.scheme, wanted.host, wanted.port) != (allowed.scheme, allowed.host, allowed.port) or wanted.userinfo:
        raise SourceRefusedError(
            f"sent on to {ascii(url)[:200]}, which is not of {address}; if that is right, say so with `address`",
            whole=True,
        )


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long a host wants us to wait, at most an hour; None where it does not say."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - more seconds than anybody means
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _key(source: PollSource) -> Mapping[str, str]:
    try:
        return source.headers()
    except KeyFileRefusedError as problem:
        raise SourceRefusedError(str(problem), whole=True) from problem


def _conditions(validator: Validator | None) -> dict[str, str]:
    if validator is None:
        return {}
    marks = {"If-None-Match": validator.etag, "If-Modified-Since": validator.modified}
    return {name: value for name, value in marks.items() if value}


def _validator(headers: Mapping[str, str]) -> Validator | None:
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validator(etag, modified) if etag or modified else None


def _moved(source: PollSource, request: PollRequest, response: httpx.Response) -> PollRequest:
    """Return the request that a redirect asks for: on the same host only, and never with a body or a key."""
    url = str(httpx.URL(request.url).join(response.headers.get("location", "")))
    check_origin(url, source.address)
    if request.body is not None or source.key is not None:
        raise SourceRefusedError(f"sent on to {ascii(url)[:200]}; if that is right, say so with `address`", whole=True)
    return PollRequest(url)


def _refusal(source: PollSource, status: int) -> str:
    if status in _WHOLE_SOURCE:
        return f"status {status}: " + (f"is the key in {source.key.path} right?" if source.key else "not allowed")
    return f"status {status}: is there such a sensor, and is {source.address} the right address?"


def _check_json(headers: Mapping[str, str]) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise AnswerFailedError(f"an answer of type {ascii(kind)[:60]}, not JSON")


async def _body(response: httpx.Response) -> bytes:
    """Read a body and unpack it, never more than MOST_BYTES of it."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise AnswerFailedError(f"an answer packed as {ascii(encoding)[:60]}, which was not asked for")
    unpacker = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    async for piece in response.aiter_raw():
        body += unpacker.decompress(piece, MOST_BYTES + 1 - len(body)) if unpacker else piece
        if len(body) > MOST_BYTES:
            raise SourceRefusedError(f"an answer of more than {MOST_BYTES} bytes")
    if unpacker and not unpacker.eof:
        raise AnswerFailedError("an answer that ends too early")
    return bytes(body)
