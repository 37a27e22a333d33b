"""What the file of alerts says of a receiver, by its kind."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import httpx
import msgspec

from operations.alerts.receivers.ntfy import NtfyReceiver
from operations.alerts.receivers.smtp import SmtpReceiver
from operations.alerts.receivers.webhook import WebhookReceiver, signing_key
from operations.alerts.secret_file import SecretFile

_MAIL: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


class _Receiver(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, tag_field="kind"):
    """What every receiver may say: the language of its messages, and a file with the authority of its certificate."""

    locale: str = ""
    ca_file: str = ""

    def authority(self, folder: Path) -> Path | None:
        """Return the file of the authority; raise ValueError where there is none of that name."""
        path = folder / self.ca_file if self.ca_file else None
        if path is not None and not path.is_file():
            raise ValueError(f"ca_file = {self.ca_file!r}: there is no such file")
        return path


class SmtpEntry(_Receiver, frozen=True, kw_only=True, tag="smtp"):
    """E-mail."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str
    to: list[str]

    def receiver(self, folder: Path, credentials: Path | None) -> SmtpReceiver:
        """Return the receiver; raise ValueError or SecretFileRefusedError where something of it cannot be."""
        for address in (self.sender, *self.to):
            if not _MAIL.fullmatch(address):
                raise ValueError(f"{address[:80]!a} is no address like beheer@example.nl")
        if not self.to:
            raise ValueError("to names nobody")
        if bool(self.user) != bool(self.password_file):
            raise ValueError("user and password_file belong together")
        if self.security == "none" and not _is_here(self.host):
            raise ValueError('security = "none" is for a server on this machine only')
        return SmtpReceiver(
            host=self.host,
            port=self.port or _PORTS[self.security],
            security=self.security,
            user=self.user,
            password=_secret(self.password_file, folder, credentials) if self.password_file else None,
            sender=self.sender,
            to=tuple(self.to),
            authority=self.authority(folder),
        )


class WebhookEntry(_Receiver, frozen=True, kw_only=True, tag="webhook"):
    """JSON over HTTP."""

    url: str
    secret_file: str

    def receiver(self, folder: Path, credentials: Path | None) -> WebhookReceiver:
        """Return the receiver; raise ValueError or SecretFileRefusedError where something of it cannot be."""
        secret = _secret(self.secret_file, folder, credentials)
        signing_key(secret.read())
        return WebhookReceiver(address=checked_address(self.url), secret=secret, authority=self.authority(folder))


class NtfyEntry(_Receiver, frozen=True, kw_only=True, tag="ntfy"):
    """A topic of ntfy."""

    url: str
    topic: str
    token_file: str = ""

    def receiver(self, folder: Path, credentials: Path | None) -> NtfyReceiver:
        """Return the receiver; raise ValueError or SecretFileRefusedError where something of it cannot be."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.topic, re.ASCII):
            raise ValueError(f"topic = {self.topic[:80]!a}: letters, digits, - and _ only, 64 at most")
        return NtfyReceiver(
            address=checked_address(self.url),
            topic=self.topic,
            token=_secret(self.token_file, folder, credentials) if self.token_file else None,
            authority=self.authority(folder),
        )


ReceiverEntry: TypeAlias = SmtpEntry | WebhookEntry | NtfyEntry


def _secret(name: str, folder: Path, credentials: Path | None) -> SecretFile:
    secret = SecretFile(folder / name, credentials)
    secret.read()
    return secret


def checked_address(text: str) -> str:
    """Return an address: https, or http on this machine; raise ValueError for another."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if not url.host or url.userinfo or url.fragment or not (url.scheme == "https" or _is_http_here(url)):
        raise ValueError(f"url = {text[:100]!a}: expected https:// and a host, without a user")
    return text


def _is_http_here(url: httpx.URL) -> bool:
    return url.scheme == "http" and _is_here(url.host)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
