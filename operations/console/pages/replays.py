"""Decoding refused messages again: a request, which process `replay` carries out, and what became of each message."""

from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from operations import replay_requests
from operations.console.visit import ConsoleVisit
from schemas.rejection import REASONS
from schemas.replay import OUTCOMES, RejectionSelection

_REASONS: Final = tuple(REASONS)
_LONGEST: Final = 200  # letters of the name of a device
_OPEN: Final = ("waiting", "running")


def show(visit: ConsoleVisit) -> Response:
    """List the newest requests, and show the form for another one."""
    reason, sensor = visit.query("reason") or "", visit.query("sensor") or ""
    return visit.page("replays.html", **_words(visit, reason, sensor))


def enter(visit: ConsoleVisit) -> Response:
    """Ask for a replay of what was refused for a reason, of a sensor, or both; a dry run unless it is for real."""
    reason, sensor, dry_run = visit.text("reason"), visit.text("sensor"), visit.text("do") != "replay"
    chosen = [one for one in visit.texts("id") if len(one) <= 64 and one.isalnum()]  # noqa: PLR2004 - a digest
    selection = RejectionSelection(
        ids=tuple(chosen), reasons=(reason,) if reason else (), sensors=(sensor,) if sensor else ()
    )
    if not selection.names_any or len(sensor) > _LONGEST or (reason and reason not in _REASONS):
        visit.did("replay", result="refused", detail="nothing_chosen")
        return visit.refused("replays.html", **_words(visit, reason, sensor, problem="nothing_chosen"))
    number = replay_requests.ask(visit.session, selection, by=visit.account, dry_run=dry_run)
    said = {"request": number, "selection": msgspec.to_builtins(selection), "dry_run": dry_run}
    visit.did("replay", sensor or reason, after=said)
    return visit.to(f"/replays/{number}")


def one(visit: ConsoleVisit) -> Response:
    """Show one request with the result of each of its first messages; until it is done, the page asks again."""
    number = visit.path_parameters["request"]
    found = replay_requests.request(visit.session, number) if number < 2**63 else None
    if found is None:
        raise HTTPException(404)
    response = visit.page(
        "replay.html", replay=found, summary=found["summary"], rejection_codes=_REASONS, outcome_codes=OUTCOMES
    )
    if found["state"] in _OPEN:
        response.headers["Refresh"] = "3"
    return response


def _words(visit: ConsoleVisit, reason: str, sensor: str, problem: str = "") -> dict[str, Any]:
    found = replay_requests.requests(visit.session)
    return {"requests": found, "reason": reason, "sensor": sensor, "problem": problem, "known": _REASONS}
