"""The files of passwords, of the broker and of the intake: commands that write at once lose nobody, nor each other."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from deploy.device_credentials import credentials_of
from deploy.local import mosquitto, secrets
from deploy.local.layout import Layout
from deploy.settings import ROOT
from ingest.http import credentials
from schemas.topics import SERVICE_USERS

pytestmark = pytest.mark.contracts

COMMANDS: Final = 8
ROUNDS: Final = 3
_LINE: Final = re.compile(r"[a-z0-9-]+:\$7\$\d+\$[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]+=*")
_BEGIN: Final = "import sys; print(flush=True); sys.stdin.readline()"
_GIVE: Final = f"""
from pathlib import Path
from deploy.device_credentials import credentials_of
from deploy.local import mosquitto
from deploy.local.layout import Layout
{_BEGIN}
layout, name = Layout(Path(sys.argv[1])), sys.argv[2]
credentials_of(layout).give_password(name, layout.device(name), "127.0.0.1:8884")
mosquitto.write_passwords(layout)
"""
_REVOKE: Final = f"""
from pathlib import Path
from deploy.device_credentials import credentials_of
from deploy.local import mosquitto
from deploy.local.layout import Layout
{_BEGIN}
layout, name = Layout(Path(sys.argv[1])), sys.argv[2]
credentials_of(layout).revoke(name)
mosquitto.write_passwords(layout)
"""
_ADD: Final = f"""
from pathlib import Path
from ingest.http.credentials import add
{_BEGIN}
add(Path(sys.argv[1]), sys.argv[2])
"""
_REMOVE: Final = f"""
from pathlib import Path
from ingest.http.credentials import remove
{_BEGIN}
remove(Path(sys.argv[1]), sys.argv[2])
"""


def test_the_broker_has_everybody_however_many_commands_are_at_work(tmp_path: Path) -> None:
    """Each makes a password and writes the file, beside some that take one away; the file is whole and closed."""
    layout = Layout(tmp_path / "home")
    layout.make()
    secrets.make(layout)
    for round_ in range(ROUNDS):
        new, gone = _names(f"new-{round_}"), _names(f"gone-{round_}")
        for name in gone:
            credentials_of(layout).give_password(name, layout.device(name), "127.0.0.1:8884")
        file = mosquitto.write_passwords(layout)
        _at_once(
            [(_GIVE, str(layout.home), name) for name in new] + [(_REVOKE, str(layout.home), name) for name in gone]
        )
        lines = file.read_text("utf-8").splitlines()
        assert [line for line in lines if not _LINE.fullmatch(line)] == []
        there = [line.partition(":")[0] for line in lines]
        expected = [*SERVICE_USERS, *(name for before in range(round_ + 1) for name in _names(f"new-{before}"))]
        assert sorted(there) == sorted(expected)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        states = {one.sensor: one.revoked_at for one in credentials_of(layout).issued}
        assert sorted(name for name, revoked_at in states.items() if revoked_at is None) == sorted(
            set(expected) - set(SERVICE_USERS)
        )


def test_the_intake_has_everybody_however_many_commands_are_at_work(tmp_path: Path) -> None:
    """Some are given a password while others lose theirs."""
    file = tmp_path / "secrets" / "intake-credentials"
    for round_ in range(ROUNDS):
        new, gone = _names(f"new-{round_}"), _names(f"gone-{round_}")
        for name in gone:
            credentials.add(file, name)
        _at_once([(_ADD, str(file), name) for name in new] + [(_REMOVE, str(file), name) for name in gone])
        expected = [name for before in range(round_ + 1) for name in _names(f"new-{before}")]
        assert sorted(credentials.read(file)) == sorted(expected)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _names(beginning: str) -> list[str]:
    return [f"{beginning}-{number}" for number in range(COMMANDS)]


def _at_once(commands: Sequence[tuple[str, str, str]]) -> None:
    """Run processes that begin together, once all of them are there; each has to succeed."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", *one], cwd=ROOT, env=os.environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for one in commands
    ]  # fmt: skip
    for one in processes:
        assert one.stdout is not None
        one.stdout.readline()
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    problems = [one.communicate(timeout=120)[1] for one in processes]
    assert [problem for problem, one in zip(problems, processes, strict=True) if one.returncode] == []
