"""`doorfiets rejections replay` and `doorfiets raw replay`: messages are decoded again, and stored."""

import asyncio
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.commands.operate import rejections_app
from deploy.printing import print_json, print_sentence
from deploy.utc_moment import moment
from schemas.rejection import REASONS
from schemas.replay import (
    CORRECTED,
    OUTCOMES,
    SAME,
    STORED,
    MessageResult,
    RawSelection,
    RejectionSelection,
    ReplaySummary,
)

if TYPE_CHECKING:
    from deploy.settings import Settings

app = typer.Typer()
_raw = typer.Typer(help="Everything that was received in the last thirty days.", no_args_is_help=True)
app.add_typer(_raw, name="raw")

_ASK: Final = 100  # messages from which on it is asked
_EVERY: Final = 10.0  # seconds between two lines of progress
_ATTEMPTS: Final = 8

From = Annotated[str | None, typer.Option("--from", help="First received at or after this time (UTC).")]
To = Annotated[str | None, typer.Option("--to", help="First received before this time (UTC).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of each message, and publish nothing.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Also where most of it is refused again for the same reason.")]
Yes = Annotated[bool, typer.Option("--yes", help=f"Do not ask, also of more than {_ASK} messages.")]
JsonLines = Annotated[bool, typer.Option("--json", help="For programs: one JSON object a message.")]


@rejections_app.command(
    epilog="Examples: `doorfiets rejections replay 5f2c09ab41de --dry-run` · "
    "`doorfiets rejections replay --reason unknown_sensor --sensor lus-0001` · "
    "`doorfiets rejections replay --reason malformed --from 2026-11-01 --to 2026-11-08 --json` · "
    "`doorfiets rejections replay --all --yes`"
)
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids, or beginnings of them.")] = None,
    *,
    reason: Annotated[list[str] | None, typer.Option(help="Refused for this reason. May be repeated.")] = None,
    sensor: Annotated[list[str] | None, typer.Option(help="Of this sensor. May be repeated.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Of this topic. May be repeated.")] = None,
    first: From = None,
    last: To = None,
    all_: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also those that were replayed and are stored.")] = False,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    yes: Yes = False,
    json: JsonLines = False,
) -> None:
    """Decode refused messages again, with the devices and profiles that are registered now, and store what can be.

    Each message gets a line; whatever is replayed twice is stored once. Everything is tried first: where more than half
    is refused again for the same reason nothing is published.

    Exit codes: 1 nothing is like that, most is refused again, or you said no; 2 a selection or time that cannot be
    read; 3 the database or Kafka does not answer.
    """
    selection = RejectionSelection(
        tuple(one.lower() for one in ids or ()), tuple(reason or ()), tuple(sensor or ()), tuple(topic or ()),
        moment(first, "--from"), moment(last, "--to"), every=all_, closed=again,
    )  # fmt: skip
    if "" in selection.ids or not selection.names_any:
        raise typer.BadParameter("which ones? Give ids of `doorfiets rejections`, --reason, --sensor, ..., or --all")
    if unknown := set(selection.reasons) - set(REASONS):
        raise typer.BadParameter(f"no reason is called {min(unknown)!r}; there are {', '.join(REASONS)}")
    asyncio.run(_replay(selection, ReplayReport(json=json), dry_run=dry_run, anyway=anyway, yes=yes))


@_raw.callback()
def _raw_log() -> None:
    """Everything that was received in the last thirty days."""


@_raw.command(
    name="replay",
    epilog="Examples: `doorfiets raw replay --from 2026-11-20 --to 2026-11-28 --sensor assen-fiets-06 --dry-run` · "
    "`doorfiets raw replay --from 2026-11-20T06:00Z --to 2026-11-20T09:00Z --dialect ours --yes`",
)
def replay_raw(
    *,
    first: Annotated[str, typer.Option("--from", help="Received at or after this time (UTC).")],
    last: Annotated[str, typer.Option("--to", help="Received before this time (UTC).")],
    sensor: Annotated[list[str] | None, typer.Option(help="Of this sensor. May be repeated.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Of this topic. May be repeated.")] = None,
    dialect: Annotated[list[str] | None, typer.Option(help="Of this dialect. May be repeated.")] = None,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    yes: Yes = False,
    json: JsonLines = False,
) -> None:
    """Decode received messages again, after a dialect or profile was corrected: what they say now stands.

    What a later message said stays. Each message that says something else than what stands gets a line; a second
    replay changes nothing. Everything is tried first, as by `doorfiets rejections replay`.

    Exit codes: as of that.
    """
    from ingest.dialects.decoder import DIALECTS

    since, until = moment(first, "--from"), moment(last, "--to")
    if since is None or until is None or since >= until:
        raise typer.BadParameter("--from has to be before --to")
    if unknown := set(dialect or ()) - {one.name for one in DIALECTS}:
        names = ", ".join(one.name for one in DIALECTS)
        raise typer.BadParameter(f"no dialect is called {min(unknown)!r}; there are {names}")
    selection = RawSelection(since, until, tuple(sensor or ()), tuple(topic or ()), tuple(dialect or ()))
    asyncio.run(_replay(selection, ReplayReport(json=json), dry_run=dry_run, anyway=anyway, yes=yes))


async def _replay(
    selection: RejectionSelection | RawSelection, printer: "ReplayReport", *, dry_run: bool, anyway: bool, yes: bool
) -> None:
    from deploy.run import replay_settings
    from ingest.replay.assembly import replays
    from streams.verdicts import RegistryVerdicts

    settings = _settings()
    verdicts = RegistryVerdicts(str(settings.postgres), role="replay")
    async with replays(replay_settings(settings), verdicts, attempts=_ATTEMPTS) as parts:
        if isinstance(selection, RawSelection):
            preview, replayed = partial(parts.raw.preview, selection), partial(parts.raw.replay, selection)
        else:
            refused = parts.rejections
            preview, replayed = partial(refused.preview, selection), partial(refused.replay, selection)
        summary = await preview(printer.show if dry_run else printer.count)
        confirm(summary, dry_run=dry_run, anyway=anyway, yes=yes)
        if not dry_run:
            printer.begin()
            summary = await replayed(printer.show)
        print_summary(summary, dry_run=dry_run)
        await verdicts.close()


def confirm(summary: ReplaySummary, *, dry_run: bool, anyway: bool, yes: bool) -> None:
    """Raise typer.Exit where nothing is selected, most of it is refused again, or the answer is no."""
    if not summary.messages:
        print_sentence(
            "No message is like that. `doorfiets rejections` lists what is open; topic `raw` has thirty days."
        )
        raise typer.Exit(1)
    if summary.stopped:
        print_sentence(
            f"{summary.refused_anew[summary.stopped]:,} of {summary.messages:,} messages are refused again for the "
            f"reason {summary.stopped}: {REASONS.get(summary.stopped, '')}. That is probably a fault of a profile or "
            "of the program, so nothing is published; select others, or say --anyway."
        )
        if not (dry_run or anyway):
            raise typer.Exit(1)
    asks = summary.messages > _ASK and not (dry_run or yes)
    if asks and not typer.confirm(f"Decode {summary.messages:,} messages again, and store what can be?", err=True):
        raise typer.Exit(1)


class ReplayReport:
    """Prints what becomes of messages, a line each, and on the other stream how far it is."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self.begin()

    def begin(self) -> None:
        """Count from nothing."""
        self._began = self._said = time.monotonic()
        self._number = 0

    def count(self, _: MessageResult) -> None:
        """Count one message, and say once in a while how many there were."""
        self._number += 1
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            print_sentence(f"{self._number:,} messages, {self._number / (self._said - self._began):,.0f} a second")

    def show(self, result: MessageResult) -> None:
        """Print what becomes of one message, unless it says what stands."""
        self.count(result)
        if result.outcome != SAME:
            print_json(result) if self._json else print(_line(result))


def print_summary(summary: ReplaySummary, *, dry_run: bool) -> None:
    """Print how many messages ended how."""
    outcomes = sorted(summary.outcomes.items(), key=lambda one: -one[1])
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes)
    readings = f"{summary.readings:,} readings {'would be published' if dry_run else 'were published'}"
    emptied = f", {summary.emptied:,} values that stood are withdrawn" if summary.emptied else ""
    print_sentence(f"{summary.messages:,} messages: {counts}; {readings}{emptied}.")


def _line(result: MessageResult) -> str:
    from operations.payloads import safe

    received = f"{result.received_at:%Y-%m-%d %H:%M:%SZ}"
    parts = [result.id[:12], received, safe(result.sensor or result.topic), _outcome(result)]
    return "  ".join(one for one in parts if one)


def _outcome(result: MessageResult) -> str:
    from operations.payloads import safe

    said = f"{result.readings:,} readings of {', '.join(map(safe, result.sources))}" if result.readings else ""
    emptied = f"{result.emptied:,} values withdrawn" if result.emptied else ""
    why = "" if result.outcome in {STORED, CORRECTED} else f"{result.outcome}: {_why(result)}"
    return "; ".join(one for one in (said, emptied, why) if one) or "nothing in it"


def _why(result: MessageResult) -> str:
    from operations.payloads import safe

    return safe(result.detail) or OUTCOMES.get(result.outcome) or REASONS.get(result.outcome, "")


def _settings() -> "Settings":
    from deploy.local.location import locate
    from deploy.settings import read

    return locate(read(os.environ))
