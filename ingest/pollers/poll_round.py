"""One turn of one sensor: what is missing is asked for, what is new is taken in, and only then the position moves."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from ingest.intake import Message
from ingest.pollers.client import AnswerFailedError, PollClient
from ingest.pollers.poller import PolledRow, PolledSensor, PollPage, PollSource, PollWindow
from ingest.pollers.position import PollPosition, Validator, is_final, registration
from ingest.pollers.positions import Positions
from ingest.pollers.windows import is_revision_due, windows
from schemas.device import Devices
from schemas.rejection import Rejection

_LOG = logging.getLogger("doorfiets.ingest.poll")
_MOST_PAGES: Final = 1_000
Take: TypeAlias = Callable[[Sequence[Message]], Awaitable[list[Rejection | None]]]
"""Returns when Kafka holds messages: of each its rejection, None where it was decoded."""


class TurnSummary(NamedTuple):
    """What came of a turn: messages taken in, rows that Kafka held already, and the refused ones of the messages."""

    sent: int = 0
    unchanged: int = 0
    rejections: tuple[Rejection, ...] = ()

    def and_(self, other: "TurnSummary") -> "TurnSummary":
        """Add up two of them."""
        return TurnSummary(self.sent + other.sent, self.unchanged + other.unchanged, self.rejections + other.rejections)


class PollRound:
    """Takes turns with sensors of one host; `devices` gives the registered ones, by which `take` decodes."""

    def __init__(
        self,
        client: PollClient,
        take: Take,
        positions: Positions,
        now: Callable[[], datetime],
        devices: Callable[[], Devices],
    ) -> None:
        self._client = client
        self._take = take
        self._positions = positions
        self._now = now
        self._devices = devices

    async def turn(self, source: PollSource, sensor: PolledSensor) -> TurnSummary:
        """Ask for everything that is missing of a sensor, window by window.

        What was taken in before something is raised is not asked for again, except for the window that was not
        finished. Raises AnswerFailedError or SourceRefusedError (client), LogUnavailableError (Kafka), and
        PositionUnreadableError.
        """
        self._positions.forget(source, sensor)
        position, now = self._positions.of(source, sensor), self._now()
        revised, summary = is_revision_due(position, now), TurnSummary()
        for window in windows(source, position, now):
            summary = summary.and_(await self._window(source, sensor, window, now))
        if revised:
            position.revised_at = now
            self._positions.save(source, sensor)
        return summary

    async def _window(self, source: PollSource, sensor: PolledSensor, window: PollWindow, now: datetime) -> TurnSummary:
        position, summary = self._positions.of(source, sensor), TurnSummary()
        validators: dict[str, Validator] = {}
        ends: set[datetime] = set()
        async with aclosing(self._pages(source, sensor, window, validators)) as pages:
            async for rows in pages:
                summary = summary.and_(await self._rows(source, sensor, rows, now))
                ends |= {row.ended_at for row in rows if row.ended_at is not None and row.ended_at <= now}
        _tell_gap(source, sensor, position, ends)
        position.advance(ends, window.end, source.back)
        position.validators = validators
        self._positions.save(source, sensor)
        return summary

    async def _pages(
        self,
        source: PollSource,
        sensor: PolledSensor,
        window: PollWindow,
        validators: dict[str, Validator],
    ) -> AsyncGenerator[list[PolledRow], None]:
        """Yield the rows of each page of a window, none of a page that has not changed; collect their validators.

        A page of which a row was refused, or has not ended, is read again though it has not changed.
        """
        position = self._positions.of(source, sensor)
        request = source.poller.ask(source, sensor, window)
        for _ in range(_MOST_PAGES):
            before = position.validators.get(request.url) if request.body is None else None
            body, after = await self._client.fetch(source, request, before)
            if body is None and before is not None:
                page, after = PollPage([], before.following), before
            else:
                page = source.poller.split(sensor, request, body or b"")
            yield page.rows
            if after and all(map(position.holds, page.rows)):
                validators[request.url] = msgspec.structs.replace(after, following=page.following)
            if page.following is None:
                return
            request = page.following
        raise AnswerFailedError(f"more than {_MOST_PAGES} pages for one window")

    async def _rows(
        self, source: PollSource, sensor: PolledSensor, rows: Sequence[PolledRow], now: datetime
    ) -> TurnSummary:
        """Take in what is new of some rows, and remember it: when that is on disk, Kafka has held it before.

        What was refused is sent again when something else is registered of the sensor, which may make it readable.
        """
        position = self._positions.of(source, sensor)
        registered = registration(self._devices().get(sensor.sensor))
        news = position.news(rows, now, registered)
        unchanged = sum(is_final(row, now) for row in rows) - len(news)
        if not news:
            return TurnSummary(0, unchanged)
        rejections = await self._take([Message(source.topic(sensor), row.payload) for row in news])
        position.hold(row for row, refused in zip(news, rejections, strict=True) if not refused)
        position.refuse((row for row, refused in zip(news, rejections, strict=True) if refused), registered)
        self._positions.save(source, sensor)
        return TurnSummary(len(news), unchanged, tuple(refused for refused in rejections if refused))


def _tell_gap(source: PollSource, sensor: PolledSensor, position: PollPosition, ends: set[datetime]) -> None:
    """Log what a publisher that forgets has forgotten meanwhile."""
    memory = source.poller.memory
    if memory and position.held and ends and min(ends) - position.held > memory:
        _LOG.warning(
            "there is a gap: the publisher gives newer values only; import its archive",
            extra={"source": source.name, "sensor": sensor.label, "from": position.held, "to": min(ends)},
        )
