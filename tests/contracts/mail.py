"""A mail server on this machine that takes messages, or refuses or holds them, and certificates for it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "doorfiets", "e9-gaat hier"


@dataclass
class Mailbox:
    """What a server has taken; `answer` is what it says after a message."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as there
        """Take a message, if that is the answer."""
        if self.answer.startswith("250"):
            content = cast("bytes", envelope.content)
            self.mails.append(message_from_bytes(content, policy=default))
            self.encrypted.append(session.ssl is not None)
        del server
        return self.answer


def authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401 - as there
    """Let the one user in."""
    del server, session, envelope, mechanism
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


class _StartTls(Controller):
    """A server that wants STARTTLS and then a password."""

    def __init__(self, mailbox: Mailbox, context: ssl.SSLContext, port: int) -> None:
        self._context = context
        super().__init__(mailbox, hostname="127.0.0.1", port=port)

    def factory(self) -> SMTP:
        """Make the server of one connection."""
        return SMTP(
            self.handler,
            tls_context=self._context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticated,
        )


@contextmanager
def mail_server(certificate: Path | None = None) -> Iterator[Mailbox]:
    """Run a server: open where there is no certificate, else with STARTTLS and a password."""
    mailbox = Mailbox()
    port = _free_port()
    if certificate is None:
        server: Controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = _StartTls(mailbox, context, port)
    mailbox.port = port
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()


def certificate_of_here(folder: Path) -> Path:
    """Write a certificate of 127.0.0.1, signed by itself, with its key, into one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)  # noqa: TID251 - TLS compares it with the clock of the machine
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "here.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
