"""`doorfiets alerts`: what is alerted, the file that says how and to whom, and a message to try it."""

import os
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deploy.printing import print_json, print_rows, print_sentence

if TYPE_CHECKING:
    from deploy.settings import Settings
    from operations.alerts.configuration import AlertPlan

app = typer.Typer()
_BELOW: Final = ("what", "waits for")  # under a row that has no room for them
_alerts = typer.Typer(no_args_is_help=True, help="What somebody has to know: rules, receivers, what fires now.")
app.add_typer(_alerts, name="alerts")

Json = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]


@_alerts.command(name="list", epilog="Examples: `doorfiets alerts list` · `doorfiets alerts list --json`")
def list_alerts(*, json: Json = False) -> None:
    """List the alerts that fire or are about to, the most urgent first; exit code 1 where one fires."""
    from deploy.cells import ago
    from operations.alerts.listing import alerts

    found = alerts(str(_settings().postgres))
    if json:
        print_json(found)
    else:
        print_rows(
            [
                {
                    "severity": one["severity"],
                    "state": one["state"],
                    "rule": one["rule"],
                    "since": ago(one["since"], _now()),
                    "sent to": one["sent_to"] or "-",
                    "waits for": f"{one['waiting']}: {one['problem'] or 'on its way'}" if one["waiting"] else "-",
                    "what": one["sentence"],
                }
                for one in found
            ],
            ("severity", "state", "rule"),
            _BELOW,
        )
    if not found:
        print_sentence("Nothing is alerted. `doorfiets alerts history` has what was.")
    if any(one["state"] == "firing" for one in found):
        raise typer.Exit(1)


@_alerts.command(epilog="Examples: `doorfiets alerts check` · `DOORFIETS_ALERTS=./alerts.toml doorfiets alerts check`")
def check() -> None:
    """Check the file of alerts and its secrets, and show who is told of which rule; exit code 2 where it is wrong."""
    from operations.alerts.rules import RULES

    plan = _plan()
    print_rows(
        [
            {
                "rule": rule,
                "severity": plan.severity(rule) if plan.entry(rule).enabled else "off",
                "after": f"{plan.after(rule).total_seconds():g} s",
                "platform": ", ".join(plan.receivers_of(rule, plan.severity(rule), None)) or "-",
                **{
                    owner: ", ".join(plan.receivers_of(rule, plan.severity(rule), owner)) or "-"
                    for owner in plan.owners()
                },
            }
            for rule in RULES
        ],
        ("rule", "severity"),
        _BELOW,
    )
    if unrouted := plan.unrouted():
        print_sentence(f"Nobody is told of: {', '.join(unrouted)}.")


@_alerts.command(epilog="Example: `doorfiets alerts test mail`")
def test(receiver: Annotated[str, typer.Argument(help="A receiver by its name in the file.")]) -> None:
    """Send a message that says that it is a test to one receiver, and wait for it; exit code 1 where it fails."""
    from operations.alerts.trial import send_trial

    send_trial(_plan(), receiver, _now())
    print(f"{receiver} has taken the test message.")


@_alerts.command(
    epilog="Examples: `doorfiets alerts history` · `doorfiets alerts history --subject beilerstraat --json`"
)
def history(
    *,
    subject: Annotated[str | None, typer.Option(help="Only of this site, station, stage, reason or file.")] = None,
    most: Annotated[int, typer.Option("--most", help="So many at most.", min=1, max=100_000)] = 50,
    json: Json = False,
) -> None:
    """List the alerts that were said, the newest first, and how they ended."""
    from deploy.cells import stamp
    from operations.alerts.listing import history as past

    found = past(str(_settings().postgres), subject, most)
    if json:
        print_json(found)
        return
    print_rows(
        [
            {
                "fired": stamp(one["fired_at"]),
                "ended": stamp(one["ended_at"]),
                "how": one["ended"] or one["state"],
                "severity": one["severity"],
                "rule": one["rule"],
                "what": one["sentence"],
            }
            for one in found
        ],
        ("fired", "how", "rule"),
        _BELOW,
    )
    print_sentence("" if found else "Nothing was ever alerted.")


@_alerts.command(epilog="Example: `doorfiets alerts example > alerts.toml`")
def example() -> None:
    """Print the file that ships: every rule as it is without a file, with comments, and receivers to fill in."""
    from operations.alerts.configuration import DEFAULT_FILE

    print(DEFAULT_FILE.read_text("utf-8"), end="")


def _plan() -> "AlertPlan":
    from deploy.run import watch_settings
    from deploy.settings import read as read_settings
    from operations.alerts.configuration import read

    found = watch_settings(read_settings(os.environ))  # no service is needed for it
    if found.alerts is None:
        print_sentence("DOORFIETS_ALERTS names no file: this is the one that ships, which sends to nobody.")
    return read(found.alerts, found.credentials)


def _settings() -> "Settings":
    from deploy.local.location import locate
    from deploy.settings import read

    return locate(read(os.environ))


def _now() -> Any:  # noqa: ANN401 - a moment, of a module that is imported when it is needed
    from ingest.clock import system_time

    return system_time()
