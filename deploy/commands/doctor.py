"""`doorfiets doctor`: whether machine, services and processes do what the platform needs."""

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from operations.doctor.checks import CheckResult

app = typer.Typer()
_MARKS: Final = {"ok": "ok  ", "warn": "look", "fail": "FAIL", "skipped": "-   "}


@app.command(
    epilog="Examples: `doorfiets doctor` · `doorfiets doctor --json | jq '.[] | select(.verdict == \"fail\")'` · "
    "`DOORFIETS_MQTT=broker:1883 doorfiets doctor`"
)
def doctor(*, json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False) -> None:
    """Check machine, broker, Kafka, database, workers and site, at whatever addresses; exit 1 when one fails.

    In order of dependency: what needs a check that fails is not tried. `look` works, and needs somebody's eye.
    """
    from deploy.examination import examined
    from deploy.local.location import locate
    from deploy.settings import read

    findings = []
    for finding in examined(locate(read(os.environ)), _now):
        findings.append(finding)
        if not json:
            _show(finding)
    if json:
        import msgspec

        print(msgspec.json.encode([finding._asdict() for finding in findings]).decode())
    else:
        _sum_up(findings)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(1)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock that is compared with that of the database


def _show(finding: "CheckResult") -> None:
    print(f"{_MARKS[finding.verdict]}  {finding.id:<17} {finding.measured}", flush=True)
    if finding.verdict in {"warn", "fail"}:
        print(f"      {'':<17} what to do: {finding.remedy}", flush=True)


def _sum_up(findings: "list[CheckResult]") -> None:
    numbers = {verdict: sum(one.verdict == verdict for one in findings) for verdict in _MARKS}
    print(
        f"{len(findings)} checks: {numbers['ok']} hold, {numbers['warn']} to look at, {numbers['fail']} fail,"
        f" {numbers['skipped']} not tried.",
        file=sys.stderr,
    )
