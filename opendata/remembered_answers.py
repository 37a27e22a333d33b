"""Answers that are given again as they are, as long as nothing moved that they rest on (record 36)."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opendata.conditional import holds
from opendata.database import Database, DatabaseUnavailableError
from opendata.freshness import PLACE, AnswerBasis, BasisSubject, ChangeReader, NumbersChange
from opendata.headers import who_answered
from opendata.negotiation import Coding, FormRanks, coding_of, form_ranks_of, language_of

_MOST: Final = 64 * 2**20
"""Bytes of all answers that are remembered, with their addresses, headers and what they rest on."""
_BESIDE: Final = 1_000
"""Bytes that an answer takes beside what it holds, about, and a tenth of that for each of its parts."""
_LONGEST: Final = 2 * 2**20
"""Bytes of one: what is longer is not remembered."""
_MEANWHILE: Final = 2.0
"""Seconds for which an answer is given to others while one request makes the next."""
_OK: Final = 200
_OF_CONTENT: Final = (b"content-length", b"content-type", b"content-encoding", b"content-disposition")


class _Key(NamedTuple):
    """What tells answers apart: the address as it was asked, and what is chosen by what the reader prefers."""

    path: str
    query: bytes
    coding: Coding
    forms: FormRanks
    locale: str


@dataclass
class _Answer:
    """One answer with its basis; `spoilt_at` is the monotonic time at which something of that was seen to move."""

    basis: AnswerBasis
    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    route: dict[str, object]
    spoilt_at: float | None = None

    def is_as_new_as(self, other: "_Answer") -> bool:
        """Tell whether it was made of all that another one was made of."""
        return self.basis.snapshot.sees_all_of(other.basis.snapshot)


class RememberedAnswers:
    """A plain ASGI layer: who asks what was asked before is answered from memory, if that still holds.

    Whether it holds is looked up for each request, one look for all that wait. Of requests for the same that come
    while it is made, one makes it; the others have what stood until a moment ago.
    """

    def __init__(self, app: ASGIApp, store: Database, clock: Callable[[], datetime]) -> None:
        """Wrap an app that reads from this database."""
        self._app, self._clock = app, clock
        self._changes = ChangeReader(store, self._spoil)
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._by_subject: defaultdict[BasisSubject, set[_Key]] = defaultdict(set)
        self._size = 0
        self._making: dict[_Key, asyncio.Future[bool]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the app answer and remember that."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        key = _key(scope)
        if await self._again(key, scope, send):
            return
        making = self._making.get(key)
        if making is not None and await asyncio.shield(making) and await self._again(key, scope, send):
            return
        await self._make(key, scope, receive, send)

    async def _again(self, key: _Key, scope: Scope, send: Send) -> bool:
        """Give the answer that is remembered, if it holds or is being made anew; tell whether it was given."""
        if key not in self._answers:
            return False
        try:
            look = await self._changes.look()
        except DatabaseUnavailableError:
            return False
        found = self._answers.get(key)
        if found is None:
            return False
        if found.spoilt_at is None and not look.allows(found.basis, self._clock()):
            found.spoilt_at = monotonic()
        if found.spoilt_at is not None and not (key in self._making and monotonic() - found.spoilt_at <= _MEANWHILE):
            return False
        self._answers.move_to_end(key)
        scope.update(found.route)
        await _give(found, scope, send)
        return True

    async def _make(self, key: _Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer; whoever asks the same meanwhile waits until it is remembered, or known that it is not.

        They do not wait for the reader of this answer.
        """
        began, rests_on = monotonic(), list[AnswerBasis]()
        first: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self._making.setdefault(key, first) is not first:
            first.set_result(False)
        inner = {**scope, PLACE: rests_on}

        def done(*, shared: bool = False) -> None:
            if not first.done():
                first.set_result(shared)
            if self._making.get(key) is first:
                del self._making[key]

        async def whole(content: _Content) -> None:
            await self._remember(key, _Answer(rests_on[-1], *content, who_answered(inner)), began)
            done(shared=True)

        with suppress(DatabaseUnavailableError):
            await self._changes.begin()
        capture = _Capture(
            send, rests_on, begun=lambda: self._begun(key), whole=whole, private=lambda: done(shared=False)
        )
        try:
            await self._app(inner, receive, capture)
            scope.update(who_answered(inner))
        finally:
            if not capture.is_whole:
                done()

    async def _remember(self, key: _Key, found: _Answer, began: float) -> None:
        """Remember an answer; one that something has moved of already is there for who asks while the next is made."""
        try:
            look = await self._changes.look()
        except DatabaseUnavailableError:
            return
        if not self._changes.holds(found.basis, began) or not look.allows(found.basis, self._clock()):
            found.spoilt_at = monotonic()
        if key in self._answers and not found.is_as_new_as(self._answers[key]):
            return
        self._drop(key)
        self._answers[key] = found
        self._size += _size(key, found)
        for one in found.basis.subjects:
            self._by_subject[one].add(key)
        while self._size > _MOST:
            self._drop(next(iter(self._answers)))

    def _begun(self, key: _Key) -> None:
        """Forget an answer that has grown old: from now on somebody has seen a newer one."""
        if key in self._answers and self._answers[key].spoilt_at is not None:
            self._drop(key)

    def _drop(self, key: _Key) -> None:
        found = self._answers.pop(key, None)
        if found is None:
            return
        self._size -= _size(key, found)
        for one in found.basis.subjects:
            of_one = self._by_subject[one]
            of_one.discard(key)
            if not of_one:
                del self._by_subject[one]

    def _spoil(self, changes: Sequence[NumbersChange] | None) -> None:
        """Take note of what moved."""
        now = monotonic()
        if changes is None:
            spoilt = set(self._answers)
        else:
            spoilt = {
                key
                for change in changes
                for subject in change.concerns
                for key in self._by_subject.get(subject, ())
                if change.touches(self._answers[key].basis)
            }
        for key in spoilt:
            self._answers[key].spoilt_at = self._answers[key].spoilt_at or now


class _Content(NamedTuple):
    """An answer that was sent whole."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str


class _Capture:
    """Passes an answer on, and holds a copy while it may be remembered."""

    def __init__(
        self,
        send: Send,
        rests_on: list[AnswerBasis],
        *,
        begun: Callable[[], None],
        whole: Callable[[_Content], Awaitable[None]],
        private: Callable[[], None],
    ) -> None:
        """Call `begun` before anybody sees a part, then `whole` before the last one is sent.

        Call `private` as soon as it is known that nobody need wait for this: it is not remembered, or comes in parts.
        """
        self._send, self._rests_on = send, rests_on
        self._begun, self._whole, self._private = begun, whole, private
        self._headers: list[tuple[bytes, bytes]] | None = None
        self._parts: list[bytes] = []
        self._length = 0
        self.is_whole = False

    async def __call__(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self._begun()  # whoever has seen the new answer is never given the one before
            if self._rests_on and message["status"] == _OK:
                self._headers = list(message.get("headers", ()))
            else:
                self._private()
        elif message["type"] == "http.response.body" and self._headers is not None:
            await self._take(message.get("body", b""), more=message.get("more_body", False))
        await self._send(message)

    async def _take(self, part: bytes, *, more: bool) -> None:
        self._parts.append(part)
        self._length += len(part)
        if self._length > _LONGEST:
            self._headers = None
            self._parts.clear()
        if more:
            self._private()
        elif self._headers is not None:
            self.is_whole = True
            tag = next((value.decode("latin-1") for name, value in self._headers if name.lower() == b"etag"), "")
            await self._whole(_Content(self._headers, b"".join(self._parts), tag))


def _size(key: _Key, found: _Answer) -> int:
    """Give the bytes that an answer takes in memory, about."""
    said = sum(len(name) + len(value) for name, value in found.headers)
    parts = len(found.headers) + len(found.basis.subjects)
    return _BESIDE + parts * _BESIDE // 10 + len(key.path) + len(key.query) + said + len(found.body)


def _key(scope: Scope) -> _Key:
    headers = Headers(scope=scope)
    coding, forms, locale = coding_of(headers), form_ranks_of(headers), language_of(headers)
    return _Key(scope["path"], scope["query_string"], coding, forms, locale)


async def _give(found: _Answer, scope: Scope, send: Send) -> None:
    """Give an answer again, or say that who asks has it already."""
    condition = ", ".join(Headers(scope=scope).getlist("if-none-match"))
    if condition and found.tag and holds(condition, found.tag):
        headers = [one for one in found.headers if one[0].lower() not in _OF_CONTENT]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": found.headers})
    await send({"type": "http.response.body", "body": found.body})
