"""The local stack as a person meets it: up, a Ctrl-C at any moment, and nothing left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.person import COMMAND, all_gone, doorfiets, interrupt, processes_of, wait_for
from tests.ports import apart

pytestmark = pytest.mark.journeys

SERVICES = ["--only", "mosquitto", "--only", "registry", "--only", "topics"]
INTERRUPTED = 130


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A state folder and ports of one's own, and proof that nothing lives in them afterwards."""
    home = tmp_path_factory.mktemp("home")
    yield {**os.environ, "DOORFIETS_HOME": str(home), "DOORFIETS_PORT_BASE": apart(18_850)}
    assert all_gone(home), processes_of(home)


@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.0, 1.5, 2.2, 3.0])
def test_ctrl_c_while_it_starts_leaves_nothing(environment: dict[str, str], seconds: float) -> None:
    """Whatever it was doing, it stops all of it."""
    with doorfiets(environment, "up", *SERVICES) as process:
        time.sleep(seconds)
        assert interrupt(process) in {INTERRUPTED, -signal.SIGINT}  # before Python runs our code it just ends


@pytest.mark.parametrize("words", ["postgres", "kafka", "schema", "topics"])
def test_ctrl_c_after_a_step_leaves_nothing(environment: dict[str, str], words: str) -> None:
    """Each step done makes another state to stop from."""
    with doorfiets(environment, "up", *SERVICES) as process:
        wait_for(process, f"  {words} ")
        assert interrupt(process) in {0, INTERRUPTED}


def test_a_stack_in_the_foreground_is_seen_and_stopped_from_elsewhere(environment: dict[str, str]) -> None:
    """A second `up` says what runs, `status` too, and `down` ends the first."""
    with doorfiets(environment, "up", *SERVICES) as process:
        wait_for(process, "Ctrl-C stops everything")
        again = subprocess.run([*COMMAND, "up"], env=environment, capture_output=True, text=True, check=True)
        assert "already" in again.stderr
        reported = subprocess.run(
            [*COMMAND, "status", "--json"], env=environment, capture_output=True, text=True, check=True
        )
        assert {service["name"] for service in json.loads(reported.stdout)["services"]} == {
            "mosquitto",
            "postgres",
            "kafka",
        }
        subprocess.run([*COMMAND, "down", "--wipe"], env=environment, capture_output=True, check=True)
        assert process.wait(timeout=30) == 0


def test_a_killed_command_takes_its_services_along(environment: dict[str, str]) -> None:
    """A kill -9 of `up` leaves no service behind."""
    with doorfiets(environment, "up", *SERVICES) as process:
        wait_for(process, "Ctrl-C stops everything")
        process.kill()
    assert all_gone(Path(environment["DOORFIETS_HOME"]), within=30)


def test_a_failure_names_the_part_and_shows_its_log(environment: dict[str, str], tmp_path: Path) -> None:
    """A registry that is not there stops the start with a sentence, and exit code 3."""
    broken = {**environment, "DOORFIETS_REGISTRY": str(tmp_path / "nowhere")}
    done = subprocess.run(
        [*COMMAND, "up", "--only", "registry"], env=broken, capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 3
    assert "registry" in done.stderr
    assert "missing registry files" in done.stderr
