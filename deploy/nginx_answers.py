"""What nginx answers itself before the site: the words of the site, with the headers that each of its answers has."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from locales import LOCALES, texts
from opendata.headers import API, SECURITY
from opendata.pages.addresses import ADDRESSES
from opendata.v1.problems import DETAILS, TITLES

_STATUSES: Final[Mapping[int, str]] = MappingProxyType(
    {400: "400", 405: "405", 408: "408", 413: "413", 414: "414", 429: "429", 494: "494 =431", 503: "502 503 504 =503"}
)
"""The statuses that nginx gives by itself, and for which errors of its own."""
_SAID_AS: Final[Mapping[int, int]] = MappingProxyType({405: 405, 429: 429, 503: 503})
"""The words of a page; of all others those of 400."""
_MORE: Final[Mapping[int, str]] = MappingProxyType(
    {405: 'Allow "GET, HEAD, OPTIONS"', 429: 'Retry-After "60"', 503: 'Retry-After "10"'}
)
"""Headers that some of them have beside those of all."""
_NOTE: Final = "# Written by `doorfiets generate`; edit deploy/nginx_answers.py.\n"


def bodies() -> str:
    """Return the maps of the http block: of which kind an answer is, and what it says, by what was asked for."""
    kinds = ["map $request_uri $answer_kind {", "    default page;", '    "~^/v1([/?]|$)" api;', "}"]
    spoken = _by_locale("$answer_locale", {locale: locale for locale in LOCALES})
    pages = [line for status in _STATUSES for line in _pages(_public(status))]
    return _NOTE + "\n".join([*kinds, *spoken, *pages]) + "\n"


def locations() -> str:
    """Return what the server block includes: which error becomes which answer."""
    return _NOTE + "\n".join(_locations(status) for status in _STATUSES)


def _locations(status: int) -> str:
    public = _public(status)
    problem = {"type": "about:blank", "title": TITLES[public], "status": public, "detail": DETAILS[public]}
    page = {"Content-Language": "$answer_locale"}
    answers = {
        "api": (API, "application/problem+json", f"'{json.dumps(problem, ensure_ascii=False)}'"),
        "page": (page, "text/html", f"$page_{public}"),
    }
    lines = [f"error_page {_STATUSES[status]} /.answer/$answer_kind/{public};"]
    for kind, (headers, media_type, body) in answers.items():
        lines += _location(f"/.answer/{kind}/{public}", headers, media_type, public, body)
    return "\n".join(lines) + "\n"


def _location(path: str, own: Mapping[str, str], media_type: str, status: int, body: str) -> Iterator[str]:
    said = {**SECURITY, **own, "Cache-Control": "no-store"}
    headers = [f'{name} "{value}"' for name, value in said.items()]
    yield f"location = {path} {{"
    yield "    internal;"
    yield f"    default_type {media_type};"
    yield "    charset utf-8;"
    yield from (f"    add_header {one} always;" for one in [*headers, *filter(None, [_MORE.get(status)])])
    yield f"    return {status} {body};"
    yield "}"


def _public(status: int) -> int:
    """Return the status that the world is given; 494 is what nginx calls headers that are too large."""
    return 431 if status == 494 else status  # noqa: PLR2004 - see above


def _pages(status: int) -> Iterator[str]:
    return _by_locale(f"$page_{status}", {locale: _page(status, locale) for locale in LOCALES})


def _by_locale(variable: str, texts_of: Mapping[str, str]) -> Iterator[str]:
    """Map what was asked for to the text of its locale."""
    default, *others = LOCALES
    yield f"map $request_uri {variable} {{"
    yield f"    default '{texts_of[default]}';"
    yield from (f"    ~^/{locale}/ '{texts_of[locale]}';" for locale in others)
    yield "}"


def _page(status: int, locale: str) -> str:
    words, said = texts(locale), _SAID_AS.get(status, 400)
    title, step = escape(words(f"page.problem.{said}")), escape(words(f"page.problem_step.{said}"))
    number = escape(words("page.problem_number", number=status))
    return (
        f'<!doctype html><html lang="{locale}"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{title}</title><main><p>{number}</p><h1>{title}</h1>'
        f'<p>{step}</p><p><a href="{ADDRESSES["start"][locale]}">{escape(words("page.to_start"))}</a></p></main>'
    )
