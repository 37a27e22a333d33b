"""The site as a process of the stack: what its visitors hold outlives it."""

import os
import signal
import socket
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy import web_process, web_processes
from deploy.local import proxy
from deploy.local.stack import Stack
from deploy.run import metrics_address
from operations.condition.questions import SiteUnreadyError, ask_web_processes
from tests.contracts.doors import short_home
from tests.services import running, wait_until

pytestmark = pytest.mark.contracts


def test_a_link_to_the_next_page_outlives_a_restart(stack: Stack) -> None:
    """Who copies a long series goes on where he was."""
    series = f"{stack.settings().public_url}/v1/telpunten/kolk/tellingen?interval=uur&paginaGrootte=5"
    following = httpx.get(series, timeout=30).json()["volgende"]
    before = httpx.get(following, timeout=30)
    stack.restart("web")
    after = httpx.get(following, timeout=30)
    assert (before.status_code, after.status_code) == (200, 200), after.text
    assert after.json()["gegevens"] == before.json()["gegevens"]


def test_the_ready_file_of_the_site_comes_back_when_it_was_taken_away(stack: Stack) -> None:
    """It listens as before; whoever tidied up made it no less ready."""
    file = stack.layout.ready("web")
    before = file.read_text()
    file.unlink()
    wait_until(lambda: file.exists() and file.read_text() == before, "the ready file of the site is back", patience=60)


def pid_of(stack: Stack, number: int) -> int:
    """Give the process id of one of the processes that serve the site."""
    file = stack.layout.ready(f"web-{number}")
    wait_until(file.exists, f"web process {number} is ready", patience=60)
    return int(file.read_text())


def test_each_process_answers_and_is_counted(stack: Stack) -> None:
    """By itself on its socket, and in the metrics with its number."""
    processes = web_processes.count(stack.settings())
    assert ask_web_processes(web_processes.sockets(stack.settings())) == processes
    host, port = metrics_address(stack.settings(), "web")
    with urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    numbers = {sample.labels.get("process") for one in families for sample in one.samples if one.name != "build_info"}
    assert numbers == {str(number) for number in range(1, processes + 1)}
    assert len({one.name for one in families}) == len(families)


def test_a_process_that_dies_is_started_again_and_visitors_do_not_notice(stack: Stack) -> None:
    """The proxy asks another one; without it a connection that waits may break."""
    before, of_all = pid_of(stack, 1), stack.pid("web")
    os.kill(before, signal.SIGKILL)
    if proxy.program():
        answers = [httpx.get(f"{stack.settings().public_url}/gezond/live", timeout=30) for _ in range(30)]
        assert {one.status_code for one in answers} == {200}
    wait_until(lambda: pid_of(stack, 1) != before, "web process 1 is there again", patience=60)
    wait_until(lambda: _all_answer(stack), "all web processes answer", patience=60)
    assert stack.pid("web") == of_all


def test_a_process_that_stands_still_is_ended_and_started_again(stack: Stack) -> None:
    """It is told meanwhile."""
    before = pid_of(stack, 1)
    os.kill(before, signal.SIGSTOP)
    with pytest.raises(SiteUnreadyError, match=r"web processes do not answer: web-1\.sock"):
        ask_web_processes(web_processes.sockets(stack.settings()))
    wait_until(lambda: pid_of(stack, 1) != before, "web process 1 is another one", patience=120)
    wait_until(lambda: _all_answer(stack), "all web processes answer", patience=60)


def _all_answer(stack: Stack) -> bool:
    try:
        ask_web_processes(web_processes.sockets(stack.settings()))
    except SiteUnreadyError:
        return False
    return True


def test_no_process_outlives_the_one_that_started_it(stack: Stack) -> None:
    """However that ended; and the site is there again."""
    before, of_all = pid_of(stack, 1), running(stack, "web")
    os.kill(of_all, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{before}").exists(), "web process 1 has ended", patience=60)
    wait_until(lambda: stack.pid("web") not in {of_all, None}, "web is started again", patience=60)
    stack.wait("web")
    wait_until(lambda: _all_answer(stack), "all web processes answer", patience=60)


def test_who_gives_up_on_the_metrics_ends_them_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one who leaves at once, nor an error while they are written."""
    texts = [b"a 1\n" * 1_000_000, b"b 1\n"]

    def latest(_: object) -> bytes:
        if not texts:
            raise KeyError("a collector")
        return texts.pop(0)

    monkeypatch.setattr(web_process, "generate_latest", latest)
    with short_home() as home, web_process.bound(home / "metrics.sock") as listening:
        Thread(target=web_process.tell_metrics, args=[listening], name="metrics", daemon=True).start()
        with socket.socket(socket.AF_UNIX) as hasty:
            hasty.connect(str(home / "metrics.sock"))
        assert web_processes._read_text(home / "metrics.sock") == "b 1\n# EOF\n"
        assert web_processes._read_text(home / "metrics.sock") == ""
        texts.append(b"c 1\n")
        assert web_processes._read_text(home / "metrics.sock") == "c 1\n# EOF\n"


def test_half_a_text_of_metrics_is_none() -> None:
    """A process that ends while it tells: what came would be taken for counters that fell."""
    with short_home() as home, web_process.bound(home / "metrics.sock") as listening:

        def half() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"http_requests_total 1\nhttp_requests_to")

        Thread(target=half, name="half", daemon=True).start()
        assert web_processes._read_text(home / "metrics.sock") == ""
