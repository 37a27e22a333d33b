"""What every row of a series takes from the store: times, kind, reason, coverage, origin, flags and revision."""

from datetime import datetime, timedelta
from typing import Any, Final

from opendata.database import Row as Stored
from opendata.reasons import Stored as Reason
from opendata.reasons import fields, own
from opendata.v1.models import Dekking
from opendata.vocabulary import flag_codes, flags, herkomst, kind

_REASONS: Final = {"geen meting": own("no_valid_reading"), "onvolledig": None, "gemeten": None}
_UNFINISHED: Final = (
    (timedelta(hours=1), own("not_over", period="hour")),
    (timedelta(hours=25), own("not_over", period="day")),
    (timedelta(days=8), own("not_over", period="week")),
    (timedelta(days=32), own("not_over", period="month")),
)
"""What is said of a row of at most this length that is not over."""
_YEAR: Final = own("not_over", period="year")


def common(row: Stored, now: datetime) -> dict[str, Any]:
    """Give the fields that all rows share."""
    aard = kind(row["valid"], row["expected"])
    running = row["ended_at"] > now
    return {
        "start_tijd": row["started_at"],
        "eind_tijd": row["ended_at"],
        "datum": row["day"],
        "aard": aard,
        **fields(_unfinished(row) if running else row["reason"] or _REASONS[aard]),
        "dekking": Dekking.of(row["valid"], row["expected"]),
        "herkomst": herkomst(row["origins"]),
        "vlaggen": flags(row["quality_flags"] or 0, running=running),
        "vlag_codes": flag_codes(row["quality_flags"] or 0, running=running),
        "revisie": row["revision"] or 0,
        "gewijzigd_tijd": row["revised_at"],
    }


def _unfinished(row: Stored) -> Reason:
    """Say that a bucket is not over, unless nothing is expected of it: that reason will not pass."""
    if row["reason"] and not row["expected"]:
        found: Reason = row["reason"]
        return found
    length = row["ended_at"] - row["started_at"]
    return next((why for most, why in _UNFINISHED if length <= most), _YEAR)


def number(value: Any) -> float | None:  # noqa: ANN401 - the driver gives Decimal, float or None
    """Give a number of the store as JSON has it."""
    return None if value is None else float(value)
