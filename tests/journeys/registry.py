"""The example owners, with sensors added to their host that exist for one experiment each."""

import shutil
from pathlib import Path
from typing import Final

from tests.ingest.planted import SENSOR, SOURCES
from tests.journeys.page import blocks
from tests.journeys.sent_messages import SENSORS, sensors

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "deploy" / "owners"
HOST: Final = "assen"
LIVE: Final = (
    "x-bridge",
    "x-store",
    "x-aggregate",
    "x-kafka",
    "x-postgres",
    "x-once",
    "x-twice",
    "x-bench",
    "x-disk",
    "x-edge",
    "x-flood",
)
FILES: Final = {
    "bridge": 900000100, "store": 900000200, "aggregate": 900000300, "kafka": 900000400, "postgres": 900000500,
    "ordered": 900000600, "shuffled": 900000700,
}  # fmt: skip
"""Site codes of made-up city files, one hundred numbers for each experiment."""
CODES: Final[int] = 4
"""Made-up city files of one experiment."""


def write(root: Path) -> Path:
    """Write a root of owners, and give it."""
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("recordings"))
    with (root / HOST / "sites.toml").open("a", encoding="utf-8") as sites:
        sites.writelines(_live_site(prefix) for prefix in LIVE)
        sites.writelines(_file_site(base + number) for base in FILES.values() for number in range(CODES))
        sites.write(_site(SENSOR, [_channel(f"{SENSOR}-{name.replace('/', '-')}", SENSOR, name) for name in SOURCES]))
        for page in ("sensors.md", "edge.md"):  # what a page has a reader register
            sites.writelines(f"\n{block}" for block in blocks(page, "toml"))
    with (root / HOST / "stations.toml").open("a", encoding="utf-8") as stations:
        stations.writelines(f"\n{block}" for block in blocks("airrohr.md", "toml"))  # likewise
    return root


def _live_site(prefix: str) -> str:
    return "".join(_site(name, [_channel(f"{name}-in", name, "bicycles/in")]) for name in sensors(prefix)[:SENSORS])


def _file_site(code: int) -> str:
    codes = [f"{number}{code % 100_000_000:08d}" for number in range(101, 105)]
    return _site(f"file-{code}", [_channel(f"file-{one}", str(code), one) for one in codes])


def _site(name: str, channels: list[str]) -> str:
    head = f'\n[[site]]\nid = "{name}"\nname = "{name}"\ndistrict = "WK010600"\nposition = [6.56, 52.99]\n'
    return head + "".join(channels)


def _channel(name: str, sensor: str, source: str) -> str:
    return (
        f'[[site.channels]]\nid = "{name}"\nmode = "bicycles"\ndirection = "in"\n'
        f'[[site.channels.datastreams]]\nsensor = "{sensor}"\nsource = "{source}"\nvalid_from = 2020-01-01\n'
    )
