"""One visit to a page of the console: who asks, in which language, with the transaction in which it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

import psycopg
from psycopg.rows import dict_row
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from operations.console import audit, rendering
from operations.console.audit import Act
from operations.console.login_limit import LoginLimit
from operations.console.sessions import LoginIdentity, form_token
from operations.console.settings import ConsoleSettings

_SEE_OTHER: Final = 303
_BAD_REQUEST: Final = 400


@dataclass(frozen=True, kw_only=True)
class ConsoleVisit:
    """What a page is handed. `session` commits when the page is answered, and rolls back when it raises.

    `token` is that of the session, or of the visitor of the login page; `form` is empty where nothing was sent.
    """

    request: Request
    settings: ConsoleSettings
    session: psycopg.Connection[Any]
    locale: str
    identity: LoginIdentity | None
    token: str
    limit: LoginLimit
    at: datetime
    form: FormData = field(default_factory=FormData)

    @property
    def account(self) -> str:
        """Return the name of who is logged in; raise PermissionError where nobody is."""
        if self.identity is None:
            raise PermissionError("nobody is logged in")
        return self.identity.account

    @property
    def operates(self) -> bool:
        """Tell whether who is logged in may act."""
        return self.identity is not None and self.identity.role == "operator"

    @property
    def address(self) -> str:
        """Return where the visit comes from."""
        return self.request.client.host if self.request.client else ""

    def text(self, name: str) -> str:
        """Return a field of the form as trimmed text; empty where there is none, or a file came instead."""
        given = self.form.get(name)
        return given.strip().replace("\0", "") if isinstance(given, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return all values of a field of the form."""
        return [one for one in self.form.getlist(name) if isinstance(one, str)]

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Return the rows of a statement, each by the names of its columns."""
        with self.session.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def page(self, template: str, status: int = 200, **words: Any) -> Response:  # noqa: ANN401 - templates take anything
        """Draw a page."""
        around = {
            "identity": self.identity,
            "operates": self.operates,
            "form_token": form_token(self.token),
            "path": self.request.url.path.removeprefix(f"/{self.locale}"),
            "query": self.request.url.query if self.request.method == "GET" else "",
            "now": self.at,
        }
        return rendering.page(template, self.locale, status, {**around, **words})

    def refused(self, template: str, **words: Any) -> Response:  # noqa: ANN401 - templates take anything
        """Draw a page that says why what was sent is not possible."""
        return self.page(template, _BAD_REQUEST, **words)

    def to(self, path: str) -> Response:
        """Lead to another page of the console."""
        return RedirectResponse(f"/{self.locale}{path}", _SEE_OTHER)

    def did(
        self,
        act: Act,
        subject: str = "",
        *,
        before: object = None,
        after: object = None,
        result: Literal["done", "refused"] = "done",
        detail: str = "",
    ) -> None:
        """Write what was done into the audit, in the transaction of this visit."""
        audit.write(self.session, self.account, act, subject, before=before, after=after, result=result, detail=detail)

    def query(self, name: str) -> str | None:
        """Return a parameter of the address; None where it is not there, or empty."""
        return self.request.query_params.get(name, "").strip().replace("\0", "") or None

    @property
    def path_parameters(self) -> Mapping[str, Any]:
        """Return the parameters in the path."""
        return self.request.path_params
