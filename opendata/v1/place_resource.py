"""Places of one kind, all in one way: the list of all of them, and one by its name, as rows and on a map."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import create_model

from opendata.coordinates import ReferenceSystem
from opendata.database import NamedQueries
from opendata.freshness import REGISTRY
from opendata.read import geometries
from opendata.v1 import answers, features
from opendata.v1.answer_body import answer
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Meta, Public
from opendata.v1.parameters import ID, MapQuestion, PlaceQuestion, Question
from opendata.v1.request_context import Context, PublishedPlace, RequestContext
from opendata.vocabulary import COLLECTIONS, KINDS

P = TypeVar("P", bound=PublishedPlace)
S = TypeVar("S", bound=Public)


@dataclass(frozen=True, kw_only=True)
class PlaceResource(Generic[P, S]):
    """A kind of place of `/v1`, declared: what is read of it, its public shape, and where it is explained.

    `kind` is one of `opendata.vocabulary.KINDS`, which has its public names; `all_of_them` and `one_of_them` are what
    the public reads of its two resources. `pattern` is of its ids. Both come as GeoJSON too.
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

    def register(self, router: APIRouter, *tags: str) -> None:
        """Put both resources on a router, under its tags and these."""
        plural, singular = COLLECTIONS[self.kind], KINDS[self.kind]
        named = Path(alias=singular, pattern=self.pattern, description="Kenmerk, zoals in de lijst.")

        all_question, one_question = (_of_rows(question, self.rows) for question in (MapQuestion, PlaceQuestion))

        async def every(context: Context, question: Annotated[all_question, Query()]) -> Response:  # type: ignore[valid-type] # made here
            return await self._listing(context, question)

        async def one(
            context: Context,
            name: Annotated[str, named],
            question: Annotated[one_question, Query()],  # type: ignore[valid-type] # likewise
        ) -> Response:
            return await self._single(context, name, question)

        router.add_api_route(
            f"/{plural}",
            every,
            tags=[*tags],
            operation_id=plural,
            summary=f"Alle {plural}",
            description=self.all_of_them,
            response_model=answer(self.rows),
            responses=described(400, 404, 406, csv=True, geojson=True),
        )
        router.add_api_route(
            f"/{plural}/{{{singular}}}",
            one,
            tags=[*tags],
            operation_id=singular,
            summary=f"Eén {singular}",
            description=self.one_of_them,
            response_model=self.rows,
            responses=described(400, 404, 406, geojson=True),
        )

    async def _listing(self, context: RequestContext, question: MapQuestion) -> Response:
        form = context.form("json", "csv", "geojson")
        rows, owners = await context.owned(await self.every(context.store), question.eigenaar)
        found = [self.shape(one) for one in rows]
        drawn = {}
        if form == "geojson" or question.box or self._has_geometry:
            ids = {features.name_of(one) for one in found}
            drawn = {name: one for name, one in (await geometries.of(context.store, self.kind)).items() if name in ids}
        if box := question.box:
            drawn = {name: one for name, one in drawn.items() if box.meets(one)}
            found = [one for one in found if features.name_of(one) in drawn]
        found = answers.ordered(context, found)
        meta = await context.meta(self.chapter, owners)
        await context.rests_on(REGISTRY)
        placed = features.in_system(drawn, question.system) if form == "geojson" or self._has_geometry else {}
        if form == "geojson":
            body = features.collection([features.feature(one, answers.chosen(context, one), placed) for one in found])
            return self._on_a_map(context, body, question.system, meta)
        answered = answers.listing(context, self.rows, [features.located(one, placed) for one in found], meta)
        return self._located(answered, question.system)

    async def _single(self, context: RequestContext, name: str, question: PlaceQuestion) -> Response:
        form = context.form("json", "geojson")
        found = context.there(await self.one(context.store, name), self.kind, name)
        meta = await context.meta(self.chapter, [await context.owner(found.owner)])
        await context.rests_on(REGISTRY)
        row = self.shape(found)
        if form != "geojson" and not self._has_geometry:
            return answers.one(context, row, meta)
        placed = features.in_system(await geometries.of(context.store, self.kind, name), question.system)
        if form == "geojson":
            return self._on_a_map(
                context, features.feature(row, answers.chosen(context, row), placed), question.system, meta
            )
        return self._located(answers.one(context, features.located(row, placed), meta), question.system)

    @property
    def _has_geometry(self) -> bool:
        return features.GEOMETRY in self.rows.model_fields

    def _located(self, answered: Response, system: ReferenceSystem) -> Response:
        if self._has_geometry:
            answered.headers.update(features.system_header(system))
        return answered

    def _on_a_map(
        self, context: RequestContext, body: Mapping[str, object], system: ReferenceSystem, meta: Meta
    ) -> Response:
        headers = answers.terms(meta) | features.system_header(system)
        return answers.tagged(context, JSONResponse(body, media_type=features.MEDIA_TYPE, headers=headers))


def _of_rows(question: type[Question], rows: type[Public]) -> type[Question]:
    """Make the same question of rows of a kind, whose fields it may name."""
    made = create_model(f"{rows.__name__}{question.__name__}", __base__=question)
    made.row_shape = rows
    return made
