"""What the MQTT broker says of itself, in topics under `$SYS`: how many messages it holds, and how many it dropped.

Mosquitto publishes each value when it has changed, at most once in its `sys_interval`; other brokers may say nothing.
"""

import logging
from typing import Final

_LOG = logging.getLogger("doorfiets.ingest.mqtt")
SYSTEM: Final = "$SYS/"
_HELD: Final = "$SYS/broker/store/messages/count"
_DROPPED: Final = "$SYS/broker/publish/messages/dropped"
_DIGITS: Final = 18
TOPICS: Final = (_HELD, _DROPPED)
"""To be subscribed with QoS 0: what is old tells nobody anything."""


class BrokerCounts:
    """The newest numbers of the broker we are connected to; None where it has not said them yet."""

    def __init__(self) -> None:
        """Know nothing."""
        self.held: int | None = None
        self.dropped: int | None = None

    def forget(self) -> None:
        """Know nothing any more: the next connection may lead to a broker that counts from zero."""
        self.held = self.dropped = None

    def take(self, topic: str, payload: bytes) -> None:
        """Take a value; what is no number of this kind is passed over. Messages that were dropped are an error."""
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
