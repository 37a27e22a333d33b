"""The summary of published messages by kind, with lines of progress."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from deploy.local.simulator.messages import SimulatedMessage

_EVERY: Final = timedelta(seconds=5)


class SimulatorSummary:
    """The messages published so far; a line of progress every five seconds, a summary at the end."""

    def __init__(self, tell: Callable[[str], None], started_at: datetime) -> None:
        """Start counting; `tell` takes one line of text."""
        self.messages: Counter[str] = Counter()
        self.readings: Counter[str] = Counter()
        self._tell = tell
        self._started_at = self._reported_at = started_at

    def count(self, message: SimulatedMessage, at: datetime) -> None:
        """Count one message, and report progress when it is time to."""
        self.messages[message.kind] += 1
        self.readings[message.kind] += message.readings
        if at - self._reported_at >= _EVERY:
            self._reported_at = at
            self._tell(self._line(at))

    def summary(self, at: datetime) -> str:
        """Return the summary of all messages."""
        return self._line(at)

    def _line(self, at: datetime) -> str:
        seconds = max(1e-3, (at - self._started_at).total_seconds())
        kinds = ", ".join(
            f"{kind} {number:,} messages ({self.readings[kind]:,} readings)"
            for kind, number in sorted(self.messages.items())
        )
        return f"{kinds or 'nothing'} in {seconds:,.0f} s, {sum(self.readings.values()) / seconds:,.0f} readings/s"
