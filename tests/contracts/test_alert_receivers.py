"""Receivers of alerts against real servers: mail with STARTTLS, signed webhooks, ntfy; what they say of failures."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from operations.alerts.configuration import plan
from operations.alerts.receivers import http
from operations.alerts.receivers import smtp as mail
from operations.alerts.receivers.receiver import AlertMessage, AlertReceiver, DeliveryFailedError
from tests.contracts.mail import PASSWORD, USER, certificate_of_here, mail_server

pytestmark = pytest.mark.contracts

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
MESSAGE = AlertMessage(
    key="doorfiets-alert-7",
    title="[doorfiets] Dringend: Vaart é Noord\r\nBcc: evil@example.org: er komt niets meer binnen",
    text="Eerste stap: kijk ë\n.\nnog een regel\n",
    severity="critical",
    cleared=False,
    link="https://example.org/site-silent.md",
    content={"alerts": [{"rule": "site_silent", "subject": "vaart"}]},
)


def receiver(folder: Path, **entry: Any) -> AlertReceiver:  # noqa: ANN401 - as the file has it
    """Make a receiver as the file of alerts does."""
    return plan({"receiver": {"r": entry}}, folder).receivers["r"].receiver


def secret(folder: Path, text: str) -> str:
    """Write a secret that only its owner reads."""
    path = folder / "secret"
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return path.name


def smtp(port: int, folder: Path, **other: Any) -> AlertReceiver:  # noqa: ANN401 - as the file has it
    """Make a receiver of mail at a port of this machine."""
    addresses = {"sender": "doorfiets@example.nl", "to": ["beheer@example.nl", "wacht@example.nl"]}
    return receiver(folder, kind="smtp", host="127.0.0.1", port=port, **addresses, **other)


def starttls(port: int, folder: Path, **other: Any) -> AlertReceiver:  # noqa: ANN401 - as the file has it
    """Make one that logs in."""
    return smtp(port, folder, user=USER, password_file="secret", **{"ca_file": "here.pem", **other})


def test_mail_is_sent_encrypted_with_a_password(tmp_path: Path) -> None:
    """Whole, in UTF-8, with headers that no name of a site can add to, and the same id when it is sent again."""
    secret(tmp_path, PASSWORD)
    with mail_server(certificate_of_here(tmp_path)) as mailbox:
        to = starttls(mailbox.port, tmp_path)
        to.send(MESSAGE, NOON)
        to.send(MESSAGE, NOON)
    mail, again = mailbox.mails
    assert mailbox.encrypted == [True, True]
    assert (
        mail["Subject"] == "[doorfiets] Dringend: Vaart é Noord\\r\\nBcc: evil@example.org: er komt niets meer binnen"
    )
    assert mail["Bcc"] is None
    assert mail["To"] == "beheer@example.nl, wacht@example.nl"
    assert mail["Date"] == "Tue, 12 May 2026 10:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == MESSAGE.text.splitlines()
    assert mail["Message-ID"] == again["Message-ID"] == "<doorfiets-alert-7@doorfiets>"


def test_no_password_is_given_to_a_server_that_cannot_be_trusted(tmp_path: Path) -> None:
    """Its certificate is nobody's that this machine knows; nor to one without encryption."""
    secret(tmp_path, PASSWORD)
    with mail_server(certificate_of_here(tmp_path)) as mailbox, mail_server() as bare:
        with pytest.raises(DeliveryFailedError, match="certificate verify failed"):
            starttls(mailbox.port, tmp_path, ca_file="").send(MESSAGE, NOON)
        with pytest.raises(DeliveryFailedError, match="STARTTLS extension not supported"):
            starttls(bare.port, tmp_path).send(MESSAGE, NOON)
    assert mailbox.mails == bare.mails == []


def test_a_wrong_password_is_said_without_it(tmp_path: Path) -> None:
    """The words of the server, not those of the file."""
    secret(tmp_path, "letmein-123")
    with (
        mail_server(certificate_of_here(tmp_path)) as mailbox,
        pytest.raises(DeliveryFailedError, match="535") as failed,
    ):
        starttls(mailbox.port, tmp_path).send(MESSAGE, NOON)
    assert "letmein" not in str(failed.value)


def test_mail_that_the_server_refuses_is_a_failure(tmp_path: Path) -> None:
    """So is nobody at the port."""
    with mail_server() as mailbox:
        mailbox.answer = "554 no mail today"
        with pytest.raises(DeliveryFailedError, match="554 no mail today"):
            smtp(mailbox.port, tmp_path, security="none").send(MESSAGE, NOON)
    with pytest.raises(DeliveryFailedError, match=f"127.0.0.1:{mailbox.port}: .*refused"):
        smtp(mailbox.port, tmp_path, security="none").send(MESSAGE, NOON)


@pytest.mark.parametrize(
    ("text", "key"), [("plain words", b"plain words"), ("whsec_" + base64.b64encode(b"\x00\xff").decode(), b"\x00\xff")]
)
def test_a_webhook_is_signed(tmp_path: Path, httpserver: HTTPServer, text: str, key: bytes) -> None:
    """Over id, time and body, as the page about webhooks says."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("", 204)
    entry = {"kind": "webhook", "url": httpserver.url_for("/hook"), "secret_file": secret(tmp_path, text)}
    receiver(tmp_path, **entry).send(MESSAGE, NOON)
    ((request, _),) = httpserver.log
    headers, body = request.headers, request.get_data()
    assert headers["webhook-id"] == "doorfiets-alert-7"
    assert headers["webhook-timestamp"] == "1778580000"
    made = hmac.new(key, b"doorfiets-alert-7.1778580000." + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()
    document = request.get_json()
    assert document["alerts"] == [{"rule": "site_silent", "subject": "vaart"}]
    assert (document["key"], document["severity"], document["cleared"]) == ("doorfiets-alert-7", "critical", False)
    assert document["text"] == MESSAGE.text


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_any_answer_but_2xx_is_a_failure(tmp_path: Path, httpserver: HTTPServer, status: int) -> None:
    """A redirect is not followed, and no address is in the reason: a path may be a password."""
    headers = {"Location": httpserver.url_for("/other")}
    httpserver.expect_request("/hook").respond_with_data("no", status, headers)
    entry = {"kind": "webhook", "url": httpserver.url_for("/hook"), "secret_file": secret(tmp_path, "s")}
    with pytest.raises(DeliveryFailedError, match=f"answers {status}") as failed:
        receiver(tmp_path, **entry).send(MESSAGE, NOON)
    assert "/hook" not in str(failed.value)
    assert len(httpserver.log) == 1


def test_a_phone_is_reached_by_ntfy(tmp_path: Path, httpserver: HTTPServer) -> None:
    """Loud where it is urgent, quiet where it is over; what is too long is cut between letters."""
    httpserver.expect_request("/", method="POST").respond_with_json({"id": "x"})
    entry = {"kind": "ntfy", "url": httpserver.url_for("/"), "topic": "t1", "token_file": secret(tmp_path, "tk_1")}
    phone = receiver(tmp_path, **entry)
    phone.send(MESSAGE, NOON)
    phone.send(MESSAGE._replace(cleared=True, text="ë" * 3000), NOON)
    (first, _), (second, _) = httpserver.log
    assert first.headers["authorization"] == "Bearer tk_1"
    loud, quiet = first.get_json(), second.get_json()
    assert (loud["topic"], loud["priority"], loud["click"]) == ("t1", 5, MESSAGE.link)
    assert (loud["title"], loud["message"]) == (MESSAGE.title, MESSAGE.text)
    assert quiet["priority"] == 2
    assert quiet["message"] == "ë" * 1900 + "…"


@contextmanager
def dripping(letter: bytes) -> Iterator[int]:
    """Listen, and answer whoever comes letter by letter for ever."""
    gone = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as client:
                try:
                    while True:
                        client.sendall(letter)
                        if gone.wait(0.05):
                            return
                except OSError:
                    gone.set()

        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            gone.set()
            thread.join(60)


@pytest.mark.parametrize("kind", ["smtp", "webhook", "ntfy"])
def test_a_server_that_never_ends_its_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """However little it says at a time: the whole message has a limit, not each letter."""
    for module in (http, mail):
        monkeypatch.setattr(module, "LIMIT", 1.0)
    with dripping(b"2") as port:
        address = f"http://127.0.0.1:{port}/"
        to = {
            "smtp": lambda: smtp(port, tmp_path, security="none"),
            "webhook": lambda: receiver(tmp_path, kind=kind, url=address, secret_file=secret(tmp_path, "s")),
            "ntfy": lambda: receiver(tmp_path, kind=kind, url=address, topic="t"),
        }[kind]()
        with pytest.raises(DeliveryFailedError):
            to.send(MESSAGE, NOON)


def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    """It has taken the request and never answers."""
    monkeypatch.setattr(http, "PATIENCE", 0.5)
    ended = Event()

    def hang(_: Request) -> Response:
        ended.wait(60)
        return Response("", 200)

    httpserver.expect_request("/").respond_with_handler(hang)
    try:
        with pytest.raises(DeliveryFailedError, match="timed out"):
            receiver(tmp_path, kind="ntfy", url=httpserver.url_for("/"), topic="t").send(MESSAGE, NOON)
    finally:
        ended.set()
