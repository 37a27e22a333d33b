"""What sources said before somebody registered them: `store` passes it over, and topic `raw` has it for thirty days."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final

from ingest.dialects.decoder import sensor_of
from ingest.replay.decoding import MessageDialects
from ingest.replay.raw_log import RawLog, ReceptionPeriod
from ingest.replay.refused_messages import RegisteredSources, ReplayDatabase
from ingest.replay.replayer import ObservationPublisher, Verdicts
from schemas.observation import Observation, RawMessage

_BATCH: Final = 5000  # observations that are published together


class SourceReplay:
    """Publishes what sources said that are registered now, as far as topic `raw` goes back."""

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

    async def replay_registered(self) -> int:
        """Publish what they said, mark them, and return how many readings that were.

        A process that ends in the middle begins again: what was published twice is stored once.
        """
        await self._database.forget_sources()
        published = 0
        while ones := await self._database.registered_sources():
            at = await self._database.clock()
            await self._verdicts.read()
            published += await self._publish(ones, at)
            for one in ones:
                await self._database.mark_sources(at, one)
        return published

    async def _publish(self, ones: Sequence[RegisteredSources], until: datetime) -> int:
        wanted = {one.sensor: one for one in ones}
        published, batch = 0, list[Observation]()
        async with aclosing(self._log.read(self._periods(ones, until))) as records:
            async for record in records:
                for message in record.messages:
                    batch += self._taken(message, wanted)
                if len(batch) >= _BATCH:
                    await self._publisher.publish(batch)
                    published, batch = published + len(batch), []
        await self._publisher.publish(batch)
        return published + len(batch)

    def _periods(self, ones: Sequence[RegisteredSources], until: datetime) -> dict[int, ReceptionPeriod]:
        periods: dict[int, ReceptionPeriod] = {}
        for one in ones:
            part = self._publisher.partition(one.sensor)
            known = periods.get(part)
            periods[part] = ReceptionPeriod(min(known.since, one.since) if known else one.since, until)
        return periods

    def _taken(self, message: RawMessage, wanted: dict[str, RegisteredSources]) -> list[Observation]:
        """Return what a message says of the wanted sources, as far as it would be stored."""
        sensor = sensor_of(message.topic)
        if sensor is not None and sensor not in wanted:
            return []
        decoded = self._decoder.message(message.topic, message.payload, message.received_at)
        if not isinstance(decoded, list):
            return []
        said = [one for one in decoded if one.sensor in wanted and one.source in wanted[one.sensor].sources]
        refusals = self._verdicts.refusals(said)
        return [one for one, refusal in zip(said, refusals, strict=True) if refusal is None]
