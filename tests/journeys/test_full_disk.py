"""The disk is full for a while: supervisor and broker live on, all else comes back, nothing acknowledged is gone."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.settings import read
from tests.conftest import superuser
from tests.journeys import registry
from tests.journeys.sent_messages import SentMessages, messages, recent
from tests.journeys.simulator import SimulatorClient, counted, doorfiets, settle, strangers
from tests.ports import apart
from tests.services import wait_until

pytestmark = [pytest.mark.journeys, pytest.mark.night]

SIZE: Final = "900m"
FULL_FOR: Final = 50  # seconds
RATE: Final = 150  # messages a second
PREFIX: Final = "x-disk"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of its own in memory, or skip."""
    folder = tmp_path / "disk"
    folder.mkdir()
    tmp_path.chmod(0o711)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "doorfiets-test", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no disk of its own can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Take every byte there is, and every byte that somebody gives back, until the end of the body."""
    ballast, over = disk / "ballast", Event()

    def fill() -> None:
        with ballast.open("wb", buffering=0) as file:
            while not over.wait(0.02):
                try:
                    while True:
                        file.write(b"x" * (1 << 20))
                except OSError:
                    continue

    thread = Thread(target=fill)
    thread.start()
    try:
        wait_until(lambda: os.statvfs(disk).f_bavail == 0, "the disk is full")
        yield
    finally:
        over.set()
        thread.join()
        ballast.unlink()


def test_everything_comes_back_by_itself_after_a_full_disk(
    small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A load goes on all the time; `status` answers all the time; each reading is stored once."""
    root = registry.write(tmp_path / "owners")
    settings = read(
        {
            "DOORFIETS_HOME": str(small_disk / "state"),
            "DOORFIETS_PORT_BASE": apart(18_930),
            "DOORFIETS_REGISTRY": str(root),
            "DOORFIETS_INDICATORS_AFTER": "3600",
        }
    )
    with Stack(settings) as stack:
        sent_messages, simulator = SentMessages(), SimulatorClient(stack, "disk")
        load = simulator.in_background(
            messages(PREFIX, RATE * (FULL_FOR + 30), recent(25)), sent_messages, per_second=RATE
        )
        with psycopg.connect(superuser(stack), autocommit=True) as database:
            wait_until(lambda: counted(database, PREFIX) > RATE, "the load arrives")
        answers = []
        with filled(small_disk):
            until = time.monotonic() + FULL_FOR
            while time.monotonic() < until:
                answers.append(answer_of_status(stack))
                want_room(stack)
        seconds = back(stack)
        load.join()
        simulator.leave()
        with psycopg.connect(superuser(stack), autocommit=True) as database:
            settle(database, sent_messages)
            assert strangers(database, sent_messages) == []
            assert counted(database, PREFIX) == len(sent_messages.values)
        assert set(answers) <= {0, 1}  # something may need attention, but it answers
        with capsys.disabled():
            print(f"\ndisk full for {FULL_FOR} s, {len(answers)} answers of `status` meanwhile;")
            print("ready again after", ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items()))
            print(f"{len(sent_messages.values)} readings, each stored once")


def want_room(stack: Stack) -> None:
    """Let the database begin a new file of its log, which it cannot do without."""
    with suppress(psycopg.OperationalError), psycopg.connect(superuser(stack), connect_timeout=5) as database:
        database.execute("SELECT pg_switch_wal()")


def back(stack: Stack, patience: float = 180) -> dict[str, float]:
    """Wait until every service that runs is ready; answer after how many seconds each was that was not at once."""
    began = time.monotonic()
    running = {name: is_ready for name, is_ready in stack.readiness().items() if stack.has(name)}
    seconds: dict[str, float] = {}
    while away := [name for name, is_ready in running.items() if not is_ready()]:
        seconds |= dict.fromkeys(away, time.monotonic() - began)
        assert time.monotonic() < began + patience, f"not ready: {away}"
        time.sleep(0.1)
    return seconds


def answer_of_status(stack: Stack) -> int:
    """Ask as a person would; answer the exit code."""
    process = doorfiets(stack, "status")
    process.communicate(timeout=60)
    return process.returncode
