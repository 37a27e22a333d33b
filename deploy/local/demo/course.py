"""The steps of the demo: start everything, publish, import a year of recordings, then show or check it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias

from deploy.local import first_account
from deploy.local.demo.guide import guide
from deploy.local.demo.proof import Proof
from deploy.local.demo.simulator import simulator
from deploy.local.demo.trial import NotShownError, trial, wait
from deploy.local.foreground import stopped_by_signals
from deploy.local.screen import watching
from deploy.local.simulator import clock, recordings
from deploy.local.simulator.access import broker_of
from deploy.local.simulator.publisher import SensorPublisher
from deploy.local.stack import Stack
from deploy.owner_folders import load
from deploy.settings import Settings, write

Tell: TypeAlias = Callable[[str], None]

_LIVE_WITHIN: Final = 5.0  # seconds: what the interfaces promise for 99 % of the readings
_READY_WITHIN: Final = 60.0
_LOOK_EVERY: Final = 1.0


def show(settings: Settings, tell: Tell) -> None:
    """Run the demo for a person, until Ctrl-C."""
    with _running(settings, tell) as (stack, _):
        location = stack.settings()
        log = stack.layout.log("simulator")
        with suppress(KeyboardInterrupt), simulator(location, log, stack.layout.data / "simulator"):
            tell(_guide(stack, log))
            _import_recordings(location, tell).wait(tell)
            tell("All of 2024 is stored and computed. The simulator goes on.")
            while stack.runs():  # the simulator stops before its broker
                time.sleep(_LOOK_EVERY)


def check(settings: Settings, tell: Tell) -> bool:
    """Run the demo as a test: return whether 2024 agrees with the reference, and a message is shown in time."""
    with _running(settings, tell) as (stack, ready):
        location = stack.settings()
        verdicts = [(ready <= _READY_WITHIN, f"ready after {ready:.1f} s, promised within {_READY_WITHIN:.0f} s")]
        verdicts.append(_live(location))
        proof = _import_recordings(location, tell)
        tell(f"all of it is stored and computed {proof.wait(tell):.0f} s later")
        verdicts += proof.lines()
    for good, line in verdicts:
        tell(f"{'ok ' if good else 'BAD'} {line}")
    return all(good for good, _ in verdicts)


@contextmanager
def _running(settings: Settings, tell: Tell) -> Iterator[tuple[Stack, float]]:
    """Start the stack, report the seconds that took, and stop it in the end."""
    stack = Stack(settings)
    with stopped_by_signals() as stop:
        began = time.monotonic()
        with watching() as watch:
            stack.start(watch=stop.watcher(watch))
        ready = time.monotonic() - began
        tell(f"Everything is ready after {ready:.1f} s.")
        try:
            yield stack, ready
        finally:
            tell("Stopping everything ...")
            stack.stop()
            tell("Stopped; what was stored is there again at the next start.")


def _import_recordings(location: Settings, tell: Tell) -> Proof:
    """Import the recordings, unless they are stored already."""
    owner = recordings.recorded_owner(load(location.registry))
    proof = Proof(owner, str(location.postgres))
    if proof.stored():
        tell("The recordings of 2024 are there already.")
        return proof
    began = time.monotonic()
    tell("Reading the recordings of 2024 ...")
    _history(location, recordings.folder_of(owner))
    tell(f"read after {time.monotonic() - began:.1f} s")
    return proof


def _history(location: Settings, folder: Path) -> None:
    files = sorted(folder.glob("*/*.csv.gz"))
    command = [sys.executable, "-P", "-m", "deploy", "import", *map(str, files)]
    subprocess.run(command, env=write(location), check=True)


def _live(location: Settings) -> tuple[bool, str]:
    """Publish one message and wait until the interface shows it; return the seconds."""
    one = trial(clock.now(), 100 + int(clock.now().timestamp()) % 400)
    with SensorPublisher(broker_of(location)) as publisher:
        publisher.publish(one.message)
        try:
            took = wait(str(location.public_url), one)
        except NotShownError as problem:
            return (
                False,
                f"{problem}; refused {publisher.refused} {publisher.why}, nobody listening {publisher.undelivered}",
            )
    return (
        took <= _LIVE_WITHIN,
        f"a message is shown {took:.2f} s after it was published, promised {_LIVE_WITHIN:.0f} s",
    )


def _guide(stack: Stack, log: Path) -> str:
    location, layout = stack.settings(), stack.layout
    return guide(
        site=str(location.public_url),
        mqtt=str(location.mqtt),
        password_file=layout.password("simulator"),
        log=log,
        home=layout.home,
        now=clock.now(),
        console=str(location.console_url),
        login=_login(location),
    )


def _login(location: Settings) -> str:
    made = first_account.made(str(location.postgres))
    return f"\n      log in as {made.account} with {made.password} (shown this once)" if made else ""
