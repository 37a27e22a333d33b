"""The table of all routes of the console: path, method, who may, and what answers."""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from starlette.responses import Response

from operations.console.pages import (
    audit_list,
    entries,
    feed,
    feeds,
    findings,
    login,
    platform,
    registry_state,
    rejections,
    replays,
)
from operations.console.visit import ConsoleVisit

Answer: TypeAlias = Callable[[ConsoleVisit], Response]


class ConsoleRoute(NamedTuple):
    """One line: a path below the language, a method, the least role that may, and what answers."""

    path: str
    method: Literal["GET", "POST"]
    role: Literal["nobody", "viewer", "operator"]
    answer: Answer


ROUTES: Final[tuple[ConsoleRoute, ...]] = (
    ConsoleRoute("/login", "GET", "nobody", login.show),
    ConsoleRoute("/login", "POST", "nobody", login.log_in),
    ConsoleRoute("/logout", "POST", "viewer", login.log_out),
    ConsoleRoute("/feeds", "GET", "viewer", feeds.show),
    ConsoleRoute("/feeds", "POST", "operator", feeds.acknowledge),
    ConsoleRoute("/feeds/{datastream:row}", "GET", "viewer", feed.show),
    ConsoleRoute("/exclusions", "GET", "viewer", entries.show),
    ConsoleRoute("/exclusions", "POST", "operator", entries.enter),
    ConsoleRoute("/exclusions/{entry:row}", "GET", "viewer", entries.one),
    ConsoleRoute("/exclusions/{entry:row}/undo", "POST", "operator", entries.undo),
    ConsoleRoute("/exclusions/{entry:row}/close", "POST", "operator", entries.close),
    ConsoleRoute("/findings", "GET", "viewer", findings.show),
    ConsoleRoute("/rejections", "GET", "viewer", rejections.show),
    ConsoleRoute("/rejections/{id}", "GET", "viewer", rejections.one),
    ConsoleRoute("/replays", "GET", "viewer", replays.show),
    ConsoleRoute("/replays", "POST", "operator", replays.enter),
    ConsoleRoute("/replays/{request:row}", "GET", "viewer", replays.one),
    ConsoleRoute("/registry", "GET", "viewer", registry_state.show),
    ConsoleRoute("/platform", "GET", "viewer", platform.show),
    ConsoleRoute("/audit", "GET", "viewer", audit_list.show),
)
"""Every route; whoever adds one here has it in the matrix of rights as well."""
