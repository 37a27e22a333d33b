"""The list of credentials of devices: whoever has one is in it, also where several commands are at work."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from cryptography import x509
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.device_credentials import DeviceCredentials, FolderUnwritableError
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK
from ingest.edge import EdgePublisher, EdgeSettings

pytestmark = pytest.mark.pure

NOW = datetime(2026, 5, 12, 10, tzinfo=UTC)
BROKER = f"{LOOPBACK}:8883"


def opened(home: Path) -> DeviceCredentials:
    """Open the list of an installation, as one command does."""
    return DeviceCredentials(Layout(home), NOW)


def test_everybody_is_in_the_list_however_many_commands_give_credentials(tmp_path: Path) -> None:
    """At once, and of one authority: who is not in the list cannot be revoked."""
    names = [f"gate-{number}" for number in range(6)]
    together = Barrier(len(names))

    def give(name: str, given: DeviceCredentials) -> None:
        together.wait()
        given.give_certificate(name, tmp_path / name, BROKER, 30)

    threads = [Thread(target=give, args=(name, opened(tmp_path / "home"))) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.sensor for one in opened(tmp_path / "home").issued) == names
    assert len({(tmp_path / name / "ca.crt").read_bytes() for name in names}) == 1


def test_a_command_that_began_before_takes_no_revocation_back(tmp_path: Path) -> None:
    """It changes the list as it is now."""
    layout = Layout(tmp_path / "home")
    opened(tmp_path / "home").give_certificate("gate-1", tmp_path / "gate-1", BROKER, 30)
    began_before = opened(tmp_path / "home")
    opened(tmp_path / "home").revoke("gate-1")
    began_before.give_password("gate-2", tmp_path / "gate-2", BROKER)
    revoked = x509.load_pem_x509_crl((layout.authority / "ca.crl").read_bytes())
    assert len(list(revoked)) == 1
    assert [one.state(NOW) for one in opened(tmp_path / "home").issued] == ["revoked", "valid"]


def test_where_the_folder_cannot_be_made_no_credential_is(tmp_path: Path) -> None:
    """Nobody would have it, and the list would be of one that nobody has."""
    (tmp_path / "file").write_text("")
    given = opened(tmp_path / "home")
    with pytest.raises(FolderUnwritableError, match="no credential was made"):
        given.give_password("gate-1", tmp_path / "file" / "gate-1", BROKER)
    with pytest.raises(FolderUnwritableError, match="no credential was made"):
        given.give_certificate("gate-1", tmp_path / "file", BROKER, 30)
    assert opened(tmp_path / "home").issued == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["edge", "status", "../x"], "3 to 40 of"),
        (["edge", "drain", "gate-1", "--broker", "nowhere"], "host:port"),
        (["edge", "publish", "gate-1", "--broker", BROKER, "--folder", "missing"], "no folder"),
        (["edge", "publish", "gate-1", "--broker", BROKER, "--example", "-1"], "0"),
        (["device", "credential", "gate-1", "--broker", "nowhere"], "host:port"),
        (["device", "credential", "gate-1", "--broker", "127.0.0.1:99999"], "host:port"),
        (["edge", "drain", "gate-1", "--broker", "127.0.0.1:0"], "host:port"),
        (["rejections", "replay", "", "--yes"], "which ones?"),
        (["rejections", "show", ""], "which one?"),
        (["feeds", "--json", "show", "gate-1"], "after it"),
        (["feeds", "gaps", "gate-1", "--to", "9999-12-31T23:59-01:00"], "no time"),
        (["feeds", "gaps", "gate-1", "--to", "0001-01-01"], "before --to"),
    ],
)
def test_what_a_command_cannot_mean_is_wrong_usage(tmp_path: Path, words: list[str], said: str) -> None:
    """Exit code 2, before anything is made or asked."""
    outcome = CliRunner().invoke(assembled(), words, env={"DOORFIETS_HOME": str(tmp_path), "COLUMNS": "200"})
    assert outcome.exit_code == 2, outcome.output
    assert said in outcome.stderr


def test_a_revocation_that_no_broker_was_told_is_none_yet(tmp_path: Path) -> None:
    """The list has it, the broker of an installation of one's own has not: what is left to do is said, with code 1."""
    opened(tmp_path / "home").give_certificate("gate-1", tmp_path / "gate-1", BROKER, 30)
    done = CliRunner().invoke(assembled(), ["device", "revoke", "gate-1"], env={"DOORFIETS_HOME": f"{tmp_path}/home"})
    assert done.exit_code == 1
    assert "gate-1 is revoked: certificate. No broker of a local stack runs here" in done.output


def test_words_that_are_no_text_are_wrong_usage() -> None:
    """Bytes that are no UTF-8, in any command: the database holds none, and a terminal shows none."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "feeds", "show", b"a\xff"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "doorfiets: b'a\\xff' is no text in UTF-8\n")


def test_a_second_publisher_on_one_spool_is_one_sentence(tmp_path: Path) -> None:
    """The first one goes on."""
    spool = tmp_path / "spool"
    with EdgePublisher(EdgeSettings(sensor="gate-1", spool=spool, broker="127.0.0.1:1")):
        words = ["edge", "publish", "gate-1", "--spool", str(spool), "--broker", "127.0.0.1:1", "--example", "1"]
        done = CliRunner().invoke(assembled(), words, env={"DOORFIETS_HOME": str(tmp_path / "home")})
    assert done.exit_code == 1
    assert "a publisher of gate-1 runs already" in done.stderr
    assert "Traceback" not in done.stderr
