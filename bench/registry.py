"""The example owners, with sites added to their host for the sensors of the benchmarks."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench import registry_entries as entries
from bench.csv_counters import PREFIX, CsvCounter
from bench.load_sensors import SOURCE, LoadSensors
from bench.year import BenchYear
from deploy.owner_folders import load

_QUARTER: Final = 900


def write(
    root: Path, loads: Iterable[LoadSensors], counters: Iterable[CsvCounter], year: BenchYear | None = None
) -> Path:
    """Write a root of owners, and give it."""
    folder = entries.copy_example(root)
    entries.append(folder / "sites.toml", (site for load in loads for site in _sites(load)))
    entries.append(folder / "sites.toml", map(_of_counter, counters))
    if year is not None:
        year.register(folder)
    return root


def host_zone() -> ZoneInfo:
    """Give the time zone of the host of the example."""
    (zone,) = (one.registry.owner.timezone for one in load(entries.EXAMPLE) if one.registry.owner.host)
    return ZoneInfo(zone)


def _sites(load: LoadSensors) -> Iterator[str]:
    for name in load.names:
        yield entries.site(name, [entries.channel(name, sensor=name, source=SOURCE, interval=load.interval)])


def _of_counter(counter: CsvCounter) -> str:
    name = f"city-{counter.code.removeprefix(PREFIX)}"
    channels = (
        entries.channel(f"{name}-{code}", sensor=counter.code, source=code, interval=_QUARTER)
        for code in counter.channels
    )
    return entries.site(name, channels)
