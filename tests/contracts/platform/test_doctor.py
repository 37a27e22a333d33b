"""`doorfiets doctor` and the start of a stack on services that are there, are not, or lose what they acknowledged."""

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.local import secrets
from deploy.local.layout import Layout
from deploy.local.simulator.settings import Broker
from deploy.local.stack import Stack
from deploy.local.start_up import PartFailedError
from deploy.settings import read, write
from tests.contracts.brokers import broker, configured
from tests.contracts.test_absence import too_short_a_queue
from tests.journeys.person import COMMAND
from tests.ports import apart

pytestmark = pytest.mark.contracts

OF_OTHERS = {"disk", "feeds"}
"""What the machine, and other tests on the same stack, decide."""


def examined(environment: dict[str, str]) -> tuple[int, dict[str, dict[str, Any]]]:
    """Ask the command; answer its exit code and what it found, by the id of the check."""
    done = subprocess.run(
        [*COMMAND, "doctor", "--json"], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    return done.returncode, {one["id"]: one for one in msgspec.json.decode(done.stdout)}


def of(findings: dict[str, dict[str, Any]], verdict: str) -> set[str]:
    """Give the ids of the checks with a verdict."""
    return {id_ for id_, one in findings.items() if one["verdict"] == verdict}


def elsewhere(one: Broker, folder: Path) -> dict[str, str]:
    """Name a broker in the environment, with its user and a file that has the password."""
    file = folder / "password"
    secrets.write(file, one.password)
    address = {"DOORFIETS_MQTT": f"{one.host}:{one.port}", "DOORFIETS_MQTT_USER": one.user}
    return {**address, "DOORFIETS_MQTT_PASSWORD_FILE": str(file)}


def test_a_running_stack_is_well(stack: Stack) -> None:
    """Every check is tried, none fails, and each says what it measured."""
    code, findings = examined(write(stack.settings()))
    assert len(findings) >= 20
    assert of(findings, "fail") <= OF_OTHERS, findings
    assert not of(findings, "skipped")
    assert "2000 messages waited" in findings["broker-sessions"]["measured"]
    assert code == bool(of(findings, "fail"))


def test_a_broker_elsewhere_that_loses_is_told(stack: Stack, tmp_path: Path) -> None:
    """By its address; the remedy is beside it, and the exit code is for programs."""
    with broker(tmp_path / "home", too_short_a_queue) as losing:
        code, findings = examined(write(stack.settings()) | elsewhere(losing, tmp_path))
    assert of(findings, "fail") - OF_OTHERS == {"broker-sessions"}
    assert f"127.0.0.1:{losing.port} acknowledged 2000 messages" in findings["broker-sessions"]["measured"]
    assert "deploy/mosquitto/" in findings["broker-sessions"]["remedy"]
    assert code == 1


def test_a_broker_that_is_open_or_retains_is_told(stack: Stack, tmp_path: Path) -> None:
    """Both are one line of its configuration."""

    def careless(layout: Layout) -> None:
        configured(layout, "allow_anonymous false", "allow_anonymous true")
        configured(layout, "retain_available false", "retain_available true")

    with broker(tmp_path / "home", careless) as found:
        _, findings = examined(write(stack.settings()) | elsewhere(found, tmp_path))
    assert of(findings, "fail") - OF_OTHERS == {"broker-strangers", "broker-retained"}


def test_what_is_away_is_told_by_name() -> None:
    """One line each; what needs it is not tried, and there is no traceback."""
    nobody = {
        "DOORFIETS_MQTT": "127.0.0.1:1",
        "DOORFIETS_KAFKA": "127.0.0.1:1",
        "DOORFIETS_POSTGRES": "host=127.0.0.1 port=1 dbname=doorfiets",
        "DOORFIETS_HOME": "/nonexistent",
    }
    code, findings = examined(nobody)
    assert of(findings, "fail") - OF_OTHERS == {"broker", "kafka", "database"}
    assert of(findings, "ok") | of(findings, "warn") | OF_OTHERS == {"python", "time-zones", "secrets"} | OF_OTHERS
    assert findings["stored"]["measured"] == "not tried, as `schema` does not hold"
    assert all("\n" not in one["measured"] for one in findings.values())
    assert code == 1


def test_a_stack_refuses_to_start_on_a_broker_that_loses(tmp_path: Path) -> None:
    """With one sentence: what does not hold, and the remedy."""
    with broker(tmp_path / "home", too_short_a_queue) as losing:
        stack = Stack(read({"DOORFIETS_PORT_BASE": apart(18_990), **elsewhere(losing, tmp_path)}), ephemeral=True)
        with pytest.raises(PartFailedError, match=r"lost \d+ of them; give it `per_listener_settings false`"):
            stack.start(only=["sessions"])
        assert not stack.runs()


def test_a_stack_starts_on_a_broker_that_keeps(tmp_path: Path) -> None:
    """The shipped configuration, at an address of its own, with half of the queue."""

    def half(layout: Layout) -> None:
        configured(layout, "max_queued_messages 500000", "max_queued_messages 250000")

    with broker(tmp_path / "home", half) as storing:
        stack = Stack(read({"DOORFIETS_PORT_BASE": apart(18_990), **elsewhere(storing, tmp_path)}), ephemeral=True)
        stack.start(only=["sessions"])
        stack.stop()
