"""What a person does at a terminal: start a command, read what it says, press Ctrl-C, look what is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

COMMAND: Final = [sys.executable, "-u", "-m", "deploy"]
"""A person sees what is printed when it is: a pipe would keep it back until the end, behind what stands on stderr."""


@contextmanager
def doorfiets(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start `doorfiets` in a session of its own; kill what is left of it."""
    with subprocess.Popen(
        [*COMMAND, *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], words: str) -> list[str]:
    """Read what it says until it says this; answer all that it said."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return said
    pytest.fail(f"it ended without saying {words!r}: {''.join(said)}")


def interrupt(process: subprocess.Popen[str]) -> int:
    """Press Ctrl-C and wait for the end."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return process.returncode


def all_gone(home: Path, *, within: float = 2.0) -> bool:
    """Wait until nothing lives with this state folder; the killed need a moment to be buried."""
    deadline = time.monotonic() + within
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not processes_of(home)


def processes_of(home: Path) -> list[str]:
    """Find what still lives with this state folder: by its working folder, its environment or its command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            traces = (
                str((folder / "cwd").readlink()),
                *((folder / name).read_text("utf-8", "replace") for name in ("environ", "cmdline")),
            )
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if any(str(home) in trace for trace in traces) and int(folder.name) != os.getpid():
            found.append(f"{folder.name}: {traces[2]}")
    return found
