"""Rows as commands show them: a table for people, one JSON array for programs."""

import sys
from typing import Any


def show(rows: list[dict[str, Any]], *, json: bool) -> None:
    """Print rows that have the same keys; no table where there are none."""
    import msgspec  # noqa: PLC0415 - help stays fast
    from rich.console import Console  # noqa: PLC0415 - likewise
    from rich.table import Table  # noqa: PLC0415 - likewise

    from operations.payloads import safe  # noqa: PLC0415 - likewise

    if json:
        print(msgspec.json.encode(rows).decode())
        return
    if not rows:
        return
    table = Table(*rows[0], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(safe(_cell(value)) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 250, markup=False, highlight=False).print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M:%SZ") if hasattr(value, "strftime") else str(value)
