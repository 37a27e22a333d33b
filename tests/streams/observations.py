"""Observations for tests: one line each, the rest is ordinary."""

from datetime import UTC, datetime, timedelta

from schemas.observation import Observation
from streams.domain.datastreams import ValidDatastream

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def seen(value: float | None = 5.0, *, quarter: int = 0, received: float = 0, **other: object) -> Observation:
    """Make an observation of a quarter after NOON, received some seconds after it ended."""
    start = NOON + quarter * QUARTER
    fields = {
        "sensor": "noord-1",
        "source": "bicycles/in",
        "started_at": start,
        "ended_at": start + QUARTER,
        "value": value,
        "uptime": 1.0,
        "received_at": start + QUARTER + timedelta(seconds=20 + received),
        **other,
    }
    return Observation(**fields)  # type: ignore[arg-type] # the fields are as the caller says


def stream(**other: object) -> ValidDatastream:
    """Make the datastream of `seen`."""
    fields = {
        "datastream": 7,
        "sensor": "noord-1",
        "source": "bicycles/in",
        "interval": QUARTER,
        "seconds": 900,
        "low": 0.0,
        "high": 2000.0,
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        "valid_until": datetime(2027, 1, 1, tzinfo=UTC),
        "owner": 1,
        **other,
    }
    return ValidDatastream(**fields)  # type: ignore[arg-type] # likewise
