"""What a receiver is given, and what it does with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from operations.alerts.rules import Severity


class DeliveryFailedError(Exception):
    """A message did not reach its receiver; it is tried again, later each time."""


class AlertMessage(NamedTuple):
    """One message in the words of its receiver.

    `key` is the same however often it is sent, `content` the same for programs, `link` the first page that says what
    to do (empty where no address of pages is known). `cleared`: nothing in it is still so.
    """

    key: str
    title: str
    text: str
    severity: Severity
    cleared: bool
    link: str
    content: Mapping[str, Any]


class AlertReceiver(Protocol):
    """Somebody who is told."""

    def send(self, message: AlertMessage, at: datetime) -> None:
        """Send one message, at a moment (aware UTC); raise DeliveryFailedError where it did not arrive."""
