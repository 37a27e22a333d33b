"""`doorfiets demo`: everything on one machine, with a year of recordings and simulated sensors that publish."""

import os
from typing import Annotated

import typer

from schemas.failures import FAILED

app = typer.Typer()


@app.command(epilog="Examples: `doorfiets demo` · `doorfiets demo --check`")
def demo(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Nobody watches: compare with the reference, time a message, and stop.")
    ] = False,
) -> None:
    """Start everything, import a year of recordings, start the simulated sensors, and show what to look at."""
    from deploy.local.demo import course
    from deploy.settings import read

    settings = read(os.environ)
    if not check:
        course.show(settings, print)
    elif not course.check(settings, print):
        raise typer.Exit(FAILED)
