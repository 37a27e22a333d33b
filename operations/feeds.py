"""The feeds with their status, and one device with all of its own."""

from typing import Any, Final

from operations.database import rows, statements
from operations.findings import findings
from registry.suggestions import nearest
from schemas.failures import CheckFailedError
from schemas.quality_flags import named

_SQL: Final = statements("feeds.sql")
_NAMED: Final = 5  # sensors, and sources of each, in one sentence


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
    """Return a device with its placements, history, datastreams with their status, findings, and what it sends beside.

    Raises DeviceUnknownError naming what is called alike.
    """
    found = rows(conninfo, _SQL["device"], sensor=sensor)
    if not found:
        known = [row["device"] for row in rows(conninfo, _SQL["alike"])]
        raise DeviceUnknownError(f"no device is called {sensor!r}{nearest(sensor, known)}")
    parts = {part: rows(conninfo, _SQL[part], sensor=sensor) for part in ("placements", "device_history")}
    return (
        found[0]
        | parts
        | {
            "device_feeds": [_with_reasons(row) for row in rows(conninfo, _SQL["device_feeds"], sensor=sensor)],
            "findings": findings(conninfo, sensor=sensor),
            "unregistered_sources": unregistered(conninfo, sensor),
        }
    )


def unregistered(conninfo: str, sensor: str | None = None) -> list[dict[str, Any]]:
    """Return what registered sensors, or one of them, send that nobody registered and no profile ignores.

    Each with sensor, source, a value, and since when.
    """
    return rows(conninfo, _SQL["unregistered"], sensor=sensor)


def directory(conninfo: str) -> dict[str, set[str]]:
    """Return the sources of every registered device, by its name."""
    return {row["device"]: {*row["sources"]} for row in rows(conninfo, _SQL["directory"])}


def is_registered(conninfo: str, sensor: str) -> bool:
    """Return whether a device is called so."""
    return bool(rows(conninfo, _SQL["device"], sensor=sensor))


def not_stored(conninfo: str) -> str:
    """Return a sentence that names what is sent and not stored, for some sensors; empty where there is nothing."""
    sources: dict[str, list[str]] = {}
    for one in unregistered(conninfo):
        sources.setdefault(one["sensor"], []).append(one["source"])
    if not sources:
        return ""
    shown = "; ".join(f"{sensor}: {', '.join(names[:_NAMED])}" for sensor, names in list(sources.items())[:_NAMED])
    total = sum(len(names) for names in sources.values())
    return f"{total} sources of registered sensors are not registered and not stored, such as {shown}."


def _with_reasons(row: dict[str, Any]) -> dict[str, Any]:
    """Give a feed with the names of its quality flags, and why its newest observation counts in no sum."""
    flags = named(row["quality_flags"] or 0)
    why = [flag.name for flag in flags if flag.verdict == "excluded"]
    if row["quality_flags"] is not None and row["last_value"] is None:
        why.insert(0, "sent without a value")
    return row | {"quality_flags": ", ".join(flag.name for flag in flags), "why": ", ".join(why)}
