"""`doorfiets dashboards`: Grafana's dashboards, built from code, checked against the database and pushed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.failures import FAILED, MISSING

if TYPE_CHECKING:
    from dashboards.alerting.push import AlertSetup
    from dashboards.client import Grafana
    from dashboards.push import DatabaseAddress

app = typer.Typer(name="dashboards", help="Grafana's dashboards.", no_args_is_help=True)

Url = Annotated[str, typer.Option(envvar="DOORFIETS_GRAFANA_URL", help="Address of the Grafana.")]
TokenFile = Annotated[
    Path, typer.Option(envvar="DOORFIETS_GRAFANA_TOKEN_FILE", help="File with a service account token.", exists=True)
]
Folder = Annotated[str, typer.Option(help="Folder in Grafana; made when it is not there.")]
Password = Annotated[Path | None, typer.Option("--postgres-password-file", help="File with grafana_staff's password.")]


@app.command(epilog="Examples: `doorfiets dashboards build` · `doorfiets dashboards build --check`")
def build(*, check: Annotated[bool, typer.Option("--check", help="Write nothing, only compare.")] = False) -> None:
    """Write the dashboards' JSON from the table of panels."""
    with _needing_the_extra():
        from dashboards.build import build as built
    from deploy.settings import ROOT

    folder = ROOT / "dashboards" / "generated"
    outdated = {name: text for name, text in built().items() if _read(folder / name) != text}
    for name, text in outdated.items():
        print(name)
        if not check:
            (folder / name).write_text(text, "utf-8")
    if check and outdated:
        print("These differ from the code; run `doorfiets dashboards build` and commit the result.", file=sys.stderr)
        raise typer.Exit(FAILED)


@app.command(epilog="Examples: `doorfiets dashboards check` · `doorfiets dashboards check --json`")
def check(
    *, json: Annotated[bool, typer.Option("--json", help="Every run of every query, for programs.")] = False
) -> None:
    """Run every query of every dashboard and alert as role grafana_staff, dashboards over both clock changes."""
    with _needing_the_extra():
        from dashboards import report
        from dashboards.alerting.check import check_alerts
    from deploy.local.location import locate
    from deploy.settings import read
    from operations.database import answering

    settings = read(os.environ)
    conninfo = str(settings.postgres or locate(settings).postgres)
    with answering(conninfo):
        runs = [*report.checked(_shipped(), conninfo), *check_alerts(_alerts().rules, conninfo)]
    for line in report.as_json(runs) if json else report.as_lines(runs):
        print(line)
    if any(run.problems for run in runs):
        print("Some queries would fail or mislead in Grafana; the lines above say which and why.", file=sys.stderr)
        raise typer.Exit(FAILED)


@app.command(
    epilog="Examples: `doorfiets dashboards preview` ·"
    " `doorfiets dashboards preview --only doorfiets-cycling-nl --dark` ·"
    " `doorfiets dashboards preview --from 2026-03-01 --to 2026-03-31 --out sheets` ·"
    " `doorfiets dashboards preview --from now-7d`"
)
def preview(
    *,
    out: Annotated[Path, typer.Option(help="Folder of the sheets; made when it is not there.")] = Path(
        ".local/previews"
    ),
    start: Annotated[str, typer.Option("--from", help="A day, a time, or Grafana's words: now-30d, now/d.")] = "",
    end: Annotated[str, typer.Option("--to", help="Likewise; a day is whole.")] = "",
    only: Annotated[list[str] | None, typer.Option(help="Uid of a dashboard; may be given again.")] = None,
    dark: Annotated[bool, typer.Option("--dark", help="Light letters on a dark sheet.")] = False,
) -> None:
    """Draw every dashboard as one SVG sheet, from the running database and without a Grafana."""
    import json

    from dashboards import staff
    from dashboards.preview.previews import preview as previewed
    from deploy.local.location import locate
    from deploy.settings import read
    from operations.database import answering

    settings, chosen = read(os.environ), _chosen(only or [])
    conninfo, failed = str(settings.postgres or locate(settings).postgres), False
    with answering(conninfo), staff.connect(conninfo, "doorfiets dashboards preview") as connection:
        out.mkdir(parents=True, exist_ok=True)
        for place, (uid, text) in enumerate(chosen.items(), 1):
            print(f"{place} of {len(chosen)}: {uid}", file=sys.stderr, flush=True)
            sheet = previewed(json.loads(text), connection, start=start, end=end, dark=dark)
            path = out / f"{uid}{'-dark' if dark else ''}.svg"
            path.write_text(sheet.text, "utf-8")
            print(sheet.summary(str(path)), flush=True)
            for line in sheet.remarks():
                print(f"  {line}", flush=True)
            failed = failed or bool(sheet.failed)
    if failed:
        print("Queries of some panels fail; `doorfiets dashboards check` says more.", file=sys.stderr)
        raise typer.Exit(FAILED)


def _chosen(only: list[str]) -> dict[str, str]:
    """Give the dashboards of some uids in the order of their names, all of them where none is named."""
    shipped = {name.removesuffix(".json"): text for name, text in sorted(_shipped().items())}
    unknown = [uid for uid in only if uid not in shipped]
    if unknown:
        raise typer.BadParameter(f"there is no dashboard {', '.join(unknown)}; there are {', '.join(shipped)}")
    return {uid: text for uid, text in shipped.items() if not only or uid in only}


@app.command(
    epilog="Example: `doorfiets dashboards push --url http://127.0.0.1:3000 --token-file grafana-token --dry-run`"
)
def push(
    *,
    url: Url,
    token_file: TokenFile,
    folder: Folder = "Doorfiets",
    postgres: Annotated[
        str, typer.Option(help="host:port/database as Grafana reaches it; makes the data source when it is missing.")
    ] = "",
    postgres_password_file: Password = None,
    alerts_to: Annotated[
        str, typer.Option(help="Who receives alerts: e-mail addresses with commas between, or a webhook's address.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write over what was changed by hand without asking.")] = False,
) -> None:
    """Bring dashboards and alert rules to a Grafana, 9 to 13; what was changed by hand is shown, and asked about."""
    with _needing_the_extra():
        from dashboards.push import push as pushed

    source, consent = _source(postgres, postgres_password_file), _Consent(always=yes)
    for line in pushed(
        _grafana(url, token_file),
        _shipped(),
        folder=folder,
        consent=consent,
        source=source,
        alerts=_alerts(alerts_to),
        dry_run=dry_run,
    ):
        print(line)
    if consent.refused:
        print("Nobody was there to be asked; --yes writes over what was changed by hand.", file=sys.stderr)
        raise typer.Exit(FAILED)


@app.command("pull-diff", epilog="Example: `doorfiets dashboards pull-diff --token-file grafana-token`")
def pull_diff(
    *,
    url: Url,
    token_file: TokenFile,
    folder: Folder = "Doorfiets",
) -> None:
    """Show where dashboards and alert rules of a Grafana differ from ours, and change nothing; 1 where they do."""
    with _needing_the_extra():
        from dashboards.push import compare

    found = list(compare(_grafana(url, token_file), _shipped(), _alerts().rules, folder=folder))
    for one in found:
        print(one)
        for line in one.differs:
            print(f"  {line}")
    if not all(one.is_ours for one in found):
        raise typer.Exit(FAILED)


class _Consent:
    """Asks whoever types; where nobody does, the answer is the one of `--yes`."""

    def __init__(self, *, always: bool) -> None:
        self.refused = False
        self._always = always

    def __call__(self, question: str) -> bool:
        if self._always:
            return True
        if sys.stdin.isatty():
            return typer.confirm(question)
        self.refused = True
        return False


def _grafana(url: str, token_file: Path) -> "Grafana":
    with _needing_the_extra():
        from dashboards.client import Grafana

    token = token_file.read_text("utf-8").strip()
    if not token:
        raise typer.BadParameter(f"{token_file} is empty; put a service account token with the role Editor in it")
    return Grafana(url, token)


def _source(address: str, password_file: Path | None) -> "DatabaseAddress | None":
    from dashboards.push import DatabaseAddress

    if not address and password_file is None:
        return None
    server, _, database = address.partition("/")
    if not (server and database) or password_file is None:
        raise typer.BadParameter("--postgres host:port/database and --postgres-password-file belong together")
    return DatabaseAddress(server, database, password_file.read_text("utf-8").strip())


def _alerts(to: str = "") -> "AlertSetup":
    """Build the alert rules with the thresholds of the file of alerts, or of the one that ships, as `watch` does."""
    from dashboards.alerting.build import build as built
    from dashboards.alerting.push import AlertSetup
    from deploy.alert_limits import limits, runbooks
    from deploy.run import watch_settings
    from deploy.settings import read
    from operations.alerts import configuration

    found = watch_settings(read(os.environ))
    plan = configuration.read(found.alerts, found.credentials)
    return AlertSetup(built(limits(plan), runbooks(plan)), to, plan.file.repeat.span)


def _shipped() -> dict[str, str]:
    """Read the committed dashboards: what was reviewed is what is checked and pushed."""
    from importlib.resources import files

    found = (files("dashboards") / "generated").iterdir()
    return {path.name: path.read_text("utf-8") for path in found if path.name.endswith(".json")}


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


@contextmanager
def _needing_the_extra() -> Iterator[None]:
    """Building needs the SDK, checking pglast, pushing the client; none of them is part of the platform itself."""
    try:
        yield
    except ModuleNotFoundError as missing:
        print(
            f"doorfiets: {missing.name} is not installed; run `make test` once, or install requirements/grafana.txt"
            " and dev.txt",
            file=sys.stderr,
        )
        raise typer.Exit(MISSING) from missing
