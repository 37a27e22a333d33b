"""`doorfiets verify`: every published number of a subject or of all, computed again from what is public."""

import os
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from schemas.failures import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.calendar import LocalRange
    from verify.comparison import Finding
    from verify.instance import Instance
    from verify.report import VerifyReport
    from verify.shares import Factors
    from verify.subjects import SubjectChecks, VerifySubject

app = typer.Typer()
_EARLIEST: Final = "Etc/GMT-14"
"""Where days are over first: a range that lies in the future here does so in every zone."""


@app.command(
    epilog="Examples: `doorfiets verify kolk --from 2024-01-01 --to 2024-12-31` · "
    "`doorfiets verify --all --from 2024-05-01 --to 2024-05-31` · "
    "`doorfiets verify vaart --from 2024-05-01 --to 2024-05-31 --url https://fiets.assen.example --json`"
)
def verify(
    subject: Annotated[
        str | None,
        typer.Argument(
            help="Site (telpunt) with all that rests on it, or station, screenline, link, route, connection, district "
            "or owner, as in /v1; without it all of them."
        ),
    ] = None,
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day; it belongs to it.")],
    every: Annotated[bool, typer.Option("--all", help="Everything of the instance, one line per subject.")] = False,
    url: Annotated[
        str | None, typer.Option(help="Address of the instance; without it the one that is configured or runs here.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of local days; without it that of the owner.")] = None,
    calibration: Annotated[
        tuple[float, float] | None,
        typer.Option(help="By which factors counters may be off; without it those of the owner of each screenline."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Recompute what an instance publishes from its public data alone; exit 1 when anything differs."""
    from deploy.local.location import site_address
    from deploy.settings import read
    from verify import subjects
    from verify.instance import Instance
    from verify.report import VerifyReport

    if subject and every:
        raise typer.BadParameter(f"--all is everything: leave out {subject!r}, or --all")
    url = url or site_address(read(os.environ))
    _range(first.date(), last.date(), timezone or _EARLIEST)
    instance, report = Instance(url), VerifyReport()
    found = subjects.named(instance, subject) if subject else subjects.every(instance)
    checks = _OwnerChecks(instance, (first.date(), last.date()), timezone, calibration)
    if subject:
        for one in found:
            report.take(checks.findings(one, alone=True))
    else:
        for one, line in _lines(found, checks, report):
            print(f"{one.collection}/{one.id}: {line}", file=sys.stderr if json else sys.stdout, flush=True)
    if json:
        name = {"site": subject} if subject and found[0].collection == "telpunten" else {"subject": subject or "all"}
        print(report.json(url=url, **name, **checks.days(found)))
    else:
        _show(report)
    if report.differences:
        raise typer.Exit(FAILED)


class _OwnerChecks:
    """The checks of subjects, each in the local days of its owner, of which those are left out that are not over."""

    def __init__(
        self, instance: "Instance", days: tuple[date, date], timezone: str | None, factors: "Factors | None"
    ) -> None:
        self._instance, self._days, self._timezone, self._factors = instance, days, timezone, factors
        self._checks: dict[str, SubjectChecks] = {}
        self._zones: dict[str, str] = {}

    def findings(self, subject: "VerifySubject", *, alone: bool) -> "Iterator[Finding]":
        """Compare a subject; `alone` where nothing else is verified, so that all that rests on it is part of it."""
        checks = self._of(subject.owner)
        return checks.around(subject) if alone else checks.findings(subject)

    def days(self, subjects: "Sequence[VerifySubject]") -> dict[str, str]:
        """Return the days that are verified, which are the same in all zones but for the last."""
        first, last = self._days
        ends = [self._span(one.owner).last for one in subjects]
        return {"first_day": f"{first}", "last_day": f"{max(ends, default=last)}"}

    def _of(self, owner: str) -> "SubjectChecks":
        from verify.cache import InstanceCache
        from verify.subjects import SubjectChecks

        span = self._span(owner)
        zone = span.zone.key
        if zone not in self._checks:
            cache = InstanceCache(self._instance, span, _tell)
            self._checks[zone] = SubjectChecks(cache, self._factors)
        return self._checks[zone]

    def _span(self, owner: str) -> "LocalRange":
        from verify import resources

        if owner not in self._zones:
            self._zones[owner] = self._timezone or resources.owner(self._instance, owner).zone.key
        return _range(*self._days, self._zones[owner])


def _tell(line: str) -> None:
    """Say on stderr what is read; a line over the last one where that is a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr)


def _lines(
    subjects: "Sequence[VerifySubject]", checks: _OwnerChecks, report: "VerifyReport"
) -> "Iterator[tuple[VerifySubject, str]]":
    """Verify subjects one by one into a report, and say of each how it went; a terminal shows how far all is."""
    from verify.report import VerifyReport

    for number, subject in enumerate(subjects, 1):
        if sys.stderr.isatty():
            _tell(f"{number} of {len(subjects)}: {subject.collection}/{subject.id}")
        own = VerifyReport().take(checks.findings(subject, alone=False))
        report.add(own)
        if sys.stderr.isatty():
            _tell("")
        yield subject, own.line()


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
