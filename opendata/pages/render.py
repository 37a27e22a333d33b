"""From indicators to HTML: one environment, Dutch filters, and the words that stand on every page."""

from collections.abc import Container
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from locales import texts
from opendata import number_format, reasons
from opendata.flag_words import excluded_of
from opendata.read.owners import Owners
from opendata.vocabulary import VERVOERWIJZE, licence_url
from opendata.vocabulary import place as place_word

VENDOR: Final = ("tokens.css", "utrecht.css", "htmx.min.js", "hx-sse.min.js")


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
        "uitgesloten": excluded_of,
        "plek": place_word,
        "licentie_adres": licence_url,
        "grootheid": lambda quantity: texts()(f"quantity.{quantity}"),
        "toestand": lambda status: texts()(f"status.{status}"),
    }
    return environment


@cache
def _vendored() -> frozenset[str]:
    folder = files("opendata") / "static" / "vendor"
    return frozenset(name for name in VENDOR if (folder / name).is_file())


def fragment(template: str, **words: Any) -> str:  # noqa: ANN401 - templates take anything
    """Draw a part of a page."""
    return _environment().get_template(template).render(**words)


def page(
    request: Request,
    owners: Owners,
    template: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    of: Container[str] | None = None,
    **words: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Draw a page with data of these owners, by default of all; its foot names their terms, and the host."""
    settings = request.app.state.settings
    shown = owners.known if of is None else owners.among(of)
    sources = [one for one in owners.sources if of is None or one.owner in of]
    licences = [licence_url(one.licence) for one in shown or [owners.host]] + [one.licence_url for one in sources]
    content = fragment(
        template,
        plaats=owners.host,
        eigenaren=shown,
        bronnen=sources,
        namen={one.owner: one.name for one in owners.known} if len(owners.known) > 1 else {},
        adres=settings.public_url,
        pad=request.url.path,
        vendor=_vendored(),
        **words,
    )
    said = {
        "Content-Language": "nl",
        "Cache-Control": "no-cache",
        "Link": ", ".join(f'<{one}>; rel="license"' for one in dict.fromkeys(licences)),
        **(headers or {}),
    }
    return HTMLResponse(content, status, said)
