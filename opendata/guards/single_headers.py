"""The headers of a request, each of them once: whoever reads one within reads the same as everybody else."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

RawHeaders: TypeAlias = Sequence[tuple[bytes, bytes]]
_ONCE: Final = frozenset(
    {
        b"access-control-request-headers",
        b"access-control-request-method",
        b"authorization",
        b"content-length",
        b"content-type",
        b"date",
        b"from",
        b"host",
        b"if-modified-since",
        b"if-range",
        b"if-unmodified-since",
        b"last-event-id",
        b"max-forwards",
        b"origin",
        b"range",
        b"referer",
        b"sec-fetch-dest",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"sec-fetch-user",
        b"user-agent",
        b"x-api-key",
    }
)
"""What has one value by its definition: of two, which one counts would be a guess."""


class SingleHeaders(NamedTuple):
    """Headers of which none comes twice, and the name of one that may not be repeated, and was."""

    fields: list[tuple[bytes, bytes]]
    repeated: bytes | None = None


def single(raw: RawHeaders) -> SingleHeaders:
    """Join headers that are repeated, as RFC 9110 (5.3) reads them: a list, and of cookies pairs (RFC 9113, 8.2.3)."""
    joined: dict[bytes, bytes] = {}
    repeated: bytes | None = None
    for name, value in raw:
        if name in joined:
            repeated = name if name in _ONCE else repeated
            joined[name] += (b"; " if name == b"cookie" else b", ") + value
        else:
            joined[name] = value
    return SingleHeaders(list(joined.items()), repeated)
