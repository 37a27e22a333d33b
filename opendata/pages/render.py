"""From indicators to HTML: one environment, Dutch filters, and the words that stand on every page."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from locales import texts
from opendata import number_format, reasons
from opendata.database import DatabaseUnavailableError, NamedQueries, Row
from opendata.vocabulary import VERVOERWIJZE, licence_url
from opendata.vocabulary import place as place_word

VENDOR: Final = ("tokens.css", "utrecht.css", "htmx.min.js", "hx-sse.min.js")

_NOWHERE: Final[Row] = {
    "municipality": "",
    "name": "",
    "publisher": "",
    "timezone": "Europe/Amsterdam",
    "licence": "CC0-1.0",
    "attributions": [],
    "note": "",
    "contact_email": "",
    "contact_url": "",
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("opendata"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "getal": number_format.decimal,
        "procent": number_format.percent,
        "dekking": number_format.coverage,
        "dag": number_format.day,
        "korte_dag": number_format.short_day,
        "weekdag": number_format.weekday,
        "tijd": number_format.clock,
        "moment": lambda instant, moment: moment.reported(instant),
        "verschil": number_format.signed,
        "vervoerwijze": VERVOERWIJZE.__getitem__,
        "reden": reasons.text,
        "plek": place_word,
        "grootheid": lambda quantity: texts()(f"quantity.{quantity}"),
        "toestand": lambda status: texts()(f"status.{status}"),
    }
    return environment


@cache
def _vendored() -> frozenset[str]:
    folder = files("opendata") / "static" / "vendor"
    return frozenset(name for name in VENDOR if (folder / name).is_file())


async def place(store: NamedQueries) -> Row:
    """Say who publishes; an empty database has no name yet."""
    try:
        found = await store.row("municipality")
    except DatabaseUnavailableError:
        found = None
    return found or _NOWHERE


async def data_sources(store: NamedQueries) -> list[Row]:
    """Name whose data are passed on beside the publisher's own."""
    try:
        return list(await store.rows("data_sources"))
    except DatabaseUnavailableError:
        return []


def fragment(template: str, **words: Any) -> str:  # noqa: ANN401 - templates take anything
    """Draw a part of a page."""
    return _environment().get_template(template).render(**words)


def _addresses(sources: Sequence[Row]) -> list[str]:
    return [one["licence_url"] for one in sources]


async def page(
    request: Request,
    store: NamedQueries,
    template: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **words: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Draw a page."""
    settings = request.app.state.settings
    found = await place(store)
    licence, sources = licence_url(found["licence"]), await data_sources(store)
    content = fragment(
        template,
        plaats=found,
        licentie=licence,
        bronnen=sources,
        adres=settings.public_url,
        pad=request.url.path,
        vendor=_vendored(),
        **words,
    )
    said = {
        "Content-Language": "nl",
        "Cache-Control": "no-cache",
        "Link": ", ".join(f'<{one}>; rel="license"' for one in dict.fromkeys([licence, *_addresses(sources)])),
        **(headers or {}),
    }
    return HTMLResponse(content, status, said)
