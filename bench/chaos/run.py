"""One run: start a platform, load it, inject faults, wait until all is processed, and judge."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Final

import psycopg

from bench.chaos import faults, registry
from bench.chaos.disk import can_be_full
from bench.chaos.edges import EdgeDevice, EdgeLoad, edge_settings
from bench.chaos.environment import Environment, environment
from bench.chaos.faults import Fault
from bench.chaos.injector import Injector
from bench.chaos.judge import raw_log
from bench.chaos.judge.case import Case, Left
from bench.chaos.judge.verdict import ChaosVerdict
from bench.chaos.load import Load, Sensors, load
from bench.chaos.messages import NumberedCounter, Radio
from bench.chaos.publisher import MqttPublisher
from bench.chaos.record import LoadRecord
from bench.chaos.recovery import Probes, recoveries
from bench.chaos.report import ChaosReport
from bench.chaos.schedule import plan
from bench.chaos.stays import stays
from deploy.local.simulator import clock
from ingest.seal import KeyRing

_WARMING: Final = 8.0  # seconds: the broker saves the bridge's session before anything is published
_PUBLISHERS: Final = 4
_EDGE_SHARE: Final = 20  # of so many messages of the others one of an edge publisher
_LIVE_DAYS: Final = 27  # days of the thirty that a live message may reach back
_TELL_EVERY: Final = 5.0
_LOOK_EVERY: Final = 3.0
_STANDSTILL: Final = 90.0  # seconds without progress after which waiting ends
_CALM: Final = 5.0  # seconds between two faults whose recovery is measured
_LONGEST_RECOVERY: Final = 180.0
_HELD: Final = 60.0  # seconds of a fault that lasts, where its recovery is measured
_PERIODS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a run; `times` is how often each class is injected to measure recovery, 0 for random chaos."""

    minutes: float = 10.0
    seed: int = 7
    rate: float = 300.0
    only: Sequence[str] = ()
    times: int = 0
    held: float = _HELD
    patience: float = 600.0
    leave: bool = False


@dataclass
class Experiment:
    """The parts of a run: platform, load, probes, injector and record."""

    options: Options
    platform: Environment
    record: LoadRecord
    load: Load
    edges: EdgeLoad
    probes: Probes
    injector: Injector
    tell: Callable[[str], None]
    numbers: Iterator[int]

    def begin(self) -> None:
        """Start publishing, and wait until the first probe is public."""
        self.load.start(self.numbers)
        self.edges.start(self.numbers)
        self.probes.start()
        self._until(lambda: bool(self.probes.shown), self.options.patience)

    def strike_at_random(self, chosen: Sequence[Fault]) -> str:
        """Inject what the seed draws; return why it ended early, "" when it did not."""
        seconds, began = self.options.minutes * 60, time.monotonic()
        self.injector.follow(plan(chosen, seconds, self.options.seed), began)
        while (now := time.monotonic()) < began + seconds:
            if why := self._ended():
                return why
            self._progress(now - began)
            time.sleep(min(_TELL_EVERY, max(0.0, began + seconds - now)))
        return ""

    def strike_one_by_one(self, chosen: Sequence[Fault]) -> str:
        """Inject each fault alone and wait for the recovery; return why it ended early, "" when it did not."""
        for fault in [one for one in chosen for _ in range(self.options.times)]:
            time.sleep(_CALM)
            done = self.injector.do(fault, self.options.held)
            self._until(partial(self._is_shown, len(self.probes.published)), _LONGEST_RECOVERY)
            if done is not None:
                self.tell(f"    {time.monotonic() - done.ended_at:.1f} s later the newest reading is public")
            if why := self._ended():
                return why
            self._until(lambda: self.probes.behind < 1.0, _LONGEST_RECOVERY)
        return ""

    def drain(self) -> str:
        """Publish nothing new, and wait until all is acknowledged; return a sentence where some is not, else ""."""
        self.load.quiesce()
        self.edges.quiesce()
        self.probes.quiesce()
        self._until(lambda: not self.load.waiting and self.probes.is_idle, self.options.patience)
        self._until(lambda: not self.edges.waiting, self.options.patience)
        self.load.stop()
        self.edges.stop()
        self.probes.stop()
        self.record.close()
        left = {"publications were never acknowledged": self.load.waiting}
        left |= {"spooled messages have no receipt": self.edges.waiting, "were refused": self.edges.refused}
        return "; ".join(f"{number} {what}" for what, number in left.items() if number)

    def judge(self) -> ChaosVerdict:
        """Wait until all is processed, or there is no more progress, and return the verdict."""
        with psycopg.connect(self.platform.database, autocommit=True) as database:
            opened = KeyRing(self.platform.seal_keys).opened
            case = Case(self.record.file, database, stays, opened)
            self._settle(case)
            return case.verdict(lambda: raw_log.held(self.platform.log, opened))

    def _settle(self, case: Case) -> None:
        left, until = Left(-1, -1, -1), time.monotonic() + self.options.patience
        moved_at = time.monotonic()
        while (now := case.left()) != Left(0, 0, 0) and time.monotonic() < until:
            moved_at = time.monotonic() if now != left else moved_at
            if time.monotonic() - moved_at > _STANDSTILL:
                return
            if now != left:
                self.tell(f"  to come: {now.readings:,} readings, {now.rejections:,} rejections, {now.hours:,} hours")
            left = now
            time.sleep(_LOOK_EVERY)

    def _is_shown(self, number: int) -> bool:
        return bool(self.probes.shown) and self.probes.shown[-1][1] >= number

    def _ended(self) -> str:
        if problem := self.load.problem or self.edges.problem:
            return f"the load ended: {problem!r}"
        return "" if self.platform.stands else "a supervisor is gone, and with it everything that it looked after"

    def _progress(self, elapsed: float) -> None:
        done = self.injector.done
        kills = sum(not one.fault.lasts for one in done)
        self.tell(
            f"  {elapsed:5.0f} s  {kills} kills, {len(done) - kills} others  "
            f"{self.record.acknowledged:,} acknowledged, {self.load.waiting:,} not  "
            f"newest {self.probes.behind:.1f} s behind"
        )

    def _until(self, condition: Callable[[], bool], patience: float) -> bool:
        until = time.monotonic() + patience
        while not condition() and time.monotonic() < until and not self._ended():
            time.sleep(0.1)
        return condition()


def run(options: Options, tell: Callable[[str], None]) -> ChaosReport:
    """Run once and return the report; an exception is a bug, or something that is missing on this machine."""
    chosen = faults.chosen(options.only, disk=can_be_full())
    began = time.monotonic()
    with _experiment(options, chosen, tell) as experiment:
        experiment.begin()
        why = experiment.strike_one_by_one(chosen) if options.times else experiment.strike_at_random(chosen)
        experiment.injector.stop()
        waiting = experiment.drain()
        verdict, problem = _checked(experiment)
        return ChaosReport(
            seed=options.seed,
            seconds=time.monotonic() - began,
            acknowledged=experiment.record.acknowledged,
            cuts=experiment.load.cuts,
            takeovers=experiment.load.takeovers,
            spooled=experiment.edges.readings,
            recoveries=recoveries(experiment.injector.done, experiment.probes.published, experiment.probes.shown),
            verdict=verdict,
            why="; ".join(filter(None, (why, waiting, problem))),
            strict=bool(options.times),
        )


def _checked(experiment: Experiment) -> tuple[ChaosVerdict | None, str]:
    try:
        return experiment.judge(), ""
    except (psycopg.OperationalError, OSError) as problem:
        return None, f"no verdict: {problem}"


@contextmanager
def _experiment(options: Options, chosen: Sequence[Fault], tell: Callable[[str], None]) -> Iterator[Experiment]:
    counters = registry.counters(max(20, int(options.rate / 3)))
    radios = registry.radios(max(4, int(options.rate / 15)))
    full = any(fault.how == "fill" for fault in chosen)
    spooling = registry.edges(max(4, int(options.rate / 40)))
    with environment([*counters, *radios, *spooling], full=full, leave=options.leave) as platform:
        record, numbers = LoadRecord(platform.notes / "record.db"), count(1)
        since = clock.now().replace(minute=0, second=0, microsecond=0)
        sensors = _sensors(counters, radios, since - timedelta(days=_LIVE_DAYS), options.seed)
        ways = [platform.sensors() for _ in range(_PUBLISHERS)]
        publishing = load(sensors, record, ways, rate=options.rate, seed=options.seed)
        publisher = MqttPublisher("chaos-probe", platform.broker(), record)
        probes = Probes(publisher, platform.site, since - timedelta(hours=_PERIODS), numbers)
        edges = _edges(platform, spooling, record, sensors.first, options)
        injector = Injector(platform, record, tell)
        tell(f"  state, logs and record: {platform.notes.parent}")
        time.sleep(_WARMING)
        try:
            yield Experiment(options, platform, record, publishing, edges, probes, injector, tell, numbers)
        finally:
            injector.stop()
            edges.stop()
            record.close()  # before its folder goes


def _edges(
    platform: Environment, devices: Sequence[registry.LoadDevice], record: LoadRecord, first: datetime, options: Options
) -> EdgeLoad:
    """Give each a password and a spool outside of the platform's state, and a proxy to all of them."""
    folder = platform.notes / "edges"
    platform.give_passwords([one.name for one in devices], folder)
    broker, proxy = platform.sensors()
    made = [
        EdgeDevice(
            one, edge_settings(folder, one.name, f"{broker.host}:{broker.port}"), first, _chance(options.seed, one.name)
        )
        for one in devices
    ]
    return EdgeLoad(made, record, proxy, options.rate / _EDGE_SHARE)


def _sensors(
    counters: Sequence[registry.LoadDevice], radios: Sequence[registry.LoadDevice], first: datetime, seed: int
) -> Sensors:
    return Sensors(
        counters=[NumberedCounter(one, first, _chance(seed, one.name)) for one in counters],
        radios=[Radio(one, first, _chance(seed, one.name)) for one in radios],
        first=first,
    )


def _chance(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311 - a game, no secret


def print_line(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)
