"""Which form an answer takes: what the address says, else what the Accept header prefers."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

Form: TypeAlias = Literal["json", "csv", "geojson"]
MEDIA_TYPES: Final[dict[Form, str]] = {"json": "application/json", "csv": "text/csv", "geojson": "application/geo+json"}


def choose(wanted: str | None, accept: str, offered: Sequence[Form]) -> Form | None:
    """Choose a form from those offered, first one preferred; None when the asker takes none of them."""
    if wanted:
        return next((form for form in offered if form == wanted), None)
    ranked = sorted(offered, key=lambda form: -_quality(MEDIA_TYPES[form], accept))
    return ranked[0] if _quality(MEDIA_TYPES[ranked[0]], accept) > 0 else None


def _quality(media_type: str, accept: str) -> float:
    """Judge how welcome a media type is: the most specific range decides."""
    family = media_type.partition("/")[0] + "/*"
    weights = dict(map(_weight, accept.lower().split(",")[:50]))
    return next((weights[name] for name in (media_type, family, "*/*") if name in weights), 0.0)


def _weight(part: str) -> tuple[str, float]:
    name, _, parameters = part.strip().partition(";")
    text = parameters.replace(" ", "").removeprefix("q=")
    return name.strip(), float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 1.0
