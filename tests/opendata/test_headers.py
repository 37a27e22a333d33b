"""The layer round the site: what is asked with HEAD has a head, and costs no more than that."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message

from opendata.headers import Headers
from opendata.packing import PackedAnswers

pytestmark = pytest.mark.contracts

START: Final = "http.response.start"


async def sent_by(app: ASGIApp, method: str) -> list[Message]:
    """Ask an app within the layer; whoever asks stays there."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"spec_version": "2.3"},
        "method": method,
        "path": "/v1/tellingen",
        "query_string": b"",
        "headers": [],
    }
    async with asyncio.timeout(5):
        await Headers(PackedAnswers(app))(scope, receive, send)
    return sent


@pytest.mark.parametrize("packed", [b"gzip", b"identity"])
async def test_the_head_of_a_sheet_is_not_the_whole_sheet(packed: bytes) -> None:
    """What is written as it is read ends after its head; what it has open is closed."""
    parts = 0
    closed = asyncio.Event()

    async def lines() -> AsyncIterator[str]:
        nonlocal parts
        try:
            while parts < 100_000:
                parts += 1
                yield "a;b\n" * 1_000
                await asyncio.sleep(0)
        finally:
            closed.set()

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as Starlette calls it
        scope["headers"] = [(b"accept-encoding", packed)]
        await StreamingResponse(lines(), media_type="text/csv")(scope, receive, send)

    sent = await sent_by(app, "HEAD")
    assert [one["type"] for one in sent] == [START, "http.response.body"]
    assert (sent[1]["body"], sent[1].get("more_body", False)) == (b"", False)
    assert closed.is_set()
    assert parts < 10


async def test_the_head_of_an_answer_is_that_of_the_answer() -> None:
    """With the length of what it leaves out."""
    app = PlainTextResponse("hallo")
    head, whole = await sent_by(app, "HEAD"), await sent_by(app, "GET")
    assert head[0] == whole[0]
    assert [one.get("body") for one in head[1:]] == [b""]
