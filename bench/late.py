"""Late readings and corrections come in, scattered over a year; do the tallies keep up?"""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from bench.figures import Figure
from bench.ground import Ground
from bench.processes import Meter
from bench.rebuilding import rebuild
from bench.shelf import Shelf
from bench.store import NotArrivedError
from bench.year import Year
from deploy.local.street.access import broker_of
from deploy.local.street.mouth import Mouth

_READINGS: Final = 50  # of one message: a sensor that comes back says many things at once
_SEED: Final = 5
_PATIENCE: Final = 600.0
_TELL: Final = 10.0
_LOOK: Final = 0.2


class Sample(NamedTuple):
    """At a moment: readings sent, readings kept, and hours that wait to be computed."""

    at: float
    sent: int
    kept: int
    waiting: int


def measure(ground: Ground, year: Year, rate: int, seconds: int) -> list[Figure]:
    """Publish so many readings a second, look every second what is kept and what waits, then wait until all is done."""
    with Shelf(ground.stack, year) as shelf:
        shelf.load(ground.tell)
        if not shelf.is_tallied():
            rebuild(ground)
        shelf.publish()
        meter = Meter(ground.stack)
        ground.tell(f"  {rate:,} late readings/s over {year.days} days, for {seconds} s")
        before, _ = shelf.kept()
        samples = list(_flood(ground, shelf, year, rate, seconds))
        drained = _drain(ground, shelf, before + samples[-1].sent)
        used = meter.used()
        ground.tell("  comparing with plain SQL")
        shelf.plain()
        shelf.check()
    return list(_figures(year, rate, samples, drained, used))


def _flood(ground: Ground, shelf: Shelf, year: Year, rate: int, seconds: int) -> Iterator[Sample]:
    before, _ = shelf.kept()
    messages, began, sent = year.late(_READINGS, _SEED), time.monotonic(), 0
    with Mouth(broker_of(ground.settings)) as mouth:
        for second in range(1, seconds + 1):
            due = second * rate // _READINGS - sent
            for message in islice(messages, due):
                mouth.say(message)
            sent += due
            time.sleep(max(0.0, began + second - time.monotonic()))
            kept, waiting = shelf.kept()
            yield Sample(time.monotonic() - began, sent * _READINGS, kept - before, waiting)
        mouth.drain()


def _drain(ground: Ground, shelf: Shelf, whole: int) -> float:
    began, told = time.monotonic(), 0.0
    while True:
        kept, waiting = shelf.kept()
        took = time.monotonic() - began
        if kept >= whole and not waiting:
            return took
        if took - told > _TELL:
            told = took
            ground.tell(f"  {whole - kept:,} not kept yet, {waiting:,} hours wait")
        if took > _PATIENCE:
            raise NotArrivedError(f"{whole - kept:,} not kept, {waiting:,} hours not computed")
        time.sleep(_LOOK)


def _figures(year: Year, rate: int, samples: list[Sample], drained: float, used: dict[str, float]) -> Iterator[Figure]:
    bench = f"Late: {rate:,} readings/s over {year.days} days of {2 * year.sites} channels, for {len(samples)} s"
    half, last = samples[len(samples) // 2], samples[-1]
    span = last.at - half.at
    tallied = (last.kept - half.kept) - (last.waiting - half.waiting)
    yield Figure(
        bench=bench, what="kept", value=last.kept / last.at, unit="readings/s", beside=rate, beside_what="offered"
    )
    yield Figure(bench=bench, what="tallied, second half", value=tallied / span, unit="hours/s",
                 beside=(last.kept - half.kept) / span, beside_what="kept, second half")  # fmt: skip
    third = len(samples) // 3
    middle, end = (max(one.waiting for one in part) for part in (samples[third : 2 * third], samples[2 * third :]))
    yield Figure(
        bench=bench, what="most that waited, last third", value=end, unit="hours", beside=middle,
        beside_what="in the third before",
    )  # fmt: skip
    yield Figure(
        bench=bench, what="backlog drained in", value=drained, unit="s", beside=last.at, beside_what="duration"
    )
    every = sum(used.values())
    for name, seconds in used.items():
        yield Figure(bench=bench, what=f"processor, {name}", value=seconds / last.sent * 1e6, unit="µs/reading",
                     beside=every / last.sent * 1e6, beside_what="all processes")  # fmt: skip
