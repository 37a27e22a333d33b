"""Entries of registry files that benchmarks and chaos add to the example owners: TOML, one text an entry."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from deploy.settings import ROOT

HOST: Final = "assen"
"""The folder of the owner to whose files entries are added."""
WITH_CARS: Final = 5
"""One site in so many counts cars beside bicycles, the others bicycles in two directions."""
LINKED: Final = 4
"""How many sites have a link of the route."""
EXAMPLE: Final = ROOT / "deploy" / "owners"
"""The root of the example owners."""
_SPOT: Final = "6.56, 52.99"


def copy_example(root: Path) -> Path:
    """Copy the example owners to a new root, without their recordings; return the folder of the host."""
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("recordings"))
    return root / HOST


def append(file: Path, entries: Iterable[str]) -> None:
    """Add entries to a file."""
    with file.open("a", encoding="utf-8") as out:
        out.writelines(entries)


def site(name: str, channels: Iterable[str], *, position: str = _SPOT) -> str:
    """Make a site of channels; `position` is longitude and latitude."""
    place = f'district = "WK010600"\nposition = [{position}]\nillustrative = true\n'
    return f'\n[[site]]\nid = "{name}"\nname = "{name}"\n{place}' + "".join(channels)


def channel(
    name: str, *, sensor: str, source: str, mode: str = "bicycles", direction: str = "both", interval: int | None = None
) -> str:
    """Make a channel of one datastream, by intervals in seconds; without them those that the quantity usually has."""
    seconds = f"interval = {interval}\n" if interval else ""
    return (
        f'[[site.channels]]\nid = "{name}"\nmode = "{mode}"\ndirection = "{direction}"\n'
        f'[[site.channels.datastreams]]\nsensor = "{sensor}"\nsource = "{source}"\nvalid_from = 2020-01-01\n'
        f'{seconds}origin = "simulated"\n'
    )


def screenline(site_name: str) -> str:
    """Make a screenline of one site, with its name."""
    return f'\n[[screenline]]\nid = "{site_name}"\nname = "{site_name}"\nsites = ["{site_name}"]\nillustrative = true\n'


def link(site_name: str) -> str:
    """Make a link that a site counts, with its name."""
    ends = 'start = "WK010600"\nend = "WK010600"\n'
    path = (
        "length = 2.0\ngreen = true\ngreenery = 0.5\npriority = 0.5\nwidth = 3.0\nasphalt = 1.0\nillustrative = true\n"
    )
    return f'\n[[link]]\nid = "{site_name}"\nname = "{site_name}"\n{ends}{path}site = "{site_name}"\n'


def route(name: str, links: Iterable[str]) -> str:
    """Make a route of links."""
    listed = ", ".join(f'"{one}"' for one in links)
    return f'\n[[route]]\nid = "{name}"\nname = "{name.capitalize()}"\nillustrative = true\nlinks = [{listed}]\n'
