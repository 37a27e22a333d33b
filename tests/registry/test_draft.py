"""A draft of a registry is TOML that lacks only what people know, and says what was seen."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from registry.checks import problems
from registry.draft import OPEN, SentSource, draft, sources
from registry.placements import expanded
from schemas.observation import Observation
from schemas.registry import DeviceEntry, Site
from tests.registry.test_files import GOOD

pytestmark = pytest.mark.pure

START = datetime(2026, 2, 28, 22, 45, tzinfo=UTC)  # 23:45 where the sensors are
QUARTER = timedelta(minutes=15)
ZONE = ZoneInfo("Europe/Amsterdam")


def seen(source: str, *values: float | None, sensor: str = "pole-1") -> list[Observation]:
    """Make observations of quarters that follow each other."""
    times = [START + number * QUARTER for number in range(len(values))]
    return [
        Observation(sensor, source, time, time + QUARTER, value, 1.0, time)
        for time, value in zip(times, values, strict=True)
    ]


SEEN = [*seen("bicycles/in", 3, None, 7), *seen("c2", None, None)]


def test_what_was_seen_is_summarized_by_source() -> None:
    """First and last interval, how many were measured, first and last value of these."""
    assert sources(reversed(SEEN)) == [
        SentSource("pole-1", "bicycles/in", START, START + 2 * QUARTER, 2, 3, 7, 900),
        SentSource("pole-1", "c2", START, START + QUARTER, 0, None, None, 900),
    ]


def test_a_draft_says_what_was_seen_and_leaves_open_what_was_not() -> None:
    """Days are local: the first one is the last of February."""
    text = draft(sources(SEEN), ZONE)
    devices, sites = _parts(text, "sites")
    assert devices["device"] == [
        {
            "id": "pole-1",
            "profile": "",
            "placement": [
                {
                    "site": OPEN,
                    "from": date(2026, 2, 28),
                    "interval": 900,
                    "method": OPEN,
                    "sources": {"bicycles/in": OPEN, "c2": OPEN},
                }
            ],
        }
    ]
    assert [channel["mode"] for channel in sites["site"][0]["channels"]] == ["bicycles", OPEN]
    assert '"bicycles/in" = "..."  # 2026-02-28 to 2026-03-01, 2 values, first 3, last 7' in text
    assert '"c2" = "..."  # 2026-02-28 to 2026-03-01, never measured' in text


def test_a_draft_that_is_filled_in_can_be_applied() -> None:
    """The person adds names, the district and the position, and nothing else."""
    text = draft(sources(seen("bicycles/in", 3)), ZONE).replace("[0.0, 0.0]", "[6.55, 52.95]")
    for key, value in (("site", "west"), ("id", "west"), ("name", "West"), ("district", "WK1"), ("direction", "in")):
        text = text.replace(f'{key} = "{OPEN}"', f'{key} = "{value}"', 1)
    text = text.replace(f'"bicycles/in" = "{OPEN}"', '"bicycles/in" = "west-in"').replace(
        f'id = "{OPEN}"', 'id = "west-in"'
    )
    devices, sites = _parts(text, "sites")
    filled = msgspec.structs.replace(
        GOOD,
        sites=[*GOOD.sites, *msgspec.convert(sites["site"], list[Site])],
        devices=msgspec.convert(devices["device"], list[DeviceEntry]),
    )
    assert problems([expanded(filled)]) == []


def test_of_a_registered_device_only_the_further_sources_are_said() -> None:
    """As a comment: a second entry of the same device would be refused, and most of it is written already."""
    text = draft(sources([*SEEN, *seen("rssi", -87, sensor="lus-1")]), ZONE, registered={"lus-1": {"in"}})
    devices, sites = _parts(text, "sites")
    assert [one["id"] for one in devices["device"]] == ["pole-1"]
    assert len(sites["site"]) == 1
    assert '# "lus-1" is registered' in text
    assert '# "rssi" = "..."  # 2026-02-28 to 2026-02-28, 1 values, first -87, last -87' in text
    assert tomllib.loads(draft(sources(seen("rssi", -87)), ZONE, registered=["pole-1"])) == {}


@pytest.mark.parametrize("name", ["ts", "status", "battery", "batteryVoltage", "dev.vbat", "RSSI", "uptime_s"])
def test_what_is_called_like_a_state_of_the_device_is_no_channel(name: str) -> None:
    """It stands there as a comment, for whoever knows better."""
    text = draft(sources([*seen("bicycles/in", 3), *seen(name, 17)]), ZONE)
    devices, sites = _parts(text, "sites")
    assert devices["device"][0]["placement"][0]["sources"] == {"bicycles/in": OPEN}
    assert len(sites["site"][0]["channels"]) == 1
    assert f'# no measurement by its name: "{name}" = "..."' in text


@pytest.mark.parametrize("name", ["statusquo", "matst", "in", "fietsers", "bats"])
def test_a_name_that_only_holds_such_a_word_is_a_channel(name: str) -> None:
    """Whole words count."""
    _, sites = _parts(draft(sources(seen(name, 17)), ZONE), "sites")
    assert len(sites["site"][0]["channels"]) == 1


def test_sensors_of_air_stand_at_stations() -> None:
    """And what was recorded elsewhere has somebody whose data it is."""
    devices, stations = _parts(draft(sources(seen("pm25", 8.5)), ZONE, kind="station", origin="recorded"), "stations")
    (placement,) = devices["device"][0]["placement"]
    assert (placement["station"], placement["origin"], placement["data_source"]) == (OPEN, "recorded", OPEN)
    assert stations["station"][0]["kind"] == OPEN


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "a = 1 # b", "Zähler 1"])
def test_a_name_that_means_something_in_toml_is_only_a_name(name: str) -> None:
    """Publishers call columns whatever they like."""
    devices, sites = _parts(draft(sources(seen(name, 1, sensor=name)), ZONE), "sites")
    assert devices["device"][0]["id"] == name
    assert devices["device"][0]["placement"][0]["sources"] == {name: OPEN}
    assert len(sites["site"]) == 1


def _parts(text: str, places: str) -> tuple[dict[str, Any], dict[str, Any]]:
    devices, _, rest = text.partition(f"# --- {places}.toml ---")
    return tomllib.loads(devices), tomllib.loads(rest)
