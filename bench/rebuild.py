"""How fast a year is aggregated, from nothing and again where nothing changes, beside plain SQL."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.command import doorfiets
from bench.environment import BenchEnvironment
from bench.measurements import Measurement
from bench.memory import Peak
from bench.processes import Meter
from bench.statements import StatementMeter, StatementTime
from bench.statements import measurements as statement_measurements
from bench.year import BenchYear
from bench.year_of_data import YearOfData


def measure(environment: BenchEnvironment, year: BenchYear) -> list[Measurement]:
    """Load the year, add it up in plain SQL, run `doorfiets rebuild`, and compare every hour and day."""
    with YearOfData(environment.stack, year) as year_of_data:
        year_of_data.load(environment.tell)
        environment.tell("  hours and days by plain SQL")
        meter = Meter(environment.stack)
        plain = RunTime(year_of_data.plain(), _processor(meter))
        environment.tell(f"  that took {plain.seconds:.0f} s; rebuild from nothing")
        year_of_data.forget()
        with Peak(lambda: _aggregate(environment, year_of_data)) as peak:
            fresh = _counted(environment)
        year_of_data.check()
        environment.tell(f"  that took {fresh.took.seconds:.0f} s; waiting for the indicators")
        year_of_data.settle()
        environment.tell("  rebuild of what is right")
        again = _counted(environment)
        year_of_data.check()
        took = {"from nothing": fresh, "of what is right": again}
        return list(_measurements(year, year_of_data.observations(), plain, took, peak.most))


class RunTime(NamedTuple):
    """Seconds on the clock, and of the processor: others on the machine move the first more than the second."""

    seconds: float
    processor: float


class RebuildResult(NamedTuple):
    """How long a rebuild took, and what of it each statement."""

    took: RunTime
    spent: list[StatementTime]


def rebuild(environment: BenchEnvironment) -> float:
    """Run `doorfiets rebuild` of everything; return the seconds."""
    began = time.monotonic()
    with doorfiets(environment.settings, "rebuild", "--wait"):
        pass
    return time.monotonic() - began


def _counted(environment: BenchEnvironment) -> RebuildResult:
    meter = Meter(environment.stack)
    with StatementMeter(environment.stack) as statements:
        return RebuildResult(RunTime(rebuild(environment), _processor(meter)), statements.spent())


def _processor(meter: Meter) -> float:
    used = meter.used()
    return used["postgres"] + used["aggregate"]


def _aggregate(environment: BenchEnvironment, year_of_data: YearOfData) -> list[int]:
    return [*year_of_data.sessions(), environment.stack.pid("aggregate") or 0]


def _measurements(
    year: BenchYear, count: int, plain: RunTime, took: dict[str, RebuildResult], peak: int
) -> Iterator[Measurement]:
    bench = f"Rebuild: {count:,} observations of {2 * year.sites} channels on {year.days} days"
    beside = {"bench": bench, "beside_what": "hours and days by plain SQL"}
    for what, ((seconds, processor), _) in took.items():
        yield Measurement(what=f"rebuild {what}", value=seconds, unit="s", beside=plain.seconds, **beside)
        yield Measurement(
            what=f"processor, rebuild {what}", value=processor, unit="s", beside=plain.processor, **beside
        )
        yield Measurement(
            what=f"rebuild {what}", value=count / seconds, unit="observations/s", beside=count / plain.seconds, **beside
        )
    yield Measurement(
        bench=bench, what="memory of aggregate at most", value=peak / 2**20, unit="MB", beside=count * 88 / 2**20,
        beside_what="the observations on disk",
    )  # fmt: skip
    for what, (_, spent) in took.items():
        yield from statement_measurements(f"Rebuild {what}", count, spent)
