"""The page for who has a sensor, followed to the letter: what it says to type is typed, and ends where it says."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import pytest

from deploy.local.stack import Stack
from deploy.settings import ROOT, write
from ingest.edge import EdgeSettings
from ingest.edge.status import status
from tests.journeys.page import blocks
from tests.services import wait_until

pytestmark = pytest.mark.journeys

COMMANDS: Final = str(Path(sys.executable).parent)


def typed(stack: Stack, script: str) -> subprocess.CompletedProcess[str]:
    """Type lines into a shell in the folder of the repository, with our command on the path.

    As in a shell of one's own, the last command of a pipe decides: `doorfiets status` ends with 1 while a service that
    was killed a moment ago is still news.
    """
    environment = {**os.environ, **write(stack.settings()), "PATH": f"{COMMANDS}:{os.environ['PATH']}"}
    command = ["bash", "-eu", "-c", script]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def shown(address: str) -> list[dict[str, Any]]:
    """Open an address of the interface."""
    with urlopen(address, timeout=30) as answer:  # noqa: S310 - an address of our own stack
        rows: list[dict[str, Any]] = json.load(answer)["gegevens"]
    return rows


def test_the_page_for_sensors_works_as_it_stands(stack: Stack) -> None:
    """Its counter is registered, its message is published, and its last address shows the value."""
    *lines, questions = blocks("sensors.md", "sh")
    done = typed(stack, "\n".join(lines))
    assert done.returncode == 0, done.stdout + done.stderr
    address = next(line for line in done.stdout.split("\n") if "/v1/telpunten/beilerstraat/" in line)
    wait_until(lambda: [row["waarde"] for row in shown(address)] == [42], f"42 at {address}", patience=180)
    assert questions.startswith("doorfiets feeds ")
    assert "beilerstraat-fiets-in" in typed(stack, "doorfiets feeds --json").stdout


def test_the_page_for_kits_works_as_it_stands(stack: Stack) -> None:
    """Its kit is registered and gets a password, its push is answered, and its feeds have received it."""
    *lines, question = blocks("airrohr.md", "sh")
    done = typed(stack, "\n".join(lines))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout.rstrip().endswith("}"), done.stdout  # a problem has a body

    def received() -> set[str]:
        feeds = json.loads(typed(stack, question).stdout)
        return {one["quantity"] for one in feeds if one["place_name"] == "Lucht Noorderpark" and one["received_at"]}

    wait_until(lambda: received() == {"pm10", "pm25"}, "both numbers of the kit are stored", patience=180)


def test_the_page_for_sensors_of_ones_own_works_as_it_stands(stack: Stack) -> None:
    """Its sensor gets a certificate, publishes, is told that all is stored, and loses the certificate."""
    register, example, lines, question, revoke = blocks("edge.md", "sh")
    done = typed(stack, register)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gate-1" in done.stdout
    assert "write sensors/gate-1/data" in done.stderr
    done = typed(stack, example)
    assert done.returncode == 0, done.stdout + done.stderr
    done = typed(stack, lines)
    assert done.returncode == 0, done.stdout + done.stderr
    state = json.loads(typed(stack, question).stdout)
    assert (state["waiting_messages"], state["refused_messages"], state["accepted_readings"]) == (0, 0, 22)
    done = typed(stack, revoke)
    assert "revoked" in done.stdout, done.stdout + done.stderr
    refused = typed(stack, "doorfiets edge drain gate-1 --seconds 1")
    assert refused.returncode == 3, refused.stdout + refused.stderr


def test_the_python_of_that_page_runs(tmp_path: Path) -> None:
    """What it spools is on disk when it ends, though no broker answers."""
    (program,) = blocks("edge.md", "python")
    names = {
        "spool": tmp_path / "spool", "broker": None, "folder": tmp_path,
        "start": datetime(2026, 5, 12, 6, tzinfo=UTC), "end": datetime(2026, 5, 12, 6, 15, tzinfo=UTC),
    }  # fmt: skip
    exec(program, names)  # noqa: S102 - a block of our own page
    assert status(EdgeSettings(sensor="gate-1", spool=tmp_path / "spool"))["waiting_readings"] == 1
