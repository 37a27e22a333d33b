"""Replays of topic `raw`: what was received is decoded again, and what it says now stands over what it said then."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from ingest.dialects.decoder import dialect_of, sensor_of
from ingest.replay.decoding import MessageDialects
from ingest.replay.raw_log import RawLog, ReceptionPeriod
from ingest.replay.refused_messages import ReplayDatabase, StandingReading
from ingest.replay.replayer import ObservationPublisher, SummaryCounts, Tell, Verdicts, sources_of
from schemas.observation import Observation, RawMessage
from schemas.replay import CORRECTED, OUTCOMES, SAME, MessageResult, RawSelection, RefusalReason, ReplaySummary

_BATCH: Final = 2000  # messages
_BACK: Final = timedelta(days=31)  # before its reception: a live message tells of thirty days at most
_AHEAD: Final = timedelta(hours=1)
_TICK: Final = timedelta(microseconds=1)
_PASSED_OVER: Final = frozenset({"unknown_source", "unknown_sensor"})

Key: TypeAlias = tuple[str, str, object, object]


class _Decoded(NamedTuple):
    message: RawMessage
    sensor: str
    observations: list[Observation]
    refusal: RefusalReason | None


class _Compared(NamedTuple):
    result: MessageResult
    was_taken: bool
    observations: list[Observation]


class RawReplay:
    """Decodes what was received again, with the present dialects and profiles, and publishes what they say."""

    def __init__(
        self,
        database: ReplayDatabase,
        log: RawLog,
        decoder: MessageDialects,
        verdicts: Verdicts,
        publisher: ObservationPublisher,
    ) -> None:
        self._database = database
        self._log = log
        self._decoder = decoder
        self._verdicts = verdicts
        self._publisher = publisher

    async def preview(self, selection: RawSelection, tell: Tell) -> ReplaySummary:
        """Say what would become of each message; nothing is published."""
        return await self._all(selection, tell, publishes=False)

    async def replay(self, selection: RawSelection, tell: Tell) -> ReplaySummary:
        """Publish what the messages say now, with the time of their reception and that of this decoding.

        What stands of a message and is not in it any more is published as not measured. A message that was corrected
        by a later one since stays corrected. It may be ended at any moment and done again.
        """
        return await self._all(selection, tell, publishes=True)

    async def _all(self, selection: RawSelection, tell: Tell, *, publishes: bool) -> ReplaySummary:
        await self._verdicts.read()
        decoded_at, counts = await self._database.clock(), SummaryCounts()
        async for batch in self._messages(selection):
            compared = await self._compare([one for one in map(self._decode, batch) if _fits(one, selection)])
            if publishes:
                await self._publisher.publish(
                    replace(seen, decoded_at=decoded_at) for one in compared for seen in one.observations
                )
            for one in compared:
                refused_anew = one.was_taken and one.result.outcome not in OUTCOMES
                counts.add(one.result, one.result.outcome if refused_anew else None)
                tell(one.result)
        return counts.summary()

    async def _messages(self, selection: RawSelection) -> AsyncIterator[list[RawMessage]]:
        """Read the log partition by partition, so that a batch is of few sensors."""
        parts = sorted({self._publisher.partition(one) for one in selection.sensors} or self._publisher.partitions)
        period = ReceptionPeriod(selection.since, selection.until - _TICK)
        batch: list[RawMessage] = []
        for part in parts:
            async with aclosing(self._log.read({part: period})) as records:
                async for record in records:
                    batch += [one for one in record.messages if _may_fit(one, selection)]
                    if len(batch) >= _BATCH:
                        yield batch
                        batch = []
        if batch:
            yield batch

    def _decode(self, message: RawMessage) -> _Decoded:
        outcome = self._decoder.message(message.topic, message.payload, message.received_at)
        if isinstance(outcome, RefusalReason):
            return _Decoded(message, sensor_of(message.topic) or "", [], outcome)
        return _Decoded(message, outcome[0].sensor, outcome, None)

    async def _compare(self, decoded: Sequence[_Decoded]) -> list[_Compared]:
        standing = await self._standing(decoded)
        return [self._compared(one, standing[one.sensor, one.message.received_at]) for one in decoded]

    async def _standing(self, decoded: Sequence[_Decoded]) -> dict[tuple[str, datetime], list[StandingReading]]:
        found: dict[tuple[str, datetime], list[StandingReading]] = defaultdict(list)
        if not decoded:
            return found
        received = [one.message.received_at for one in decoded]
        starts = [seen.started_at for one in decoded for seen in one.observations]
        low, high = min([min(received) - _BACK, *starts]), max([max(received) + _AHEAD, *starts])
        for reading in await self._database.standing(sorted({one.sensor for one in decoded}), received, low, high):
            found[reading.sensor, reading.received_at].append(reading)
        return found

    def _compared(self, decoded: _Decoded, standing: Sequence[StandingReading]) -> _Compared:
        refusals = self._verdicts.refusals(decoded.observations)
        pairs = list(zip(decoded.observations, refusals, strict=True))
        taken = [seen for seen, refusal in pairs if refusal is None]
        said = {_key(seen): seen.value for seen in taken}
        emptied = self._would_store(_empty(one) for one in standing if _key(one) not in said)
        differs = emptied or any(said[_key(one)] != one.value for one in standing if _key(one) in said)
        refused = [one for one in refusals if one is not None and one.reason not in _PASSED_OVER]
        why = decoded.refusal or next(iter(refused), None)
        outcome = why.reason if why else CORRECTED if differs else SAME
        result = MessageResult(
            "", decoded.message.topic, decoded.sensor, decoded.message.received_at, outcome, why.detail if why else "",
            len(taken), sources_of(taken), len(emptied),
        )  # fmt: skip
        return _Compared(result, bool(standing), taken + emptied)

    def _would_store(self, observations: Iterable[Observation]) -> list[Observation]:
        ones = list(observations)
        return [one for one, refusal in zip(ones, self._verdicts.refusals(ones), strict=True) if refusal is None]


def _may_fit(message: RawMessage, selection: RawSelection) -> bool:
    """Tell whether a message may be of a selection, by its topic."""
    known = dialect_of(message.topic)
    if selection.topics and message.topic not in selection.topics:
        return False
    if selection.dialects and (known is None or known[0].name not in selection.dialects):
        return False
    return not (selection.sensors and known and known[1] and known[1] not in selection.sensors)


def _fits(decoded: _Decoded, selection: RawSelection) -> bool:
    """Tell whether a message is of a selection, by the sensor that it turned out to be of."""
    return not selection.sensors or decoded.sensor in selection.sensors


def _key(one: Observation | StandingReading) -> Key:
    """Return what a reading is the measurement of (record 24)."""
    if one.started_at != one.ended_at:
        return one.source, "interval", one.started_at, None
    if one.number is not None:
        return one.source, "number", one.run, one.number
    return one.source, "instant", one.ended_at, None


def _empty(one: StandingReading) -> Observation:
    """Return what says that a message holds no such value: at its place, and with its place in the sequence."""
    return Observation(
        one.sensor, one.source, one.started_at, one.ended_at, None, 0.0, one.received_at, 0, one.run, one.number
    )
