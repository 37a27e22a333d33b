"""`doorfiets poll`: what publishers' interfaces have, fetched once or all the time."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.failures import CheckFailedError

if TYPE_CHECKING:
    from ingest.pollers.host import TurnReport
    from ingest.pollers.poller import PollSource

app = typer.Typer()


class PollFailedError(CheckFailedError):
    """Some sensors could not be fetched; what was fetched is held, and the next round goes on from there."""


@app.command(
    epilog="Examples: `doorfiets poll --once` · `doorfiets poll --once --source luchtmeetnet --dry-run` · "
    "`doorfiets poll --dry-run --file pollers.toml`"
)
def poll(
    *,
    once: Annotated[bool, typer.Option("--once", help="One round of every sensor, and its outcome; then end.")] = False,
    source: Annotated[
        list[str] | None, typer.Option(help="Only the entries of this publisher, such as telraam; may be repeated.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch once and say what would be sent; nothing is sent or remembered.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(help="The file of pollers, instead of DOORFIETS_POLLERS.", dir_okay=False)
    ] = None,
) -> None:
    """Fetch what publishers have: Luchtmeetnet, Samen Meten, sensor.community, Telraam (CC BY-NC: not for business).

    Without --once and --dry-run until a signal stops it, like `doorfiets run poll`. Exit codes: 1 a sensor could not be
    fetched, or pollers run already; 2 the file of pollers is wrong; 3 Kafka does not take what was fetched.
    """
    from deploy import run
    from deploy.local.location import locate
    from deploy.settings import read
    from ingest.pollers import configuration, main

    settings = read(os.environ)
    settings = replace(settings, pollers=file.absolute() if file else settings.pollers)
    made = run.poll_settings(settings if dry_run else locate(settings))
    if not (once or dry_run):
        if source:
            raise typer.BadParameter("--source is for --once and --dry-run; a process polls the whole file")
        main.run(made)
        return
    sources = _chosen(configuration.read(made.file, made.credentials), source or [])
    reports = asyncio.run(main.poll_once(made, sources, dry=dry_run))
    for report in reports:
        print(_line(report, dry=dry_run))
    if failed := sum(bool(report.problem) for report in reports):
        raise PollFailedError(f"{failed} of {len(reports)} could not be fetched; the others are as said above")
    print("Nothing was sent." if dry_run else "All that was fetched is held by Kafka.", file=sys.stderr)


def _chosen(sources: "list[PollSource]", names: list[str]) -> "list[PollSource]":
    """Return the entries of some publishers; a publisher of which there is none is a usage error."""
    there = {one.name for one in sources}
    if unknown := sorted(set(names) - there):
        raise typer.BadParameter(f"no entry of {unknown[0]!r}; the file has {', '.join(sorted(there))}")
    return [one for one in sources if not names or one.name in names]


def _line(report: "TurnReport", *, dry: bool) -> str:
    """Say in one line what became of a sensor."""
    where = f"{report.source:18}{report.sensor:34}"
    if report.unregistered:
        return f"{where}{report.sensor} is not registered: nothing is fetched for it; register it first"
    if report.problem:
        return f"{where}failed: {report.problem}"
    refused = len(report.summary.rejections)
    verb = "would be sent" if dry else "sent"
    until = f", until {report.held:%Y-%m-%d %H:%MZ}" if report.held else ""
    return f"{where}{report.summary.sent} {verb}, {report.summary.unchanged} unchanged, {refused} refused{until}"
