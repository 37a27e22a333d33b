"""How fast messages that are queued at the broker are stored and aggregated."""

import time
from typing import Final, NamedTuple

from bench.environment import BenchEnvironment
from bench.load_sensors import LoadSensors, message, readings
from bench.measurements import Measurement
from bench.processes import Meter
from bench.reading_store import Arrived, ReadingStore, WrongError
from bench.statements import StatementMeter
from bench.statements import measurements as statement_measurements
from deploy.local.simulator import clock
from deploy.local.simulator.access import broker_of
from deploy.local.simulator.publisher import SensorPublisher
from schemas.observation import Observation

LOADS: Final = (LoadSensors("minute", 100, 60), LoadSensors("quarter", 500, 900))
_PATIENCE: Final = 60.0
_MICRO: Final = 1e6


class Drained(NamedTuple):
    """One run: the seconds of an idle start, the seconds from the start with a queue, and processor seconds."""

    start: float
    stored: float
    aggregated: float
    used: dict[str, float]


def measure(environment: BenchEnvironment, load: LoadSensors, count: int) -> list[Measurement]:
    """Queue messages while the bridge is stopped, start it, wait until all are aggregated, and check every one."""
    sent = list(readings(load, count, clock.now()))
    start, idle = _idle_start(environment)
    environment.stack.halt("bridge")
    _fill(environment, sent)
    store = ReadingStore(environment.stack, load.prefix)
    with StatementMeter(environment.stack) as statements:
        meter, began = Meter(environment.stack), time.monotonic()
        environment.stack.resume("bridge")
        arrived = store.wait(count, environment.tell, _PATIENCE)
        used, spent = meter.used(), statements.spent()
    used["bridge"] -= idle
    environment.tell("  comparing with the sent, then COPY beside it")
    store.check(sent)
    drained = _drained(start, began, arrived, used)
    return [
        *_measurements(load, count, drained, store.copy()),
        *statement_measurements(_title(load, count), count, spent),
    ]


def _idle_start(environment: BenchEnvironment) -> tuple[float, float]:
    """Start the bridge with nothing to do: seconds on the clock, and of the processor."""
    environment.stack.halt("bridge")
    meter, began = Meter(environment.stack), time.monotonic()
    environment.stack.resume("bridge")
    return time.monotonic() - began, meter.used()["bridge"]


def _fill(environment: BenchEnvironment, sent: list[Observation]) -> None:
    environment.tell(f"  {len(sent):,} messages to the broker, the bridge is away")
    with SensorPublisher(broker_of(environment.settings)) as publisher:
        for seen in sent:
            publisher.publish(message(seen))
        whole = publisher.drain()
    if not whole or publisher.refused or publisher.undelivered:
        raise WrongError(
            f"the broker refused {publisher.refused:,} messages and queued {publisher.undelivered:,} for nobody"
        )


def _drained(start: float, began: float, arrived: Arrived, used: dict[str, float]) -> Drained:
    return Drained(start, arrived.stored_at - began, arrived.aggregated_at - began, used)


def _title(load: LoadSensors, count: int) -> str:
    return f"Queue: {count:,} messages of {load.sensors} sensors, one each {load.interval} s"


def _measurements(load: LoadSensors, count: int, run: Drained, copying: float) -> list[Measurement]:
    bench = _title(load, count)
    stored, aggregated = run.stored - run.start, run.aggregated - run.start
    rates = [
        Measurement(bench=bench, what=what, value=count / took, unit="messages/s", beside=count / copying,
               beside_what="plain COPY of the same rows")
        for what, took in (("drained until stored", stored), ("drained until aggregated", aggregated))
    ]  # fmt: skip
    seconds = [
        Measurement(
            bench=bench, what=what, value=took, unit="s", beside=run.start, beside_what="start of an idle bridge"
        )
        for what, took in (("resumed until stored", run.stored), ("resumed until aggregated", run.aggregated))
    ]
    every = sum(run.used.values())
    costs = [
        Measurement(bench=bench, what=f"processor, {name}", value=used / count * _MICRO, unit="µs/message",
               beside=every / count * _MICRO, beside_what="all processes")
        for name, used in run.used.items()
    ]  # fmt: skip
    return [*rates, *seconds, *costs]
