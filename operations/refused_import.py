"""The observations of an import that `store` refused, counted by reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from operations.database import reader, statements
from schemas.failures import CheckFailedError

_SQL: Final = statements("refused_import.sql")
UNREGISTERED: Final = "unregistered_source"


class ObservationsRefusedError(CheckFailedError):
    """Observations of an import were refused by `store`: register their sensors, and import again."""


Sources: TypeAlias = Mapping[tuple[str, str], int]
"""The number of observations by sensor and source."""


class Received(NamedTuple):
    """The observations of an import by sensor and source, and their first and last `received_at`."""

    sources: Sources
    first: datetime
    last: datetime


def received(sent: Iterable[tuple[Sources, tuple[datetime, datetime] | None]]) -> Received | None:
    """Combine the sources and times of all files; None where no file held an observation."""
    given = [(sources, moments) for sources, moments in sent if moments is not None]
    if not given:
        return None
    sources: Counter[tuple[str, str]] = Counter()
    for some, _ in given:
        sources.update(some)
    return Received(sources, min(first for _, (first, _) in given), max(last for _, (_, last) in given))


def refused(conninfo: str, what: Received | None) -> Mapping[str, int]:
    """Count the observations of an import that were not stored by reason, as far as they are processed.

    `unregistered_source` is the reason of what registered sensors sent under names that no datastream has.
    Raises psycopg.OperationalError when the database does not answer.
    """
    if what is None:
        return {}
    sensors, sources = zip(*what.sources, strict=True)
    parameters = {
        "sensors": list(sensors), "sources": list(sources), "received_from": what.first, "received_to": what.last
    }  # fmt: skip
    with reader(conninfo) as connection:
        found = dict(connection.execute(_SQL["refused"].encode(), parameters).fetchall())
        beside = connection.execute(_SQL["unregistered"].encode(), parameters).fetchall()
    if beside:
        found[UNREGISTERED] = sum(what.sources[sensor, source] for sensor, source in beside)
    return found


def sentence(reasons: Mapping[str, int]) -> str:
    """Return a sentence with the number of refused observations by reason."""
    by_reason = ", ".join(f"{times:,} {reason}" for reason, times in reasons.items())
    where = "`doorfiets feeds show SENSOR`" if reasons.keys() == {UNREGISTERED} else "`doorfiets rejections`"
    return f"{sum(reasons.values()):,} observations were refused by `store` ({by_reason}); see {where}"
