"""What differs between the owners' files and what is applied; read only."""

from typing import Any, Final

import psycopg
from starlette.responses import Response

from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit
from registry import database
from registry.files import OwnerFolder, load
from schemas.failures import CheckFailedError

_MOST: Final = 200  # lines of a difference


def show(visit: ConsoleVisit) -> Response:
    """List the owners with the state that is applied and that of their files, what differs, and what waits."""
    folders, problem = _folders(visit)
    owners = visit.rows(SQL["applied_owners"])
    applied = {one["id"] for one in owners}
    listed = [_owner(visit, one, folders.pop(one["id"], None)) for one in owners]
    nothing = {"applied_state": None, "applied_at": None}
    listed += [
        _owner(visit, {"id": id_, "name": folder.registry.owner.name, **nothing}, folder)
        for id_, folder in folders.items()
        if id_ not in applied
    ]
    return visit.page("registry.html", owners=listed, problem=problem, waiting=visit.rows(SQL["waiting_places"]))


def _owner(visit: ConsoleVisit, owner: dict[str, Any], folder: OwnerFolder | None) -> dict[str, Any]:
    if folder is None:
        return owner | {"files_state": None, "lines": []}
    differs = folder.state != owner["applied_state"]
    return owner | {"files_state": folder.state, "lines": _lines(visit, folder) if differs else []}


def _lines(visit: ConsoleVisit, folder: OwnerFolder) -> list[str]:
    """Say what applying the files of an owner would change, and why it would be refused, one line each."""
    try:
        with visit.session.transaction():
            plan = database.plan([folder], visit.session)
    except psycopg.Error as problem:  # the page says that something differs, and not what
        return [str(problem).strip().splitlines()[0]]
    return [*plan.refusals, *plan.changes.lines()][:_MOST]


def _folders(visit: ConsoleVisit) -> tuple[dict[str, OwnerFolder], str]:
    if visit.settings.registry is None:
        return {}, ""
    try:
        folders = load(visit.settings.registry, visit.settings.profiles)
    except (CheckFailedError, OSError) as problem:
        return {}, str(problem).splitlines()[0]
    return {one.registry.owner.id: one for one in folders}, ""
