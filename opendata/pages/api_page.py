"""The page that documents `/v1`: made of its OpenAPI document, so that it names every resource, parameter and field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from opendata import read
from opendata.pages import addresses
from opendata.pages.api_document import ApiDocument, ApiOperation
from opendata.pages.page_context import Context, PageContext
from opendata.v1.document import CHANGED_SINCE, VERSIONS
from opendata.v1.intervals import MOST_BUCKETS
from opendata.v1.models import zulu
from opendata.v1.parameters import MOST_ROWS
from opendata.vocabulary import KENGETAL, KINDS

router = APIRouter()
ERRORS: Final = (400, 404, 405, 406, 500, 503)
"""The statuses of mistakes that are explained."""
RULES: Final = ("language", "caching", "transport", "signing", "methods", "mistakes", "geospatial")
"""What is explained of the Dutch API Design Rules: where the service differs, or a choice was open."""


@dataclass(frozen=True)
class ApiExample:
    """A question that can be asked of a resource as it is here; None where there is no place yet to ask about."""

    path: str | None


@addresses.get(router, "api")
async def page(context: Context) -> HTMLResponse:
    """Draw the documentation."""
    described: ApiDocument = context.request.app.state.api_document
    names = await _names(context)
    return context.page(
        "api.html",
        api=described,
        examples={one.path: _example(one, names) for one in described.operations},
        marked=_marked,
        errors=ERRORS,
        rules=RULES,
        versions=VERSIONS,
        most_rows=MOST_ROWS,
        most_buckets=MOST_BUCKETS,
    )


async def _names(context: PageContext) -> Mapping[str, str]:
    """Give a value for each parameter that a question needs, as far as there is one."""
    store, owners = context.store, context.owners
    since = context.moment.start_of(context.moment.yesterday)
    found: Mapping[str, Sequence[str]] = {
        KINDS["owner"]: [one.owner for one in owners.known],
        KINDS["site"]: [one.site for one in await read.sites.every(store)],
        KINDS["screenline"]: [one.screenline for one in await read.screenlines.every(store) if one.variants],
        KINDS["route"]: [one.route for one in await read.routes.every(store)],
        KINDS["link"]: [one.link for one in await read.links.every(store)],
        KINDS["connection"]: [one.connection for one in await read.connections.every(store)],
        KINDS["district"]: [one.district for one in await read.districts.every(store)],
        KINDS["station"]: [one.station for one in await read.stations.every(store)],
        "indicator": [KENGETAL["cycling_share"]],
        CHANGED_SINCE: [zulu(since)],
    }
    return {name: values[0] for name, values in found.items() if values}


def _example(operation: ApiOperation, names: Mapping[str, str]) -> ApiExample:
    needed = [one for one in operation.parameters if one.required]
    if any(one.name not in names for one in needed):
        return ApiExample(None)
    path = operation.path
    for one in needed:
        if one.in_path:
            path = path.replace(f"{{{one.name}}}", quote(names[one.name], safe=""))
    query = "&".join(f"{one.name}={quote(names[one.name], safe=':')}" for one in needed if not one.in_path)
    return ApiExample(f"/v1{path}" + (f"?{query}" if query else ""))


def _marked(text: str) -> Markup:
    """Give a text of the document with what stands between backticks as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup('<code translate="no">{}</code>').format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
