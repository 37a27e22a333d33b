"""The supervisor on a disk that takes no byte, and its memory of what ended whom; /dev/full is such a disk."""

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

import pytest
from supervisor.loggers import LevelsByName, LogRecord
from supervisor.states import ProcessStates

from deploy.local.layout import Layout
from deploy.local.supervision.losing_log import LosingLog, LosingText
from deploy.local.supervision.restarts import LONGEST_PAUSE, Restarted
from deploy.local.supervisor import Program, Supervisor
from tests.services import wait_until

pytestmark = pytest.mark.contracts

FULL = Path("/dev/full")
SHOUT = [sys.executable, "-c", "import time; print('x' * 100_000, flush=True); time.sleep(600)"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]


Opener: TypeAlias = Callable[..., LosingLog]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open logs by their paths, and close them after the test."""
    with ExitStack() as stack:

        def opener(path: Path, most: int = 0) -> LosingLog:
            log = LosingLog(str(path), maxBytes=most, backupCount=2)
            stack.callback(log.close)
            return log

        yield opener


def line(text: bytes) -> LogRecord:
    """Make a record of a process's output."""
    return LogRecord(LevelsByName.INFO, text)


def test_a_line_that_cannot_be_written_is_lost_and_counted(tmp_path: Path, opened: Opener) -> None:
    """The first line that finds room again says how much is missing."""
    file = tmp_path / "one.log"
    file.symlink_to(FULL)
    log = opened(file, most=1000)
    log.emit(line(b"nobody reads this\n"))
    log.emit(line(b"nor this\n"))
    file.unlink()
    log.emit(line(b"here again\n"))
    assert file.read_text() == "\n(2 pieces of this log were lost: they could not be written)\nhere again\n"


def test_a_log_whose_folder_is_not_there_yet_is_no_failure(tmp_path: Path, opened: Opener) -> None:
    """It is opened when it can be."""
    log = opened(tmp_path / "later" / "one.log")
    log.emit(line(b"lost\n"))
    (tmp_path / "later").mkdir()
    log.emit(line(b"kept\n"))
    assert (tmp_path / "later" / "one.log").read_bytes().endswith(b"kept\n")


def test_logs_are_rotated(tmp_path: Path, opened: Opener) -> None:
    """So many files of so many bytes, the newest without a number, and no line in two."""
    log = opened(tmp_path / "one.log", most=100)
    for number in range(60):
        log.emit(line(b"line %03d\n" % number))
    names = ["one.log.2", "one.log.1", "one.log"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    stored = "".join((tmp_path / name).read_text() for name in names).split("\n")[:-1]
    assert stored == [f"line {number:03d}" for number in range(60 - len(stored), 60)]
    assert len(stored) == 24


def test_a_record_that_cannot_be_rendered_is_no_failure(tmp_path: Path, opened: Opener) -> None:
    """Whatever is wrong with a line, it ends nobody."""
    log = opened(tmp_path / "one.log")
    log.emit(LogRecord(LevelsByName.INFO, "%(nothing)s", some="thing"))
    log.emit(line(b"kept\n"))
    assert (tmp_path / "one.log").read_bytes().endswith(b"kept\n")


def test_standard_error_on_a_full_disk_is_no_failure() -> None:
    """The library prints tracebacks there."""
    full = FULL.open("w", buffering=1)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        print("seen", file=full)
    print("lost", file=LosingText(full))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        full.close()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder whose logs go to a disk that takes no byte."""
    made = Layout(tmp_path)
    made.make()
    for name in ("supervisor", "shout", "fail", "gone"):
        made.log(name).symlink_to(FULL)
    return made


@pytest.fixture
def supervisor(layout: Layout) -> Iterator[Supervisor]:
    """Run one with a program that says much, one that fails at once, and one that is not there."""
    running = Supervisor(layout)
    programs = [
        Program(name="shout", command=SHOUT),
        Program(name="fail", command=FAIL),
        Program(name="gone", command=["/nonexistent/program"]),
    ]
    try:
        running.start(programs, dies_with_us=True)
        yield running
    finally:
        running.shut_down()


def test_a_supervisor_lives_on_without_a_log(supervisor: Supervisor) -> None:
    """What it looks after is started again as ever."""
    supervisor.launch("shout")
    for _ in range(2):
        wait_until(lambda: supervisor.states()["shout"]["statename"] == "RUNNING", "it runs", patience=60)
        before = supervisor.states()["shout"]["pid"]
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: supervisor.states()["shout"]["pid"] not in {0, before}, "it runs again", patience=60)  # noqa: B023 - at once
    assert supervisor.restarts()["shout"].times == 2


def test_restarts_are_told_with_the_last_cause(supervisor: Supervisor) -> None:
    """How often, why and when; what a hand does is none."""
    began = datetime.now(UTC)  # noqa: TID251 - the test happens now
    assert {one.times for one in supervisor.restarts().values()} == {0}
    supervisor.launch("fail")
    supervisor.launch("gone")
    supervisor.launch("shout")
    wait_until(lambda: supervisor.restarts()["fail"].times > 1, "it fails again", patience=60)
    wait_until(lambda: supervisor.states()["shout"]["statename"] == "RUNNING", "it runs", patience=60)
    supervisor.halt("shout")
    reported = supervisor.restarts()
    assert reported["fail"].cause == "exit code 3"
    assert began < (reported["fail"].failed_at or began) < datetime.now(UTC)  # noqa: TID251 - likewise
    assert reported["gone"].cause.startswith("exit code ")
    assert reported["shout"].times == 0
    assert (reported["shout"].cause, reported["shout"].failed_at) == ("", None)


def test_pauses_between_tries_stay_short() -> None:
    """However often it failed: what comes back has to come back soon."""
    process = Restarted(SimpleNamespace(name="one"))
    for _ in range(100):
        process.state = ProcessStates.STARTING
        process.change_state(ProcessStates.BACKOFF)
        assert process.delay - time.time() <= LONGEST_PAUSE  # noqa: TID251 - the library's clock
