"""Which requests are none: an address that means two things, a body nobody takes, a key where everybody sees it."""

import re
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import unquote

from starlette.datastructures import QueryParams

from opendata.guards.single_headers import SingleHeaders

LONGEST_ADDRESS: Final = 8_192
"""Bytes of path and query."""
MOST_RANGES: Final = 5
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_AMBIGUOUS: Final = re.compile(
    rb"%(?:2f|5c|2e|3b|7f|[01][0-9a-f])|//|[;\\]|/\.\.?(?:/|$)|[\x00-\x20\x7f-\xff]", re.IGNORECASE
)
"""What a proxy and we could take for different paths: dots, slashes and semicolons, encoded or not, and controls."""
_HALF: Final = re.compile(rb"%(?![0-9a-f]{2})", re.IGNORECASE)
_KEY_IN_ADDRESS: Final = re.compile(
    r"(?:^|;)\s*(?:x[-_]?)?(?:api[-_]?|access[-_]?)?(?:key|sleutel|token)\s*=|dfk_", re.IGNORECASE
)
"""What a parameter is called that holds a key, or what a key looks like, in an address that was decoded."""

Refusal: TypeAlias = Literal["address", "long", "body", "key_in_address", "repeated"]


class RequestHeaders(NamedTuple):
    """What the guards need of the headers of a request, read once; `repeated` is one that may stand there once."""

    has_body: bool = False
    ranges: int = 0
    forwarded: bytes = b""
    key: bytes | None = None
    same_origin: bool = False
    repeated: bytes | None = None


def headers_of(headers: SingleHeaders) -> RequestHeaders:
    """Read the headers, each of which is there once."""
    found = dict(headers.fields)
    ranges = found.get(b"range")
    return RequestHeaders(
        has_body=found.get(b"content-length", b"0").strip(b"0 ") != b"" or b"transfer-encoding" in found,
        ranges=0 if ranges is None else ranges.count(b",") + 1,
        forwarded=found.get(b"x-forwarded-for", b""),
        key=found.get(b"x-api-key"),
        same_origin=found.get(b"sec-fetch-site") == b"same-origin",
        repeated=headers.repeated,
    )


def refusal(method: str, path: bytes, query: bytes, headers: RequestHeaders) -> Refusal | None:
    """Name what is wrong with a request; None for one that may be asked."""
    if len(path) + len(query) > LONGEST_ADDRESS:
        return "long"
    if _AMBIGUOUS.search(path) or _HALF.search(path):
        return "address"
    if headers.repeated is not None:
        return "repeated"
    if headers.has_body and method in _READING:  # of any other method the site says itself that it has none
        return "body"
    if _names_key(path, query):
        return "key_in_address"
    return None


def _names_key(path: bytes, query: bytes) -> bool:
    """Tell whether an address holds a key, as whoever decodes it reads it."""
    said = (f"{name}={value}" for name, value in QueryParams(query).multi_items())
    return any(map(_KEY_IN_ADDRESS.search, (unquote(path.decode("latin-1")), *said)))
