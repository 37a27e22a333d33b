"""What was sent under names that nobody registered, by sensor and source."""

from typing import Final

import msgspec

from operations.database import rows, statements
from registry.draft import SentSource, sources
from schemas.observation import Observation

_SQL: Final = statements("unknown_sources.sql")


def unknown_sources(conninfo: str) -> list[SentSource]:
    """Return the sources of sensors that were refused as unknown, and those that registered devices send beside theirs.

    Of the newest 1,000 refusals that hold observations; of what was not kept only the newest value is known.
    """
    refused = rows(conninfo, _SQL["refused_observations"])
    seen = [one for row in refused for one in msgspec.json.decode(row["payload"], type=list[Observation])]
    beside = [SentSource(**row) for row in rows(conninfo, _SQL["unregistered_sources"])]
    return sorted([*sources(seen), *beside], key=lambda one: (one.sensor, one.source))
