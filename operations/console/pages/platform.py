"""The platform itself: how far each stage has come, what waits, and which processes are connected."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit

PROCESSES: Final = (
    ("store", "store"),
    ("aggregate", "aggregate"),
    ("quality", "quality"),
    ("watch", "watch"),
    ("replay", "replay"),
    ("web", "api"),
    ("console", "console"),
)
"""Processes that keep a connection to the database, each with its role there."""


_MEASURES: Final = ("store", "aggregate")
_STANDS: Final = timedelta(seconds=15)  # without a measurement, of which a worker makes one every few seconds


def show(visit: ConsoleVisit) -> Response:
    """Show the lag of each stage, who is connected, and which of them measures nothing though it is."""
    (lag,) = visit.rows(SQL["lag"])
    sessions = {one["role"]: one["sessions"] for one in visit.rows(SQL["processes"])}
    measured = {stage: lag[f"{stage}_measured_at"] for stage in _MEASURES}
    stands = {stage: at for stage, at in measured.items() if at is not None and lag["queried_at"] - at > _STANDS}
    processes = [(name, sessions.get(role, 0), stands.get(name)) for name, role in PROCESSES]
    return visit.page("platform.html", lag=lag, processes=processes, stands=stands)
