"""Alerts by e-mail: SMTP, encrypted unless it is on this machine."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Literal

from operations.alerts.receivers.limit import LIMIT, PATIENCE, limited
from operations.alerts.receivers.receiver import AlertMessage, DeliveryFailedError
from operations.alerts.secret_file import SecretFile, SecretFileRefusedError
from operations.payloads import safe

_NAME: Final = "doorfiets"


@dataclass(frozen=True, kw_only=True)
class SmtpReceiver:
    """A mail server, who sends and who is sent to. `security` is "none" for a server on this machine only."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: SecretFile | None
    sender: str
    to: tuple[str, ...]
    authority: Path | None

    def send(self, message: AlertMessage, at: datetime) -> None:
        """Send it to all; raise DeliveryFailedError where the server did not take it for everybody."""
        try:
            with self._session() as session:
                refused = session.send_message(self.mail(message, at), self.sender, self.to)
        except (OSError, smtplib.SMTPException, SecretFileRefusedError, ValueError) as problem:
            raise DeliveryFailedError(f"{self.host}:{self.port}: {_what(problem)}") from problem
        if refused:
            raise DeliveryFailedError(f"{self.host}:{self.port} does not take mail for {', '.join(sorted(refused))}")

    def mail(self, message: AlertMessage, at: datetime) -> EmailMessage:
        """Return the message as mail; the same one has the same Message-ID however often it is sent."""
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["Subject"] = safe(message.title)
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.to)
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message.key}@{_NAME}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Priority"] = "1" if message.severity == "critical" and not message.cleared else "3"
        mail.set_content(message.text)
        return mail

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        session = self._unconnected()
        with limited(lambda: session.sock, LIMIT):
            try:
                session.connect(self.host, self.port)
                if self.security == "starttls":
                    session.starttls(context=self._context())
                if self.password is not None:
                    session.login(self.user, self.password.read())
                yield session
                with suppress(smtplib.SMTPException, OSError):  # it has taken the message
                    session.quit()
            finally:
                session.close()

    def _unconnected(self) -> smtplib.SMTP:
        if self.security == "tls":
            session: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=_NAME, timeout=PATIENCE, context=self._context())
        else:
            session = smtplib.SMTP(local_hostname=_NAME, timeout=PATIENCE)
        session._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001 - the name that its certificate must have
        return session

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)


def _what(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return safe(f"{problem.smtp_code} {_text(problem.smtp_error)}")
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return safe("; ".join(f"{to}: {code} {_text(why)}" for to, (code, why) in problem.recipients.items()))
    return safe(str(problem)) or type(problem).__name__


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
