"""The cookies of the console: that of a session, and that of the form with which one begins."""

from starlette.responses import Response


def name(*, secure: bool, of_login: bool = False) -> str:
    """Return the name of the cookie of a session, or of the token of the login form."""
    called = "doorfiets_login" if of_login else "doorfiets_console"
    return f"__Host-{called}" if secure else called


def give(response: Response, token: str, *, secure: bool, of_login: bool = False) -> None:
    """Give the browser a token, which no script reads and no other site sends; without one take it away."""
    called = name(secure=secure, of_login=of_login)
    response.set_cookie(
        called, token, max_age=None if token else 0, path="/", secure=secure, httponly=True, samesite="strict"
    )
