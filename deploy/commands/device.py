"""`doorfiets device`: credentials with which sensors of your own publish for themselves."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

app = typer.Typer(name="device", help="Credentials with which devices publish for themselves.", no_args_is_help=True)

Sensor = Annotated[str, typer.Argument(help="What the device calls itself: 3 to 40 of a-z, 0-9 and -.")]
_DAYS: Final = 365


@app.command(
    epilog="Examples: `doorfiets device credential gate-1` · `doorfiets device credential gate-1 --out /mnt/card`"
    " · `doorfiets device credential gate-1 --password`"
)
def credential(
    sensor: Sensor,
    *,
    password: Annotated[
        bool, typer.Option("--password/--certificate", help="A password, or a certificate and its key.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the device; else below the secrets of this stack.")
    ] = None,
    broker: Annotated[str | None, typer.Option(help="host:port under which devices reach the broker.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="For how long a certificate is valid.")] = _DAYS,
) -> None:
    """Make a certificate or a password for one device, valid at once, in a folder that is copied to it.

    It may publish on the topics of its own name, and is told what became of its messages; nothing else.
    """
    from deploy.device_access import NOT_HERE, address, broker_reads_anew, given_rights, layout_here
    from deploy.device_credentials import credentials_of
    from deploy.host_and_port import refuse_no_address

    refuse_no_address(broker)
    layout = layout_here()
    given, folder = credentials_of(layout), out or layout.device(sensor)
    where = broker or address(password=password)
    if password:
        given.give_password(sensor, folder, where)
    else:
        made = given.give_certificate(sensor, folder, where, days)
        print(f"valid until {made.expires_at:%Y-%m-%d}", file=sys.stderr)
    if not broker_reads_anew(layout):
        print(NOT_HERE, file=sys.stderr)
    print(f"{sensor} at {where} may:\n{given_rights(sensor)}", file=sys.stderr)
    print(folder)


@app.command(epilog="Example: `doorfiets device revoke gate-1`")
def revoke(sensor: Sensor) -> None:
    """Take all credentials of a device away: the broker refuses it at once, and ends the connection that it has."""
    from deploy.device_access import NOT_HERE, broker_reads_anew, hang_up, layout_here
    from deploy.device_credentials import credentials_of

    layout = layout_here()
    gone = credentials_of(layout).revoke(sensor)
    revoked = f"revoked: {', '.join(one.kind for one in gone)}."
    if not broker_reads_anew(layout):
        print(f"{sensor} is {revoked} {NOT_HERE}", file=sys.stderr)
        raise typer.Exit(1)
    hang_up(sensor)
    print(f"{sensor} cannot publish any more; {revoked}", file=sys.stderr)


@app.command("list", epilog="Examples: `doorfiets device list` · `doorfiets device list --json`")
def list_(*, json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False) -> None:
    """List the credentials: whose, which kind, since when, until when, and whether they are valid."""
    import msgspec

    from deploy.device_access import layout_here, listed

    rows = listed(layout_here())
    if json:
        print(msgspec.json.encode(rows).decode())
        return
    width = max([24, *(len(row["sensor"]) + 2 for row in rows)])
    for row in rows:
        times = f"{row['issued_at'][:10]}  {row['expires_at'] or '-':.10}"
        print(f"{row['sensor']:{width}}{row['kind']:13}{row['state']:9}{times}")
    if not rows:
        print("No device has a credential.", file=sys.stderr)
