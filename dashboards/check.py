"""Every query of a dashboard, run as `grafana_staff` for the ranges and choices that break dashboards."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg

from dashboards import dashboard_queries, lint, shape, staff
from dashboards.dashboard_queries import Chosen, Query
from dashboards.macros import DashboardRange, MacroError, expand
from dashboards.staff import StaffConnection

BUDGET_MS: Final = 300.0
"""Milliseconds that a warm query may take; more is reported and no failure, as the machine may be busy."""

_LONG: Final = timedelta(days=2)
_RAW: Final = ('"observation"', "_hyper_", '"site_quarters"')  # the table, its chunks, and the function that reads it

Tried: TypeAlias = tuple[int, float, tuple[str, ...]]
"""The rows, the milliseconds and the problems of one run."""


class Run(NamedTuple):
    """One run of one query: its range and choice, rows and time, and its problems."""

    place: str
    range: str
    chosen: str
    rows: int
    milliseconds: float
    problems: tuple[str, ...]


def check(dashboard: Mapping[str, Any], conninfo: str) -> Iterator[Run]:
    """Run all queries of one dashboard as `grafana_staff`; raise psycopg.OperationalError when the database is away."""
    for _, run in check_all([dashboard], conninfo):
        yield run


def check_all(dashboards: Iterable[Mapping[str, Any]], conninfo: str) -> Iterator[tuple[str, Run]]:
    """Run all queries of dashboards likewise, each with the uid of its dashboard.

    What is asked more than once, as by one dashboard in two languages or without variables, is run once.
    """
    with staff.connect(conninfo, "doorfiets dashboards") as connection:
        ranges = _ranges(staff.now(connection))
        known: dict[tuple[str, Query], Tried] = {}
        for dashboard in dashboards:
            choices = _choices(dashboard, connection)
            for query in dashboard_queries.queries(dashboard):
                for run in _runs(connection, query, ranges, choices, known):
                    yield dashboard.get("uid", ""), run


def _runs(
    connection: StaffConnection,
    query: Query,
    ranges: Mapping[str, DashboardRange],
    choices: Mapping[str, Chosen],
    known: dict[tuple[str, Query], Tried],
) -> Iterator[Run]:
    for range_name, span in ranges.items():
        for choice, chosen in choices.items():
            try:
                sql = expand(dashboard_queries.fill_in(query.sql, chosen), span)
            except MacroError as error:
                yield Run(query.place, range_name, choice, 0, 0, (str(error),))
            else:
                wanted = sql, query._replace(place="", sql="")
                if wanted not in known:
                    known[wanted] = _tried(connection, query, sql, span)
                yield Run(query.place, range_name, choice, *known[wanted])


def _tried(connection: StaffConnection, query: Query, sql: str, span: DashboardRange) -> Tried:
    found = list(lint.problems(sql))
    if found:
        return 0, 0, tuple(found)
    try:
        columns, rows, took = _answer(connection, sql)
        found += shape.problems(query.shape, columns, rows)
        found += _unlike_headings(query, columns)
        found += _reads_raw(connection, sql) if span.end - span.start > _LONG else ()
    except psycopg.OperationalError as error:
        if connection.closed:
            raise
        return 0, 0, (staff.first_line(error),)
    except psycopg.Error as error:
        return 0, 0, (staff.first_line(error),)
    return len(rows), took, tuple(found)


def _unlike_headings(query: Query, columns: Sequence[shape.ResultColumn]) -> Iterator[str]:
    """Compare the columns of a table with those that have a heading in the language of the dashboard."""
    if query.headings is not None:
        named = {column.name for column in columns}
        yield from (f"gives column {name} no heading" for name in sorted(named - query.headings))
        yield from (f"has a heading for {name}, which it does not give" for name in sorted(query.headings - named))


def _answer(connection: StaffConnection, sql: str) -> tuple[list[shape.ResultColumn], list[tuple[Any, ...]], float]:
    """Run a query twice and time the second run, as a dashboard is opened more than once."""
    connection.execute(_trusted(sql))
    began = perf_counter()
    cursor = connection.execute(_trusted(sql))
    rows = cursor.fetchall()
    took = (perf_counter() - began) * 1000
    return [shape.ResultColumn(one.name, one.type_code) for one in cursor.description or ()], rows, took


def _reads_raw(connection: StaffConnection, sql: str) -> Iterator[str]:
    """Report a query that reads observations; to be called for ranges of more than two days, which aggregates hold."""
    plan = connection.execute(_trusted(f"EXPLAIN (FORMAT JSON) {sql}")).fetchone()
    if any(raw in json.dumps(plan) for raw in _RAW):
        yield "reads the observations for more than two days; use a stored hour or day"


def _trusted(sql: str) -> bytes:
    """Mark SQL of a dashboard of this repository as trusted."""
    return sql.encode()


def _ranges(now: datetime) -> Mapping[str, DashboardRange]:
    """Return the usual ranges by name, and one over each change of the clock."""
    spring, autumn = datetime.fromisoformat("2026-03-26T12:00Z"), datetime.fromisoformat("2026-10-22T12:00Z")
    return MappingProxyType(
        {
            "24 h": DashboardRange(now - timedelta(hours=24), now),
            "30 d": DashboardRange(now - timedelta(days=30), now),
            "12 months": DashboardRange(now - timedelta(days=365), now),
            "29 March 2026": DashboardRange(spring, spring + timedelta(days=6)),
            "25 October 2026": DashboardRange(autumn, autumn + timedelta(days=6)),
        }
    )


def _choices(dashboard: Mapping[str, Any], connection: StaffConnection) -> Mapping[str, Chosen]:
    return MappingProxyType(
        {
            "default": dashboard_queries.default(dashboard),
            "one": {name: _first(connection, query) for name, query in _variables(dashboard).items()},
            "all": dashboard_queries.everything(dashboard),
        }
    )


def _variables(dashboard: Mapping[str, Any]) -> Mapping[str, str]:
    return {one["name"]: one["query"] for one in dashboard["templating"]["list"]}


def _first(connection: StaffConnection, query: str) -> str:
    """Return the first value of a variable, "" where there is nothing to choose or the query fails."""
    try:
        row = connection.execute(_trusted(query)).fetchone()
    except psycopg.ProgrammingError:  # reported where the variable's own query is run
        row = None
    return dashboard_queries.sql_string(str(row[1]) if row else "")
