"""The file of alerts is checked whole: what is wrong is named with its place and what is expected."""

from pathlib import Path

import pytest

from operations.alerts.configuration import AlertsRefusedError, read

pytestmark = pytest.mark.pure

MAIL = """
[receiver.mail]
kind = "smtp"
host = "mail.example.nl"
sender = "doorfiets@example.nl"
to = ["beheer@example.nl"]
"""
NTFY = """
[receiver.phone]
kind = "ntfy"
url = "https://ntfy.example.nl"
topic = "t"
"""


def file(folder: Path, text: str) -> Path:
    """Write a file of alerts."""
    path = folder / "alerts.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("locale = ", "Invalid value"),
        ('locale = "fr"', "there are nl, en"),
        ('timezone = "Assen"', "no time zone like Europe/Amsterdam"),
        ("[rule.silence]", "silence"),
        ("[rule.silent]\nmised = 4", "unknown field `mised`"),
        ("[rule.silent]\nmissed = 1", r">= 3.*\$.rule.silent.missed"),
        ('[rule.silent]\nafter = "soon"', "'soon' is no duration like 30s.*rule.silent.after"),
        ("[rule.silent]\nafter = 30", "rule.silent.after"),
        ('[rule.dead]\nseverity = "fatal"', "fatal"),
        ("[rule.rejections]\nreasons = { bad = 1 }", "no reason is called 'bad'"),
        ('runbooks = "docs"', "runbooks = 'docs'"),
        ('[receiver.x]\nkind = "pager"', "pager"),
        (MAIL + 'user = "a"', "user and password_file belong together"),
        (MAIL + 'user = "a"\npassword_file = "none"', "holds no secret that can be read"),
        (MAIL + 'security = "none"', "for a server on this machine only"),
        (MAIL + 'ca_file = "none.pem"', "no such file"),
        (MAIL.replace("beheer@example.nl", "beheer"), r"\[receiver.mail\] 'beheer' is no address"),
        (MAIL.replace("beheer@example.nl", "b@e.nl\\r\\nBcc: x@e.nl"), "is no address"),
        (NTFY.replace("https", "http"), "expected https://"),
        (NTFY.replace("https://", "https://user@"), "without a user"),
        (NTFY.replace('"t"', '"a/b"'), "letters, digits"),
        ('[receiver.h]\nkind = "webhook"\nurl = "https://e.nl"\nsecret_file = "open"', "chmod 0600"),
        ('[receiver.h]\nkind = "webhook"\nurl = "https://e.nl"\nsecret_file = "half"', "go on in base64"),
        (NTFY + '[[route]]\nto = ["phone"]\n[[route]]\nto = ["mail"]', r"\[\[route\]\] 2: no \[receiver.mail\]"),
        (NTFY + '[[route]]\nto = ["phone"]\nrules = ["silence"]', "no rule is called 'silence'"),
        (NTFY + "[[route]]\nto = []", "names nobody"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With the file before it."""
    (tmp_path / "open").write_text("s")
    (tmp_path / "open").chmod(0o644)
    (tmp_path / "half").write_text("whsec_***")
    (tmp_path / "half").chmod(0o600)
    with pytest.raises(AlertsRefusedError, match=f"(?s)alerts.toml: .*{said}"):
        read(file(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As any other that is wrong."""
    with pytest.raises(AlertsRefusedError, match=r"none\.toml"):
        read(tmp_path / "none.toml")


def test_without_a_file_nobody_is_told() -> None:
    """Every rule is there, and its alerts are listed."""
    plan = read(None)
    assert plan.receivers == {}
    assert len(plan.unrouted()) == 11


def test_without_routes_everybody_is_told_everything(tmp_path: Path) -> None:
    """One receiver is enough for a file."""
    assert read(file(tmp_path, NTFY)).unrouted() == []


def test_what_reaches_nobody_is_found(tmp_path: Path) -> None:
    """Routes for owners leave out the platform; a rule that is off needs nobody."""
    route = '[[route]]\nto = ["phone"]\nowners = ["GM0106"]\nseverity = "critical"\n[rule.battery]\nenabled = false\n'
    assert read(file(tmp_path, NTFY + route)).unrouted() == [
        "many_silent", "silent", "stuck", "clock", "rejections", "lag", "disk", "certificate",
    ]  # fmt: skip


def test_credentials_of_a_service_manager_have_modes_of_their_own(tmp_path: Path) -> None:
    """Only those in its folder."""
    (tmp_path / "token").write_text("t")
    (tmp_path / "token").chmod(0o440)
    path = file(tmp_path, NTFY + f'token_file = "{tmp_path}/token"')
    assert read(path, tmp_path).receivers
    with pytest.raises(AlertsRefusedError, match="may be read by others"):
        read(path, tmp_path / "other")
