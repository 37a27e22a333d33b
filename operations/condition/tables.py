"""The condition of a stack as tables for people."""

from typing import Final

from rich.table import Table

from operations.applied_registry import AppliedRegistry, OwnerState
from operations.condition.report import Condition, Service

_SHORT: Final = 12
"""The digits of a state that people are shown."""


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


def registry_table(registry: AppliedRegistry) -> Table:
    """Make the table of the owners with the states that are in force, and a last line for all of them together."""
    table = _table("owner", "name", "state", "since", "files")
    for one in registry.owners:
        since = f"{one.applied_at:%Y-%m-%d %H:%M:%SZ}" if one.applied_at else "-"
        table.add_row(one.id, one.name, _short(one.applied_state), since, _files(one))
    table.add_row("all", "", _short(registry.state))
    return table


def _short(state: str | None) -> str:
    return state[:_SHORT] if state else "-"


def _files(one: OwnerState) -> str:
    if one.files_state is None:
        return "-"
    return one.files_state[:_SHORT] if one.pending else "as applied"


def _state(one: Service) -> str:
    return f"{one.state.lower()}, {one.process}" if one.process else one.state.lower()


def _cause(one: Service) -> str:
    return f"{one.restart_cause}, {one.restarted_at:%Y-%m-%d %H:%M:%SZ}" if one.restarted_at else ""


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table
