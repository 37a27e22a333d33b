"""What differs between the owners' files and what is applied; read only."""

from starlette.responses import Response

from operations.applied_registry import FilesUnusableError, OwnerFiles, files_under
from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit


def show(visit: ConsoleVisit) -> Response:
    """List the owners with the state that is applied and that of their files, and what waits."""
    files, problem = _files(visit)
    owners = visit.rows(SQL["applied_owners"])
    applied = {one["id"] for one in owners}
    listed = [one | {"files_state": files[one["id"]].state if one["id"] in files else None} for one in owners]
    listed += [
        {"id": id_, "name": one.name, "applied_state": None, "applied_at": None, "files_state": one.state}
        for id_, one in files.items()
        if id_ not in applied
    ]
    return visit.page("registry.html", owners=listed, problem=problem, waiting=visit.rows(SQL["waiting_places"]))


def _files(visit: ConsoleVisit) -> tuple[dict[str, OwnerFiles], str]:
    if visit.settings.registry is None:
        return {}, ""
    try:
        return files_under(visit.settings.registry, visit.settings.profiles), ""
    except FilesUnusableError as problem:
        return {}, str(problem)
