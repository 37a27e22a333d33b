"""What a route is handed beside its question: the store, the settings, and the words that every answer carries."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from opendata import release
from opendata.conditional import digest, holds, weak
from opendata.database import NamedQueries, Row
from opendata.negotiation import Form, choose
from opendata.settings import WebSettings
from opendata.v1.models import Fout, Meta, Methode
from opendata.v1.problems import MistakesError, repeated, unknown
from opendata.vocabulary import licence_url


@dataclass(frozen=True)
class RequestContext:
    """One request to the API, with everything an answer needs; the store answers from one moment."""

    request: Request
    store: NamedQueries
    settings: WebSettings
    now: datetime

    async def zone(self) -> ZoneInfo:
        """Give the time zone of the municipality."""
        found = await self.store.row("municipality")
        return ZoneInfo(found["timezone"] if found else "Europe/Amsterdam")

    async def found(self, query: str, kind: str, listing: str, **key: str) -> Row:
        """Give the one thing with this key; raise when there is none, and say where all of them are listed."""
        (name,) = key.values()
        row = await self.store.row(query, **key)
        if row is None:
            raise unknown(kind, name, listing)
        return row

    async def meta(self, chapter: str, methods: Sequence[Methode] = (), **subject: object) -> Meta:
        """Give what holds for the whole answer; of the subject, what was not asked is left out."""
        found = await self.store.row("municipality") or {}
        return Meta(
            definitie=f"{self.settings.public_url}/nl/over#{chapter}",
            licentie=licence_url(found.get("licence", "CC0-1.0")),
            uitgever=found.get("publisher", ""),
            bronvermelding=found.get("attributions", []),
            gegevensrevisie=found.get("registry"),
            onderwerp={name: progress for name, progress in subject.items() if progress is not None},
            methoden=list(methods),
        )

    def form(self, *offered: Form) -> Form:
        """Choose the form of the answer; raise when a parameter is repeated or no form fits."""
        if twice := repeated(self.request):
            raise MistakesError(*twice)
        wanted = self.request.query_params.get("formaat")
        if wanted and wanted not in offered:
            raise MistakesError(
                Fout(parameter="formaat", melding=f"hier niet beschikbaar; kies {' of '.join(offered)}.")
            )
        chosen = choose(wanted, self.request.headers.get("accept", "*/*"), offered)
        if chosen is None:
            raise HTTPException(406)
        return chosen

    def tag(self, *state: object) -> str:
        """Name the answer to this request: by the address, the form, the software, and the state that it rests on."""
        url = self.request.url
        return weak(
            release.fingerprint(),
            self.settings.public_url,
            digest(self.settings.cursor_key),
            url.path,
            url.query,
            *state,
        )

    def unchanged(self, tag: str) -> Response | None:
        """Answer 304 when who asks holds the answer of this tag already."""
        condition = ", ".join(self.request.headers.getlist("if-none-match"))
        return Response(status_code=304, headers={"ETag": tag}) if holds(condition, tag) else None

    def following(self, token: str) -> str:
        """Give the address of the page that a cursor leads to."""
        stored = {**dict(self.request.query_params.items()), "cursor": token}
        return f"{self.settings.public_url}{self.request.url.path}?{urlencode(stored)}"

    def question(self) -> str:
        """Name the question without its page, so that a cursor fits no other."""
        pairs = [pair for pair in self.request.query_params.multi_items() if pair[0] not in {"cursor", "paginaGrootte"}]
        return f"{self.request.url.path}?{sorted(pairs)}"


async def _context(request: Request) -> AsyncIterator[RequestContext]:
    settings: WebSettings = request.app.state.settings
    async with request.app.state.store.snapshot() as store:
        yield RequestContext(request, store, settings, settings.clock())


Context: TypeAlias = Annotated[RequestContext, Depends(_context, scope="function")]
"""The moment is over before the answer is sent: a slow reader holds no connection."""
