"""`doorfiets api-key`: keys for programs that ask `/v1` more often than anybody may."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.printing import print_rows, print_sentence

app = typer.Typer(
    name="api-key", help="Keys for programs that ask /v1 more often than anybody may.", no_args_is_help=True
)


@app.command(epilog='Example: `doorfiets api-key create "Fietsersbond, dashboard"`')
def create(name: Annotated[str, typer.Argument(help="Whose key it is, for the list: 1 to 80 characters.")]) -> None:
    """Make a key and print it: it is shown this once, valid at once, and sent in the header X-Api-Key."""
    from opendata.guards import api_keys

    file, secret = _files()
    key = api_keys.create(file, secret, name, datetime.now(UTC).date())  # noqa: TID251 - the day of this command
    print(f"only a prefix and a digest of it are in {file}. Key of {name}:", file=sys.stderr)
    print(key)


@app.command(name="list", epilog="Examples: `doorfiets api-key list` · `doorfiets api-key list --json`")
def list_(*, json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False) -> None:
    """List the keys that were given out: how each begins, since when, and whose it is."""
    from opendata.guards import api_keys

    keys = api_keys.read(_files()[0]).values()
    rows = [{"prefix": one.prefix, "created": one.created.isoformat(), "name": one.name} for one in keys]
    print_rows(rows, ("prefix", "created", "name"), (), json=json)
    print_sentence("No key was given out; `doorfiets api-key create NAME` makes one." if not rows else None)


@app.command(epilog="Example: `doorfiets api-key revoke k3x9m2ab`")
def revoke(prefix: Annotated[str, typer.Argument(help="What stands between dfk_ and the next underscore.")]) -> None:
    """Take a key away; every web process knows within a second."""
    from opendata.guards import api_keys

    gone = api_keys.revoke(_files()[0], prefix.removeprefix("dfk_").partition("_")[0])
    print(f"the key dfk_{gone.prefix}_... of {gone.name} is not valid any more.", file=sys.stderr)


def _files() -> tuple[Path, Path]:
    """Return the files of keys and of their secret: the configured ones, else those of the local stack."""
    from deploy.local.layout import Layout
    from deploy.settings import read

    settings = read(os.environ)
    layout = Layout(settings.home)
    return settings.api_keys_file or layout.api_keys, settings.api_keys_secret_file or layout.api_keys_secret
