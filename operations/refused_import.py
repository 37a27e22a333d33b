"""What the platform refused of an import: behind the door, when it validated what the import had sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from operations.database import reader, statements
from schemas.failures import CheckFailedError

_SQL: Final = statements("refused_import.sql")


class ObservationsRefusedError(CheckFailedError):
    """Observations of an import were refused behind the door: register their sensors, and import again."""


class Received(NamedTuple):
    """Whose observations an import sent, and the first and the last moment of reception that they carry."""

    sensors: frozenset[str]
    first: datetime
    last: datetime


def received(sent: Iterable[tuple[frozenset[str], tuple[datetime, datetime] | None]]) -> Received | None:
    """Put together the sensors and the moments of all files; None where no file held an observation."""
    held = [(sensors, moments) for sensors, moments in sent if moments is not None]
    if not held:
        return None
    sensors = frozenset[str]().union(*(sensors for sensors, _ in held))
    return Received(sensors, min(first for _, (first, _) in held), max(last for _, (_, last) in held))


def refused(conninfo: str, what: Received | None) -> Mapping[str, int]:
    """Count what was refused of an import by reason, the most first, as far as it is stored.

    Raises psycopg.OperationalError when the database does not answer.
    """
    if what is None:
        return {}
    parameters = {"sensors": sorted(what.sensors), "received_from": what.first, "received_to": what.last}
    with reader(conninfo) as connection:
        return dict(connection.execute(_SQL["refused"].encode(), parameters).fetchall())


def sentence(reasons: Mapping[str, int]) -> str:
    """Say how many observations were refused, and why."""
    reported = ", ".join(f"{times:,} {reason}" for reason, times in reasons.items())
    return (
        f"{sum(reasons.values()):,} observations were refused behind the door ({reported}); see `doorfiets rejections`"
    )
