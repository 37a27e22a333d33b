"""Which form, language and coding an answer takes: what the address says, else what the reader prefers.

Whoever needs to know what an answer will be asks here: the app that makes it, what guards it, and what remembers it.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from locales import DEFAULT, LOCALES

Form: TypeAlias = Literal["json", "csv", "geojson"]
MEDIA_TYPES: Final[dict[Form, str]] = {"json": "application/json", "csv": "text/csv", "geojson": "application/geo+json"}
_ANYTHING: Final = "*/*"
_PARTS: Final = 50
"""So many preferences are read; what comes behind them has none."""


Coding: TypeAlias = Literal["gzip", "identity"]
FormRanks: TypeAlias = tuple[int, ...]
"""How welcome each of MEDIA_TYPES is: 1 is most welcome, and 0 not at all."""


def choose(wanted: str | None, accept: str, offered: Sequence[Form]) -> Form | None:
    """Choose a form from those offered, first one preferred; None when the asker takes none of them."""
    if wanted:
        return next((form for form in offered if form == wanted), None)
    ranks = dict(zip(MEDIA_TYPES, form_ranks(accept), strict=True))
    return min((form for form in offered if ranks[form]), key=ranks.__getitem__, default=None)


def form_ranks(accept: str) -> FormRanks:
    """Tell in which order an Accept header takes our forms: all that the choice of a form follows from."""
    found = [_quality(media_type, accept) for media_type in MEDIA_TYPES.values()]
    order = sorted({one for one in found if one > 0}, reverse=True)
    return tuple(order.index(one) + 1 if one > 0 else 0 for one in found)


def form_of(wanted: str | None, headers: Mapping[str, str], offered: Sequence[Form]) -> Form | None:
    """Choose the form for a request with these headers; who names none takes all."""
    return choose(wanted, headers.get("accept", _ANYTHING), offered)


def form_ranks_of(headers: Mapping[str, str]) -> FormRanks:
    """Tell in which order a request with these headers takes our forms."""
    return form_ranks(headers.get("accept", _ANYTHING))


def prefers_json_to_pages(headers: Mapping[str, str]) -> bool:
    """Tell whether a program asks: JSON is more welcome than a page."""
    accept = headers.get("accept", _ANYTHING)
    return _quality(MEDIA_TYPES["json"], accept) > _quality("text/html", accept)


def language_of(headers: Mapping[str, str]) -> str:
    """Choose the locale for a request with these headers."""
    return language(headers.get("accept-language", ""))


def coding_of(headers: Mapping[str, str]) -> Coding:
    """Choose how the content of an answer is coded; packed for who names that, and does not refuse it."""
    weights = dict(map(_weight, headers.get("accept-encoding", "").lower().split(",")[:_PARTS]))
    return "gzip" if weights.get("gzip", 0.0) > 0 else "identity"


def language(accepted: str) -> str:
    """Choose the locale that an Accept-Language header likes best, the first of equals; Dutch where it likes none."""
    weights = dict(map(_weight, accepted.lower().split(",")[:_PARTS]))
    places = list(weights)

    def named(locale: str) -> str | None:
        return next((one for one in places if one.partition("-")[0] == locale), "*" if "*" in weights else None)

    wanted = {locale: found for locale in LOCALES if (found := named(locale)) and weights[found] > 0}
    return min(wanted, key=lambda one: (-weights[wanted[one]], places.index(wanted[one])), default=DEFAULT)


def _quality(media_type: str, accept: str) -> float:
    """Judge how welcome a media type is: the most specific range decides."""
    family = media_type.partition("/")[0] + "/*"
    weights = dict(map(_weight, accept.lower().split(",")[:_PARTS]))
    return next((weights[name] for name in (media_type, family, "*/*") if name in weights), 0.0)


def _weight(part: str) -> tuple[str, float]:
    name, _, parameters = part.strip().partition(";")
    text = parameters.replace(" ", "").removeprefix("q=")
    return name.strip(), float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 1.0
