"""`doorfiets simulate`: simulated sensors that publish over MQTT, with trouble on request, or a load for tests."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from typer.models import OptionInfo

app = typer.Typer()

_DAYS: Final = ["%Y-%m-%d"]
_TROUBLE: Final = "Trouble, each between 0 and 1"
_LOAD: Final = "Load for tests"


def _chance(text: str) -> OptionInfo:
    """Make the option of one kind of trouble."""
    option: OptionInfo = typer.Option(min=0, max=1, rich_help_panel=_TROUBLE, help=text)
    return option


@app.command(
    epilog="Examples: `doorfiets simulate` · `doorfiets simulate --speed 3600 --backfill-from 2026-11-01`"
    " · `doorfiets simulate --duplicates 0.05 --malformed 0.01` · `doorfiets simulate --count 10000 --rate 500`"
)
def simulate(
    *,
    backfill_from: Annotated[
        datetime | None,
        typer.Option(formats=_DAYS, help="First local day to say; 1 January of this year when left out."),
    ] = None,
    speed: Annotated[
        float | None, typer.Option(min=1, help="Play the past in its order, so many times as fast; never beyond now.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 1,
    remember: Annotated[
        Path | None, typer.Option(help="File that stores until when the past was published, for the next start.")
    ] = None,
    duplicates: Annotated[float, _chance("A message is sent twice.")] = 0.0,
    late: Annotated[float, _chance("A message is overtaken by 200 others.")] = 0.0,
    malformed: Annotated[float, _chance("A broken copy is sent before a message.")] = 0.0,
    gaps: Annotated[float, _chance("A message is never sent.")] = 0.0,
    unknown: Annotated[float, _chance("A sensor that nobody registered says the same.")] = 0.0,
    count: Annotated[
        int | None,
        typer.Option(min=1, rich_help_panel=_LOAD, help="Messages of a numbered file of what was sent, then stop."),
    ] = None,
    rate: Annotated[float | None, typer.Option(min=0.1, rich_help_panel=_LOAD, help="Messages a second.")] = None,
    sensors: Annotated[
        int, typer.Option(min=1, rich_help_panel=_LOAD, help="Sensors, registered as load-00000 …")
    ] = 100,
    interval: Annotated[int, typer.Option(min=1, rich_help_panel=_LOAD, help="Seconds of an interval.")] = 60,
    sent_file: Annotated[Path, typer.Option(rich_help_panel=_LOAD, help="File for what was sent.")] = Path("sent.csv"),
) -> None:
    """Publish simulated sensors over MQTT: this year so far, then every interval as it ends, until Ctrl-C."""
    from deploy import settings
    from deploy.local.simulator import clock, load, play
    from deploy.local.simulator.access import broker_of
    from deploy.local.simulator.settings import LoadSettings, SimulatorSettings
    from deploy.local.simulator.trouble import Odds
    from deploy.owner_folders import load as load_registry
    from registry.files import host

    here = settings.read(os.environ)
    broker = broker_of(here)
    if count is not None:
        load.run(
            LoadSettings(
                broker=broker,
                sent_file=sent_file,
                count=count,
                rate=rate,
                sensors=sensors,
                interval=interval,
                seed=seed,
                duplicates=duplicates,
            )
        )
        return
    zone = ZoneInfo(host(load_registry(here.registry)).timezone)
    play.run(
        SimulatorSettings(
            broker=broker,
            registry=here.registry,
            backfill_from=_midnight(backfill_from, clock.now(), zone),
            speed=speed,
            odds=Odds(duplicates, late, malformed, gaps, unknown),
            seed=seed,
            remember=remember,
        )
    )


def _midnight(day: datetime | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of a local day, by default of the local year."""
    first = day or now.astimezone(zone).replace(month=1, day=1)
    return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
