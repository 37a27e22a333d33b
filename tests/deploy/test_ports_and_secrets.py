"""Ports move together and are remembered; passwords are made once and never readable for others."""

import socket
from pathlib import Path

import pytest

from deploy.local import mosquitto, ports, secrets
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK, Ports
from schemas.topics import SERVICE_USERS

pytestmark = pytest.mark.contracts

BASE = 18_870


def test_a_taken_port_moves_the_whole_block_and_the_choice_is_kept(tmp_path: Path) -> None:
    """Nobody is fought; next time the same block is tried first."""
    stored = tmp_path / "ports.json"
    with socket.create_server((LOOPBACK, BASE + 2)):
        assert ports.choose(BASE, stored) == Ports.block(BASE + 10)
    assert ports.choose(BASE, stored) == Ports.block(BASE + 10)
    assert ports.recall(stored) == Ports.block(BASE + 10)


def test_another_base_is_not_overruled_by_what_was_kept(tmp_path: Path) -> None:
    """Who asks for other ports gets them."""
    stored = tmp_path / "ports.json"
    ports.choose(BASE, stored)
    assert ports.choose(BASE + 15, stored) == Ports.block(BASE + 15)


def test_passwords_are_made_once_and_for_our_eyes_only(tmp_path: Path) -> None:
    """A second start must not lock the first one's database out."""
    layout = Layout(tmp_path / "home")
    layout.make()
    secrets.make(layout)
    before = layout.pgpass.read_text(), layout.cursor_key.read_text()
    secrets.make(layout)
    assert (layout.pgpass.read_text(), layout.cursor_key.read_text()) == before
    assert set(secrets.of_roles(layout.pgpass)) == {secrets.SUPERUSER, *secrets.ROLES}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (layout.secrets, *layout.secrets.iterdir()))


def test_a_role_that_is_new_gets_a_password_beside_those_of_before(tmp_path: Path) -> None:
    """A stack that was made by an older program starts with a newer one."""
    layout = Layout(tmp_path / "home")
    layout.make()
    secrets.make(layout)
    before = secrets.of_roles(layout.pgpass)
    lines = layout.pgpass.read_text().splitlines(keepends=True)
    secrets.write(layout.pgpass, "".join(line for line in lines if ":ingest:" not in line))
    secrets.make(layout)
    after = secrets.of_roles(layout.pgpass)
    assert after.pop("ingest") != before.pop("ingest")
    assert after == before


def test_the_broker_gets_hashed_passwords_only(tmp_path: Path) -> None:
    """The plain ones stay in the secrets."""
    layout = Layout(tmp_path / "home")
    layout.make()
    secrets.make(layout)
    mosquitto.prepare(layout, BASE)
    hashed = (layout.etc / "mosquitto.passwd").read_text()
    assert {line.split(":")[0] for line in hashed.splitlines()} == set(SERVICE_USERS)
    assert not any(password in hashed for password in secrets.of_mqtt(layout).values())


def test_a_deep_state_folder_still_has_a_socket_that_fits(tmp_path: Path) -> None:
    """Unix sockets have short names; folders of tests and users do not."""
    assert len(str(Layout(tmp_path / ("deep" * 30)).socket)) < 100
