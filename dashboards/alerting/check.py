"""The query of every alert rule, run once as `grafana_staff`; what Grafana could not evaluate is a problem."""

from collections.abc import Iterator, Sequence
from time import perf_counter

import psycopg

from dashboards import lint, staff
from dashboards.alerting.build import RuleJson
from dashboards.alerting.evaluate import UnfitResultError, expanded, queried
from dashboards.check import Run
from dashboards.macros import MacroError
from dashboards.staff import StaffConnection


def check_alerts(rules: Sequence[RuleJson], conninfo: str) -> Iterator[Run]:
    """Run the query of every rule; raise psycopg.OperationalError when the database is away."""
    with staff.connect(conninfo, "doorfiets alerts") as connection:
        for rule in rules:
            yield _run(rule, connection)


def _run(rule: RuleJson, connection: StaffConnection) -> Run:
    at = staff.now(connection)
    began, rows, problems = perf_counter(), 0, list[str]()
    try:
        problems += lint.problems(expanded(rule["data"][0], at))
        rows = 0 if problems else len(queried(rule["data"][0], connection, at))
    except (psycopg.Error, MacroError, UnfitResultError) as error:
        if connection.closed:
            raise
        problems.append(staff.first_line(error))
    return Run(f"alert {rule['title']} (A)", "now", "default", rows, (perf_counter() - began) * 1000, tuple(problems))
