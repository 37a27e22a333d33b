"""What commands print: rows for people or for programs on stdout, and sentences beside them on stderr."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any


def print_rows(
    rows: Sequence[Mapping[str, Any]],
    first: Sequence[str] = (),
    below: Sequence[str] = (),
    lines: int = 2,
    *,
    json: bool = False,
) -> None:
    """Print rows that have the same keys as a listing (`deploy.listing.ListingForm`), nothing where there are none.

    With `json` it is one JSON array.
    """
    from deploy.listing import ListingForm, show  # noqa: PLC0415 - help stays fast

    if json:
        print_json(rows)
    elif rows:
        show(rows, ListingForm(first, below, lines))


def print_json(what: object) -> None:
    """Print one JSON document on a line."""
    import msgspec  # noqa: PLC0415 - likewise

    print(msgspec.json.encode(what).decode(), flush=True)


def print_sentence(sentence: str | None) -> None:
    """Print what is not data; nothing where there is no sentence."""
    if sentence:
        print(sentence, file=sys.stderr, flush=True)
