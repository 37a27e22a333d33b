"""Messages as they come from the street, from the door to the view: what of each is in the numbers of a city."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from ingest.devices import DeviceDirectory
from ingest.dialects import decode
from registry.placements import expanded
from schemas.device import Devices
from schemas.observation import Observation
from schemas.quality_flags import OUT_OF_RANGE
from schemas.registry import Channel, DeviceEntry, Placement, Registry, Site, Station
from tests.contracts.processing import StoreAndAggregate, load, small
from tests.ingest.registered import shipped

pytestmark = pytest.mark.contracts

FIXTURES: Final = Path(__file__).parents[1] / "ingest" / "fixtures"
MODES: Final = {"car": "cars", "person": "pedestrians"}
COUNTERS: Final = (
    ("assen-imb-01", "imbuildings-counter", ("counter_a", "counter_b"), 900),
    ("assen-imb-07", "imbuildings-counter", ("total_counter_a", "total_counter_b"), 900),
    ("assen-cam-03", "counting-camera", ("bicycle", "car", "person"), 900),
    ("assen-radar-02", "parametric-pcr2", ("LTR", "RTL"), 900),
    ("assen-log-04", "", ("bikes",), 900),
    ("ours-05", "", ("bicycles/in",), 300),
)
WEATHER: Final = "assen-weer-06"

RIGHT: Final[dict[tuple[str, str], dict[str, float]]] = {
    ("assen-imb-01", "counter_a"): {"11:00": 17, "11:45": 50},  # b01; b07 once, though it was received twice
    ("assen-imb-01", "counter_b"): {"11:00": 9, "11:45": 20},
    ("assen-cam-03", "bicycle"): {"11:15": 31},  # b04
    ("assen-cam-03", "car"): {"11:15": 4},
    ("assen-cam-03", "person"): {"11:15": 12},
    ("assen-radar-02", "LTR"): {"11:00": 40, "11:15": 58},  # b06: 98 in all
    ("assen-radar-02", "RTL"): {"11:00": 10, "11:15": 26},
    ("assen-log-04", "bikes"): {
        "01:45": 3,  # b14-2, where it was measured
        "11:15": 23, "11:30": 7, "12:00": 42,  # b05, b10, b20
        "12:15": 23,  # b14-1, and not 3
        "17:45": 2, "19:15": -65530,  # b18, b22
    },
    ("assen-imb-07", "total_counter_a"): {"11:15": 17},  # b15: and nothing after the restart
    ("assen-imb-07", "total_counter_b"): {"11:15": 9},
    ("assen-weer-06", "temperature"): {"12:00": -1.6, "13:00": 4.2},  # b08, b09
    ("assen-weer-06", "humidity"): {"12:00": 93, "13:00": 88},
    ("ours-05", "bicycles/in"): {"17:05": 4, "17:10": 6, "17:20": 4, "17:25": 6, "17:30": 5},  # o02, o03
}  # fmt: skip
DAY: Final = date(2026, 11, 28)
VALUES = (
    "SELECT sensor, source, to_char(started_at, 'HH24:MI'), value FROM doorfiets.observation"
    " JOIN doorfiets.datastream USING (datastream)"
)
AT_SITE = (
    "SELECT to_char(started_at, 'HH24:MI'), value::float8, quality_flags"
    " FROM api.site_quarters(%s, 'bicycles', '2026-11-28 00:00+00', '2026-11-29 00:00+00')"
)


def placed(name: str, profile: str, where: dict[str, str], sources: dict[str, str], interval: int) -> DeviceEntry:
    """Give a device at a place from before it all."""
    said = {**where, "from": "2026-11-01", "sources": sources, "interval": interval}
    return DeviceEntry(id=name, profile=profile, placement=[msgspec.convert(said, Placement)])


def city() -> Registry:
    """Give an owner with a site for each counter, which has its name, and a station."""
    sites, devices = [], []
    for name, profile, sources, interval in COUNTERS:
        channels = {source: f"{name}-{number}" for number, source in enumerate(sources)}
        ways = [
            Channel(id=channel, mode=MODES.get(source, "bicycles"), direction=("in", "out")[number % 2])
            for number, (source, channel) in enumerate(channels.items())
        ]
        sites.append(Site(id=name, name=name, district="WK01", position=(6.5, 53.0), channels=ways))
        devices.append(placed(name, profile, {"site": name}, channels, interval))
    station = Station(
        id="weer", name="Weer", district="WK01", position=(6.5, 53.0), kind="citizen", environment="background"
    )
    measured = {one: one for one in ("temperature", "humidity")}
    devices.append(placed(WEATHER, "weather-sensor", {"station": "weer"}, measured, 3600))
    said = msgspec.structs.replace(
        small(), sites=sites, stations=[station], links=[], routes=[], screenlines=[], devices=devices,
        profiles={one.profile: shipped(one.profile) for one in devices if one.profile},
    )  # fmt: skip
    return expanded(said)


def sent(devices: Devices) -> Iterator[tuple[str, Sequence[Observation]]]:
    """Decode every message as it came; of those that are refused, give nothing."""
    for file in sorted(FIXTURES.glob("uplink-*.json")) + sorted(FIXTURES.glob("ours-*.json")):
        payload = file.read_bytes()
        said = json.loads(payload)
        if file.name.startswith("ours"):
            topic = f"sensors/{said['sensor']}/data"
            received_at = datetime.fromisoformat(said["readings"][-1]["end"]) + timedelta(seconds=1)
        else:
            topic = f"v3/assen@ttn/devices/{said['end_device_ids']['device_id']}/up"
            received_at = datetime.fromisoformat(said["received_at"])
        outcome = decode(topic, payload, received_at, devices)
        yield file.stem, outcome if isinstance(outcome, list) else ()


@pytest.mark.parametrize("order", ["as they came", "the last first", "all at once"])
async def test_everything_that_is_right_is_in_the_numbers(processing: StoreAndAggregate, order: str) -> None:
    """And nothing else: each value in the interval in which it was measured, whatever the order."""
    load(processing.conninfo, city())
    directory = DeviceDirectory(processing.conninfo, None)
    await directory.known()
    await directory._drop()
    messages = dict(sent(directory.devices()))
    assert {name for name, seen in messages.items() if not seen} == {"uplink-b02", "uplink-b03"}
    assert len(messages) == 23
    arriving = [seen for seen in messages.values() if seen]
    if order == "the last first":
        arriving.reverse()
    if order == "all at once":
        arriving = [[one for seen in arriving for one in seen]]
    for batch in arriving:
        await processing.store(*batch)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for sensor, source, start, value in processing.rows(VALUES):
        if value is not None:  # a row that stands for what turned out to lie elsewhere
            found.setdefault((sensor, source), {})[start] = value
    assert found == RIGHT
    assert processing.row("SELECT count(*) FROM doorfiets.rejection") == (0,)
    noted = "SELECT source FROM doorfiets.unregistered_source WHERE sensor = 'assen-imb-01' ORDER BY source"
    assert processing.rows(noted) == [("battery_voltage",), ("total_counter_a",)]
    assert processing.row("SELECT count(*) FROM doorfiets.measurement WHERE started_at::date <> %s", DAY) == (0,)
    _judge_sites(processing)


def _judge_sites(processing: StoreAndAggregate) -> None:
    """What readers see: the radar counted 98 and 36, what is impossible is null, what was excluded says why."""
    radar = {start: value for start, value, _ in processing.rows(AT_SITE, "assen-radar-02") if value is not None}
    assert radar == {"11:00": 50, "11:15": 84}
    assert sum(radar.values()) == 98 + 36
    logger = {start: rest for start, *rest in processing.rows(AT_SITE, "assen-log-04")}
    assert logger["19:15"] == [None, OUT_OF_RANGE]
    assert logger["19:30"] == [None, 0]
    assert (logger["12:15"], logger["01:45"]) == ([23, 0], [3, 0])
