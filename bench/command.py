"""The command line as a user has it, for a stack of the bench."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.settings import ROOT, Settings, write
from schemas.failures import CheckFailedError


class BenchCommandFailedError(CheckFailedError):
    """A command of ours that the bench runs failed; what it said is in the message."""


@contextmanager
def doorfiets(settings: Settings, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside the block, and wait for it afterwards; raise BenchCommandFailedError when it fails."""
    command = [sys.executable, "-P", "-m", "deploy", *map(str, words)]
    child = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command],
        cwd=ROOT,
        env={**os.environ, **write(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
        _, said = child.communicate()
    finally:
        child.kill()
    if child.returncode:
        raise BenchCommandFailedError(f"doorfiets {words[0]} ended with {child.returncode}: {said.strip()[-500:]}")
