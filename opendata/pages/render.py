"""From numbers and codes to HTML: an environment for each language, and what stands on every page."""

from collections.abc import Container, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from locales import DEFAULT, LOCALES
from opendata.number_format import clock
from opendata.pages import addresses
from opendata.pages.language import PageLanguage, language, of_request
from opendata.read.day_pairs import ENOUGH
from opendata.read.owners import Owners
from opendata.static_files import MAP_LAYER
from opendata.vocabulary import PERIODS, VERVOERWIJZE

VENDOR: Final = ("htmx-sse.min.js", "maplibre-gl.mjs")
"""Scripts of others that a page uses where they are; the worker and the styles of the map go with its script."""


@cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("opendata"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = language(locale)
    numbers = spoken.numbers
    environment.globals |= {
        "t": spoken,
        "html": spoken.html,
        "counted": spoken.counted,
        "locale": locale,
        "languages": [language(one) for one in LOCALES],
        "default_locale": DEFAULT,
        "addresses": spoken.addresses,
        "public_modes": VERVOERWIJZE,
        "public_periods": PERIODS,
        "partial": spoken.partial,
        "enough": ENOUGH,
        "whole": spoken.whole,
    }
    environment.filters |= {
        "number": numbers.decimal,
        "percent": numbers.percent,
        "signed": numbers.signed,
        "day": numbers.day,
        "plain_day": numbers.plain_day,
        "short_day": numbers.short_day,
        "weekday": numbers.weekday,
        "clock": clock,
        "clock_of": spoken.clock,
        "reported": spoken.reported,
        "dated": spoken.dated,
        "coverage": numbers.coverage,
        "quantity": spoken.quantity,
        "reason": spoken.reason,
        "excluded": spoken.excluded,
        "excluded_by": spoken.excluded_by,
        "windows": spoken.windows,
        "mode": spoken.mode,
        "denominator": spoken.denominator,
        "place": spoken.place,
        "licence_url": spoken.licence_url,
    }
    return environment


@cache
def _vendored() -> frozenset[str]:
    folder = files("opendata") / "static" / "vendor"
    return frozenset(name for name in VENDOR if (folder / name).is_file())


def fragment(template: str, spoken: PageLanguage, **words: Any) -> str:  # noqa: ANN401 - templates take anything
    """Draw a part of a page."""
    return _environment(spoken.locale).get_template(template).render(**words)


def page(
    request: Request,
    owners: Owners,
    template: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    of: Container[str] | None = None,
    queries: Mapping[str, str] | None = None,
    **words: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Draw a page with data of these owners, by default of all; its foot names their terms, and the host.

    The way to another language leads to the same state of the page, whose `queries` each language writes otherwise.
    """
    settings, spoken, path = request.app.state.settings, of_request(request), request.url.path
    shown = owners.known if of is None else owners.among(of)
    sources = [one for one in owners.sources if of is None or one.owner in of]
    licences = [spoken.licence_url(one.licence) for one in shown or [owners.host]]
    licences += [one.licence_url for one in sources]
    found = status < 400  # noqa: PLR2004 - what is no page has no other languages to offer to search engines
    content = fragment(
        template,
        spoken,
        host=owners.host,
        owners=shown,
        data_sources=sources,
        names={one.owner: one.name for one in owners.known} if len(owners.known) > 1 else {},
        site_url=settings.public_url,
        path=path,
        alternates=addresses.alternates(path) if found else {},
        counterparts={one: addresses.counterpart(path, one) + (queries or {}).get(one, "") for one in LOCALES},
        vendor=_vendored(),
        map_layer=f"/static/{MAP_LAYER}" if settings.map_layer else "",
        map_tiles=settings.map_tiles,
        map_attribution=settings.map_attribution,
        **words,
    )
    said = {
        "Content-Language": spoken.locale,
        "Cache-Control": "no-cache",
        "Link": ", ".join(f'<{one}>; rel="license"' for one in dict.fromkeys(licences)),
        **({} if addresses.locale_of(path) or addresses.shown_elsewhere(path) else {"Vary": "Accept-Language"}),
        **(headers or {}),
    }
    return HTMLResponse(content, status, said)
