"""All places with what is usual there as one GeoJSON of the pages, in the words of their language."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from opendata.pages import addresses
from opendata.pages.maps.map_places import KINDS, read_all
from opendata.pages.page_context import Context

router = APIRouter()
MEDIA_TYPE = "application/geo+json"


@addresses.get(router, "map")
async def data(context: Context) -> JSONResponse:
    """Give every place that lies somewhere as a feature: what maps draw, and what they say of it."""
    contents = await read_all(context)
    features = [
        {"type": "Feature", "geometry": one.geometry, "properties": one.properties}
        for kind in KINDS
        for one in contents.places
        if one.kind == kind and one.geometry is not None
    ]
    await context.rests_on_days("site", "link", "screenline", first=contents.period.first)
    return JSONResponse(
        {"type": "FeatureCollection", "features": features},
        media_type=MEDIA_TYPE,
        headers={"Content-Language": context.language.locale, "Cache-Control": "no-cache"},
    )
