"""Alerts on a phone, by a server of ntfy (https://docs.ntfy.sh/publish/#publish-as-json)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from operations.alerts.receivers.http import request
from operations.alerts.receivers.receiver import AlertMessage, DeliveryFailedError
from operations.alerts.secret_file import SecretFile, SecretFileRefusedError

_LONGEST: Final = 3800  # bytes: the server turns what is longer than 4096 into an attachment
_PRIORITIES: Final = {"critical": 5, "warning": 3}
_CLEARED: Final = 2


@dataclass(frozen=True, kw_only=True)
class NtfyReceiver:
    """A server, a topic and, where the topic is protected, an access token."""

    address: str
    topic: str
    token: SecretFile | None
    authority: Path | None

    def send(self, message: AlertMessage, _: datetime) -> None:
        """Publish it; raise DeliveryFailedError unless the answer is 2xx."""
        headers = {"content-type": "application/json"}
        if self.token is not None:
            try:
                headers["authorization"] = f"Bearer {self.token.read()}"
            except SecretFileRefusedError as problem:
                raise DeliveryFailedError(str(problem)) from problem
        request("POST", self.address, msgspec.json.encode(self.publication(message)), headers, self.authority)

    def publication(self, message: AlertMessage) -> dict[str, Any]:
        """Return the message as ntfy takes it: what is cleared is quiet, what is critical is loud."""
        shown = {
            "topic": self.topic,
            "title": message.title,
            "message": _cut(message.text),
            "priority": _CLEARED if message.cleared else _PRIORITIES[message.severity],
            "tags": ["white_check_mark" if message.cleared else "rotating_light"],
        }
        return shown | ({"click": message.link} if message.link else {})


def _cut(text: str) -> str:
    whole = text.encode()
    return text if len(whole) <= _LONGEST else whole[:_LONGEST].decode("utf-8", "ignore") + "…"
