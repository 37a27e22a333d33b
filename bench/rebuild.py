"""A whole year is computed again, from nothing and where all is right; how fast is that, beside plain SQL?"""

import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.command import doorfiets
from bench.environment import BenchEnvironment
from bench.measurements import Measurement
from bench.memory import Peak
from bench.statements import StatementCounter, StatementMeasurement
from bench.statements import measurements as statement_measurements
from bench.year import BenchYear
from bench.year_of_data import YearOfData


def measure(environment: BenchEnvironment, year: BenchYear) -> list[Measurement]:
    """Load the year, add it up by plain SQL, rebuild it as a user does, and compare every hour and day."""
    with YearOfData(environment.stack, year) as year_of_data:
        year_of_data.load(environment.tell)
        environment.tell("  hours and days by plain SQL")
        plain = year_of_data.plain()
        environment.tell(f"  that took {plain:.0f} s; rebuild from nothing")
        year_of_data.forget()
        with Peak(lambda: _aggregate(environment, year_of_data)) as peak:
            fresh = _counted(environment)
        year_of_data.check()
        environment.tell(f"  that took {fresh.seconds:.0f} s; waiting for the indicators")
        year_of_data.settle()
        environment.tell("  rebuild of what is right")
        again = _counted(environment)
        year_of_data.check()
        took = {"from nothing": fresh, "of what is right": again}
        return list(_measurements(year, year_of_data.observations(), plain, took, peak.most))


class RebuildMeasurement(NamedTuple):
    """How many seconds a rebuild took, and what of it each statement."""

    seconds: float
    spent: list[StatementMeasurement]


def rebuild(environment: BenchEnvironment) -> float:
    """Have everything computed again; answer how many seconds that takes."""
    began = time.monotonic()
    with doorfiets(environment.settings, "rebuild", "--wait"):
        pass
    return time.monotonic() - began


def _counted(environment: BenchEnvironment) -> RebuildMeasurement:
    with StatementCounter(environment.stack) as statements:
        return RebuildMeasurement(rebuild(environment), statements.spent())


def _aggregate(environment: BenchEnvironment, year_of_data: YearOfData) -> list[int]:
    return [*year_of_data.sessions(), environment.stack.pid("aggregate") or 0]


def _measurements(
    year: BenchYear, count: int, plain: float, took: dict[str, RebuildMeasurement], peak: int
) -> Iterator[Measurement]:
    bench = f"Rebuild: {count:,} observations of {2 * year.sites} channels on {year.days} days"
    beside = {"bench": bench, "beside_what": "hours and days by plain SQL"}
    for what, (seconds, _) in took.items():
        yield Measurement(what=f"rebuild {what}", value=seconds, unit="s", beside=plain, **beside)
        yield Measurement(
            what=f"rebuild {what}", value=count / seconds, unit="observations/s", beside=count / plain, **beside
        )
    yield Measurement(
        bench=bench, what="memory of aggregate at most", value=peak / 2**20, unit="MB", beside=count * 88 / 2**20,
        beside_what="the observations on disk",
    )  # fmt: skip
    for what, (_, spent) in took.items():
        yield from statement_measurements(f"Rebuild {what}", count, spent)
