"""Which messages are on their way: a window of them, sent again from the first when no receipt comes (go-back-N)."""

from collections.abc import Iterable
from typing import Final

_DOUBLINGS: Final = 5
_PROBES_AFTER: Final = 3


class SendWindow:
    """Places of messages that were sent and have no receipt yet; times are monotonic seconds.

    After `patience` without a receipt all go back, after twice as long the next time, up to 32 times. From the third
    time on one message goes alone: while the platform is away the broker shall not be filled with repetitions.
    """

    def __init__(self, window: int, patience: float) -> None:
        """Begin with nothing on its way."""
        self._window, self._patience = window, patience
        self._places: dict[int, None] = {}
        self._moved_at = 0.0
        self.fruitless = 0

    def __contains__(self, place: int) -> bool:
        """Return whether a message is on its way."""
        return place in self._places

    def __len__(self) -> int:
        """Return how many are."""
        return len(self._places)

    @property
    def window(self) -> int:
        """Return how many may be on their way now."""
        return 1 if self.fruitless >= _PROBES_AFTER else self._window

    def sent(self, place: int, now: float) -> None:
        """Note a message that was sent."""
        if not self._places:
            self._moved_at = now
        self._places[place] = None

    def done(self, places: Iterable[int], now: float) -> None:
        """Note messages that were released or refused."""
        for place in places:
            self._places.pop(place, None)
            self._moved_at, self.fruitless = now, 0

    def go_back(self, now: float) -> bool:
        """Where no receipt came in time, let all be sent again, and return True."""
        limit = self._patience * (1 << min(self.fruitless, _DOUBLINGS))
        if not self._places or now - self._moved_at < limit:
            return False
        self._places.clear()
        self.fruitless += 1
        return True

    def lost(self) -> None:
        """Let all be sent again, as the connection is gone."""
        self._places.clear()
