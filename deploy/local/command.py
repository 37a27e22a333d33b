"""Running a program to its end; interrupted, it is ended with all its children."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from schemas.failures import CheckFailedError


class CommandFailedError(CheckFailedError):
    """A program of the set-up failed; its output is in the message."""


def make(folder: Path, command: Sequence[str]) -> None:
    """Run a program that fills a folder; after a failure the folder is deleted."""
    try:
        run(command)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def run(command: Sequence[str]) -> None:
    """Run a program in a session of its own, whose files only its user can read.

    Raises CommandFailedError when it does not exit with 0.
    """
    with subprocess.Popen(
        ["setpriv", "--pdeathsig=TERM", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        start_new_session=True,
        umask=0o077,
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise CommandFailedError(f"{command[0]} ended with {process.returncode}:\n{output}")
