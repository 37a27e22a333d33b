"""`doorfiets generate`: everything that is made from code and committed."""

import sys
from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Examples: `doorfiets generate` after a change of a catalogue · `doorfiets generate --check` in CI")
def generate(
    *, check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 when a file is outdated.")] = False
) -> None:
    """Write the JSON Schemas, the OpenAPI document, the dashboards and the reference pages again."""
    from deploy import generate as generated
    from deploy.settings import ROOT

    names = generated.outdated(ROOT) if check else generated.write(ROOT)
    for name in names:
        print(name)
    if check and names:
        print("These files differ from what the code says; run `doorfiets generate` and commit.", file=sys.stderr)
        raise typer.Exit(1)
