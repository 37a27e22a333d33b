"""`doorfiets db`: the database's schema."""

import os
import sys

import typer

app = typer.Typer(name="db", help="The database's schema.", no_args_is_help=True)


@app.callback()
def db() -> None:
    """Keep `migrate` a command of its own while it is the only one."""


@app.command(
    epilog="Examples: `doorfiets db migrate` · `DOORFIETS_POSTGRES='host=db passfile=pgpass' doorfiets db migrate`"
)
def migrate() -> None:
    """Bring the database to the newest schema, and its roles to the passwords of the password file."""
    from deploy.local import provisioning
    from deploy.local.location import locate
    from deploy.settings import read

    settings = locate(read(os.environ))
    for name in provisioning.make_schema(str(settings.postgres), lambda line: print(line, file=sys.stderr)):
        print(name)
    print("The schema is the newest.", file=sys.stderr)
