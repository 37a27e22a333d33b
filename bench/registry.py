"""The example owners, with sites added to their host for the sensors of the benchmarks."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench.csv_counters import PREFIX, CsvCounter
from bench.load_sensors import SOURCE, LoadSensors
from bench.year import BenchYear
from deploy.settings import ROOT
from registry.files import load

_EXAMPLE: Final = ROOT / "deploy" / "owners"
_HOST: Final = "assen"
_QUARTER: Final = 900


def write(
    root: Path, loads: Iterable[LoadSensors], counters: Iterable[CsvCounter], year: BenchYear | None = None
) -> Path:
    """Write a root of owners, and give it."""
    shutil.copytree(_EXAMPLE, root, ignore=shutil.ignore_patterns("recordings"))
    with (root / _HOST / "sites.toml").open("a", encoding="utf-8") as sites:
        sites.writelines(site for load in loads for site in _sites(load))
        sites.writelines(_of_counter(counter) for counter in counters)
    if year is not None:
        year.register(root / _HOST)
    return root


def host_zone() -> ZoneInfo:
    """Give the time zone of the host of the example."""
    (zone,) = (one.registry.owner.timezone for one in load(_EXAMPLE) if one.registry.owner.host)
    return ZoneInfo(zone)


def _sites(load: LoadSensors) -> Iterator[str]:
    for name in load.names:
        yield _site(name) + _channel(name, name, SOURCE, load.interval)


def _of_counter(counter: CsvCounter) -> str:
    name = f"city-{counter.code.removeprefix(PREFIX)}"
    channels = (_channel(f"{name}-{code}", counter.code, code, _QUARTER) for code in counter.channels)
    return _site(name) + "".join(channels)


def _site(name: str) -> str:
    place = 'district = "WK010600"\nposition = [6.56, 52.99]\nillustrative = true\n'
    return f'\n[[site]]\nid = "{name}"\nname = "{name}"\n{place}'


def _channel(name: str, sensor: str, source: str, interval: int) -> str:
    return (
        f'[[site.channels]]\nid = "{name}"\nmode = "bicycles"\ndirection = "both"\n'
        f'[[site.channels.datastreams]]\nsensor = "{sensor}"\nsource = "{source}"\nvalid_from = 2020-01-01\n'
        f'interval = {interval}\norigin = "simulated"\n'
    )
