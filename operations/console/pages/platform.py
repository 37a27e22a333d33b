"""The platform itself: how far each stage has come, what waits, and which processes are connected."""

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


def show(visit: ConsoleVisit) -> Response:
    """Show the lag of each stage, and who is connected."""
    (lag,) = visit.rows(SQL["lag"])
    sessions = {one["role"]: one["sessions"] for one in visit.rows(SQL["processes"])}
    return visit.page("platform.html", lag=lag, processes=[(name, sessions.get(role, 0)) for name, role in PROCESSES])
