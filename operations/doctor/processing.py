"""Checks of what the platform does with what it gets: its workers, how far they are, what was refused and set aside."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from operations import applied_registry, lag
from operations.condition import metrics
from operations.database import rows
from operations.doctor.checks import DoubtfulError, NotAsExpectedError, graded
from operations.doctor.database import SQL
from operations.lag import LAGS

_SILENT: Final = timedelta(seconds=15)  # between two measurements of a worker, which makes one a second
_FAR_BEHIND: Final = timedelta(minutes=5)
_RATIO: Final = 30  # percent of the feeds that are silent at once: that is the broker or a worker, not the sensors
_PATIENCE: Final = 5.0


def workers_measure(conninfo: str) -> str:
    """Measure when `store` and `aggregate` last measured themselves; they do so every second."""
    found = lag.ask(conninfo)
    ages = {"store": found.store_measured_at, "aggregate": found.aggregate_measured_at}
    if never := [name for name, at in ages.items() if at is None]:
        raise NotAsExpectedError(f"{' and '.join(never)} never measured anything in this database")
    silent = {name: found.queried_at - at for name, at in ages.items() if at}
    measured = ", ".join(f"{name} {age.total_seconds():.0f} s ago" for name, age in silent.items())
    if max(silent.values()) >= _SILENT:
        raise NotAsExpectedError(f"{measured}: it stands still")
    return measured


def stored_in_time(conninfo: str) -> str:
    """Measure how far storing is behind what is published; doubtful from 10 s on, wrong from five minutes on."""
    found = lag.ask(conninfo)
    return _in_time("stored", found.behind(found.stored_until), found.store_backlog, "records")


def aggregated_in_time(conninfo: str) -> str:
    """Measure how far hours and days are behind what is published, likewise."""
    found = lag.ask(conninfo)
    return _in_time("aggregated", found.behind(found.aggregated_until), found.aggregate_backlog, "hours")


def _in_time(what: str, behind: timedelta | None, backlog: int | None, unit: str) -> str:
    if behind is None:
        raise DoubtfulError(f"no bridge has marked yet how far it is, so nobody knows until when all is {what}")
    measured = f"{what} until {behind.total_seconds():,.0f} s ago, {backlog or 0:,} {unit} wait"
    return graded(measured, doubtful=behind >= LAGS, wrong=behind >= _FAR_BEHIND)


def broker_drops_nothing(address: tuple[str, int]) -> str:
    """Measure how many messages the broker has dropped since its start, as the bridge tells it."""
    found = metrics.read(*address)
    dropped = int(found.get("mqtt_dropped_total", 0))
    if dropped:
        raise DoubtfulError(f"the broker has dropped {dropped:,} messages since its start: a queue of it was full")
    return f"0 dropped since its start, {found.get('bridge_backlog_messages', 0):,.0f} wait for the bridge"


def nothing_is_set_aside(conninfo: str) -> str:
    """Measure what can never be stored or computed; doubtful where there is any."""
    (found,) = rows(conninfo, SQL["set_aside"])
    measured = f"{found['records']:,} records and {found['hours']:,} hours are set aside"
    return graded(measured, doubtful=bool(found["records"] or found["hours"]))


def feeds_speak(conninfo: str) -> str:
    """Measure how many feeds are silent; doubtful from one on, wrong where it is more than 30 % of them."""
    (found,) = rows(conninfo, SQL["feeds"])
    measured = f"{found['silent']:,} of {found['feeds']:,} feeds are silent"
    return graded(measured, doubtful=found["silent"] > 0, wrong=found["silent"] * 100 > found["feeds"] * _RATIO)


def little_is_refused(conninfo: str) -> str:
    """Measure how many kinds of messages were refused in the last day; doubtful from one on."""
    (found,) = rows(conninfo, SQL["refused"])
    if found["messages"]:
        raise DoubtfulError(f"{found['messages']:,} messages refused in the last day, most as {found['reason']}")
    return "nothing refused in the last day"


def registry_is_applied(conninfo: str, root: Path, profiles: Path) -> str:
    """Measure whether the files of every owner are the applied ones; doubtful where they differ."""
    registry = applied_registry.ask(conninfo).beside(applied_registry.files_under(root, profiles))
    if not any(one.applied_state for one in registry.owners):
        raise NotAsExpectedError("no owner's registry is applied")
    if pending := [one.id for one in registry.owners if one.pending]:
        raise DoubtfulError(f"the files of {', '.join(pending)} are not the ones that are applied")
    return f"{len(registry.owners)} owners, applied as their files are"


def api_describes_itself(address: str) -> str:
    """Measure whether `/v1` gives its description, and how many paths that has."""
    with urlopen(f"{address}/v1/openapi.json", timeout=_PATIENCE) as answer:  # noqa: S310 - the address of the site
        document = json.load(answer)
    if not document.get("paths"):
        raise NotAsExpectedError(f"{address}/v1/openapi.json describes nothing")
    return f"OpenAPI {document['openapi']}, {len(document['paths'])} paths"
