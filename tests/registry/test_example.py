"""The example owners can be applied, say what is real, and each check goes red on a broken copy of them."""

from itertools import pairwise
from pathlib import Path

import pytest

from deploy.owner_folders import SHIPPED, load
from registry import checks
from registry.check_lists import CHECKS
from registry.files import DEVICES_FILE, FILES, RegistryUnreadableError, host
from registry.files import read as read_files
from registry.geometry import km_outside
from registry.profiles import decode, profiles_of, read_profiles
from schemas.registry import Link, Registry

pytestmark = pytest.mark.pure

OWNERS = Path(__file__).parents[2] / "deploy" / "owners"
NAMES = ("assen", "groningen", "tynaarlo")
GOOD = {f"{owner}/{name}": (OWNERS / owner / name).read_bytes() for owner in NAMES for name in FILES}
GOOD[f"assen/{DEVICES_FILE}"] = (OWNERS / "assen" / DEVICES_FILE).read_bytes()
GOOD["profiles/pole.toml"] = b"""
maker = "Invented"
model = "Pole"
every = 600
field = [{ field = "bikes_in", quantity = "bicycles" }, { field = "bikes_out" }]
"""
CHECK = {check.__name__: check for check in CHECKS}

CALIBRATION = '{ day = 2026-01-02, kind = "calibration" }'

Break = tuple[str, str, str]
"""A folder and file, a text in it, and what to write instead."""


def read(*breaks: Break) -> list[Registry]:
    """Read the example, after breaking the first occurrence of each text."""
    files = dict(GOOD)
    for name, good, bad in breaks:
        assert good.encode() in files[name], f"{good!r} is no longer in {name}"
        files[name] = files[name].replace(good.encode(), bad.encode(), 1)
    profiles = {**profiles_of(read_profiles([SHIPPED])), "pole": decode("pole.toml", files["profiles/pole.toml"])}
    return [read_files(of_folder(owner, files), profiles) for owner in NAMES]


def of_folder(owner: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Give the files of an owner's folder by their name there."""
    return {name.removeprefix(f"{owner}/"): content for name, content in files.items() if name.startswith(owner)}


def links() -> dict[str, Link]:
    """Give the links of all owners by id."""
    return {link.id: link for registry in read() for link in registry.links}


def test_the_example_has_no_problems() -> None:
    """It is what a newcomer starts from."""
    assert checks.problems(read()) == []
    assert checks.warnings(read()) == []


BROKEN: list[tuple[str, Break, str]] = [
    ("ids_are_unique", ("assen/sites.toml", 'id = "kolk"', 'id = "vaart"'), "site 'vaart' is given 2 times"),
    (
        "ids_are_unique",
        ("assen/sites.toml", "vaart-fiets-in-1", "vaart-fiets-out-1"),
        "channel 'vaart-fiets-out-1'",
    ),
    (
        "texts_can_be_held_and_shown",
        ("assen/sites.toml", 'name = "', 'name = "\\u202e'),
        "name holds the sign U+202E, which nobody sees",
    ),
    (
        "days_are_of_our_times",
        ("assen/sites.toml", "valid_from = 20", "valid_from = 00"),
        "is not within 1970 to 2199",
    ),
    (
        "data_of_others_name_their_source",
        ("assen/sites.toml", 'data_source = "muenster", ', ""),
        "recorded elsewhere, but no data_source says whose it is",
    ),
    (
        "addresses_of_licences_are_addresses",
        ("assen/owner.toml", "https://www.govdata.de/dl-de/by-2-0", "dl-de/by-2-0"),
        "licence_url 'dl-de/by-2-0' is no address",
    ),
    (
        "no_sensor_is_called_as_a_service",
        ("assen/sites.toml", 'sensor = "vaart-auto"', 'sensor = "bridge"'),
        "sensor 'bridge' is called as a user of the broker",
    ),
    ("ids_are_plain_words", ("assen/sites.toml", 'id = "kolk"', 'id = "Kolk/2"'), "site 'Kolk/2'"),
    ("ids_are_plain_words", ("assen/routes.toml", 'id = "assen-groningen"', 'id = ""'), "route ''"),
    (
        "directions_are_plain_words",
        ("assen/sites.toml", 'direction = "out"', 'direction = "naar Groningen"'),
        "direction 'naar Groningen'",
    ),
    ("references_exist", ("assen/sites.toml", "WK010600", "WK010650"), "district 'WK010650'"),
    ("references_exist", ("tynaarlo/links.toml", 'end = "WK001417"', 'end = "groningen"'), "end 'groningen'"),
    ("references_exist", ("assen/links.toml", 'site = "kanaal"', 'site = "kanal"'), "site 'kanal'"),
    (
        "references_exist",
        ("tynaarlo/links.toml", 'assumed_from = "oosterbroek-haren"', 'assumed_from = "ubbena-oosterbroek"'),
        "is not another link",
    ),
    ("references_exist", ("assen/routes.toml", '"haren-groningen"', '"haren"'), "link 'haren'"),
    ("references_exist", ("assen/screenlines.toml", '"kolk"', '"kolc"'), "site 'kolc'"),
    (
        "a_link_is_measured_or_assumed",
        ("assen/links.toml", 'site = "kanaal"', 'site = "kanaal"\nassumed_from = "haren-groningen"'),
        "assumed_from",
    ),
    (
        "a_link_is_measured_or_assumed",
        ("tynaarlo/links.toml", 'site = "oosterbroek"\n', ""),
        "'oosterbroek-haren' is not counted itself",
    ),
    ("a_link_is_measured_or_assumed", ("assen/links.toml", "length = 2.4", "length = 0.0"), "length is 0.0 km"),
    (
        "joint_places_have_members",
        ("assen/routes.toml", '  "haren-groningen",\n', '  "haren-groningen",\n  "haren-groningen",\n'),
        "link 'haren-groningen' is named twice",
    ),
    ("joint_places_have_members", ("assen/screenlines.toml", 'sites = ["kolk"]', "sites = []"), "names no site"),
    ("quantities_are_known", ("assen/sites.toml", 'mode = "cars"', 'mode = "trams"'), "mode 'trams'"),
    ("quantities_are_known", ("assen/stations.toml", 'quantity = "no2"', 'quantity = "nox"'), "quantity 'nox'"),
    (
        "references_exist",
        ("assen/owner.toml", 'centre = "WK010600"', 'centre = "Centrum"'),
        "centre 'Centrum'",
    ),
    ("references_exist", ("assen/calendar.toml", 'sites = ["kanaal"]', 'sites = ["kanal"]'), "site 'kanal'"),
    (
        "a_link_is_measured_or_assumed",
        ("assen/links.toml", "detour = 1.08", "detour = 0.99"),
        "no way is shorter than the straight line",
    ),
    (
        "units_can_be_converted",
        ("assen/stations.toml", 'quantity = "no2",', 'quantity = "no2", unit = "vol%",'),
        "no2 in 'vol%' cannot be turned into ug/m3",
    ),
    (
        "corrections_suit_their_instrument",
        ("assen/stations.toml", 'instrument = "reference"', 'instrument = "reference", kappa = 0.4'),
        "instrument sds011 or sps30",
    ),
    (
        "corrections_suit_their_instrument",
        ("assen/sites.toml", 'origin = "simulated"', 'origin = "simulated", instrument = "sps30"'),
        "are for stations",
    ),
    (
        "the_calibration_holds_what_is_counted",
        ("assen/owner.toml", 'school_region = "noord"', 'school_region = "noord"\ncalibration = [1.1, 1.4]'),
        "a range of factors above 0 that holds 1",
    ),
    (
        "days_of_the_calendar_are_in_order",
        ("assen/calendar.toml", "last_day = 2025-09-26", "last_day = 2025-09-06"),
        "last_day 2025-09-06 is before first_day 2025-09-15",
    ),
    (
        "days_of_the_calendar_are_in_order",
        ("assen/calendar.toml", 'kind = "event"', 'kind = "event"\nregion = "zuid"'),
        "a school holiday has one, others none",
    ),
    (
        "days_of_the_calendar_are_in_order",
        ("assen/calendar.toml", "first_day = 2023-12-23", "first_day = 1923-12-23"),
        "is not within 2000 to 2100",
    ),
    (
        "the_calendar_says_for_which_years",
        ("assen/calendar.toml", "years = [2024, 2030]", "years = [2024, 20300]"),
        "expected first and last of 2014 to 2100",
    ),
    (
        "the_calendar_says_for_which_years",
        ("assen/calendar.toml", "years = [2024, 2030]\n", ""),
        "public_holidays and years go together",
    ),
    (
        "ids_are_unique",
        ("assen/calendar.toml", 'id = "tt-assen-2026"', 'id = "koningsdag-2026"'),
        "calendar entry 'koningsdag-2026' is given 2 times",
    ),
    ("intervals_divide_an_hour", ("assen/sites.toml", "interval = 60", "interval = 420"), "interval 420 s"),
    ("sensors_have_proper_ids", ("assen/sites.toml", '"vaart-auto"', '"Vaart/auto"'), "sensor 'Vaart/auto'"),
    (
        "validity_does_not_overlap",
        ("assen/sites.toml", "valid_until = 2025-01-01", "valid_until = 2025-01-02"),
        "device 100031297 until 2025-01-02",
    ),
    (
        "validity_does_not_overlap",
        ("assen/sites.toml", 'source = "bicycles/in-1"', 'source = "bicycles/out-1"'),
        "vaart-1 bicycles/out-1",
    ),
    (
        "districts_hold_their_points",
        ("assen/sites.toml", "[6.556, 52.995]", "[52.995, 6.556]"),
        "outside its district WK010600; longitude and latitude are swapped: write (6.556, 52.995)",
    ),
    (
        "districts_hold_their_points",
        ("assen/sites.toml", "[6.556, 52.995]", "[6.592, 53.05]"),
        "km outside its district WK010600, in WK010699",
    ),
    (
        "the_time_zone_has_whole_hours",
        ("assen/owner.toml", "Europe/Amsterdam", "Europe/Assen"),
        "timezone 'Europe/Assen'",
    ),
    (
        "the_time_zone_has_whole_hours",
        ("assen/owner.toml", "Europe/Amsterdam", "Asia/Kolkata"),
        "is 5:30:00 from UTC",
    ),
    (
        "ids_are_unique",
        ("tynaarlo/sites.toml", 'id = "oosterbroek"', 'id = "kolk"'),
        "site 'kolk' is given 2 times, by Assen and Tynaarlo",
    ),
    ("ids_are_unique", ("groningen/owner.toml", "GM0014", "GM1730"), "owner 'GM1730' is given 2 times"),
    (
        "references_exist",
        ("tynaarlo/links.toml", 'id = "oosterbroek-haren"', 'id = "haren-oosterbroek"'),
        "link 'oosterbroek-haren'",
    ),
    ("references_exist", ("groningen/owner.toml", "WK001400", "WK173009"), "centre 'WK173009'"),
    ("references_exist", ("assen/calendar.toml", 'sites = ["kanaal"]', 'sites = ["haren"]'), "site 'haren'"),
    ("one_owner_is_the_host", ("assen/owner.toml", "host = true", "host = false"), "no owner says `host = true`"),
    (
        "one_owner_is_the_host",
        ("groningen/owner.toml", 'kind = "municipality"', 'kind = "municipality"\nhost = true'),
        "Assen and Groningen say `host = true`",
    ),
    (
        "a_sensor_is_of_one_owner",
        ("tynaarlo/sites.toml", 'sensor = "oosterbroek-1"', 'sensor = "haren-1"'),
        "device 'haren-1' is of Groningen and Tynaarlo",
    ),
    (
        "what_is_joined_shares_a_time_zone",
        ("tynaarlo/owner.toml", "Europe/Amsterdam", "Europe/London"),
        "route assen-groningen is of an owner in Europe/Amsterdam, 'ubbena-oosterbroek' of one in Europe/London",
    ),
    (
        "devices_are_called_properly",
        ("assen/devices.toml", 'note = "', 'credential = "bridge"\nnote = "'),
        "'assen-fiets-05' is called, or logs in, as a user of the broker",
    ),
    (
        "profiles_are_known",
        ("assen/devices.toml", 'profile = ""', 'profile = "poel"'),
        "device assen-fiets-05: no profile is called 'poel'; did you mean 'pole'?",
    ),
    (
        "profiles_are_sound",
        ("profiles/pole.toml", "every = 600", 'window = "night"'),
        "profiles/pole.toml: window 'night', expected 'always', 'daylight' or local hours",
    ),
    (
        "devices_stand_at_places_of_their_owner",
        ("assen/devices.toml", 'site = "peelo"', 'site = "haren"'),
        "site 'haren' is of Groningen, and the device of Assen",
    ),
    (
        "sources_feed_what_is_there",
        ("assen/devices.toml", '"peelo-fiets-in"', '"peelo-fiets-binnen"'),
        "source 'bikes_in' feeds 'peelo-fiets-binnen', no channel of peelo; did you mean 'peelo-fiets-in'?",
    ),
    (
        "devices_are_at_one_place",
        ("assen/devices.toml", "from = 2025-01-01", "from = 2025-01-01\nuntil = 2024-12-31"),
        "placed from 2025-01-01: until 2024-12-31 is not after from",
    ),
    (
        "what_is_replaced_is_there",
        ("assen/devices.toml", 'origin = "simulated"', 'origin = "simulated"\nreplaces = "assen-fiets-04"'),
        "replaces 'assen-fiets-04', which fed nothing of site peelo before",
    ),
    (
        "calibrations_are_given_once",
        (
            "assen/devices.toml",
            'note = "',
            f'calibration = [{", ".join([CALIBRATION] * 2)}]\nnote = "',
        ),
        "device assen-fiets-05: calibration on 2026-01-02 is given 2 times",
    ),
    (
        "nothing_begins_where_a_channel_has_ended",
        ("assen/sites.toml", 'id = "vaart-fiets-out-1"', 'id = "vaart-fiets-out-1"\nuntil = 2024-12-31'),
        "device vaart-1: valid from 2025-01-01, and the channel ends on 2024-12-31",
    ),
    (
        "municipalities_have_a_centre",
        ("groningen/owner.toml", 'centre = "WK001400"\n', ""),
        "Groningen: centre is missing",
    ),
]


@pytest.mark.parametrize(("check", "broken", "sentence"), BROKEN, ids=[sentence for _, _, sentence in BROKEN])
def test_a_broken_copy_is_refused(check: str, broken: Break, sentence: str) -> None:
    """The check that is meant says it, in one sentence that names the entry."""
    assert any(sentence in problem for problem in CHECK[check](read(broken)))


def test_a_profile_that_counts_something_else_is_refused() -> None:
    """It needs two changes: the device has the profile, and the profile is of cars."""
    named = ("assen/devices.toml", 'profile = ""', 'profile = "pole"')
    assert checks.problems(read(named)) == []
    assert checks.problems(read(named, ("profiles/pole.toml", '"bicycles"', '"cars"'))) == [
        (
            "Assen: peelo-fiets-in, device assen-fiets-05: source 'bikes_in' is of cars by profile 'pole', "
            "and feeds bicycles"
        )
    ]


def test_every_check_is_tried_on_a_broken_copy() -> None:
    """A new check needs a new broken copy."""
    apart = {"profiles_count_what_their_channel_counts"}  # by the test above
    assert {check for check, _, _ in BROKEN} | apart == set(CHECK)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str) -> None:
    """Nothing is loaded from half a registry."""
    files = {key: GOOD[f"tynaarlo/{key}"] for key in FILES if key != name}
    with pytest.raises(RegistryUnreadableError, match=name):
        read_files(files)


def test_a_word_nobody_knows_is_a_typing_error() -> None:
    """A misspelt key is never ignored."""
    with pytest.raises(RegistryUnreadableError, match="postion"):
        read(("assen/sites.toml", "position =", "postion ="))


def test_three_owners_are_found_and_assen_is_the_host() -> None:
    """One folder each, in the order of their names."""
    folders = load(OWNERS)
    assert [folder.name for folder in folders] == list(NAMES)
    assert [folder.registry.owner.id for folder in folders] == ["GM0106", "GM0014", "GM1730"]
    assert host(folders).name == "Assen"


def test_places_are_illustrative_and_streams_are_not_measured() -> None:
    """Nothing in the example pretends to be a counter of one of the three."""
    for registry in read():
        assert all(site.illustrative for site in registry.sites)
        assert all(station.illustrative for station in registry.stations)
        assert all(link.illustrative for link in registry.links)
        assert all(route.illustrative for route in registry.routes)
        assert all(line.illustrative for line in registry.screenlines)
        streams = [stream for site in registry.sites for channel in site.channels for stream in channel.datastreams]
        streams += [stream for station in registry.stations for stream in station.datastreams]
        assert {stream.origin for stream in streams} <= {"recorded", "simulated"}


def test_only_recorded_bicycles_are_called_recorded() -> None:
    """Whatever is not a bicycle is simulated, and says so."""
    for channel in (channel for registry in read() for site in registry.sites for channel in site.channels):
        origins = {stream.origin for stream in channel.datastreams}
        assert origins == {"simulated"} or channel.mode == "bicycles"


def test_every_owner_has_its_districts_and_says_whose_borders_they_are() -> None:
    """By the codes of the statistics office, and without its words around the names."""
    for registry, count in zip(read(), (10, 20, 16), strict=True):
        assert len(registry.districts) == count
        assert {district.id[2:6] for district in registry.districts} == {registry.owner.id[2:]}
        assert not [district.name for district in registry.districts if district.name.startswith("Wijk ")]
        assert any("Kadaster / Centraal Bureau voor de Statistiek" in said for said in registry.owner.attributions)


def test_the_doorfietsroute_is_the_worked_example() -> None:
    """27.0 km, of which 8.0 km is assumed; links three and four are green; it runs through all three."""
    assen, groningen, tynaarlo = read()
    route = [links()[id_] for id_ in next(route.links for route in assen.routes if route.id == "assen-groningen")]
    assert [link.length for link in route] == [2.4, 5.1, 8.0, 6.5, 5.0]
    assert [link.green for link in route] == [False, False, True, True, False]
    assert [link.assumed_from for link in route if link.assumed_from] == ["oosterbroek-haren"]
    assert route[2:4] == tynaarlo.links
    assert route[4:] == groningen.links


def test_every_link_is_drawn_from_where_the_last_one_ended() -> None:
    """A route on the map has no holes."""
    route = [links()[id_].geometry for id_ in read()[0].routes[0].links]
    assert all(len(link.geometry) > 1 for link in links().values())
    assert all(before[-1] == after[0] for before, after in pairwise(route))


def test_every_link_ends_in_the_districts_that_it_names() -> None:
    """Whoever owns them; borders are generalised, so a line may end some hundred metres beside one."""
    outlines = {district.id: district.geometry for registry in read() for district in registry.districts}
    for link in links().values():
        ends = ((link.start, link.geometry[0]), (link.end, link.geometry[-1]))
        assert all(km_outside(point, outlines[district]) < 1 for district, point in ends), link.id
