"""What every row of a series takes from the store: times, kind, reason, coverage, origin, flags and revision."""

from datetime import datetime, timedelta
from typing import Any, Final

from opendata.database import Row as Stored
from opendata.v1.models import Dekking
from opendata.words import flags, herkomst, kind

_REASONS: Final = {"geen meting": "geen geldige meting", "onvolledig": None, "gemeten": None}
_PERIODS: Final = (
    (timedelta(hours=1), "het uur"),
    (timedelta(hours=25), "de dag"),
    (timedelta(days=8), "de week"),
    (timedelta(days=32), "de maand"),
)
"""What a row of at most this length is called."""


def common(row: Stored, now: datetime) -> dict[str, Any]:
    """Give the fields that all rows share."""
    aard = kind(row["valid"], row["expected"])
    running = row["ended_at"] > now
    return {
        "start_tijd": row["started_at"],
        "eind_tijd": row["ended_at"],
        "datum": row["day"],
        "aard": aard,
        "reden": _unfinished(row) if running else row["reason"] or _REASONS[aard],
        "dekking": Dekking.of(row["valid"], row["expected"]),
        "herkomst": herkomst(row["origins"]),
        "vlaggen": flags(row["doubts"] or 0, running=running),
        "revisie": row["revision"] or 0,
        "gewijzigd_tijd": row["revised_at"],
    }


def _unfinished(row: Stored) -> str:
    """Say that a bucket is not over, unless nothing is expected of it: that reason will not pass."""
    if row["reason"] and not row["expected"]:
        return str(row["reason"])
    length = row["ended_at"] - row["started_at"]
    period = next((name for most, name in _PERIODS if length <= most), "het jaar")
    return f"{period} is nog niet voorbij"


def number(value: Any) -> float | None:  # noqa: ANN401 - the driver gives Decimal, float or None
    """Give a number of the store as JSON has it."""
    return None if value is None else float(value)
