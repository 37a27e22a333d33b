"""What was refused, by reason, with samples of what stays of the bytes."""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from operations.console.pages import SQL
from operations.console.pages.feed import payload_text
from operations.console.visit import ConsoleVisit
from schemas.rejection import REASONS
from schemas.sealed import sealed_on

_ID: Final = re.compile(r"[0-9a-f]{64}")


def show(visit: ConsoleVisit) -> Response:
    """List reasons; of a chosen reason or sensor, its newest messages."""
    reason, sensor = visit.query("reason"), visit.query("sensor")
    return visit.page(
        "rejections.html",
        reasons=visit.rows(SQL["rejections"], sensor=sensor),
        messages=visit.rows(SQL["refused"], reason=reason, sensor=sensor) if reason or sensor else [],
        reason=reason,
        sensor=sensor,
        known=REASONS,
    )


def one(visit: ConsoleVisit) -> Response:
    """Show one refused message with what stays of it."""
    id_ = str(visit.path_parameters["id"])
    found = visit.rows(SQL["rejection"], id=id_) if _ID.fullmatch(id_) else []
    if not found:
        raise HTTPException(404)
    payload = found[0]["payload"]
    return visit.page(
        "rejection.html",
        message=found[0],
        payload=payload_text(payload),
        sealed=sealed_on(payload) if payload is not None else None,
        known=REASONS,
    )
