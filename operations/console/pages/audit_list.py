"""The list of what people did, the newest first."""

from starlette.responses import Response

from operations.console import audit
from operations.console.visit import ConsoleVisit


def show(visit: ConsoleVisit) -> Response:
    """List acts: all, of an account, or about a subject."""
    before = visit.query("before")
    account, subject = visit.query("account"), visit.query("subject")
    found = audit.read(
        visit.session,
        account=account,
        subject=subject,
        before=int(before) if before and before.isdecimal() and len(before) < 19 else None,  # noqa: PLR2004 - of int8
    )
    return visit.page("audit.html", acts=found, account=account, subject=subject)
