"""What every row of a series takes from the store: times, kind, reason, coverage, origin, flags and revision."""

from datetime import datetime
from typing import Any

from opendata.database import Row as Stored
from opendata.v1.models import Dekking
from opendata.words import flags, herkomst, kind

_REASONS = {"geen meting": "geen geldige meting", "onvolledig": None, "gemeten": None}


def common(row: Stored, now: datetime) -> dict[str, Any]:
    """Give the fields that all rows share."""
    aard = kind(row["valid"], row["expected"])
    return {
        "start_tijd": row["started_at"],
        "eind_tijd": row["ended_at"],
        "datum": row["day"],
        "aard": aard,
        "reden": row["reason"] or _REASONS[aard],
        "dekking": Dekking.of(row["valid"], row["expected"]),
        "herkomst": herkomst(row["origins"]),
        "vlaggen": flags(row["doubts"] or 0, running=row["ended_at"] > now),
        "revisie": row["revision"] or 0,
        "gewijzigd_tijd": row["revised_at"],
    }


def number(value: Any) -> float | None:  # noqa: ANN401 - the driver gives Decimal, float or None
    """Give a number of the store as JSON has it."""
    return None if value is None else float(value)
