"""The state of a spool, for a person or a program: what waits, what was released or refused, and why."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from ingest.edge.settings import EdgeSettings
from ingest.edge.spool import Spool
from schemas.failures import ServiceMissingError


class NoSpoolError(ServiceMissingError):
    """There is no spool in that file; `doorfiets edge publish` makes one."""


def status(settings: EdgeSettings) -> dict[str, Any]:
    """Return the state of a spool; a publisher may be at work on it. Raise NoSpoolError where there is none."""
    if not settings.spool.exists():
        raise NoSpoolError(f"there is no spool {settings.spool}; `doorfiets edge publish` makes one")
    try:
        spool = Spool(
            settings.spool, settings.sensor, most_bytes=settings.most_bytes, most_messages=settings.most_messages
        )
    except sqlite3.DatabaseError as problem:
        raise NoSpoolError(f"{settings.spool} is no spool: {problem}") from problem
    try:
        waiting, counts = spool.state(), spool.counts()
        return {
            "sensor": settings.sensor,
            "waiting_messages": waiting.messages,
            "waiting_readings": waiting.readings,
            "waiting_bytes": waiting.size,
            "oldest": _moment(waiting.oldest),
            "newest": _moment(waiting.newest),
            "boots": waiting.boots,
            "accepted_readings": int(counts.get("accepted_readings", 0)),
            "accepted_messages": int(counts.get("accepted_messages", 0)),
            "released_messages": int(counts.get("released_messages", 0)),
            "refused_messages": int(counts.get("refused_messages", 0)),
            "refused_by_full_spool": int(counts.get("refused_by_full_spool", 0)),
            "last_receipt_at": _moment(counts.get("last_receipt_at")),
            "reasons": spool.reasons(),
        }
    finally:
        spool.close()


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
