"""One host as a worker: its sensors take turns, what fails waits, and what becomes of each turn is reported."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from re import fullmatch
from typing import Final, NamedTuple

from ingest.dialects.decoder import NOBODY, sensor_of
from ingest.kafka_log import LogUnavailableError
from ingest.pollers.client import AnswerFailedError, PollClient, SourceRefusedError
from ingest.pollers.poll_round import PollRound, Take, TurnSummary
from ingest.pollers.poller import AnswerUnreadableError, PolledSensor, PollRequest, PollSource
from ingest.pollers.positions import Positions, PositionUnreadableError
from ingest.pollers.schedule import PollSchedule, PollTask
from schemas.device import Devices
from schemas.topics import SENSOR_ID

_LOG = logging.getLogger("doorfiets.ingest.poll")
_MOST_LISTS: Final = 100  # pages of a list of sensors
_IDLE: Final = 60.0


class TurnReport(NamedTuple):
    """What became of one turn: of which source and sensor, what was taken in, and what was wrong (empty: nothing).

    Of a sensor that is `unregistered` nothing was fetched.
    """

    source: str
    sensor: str
    summary: TurnSummary
    held: datetime | None
    problem: str = ""
    unregistered: bool = False


def everybody(_sensor: str) -> bool:
    """Take every sensor as registered, where there is no directory of them."""
    return True


class PollHost:
    """Polls the sources of one host, one request after the other; `devices` gives the registered ones.

    `registered` tells whether the directory has a sensor, by its name here. Of others nothing is fetched and no
    position moves: what was fetched would be refused, and not fetched again.
    """

    def __init__(
        self,
        sources: Sequence[PollSource],
        take: Take,
        positions: Positions,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        devices: Callable[[], Devices] = lambda: NOBODY,
        registered: Callable[[str], bool] = everybody,
    ) -> None:
        strictest = min(
            (source.poller.limit for source in sources), key=lambda limit: limit.requests / limit.per.total_seconds()
        )
        self._client = PollClient(strictest, now, sleep)
        self._round = PollRound(self._client, take, positions, now, devices)
        self._schedule = PollSchedule(sources, now())
        self._positions = positions
        self._now = now
        self._sleep = sleep
        self._registered = registered
        self.unregistered: set[tuple[str, str]] = set()
        """The sensors that waited for being registered at their last turn, by name of the poller and sensor."""
        self.messages: Counter[tuple[str, str]] = Counter()
        """Messages by name of the poller and outcome, `taken` or the reason of a rejection."""
        self.held: dict[tuple[str, str], datetime] = {}
        """The end of the newest interval that Kafka holds, by name of the poller and sensor."""

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        """Return the requests so far by name of the poller and status."""
        return self._client.statuses

    @property
    def failing(self) -> Counter[str]:
        """Return how many sensors fail, by name of the poller."""
        return self._schedule.failing()

    async def work(self) -> None:
        """Take turns until cancelled."""
        while True:
            task = self._schedule.next()
            wait = (task.due - self._now()).total_seconds() if task else _IDLE
            if task is None or wait > 0:
                await self._sleep(min(wait, _IDLE))
            else:
                await self.turn(task)

    async def once(self) -> list[TurnReport]:
        """Give every sensor one turn, and return what became of each; raise LogUnavailableError without Kafka."""
        had: list[PollTask] = []
        reports: list[TurnReport] = []
        while task := self._schedule.other_than(had):
            had.append(task)
            reports.append(await self.turn(task))
        return [one for one in reports if one.sensor or one.problem]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def turn(self, task: PollTask) -> TurnReport:
        """Take one turn, plan the next one, and log what became of it."""
        if task.sensor and not self._is_registered(task.source, task.sensor):
            self._schedule.unregistered(task, self._now())
            return TurnReport(task.source.name, task.sensor.label, TurnSummary(), None, unregistered=True)
        summary, problem = TurnSummary(), ""
        try:
            summary = await self._taken(task)
            self._schedule.done(task, self._now())
        except (SourceRefusedError, PositionUnreadableError) as refused:
            problem = str(refused)
            self._schedule.refused(task, self._now(), whole=getattr(refused, "whole", False))
            _LOG.error("%s; it is tried again in an hour", problem, extra=_place(task))
        except (AnswerFailedError, AnswerUnreadableError, OSError) as failed:
            problem = str(failed)
            self._put_off(task, problem)
        except LogUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - whatever an answer makes a poller do ends that turn, not the others
            problem = f"{type(bug).__name__} while it was polled"
            self._schedule.failed(task, self._now())
            _LOG.exception("a poller failed on an answer; the others go on", extra=_place(task))
        return self._report(task, summary, problem)

    def _is_registered(self, source: PollSource, sensor: PolledSensor) -> bool:
        """Look whether a sensor is registered; when it is not any more, or for the first time, that is logged once."""
        name, place = sensor_of(source.topic(sensor)) or sensor.sensor, (source.name, sensor.label)
        if self._registered(name):
            self.unregistered.discard(place)
            return True
        if place not in self.unregistered:
            _LOG.warning(
                "%s is not registered: nothing is fetched for it; register it first",
                name,
                extra={"source": source.name, "sensor": sensor.label},
            )
        self.unregistered.add(place)
        return False

    async def _taken(self, task: PollTask) -> TurnSummary:
        if task.sensor is None:
            self._schedule.found(task.source, await self._find(task.source), self._now())
            return TurnSummary()
        return await self._round.turn(task.source, task.sensor)

    def _put_off(self, task: PollTask, problem: str) -> None:
        self._schedule.failed(task, self._now())
        _LOG.warning(
            "no answer that can be used; it is asked again",
            extra={**_place(task), "problem": problem, "again_at": task.due},
        )

    def _report(self, task: PollTask, summary: TurnSummary, problem: str) -> TurnReport:
        """Count what became of a turn, and log it where something was taken in."""
        if task.sensor is None:
            return TurnReport(task.source.name, "", summary, None, problem)
        name, label = task.source.name, task.sensor.label
        try:
            held = self._positions.of(task.source, task.sensor).held
        except PositionUnreadableError:
            held = None
        if held is not None:
            self.held[name, label] = held
        reasons = Counter(one.reason for one in summary.rejections)
        self.messages[name, "taken"] += summary.sent - reasons.total()
        for reason, number in reasons.items():
            self.messages[name, reason] += number
        if summary.sent:
            counts = {
                "messages": summary.sent,
                "unchanged": summary.unchanged,
                "rejections": dict(reasons),
                "held": held,
            }
            _LOG.info("taken in", extra={**_place(task), **counts})
        return TurnReport(name, label, summary, held, problem)

    async def _find(self, source: PollSource) -> list[PolledSensor]:
        """Ask for the sensors of a source, page by page; names that are none of a sensor are logged and left out."""
        found: list[PolledSensor] = []
        waiting = list(source.poller.find(source)) if source.poller.find else []
        for _ in range(_MOST_LISTS):
            if not waiting:
                break
            answer = await self._client.fetch(source, waiting.pop())
            sensors, following = source.poller.found(answer.body or b"") if source.poller.found else ([], None)
            found += sensors
            waiting += [PollRequest(following)] if following else []
        named = [one for one in found if fullmatch(SENSOR_ID, one.sensor)]
        _LOG.info("found", extra={"source": source.name, "sensors": len(named), "left_out": len(found) - len(named)})
        return named


def _place(task: PollTask) -> dict[str, str]:
    return {"source": task.source.name, "sensor": task.label}
