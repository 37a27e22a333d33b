"""Places of one kind, all in one way: the list of all of them, and one by its name."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from opendata.database import NamedQueries
from opendata.v1 import answers
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Public
from opendata.v1.parameters import ID, MapQuestion, OwnersQuestion
from opendata.v1.request_context import Context, PublishedPlace, RequestContext
from opendata.vocabulary import COLLECTIONS, KINDS

P = TypeVar("P", bound=PublishedPlace)
S = TypeVar("S", bound=Public)
_GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True, kw_only=True)
class PlaceResource(Generic[P, S]):
    """A kind of place of `/v1`, declared: what is read of it, its public shape, and where it is explained.

    `kind` is one of `opendata.vocabulary.KINDS`, which has its public names; `all_of_them` and `one_of_them` are what
    the public reads of its two resources. `pattern` is of its ids. With `features`, the list comes as GeoJSON too.
    """

    kind: str
    chapter: str
    rows: type[S]
    every: Callable[[NamedQueries], Awaitable[Sequence[P]]]
    one: Callable[[NamedQueries, str], Awaitable[P | None]]
    shape: Callable[[P], S]
    all_of_them: str
    one_of_them: str
    pattern: str = ID
    features: Callable[[Sequence[S]], Mapping[str, object]] | None = None

    def register(self, router: APIRouter, *tags: str) -> None:
        """Put both resources on a router, under its tags and these."""
        plural, singular = COLLECTIONS[self.kind], KINDS[self.kind]
        parameters = OwnersQuestion if self.features is None else MapQuestion
        named = Path(alias=singular, pattern=self.pattern, description="Kenmerk, zoals in de lijst.")

        async def every(context: Context, question: Annotated[parameters, Query()]) -> Response:  # type: ignore[valid-type] # one of two
            return await self._listing(context, question.eigenaar)  # type: ignore[attr-defined] # both have it

        async def one(context: Context, name: Annotated[str, named]) -> Response:
            return await self._single(context, name)

        router.add_api_route(
            f"/{plural}",
            every,
            tags=[*tags],
            operation_id=plural,
            summary=f"Alle {plural}",
            description=self.all_of_them,
            response_model=answer(self.rows),
            responses=described(400, 406, csv=True, geojson=self.features is not None),
        )
        router.add_api_route(
            f"/{plural}/{{{singular}}}",
            one,
            tags=[*tags],
            operation_id=singular,
            summary=f"Eén {singular}",
            description=self.one_of_them,
            response_model=self.rows,
            responses=described(400, 404),
        )

    async def _listing(self, context: RequestContext, owner: str | None) -> Response:
        form = context.form("json", "csv", "geojson") if self.features else None
        rows, owners = await context.owned(await self.every(context.store), owner)
        found = [self.shape(one) for one in rows]
        meta = await context.meta(self.chapter, owners)
        if self.features and form == "geojson":
            drawn = JSONResponse(self.features(found), media_type=_GEOJSON, headers=answers.terms(meta))
            return answers.tagged(context, drawn)
        return answers.listing(context, self.rows, found, meta)

    async def _single(self, context: RequestContext, name: str) -> Response:
        found = context.there(await self.one(context.store, name), self.kind, name)
        meta = await context.meta(self.chapter, [await context.owner(found.owner)])
        return answers.one(context, self.shape(found), meta)
