"""Rows as commands show them: a listing for people, one JSON array for programs."""

from collections.abc import Sequence
from typing import Any

from deploy.listing import ListingForm, show


def print_rows(rows: Sequence[dict[str, Any]], form: ListingForm, *, json: bool) -> None:
    """Print rows that have the same keys; no listing where there are none."""
    import msgspec  # noqa: PLC0415 - help stays fast

    if json:
        print(msgspec.json.encode(rows).decode())
    elif rows:
        show(rows, form)
