"""What the MQTT broker publishes about itself under `$SYS`: how many messages it holds, and how many it dropped.

Mosquitto publishes each value when it has changed, at most once in its `sys_interval`; other brokers may publish none.
"""

import logging
from typing import Final

_LOG = logging.getLogger("doorfiets.ingest.mqtt")
SYSTEM: Final = "$SYS/"
_HELD: Final = "$SYS/broker/store/messages/count"
_DROPPED: Final = "$SYS/broker/publish/messages/dropped"
_DIGITS: Final = 18
TOPICS: Final = (_HELD, _DROPPED)
"""To be subscribed with QoS 0: an old count is of no use."""


class BrokerCounts:
    """The newest counts of the broker of the present connection; None until it has published them."""

    def __init__(self) -> None:
        """Start with both unknown."""
        self.held: int | None = None
        self.dropped: int | None = None

    def forget(self) -> None:
        """Set both to unknown: after a reconnection the broker may count from zero."""
        self.held = self.dropped = None

    def take(self, topic: str, payload: bytes) -> None:
        """Store a count; anything but digits is ignored. An increase of the dropped messages is logged as an error."""
        if not payload.isdigit() or len(payload) > _DIGITS:
            return
        number = int(payload)
        if topic == _HELD:
            self.held = number
        elif topic == _DROPPED:
            if self.dropped is not None and number > self.dropped:
                _LOG.error(
                    "the mqtt broker drops messages: a queue is full, see max_queued_messages in its configuration",
                    extra={"dropped": number - self.dropped, "since_its_start": number},
                )
            self.dropped = number
