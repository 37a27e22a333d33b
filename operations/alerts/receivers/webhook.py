"""Alerts for programs: JSON over HTTP, signed as https://www.standardwebhooks.com says."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from operations.alerts.receivers.http import request
from operations.alerts.receivers.receiver import AlertMessage, DeliveryFailedError
from operations.alerts.secret_file import SecretFile, SecretFileRefusedError

_PREFIX: Final = "whsec_"


@dataclass(frozen=True, kw_only=True)
class WebhookReceiver:
    """An address, and the secret with which what is sent there is signed."""

    address: str
    secret: SecretFile
    authority: Path | None

    def send(self, message: AlertMessage, at: datetime) -> None:
        """Post it; raise DeliveryFailedError unless the answer is 2xx."""
        body = msgspec.json.encode(
            {
                "key": message.key,
                "title": message.title,
                "text": message.text,
                "severity": message.severity,
                "cleared": message.cleared,
                "link": message.link,
                **message.content,
            }
        )
        try:
            key = signing_key(self.secret.read())
        except (SecretFileRefusedError, ValueError) as problem:
            raise DeliveryFailedError(str(problem)) from problem
        request("POST", self.address, body, _headers(message.key, int(at.timestamp()), body, key), self.authority)


def signing_key(secret: str) -> bytes:
    """Return the bytes of a secret: base64 after `whsec_`, else the text itself; raise ValueError where it is none."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("the secret of a webhook that begins with whsec_ has to go on in base64") from None


def signature(key: bytes, identifier: str, seconds: int, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 of its id, its time and its body, in base64."""
    signed = b".".join((identifier.encode(), str(seconds).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _headers(identifier: str, seconds: int, body: bytes, key: bytes) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(key, identifier, seconds, body),
    }
