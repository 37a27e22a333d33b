"""The example municipality can be applied, says what is real, and each check goes red on a broken copy of it."""

from itertools import pairwise
from pathlib import Path

import pytest

from registry import checks
from registry.files import FILES, RegistryUnreadableError
from registry.files import read as read_files
from schemas.registry import Registry

ASSEN = Path(__file__).parents[2] / "deploy" / "assen"
GOOD = {name: (ASSEN / name).read_bytes() for name in FILES}

Break = tuple[str, str, str]
"""A file, a text in it, and what to write instead."""


def read(*breaks: Break) -> Registry:
    """Read the example, after breaking the first occurrence of each text."""
    files = dict(GOOD)
    for name, good, bad in breaks:
        assert good.encode() in files[name], f"{good!r} is no longer in {name}"
        files[name] = files[name].replace(good.encode(), bad.encode(), 1)
    return read_files(files)


def test_the_example_has_no_problems() -> None:
    """It is what a newcomer starts from."""
    assert checks.problems(read()) == []


BROKEN: list[tuple[checks.Check, Break, str]] = [
    (checks.ids_are_unique, ("sites.toml", 'id = "kolk"', 'id = "vaart"'), "site 'vaart' is given 2 times"),
    (
        checks.ids_are_unique,
        ("sites.toml", "vaart-fiets-in-1", "vaart-fiets-out-1"),
        "channel 'vaart-fiets-out-1'",
    ),
    (
        checks.data_of_others_name_their_source,
        ("sites.toml", 'data_source = "muenster", ', ""),
        "recorded elsewhere, but no data_source says whose it is",
    ),
    (
        checks.addresses_of_licences_are_addresses,
        ("municipality.toml", "https://www.govdata.de/dl-de/by-2-0", "dl-de/by-2-0"),
        "licence_url 'dl-de/by-2-0' is no address",
    ),
    (
        checks.no_sensor_is_called_as_a_service,
        ("sites.toml", 'sensor = "vaart-auto"', 'sensor = "bridge"'),
        "sensor 'bridge' is called as a user of the broker",
    ),
    (checks.ids_are_plain_words, ("sites.toml", 'id = "kolk"', 'id = "Kolk/2"'), "site 'Kolk/2'"),
    (checks.ids_are_plain_words, ("routes.toml", 'id = "assen-groningen"', 'id = ""'), "route ''"),
    (
        checks.directions_are_plain_words,
        ("sites.toml", 'direction = "out"', 'direction = "naar Groningen"'),
        "direction 'naar Groningen'",
    ),
    (checks.references_exist, ("sites.toml", "WK010600", "WK010650"), "district 'WK010650'"),
    (checks.references_exist, ("links.toml", 'end = "region"', 'end = "groningen"'), "end 'groningen'"),
    (checks.references_exist, ("links.toml", 'site = "kanaal"', 'site = "kanal"'), "site 'kanal'"),
    (
        checks.references_exist,
        ("links.toml", 'assumed_from = "oosterbroek-haren"', 'assumed_from = "ubbena-oosterbroek"'),
        "is not another link",
    ),
    (checks.references_exist, ("routes.toml", '"haren-groningen"', '"haren"'), "link 'haren'"),
    (checks.references_exist, ("screenlines.toml", '"kolk"', '"kolc"'), "site 'kolc'"),
    (
        checks.a_link_is_measured_or_assumed,
        ("links.toml", 'site = "kanaal"', 'site = "kanaal"\nassumed_from = "haren-groningen"'),
        "assumed_from",
    ),
    (
        checks.a_link_is_measured_or_assumed,
        ("links.toml", 'site = "oosterbroek"\n', ""),
        "'oosterbroek-haren' is not counted itself",
    ),
    (checks.a_link_is_measured_or_assumed, ("links.toml", "length = 2.4", "length = 0.0"), "length is 0.0 km"),
    (checks.quantities_are_known, ("sites.toml", 'mode = "cars"', 'mode = "trams"'), "mode 'trams'"),
    (checks.quantities_are_known, ("stations.toml", 'quantity = "no2"', 'quantity = "nox"'), "quantity 'nox'"),
    (
        checks.references_exist,
        ("municipality.toml", 'centre = "WK010600"', 'centre = "Centrum"'),
        "centre 'Centrum'",
    ),
    (checks.references_exist, ("calendar.toml", 'sites = ["kanaal"]', 'sites = ["kanal"]'), "site 'kanal'"),
    (
        checks.a_link_is_measured_or_assumed,
        ("links.toml", "detour = 1.08", "detour = 0.99"),
        "no way is shorter than the straight line",
    ),
    (
        checks.units_can_be_converted,
        ("stations.toml", 'quantity = "no2",', 'quantity = "no2", unit = "vol%",'),
        "no2 in 'vol%' cannot be turned into ug/m3",
    ),
    (
        checks.corrections_suit_their_instrument,
        ("stations.toml", 'instrument = "reference"', 'instrument = "reference", kappa = 0.4'),
        "instrument sds011 or sps30",
    ),
    (
        checks.corrections_suit_their_instrument,
        ("sites.toml", 'origin = "simulated"', 'origin = "simulated", instrument = "sps30"'),
        "are for stations",
    ),
    (
        checks.the_calibration_holds_what_is_counted,
        ("municipality.toml", 'school_region = "noord"', 'school_region = "noord"\ncalibration = [1.1, 1.4]'),
        "a range of factors above 0 that holds 1",
    ),
    (
        checks.days_of_the_calendar_are_in_order,
        ("calendar.toml", "last_day = 2025-09-26", "last_day = 2025-09-06"),
        "last_day 2025-09-06 is before first_day 2025-09-15",
    ),
    (
        checks.days_of_the_calendar_are_in_order,
        ("calendar.toml", 'kind = "event"', 'kind = "event"\nregion = "zuid"'),
        "a school holiday has one, others none",
    ),
    (
        checks.days_of_the_calendar_are_in_order,
        ("calendar.toml", "first_day = 2023-12-23", "first_day = 1923-12-23"),
        "is not within 2000 to 2100",
    ),
    (
        checks.the_calendar_says_for_which_years,
        ("calendar.toml", "years = [2024, 2030]", "years = [2024, 20300]"),
        "expected first and last of 2014 to 2100",
    ),
    (
        checks.the_calendar_says_for_which_years,
        ("calendar.toml", "years = [2024, 2030]\n", ""),
        "public_holidays and years go together",
    ),
    (
        checks.ids_are_unique,
        ("calendar.toml", 'id = "tt-assen-2026"', 'id = "koningsdag-2026"'),
        "calendar entry 'koningsdag-2026' is given 2 times",
    ),
    (checks.intervals_divide_an_hour, ("sites.toml", "interval = 60", "interval = 420"), "interval 420 s"),
    (checks.sensors_have_proper_ids, ("sites.toml", '"assen-fiets-05"', '"Assen/05"'), "sensor 'Assen/05'"),
    (
        checks.validity_does_not_overlap,
        ("sites.toml", "valid_until = 2025-01-01", "valid_until = 2025-01-02"),
        "until 2025-01-02",
    ),
    (
        checks.validity_does_not_overlap,
        ("sites.toml", 'source = "bicycles/in-1"', 'source = "bicycles/out-1"'),
        "vaart-1 bicycles/out-1",
    ),
    (
        checks.places_lie_in_the_municipality,
        ("sites.toml", "[6.556, 52.995]", "[52.995, 6.556]"),
        "lies far outside",
    ),
    (
        checks.the_time_zone_has_whole_hours,
        ("municipality.toml", "Europe/Amsterdam", "Europe/Assen"),
        "timezone 'Europe/Assen'",
    ),
    (
        checks.the_time_zone_has_whole_hours,
        ("municipality.toml", "Europe/Amsterdam", "Asia/Kolkata"),
        "is 5:30:00 from UTC",
    ),
]


@pytest.mark.parametrize(("check", "broken", "sentence"), BROKEN, ids=[sentence for _, _, sentence in BROKEN])
def test_a_broken_copy_is_refused(check: checks.Check, broken: Break, sentence: str) -> None:
    """The check that is meant says it, in one sentence that names the entry."""
    assert any(sentence in problem for problem in check(read(broken)))


def test_every_check_is_tried_on_a_broken_copy() -> None:
    """A new check needs a new broken copy."""
    assert {check for check, _, _ in BROKEN} == set(checks.CHECKS)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str) -> None:
    """Nothing is loaded from half a registry."""
    files = {key: content for key, content in GOOD.items() if key != name}
    with pytest.raises(RegistryUnreadableError, match=name):
        read_files(files)


def test_a_word_nobody_knows_is_a_typing_error() -> None:
    """A misspelt key is never ignored."""
    with pytest.raises(RegistryUnreadableError, match="postion"):
        read(("sites.toml", "position =", "postion ="))


def test_places_are_illustrative_and_streams_are_not_measured() -> None:
    """Nothing in the example pretends to be a counter of Assen."""
    registry = read()
    assert all(site.illustrative for site in registry.sites)
    assert all(station.illustrative for station in registry.stations)
    assert all(link.illustrative for link in registry.links)
    streams = [stream for site in registry.sites for channel in site.channels for stream in channel.datastreams]
    streams += [stream for station in registry.stations for stream in station.datastreams]
    assert {stream.origin for stream in streams} == {"recorded", "simulated"}


def test_only_recorded_bicycles_are_called_recorded() -> None:
    """Whatever is not a bicycle is simulated, and says so."""
    for site in read().sites:
        for channel in site.channels:
            origins = {stream.origin for stream in channel.datastreams}
            assert origins == {"simulated"} or channel.mode == "bicycles"


def test_the_doorfietsroute_is_the_worked_example() -> None:
    """27.0 km, of which 8.0 km is assumed; links three and four are green."""
    registry = read()
    links = {link.id: link for link in registry.links}
    route = [links[id_] for id_ in next(route.links for route in registry.routes if route.id == "assen-groningen")]
    assert [link.length for link in route] == [2.4, 5.1, 8.0, 6.5, 5.0]
    assert [link.green for link in route] == [False, False, True, True, False]
    assert [link.assumed_from for link in route if link.assumed_from] == ["oosterbroek-haren"]


def test_every_link_is_drawn_from_where_the_last_one_ended() -> None:
    """A route on the map has no holes."""
    registry = read()
    links = {link.id: link for link in registry.links}
    route = [links[id_].geometry for id_ in registry.routes[0].links]
    assert all(len(line) > 1 for line in (link.geometry for link in registry.links))
    assert all(before[-1] == after[0] for before, after in pairwise(route))
