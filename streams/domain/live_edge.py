"""The live edge, computed from what was stored when and what still waits to be aggregated."""

from collections import deque
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

_SAMPLES: Final = 2000


class Waiting(NamedTuple):
    """The state at one moment: `stored_until`, and when the `oldest` of the waiting live hours was marked."""

    at: datetime
    stored_until: datetime | None
    oldest: datetime | None


class LiveEdge:
    """The newest instant until which nothing that was published live waits to be aggregated.

    What was published until `stored_until` had marked its hours before the moment at which that was seen. So it is
    aggregated when every hour that waits began to wait later; or when, later than that moment, all that waited has been
    recomputed, even if the same hours wait again, in one time zone after the other.
    """

    def __init__(self) -> None:
        self._recomputed: dict[str, datetime | None] = {}
        self._waited_for: datetime | None = None
        self._samples: deque[tuple[datetime, datetime]] = deque()

    def recomputed(self, stored_until: Mapping[str, datetime | None], zones: Collection[str]) -> None:
        """Learn that in some of these time zones all live hours were recomputed that waited after this was seen."""
        self._recomputed = {zone: stored_until.get(zone, self._recomputed.get(zone)) for zone in zones}

    def seen(self, now: Waiting) -> None:
        """Take a sample, and compare what waits now with what was stored when it was marked."""
        if now.stored_until is None:
            return
        self._samples.append((now.at, now.stored_until))
        if now.oldest is None:
            self._samples = deque(((now.at, now.stored_until),))
        while now.oldest and len(self._samples) > 1 and self._samples[1][0] < now.oldest:
            self._samples.popleft()
        at, stored_until = self._samples[0]
        if now.oldest is None or at < now.oldest:
            self._waited_for = stored_until
        if len(self._samples) > _SAMPLES:
            self._thin_out()

    @property
    def until(self) -> datetime | None:
        """Give that instant, None as long as it is not known."""
        recomputed = [one for one in self._recomputed.values() if one is not None]
        everywhere = min(recomputed) if 0 < len(recomputed) == len(self._recomputed) else None
        return max((one for one in (everywhere, self._waited_for) if one is not None), default=None)

    def _thin_out(self) -> None:
        """Drop every other sample: for hours that wait for long a coarser edge is enough."""
        self._samples = deque(sample for number, sample in enumerate(self._samples) if number % 2 == 0)
