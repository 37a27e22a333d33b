"""How fast the public reads: the questions for which the field's reference has figures, and the pages."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from bench.environment import BenchEnvironment
from bench.http_load import VisitorLoad
from bench.measurements import Measurement
from bench.memory import Peak
from bench.processes import Meter
from bench.reading_store import WrongError
from bench.rebuild import rebuild
from bench.year import BenchYear
from bench.year_of_data import YearOfData
from deploy.settings import ROOT

_CONNECTIONS: Final = 4
_SEED: Final = 12
_DAY: Final = timedelta(days=1)


class VisitorQuestion(NamedTuple):
    """What is asked: addresses, in turn, and what FROST-Server 2.4.2 answers of its like on two cores, requests/s."""

    what: str
    addresses: Sequence[str]
    frost: float


def measure(environment: BenchEnvironment, year: BenchYear, seconds: float) -> list[Measurement]:
    """Ask each question over four connections, first what nobody asked before, then the same again."""
    with YearOfData(environment.stack, year) as year_of_data:
        year_of_data.load(environment.tell)
        if not year_of_data.is_aggregated():
            rebuild(environment)
        year_of_data.settle()
    return list(_measurements(environment, year, seconds))


def _measurements(environment: BenchEnvironment, year: BenchYear, seconds: float) -> Iterator[Measurement]:
    floor = _load(environment, ["/gezond/live"], seconds)
    for question in _questions(year):
        environment.tell(f"  {question.what}")
        for how, addresses in (("for the first time", question.addresses), ("again", question.addresses[:_FEW])):
            if how == "again":
                _load(environment, addresses, 0.5)
            meter = Meter(environment.stack)
            load = _load(environment, addresses, seconds)
            used = meter.used()
            bench = f"Reading: {question.what}, {how}, {_CONNECTIONS} connections"
            yield Measurement(
                bench=bench, what="answers", value=load.requests, unit="requests/s", beside=question.frost,
                beside_what="FROST-Server 2.4.2 on two cores",
            )  # fmt: skip
            yield Measurement(
                bench=bench, what="answers", value=load.requests, unit="requests/s", beside=floor.requests,
                beside_what="the shortest answer there is",
            )  # fmt: skip
            yield Measurement(
                bench=bench, what="delay, p95", value=load.p95 * 1000, unit="ms", beside=floor.p95 * 1000,
                beside_what="the shortest answer, p95",
            )  # fmt: skip
            for name in ("web", "postgres"):
                yield Measurement(
                    bench=bench, what=f"processor, {name}", value=used[name] / (load.requests * seconds) * 1000,
                    unit="ms/request", beside=1000 * _CONNECTIONS / load.requests, beside_what="time of a connection",
                )  # fmt: skip

    yield from _sheets(environment, year)


def _sheets(environment: BenchEnvironment, year: BenchYear) -> Iterator[Measurement]:
    """Download all quarters of one site, and of all, each once over one connection."""
    span = f"interval=kwartier&{_span(year.since, year.until)}&formaat=csv"
    sheets = {
        "one site": ([f"/v1/telpunten/{year.names[0]}/tellingen?{span}"], 1),
        "all sites": ([f"/v1/tellingen?telpunt={','.join(year.names)}&{span}"], year.sites),
    }
    for what, (addresses, sites) in sheets.items():
        environment.tell(f"  a sheet of all quarters of {what}")
        with Peak(lambda: filter(None, [environment.stack.pid("web")])) as memory:
            load = _load(environment, addresses, 0, connections=1)
        rows = sites * year.days * _QUARTERS_A_DAY
        bench = f"Reading: all quarters of {what} as CSV, {rows:,} rows"
        yield Measurement(
            bench=bench, what="rows", value=rows / load.p50, unit="rows/s", beside=261_000,
            beside_what="FROST-Server 2.4.2, its best",
        )  # fmt: skip
        yield Measurement(
            bench=bench, what="memory of a web process", value=memory.most / 1e6, unit="MB", beside=load.bytes / 1e6,
            beside_what="MB of the sheet a second",
        )  # fmt: skip


_FEW: Final = 100
"""So many addresses are again and again."""
_QUARTERS_A_DAY: Final = 96
_SOME_SITES: Final = 20


def _questions(year: BenchYear) -> Iterator[VisitorQuestion]:
    draw = Random(_SEED)  # noqa: S311 - a game, no secret
    days = [(name, year.since + number * _DAY) for name in year.names for number in range(year.days)]
    draw.shuffle(days)
    yield VisitorQuestion(
        "one day of quarters",
        [f"/v1/telpunten/{name}/tellingen?interval=kwartier&{_span(day, day + _DAY)}" for name, day in days],
        1596,
    )
    yield VisitorQuestion(
        "days of one site, the whole time",
        [f"/v1/telpunten/{name}/tellingen?interval=dag&{_span(year.since, year.until)}" for name in year.names],
        4,
    )
    yield VisitorQuestion(
        f"days of {_SOME_SITES} sites, the whole time, in one request",
        [
            f"/v1/tellingen?telpunt={','.join(names)}&interval=dag&paginaGrootte=10000&{_span(year.since, year.until)}"
            for names in (year.names[number : number + _SOME_SITES] for number in range(year.sites - _SOME_SITES + 1))
        ],
        20,
    )
    yield VisitorQuestion("list of all sites", ["/v1/telpunten"], 175)
    yield VisitorQuestion("the start page", ["/nl/"], 200)


def _span(start: datetime, end: datetime) -> str:
    return f"startTijd={_written(start)}&eindTijd={_written(end)}"


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _load(
    environment: BenchEnvironment, addresses: Sequence[str], seconds: float, *, connections: int = _CONNECTIONS
) -> VisitorLoad:
    where = urlsplit(environment.stack.settings().public_url)
    question = {
        "host": where.hostname,
        "port": where.port,
        "addresses": list(addresses),
        "connections": connections,
        "seconds": seconds,
    }
    answered = subprocess.run(
        [sys.executable, "-P", "-m", "bench.http_load"],
        cwd=ROOT,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    if answered.returncode:
        raise WrongError(f"a visitor gave up: {answered.stderr.strip().splitlines()[-1][:300]}")
    return VisitorLoad(*json.loads(answered.stdout))
