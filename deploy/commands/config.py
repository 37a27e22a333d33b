"""`doorfiets config`: the settings, as the environment has them."""

import os
from typing import Annotated

import typer

app = typer.Typer(name="config", help="What the environment says.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Keep `show` a command of its own while it is the only one."""


@app.command(epilog="Examples: `doorfiets config show` · `doorfiets config show --origin`")
def show(
    *, origin: Annotated[bool, typer.Option("--origin", help="Also say where each value is from.")] = False
) -> None:
    """List every key with its value; secrets are files, so nothing here is one."""
    from deploy.settings import SETTINGS, read

    settings = read(os.environ)
    for setting in SETTINGS:
        value = getattr(settings, setting.field)
        source = "environment" if os.environ.get(setting.key) else "default"
        text = "(local)" if value is None else str(value)
        print(f"{setting.key}={text}" + (f"  # {source}: {setting.help}" if origin else ""))
