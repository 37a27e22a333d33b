"""Placements become datastreams: replaced, moved, with fewer channels, each by one entry; and each mistake is named."""

from datetime import date
from typing import Any

import msgspec
import pytest

from registry.check_lists import CHECKS
from registry.checks import problems, warnings
from registry.placements import expanded, placed
from registry.rows import rows
from schemas.profile import DeviceProfile, ProfileField
from schemas.registry import (
    FOREVER,
    CalibrationEntry,
    Channel,
    Datastream,
    DeviceEntry,
    Placement,
    Registry,
    Site,
    Station,
)
from tests.registry.test_files import GOOD, SITE, STATION, changed

pytestmark = pytest.mark.pure

START, DAY, LATER = date(2020, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
IN, OUT = (Channel(id=f"noord-{way}", mode="bicycles", direction=way) for way in ("in", "out"))
SITES = [changed(SITE, channels=[IN, OUT]), changed(SITE, id="zuid", name="Zuid", channels=[changed(IN, id="zuid-in")])]
BOTH = {"in": "noord-in", "out": "noord-out"}


def placement(**fields: Any) -> Placement:  # noqa: ANN401 - fields differ in type
    """Make a placement at site `noord` from the start on, with other fields."""
    return msgspec.convert({"site": "noord", "from": START, **fields}, Placement)


FIRST = DeviceEntry(id="pole-1", placement=[placement(sources=BOTH, interval=300, method="lus")])


def registry(*devices: DeviceEntry, **fields: Any) -> Registry:  # noqa: ANN401 - likewise
    """Make a registry of two sites whose channels list nothing, with these devices and other fields, expanded."""
    return expanded(changed(GOOD, **{"sites": SITES, "devices": list(devices), **fields}))


def fed(what: Registry) -> dict[str, list[tuple[str, str, date, date]]]:
    """Give what feeds each channel: sensor, source, from when until when."""
    return {
        channel.id: [(one.sensor, one.source, one.valid_from, one.valid_until) for one in channel.datastreams]
        for site in what.sites
        for channel in site.channels
    }


def test_a_placement_is_a_datastream_for_each_source() -> None:
    """With what the placement says of all of them."""
    found = registry(FIRST)
    assert fed(found) == {
        "noord-in": [("pole-1", "in", START, FOREVER)],
        "noord-out": [("pole-1", "out", START, FOREVER)],
        "zuid-in": [],
    }
    assert {(one.interval, one.method) for one in found.sites[0].channels[0].datastreams} == {(300, "lus")}
    assert problems([found]) == []


def test_a_replaced_device_ends_on_the_day_and_its_channels_go_on() -> None:
    """One entry for all of them; a source that is called otherwise is named, the interval stays as it was."""
    second = DeviceEntry(
        id="pole-2", placement=[placement(**{"from": DAY}, replaces="pole-1", sources={"down": "noord-out"})]
    )
    found = registry(FIRST, second)
    assert fed(found) == {
        "noord-in": [("pole-1", "in", START, DAY), ("pole-2", "in", DAY, FOREVER)],
        "noord-out": [("pole-1", "out", START, DAY), ("pole-2", "down", DAY, FOREVER)],
        "zuid-in": [],
    }
    assert {(one.interval, one.method) for one in found.sites[0].channels[0].datastreams} == {(300, "lus"), (300, "")}
    assert [(one.device.id, one.until) for one in placed(found)] == [("pole-1", DAY), ("pole-2", FOREVER)]
    assert problems([found]) == []


def test_what_only_a_datastream_names_is_replaced_as_well() -> None:
    """Files of before need no device for the old counter; its entry may stay as it is."""
    listed = changed(
        IN, datastreams=[Datastream(sensor="loop-1", source="bicycles/in", valid_from=START, origin="recorded")]
    )
    second = DeviceEntry(id="pole-2", placement=[placement(**{"from": DAY}, replaces="loop-1")])
    found = registry(second, sites=[changed(SITE, channels=[listed, OUT])])
    assert fed(found)["noord-in"] == [("loop-1", "bicycles/in", START, DAY), ("pole-2", "bicycles/in", DAY, FOREVER)]
    assert [one.origin for one in found.sites[0].channels[0].datastreams] == ["recorded", "recorded"]


def test_a_device_that_moves_leaves_where_it_was() -> None:
    """The later placement ends the earlier one, and what was listed of it elsewhere."""
    away = placement(site="zuid", **{"from": DAY}, sources={"in": "zuid-in"})
    found = registry(changed(FIRST, placement=[*FIRST.placement, away]))
    assert fed(found) == {
        "noord-in": [("pole-1", "in", START, DAY)],
        "noord-out": [("pole-1", "out", START, DAY)],
        "zuid-in": [("pole-1", "in", DAY, FOREVER)],
    }
    listed = changed(IN, datastreams=[Datastream(sensor="pole-1", source="in", valid_from=START)])
    from_list = registry(DeviceEntry(id="pole-1", placement=[away]), sites=[changed(SITE, channels=[listed]), SITES[1]])
    assert fed(from_list)["noord-in"] == [("pole-1", "in", START, DAY)]
    assert problems([found]) == problems([from_list]) == []


def test_two_that_change_places_on_a_day() -> None:
    """Each replaces the other one, which has moved by then."""
    second = DeviceEntry(id="pole-2", placement=[placement(site="zuid", sources={"in": "zuid-in"})])
    one = changed(FIRST, placement=[*FIRST.placement, placement(site="zuid", **{"from": DAY}, replaces="pole-2")])
    other = changed(second, placement=[*second.placement, placement(**{"from": DAY}, replaces="pole-1")])
    found = registry(one, other)
    assert fed(found) == {
        "noord-in": [("pole-1", "in", START, DAY), ("pole-2", "in", DAY, FOREVER)],
        "noord-out": [("pole-1", "out", START, DAY), ("pole-2", "out", DAY, FOREVER)],
        "zuid-in": [("pole-2", "in", START, DAY), ("pole-1", "in", DAY, FOREVER)],
    }
    assert problems([found]) == []


def test_a_channel_that_ends_is_not_fed_any_more() -> None:
    """Not by what was there, and not by what replaces that later."""
    sites = [changed(SITES[0], channels=[IN, changed(OUT, until=DAY)]), SITES[1]]
    second = DeviceEntry(id="pole-2", placement=[placement(**{"from": LATER}, replaces="pole-1")])
    found = registry(FIRST, second, sites=sites)
    assert fed(found)["noord-out"] == [("pole-1", "out", START, DAY)]
    assert fed(found)["noord-in"] == [("pole-1", "in", START, LATER), ("pole-2", "in", LATER, FOREVER)]
    assert problems([found]) == []


def test_at_a_station_sources_are_of_quantities() -> None:
    """The replacement takes over the same quantities; another instrument says what it is."""
    kit = DeviceEntry(
        id="kit-1",
        placement=[
            msgspec.convert(
                {"station": "lucht-1", "from": START, "sources": {"pm2.5": "pm25"}, "instrument": "sds011"}, Placement
            )
        ],
    )
    new = DeviceEntry(
        id="kit-2",
        placement=[
            msgspec.convert({"station": "lucht-1", "from": DAY, "replaces": "kit-1", "instrument": "sps30"}, Placement)
        ],
    )
    found = registry(kit, new, stations=[changed(STATION, datastreams=[])])
    streams = found.stations[0].datastreams
    assert [(one.sensor, one.source, one.quantity, one.instrument, one.valid_until) for one in streams] == [
        ("kit-1", "pm2.5", "pm25", "sds011", DAY),
        ("kit-2", "pm2.5", "pm25", "sps30", FOREVER),
    ]
    assert problems([found]) == []


MISTAKES: list[tuple[DeviceEntry, str]] = [
    (
        changed(
            FIRST, placement=[*FIRST.placement, placement(**{"from": START}, site="zuid", sources={"in": "zuid-in"})]
        ),
        "device pole-1: placed from 2020-01-01, and elsewhere on the same day",
    ),
    (
        changed(FIRST, placement=[placement(sources=BOTH, until=LATER), placement(**{"from": DAY}, replaces="pole-1")]),
        "device pole-1: placed from 2026-03-01, and elsewhere until 2026-06-01",
    ),
    (
        DeviceEntry(id="pole-2", placement=[placement(**{"from": DAY}, replaces="pole-9")]),
        "replaces 'pole-9', which fed nothing",
    ),
    (DeviceEntry(id="pole-2", placement=[placement(**{"from": DAY}, replaces="pole-l")]), "did you mean 'pole-1'?"),
    (
        DeviceEntry(id="pole-2", placement=[placement(**{"from": START}, replaces="pole-1")]),
        "which fed nothing of site noord",
    ),
    (
        changed(FIRST, placement=[*FIRST.placement, placement(**{"from": DAY}, replaces="pole-1")]),
        "device pole-1, placed from 2026-03-01: replaces itself",
    ),
    (DeviceEntry(id="pole-2", placement=[placement(**{"from": DAY})]), "feeds nothing; say with `sources`"),
    (
        DeviceEntry(id="pole-2", placement=[placement(station="lucht-1", sources={"a": "pm25"})]),
        "name a site or a station",
    ),
    (
        DeviceEntry(id="pole-2", placement=[placement(site="nord", sources=BOTH)]),
        "site 'nord' is not in sites.toml; did you",
    ),
    (
        DeviceEntry(id="pole-2", placement=[placement(sources={"in": "noord-in"})]),
        "noord-in: device pole-2 is valid from",
    ),
    (DeviceEntry(id="Pole/2"), "device 'Pole/2' does not match"),
    (DeviceEntry(id="pole-2", credential="een naam"), "credential is not"),
    (DeviceEntry(id="pole-1"), "device 'pole-1' is given 2 times"),
    (changed(FIRST, id="pole-2", placement=[placement(sources=BOTH, interval=700)]), "device pole-2: interval 700 s"),
]


@pytest.mark.parametrize(("device", "sentence"), MISTAKES, ids=[sentence for _, sentence in MISTAKES])
def test_a_mistake_is_named_with_its_device(device: DeviceEntry, sentence: str) -> None:
    """Beside a device that stands there rightly."""
    devices = [device] if device.id == FIRST.id and device.placement else [FIRST, device]
    assert any(sentence in problem for problem in problems([registry(*devices)]))


def test_a_station_has_sources_of_the_catalogue() -> None:
    """A quantity that nobody knows is no place."""
    kit = DeviceEntry(
        id="kit-1",
        placement=[msgspec.convert({"station": "lucht-1", "from": START, "sources": {"pm2.5": "pm2.5"}}, Placement)],
    )
    found = registry(kit, stations=[changed(STATION, datastreams=[])])
    assert "'pm2.5' is of 'pm2.5', which is no quantity; did you mean 'pm25'?" in "\n".join(problems([found]))


def test_a_channel_that_has_ended_is_fed_by_nothing_new() -> None:
    """Whoever places a device there wrote the wrong day or the wrong channel."""
    sites = [changed(SITES[0], channels=[IN, changed(OUT, until=DAY)]), SITES[1]]
    late = DeviceEntry(id="pole-2", placement=[placement(**{"from": LATER}, sources={"out": "noord-out"})])
    assert "source 'out' feeds 'noord-out', which has ended on 2026-03-01" in "\n".join(
        problems([registry(late, sites=sites)])
    )


def test_what_costs_something_is_warned_of() -> None:
    """A source that the profile does not know, and a channel that nothing feeds."""
    profile = DeviceProfile(maker="", model="pole", field=[ProfileField(field="count_in")])
    device = DeviceEntry(id="pole-1", profile="pole", placement=[placement(sources={"count_inn": "noord-in"})])
    assert warnings([registry(device, profiles={"pole": profile})]) == [
        "noord-in, device pole-1: source 'count_inn' is no field of profile 'pole'; did you mean 'count_in'?",
        "channel noord-out: no datastream and no placement feeds it",
        "channel zuid-in: no datastream and no placement feeds it",
    ]


def test_every_check_is_total_where_entries_contradict_each_other() -> None:
    """Whatever is wrong, it is sentences."""
    odd = DeviceEntry(
        id="x" * 50, profile="?", placement=[placement(site="", station=""), placement(station="nowhere")]
    )
    found = registry(odd, FIRST, FIRST)
    assert all(isinstance(sentence, str) for check in CHECKS for sentence in check([found, found]))


FIELDS = [
    ProfileField(field="t", source="total", sampling="cumulative", bits=16, restart="counts", gap="whole"),
    ProfileField(field="in"),
    ProfileField(field="air", quantity="temperature", unit="°C"),
    ProfileField(field="no2", unit="ppb"),
]


@pytest.mark.parametrize(
    ("source", "quantity", "columns"),
    [
        ("total", "bicycles", ("cumulative", 600, 16, "counts", "whole", "daylight", "", 1.0)),
        ("in", "bicycles", ("increment", 600, 0, "unknown", "missing", "daylight", "", 1.0)),
        ("air", "temperature", ("sample", 600, 0, "unknown", "missing", "daylight", "°C", 1.0)),
        ("no2", "no2", ("sample", 600, 0, "unknown", "missing", "daylight", "ppb", 1.9125)),
        ("other", "pm25", ("interval", 600, 0, "unknown", "missing", "daylight", "", 1.0)),
    ],
)
def test_what_a_datastream_is_of_follows_from_its_profile(
    source: str, quantity: str, columns: tuple[object, ...]
) -> None:
    """The field by its source; a count is an increment and anything else a sample where the field does not say it."""
    profile = DeviceProfile(maker="", model="pole", every=600, window="daylight", field=FIELDS)
    place: dict[str, Any] = {"site": "noord", "sources": {source: "noord-in"}}
    if quantity != "bicycles":
        place = {"station": "lucht-1", "sources": {source: quantity}}
    device = DeviceEntry(id="pole-1", profile="pole", placement=[msgspec.convert({"from": START, **place}, Placement)])
    found = registry(device, profiles={"pole": profile}, stations=[changed(STATION, datastreams=[])])
    assert problems([found]) == []
    (row,) = _rows(found)["datastream"].values()
    names = ("sampling", "every_seconds", "register_bits", "restart", "gap", "measuring_window", "unit", "scale")
    assert tuple(row[name] for name in names) == columns


def test_a_unit_of_a_profile_that_cannot_be_converted_is_named() -> None:
    """The quantity is the station's; the profile did not say it."""
    profile = DeviceProfile(maker="", model="kit", field=[ProfileField(field="x", unit="bar")])
    device = DeviceEntry(
        id="kit-1",
        profile="kit",
        placement=[msgspec.convert({"station": "lucht-1", "from": START, "sources": {"x": "pm10"}}, Placement)],
    )
    found = registry(device, profiles={"kit": profile}, stations=[changed(STATION, datastreams=[])])
    assert problems([found]) == [
        (
            "lucht-1, device kit-1, by profile 'kit': pm10 in 'bar' cannot be turned into ug/m3; "
            "send it in ug/m3, ng/m3, mg/m3"
        )
    ]


def test_without_a_profile_nothing_is_assumed() -> None:
    """`store` decides by the quantity; whoever is only named by a datastream is a device by its name."""
    found = _rows(GOOD)
    names = ("sampling", "every_seconds", "register_bits", "restart", "gap", "measuring_window")
    assert {tuple(row[name] for name in names) for row in found["datastream"].values()} == {
        ("interval", 0, 0, "unknown", "missing", "always")
    }
    assert found["device"] == {
        (name,): {
            "id": name, "owner": "GM0106", "profile": "", "profile_content": None, "serial": "", "credential": name,
            "firmware": "", "note": "",
        }
        for name in ("noord-1", "lucht-1")
    }  # fmt: skip


def test_history_and_placements_are_rows() -> None:
    """With local midnights: 28 February ends at 23:00 UTC where the owner is."""
    device = changed(FIRST, calibration=[CalibrationEntry(day=DAY, kind="sensitivity", note="7 to 5")])
    found = _rows(registry(device, DeviceEntry(id="pole-2", placement=[placement(**{"from": DAY}, replaces="pole-1")])))
    assert list(found["device_history"].values()) == [
        {"device": "pole-1", "day": DAY, "kind": "sensitivity", "note": "7 to 5"}
    ]
    ends = {row["device"]: str(row["valid_until"]) for row in found["placement"].values()}
    assert ends == {"pole-1": "2026-03-01 00:00:00+01:00", "pole-2": "2100-01-01 00:00:00+01:00"}


def _rows(what: Registry) -> Any:  # noqa: ANN401 - rows of every kind
    from pathlib import Path  # noqa: PLC0415 - only the name of a folder

    from registry.files import OwnerFolder  # noqa: PLC0415 - likewise

    return rows([OwnerFolder(Path("noord"), what, "")])


def test_a_site_and_a_station_are_where_things_are() -> None:
    """The kinds of a place, as sentences name them."""
    assert placement().place == ("site", "noord")
    assert msgspec.convert({"station": "lucht-1", "from": START}, Placement).place == ("station", "lucht-1")
    assert isinstance(GOOD.sites[0], Site)
    assert isinstance(GOOD.stations[0], Station)
