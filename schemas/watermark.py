"""The watermark of the intake: the time until which everything that was published has been received."""

from datetime import datetime

import msgspec


class Watermark(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """All that the broker held for `bridge` at `published_until` (aware UTC) is in the log before this mark.

    The bridge publishes a mark to itself through the broker, behind everything that waits there, and writes it into
    every partition of topic `observations` once it has come back and Kafka holds all that came before it. A stage that
    has passed the marks of all partitions has processed what was published until the oldest of them.

    `waiting` counts the messages that were not acknowledged when the mark was written; None in marks of older bridges.
    """

    bridge: str
    published_until: datetime
    waiting: int | None = None
