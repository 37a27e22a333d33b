"""Replays of refused messages: assessed first, then published to topic `observations`, then marked."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from ingest.bridge.pipeline import FrameLog
from ingest.packer import Packer
from ingest.replay.decoding import MessageDialects, Outcome
from ingest.replay.refused_messages import PAGE, RefusedMessage, ReplayDatabase
from schemas.observation import Observation
from schemas.replay import STORED, MessageResult, RefusalReason, RejectionSelection, ReplaySummary
from schemas.topics import OBSERVATIONS, partition_of

MOST_REPLAYS: Final = 3
"""How often a refused message is published again without a hand, at most."""

_LOG = logging.getLogger("doorfiets.ingest.replay")
_UNKNOWN_SENSOR: Final = "unknown_sensor"
_UNKNOWN_SOURCE: Final = "unknown_source"
_HALF: Final = 2

Tell: TypeAlias = Callable[[MessageResult], None]
Pages: TypeAlias = AsyncIterator[list[RefusedMessage]]


class Verdicts(Protocol):
    """Says what `store` would do: `streams.verdicts.RegistryVerdicts`."""

    async def read(self) -> None:
        """Read the registry as it is now."""

    def refusals(self, observations: Sequence[Observation]) -> list[RefusalReason | None]:
        """Return of each observation why it would be refused, None where it would be stored."""


class ObservationPublisher:
    """Publishes observations to the partitions of their sensors."""

    def __init__(self, log: FrameLog, packer: Packer, partitions: int) -> None:
        self._log = log
        self._packer = packer
        self._partitions = partitions

    @property
    def partitions(self) -> range:
        """Return the partitions of every topic."""
        return range(self._partitions)

    def partition(self, sensor: str) -> int:
        """Return the partition of a sensor, in every topic."""
        return partition_of(sensor, self._partitions)

    async def publish(self, observations: Iterable[Observation]) -> None:
        """Return when Kafka holds all of them; raise LogUnavailableError where it does not take them."""
        parts: dict[int, list[Observation]] = {}
        for one in observations:
            parts.setdefault(self.partition(one.sensor), []).append(one)
        if parts:
            await self._log.deliver(list(self._packer.pack(OBSERVATIONS.name, parts)))


class ReplayedMessage(NamedTuple):
    """A refused message, what becomes of it, and what of it is to be published."""

    message: RefusedMessage
    result: MessageResult
    observations: list[Observation]


class RejectionReplay:
    """Decodes refused messages again, and publishes what `store` would take of them."""

    def __init__(
        self, database: ReplayDatabase, decoder: MessageDialects, verdicts: Verdicts, publisher: ObservationPublisher
    ) -> None:
        self._database = database
        self._decoder = decoder
        self._verdicts = verdicts
        self._publisher = publisher

    async def preview(self, selection: RejectionSelection, tell: Tell) -> ReplaySummary:
        """Say what would become of each message of a selection; nothing is published or marked."""
        await self._verdicts.read()
        return await self._all(self._selected(selection), tell, self._assessed)

    async def replay(self, selection: RejectionSelection, tell: Tell) -> ReplaySummary:
        """Publish what can be stored of a selection, and note what became of each message.

        It may be ended at any moment and done again: what was published twice is stored once.
        """
        await self._verdicts.read()
        return await self._all(self._selected(selection), tell, self._published)

    async def replay_registered(self, tell: Tell, *, untried: bool) -> ReplaySummary:
        """Publish what was refused as of an unknown sensor and can be stored now; see `registered_now`."""
        await self._verdicts.read()
        return await self._all(self._registered(untried=untried), tell, self._published_unless_wrong)

    async def _all(
        self, pages: Pages, tell: Tell, treat: Callable[[list[RefusedMessage]], Awaitable[list[ReplayedMessage]]]
    ) -> ReplaySummary:
        counts = SummaryCounts()
        async for page in pages:
            for one in await treat(page):
                counts.add(one.result, one.message.reason)
                tell(one.result)
        return counts.summary()

    async def _published_unless_wrong(self, page: list[RefusedMessage]) -> list[ReplayedMessage]:
        """Publish nothing of a page that is refused for the most part, and for another reason than before."""
        refused = Counter(one.result.outcome for one in await self._assessed(page))
        taken = refused.pop(STORED, 0)
        reason, most = next(iter(Counter(refused - Counter({_UNKNOWN_SENSOR: PAGE})).most_common(1)), ("", 0))
        if not taken or most * _HALF <= len(page):
            return await self._published(page)
        _LOG.error(
            "most of what was refused as of an unknown sensor is refused again for one other reason, which is probably "
            "a fault of a profile or of the program: nothing of it is published. Look at `doorfiets rejections replay "
            "--reason unknown_sensor --dry-run`",
            extra={"reason": reason, "messages": most, "of": len(page)},
        )
        return []

    async def _published(self, page: list[RefusedMessage]) -> list[ReplayedMessage]:
        at = await self._database.clock()
        assessed = await self._assessed(page)
        await self._publisher.publish(seen for one in assessed for seen in one.observations)
        await self._database.mark(at, [one.result for one in assessed])
        return assessed

    async def _assessed(self, page: list[RefusedMessage]) -> list[ReplayedMessage]:
        outcomes = await self._decoder.refused(page)
        return [self._assess(message, outcome) for message, outcome in zip(page, outcomes, strict=True)]

    def _assess(self, message: RefusedMessage, outcome: Outcome) -> ReplayedMessage:
        if isinstance(outcome, RefusalReason):
            return ReplayedMessage(message, _refused(message, outcome), [])
        refusals = self._verdicts.refusals(outcome)
        taken = [seen for seen, refusal in zip(outcome, refusals, strict=True) if refusal is None]
        refused = [one for one in refusals if one is not None and one.reason != _UNKNOWN_SOURCE]
        if refused or not taken:
            result = _refused(message, (refused or [one for one in refusals if one is not None])[0], taken)
        else:
            result = _result(message, STORED, "", taken)
        unregistered = [] if not taken else _of(outcome, refusals, _UNKNOWN_SOURCE)  # `store` notes them
        return ReplayedMessage(message, result, taken + unregistered)

    async def _selected(self, selection: RejectionSelection) -> Pages:
        page: list[RefusedMessage] = []
        while page := await self._database.selected(selection, page[-1] if page else None):
            yield page
            if len(page) < PAGE:
                return

    async def _registered(self, *, untried: bool) -> Pages:
        page: list[RefusedMessage] = []
        while page := await self._database.registered_now(
            page[-1] if page else None, untried=untried, most=MOST_REPLAYS
        ):
            yield page
            if len(page) < PAGE:
                return


class SummaryCounts:
    """Counts what becomes of messages."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._anew: Counter[str] = Counter()
        self._readings = self._emptied = 0

    def add(self, result: MessageResult, before: str | None = None) -> None:
        """Count one message, which was refused for the reason `before`; None where it was not."""
        self._outcomes[result.outcome] += 1
        self._readings += result.readings
        self._emptied += result.emptied
        if result.outcome == before:
            self._anew[before] += 1

    def summary(self) -> ReplaySummary:
        """Return the counts."""
        total = self._outcomes.total()
        reason, most = next(iter(self._anew.most_common(1)), (None, 0))
        stopped = reason if most * _HALF > total and self._readings else None
        return ReplaySummary(total, dict(self._outcomes), self._readings, self._emptied, dict(self._anew), stopped)


def _of(
    observations: Sequence[Observation], refusals: Sequence[RefusalReason | None], reason: str
) -> list[Observation]:
    """Return the observations that are refused for a reason."""
    return [
        seen
        for seen, refusal in zip(observations, refusals, strict=True)
        if refusal is not None and refusal.reason == reason
    ]


def _refused(message: RefusedMessage, why: RefusalReason, taken: Sequence[Observation] = ()) -> MessageResult:
    return _result(message, why.reason, why.detail, taken)


def _result(message: RefusedMessage, outcome: str, detail: str, taken: Sequence[Observation]) -> MessageResult:
    sensor = message.sensor or (taken[0].sensor if taken else "")
    return MessageResult(
        message.id, message.topic, sensor, message.first_received_at, outcome, detail, len(taken), sources_of(taken)
    )


def sources_of(observations: Iterable[Observation]) -> tuple[str, ...]:
    """Return the sources of observations, each once."""
    return tuple(sorted({one.source for one in observations}))
