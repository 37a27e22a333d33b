"""What was sent under names that nobody registered, by sensor and source."""

from datetime import datetime
from typing import Final

import msgspec

from operations.database import rows, statements
from operations.feeds import directory, unregistered
from registry.draft import SentSource, sources
from schemas.observation import Observation

_SQL: Final = statements("unknown_sources.sql")


def unknown_sources(conninfo: str) -> list[SentSource]:
    """Return the sources of sensors that were refused as unknown, and those that registered devices send beside theirs.

    A source that was registered meanwhile is left out. Of the newest 1,000 refusals that hold observations; of what was
    not kept only one value is known.
    """
    refused = rows(conninfo, _SQL["refused_observations"])
    seen = [one for row in refused for one in msgspec.json.decode(row["payload"], type=list[Observation])]
    known = directory(conninfo)
    unknown = [one for one in sources(seen) if one.source not in known.get(one.sensor, ())]
    noted = [_noted(**row) for row in unregistered(conninfo)]
    refused_too = {(one.sensor, one.source) for one in unknown}
    beside = [one for one in noted if (one.sensor, one.source) not in refused_too]
    return sorted([*unknown, *beside], key=lambda one: (one.sensor, one.source))


def _noted(sensor: str, source: str, first_received_at: datetime, last_value: float | None) -> SentSource:
    """Give what a registered device sends beside its sources: how often is not known."""
    at = first_received_at
    return SentSource(sensor, source, at, at, int(last_value is not None), last_value, last_value)
