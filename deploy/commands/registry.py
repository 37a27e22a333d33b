"""`doorfiets registry`: the municipality's sites, channels, stations, links, routes and screenlines."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="registry", help="What stands outside: reviewed files, checked and applied.", no_args_is_help=True
)
Folder = Annotated[Path | None, typer.Argument(help="Registry folder; DOORFIETS_REGISTRY, else deploy/assen.")]


@app.command(epilog="Example: `doorfiets registry check deploy/assen`")
def check(folder: Folder = None) -> None:
    """Read and check a registry folder; nothing is changed. Exit 1 with one sentence per problem.

    What may be applied but costs something is a warning, and no problem.
    """
    from registry.checks import warnings
    from registry.files import load

    registry = load(folder or _folder())
    for sentence in warnings(registry):
        print(f"warning: {sentence}", file=sys.stderr)
    print(
        f"{len(registry.sites)} sites, {len(registry.stations)} stations, {len(registry.links)} links, "
        f"{len(registry.routes)} routes, {len(registry.screenlines)} screenlines: no problems."
    )


@app.command(epilog="Example: `doorfiets registry apply` while the platform runs; new sensors are received at once.")
def apply(folder: Folder = None) -> None:
    """Check a registry folder and load it into the database, in one transaction; history is kept."""
    from deploy import registrar
    from deploy.local.location import locate
    from deploy.settings import read
    from registry.files import load

    settings = locate(read(os.environ))
    streams = registrar.apply(
        load(folder or settings.registry), str(settings.postgres), lambda said: print(said, file=sys.stderr)
    )
    print(f"{streams} datastreams are registered.", file=sys.stderr)


def _folder() -> Path:
    from deploy.settings import read

    return read(os.environ).registry
