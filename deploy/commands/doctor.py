"""`doorfiets doctor`: whether broker, Kafka and database do what the platform needs."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from operations.doctor import Finding

app = typer.Typer()


@app.command(
    epilog="Examples: `doorfiets doctor` · `doorfiets doctor --json` · `DOORFIETS_MQTT=broker:1883 doorfiets doctor`"
)
def doctor(*, json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False) -> None:
    """Check broker, Kafka and database, at whatever addresses; exit 1 when a check fails."""
    from deploy.examination import examined
    from deploy.local.location import locate
    from deploy.settings import read

    findings = list(examined(locate(read(os.environ))))
    if json:
        import msgspec

        print(msgspec.json.encode([finding._asdict() for finding in findings]).decode())
    else:
        _show(findings)
    if not all(finding.holds for finding in findings):
        raise typer.Exit(1)


def _show(findings: "list[Finding]") -> None:
    for finding in findings:
        print(f"{'ok  ' if finding.holds else 'FAIL'}  {finding.check:<22} {finding.measured}")
        if not finding.holds:
            print(f"      what to do: {finding.remedy}")
