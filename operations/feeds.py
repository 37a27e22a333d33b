"""The feeds with their status, and one device with all of its own."""

from typing import Any, Final

from operations.database import rows, statements
from registry.suggestions import nearest
from schemas.failures import CheckFailedError

_SQL: Final = statements("feeds.sql")


class DeviceUnknownError(CheckFailedError):
    """No device of this name is registered: look at its spelling, or register it."""


def feeds(conninfo: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return every feed with its status, worst first; with `closed` also those whose datastream has ended."""
    return rows(conninfo, _SQL["feeds"], all=closed)


def no_feeds(conninfo: str) -> str:
    """Return a sentence that says why there is no feed to list."""
    (registered,) = rows(conninfo, _SQL["registered"])
    if not registered["feeds"]:
        return "No feed is registered: `doorfiets registry apply`."
    return (
        f"All {registered['feeds']} registered feeds have ended, the last on {registered['ended_at']:%Y-%m-%d %H:%MZ}:"
        " `doorfiets feeds --all` lists them."
    )


def device(conninfo: str, sensor: str) -> dict[str, Any]:
    """Return a device with its placements, history, datastreams with their status, and what it sends beside these.

    Raises DeviceUnknownError naming what is called alike.
    """
    found = rows(conninfo, _SQL["device"], sensor=sensor)
    if not found:
        known = [row["device"] for row in rows(conninfo, _SQL["alike"])]
        raise DeviceUnknownError(f"no device is called {sensor!r}{nearest(sensor, known)}")
    parts = ("placements", "device_history", "device_feeds", "unregistered_sources")
    return found[0] | {part: rows(conninfo, _SQL[part], sensor=sensor) for part in parts}
