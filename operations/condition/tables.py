"""The condition of a stack as tables for people."""

from rich.table import Table

from operations.condition.report import Condition, Service


def service_table(found: Condition) -> Table:
    """Make the table of the services, with their restarts."""
    table = _table("service", "state", "ready", "process", "for", "restarts", "last cause")
    for one in found.services:
        pid = "" if one.pid is None else str(one.pid)
        restarts = str(one.restarts) if one.restarts else ""
        table.add_row(
            one.name, _state(one), "yes" if one.ready else "no", pid, f"{one.seconds} s", restarts, _cause(one)
        )
    return table


def stage_table(found: Condition) -> Table:
    """Make the table of the stages with lag and backlog; a dash is not known."""
    table = _table("stage", "behind", "waits")
    for one in found.stages:
        behind = "-" if one.lag_seconds is None else f"{one.lag_seconds:,.0f} s"
        table.add_row(one.name, behind, "-" if one.backlog is None else f"{one.backlog:,} {one.unit}")
    if found.acknowledged_seconds is not None:
        table.add_row("", f"{found.acknowledged_seconds:,.0f} s", "since the last acknowledgement")
    return table


def _state(one: Service) -> str:
    return f"{one.state.lower()}, {one.process}" if one.process else one.state.lower()


def _cause(one: Service) -> str:
    return f"{one.restart_cause}, {one.restarted_at:%Y-%m-%d %H:%M:%SZ}" if one.restarted_at else ""


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table
