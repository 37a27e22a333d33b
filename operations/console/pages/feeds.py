"""The list of feeds by place, worst first, with filters in the address; and taking note of several at once."""

from typing import Any, Final

from starlette.responses import Response

from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit
from operations.feeds import by_place
from schemas.feed_states import STATUSES, TROUBLED

_MOST: Final = 150  # places on a page
_LONGEST: Final = 500  # characters of a note


def show(visit: ConsoleVisit) -> Response:
    """List the feeds."""
    return visit.page("feeds.html", **_words(visit))


def acknowledge(visit: ConsoleVisit) -> Response:
    """Take note of the chosen feeds as they are now; a feed in another status is open again."""
    note, chosen = visit.text("note"), [int(one) for one in visit.texts("feed") if one.isdecimal() and len(one) < 10]  # noqa: PLR2004 - of int4
    problem = "no_feed" if not chosen else "no_note" if not note else "long_note" if len(note) > _LONGEST else ""
    if problem:
        visit.did("acknowledge", ", ".join(map(str, chosen))[:200], result="refused", detail=problem)
        return visit.refused("feeds.html", **_words(visit, problem=problem, note=note, chosen=chosen))
    found = visit.rows(SQL["of_feeds"], datastreams=chosen)
    for one in found:
        visit.session.execute(
            SQL["acknowledge"].encode(),
            {"datastream": one["datastream"], "status": one["status"], "note": note, "account": visit.account},
        )
        visit.did("acknowledge", f"feed {one['datastream']}", after={**one, "note": note})
    return visit.to(f"/feeds?done={len(found)}")


def _words(
    visit: ConsoleVisit, problem: str = "", note: str = "", chosen: tuple[int, ...] | list[int] = ()
) -> dict[str, Any]:
    statuses = [one for one in visit.request.query_params.getlist("status") if one in STATUSES]
    wanted: dict[str, Any] = {
        "statuses": statuses,
        "owner": visit.query("owner"),
        "place": visit.query("place"),
        "unacknowledged": visit.query("open") is not None,
        "closed": visit.query("closed") is not None,
    }
    filters = wanted | {"statuses": statuses or None, "closed": wanted["closed"] or "closed" in statuses}
    found = visit.rows(SQL["feeds"], **filters)
    counts = {one["status"]: one["feeds"] for one in visit.rows(SQL["statuses"])}
    places = by_place(found)
    return {
        "places": places[:_MOST],
        "left_out": max(0, len(places) - _MOST),
        "feeds": len(found),
        "wanted": wanted,
        "counts": {status: counts[status] for status in STATUSES if status in counts},
        "troubled": sum(count for status, count in counts.items() if status in TROUBLED),
        "owners": visit.rows(SQL["owners"]),
        "done": visit.query("done"),
        "problem": problem,
        "note": note,
        "chosen": set(chosen),
    }
