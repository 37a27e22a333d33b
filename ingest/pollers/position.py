"""How far a sensor has been fetched: what Kafka holds of it, and what was sent of intervals that may be revised."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from ingest.pollers.poller import PolledRow, PollRequest
from schemas.device import RegisteredDevice

_UNTIMED: Final = "unreadable"
_MOST_UNTIMED: Final = 1_000


class Validator(msgspec.Struct, frozen=True):
    """What an answer was marked with, to ask whether it has changed; and the request that followed it."""

    etag: str
    modified: str
    following: PollRequest | None = None


class PollPosition(msgspec.Struct):
    """The position of one sensor.

    `held` is the end of the newest interval that is complete and held by Kafka, `requested` until when all was asked,
    `revised_at` when everything that may be revised was last read again. `sent` has, by the end of an interval and the
    value's name, a digest of each row that Kafka holds, as far back as values are revised; of one that was refused it
    says what was registered of the sensor then. `validators` are those of the last answers by their address.
    """

    held: datetime | None = None
    requested: datetime | None = None
    revised_at: datetime | None = None
    sent: dict[str, dict[str, str]] = {}
    validators: dict[str, Validator] = {}

    def news(self, rows: Iterable[PolledRow], now: datetime, registered: str = "") -> list[PolledRow]:
        """Return the rows to be taken in: of intervals that have ended, and not held by Kafka as they are.

        A row that was refused is one of them where something else is `registered` of its sensor now.
        """
        return [
            row
            for row in rows
            if is_final(row, now) and self._known(row) not in {digest(row), _refused(row, registered)}
        ]

    def hold(self, rows: Iterable[PolledRow]) -> None:
        """Remember rows that Kafka holds."""
        for row in rows:
            self._remember(row, digest(row))

    def refuse(self, rows: Iterable[PolledRow], registered: str) -> None:
        """Remember rows that were refused, and what was registered of their sensor."""
        for row in rows:
            self._remember(row, _refused(row, registered))

    def holds(self, row: PolledRow) -> bool:
        """Return whether Kafka holds a row as it is, not as a rejection."""
        return self._known(row) == digest(row)

    def advance(self, ended_at: Iterable[datetime], requested: datetime, back: timedelta) -> None:
        """Move on over a window that was asked for whole, and forget what is revised no more."""
        self.held = max((one for one in (self.held, *ended_at) if one is not None), default=None)
        self.requested = requested if self.requested is None else max(self.requested, requested)
        if self.held is not None:
            oldest = (self.held - back).isoformat()
            self.sent = {place: values for place, values in self.sent.items() if place >= oldest}
        if len(self.sent.get(_UNTIMED, ())) > _MOST_UNTIMED:
            del self.sent[_UNTIMED]

    def _remember(self, row: PolledRow, said: str) -> None:
        place, value = _place(row)
        self.sent.setdefault(place, {})[value] = said

    def _known(self, row: PolledRow) -> str | None:
        place, value = _place(row)
        return self.sent.get(place, {}).get(value)


def is_final(row: PolledRow, now: datetime) -> bool:
    """Return whether the interval of a row has ended; what names no time is taken in, to be refused."""
    return row.ended_at is None or row.ended_at <= now


def digest(row: PolledRow) -> str:
    """Return a digest of a row that is the same however its keys are ordered."""
    try:
        content = msgspec.json.encode(msgspec.json.decode(row.payload), order="sorted")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        content = row.payload
    return blake2b(content, digest_size=8).hexdigest()


def registration(device: RegisteredDevice | None) -> str:
    """Return a digest of what is registered of a sensor, empty where it is not."""
    if device is None:
        return ""
    content = msgspec.json.encode((sorted(device.sources), device.profile))
    return blake2b(content, digest_size=8).hexdigest()


def _refused(row: PolledRow, registered: str) -> str:
    return f"{digest(row)} refused {registered}"


def _place(row: PolledRow) -> tuple[str, str]:
    """Return the interval of a row, as text that sorts by time, and which of its values it is."""
    if row.ended_at is None:
        return _UNTIMED, digest(row)
    return row.ended_at.isoformat(), row.value
