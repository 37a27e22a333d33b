"""The simulator as a child of the demo: it dies with it, and writes a log of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.settings import Settings, write

_PATIENCE: Final = 15.0  # seconds for the last acknowledgements


@contextmanager
def simulator(settings: Settings, log: Path, remember: Path) -> Iterator[None]:
    """Let the simulator publish for as long as the block lasts."""
    command = [sys.executable, "-P", "-m", "deploy", "simulate", "--remember", str(remember)]
    with log.open("ab") as out:
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            env={**os.environ, **write(settings)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on
        )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
