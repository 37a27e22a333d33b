"""What one transaction of `store` notes of messages that earn receipts, and what their senders are told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from schemas.observation import Observation
from schemas.receipt import NumberedMessage, Place, Receipt
from schemas.rejection import Rejection
from streams.domain.assignment import DIALECT
from streams.domain.receipts import REUSED, FinishedMessage, RefusedPlace, RunState, after, reused
from streams.sinks.connection import Connection, statements

_SQL: Final = statements("receipts.sql")
_UNKNOWN: Final = "unknown_sensor"


class ReceiptMarks:
    """The messages of one batch that earn receipts, and what becomes of them; with none of them nothing is done.

    `begin` first, then `stored` and `refuse` while the batch is stored, `write` at its end, within its transaction.
    `receipts` are to be told once that is committed.
    """

    def __init__(self) -> None:
        self._messages: list[NumberedMessage] = []
        self._reused: list[NumberedMessage] = []
        self._states: dict[int, RunState] = {}
        self._stored: set[Place] = set()
        self._reasons: dict[Place, str] = {}
        self._at_door: dict[Place, RefusedPlace] = {}
        self.receipts: list[Receipt] = []

    async def begin(self, connection: Connection, messages: Sequence[NumberedMessage]) -> list[NumberedMessage]:
        """Hold the marks of the senders of messages; give those messages whose number another one has."""
        self._messages = list(messages)
        if self._messages:
            await self._hold(connection, {one.run: one.sensor for one in self._messages})
            self._reused = reused(self._states, self._messages)
        return self._reused

    def stored(self, observations: Iterable[Observation]) -> None:
        """Note observations that are stored, or set aside."""
        if self._messages:
            self._stored.update((one.run, one.number) for one in observations if one.run is not None)  # type: ignore[misc]

    def refuse(self, refused: Iterable[Rejection]) -> None:
        """Note the messages of which observations are refused by `store`."""
        if not self._messages:
            return
        for one in refused:
            for seen in msgspec.json.decode(one.payload or b"[]", type=list[Observation]):
                if one.dialect == DIALECT and seen.run is not None and seen.number is not None:
                    self._reasons[seen.run, seen.number] = one.reason

    def refused_at_door(self, places: Iterable[RefusedPlace]) -> None:
        """Note messages that never became observations."""
        self._at_door.update(((one.run, one.number), one) for one in places)

    async def write(self, connection: Connection) -> None:
        """Write the marks, and make the receipts: a message that was sent again earns one too."""
        if not self._messages and not self._at_door:
            return
        await self._hold(connection, {one.run: one.sensor for one in self._at_door.values()})
        done = self._done()
        rows = []
        for run, ones in done.items():
            before, now = self._states[run], after(self._states[run], ones)
            if now != before:
                rows.append(_row(run, now))
            self.receipts.append(Receipt(now.sensor, run, now.ranges, self._refused_now(run, ones)))
        if rows:
            async with connection.cursor() as cursor:
                await cursor.executemany(_SQL["write_receipt_mark"], rows)

    def _done(self) -> dict[int, list[FinishedMessage]]:
        """Return what is done with, by run; of a reused number the message that had it first stands."""
        other = {id(one) for one in self._reused}
        found: dict[int, list[FinishedMessage]] = {one.run: [] for one in self._messages}
        for one in self._messages:
            if id(one) not in other:
                found[one.run].append(FinishedMessage(one.number, one.digest, self._reason((one.run, one.number))))
        for place in self._at_door.values():
            found.setdefault(place.run, []).append(FinishedMessage(place.number, None, place.reason))
        return found

    def _reason(self, place: Place) -> str | None:
        """Return why a message was refused; what left no trace was said of sources that nobody registered."""
        return self._reasons.get(place) or (None if place in self._stored else _UNKNOWN)

    def _refused_now(self, run: int, ones: Iterable[FinishedMessage]) -> tuple[tuple[int, str], ...]:
        """Return what was refused just now of a run."""
        now = [(one.number, one.reason) for one in ones if one.reason is not None]
        return (*now, *((one.number, REUSED) for one in self._reused if one.run == run))

    async def _hold(self, connection: Connection, sensors: Mapping[int, str]) -> None:
        missing = {run: sensor for run, sensor in sensors.items() if run not in self._states}
        if missing and len(await self._read(connection, missing)) < len(missing):
            new = {run: sensor for run, sensor in missing.items() if run not in self._states}
            await connection.execute(_SQL["open_receipt_marks"], {"runs": list(new), "sensors": list(new.values())})
            await self._read(connection, new)

    async def _read(self, connection: Connection, runs: Iterable[int]) -> list[int]:
        cursor = await connection.execute(_SQL["receipt_marks"], {"runs": list(runs)})
        found = {run: _state(sensor, *cells) for run, sensor, *cells in await cursor.fetchall()}
        self._states.update(found)
        return list(found)


def _state(sensor: str, ranges: Sequence[int], *pairs: Sequence[Any]) -> RunState:
    """Return the state in a row: `pairs` are numbers with their digests, and numbers with the reasons of refusals."""
    numbers, digests, refused, reasons = pairs
    return RunState(
        sensor,
        tuple(zip(ranges[::2], ranges[1::2], strict=True)),
        dict(zip(numbers, digests, strict=True)),
        dict(zip(refused, reasons, strict=True)),
    )


def _row(run: int, state: RunState) -> dict[str, Any]:
    return {
        "run": run,
        "ranges": [end for one in state.ranges for end in one],
        "digest_numbers": list(state.digests),
        "digests": list(state.digests.values()),
        "refused": list(state.refused),
        "reasons": list(state.refused.values()),
    }
