"""Exclusions and maintenance: what is said, with a look at what it would change, closed, and taken back."""

from datetime import datetime
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.responses import Response

from operations import exclusions
from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit
from operations.exclusions import Entry, EntryRefusedError, EntrySubject, Kind

_FIELDS: Final = ("kind", "subject", "as", "direction", "from", "to", "reason")
_KINDS: Final = ("exclude", "maintenance")


def show(visit: ConsoleVisit) -> Response:
    """List the entries that hold, or all, and show the form for another one."""
    return visit.page("entries.html", **_words(visit, _of_address(visit)))


def enter(visit: ConsoleVisit) -> Response:
    """Show what an entry would change; where it was confirmed, enter it."""
    form = {name: visit.text(name) for name in _FIELDS}
    try:
        wanted = _entries(visit, form)
        changes = [exclusions.preview(visit.session, one) for one in wanted]
        if visit.text("do") != "enter":
            return visit.page("entries.html", **_words(visit, form, preview=list(zip(wanted, changes, strict=True))))
        numbers = [exclusions.enter(visit.session, one, entered_by=visit.account) for one in wanted]
    except EntryRefusedError as refused:
        visit.did("enter", form["subject"][:200], result="refused", detail=str(refused)[:500])
        return visit.refused("entries.html", **_words(visit, form, refused=refused))
    for number, one, change in zip(numbers, wanted, changes, strict=True):
        visit.did(
            "enter",
            str(one.subject),
            before={"instead_of": change.instead_of},
            after={"entry": number, "kind": one.kind, "from": one.started_at, "to": one.ended_at, "reason": one.reason},
        )
    return visit.to(f"/exclusions/{numbers[0]}?done=entered")


def one(visit: ConsoleVisit) -> Response:
    """Show one entry, and what taking it back would change."""
    return visit.page("entry.html", **_of_entry(visit))


def undo(visit: ConsoleVisit) -> Response:
    """Take an entry back from its beginning."""
    number = _number(visit)
    found = _of_entry(visit)
    try:
        restore = exclusions.undo(visit.session, number, reason=visit.text("reason"), entered_by=visit.account)
    except EntryRefusedError as refused:
        visit.did("undo", f"entry {number}", result="refused", detail=str(refused)[:500])
        return visit.refused("entry.html", **{**found, "refused": refused})
    visit.did("undo", f"entry {number}", before=_said(found["entry"]), after={"entry": restore})
    return visit.to(f"/exclusions/{number}?done=undone")


def close(visit: ConsoleVisit) -> Response:
    """Let open maintenance end, now or at a moment."""
    number = _number(visit)
    found = _of_entry(visit)
    entry = found["entry"]
    try:
        (subject, *_) = exclusions.subjects(visit.session, entry["id"], kind=entry["subject"])
        end = _moment("to", visit.text("to"), subject) or visit.at.replace(microsecond=0)
        closing = exclusions.close(visit.session, subject, end, entered_by=visit.account)
    except EntryRefusedError as refused:
        visit.did("close", f"entry {number}", result="refused", detail=str(refused)[:500])
        return visit.refused("entry.html", **{**found, "refused": refused})
    visit.did("close", str(subject), before=_said(entry), after={"entry": closing, "to": end})
    return visit.to(f"/exclusions/{closing}?done=closed")


def _entries(visit: ConsoleVisit, form: dict[str, str]) -> list[Entry]:
    if form["kind"] not in _KINDS:
        raise EntryRefusedError("kind", form["kind"], "write exclude or maintenance", code="unknown_kind")
    found = exclusions.subjects(
        visit.session, form["subject"], kind=form["as"] or None, direction=form["direction"] or None
    )
    begin = _moment("from", form["from"], found[0]) or visit.at.replace(microsecond=0)
    if not form["from"] and form["kind"] == "exclude":
        raise EntryRefusedError("from", "", "say since when", code="no_begin")
    end = _moment("to", form["to"], found[0])
    kind = cast("Kind", form["kind"])
    return [exclusions.checked(Entry(kind, one, begin, end, form["reason"])) for one in found]


def _moment(key: str, text: str, subject: EntrySubject) -> datetime | None:
    return exclusions.moment(key, text, subject.timezone) if text else None


def _of_address(visit: ConsoleVisit) -> dict[str, str]:
    return {name: visit.query(name) or "" for name in _FIELDS}


def _words(visit: ConsoleVisit, form: dict[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - templates take anything
    every = visit.query("all") is not None
    return {
        "entries": exclusions.entries(visit.session, all_=every)[:500],
        "every": every,
        "form": form,
        "subjects": visit.rows(SQL["subjects"]),
        "preview": None,
        "refused": None,
        **more,
    }


def _of_entry(visit: ConsoleVisit) -> dict[str, Any]:
    number = _number(visit)
    try:
        entry = exclusions.of_number(visit.session, number)
        changes = exclusions.undone_preview(visit.session, number) if entry["stands"] else None
    except EntryRefusedError:
        raise HTTPException(404) from None
    return {"entry": entry, "changes": changes, "refused": None, "done": visit.query("done")}


def _number(visit: ConsoleVisit) -> int:
    return int(visit.path_parameters["entry"])


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("entry", "kind", "subject", "id", "started_at", "ended_at", "reason")}
