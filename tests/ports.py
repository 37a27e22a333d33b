"""The ports of the stacks of the tests: as many worlds as tests run side by side, none of which meets another's."""

import os

_APART = 2_000


def apart(base: int) -> str:
    """Give the block of ports that starts at `base`, moved for each process that runs tests, as a setting says it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return str(base + _APART * int(worker.removeprefix("gw")))
