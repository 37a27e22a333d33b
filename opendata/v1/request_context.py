"""What a route is handed beside its question: what to read from, the settings, the words that every answer carries."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Protocol, TypeAlias, TypeVar, Unpack
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from opendata import release
from opendata.conditional import digest, holds, weak
from opendata.database import NamedQueries
from opendata.freshness import PLACE, BasisSubject
from opendata.negotiation import Form, form_of, language_of
from opendata.pages.addresses import definition
from opendata.read import subjects
from opendata.read.owners import PublishedOwner
from opendata.read.request import BasisRange, RequestReader
from opendata.settings import WebSettings
from opendata.v1 import terms
from opendata.v1.models import Fout, Meta, Methode, Verwerking
from opendata.v1.problems import MistakesError, repeated, unknown
from opendata.vocabulary import COLLECTIONS, KINDS

T = TypeVar("T")


_TICK: Final = timedelta(minutes=5)
"""Every bucket begins and ends at a multiple of this."""
_BESIDE: Final = timedelta(hours=2)
"""What lies beside a range may tell of what is in it: a row of both autumn hours."""


def ticks(moment: datetime) -> int:
    """Count the ticks until a moment: what time makes of an answer changes with it."""
    return int(moment.timestamp() // _TICK.total_seconds())


def next_tick(moment: datetime) -> datetime:
    """Give the moment at which the next tick begins."""
    return datetime.fromtimestamp((ticks(moment) + 1) * _TICK.total_seconds(), UTC)


class PublishedPlace(Protocol):
    """What has an owner, named by its id."""

    @property
    def owner(self) -> str:
        """The id of the owner."""


W = TypeVar("W", bound=PublishedPlace)


@dataclass(frozen=True)
class RequestContext:
    """One request to the API, with everything an answer needs; the store answers from one moment."""

    request: Request
    reader: RequestReader
    settings: WebSettings

    @property
    def store(self) -> NamedQueries:
        """The moment to read from."""
        return self.reader.store

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.reader.now

    @property
    def locale(self) -> str:
        """The locale that the reader likes best, for answers that are there in each."""
        return language_of(self.request.headers)

    async def owner(self, owner: str) -> PublishedOwner:
        """Give an owner by its id."""
        return await self.reader.owner(owner)

    async def owner_of(self, kind: str, name: str) -> PublishedOwner:
        """Give the owner of the place of a kind with this name; raise when there is none."""
        return await self.owner(self.there(await subjects.owner(await self.reader.registry(), kind, name), kind, name))

    def there(self, found: T | None, kind: str, name: str) -> T:
        """Give what was found; raise when it is nothing, and say where all of its kind are listed."""
        if found is None:
            raise unknown(KINDS[kind].capitalize(), name, f"/v1/{COLLECTIONS[kind]}")
        return found

    async def owned(self, found: Iterable[W], owner: str | None) -> tuple[list[W], list[PublishedOwner]]:
        """Give what is an owner's, or all where none is named, with whose it is; raise when there is no such owner."""
        if owner is not None:
            whose = await self.owner_of("owner", owner)
            return [one for one in found if one.owner == owner], [whose]
        rows = list(found)
        return rows, (await self.reader.owners()).among({one.owner for one in rows})

    async def meta(
        self, chapter: str, owners: Sequence[PublishedOwner] = (), methods: Sequence[Methode] = (), **subject: object
    ) -> Meta:
        """Give what holds for the whole answer, under the terms of these owners; of the host where there are none.

        Of the subject, what was not asked is left out. Unless it says otherwise, the answer rests on everything.
        """
        await self.rests_on(good_until=next_tick(self.now))
        whose, state = owners or [await self.reader.host()], await self.reader.state()
        return Meta(
            definitie=self.settings.public_url + definition(chapter),
            **terms.of_owners(whose),
            gegevensrevisie=state.registry,
            registerstaat=state.applied_state,
            onderwerp={name: progress for name, progress in subject.items() if progress is not None},
            methoden=list(methods),
        )

    def spoken(self, meta: Meta, chapter: str, locale: str) -> Meta:
        """Give the words of an answer of this locale: they lead to the explanation in it."""
        return meta.model_copy(update={"definitie": self.settings.public_url + definition(chapter, locale)})

    def form(self, *offered: Form) -> Form:
        """Choose the form of the answer; raise when a parameter is repeated or no form fits."""
        if twice := repeated(self.request):
            raise MistakesError(*twice)
        wanted = self.request.query_params.get("formaat")
        if wanted and wanted not in offered:
            raise MistakesError(
                Fout(parameter="formaat", melding=f"hier niet beschikbaar; kies {' of '.join(offered)}.")
            )
        chosen = form_of(wanted, self.request.headers, offered)
        if chosen is None:
            raise HTTPException(406)
        return chosen

    def fields(self) -> Sequence[str] | None:
        """Give the fields that a row of the answer has, None for all; its question has judged them."""
        text = self.request.query_params.get("velden")
        return None if text is None else text.split(",")

    def order(self) -> Sequence[str]:
        """Give what rows are sorted by, the first decides; its question has judged it."""
        text = self.request.query_params.get("sorteer")
        return () if text is None else text.split(",")

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

    async def rests_on(self, *subjects: BasisSubject, **bounds: Unpack[BasisRange]) -> None:
        """Let the answer be given again while nothing moves that it rests on (`RequestReader.rests_on`)."""
        await self.reader.rests_on(self.request.scope, *subjects, **bounds)

    async def rests_on_numbers(
        self,
        *subjects: BasisSubject,
        start: datetime,
        end: datetime,
        at: datetime | None,
        progress: Verwerking | None,
        open_end: bool,
    ) -> None:
        """Say that the answer rests on numbers of these subjects in a range, now or as of a moment.

        One of which the end was not asked for has another range once time goes on.
        """
        await self.rests_on(
            *subjects,
            start=start - _BESIDE,
            end=end + _BESIDE,
            past=at is not None,
            settled_until=end if progress is not None and not progress.stappen else None,
            good_until=next_tick(self.now) if open_end or end > self.now else None,
        )

    def rests_on_what_nobody_tells(self) -> None:
        """Have the answer read anew each time: what it rests on moves without a word, such as the state of feeds."""
        self.request.scope.get(PLACE, []).clear()

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
    state = request.app.state
    async with state.readers.reader() as reader:
        yield RequestContext(request, reader, state.settings)


Context: TypeAlias = Annotated[RequestContext, Depends(_context, scope="function")]
"""The moment is over before the answer is sent: a slow reader holds no connection."""
