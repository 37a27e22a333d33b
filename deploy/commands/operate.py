"""`doorfiets rejections` and `doorfiets failures`, for operators of sensors."""

import os
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.printing import print_rows, print_sentence
from schemas.rejection import REASONS

if TYPE_CHECKING:
    from deploy.settings import Settings


app = typer.Typer()
rejections_app = typer.Typer(invoke_without_command=True)
app.add_typer(rejections_app, name="rejections")
_GROUPS: Final = 40

# The columns that come first where there is no room for all.
_REJECTIONS: Final = ("id", "reason", "sensor", "messages", "open", "last_received_at", "receptions")
_FAILURES: Final = ("at", "what", "reason", "sensor")

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]
All = Annotated[
    bool, typer.Option("--all", help=f"More than the newest {_GROUPS}, and what was replayed and is stored by now.")
]
OfSensor = Annotated[str | None, typer.Option("--sensor", help="Only what this sensor sent.")]


@rejections_app.callback(
    epilog="Examples: `doorfiets rejections` · `doorfiets rejections list --json` · `doorfiets rejections --sensor "
    "lus-0001` · `doorfiets rejections show 5f2c09ab41de` · `doorfiets rejections replay --reason unit --dry-run`"
)
def rejections(context: typer.Context, *, all_: All = False, sensor: OfSensor = None, json: Json = False) -> None:
    """List refused messages by reason and sensor: how many, when, and the newest one with the head of its payload.

    Those that were decoded again and are stored now are left out, unless --all is given.
    """
    if context.invoked_subcommand is None:
        _list_rejections(all_=all_, sensor=sensor, json=json)


@rejections_app.command(
    name="list", epilog="Examples: `doorfiets rejections list` · `doorfiets rejections list --all --json`"
)
def list_(*, all_: All = False, sensor: OfSensor = None, json: Json = False) -> None:
    """List refused messages, as `doorfiets rejections` does."""
    _list_rejections(all_=all_, sensor=sensor, json=json)


def _list_rejections(*, all_: bool, sensor: str | None, json: bool) -> None:
    from operations import rejections as refusals
    from streams.epoch import epoch_of

    settings = _settings()
    coming = refusals.on_their_way(
        str(settings.postgres), str(settings.kafka), epoch_of
    )  # before the rejections are read
    every = refusals.rejections(str(settings.postgres), closed=all_)
    rows = [row for row in every if sensor in {None, row["sensor"]}]
    for row in rows:
        row["meaning"] = REASONS.get(row["reason"], "")
    shown = rows if all_ or json else rows[:_GROUPS]
    print_rows(shown, _REJECTIONS, ("detail", "payload"), json=json)
    if not rows:
        print_sentence(_nothing_refused(sensor, all_=all_, coming=bool(coming)))
    elif len(shown) < len(rows):
        print_sentence(f"{len(rows) - len(shown)} more kinds of refusals: `doorfiets rejections --all`.")
    elif sensor and not json:
        print_sentence(f"`doorfiets rejections show --sensor {sensor}` shows the messages whole.")
    print_sentence(coming)


def _nothing_refused(sensor: str | None, *, all_: bool, coming: bool) -> str:
    said = f"Nothing {f'of {sensor} ' if sensor else ''}was refused{' so far' if coming else ''}"
    return f"{said}." if all_ else f"{said}, or it is stored by now: `doorfiets rejections --all`."


@rejections_app.command(
    epilog="Examples: `doorfiets rejections show 5f2c09ab41de`"
    " · `doorfiets rejections show --reason unit --sensor telraam-9000001463`"
)
def show(
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The id in the list, or more of the digest it begins.")
    ] = None,
    *,
    reason: Annotated[str | None, typer.Option(help="All that were refused for this reason.")] = None,
    sensor: Annotated[str | None, typer.Option(help="All that this sensor sent.")] = None,
) -> None:
    """Show refused messages: why they were refused, and what stays of them, as text or in hexadecimals.

    What could not be parsed is sealed, and can be read for seven days where its keys are.
    """
    from ingest.seal import KeyRing
    from operations.payloads import card
    from operations.rejections import refused

    if id_ == "" or (id_ is None and reason is None and sensor is None):
        raise typer.BadParameter("which one? Give an id of `doorfiets rejections`, --reason or --sensor")
    settings = _settings()
    found = refused(str(settings.postgres), id_=id_ and id_.lower(), reason=reason, sensor=sensor)
    if not found:
        print_sentence("No refused message is like that; `doorfiets rejections` lists what there is.")
        raise typer.Exit(1)
    opened = KeyRing(settings.seal_keys).opened if settings.seal_keys else _nothing
    print("\n\n".join(card(one, opened) for one in found))


@app.command(epilog="Examples: `doorfiets failures` · `doorfiets failures --json` (with the bytes, in base64)")
def failures(*, json: Json = False) -> None:
    """List what was set aside because it can never be stored or computed: its place, why, and its bytes."""
    from operations.failures import failures as set_aside

    rows = set_aside(str(_settings().postgres), whole=json)
    for row in rows if not json else ():
        del row["payload"]
    print_rows(rows, _FAILURES, ("detail",), json=json)
    print_sentence("Nothing was set aside." if not rows else None)


def _nothing(_sealed: bytes) -> None:
    return None


def _settings() -> "Settings":
    from deploy.local.location import locate
    from deploy.settings import read

    return locate(read(os.environ))
