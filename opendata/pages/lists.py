"""The lists of places, each with its map: sites, screenlines, routes with their links, districts, stations."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from opendata.pages import addresses
from opendata.pages.blocks import air, shares, usual
from opendata.pages.maps import map_places, map_view
from opendata.pages.maps.map_places import MapContents, MapPlace, PlaceKind
from opendata.pages.page_context import Context

router = APIRouter()
ListOrder: TypeAlias = Annotated[Literal["name", "number"], Query()]


@addresses.get(router, "sites")
async def sites(context: Context, sort: ListOrder = "name") -> HTMLResponse:
    """List the sites."""
    contents = await map_places.read_all(context)
    await context.rests_on_days("site", "link", "screenline", first=contents.period.first)
    found = _sorted(contents.of_kind("site"), sort)
    return context.page(
        "sites.html", map=map_view.view(contents, found, _framed(context, found)), sort=sort, contents=contents
    )


@addresses.get(router, "screenlines")
async def screenlines(context: Context) -> HTMLResponse:
    """List the screenlines, each with its shares."""
    contents = await map_places.read_all(context)
    found = contents.of_kind("screenline")
    return context.page(
        "screenlines.html",
        map=map_view.view(contents, found, _framed(context, found)),
        shares=await shares.read(context.reader, context.moment_of, context.language),
    )


@addresses.get(router, "routes")
async def routes(context: Context, sort: ListOrder = "name") -> HTMLResponse:
    """List the routes, and all links."""
    contents = await map_places.read_all(context)
    await context.rests_on_days("site", "link", "screenline", first=contents.period.first)
    found = _sorted(contents.of_kind("link"), sort)
    listed = sorted(contents.routes.values(), key=lambda one: (-one.length_km, one.name))
    return context.page(
        "routes.html",
        map=map_view.view(contents, found),
        routes=[usual.route_of(contents, one) for one in listed],
        links=contents.links,
        sort=sort,
        contents=contents,
    )


@addresses.get(router, "districts")
async def districts(context: Context) -> HTMLResponse:
    """List the districts."""
    contents = await map_places.read_all(context)
    await context.rests_on_days("site", "link", "screenline", first=contents.period.first)
    found = _of_host_first(context, contents, "district")
    return context.page(
        "districts.html",
        map=map_view.view(contents, found, _framed(context, found)),
        districts=contents.districts,
    )


@addresses.get(router, "stations")
async def stations(context: Context) -> HTMLResponse:
    """List the stations, each with its air of the last day."""
    contents = await map_places.read_all(context)
    found = contents.of_kind("station")
    return context.page(
        "stations.html",
        map=map_view.view(contents, found, _framed(context, found)),
        stations=contents.stations,
        air=await air.read(context.reader, context.moment_of, context.language),
    )


def _sorted(found: Sequence[MapPlace], order: str) -> Sequence[MapPlace]:
    """Put the busiest first, or leave them by name; what has no number comes last."""
    if order == "name":
        return found
    return sorted(found, key=lambda one: (one.number is None, -(one.number or 0.0)))


def _framed(context: Context, found: Sequence[MapPlace]) -> Sequence[MapPlace]:
    """Frame the map round the places of the host, where it has any of these."""
    return [one for one in found if one.owner == context.owners.host.owner and one.geometry] or found


def _of_host_first(context: Context, contents: MapContents, kind: PlaceKind) -> list[MapPlace]:
    host = context.owners.host.owner
    return sorted(contents.of_kind(kind), key=lambda one: one.owner != host)
