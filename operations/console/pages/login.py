"""Logging in and out: what is wrong with a login is not said, and nobody tries for long."""

from typing import Final

from starlette.responses import RedirectResponse, Response

from operations.console import audit, cookies, passwords, sessions
from operations.console.visit import ConsoleVisit

_TOO_MANY: Final = 429
_UNAUTHORIZED: Final = 401
_SEE_OTHER: Final = 303
_NOBODY: Final = "?"


def show(visit: ConsoleVisit) -> Response:
    """Show the form; who is logged in goes on to the feeds."""
    if visit.identity is not None:
        return visit.to("/feeds")
    return _form(visit)


def log_in(visit: ConsoleVisit) -> Response:
    """Begin a session, or say that this is not possible, the same whether the account is there or not."""
    account, password = visit.text("account")[:100], visit.form.get("password")
    if not visit.limit.admits(account, visit.address, visit.at):
        return _form(visit, "too_many", _TOO_MANY)
    hashed = sessions.hash_of(visit.session, account)
    try:
        fits = passwords.fits(password if isinstance(password, str) else "", hashed)
    except passwords.HashingBusyError:
        return _form(visit, "too_many", _TOO_MANY)
    if not fits:
        audit.write(
            visit.session, account if hashed else _NOBODY, "login", result="refused", detail=f"from {visit.address}"
        )
        return _form(visit, "wrong", _UNAUTHORIZED)
    visit.limit.succeeded(account, visit.address, visit.at)
    if visit.identity is not None:
        sessions.end(visit.session, visit.identity.token)
    token = sessions.start(visit.session, account)
    audit.write(visit.session, account, "login", detail=f"from {visit.address}")
    response = RedirectResponse(_next(visit), _SEE_OTHER)
    cookies.give(response, token, secure=visit.settings.secure)
    return response


def log_out(visit: ConsoleVisit) -> Response:
    """End the session, here and in the database."""
    visit.did("logout")
    if visit.identity is not None:
        sessions.end(visit.session, visit.identity.token)
    response = visit.to("/login")
    cookies.give(response, "", secure=visit.settings.secure)
    return response


def _form(visit: ConsoleVisit, problem: str = "", status: int = 200) -> Response:
    next_ = visit.query("next") or visit.text("next")
    return visit.page("login.html", status, problem=problem, account=visit.text("account"), next=next_)


def _next(visit: ConsoleVisit) -> str:
    """Return the page that was asked for before the login; never one of another site."""
    wanted = visit.text("next")
    ours = wanted.startswith(("/nl/", "/en/")) and wanted.isprintable() and "\\" not in wanted
    return wanted if ours else f"/{visit.locale}/feeds"
