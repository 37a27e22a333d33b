"""Asking a database what a dashboard asks it, as Grafana's role for staff."""

from collections.abc import Mapping
from typing import Any

import psycopg

from dashboards import dashboard_queries
from dashboards.macros import DashboardRange, expand
from locales import texts


def requesting(conninfo: str, sql: str) -> list[tuple[Any, ...]]:
    """Ask as the staff's role."""
    with psycopg.connect(conninfo, user="grafana_staff") as connection:
        return connection.execute(sql.encode()).fetchall()


def panel(dashboard: Mapping[str, Any], name: str, span: DashboardRange, **chosen: str) -> str:
    """Give the SQL of a panel for a range, everything chosen but the variables that are named."""
    title = texts(locale_of(dashboard))(f"dashboard.panel.{name}.title")
    (query,) = [query for query in dashboard_queries.queries(dashboard) if query.place == f"{title} (A)"]
    quoted = {name: dashboard_queries.sql_string(value) for name, value in chosen.items()}
    return expand(dashboard_queries.fill_in(query.sql, {**dashboard_queries.everything(dashboard), **quoted}), span)


def locale_of(dashboard: Mapping[str, Any]) -> str:
    """Give the language that a dashboard is in."""
    return str(dashboard["uid"]).rsplit("-", 1)[1]
