"""Commands of `doorfiets`, run as a user does, on the stack of a benchmark."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.settings import ROOT, Settings, write
from schemas.failures import CheckFailedError


class BenchCommandFailedError(CheckFailedError):
    """A command of `doorfiets` failed; its output is in the message."""


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
        _, output = child.communicate()
    finally:
        child.kill()
    if child.returncode:
        raise BenchCommandFailedError(f"doorfiets {words[0]} ended with {child.returncode}: {output.strip()[-500:]}")
