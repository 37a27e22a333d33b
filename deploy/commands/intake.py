"""`doorfiets intake`: which sensors may push over HTTP."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(name="intake", help="Which sensors may push over HTTP.", no_args_is_help=True)

Sensor = Annotated[str, typer.Argument(help="The sensor, such as esp8266-1234567: 3 to 40 of a-z, 0-9 and -.")]


@app.command("add-credential", epilog="Example: `doorfiets intake add-credential esp8266-1234567`")
def add_credential(sensor: Sensor) -> None:
    """Give a sensor a new password and print it: it is shown this once, and takes the place of one before."""
    from ingest.http.credentials import add

    file = _file()
    password = add(file, sensor)
    print(f"user {sensor}, valid at once; only a digest of the password is in {file}. Password:", file=sys.stderr)
    print(password)
    if not _may_be_registered(sensor):
        print(
            f"warning: no device is called {sensor}; what it sends is refused until one is (`doorfiets registry draft "
            "--unknown` drafts it)",
            file=sys.stderr,
        )


@app.command("remove-credential", epilog="Example: `doorfiets intake remove-credential esp8266-1234567`")
def remove_credential(sensor: Sensor) -> None:
    """Take the credential of a sensor away, at once."""
    from ingest.http.credentials import remove

    remove(_file(), sensor)
    print(f"{sensor} cannot push any more.", file=sys.stderr)


@app.command("credentials", epilog="Example: `doorfiets intake credentials`")
def credentials() -> None:
    """List the sensors that may push."""
    from ingest.http.credentials import read

    for sensor in sorted(read(_file())):
        print(sensor)


def _may_be_registered(sensor: str) -> bool:
    """Return whether a device is called so, or nobody can say as no database answers."""
    from psycopg import OperationalError

    from deploy.local.location import NoStackError, locate
    from deploy.settings import read
    from operations.feeds import is_registered

    try:
        return is_registered(str(locate(read(os.environ)).postgres), sensor)
    except (NoStackError, OperationalError):
        return True


def _file() -> Path:
    """Return the file of credentials: the configured one, else that of the local stack."""
    from deploy.local.layout import Layout
    from deploy.settings import read

    settings = read(os.environ)
    return settings.intake_credentials_file or Layout(settings.home).intake_credentials
