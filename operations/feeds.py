"""The feeds with their status, by feed or by place, and one device with all of its own."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from operations import feed_words
from operations.database import rows, statements
from operations.findings import findings
from schemas.failures import CheckFailedError
from schemas.feed_states import STATUSES, TROUBLED
from schemas.quality_flags import named
from schemas.suggestions import nearest

_SQL: Final = statements("feeds.sql")
_NAMED: Final = 5  # sensors, and sources of each, in one sentence
_MOST: Final = 20  # states of one device


_PARTS: Final = (
    "placements",
    "device_history",
    "device_states",
    "device_battery",
    "device_rejections",
)


class DeviceUnknownError(CheckFailedError):
    """No device of this name is registered: look at its spelling, or register it."""


def feeds(
    conninfo: str,
    *,
    closed: bool = False,
    statuses: Collection[str] = (),
    owner: str | None = None,
    site: str | None = None,
) -> list[dict[str, Any]]:
    """Return feeds with their status and why they have it, worst first; with `closed` also those that have ended.

    All, or only those of some statuses (schemas.feed_states), of an owner, or at a place.
    """
    found = rows(
        conninfo,
        _SQL["feeds"],
        all=closed or "closed" in statuses,
        statuses=list(statuses) or None,
        owner=owner,
        site=site,
    )
    for one in found:
        one["why"] = feed_words.why(one["reason"])
    return found


def by_place(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the places of feeds, worst first: the worst status of each, how many feeds have which, and its feeds."""
    together = sorted(found, key=lambda one: one["place"])
    places = [_place(name, list(ones)) for name, ones in groupby(together, key=lambda one: one["place"])]
    return sorted(places, key=lambda one: (STATUSES.index(one["status"]), -one["troubled"], one["place_name"]))


def _place(name: str, ones: list[Mapping[str, Any]]) -> dict[str, Any]:
    ones.sort(key=lambda one: STATUSES.index(one["status"]))
    counted = Counter(one["status"] for one in ones)
    return {
        "status": ones[0]["status"],
        "place": name,
        "place_name": ones[0]["place_name"],
        "owner": ones[0]["owner"],
        "troubled": sum(counted[status] for status in TROUBLED),
        "counts": dict(counted),
        "feeds": ones,
    }


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

    And the states in which they were, what was found out about them, its battery, and what was refused of it. Raises
    DeviceUnknownError naming what is called alike.
    """
    found = rows(conninfo, _SQL["device"], sensor=sensor)
    if not found:
        known = [row["device"] for row in rows(conninfo, _SQL["alike"])]
        raise DeviceUnknownError(f"no device is called {sensor!r}{nearest(sensor, known)}")
    found_parts = {part: rows(conninfo, _SQL[part], sensor=sensor, most=_MOST) for part in _PARTS}
    return (
        found[0]
        | found_parts
        | {
            "device_feeds": [_with_reasons(row) for row in rows(conninfo, _SQL["device_feeds"], sensor=sensor)],
            "findings": findings(conninfo, sensor=sensor),
            "device_states": [one | {"why": feed_words.why(one["reason"])} for one in found_parts["device_states"]],
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
    """Give a feed with the names of its quality flags, why it has its status, and why its newest counts in no sum."""
    flags = named(row["quality_flags"] or 0)
    why = [flag.name for flag in flags if flag.verdict == "excluded"]
    if row["quality_flags"] is not None and row["last_value"] is None:
        why.insert(0, "sent without a value")
    return row | {
        "why": feed_words.why(row["reason"]),
        "first_step": feed_words.first_step(row["status"]),
        "quality_flags": ", ".join(flag.name for flag in flags),
        "not_counted": ", ".join(why),
    }
