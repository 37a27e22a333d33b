"""How old a message may be, by the window of its topic."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ingest.dialects.refusal import RefusedError

_AHEAD = timedelta(minutes=5)


class Window(NamedTuple):
    """How far back a message may reach from the moment it was received."""

    back: timedelta

    def refuse_outside(self, started_at: datetime, ended_at: datetime, received_at: datetime) -> None:
        """Raise RefusedError when an interval starts before the window or ends more than five minutes ahead."""
        if started_at < received_at - self.back:
            raise RefusedError("too_late", f"started {started_at:%Y-%m-%dT%H:%MZ}, older than {self.back.days} days")
        if ended_at > received_at + _AHEAD:
            raise RefusedError("from_the_future", f"ended {ended_at:%Y-%m-%dT%H:%MZ}, more than five minutes ahead")


LIVE: Final = Window(timedelta(days=30))
BACKFILL: Final = Window(timedelta(days=400))
