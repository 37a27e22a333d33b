"""The settings of an edge publisher."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from schemas.failures import ServiceMissingError


class NoBrokerError(ServiceMissingError):
    """Nobody says which broker is to be published to; nothing was spooled."""


@dataclass(frozen=True, kw_only=True)
class EdgeSettings:
    """One sensor, its spool, and the broker that it publishes to.

    `spool` is a file of its own on a disk that outlives the process. `broker` is `host:port`, None where nothing is
    sent. A sensor shows a certificate (`certificate` and `key`; `authority` is that of the broker) or a password.
    `window` is how many messages may be on their way without a receipt; after `receipt_seconds` without any all of them
    are sent again. What ended more than `late_after` ago is published as backfill. The spool holds at most `most_bytes`
    of messages and `most_messages`; what is more is refused.
    """

    sensor: str
    spool: Path
    broker: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    window: int = 100
    receipt_seconds: float = 1.5
    keepalive_seconds: int = 30
    session_seconds: int = 86_400
    late_after: timedelta = timedelta(hours=1)
    most_bytes: int = 64 * 1024 * 1024
    most_messages: int = 500_000
