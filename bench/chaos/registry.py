"""The example owners, with what the load needs added to their host: pairs of sites, screenlines, links and a route."""

from pathlib import Path
from typing import Final, NamedTuple

from bench import registry_entries as entries

PROBE: Final = "chaos-probe"
PROBE_SOURCE: Final = "bicycles"
MINUTE, HOUR = 60, 3600


class LoadDevice(NamedTuple):
    """A sensor of the load, and the sources of its readings as the platform names them, with their modes."""

    name: str
    sources: tuple[tuple[str, str], ...]


def counters(count: int) -> list[LoadDevice]:
    """Return the sensors of our own dialect: two directions, or bicycles beside cars."""
    pair = (("bicycles/in", "bicycles"), ("bicycles/out", "bicycles"))
    mixed = (("bicycles/in", "bicycles"), ("cars", "cars"))
    return [
        LoadDevice(f"chaos-{number:03}", mixed if number % entries.WITH_CARS == 0 else pair) for number in range(count)
    ]


def edges(count: int) -> list[LoadDevice]:
    """Return the sensors with a spool of their own."""
    pair = (("bicycles/in", "bicycles"), ("bicycles/out", "bicycles"))
    return [LoadDevice(f"chaos-edge-{number:03}", pair) for number in range(count)]


def radios(count: int) -> list[LoadDevice]:
    """Return the sensors of a LoRaWAN network."""
    return [
        LoadDevice(f"chaos-lora-{number:03}", (("east", "bicycles"), ("west", "bicycles"))) for number in range(count)
    ]


def write(root: Path, devices: list[LoadDevice]) -> Path:
    """Write a root of owners, and give it."""
    folder = entries.copy_example(root)
    probe = LoadDevice(PROBE, ((PROBE_SOURCE, "bicycles"),))
    crossed = [one.name for one in devices if any(mode == "cars" for _, mode in one.sources)]
    linked = [one.name for one in devices[: entries.LINKED]]
    entries.append(folder / "sites.toml", [*(_site(one, MINUTE) for one in devices), _site(probe, HOUR)])
    entries.append(folder / "screenlines.toml", map(entries.screenline, crossed))
    entries.append(folder / "links.toml", map(entries.link, linked))
    entries.append(folder / "routes.toml", [entries.route("chaos", linked)])
    return root


def _site(device: LoadDevice, seconds: int) -> str:
    return entries.site(device.name, (_channel(device.name, *one, seconds) for one in device.sources))


def _channel(site: str, source: str, mode: str, seconds: int) -> str:
    name, direction = f"{site}-{source.replace('/', '-')}", source.partition("/")[2] or "both"
    return entries.channel(name, sensor=site, source=source, mode=mode, direction=direction, interval=seconds)
