"""How a running stack is told, whatever of it hangs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from deploy.condition import ask
from deploy.local.stack import Stack
from ingest.clock import system_time
from operations.condition import questions
from operations.condition.probes import ask_all
from operations.condition.report import Condition
from tests.services import kill, stopped

pytestmark = pytest.mark.contracts


def test_a_running_stack_is_told_whole(stack: Stack) -> None:
    """Every service with its process, every stage with what waits."""
    found = _until(stack, lambda condition: not condition.problems and all(one.ready for one in condition.services))
    reported = {one.name: one for one in found.services}
    assert set(reported) == {"mosquitto", "postgres", "kafka", "store", "aggregate", "bridge", "web"}
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
