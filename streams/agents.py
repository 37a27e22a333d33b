"""The Faust agents, each a few lines around functions that do not depend on Faust."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

import faust

from schemas.frames import Frame
from schemas.topics import CHANGES, OBSERVATIONS, RECEIPTS, REJECTIONS, Topic
from streams.domain.fence import Record

_FRAMES: Final = 20  # in one transaction at most: 10,000 observations
_WITHIN: Final = 0.05  # seconds for which a batch is collected after its first frame

StoreRecords: TypeAlias = Callable[[Sequence[Record]], Awaitable[bool]]
"""Stores records and returns whether anything changed; where it cannot, the process ends."""


def attach_store(
    app: faust.App, observations: StoreRecords, rejections: StoreRecords, receipts: Callable[[], Sequence[Frame]]
) -> None:
    """Attach the agents that store both topics; concurrency 1, so that acknowledgements stay in order.

    `receipts` gives what senders are to be told of what was stored.
    """
    changes, topic = _raw(app, CHANGES), _raw(app, RECEIPTS)

    @app.agent(_raw(app, OBSERVATIONS), concurrency=1, name="store-observations")  # type: ignore[untyped-decorator]
    async def _(stream: faust.StreamT[bytes]) -> None:
        async for events in stream.noack_take(_FRAMES, within=_WITHIN):
            changed = await observations([_record(event) for event in events])
            _acknowledge(events)
            await _send(topic, receipts())
            if changed:
                await changes.send(value=b"")

    @app.agent(_raw(app, REJECTIONS), concurrency=1, name="store-rejections")  # type: ignore[untyped-decorator]
    async def _(stream: faust.StreamT[bytes]) -> None:
        async for events in stream.noack_take(_FRAMES, within=_WITHIN):
            await rejections([_record(event) for event in events])
            _acknowledge(events)
            await _send(topic, receipts())


def attach_aggregate(app: faust.App, wake: Callable[[], None]) -> None:
    """Attach the agent that calls `wake` for each hint on `changes`; a lost hint delays by a second at most."""

    @app.agent(_raw(app, CHANGES), concurrency=1, name="aggregate-changes")  # type: ignore[untyped-decorator]
    async def _(stream: faust.StreamT[bytes]) -> None:
        async for _hint in stream:
            wake()


def _raw(app: faust.App, topic: Topic) -> Any:  # noqa: ANN401 - the library ships no types
    return app.topic(topic.name, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")


async def _send(topic: Any, frames: Sequence[Frame]) -> None:  # noqa: ANN401 - the library ships no types
    for frame in frames:
        await topic.send(value=frame.value, headers=frame.headers)


def _record(event: Any) -> Record:  # noqa: ANN401 - the library ships no types
    message = event.message
    return Record(message.partition, message.offset, message.value, list(dict(message.headers or ()).items()))


def _acknowledge(events: Sequence[Any]) -> None:
    for event in events:
        event.ack()
