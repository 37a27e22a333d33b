"""Whether the aggregates keep up with late readings and corrections that are scattered over a year."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from bench.environment import BenchEnvironment
from bench.measurements import Measurement
from bench.processes import Meter
from bench.reading_store import NotArrivedError
from bench.rebuild import rebuild
from bench.statements import StatementMeter
from bench.statements import measurements as statement_measurements
from bench.year import BenchYear
from bench.year_of_data import YearOfData
from deploy.local.simulator.access import broker_of
from deploy.local.simulator.publisher import SensorPublisher

_READINGS: Final = 50  # readings of one message: a sensor that was away sends many at once
_SEED: Final = 5
_PATIENCE: Final = 600.0
_TELL: Final = 10.0
_LOOK: Final = 0.2


class Sample(NamedTuple):
    """At a moment: readings sent, readings stored, and hours to be aggregated."""

    at: float
    sent: int
    stored: int
    waiting: int


def measure(environment: BenchEnvironment, year: BenchYear, rate: int, seconds: int) -> list[Measurement]:
    """Publish `rate` readings a second, take a sample every second, then wait until all is aggregated."""
    with YearOfData(environment.stack, year) as year_of_data:
        year_of_data.load(environment.tell)
        if not year_of_data.is_aggregated():
            rebuild(environment)
        year_of_data.publish()
        environment.tell(f"  {rate:,} late readings/s over {year.days} days, for {seconds} s")
        before, _ = year_of_data.stored()
        with StatementMeter(environment.stack) as statements:
            meter = Meter(environment.stack)
            samples = list(_publish(environment, year_of_data, year, rate, seconds))
            drained = _drain(environment, year_of_data, before + samples[-1].sent)
            used, spent = meter.used(), statements.spent()
        environment.tell("  comparing with plain SQL")
        year_of_data.plain()
        year_of_data.check()
    bench = f"Late: {rate:,} readings/s over {year.days} days of {2 * year.sites} channels, for {len(samples)} s"
    return [
        *_measurements(bench, rate, samples, drained, used),
        *statement_measurements(bench, samples[-1].sent, spent),
    ]


def _publish(
    environment: BenchEnvironment, year_of_data: YearOfData, year: BenchYear, rate: int, seconds: int
) -> Iterator[Sample]:
    before, _ = year_of_data.stored()
    messages, began, sent = year.late(_READINGS, _SEED), time.monotonic(), 0
    with SensorPublisher(broker_of(environment.settings)) as publisher:
        for second in range(1, seconds + 1):
            due = second * rate // _READINGS - sent
            for message in islice(messages, due):
                publisher.publish(message)
            sent += due
            time.sleep(max(0.0, began + second - time.monotonic()))
            stored, waiting = year_of_data.stored()
            yield Sample(time.monotonic() - began, sent * _READINGS, stored - before, waiting)
        publisher.drain()


def _drain(environment: BenchEnvironment, year_of_data: YearOfData, whole: int) -> float:
    began, shown_at = time.monotonic(), 0.0
    while True:
        stored, waiting = year_of_data.stored()
        took = time.monotonic() - began
        if stored >= whole and not waiting:
            return took
        if took - shown_at > _TELL:
            shown_at = took
            environment.tell(f"  {whole - stored:,} not kept yet, {waiting:,} hours wait")
        if took > _PATIENCE:
            raise NotArrivedError(f"{whole - stored:,} not kept, {waiting:,} hours not computed")
        time.sleep(_LOOK)


def _measurements(
    bench: str, rate: int, samples: list[Sample], drained: float, used: dict[str, float]
) -> Iterator[Measurement]:
    half, last = samples[len(samples) // 2], samples[-1]
    span = last.at - half.at
    aggregated = (last.stored - half.stored) - (last.waiting - half.waiting)
    yield Measurement(
        bench=bench, what="stored", value=last.stored / last.at, unit="readings/s", beside=rate, beside_what="offered"
    )
    yield Measurement(bench=bench, what="aggregated, second half", value=aggregated / span, unit="hours/s",
                 beside=(last.stored - half.stored) / span, beside_what="kept, second half")  # fmt: skip
    third = len(samples) // 3
    middle, end = (max(one.waiting for one in part) for part in (samples[third : 2 * third], samples[2 * third :]))
    yield Measurement(
        bench=bench, what="most that waited, last third", value=end, unit="hours", beside=middle,
        beside_what="in the third before",
    )  # fmt: skip
    yield Measurement(
        bench=bench, what="backlog drained in", value=drained, unit="s", beside=last.at, beside_what="duration"
    )
    every = sum(used.values())
    for name, seconds in used.items():
        yield Measurement(bench=bench, what=f"processor, {name}", value=seconds / last.sent * 1e6, unit="µs/reading",
                     beside=every / last.sent * 1e6, beside_what="all processes")  # fmt: skip
