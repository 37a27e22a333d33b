"""`doorfiets registry`: what each owner has on its streets; checked together, applied owner by owner."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.table_options import (
    AutumnOption,
    BareDateOption,
    Column,
    Decimal,
    EncodingOption,
    LabelOption,
    Minutes,
    Missing,
    Separator,
    Set,
    Sheet,
    Sites,
    Thousands,
    Times,
    Timezone,
)

if TYPE_CHECKING:
    from registry.database import Applied, WaitingPlace

app = typer.Typer(
    name="registry",
    help="What stands outside: a folder of reviewed files for each owner, checked together and applied one by one.",
    no_args_is_help=True,
)
Root = Annotated[
    Path | None,
    typer.Option(help="Folder with a folder for each owner, or the folder of one; else DOORFIETS_REGISTRY."),
]
Owner = Annotated[
    str | None, typer.Argument(help="Name of its folder, or its id (GM0106); without, all owners under the root.")
]
Remove = Annotated[
    bool, typer.Option("--remove", help="Also take away what the files no longer name; else a person is asked.")
]


@app.command(epilog="Example: `doorfiets registry check --root deploy/owners`")
def check(root: Root = None) -> None:
    """Read and check the files of all owners together; nothing is changed. Exit 1 with one sentence per problem.

    What may be applied but costs something is a warning, and no problem.
    """
    from deploy.owner_folders import load
    from registry.checks import warnings

    folders = load(root or _root())
    warned = warnings([one.registry for one in folders])
    for sentence in warned:
        print(f"warning: {sentence}", file=sys.stderr)
    for one in folders:
        what = one.registry
        print(
            f"{one.name} ({what.owner.id}): {len(what.districts)} districts, {len(what.sites)} sites, "
            f"{len(what.stations)} stations, {len(what.links)} links, {len(what.routes)} routes, "
            f"{len(what.screenlines)} screenlines, {len(what.devices)} devices; state {one.state[:12]}"
        )
    many = f"{len(warned)} warning{'' if len(warned) == 1 else 's'}"
    print(f"may be applied, with {many}." if warned else "no problems.")


@app.command(
    epilog="Examples: `doorfiets registry apply tynaarlo` · `doorfiets registry apply assen --dry-run` · "
    "`doorfiets registry apply --remove` of all owners, without asking"
)
def apply(
    owner: Owner = None,
    root: Root = None,
    remove: Remove = False,  # noqa: FBT002 - a flag of the command line
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,  # noqa: FBT002 - likewise
) -> None:
    """Check all files, show what changes, and load one owner or all into the database in one transaction.

    Other owners' rows stay as they are, history is kept, and new sensors are received at once. What the files no longer
    name is taken away only when a person says so, or --remove does.
    """
    from deploy import registrar
    from deploy.local.location import locate
    from deploy.owner_folders import load
    from deploy.settings import read
    from registry.files import RegistryRefusedError, chosen

    settings = locate(read(os.environ))
    folders = chosen(load(root or settings.registry), owner)
    changes, refusals, uncounted = registrar.plan(folders, str(settings.postgres))
    if refusals:
        raise RegistryRefusedError("\n".join(refusals))
    for line in (*changes.lines(), *uncounted):
        print(line)
    _say(f"{changes.summary()}.")
    if dry_run:
        return
    shown = [*changes.gone()]
    agreed = shown if shown and not remove and _confirmed("Take away what is marked with - above?") else []
    _report(registrar.apply(folders, str(settings.postgres), _say, confirmed=None if remove else agreed))


@app.command(
    epilog="Examples: `doorfiets registry draft export-*.csv.gz` · `doorfiets registry draft --unknown` · "
    "`doorfiets registry draft --timezone Europe/Amsterdam --column start=begintijd --column value=op:in "
    "--set sensor=kanaalweg counts.csv`"
)
def draft(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Publishers' files, plain or .gz.", exists=True, dir_okay=False)
    ] = None,
    *,
    format_: Annotated[str, typer.Option("--format", help="As for `doorfiets import`.")] = "auto",
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Draft what was sent and refused as unknown, instead of files.")
    ] = False,
    timezone: Timezone = None,
    autumn: AutumnOption = None,
    label: LabelOption = None,
    minutes: Minutes = None,
    bare_date: BareDateOption = None,
    sheet: Sheet = None,
    encoding: EncodingOption = None,
    sites: Sites = None,
    column: Column = None,
    set_: Set = None,
    times: Times = "",
    separator: Separator = "",
    decimal: Decimal = "",
    thousands: Thousands = "",
    missing: Missing = None,
) -> None:
    """Write entries of devices.toml and sites.toml or stations.toml for what files hold, to be filled in by a person.

    Each channel is said with its first and last day and value. Of devices that are registered only the sources are
    said, as a comment, that are not. What a table is like is said as for `doorfiets import`. Nothing is changed.
    """
    from deploy import drafting
    from deploy.import_options import ImportOptions
    from ingest.history.column_map import ColumnMap

    if unknown == bool(files):
        raise typer.BadParameter("give files, or --unknown")
    said = ImportOptions(
        timezone=timezone,
        autumn=autumn.value if autumn else None,
        label=label.value if label else None,
        minutes=minutes,
        bare_date=bare_date is not None,
        sheet=sheet,
        encoding=encoding.value if encoding else None,
        sites=sites,
        columns=ColumnMap(column or (), set_ or (), missing or (), separator, decimal, times, thousands),
    )
    print(drafting.of_unknown(os.environ) if unknown else drafting.of_files(files or [], format_, said), end="")


@app.command(name="remove", epilog="Example: `doorfiets registry remove GM1730`, after its folder was moved away")
def remove_owner(
    owner: Annotated[str, typer.Argument(help="Id of the owner, as `doorfiets registry list` shows it.")],
    remove: Annotated[bool, typer.Option("--remove", help="Do not ask.")] = False,  # noqa: FBT002 - likewise
) -> None:
    """Take an owner and all its rows out of the database.

    Refused where observations or rows of other owners name them; nothing is changed then.
    """
    from deploy import registrar
    from deploy.local.location import locate
    from deploy.settings import read
    from registry.database import RemovalUnconfirmedError

    settings = locate(read(os.environ))
    if not remove and not _confirmed(f"Take away owner {owner} with all its places?"):
        raise RemovalUnconfirmedError([f"owner {owner}"])
    _report(registrar.remove(owner, str(settings.postgres), _say))


@app.command(name="list")
def list_owners() -> None:
    """Show the owners that are applied: id, name, what they have, and the state of their files."""
    from deploy import registrar
    from deploy.local.location import locate
    from deploy.settings import read

    owners, waiting = registrar.owners(str(locate(read(os.environ)).postgres))
    for one in owners:
        print(one)
    _tell_waiting(waiting)
    if not owners:
        print("no owner is applied; `doorfiets registry apply` loads what is in DOORFIETS_REGISTRY", file=sys.stderr)


def _confirmed(question: str) -> bool:
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _report(applied: "Applied") -> None:
    _say(f"{applied.changes.summary()}; {applied.datastreams} datastreams are registered.")
    _tell_waiting(applied.waiting)
    if not applied.has_host:
        _say("no owner is the host of the public site yet; apply the one with `host = true`")


def _tell_waiting(waiting: "list[WaitingPlace]") -> None:
    for one in waiting:
        _say(f"{one.kind} {one.id} waits for {', '.join(one.missing)}: apply the owner of these")


def _say(said: str) -> None:
    print(said, file=sys.stderr)


def _root() -> Path:
    from deploy.settings import read

    return read(os.environ).registry
