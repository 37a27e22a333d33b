"""One feed: its status with the first step, the last day interval by interval, 90 days, states, gaps, messages."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.responses import Response

from operations.console import drawings
from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit
from operations.payloads import shown
from schemas.rejection import REASONS
from schemas.sealed import sealed_on

_MOST_FINDINGS: Final = 50
_LARGEST: Final = 2**31


def show(visit: ConsoleVisit) -> Response:
    """Show a feed; 404 where there is none of that number."""
    number = visit.path_parameters["datastream"]
    found = visit.rows(SQL["feed"], datastream=number) if number < _LARGEST else []
    if not found:
        raise HTTPException(404)
    (feed,) = found
    today = visit.at.astimezone(ZoneInfo(feed["timezone"])).date()
    cells = visit.rows(SQL["strip"], datastream=number, until=visit.at)
    days = visit.rows(SQL["days"], datastream=number, today=today)
    return visit.page(
        "feed.html",
        feed=feed,
        siblings=visit.rows(SQL["siblings"], datastream=number, device=feed["device"]),
        strip=drawings.strip(drawings.runs(cells, feed["reference_at"])),
        calendar=drawings.calendar(days, today),
        states=visit.rows(SQL["states"], datastream=number),
        gaps=visit.rows(SQL["gaps"], datastream=number, until=min(visit.at, feed["reference_at"])),
        findings=visit.rows(
            SQL["findings"], datastream=number, flag=None, place=None, withdrawn=True, most=_MOST_FINDINGS
        ),
        messages=messages(visit, feed["device"]),
        known=REASONS,
    )


def messages(visit: ConsoleVisit, device: str) -> list[dict[str, Any]]:
    """Return the newest messages of a device: what stays of their bytes, what was decoded, what is stored."""
    found = visit.rows(SQL["messages"], device=device, after=visit.at - timedelta(days=7))
    return [one | {"payload": payload_text(one["payload"])} for one in found]


def payload_text(payload: bytes | None) -> str | None:
    """Return what stays of a payload as text that is safe to show; None for what is sealed, or was not kept."""
    if payload is None or sealed_on(payload) is not None:
        return None
    return shown(bytes(payload))
