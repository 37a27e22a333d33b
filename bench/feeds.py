"""How long ten thousand feeds take to be judged: for a list, and all the time for the history of their states."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from statistics import median
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from bench.environment import BenchEnvironment
from bench.measurements import Measurement
from bench.processes import read_seconds
from deploy.local import secrets
from deploy.local.simulator import clock
from operations import feeds
from schemas import named_sql
from streams.sinks import check_inputs

_SQL: Final = named_sql.parse((files("bench") / "feeds.sql").read_text("utf-8"))
_LOAD: Final = (
    "clear", "load_sites", "load_channels", "load_devices", "load_datastreams", "load_feeds", "load_hours",
    "load_findings", "publish", "analyze",
)  # fmt: skip
_SILENT: Final = 0.03
_WEEK: Final = timedelta(days=7)
_TIMES: Final = 11


def measure(environment: BenchEnvironment, count: int, watched: float) -> Iterator[Measurement]:
    """Load so many feeds, 3 % of which are silent; time the list, then let process `watch` run for some seconds."""
    conninfo = str(environment.stack.settings().postgres)
    bench = f"Feeds: {count:,}, of which {count * _SILENT:,.0f} are silent"
    with psycopg.connect(f"{conninfo} user={secrets.SUPERUSER}", autocommit=True) as connection:
        environment.tell(f"  loading {count:,} feeds with a week of hours past the intake")
        for step in _LOAD:
            connection.execute(_SQL[step].encode(), {"feeds": count, "silent": int(count * _SILENT)})
        plain = _seconds(lambda: _rows(connection, "plain"))
        yield _list(bench, "list of feeds, warm, median", lambda: feeds.feeds(conninfo), plain)
        yield _list(bench, "silent ones only", lambda: feeds.feeds(conninfo, statuses=["silent"]), plain)
        yield _list(bench, "what one of the places is checked by", lambda: _checked(connection), plain)
        environment.tell(f"  watching for {watched:.0f} s")
        time.sleep(2 * watched / 10)  # until the new feeds have their first state
        yield from _watch(bench, environment, connection, watched)


def _checked(connection: psycopg.Connection[Any]) -> None:
    """Read the series of a place and its neighbours of a week, of which there are none here."""
    now = clock.now()
    assert check_inputs.series_of(connection, check_inputs.Place("site", "feed-1"), now - _WEEK, now)  # noqa: S101 - loaded


def _list(bench: str, what: str, ask: Callable[[], object], plain: float) -> Measurement:
    return Measurement(
        bench=bench, what=what, value=_seconds(ask) * 1000, unit="ms", beside=plain * 1000,
        beside_what="their rows as they stand",
    )  # fmt: skip


def _seconds(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(_TIMES):
        began = time.monotonic()
        ask()
        took.append(time.monotonic() - began)
    return median(took[1:])


def _rows(connection: psycopg.Connection[Any], name: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL[name].encode()).fetchall()


def _watch(
    bench: str, environment: BenchEnvironment, connection: psycopg.Connection[Any], watched: float
) -> Iterator[Measurement]:
    (session,) = (pid for (pid,) in connection.execute(_SQL["session"].encode()).fetchall())
    of_process = environment.stack.pid("watch")
    assert of_process is not None  # noqa: S101 - the stack runs
    before = [read_seconds(pid) for pid in (of_process, session)]
    began = time.monotonic()
    time.sleep(watched)
    whole = time.monotonic() - began
    spent = [read_seconds(pid) - old for pid, old in zip((of_process, session), before, strict=True)]
    for what, used in (("the process", spent[0]), ("its statements in PostgreSQL", spent[1]), ("both", sum(spent))):
        yield Measurement(
            bench=bench, what=f"watching: {what}", value=100 * used / whole, unit="% of a core", beside=5,
            beside_what="what it may take",
        )  # fmt: skip
