"""What every row of a series takes from the store: times, kind, reason, coverage, origin, flags and revision."""

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from opendata.read.buckets import Bucket
from opendata.reasons import fields
from opendata.v1.models import Dekking, Meetvenster, Vraagperiode
from opendata.vocabulary import flag_codes, flag_parts, flags, herkomst, kind, window
from schemas.reasons import Reason, reason
from schemas.registry import FOREVER

_REASONS: Final = {"geen meting": reason("no_valid_reading"), "onvolledig": None, "gemeten": None}
_UNFINISHED: Final = (
    (timedelta(hours=1), reason("not_over", period="hour")),
    (timedelta(hours=25), reason("not_over", period="day")),
    (timedelta(days=8), reason("not_over", period="week")),
    (timedelta(days=32), reason("not_over", period="month")),
)
"""What is said of a row of at most this length that is not over."""
_YEAR: Final = reason("not_over", period="year")


def common(row: Bucket, now: datetime) -> dict[str, Any]:
    """Give the fields that all rows share."""
    aard = kind(row.valid, row.expected)
    running = row.ended_at > now
    return {
        "start_tijd": row.started_at,
        "eind_tijd": row.ended_at,
        "datum": row.day,
        "aard": aard,
        **fields(_unfinished(row) if running else row.reason or _REASONS[aard]),
        "dekking": Dekking.of(row.valid, row.expected),
        "herkomst": herkomst(row.origins),
        "vlaggen": flags(row.quality_flags, running=running),
        "vlag_codes": flag_codes(row.quality_flags, running=running),
        "vlag_delen": flag_parts(row.flagged or ()),
        "revisie": row.revision,
        "gewijzigd_tijd": row.revised_at,
    }


def open_end(until: datetime) -> datetime | None:
    """Give the end of a period of equipment; none where it goes on: registries write that as a day far away."""
    return until if until.date() < FOREVER - timedelta(days=1) else None


def period(start: date | None, end: date | None, answered_from: datetime, answered_until: datetime) -> Vraagperiode:
    """Say which range an answer is about, and which of its ends were not asked for."""
    defaults: list[Literal["startTijd", "eindTijd"]] = []
    if start is None:
        defaults.append("startTijd")
    if end is None:
        defaults.append("eindTijd")
    return Vraagperiode(start_tijd=answered_from, eind_tijd=max(answered_from, answered_until), standaard=defaults)


def measuring_window(code: str) -> Meetvenster:
    """Give a measuring window with its words."""
    return Meetvenster(code=code, tekst=window(code))


def _unfinished(row: Bucket) -> Reason:
    """Say that a bucket is not over, unless nothing is expected of it: that reason will not pass."""
    if row.reason and not row.expected:
        return row.reason
    length = row.ended_at - row.started_at
    return next((why for most, why in _UNFINISHED if length <= most), _YEAR)
