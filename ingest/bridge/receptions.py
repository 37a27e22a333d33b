"""When a message was first received: a redelivery is never newer than what was received since."""

from datetime import datetime
from typing import Final

from ingest.bridge.inbox import Arrival

_BOUND: Final = 100_000


class Receptions:
    """The first receptions of the newest messages: `bound` of them at least, twice as many at most.

    A broker sends a message again when it did not get the acknowledgement. It is the same message where

    - its sender numbers its messages, and topic and bytes are the same, with DUP or without: a broker that was restored
      from an older state sends again without it;
    - or else the broker marks it as sent before (DUP), and topic, bytes and packet id are the same: a broker sends
      again with the same id, and counts through all others before it gives one to another message.

    The bytes are those that stay of it, which is what topic `raw` holds.

    Anything else is new, the same bytes too: a sensor that sent 5, then 6, and now 5 corrects itself. A message with
    DUP that is not known was lost on its first way, and is received now.
    """

    def __init__(self, bound: int = _BOUND) -> None:
        self._bound = bound
        self._young: dict[int, datetime] = {}
        self._old: dict[int, datetime] = {}
        self.again = 0

    def first(
        self, one: Arrival, topic: str | None = None, payload: bytes | None = None, *, numbered: bool
    ) -> datetime:
        """Return when a message was first received, and remember it; `numbered` says whether its sender numbers it.

        `topic` and `payload` are what stays of it, by which it is known to whoever remembers it from the log.
        """
        moment = one.received_at
        what = one.payload if payload is None else payload
        key = hash((topic or one.topic, what, 0 if numbered else one.mid))
        if (numbered or one.again) and (known := self._young.get(key) or self._old.get(key)):
            self.again += 1
            moment = known
        if len(self._young) >= self._bound:
            self._young, self._old = {}, self._young
        self._young[key] = moment
        return moment

    def remember(self, topic: str, payload: bytes, mid: int, moment: datetime) -> None:
        """Remember a message of the log, whether its sender numbers its messages or not."""
        one = Arrival(0, mid, moment, topic, payload)
        self.first(one, numbered=False)
        self._young[hash((topic, payload, 0))] = moment

    def __len__(self) -> int:
        """Return the number of messages."""
        return len(self._young) + len(self._old)
