"""`doorfiets prepare`: schema, topics and registry, which the processes need."""

import os
import sys

import typer

app = typer.Typer()


@app.command(
    epilog="Example: `DOORFIETS_KAFKA=kafka:9092 DOORFIETS_POSTGRES='host=db passfile=pgpass' doorfiets prepare`"
)
def prepare() -> None:
    """Make the schema, the topics and the registry; running it again changes nothing."""
    from deploy.local import provisioning
    from deploy.local.location import locate
    from deploy.settings import read

    settings = locate(read(os.environ))
    provisioning.make_schema(str(settings.postgres))
    provisioning.make_topics(str(settings.kafka))
    provisioning.apply_registry(str(settings.postgres), settings.registry)
    print("Schema, topics and registry are there.", file=sys.stderr)
