"""How a running stack is told, whatever of it hangs."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import msgspec
import pytest

from deploy.condition import ask
from deploy.local import proxy
from deploy.local.stack import Stack
from deploy.owner_folders import load
from deploy.settings import write
from ingest.clock import system_time
from operations import applied_registry, log_ends
from operations.condition import questions
from operations.condition.probes import ask_all
from operations.condition.report import Condition
from registry.database import WaitingPlace
from schemas.registry import Route
from tests.contracts.processing import StoreAndAggregate, small
from tests.contracts.processing import load as load_small
from tests.services import kill, stopped

pytestmark = pytest.mark.contracts


def test_a_running_stack_is_told_whole(stack: Stack) -> None:
    """Every service with its process, every stage with what waits."""
    found = _until(stack, lambda condition: not condition.problems and all(one.ready for one in condition.services))
    reported = {one.name: one for one in found.services}
    assert set(reported) == {
        "mosquitto",
        "postgres",
        "kafka",
        "store",
        "aggregate",
        "bridge",
        "web",
        "intake",
        "quality",
        "watch",
        "receipts",
        "replay",
        "console",
        *(["proxy"] if proxy.program() else []),
    }
    assert reported["store"].pid == stack.pid("store")
    assert {one.name for one in found.stages} == {"bridge", "log", "store", "aggregate"}
    assert next(one for one in found.stages if one.name == "log").backlog is not None


@pytest.mark.parametrize("name", ["web", "kafka", "postgres"])
def test_a_stopped_process_is_seen_and_keeps_nobody_waiting(stack: Stack, name: str) -> None:
    """A supervisor calls it running; it answers nothing."""
    with stopped(stack, name) as pid:
        began = time.monotonic()
        found = ask(stack, system_time)
        assert time.monotonic() - began < 60
        assert f"{name} is stopped by a signal; `kill -CONT {pid}` lets it go on" in found.attention
        if name != "web":  # whose processes answer while nobody watches them
            assert any(word in one for word in ("not answer", "timed out", "timeout") for one in found.problems)
    _until(stack, lambda condition: not condition.problems)


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (b'{"status": "niet klaar", "code": "opslag", "reden": "wat ontvangen is, wordt niet opgeslagen"}', "opslag"),
        (b'["klaar"]', "HTTP Error 503"),
        (b'{"status": "niet klaar"}', "HTTP Error 503"),
        (b"<html>", "HTTP Error 503"),
    ],
)
def test_a_site_that_is_not_ready_is_told_with_its_reason(body: bytes, reported: str) -> None:
    """By code and in words; of one that says none, what HTTP says."""
    with _unready_site(body) as address:
        problem = ask_all({"web": lambda: questions.ask_web(address)}, patience=60)["web"].problem
    assert reported in problem
    assert ("wordt niet opgeslagen" in problem) is (reported == "opslag")


def test_a_killed_process_is_told_with_its_cause(stack: Stack) -> None:
    """It runs again, and that it ended is news."""
    before = {one.name: one.restarts for one in ask(stack, system_time).services}
    kill(stack, "web")
    found = _until(
        stack, lambda condition: any(one.restarts > before[one.name] and one.ready for one in condition.services)
    )
    assert any("web ended by itself" in one and "SIGKILL" in one for one in found.attention)


def test_the_registry_in_force_is_told_beside_its_files(stack: Stack) -> None:
    """Every owner with the state of its files, and the joint state that the site answers with."""
    found = _until(stack, lambda condition: not condition.problems).registry
    assert found is not None
    folders = {one.registry.owner.id: one for one in load(stack.settings().registry)}
    assert {one.id: (one.name, one.applied_state, one.files_state) for one in found.owners} == {
        id_: (one.registry.owner.name, one.state, one.state) for id_, one in folders.items()
    }
    assert all(one.applied_at is not None and one.applied_at.tzinfo for one in found.owners)
    assert httpx.get(f"http://{stack.settings().listen}/gezond/klaar").json()["register"] == found.state


def test_files_that_were_not_applied_are_told(stack: Stack) -> None:
    """People and programs see whose they are, and that the registry in force is the one of before."""
    before = _until(stack, lambda condition: not condition.problems).registry
    with _changed(stack.settings().registry / "tynaarlo" / "sites.toml", "# not applied\n"):
        found = ask(stack, system_time)
        reported = _reported(stack)
    sentence = "the registry files of Tynaarlo differ from what is applied; see `doorfiets registry apply --dry-run`"
    assert sentence in found.attention
    assert sentence in reported["attention"]
    assert before is not None
    assert reported["registry"]["state"] == before.state
    pending = [one["name"] for one in reported["registry"]["owners"] if one["applied_state"] != one["files_state"]]
    assert pending == ["Tynaarlo"]
    assert sentence not in ask(stack, system_time).attention


def test_a_log_that_is_given_up_leaves_no_connection(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka is asked with a time limit: whoever is cut off closes what was opened."""
    monkeypatch.setattr(log_ends, "_TOPICS", ("nobody-makes-this",))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(log_ends.LogSilentError):
            asyncio.run(log_ends.ends(str(stack.settings().kafka), _no_epoch))
        gc.collect()
    assert [str(one.message) for one in warned] == []


def test_files_that_cannot_be_read_are_one_problem(stack: Stack) -> None:
    """The registry in force is told all the same."""
    with _changed(stack.settings().registry / "tynaarlo" / "owner.toml", "this is no TOML\n"):
        found = _until(stack, lambda condition: len(condition.problems) == 1)
    (problem,) = found.problems
    assert problem.startswith("registry: tynaarlo: owner.toml: ")
    assert "\n" not in problem
    assert found.registry is not None
    assert {one.files_state for one in found.registry.owners} == {None}


def test_what_waits_for_another_owner_is_read(processing: StoreAndAggregate) -> None:
    """A route that names a link which nobody has applied."""
    assert applied_registry.ask(processing.conninfo).waiting == []
    route = Route(id="groen", name="Groen", links=["link-a", "link-elsewhere"])
    load_small(processing.conninfo, msgspec.structs.replace(small(), routes=[route]))
    found = applied_registry.ask(processing.conninfo)
    assert found.waiting == [WaitingPlace("route", "groen", ["link-elsewhere"])]
    assert [(one.id, one.applied_state) for one in found.owners] == [("GM0000", "state")]


async def _no_epoch(_kafka: str, topic: str) -> str:
    return topic


@contextmanager
def _changed(path: Path, added: str) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(before + added.encode())
    try:
        yield
    finally:
        path.write_bytes(before)


def _reported(stack: Stack) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "deploy", "status", "--json"]
    done = subprocess.run(
        command, env=os.environ | write(stack.settings()), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done
    reported: dict[str, Any] = json.loads(done.stdout)
    return reported


@contextmanager
def _unready_site(body: bytes) -> Iterator[str]:
    class Unready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Unready) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _until(stack: Stack, holds: Callable[[Condition], bool]) -> Condition:
    deadline = time.monotonic() + 120
    while not holds(found := ask(stack, system_time)):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    return found
