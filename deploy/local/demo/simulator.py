"""The simulator as a child process of the demo, with a log of its own."""

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
    """Run the simulator while the block lasts."""
    command = [sys.executable, "-P", "-m", "deploy", "simulate", "--remember", str(remember)]
    with log.open("ab") as out:
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            env={**os.environ, **write(settings)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C at the terminal reaches the demo only, which passes it on
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
