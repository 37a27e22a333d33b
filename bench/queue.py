"""A night of messages waits in the broker; how fast are they all in the database, and all computed?"""

import time
from typing import Final, NamedTuple

from bench.crowd import Crowd, message, readings
from bench.figures import Figure
from bench.ground import Ground
from bench.processes import Meter
from bench.store import Arrived, Store, WrongError
from deploy.local.street import clock
from deploy.local.street.access import broker_of
from deploy.local.street.mouth import Mouth
from schemas.observation import Observation

CROWDS: Final = (Crowd("minute", 100, 60), Crowd("quarter", 500, 900))
_PATIENCE: Final = 60.0
_MICRO: Final = 1e6


class Drained(NamedTuple):
    """One run: seconds that an idle bridge takes to start, then seconds from its start, and processor seconds."""

    start: float
    stored: float
    tallied: float
    used: dict[str, float]


def measure(ground: Ground, crowd: Crowd, count: int) -> list[Figure]:
    """Let messages queue while the bridge is away, resume it, wait, and check every one of them."""
    sent = list(readings(crowd, count, clock.now()))
    start, idle = _idle_start(ground)
    ground.stack.halt("bridge")
    _fill(ground, sent)
    store, meter, began = Store(ground.stack, crowd.prefix), Meter(ground.stack), time.monotonic()
    ground.stack.resume("bridge")
    arrived = store.wait(count, ground.tell, _PATIENCE)
    used = meter.used()
    used["bridge"] -= idle
    ground.tell("  comparing with the ledger, then COPY beside it")
    store.check(sent)
    return _figures(crowd, count, _drained(start, began, arrived, used), store.copy())


def _idle_start(ground: Ground) -> tuple[float, float]:
    """Start the bridge with nothing to do: seconds on the clock, and of the processor."""
    ground.stack.halt("bridge")
    meter, began = Meter(ground.stack), time.monotonic()
    ground.stack.resume("bridge")
    return time.monotonic() - began, meter.used()["bridge"]


def _fill(ground: Ground, sent: list[Observation]) -> None:
    ground.tell(f"  {len(sent):,} messages to the broker, the bridge is away")
    with Mouth(broker_of(ground.settings)) as mouth:
        for seen in sent:
            mouth.say(message(seen))
        whole = mouth.drain()
    if not whole or mouth.refused or mouth.unheard:
        raise WrongError(f"the broker refused {mouth.refused:,} messages and queued {mouth.unheard:,} for nobody")


def _drained(start: float, began: float, arrived: Arrived, used: dict[str, float]) -> Drained:
    return Drained(start, arrived.stored_at - began, arrived.tallied_at - began, used)


def _figures(crowd: Crowd, count: int, run: Drained, copying: float) -> list[Figure]:
    bench = f"Queue: {count:,} messages of {crowd.sensors} sensors, one each {crowd.interval} s"
    stored, tallied = run.stored - run.start, run.tallied - run.start
    rates = [
        Figure(bench=bench, what=what, value=count / took, unit="messages/s", beside=count / copying,
               beside_what="plain COPY of the same rows")
        for what, took in (("drained until stored", stored), ("drained until tallied", tallied))
    ]  # fmt: skip
    seconds = [
        Figure(bench=bench, what=what, value=took, unit="s", beside=run.start, beside_what="start of an idle bridge")
        for what, took in (("resumed until stored", run.stored), ("resumed until tallied", run.tallied))
    ]
    every = sum(run.used.values())
    costs = [
        Figure(bench=bench, what=f"processor, {name}", value=used / count * _MICRO, unit="µs/message",
               beside=every / count * _MICRO, beside_what="all processes")
        for name, used in run.used.items()
    ]  # fmt: skip
    return [*rates, *seconds, *costs]
