"""Refused messages decoded again, by the present dialects and the devices that are registered now."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

import msgspec

from ingest.dialects.decoder import decode
from ingest.replay.raw_log import RawLog, ReceptionPeriod
from ingest.replay.refused_messages import RefusedMessage
from schemas.device import Devices
from schemas.observation import Observation, RawMessage
from schemas.rejection import Rejection
from schemas.replay import OUTCOMES, RefusalReason
from schemas.sealed import sealed_on
from schemas.topics import partition_of

STORE: Final = "observation"
"""The dialect of what `store` refused: the payload is a JSON list of observations."""

_FIRST_AND_LAST: Final = 2

Open: TypeAlias = Callable[[bytes], bytes | None]
"""Returns the bytes that were sealed; None where their key is gone."""
Outcome: TypeAlias = list[Observation] | RefusalReason


def never_opened(_sealed: bytes) -> None:
    """Open nothing: of those who have no keys."""


class _FoundReceptions(NamedTuple):
    """What topic `raw` has of refused messages: by when it was received, and of repeated ones by what they say."""

    moments: dict[datetime, list[RawMessage]]
    repeated: dict[tuple[str, bytes], set[datetime]]


class MessageDialects:
    """Decodes what stays of messages; `devices` gives the registered ones at any time, `opened` breaks seals."""

    def __init__(self, log: RawLog, devices: Callable[[], Devices], opened: Open, partitions: int) -> None:
        self._log = log
        self._devices = devices
        self._opened = opened
        self._partitions = partitions

    def message(self, topic: str, payload: bytes, received_at: datetime) -> Outcome:
        """Decode one message as it stands in topic `raw`, or as it was refused at the door."""
        if sealed_on(payload) is None:
            content: bytes | None = payload
        elif (content := self._opened(payload)) is None:
            return RefusalReason("key_gone", OUTCOMES["key_gone"])
        outcome = decode(topic, content or b"", received_at, self._devices())
        return RefusalReason(outcome.reason, outcome.detail) if isinstance(outcome, Rejection) else outcome

    async def refused(self, messages: Sequence[RefusedMessage]) -> list[Outcome]:
        """Decode refused messages, each at all its receptions.

        Of what `store` refused the message is looked up in topic `raw`, as its device may have another profile now;
        where that does not go back so far, it is what was decoded then.
        """
        found = await self._find(messages)
        return [self._again(one, found) for one in messages]

    def _again(self, message: RefusedMessage, found: _FoundReceptions) -> Outcome:
        if message.payload is None:
            return RefusalReason("not_kept", OUTCOMES["not_kept"])
        if message.dialect == STORE:
            return self._stored_as(message, bytes(message.payload), found)
        moments = {message.first_received_at, message.last_received_at}
        moments |= found.repeated.get((message.topic, bytes(message.payload)), set())
        return _joined(self.message(message.topic, bytes(message.payload), at) for at in sorted(moments))

    def _stored_as(self, message: RefusedMessage, payload: bytes, found: _FoundReceptions) -> Outcome:
        decoded = _observations(payload)
        if not decoded:
            return RefusalReason("unreadable", "kept in a form that this version does not read")
        for raw in found.moments.get(decoded[0].received_at, []):
            outcome = self.message(raw.topic, raw.payload, raw.received_at)
            if isinstance(outcome, list) and outcome[0].sensor == message.sensor:
                return outcome
        return decoded

    async def _find(self, messages: Sequence[RefusedMessage]) -> _FoundReceptions:
        found, periods = _FoundReceptions({}, {}), dict[int, ReceptionPeriod]()
        for one in messages:
            if one.payload is None:
                continue
            if one.dialect == STORE:
                if not (decoded := _observations(bytes(one.payload))):
                    continue
                moment = decoded[0].received_at
                found.moments[moment] = []
                self._extend(periods, one.sensor, ReceptionPeriod(moment, moment))
            elif one.receptions > _FIRST_AND_LAST:
                found.repeated[one.topic, bytes(one.payload)] = set()
                self._extend(periods, one.sensor, ReceptionPeriod(one.first_received_at, one.last_received_at))
        await self._look_up(found, periods)
        return found

    async def _look_up(self, found: _FoundReceptions, periods: dict[int, ReceptionPeriod]) -> None:
        missing = len(found.moments)
        if not periods:
            return
        async with aclosing(self._log.read(periods)) as records:
            async for record in records:
                for one in record.messages:
                    if (same := found.moments.get(one.received_at)) is not None:
                        missing -= not same
                        same.append(one)
                    if (moments := found.repeated.get((one.topic, one.payload))) is not None:
                        moments.add(one.received_at)
                if not missing and not found.repeated:
                    return

    def _extend(self, periods: dict[int, ReceptionPeriod], sensor: str | None, by: ReceptionPeriod) -> None:
        """Add a period to that of the partition of a sensor; what names no sensor may be in any."""
        parts = [partition_of(sensor, self._partitions)] if sensor else range(self._partitions)
        for part in parts:
            known = periods.get(part, by)
            periods[part] = ReceptionPeriod(min(known.since, by.since), max(known.until, by.until))


def _joined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return all observations of the receptions of one message; the refusal where it is refused at all of them."""
    refusal: RefusalReason | None = None
    observations: list[Observation] = []
    for outcome in outcomes:
        if isinstance(outcome, list):
            observations += outcome
        else:
            refusal = outcome
    return observations or refusal or RefusalReason("not_kept", OUTCOMES["not_kept"])


def _observations(payload: bytes) -> list[Observation]:
    """Return what `store` was given and refused; nothing where another version kept it in a form that is not ours."""
    try:
        return msgspec.json.decode(payload, type=list[Observation])
    except msgspec.MsgspecError:
        return []
