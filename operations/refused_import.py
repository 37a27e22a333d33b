"""The observations of an import that `store` refused, counted by reason."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from operations.database import reader, statements
from schemas.failures import CheckFailedError

_SQL: Final = statements("refused_import.sql")


class ObservationsRefusedError(CheckFailedError):
    """Observations of an import were refused by `store`: register their sensors, and import again."""


class Received(NamedTuple):
    """The sensors of an import, and the first and the last `received_at` of its observations."""

    sensors: frozenset[str]
    first: datetime
    last: datetime


def received(sent: Iterable[tuple[frozenset[str], tuple[datetime, datetime] | None]]) -> Received | None:
    """Combine the sensors and times of all files; None where no file held an observation."""
    given = [(sensors, moments) for sensors, moments in sent if moments is not None]
    if not given:
        return None
    sensors = frozenset[str]().union(*(sensors for sensors, _ in given))
    return Received(sensors, min(first for _, (first, _) in given), max(last for _, (_, last) in given))


def refused(conninfo: str, what: Received | None) -> Mapping[str, int]:
    """Count the refused observations of an import by reason, the most frequent first, as far as they are stored.

    Raises psycopg.OperationalError when the database does not answer.
    """
    if what is None:
        return {}
    parameters = {"sensors": sorted(what.sensors), "received_from": what.first, "received_to": what.last}
    with reader(conninfo) as connection:
        return dict(connection.execute(_SQL["refused"].encode(), parameters).fetchall())


def sentence(reasons: Mapping[str, int]) -> str:
    """Return a sentence with the number of refused observations by reason."""
    by_reason = ", ".join(f"{times:,} {reason}" for reason, times in reasons.items())
    return f"{sum(reasons.values()):,} observations were refused by `store` ({by_reason}); see `doorfiets rejections`"
