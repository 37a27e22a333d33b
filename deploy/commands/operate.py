"""`doorfiets feeds` and `doorfiets rejections`: what a sensor operator asks first."""

import os
import sys
from typing import Annotated, Any

import typer

from schemas.rejection import REASONS

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]


@app.command(epilog="Examples: `doorfiets feeds` · `doorfiets feeds --json | jq '.[] | select(.status != \"goed\")'`")
def feeds(
    *,
    closed: Annotated[bool, typer.Option("--all", help="Also feeds whose equipment is gone.")] = False,
    json: Json = False,
) -> None:
    """List every feed with its status (stil, laat, goed ...) by its own interval, worst first."""
    from deploy import operate

    _show(
        operate.feeds(_conninfo(), closed=closed), json=json, empty="No feed is registered: `doorfiets registry apply`."
    )


@app.command(epilog="Examples: `doorfiets rejections` · `doorfiets rejections --json`")
def rejections(*, json: Json = False) -> None:
    """List refused messages by reason: how many, when, and the newest one with its payload."""
    from deploy import operate

    rows = operate.rejections(_conninfo())
    for row in rows:
        row["meaning"] = REASONS.get(row["reason"], "")
    _show(rows, json=json, empty="Nothing was refused.")


def _conninfo() -> str:
    from deploy.local.here import locate
    from deploy.settings import read

    return str(locate(read(os.environ)).postgres)


def _show(rows: list[dict[str, Any]], *, json: bool, empty: str) -> None:
    import msgspec
    from rich.console import Console
    from rich.table import Table

    if json:
        print(msgspec.json.encode(rows).decode())
        return
    if not rows:
        print(empty, file=sys.stderr)
        return
    table = Table(*rows[0], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 250, markup=False, highlight=False).print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M:%SZ") if hasattr(value, "strftime") else str(value)
