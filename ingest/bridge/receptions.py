"""When a message was first received: one that comes again is never newer than what was received since."""

from datetime import datetime
from typing import Final

from ingest.bridge.inbox import Arrival

_BOUND: Final = 100_000


class Receptions:
    """Remembers when messages were first received: the newest `bound` at least, twice as many at most.

    A message comes again when the broker did not get its acknowledgement. It is the same message where

    - its sender numbers what it says, and topic and bytes are the same: whether the broker says so or not, for one that
      was restored from an older state sends again without a sign;
    - or else the broker marks it as sent before (DUP), and topic, bytes and packet id are the same: a broker sends
      again with the same id, and counts through all others before it gives one to another message.

    Anything else is new, the same bytes too: a sensor that said 5, then 6, and now 5 corrects itself. What is marked
    and not known was lost on its first way, and is received now.
    """

    def __init__(self, bound: int = _BOUND) -> None:
        self._bound = bound
        self._young: dict[int, datetime] = {}
        self._old: dict[int, datetime] = {}
        self.again = 0

    def first(self, one: Arrival, *, numbered: bool) -> datetime:
        """Say when a message was first received, and remember it; `numbered` says whether its sender numbers it."""
        _, mid, moment, topic, payload, again = one
        key = hash((topic, payload, 0 if numbered else mid))
        if (numbered or again) and (known := self._young.get(key) or self._old.get(key)):
            self.again += 1
            moment = known
        if len(self._young) >= self._bound:
            self._young, self._old = {}, self._young
        self._young[key] = moment
        return moment

    def remember(self, topic: str, payload: bytes, mid: int, moment: datetime) -> None:
        """Remember what the log tells of a message, whether its sender numbers it or not."""
        one = Arrival(0, mid, moment, topic, payload)
        self.first(one, numbered=False)
        self._young[hash((topic, payload, 0))] = moment

    def __len__(self) -> int:
        """Count the messages."""
        return len(self._young) + len(self._old)
