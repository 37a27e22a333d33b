"""The example owners, with what the load needs added to their host: pairs of sites, screenlines, links and a route."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from deploy.settings import ROOT

PROBE: Final = "chaos-probe"
PROBE_SOURCE: Final = "bicycles"
MINUTE, HOUR = 60, 3600
_EXAMPLE: Final = ROOT / "deploy" / "owners"
_HOST: Final = "assen"
_PLACE: Final = 'district = "WK010600"\nposition = [6.56, 52.99]\nillustrative = true\n'
_PATH: Final = (
    "length = 2.0\ngreen = true\ngreenery = 0.5\npriority = 0.5\nwidth = 3.0\nasphalt = 1.0\nillustrative = true\n"
)
_WITH_CARS: Final = 5
_LINKS: Final = 4


class LoadDevice(NamedTuple):
    """A sensor of the load, and the sources of its readings as the platform names them, with their modes."""

    name: str
    sources: tuple[tuple[str, str], ...]


def counters(count: int) -> list[LoadDevice]:
    """Return the sensors of our own dialect: two directions, or bicycles beside cars."""
    pair = (("bicycles/in", "bicycles"), ("bicycles/out", "bicycles"))
    mixed = (("bicycles/in", "bicycles"), ("cars", "cars"))
    return [LoadDevice(f"chaos-{number:03}", mixed if number % _WITH_CARS == 0 else pair) for number in range(count)]


def radios(count: int) -> list[LoadDevice]:
    """Return the sensors of a LoRaWAN network."""
    return [
        LoadDevice(f"chaos-lora-{number:03}", (("east", "bicycles"), ("west", "bicycles"))) for number in range(count)
    ]


def write(root: Path, devices: list[LoadDevice]) -> Path:
    """Write a root of owners, and give it."""
    shutil.copytree(_EXAMPLE, root, ignore=shutil.ignore_patterns("recordings"))
    folder = root / _HOST
    probe = LoadDevice(PROBE, ((PROBE_SOURCE, "bicycles"),))
    _append(folder / "sites.toml", [_site(one, MINUTE) for one in devices] + [_site(probe, HOUR)])
    _append(folder / "screenlines.toml", _screenlines(devices))
    linked = [device.name for device in devices[:_LINKS]]
    _append(folder / "links.toml", map(_link, linked))
    listed = ", ".join(f'"{name}"' for name in linked)
    _append(
        folder / "routes.toml",
        [f'\n[[route]]\nid = "chaos"\nname = "Chaos"\nillustrative = true\nlinks = [{listed}]\n'],
    )
    return root


def _append(file: Path, entries: "Iterator[str] | list[str] | map[str]") -> None:
    with file.open("a", encoding="utf-8") as out:
        out.writelines(entries)


def _site(device: LoadDevice, seconds: int) -> str:
    head = f'\n[[site]]\nid = "{device.name}"\nname = "{device.name}"\n{_PLACE}'
    return head + "".join(_channel(device.name, source, mode, seconds) for source, mode in device.sources)


def _channel(site: str, source: str, mode: str, seconds: int) -> str:
    direction = source.partition("/")[2] or "both"
    return (
        f'[[site.channels]]\nid = "{site}-{source.replace("/", "-")}"\nmode = "{mode}"\ndirection = "{direction}"\n'
        f'[[site.channels.datastreams]]\nsensor = "{site}"\nsource = "{source}"\nvalid_from = 2020-01-01\n'
        f'interval = {seconds}\norigin = "simulated"\n'
    )


def _screenlines(devices: list[LoadDevice]) -> Iterator[str]:
    for device in devices:
        if any(mode == "cars" for _, mode in device.sources):
            name = device.name
            yield f'\n[[screenline]]\nid = "{name}"\nname = "{name}"\nsites = ["{name}"]\nillustrative = true\n'


def _link(site: str) -> str:
    ends = 'start = "WK010600"\nend = "WK010600"\n'
    return f'\n[[link]]\nid = "{site}"\nname = "{site}"\n{ends}{_PATH}site = "{site}"\n'
