"""`doorfiets verify`: every published number of a site, computed again from the public quarters."""

import os
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from schemas.failures import FAILED

if TYPE_CHECKING:
    from verify.calendar import LocalRange
    from verify.report import VerifyReport

app = typer.Typer()
_EARLIEST: Final = "Etc/GMT-14"
"""Where days are over first: a range that lies in the future here does so in every zone."""


@app.command(
    epilog="Examples: `doorfiets verify kolk --from 2024-01-01 --to 2024-12-31` · "
    "`doorfiets verify vaart --from 2024-05-01 --to 2024-05-31 --url https://fiets.assen.example --json`"
)
def verify(
    site: Annotated[str, typer.Argument(help="Site (telpunt), as in /v1/telpunten.")],
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day; it belongs to it.")],
    url: Annotated[
        str | None, typer.Option(help="Address of the instance; without it the one that is configured or runs here.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of local days; without it that of the site's owner.")
    ] = None,
    calibration: Annotated[
        tuple[float, float] | None,
        typer.Option(help="By which factors counters may be off; without it those of the owner of each screenline."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Recompute what an instance publishes of a site from its public quarters alone; exit 1 when anything differs."""
    from deploy.local.location import site_address
    from deploy.settings import read
    from verify import checks, resources
    from verify.cache import InstanceCache
    from verify.indicators import checks as indicators
    from verify.instance import Instance
    from verify.report import VerifyReport

    url = url or site_address(read(os.environ))
    _range(first.date(), last.date(), timezone or _EARLIEST)
    instance = Instance(url)
    zone = timezone or resources.owner(instance, resources.site(instance, site).owner).zone.key
    span = _range(first.date(), last.date(), zone)
    cache = InstanceCache(instance, span, lambda line: print(line, file=sys.stderr))
    report = VerifyReport().take(checks.findings(cache, site, calibration)).take(indicators.findings(cache, site))
    if json:
        print(report.json(url=url, site=site, first_day=f"{span.first}", last_day=f"{span.last}"))
    else:
        _show(report)
    if report.differences:
        raise typer.Exit(FAILED)


def _range(first: date, last: date, timezone: str) -> "LocalRange":
    """Return the range of local days without those that are not over; an empty one is a usage error."""
    from zoneinfo import available_timezones

    from verify.calendar import LocalRange

    if timezone not in available_timezones():
        raise typer.BadParameter(f"no time zone {timezone!r}; expected one such as Europe/Amsterdam")
    zone = ZoneInfo(timezone)
    yesterday = datetime.now(zone).date() - timedelta(days=1)  # noqa: TID251 - only what is over can be verified
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}; turn them round")
    if first > yesterday:
        raise typer.BadParameter(f"nothing from {first} on is over; the last day that is, is {yesterday}")
    return LocalRange(first, min(last, yesterday), zone)


def _show(report: "VerifyReport") -> None:
    from rich.console import Console
    from rich.table import Table

    head, *rows = list(report.table()) or [()]
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    if rows:
        Console(width=None if sys.stdout.isatty() else 250, markup=False, highlight=False).print(table)
    if len(report.differences) > len(rows):
        print(f"... and {len(report.differences) - len(rows)} more; --json gives all of them", file=sys.stderr)
    for why, count in report.unchecked.items():
        print(f"{count} numbers were not compared: {why}", file=sys.stderr)
    print(report.verdict())
