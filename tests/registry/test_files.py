"""A registry is read strictly and checked before anything is loaded; every check can go red."""

from datetime import date
from typing import TypeVar

import msgspec
import pytest

from registry.checks import problems, warnings
from registry.files import FILES, RegistryUnreadableError, read
from schemas.registry import (
    Calendar,
    CalendarEntry,
    Channel,
    DataSource,
    Datastream,
    District,
    Link,
    Owner,
    Registry,
    Route,
    Screenline,
    Site,
    Station,
)

pytestmark = pytest.mark.pure
Entry = TypeVar("Entry", bound=msgspec.Struct)

RING = [[6.5, 52.9], [6.6, 52.9], [6.6, 53.0], [6.5, 53.0], [6.5, 52.9]]
SQUARE: dict[str, object] = {"type": "Polygon", "coordinates": [RING]}
STREAM = Datastream(sensor="noord-1", source="bicycles/in", valid_from=date(2000, 1, 1))
CHANNEL = Channel(id="noord-in", mode="bicycles", direction="in", datastreams=[STREAM])
SITE = Site(id="noord", name="Noord", district="WK1", position=(6.55, 52.95), channels=[CHANNEL])
STATION = Station(
    id="lucht-1", name="Lucht", district="WK1", position=(6.55, 52.95), kind="official", environment="background",
    datastreams=[Datastream(sensor="lucht-1", source="pm25", quantity="pm25", valid_from=date(2000, 1, 1))],
)  # fmt: skip
LINK = Link(
    id="l1", name="L1", start="WK1", end="region", length=2.4, green=True, greenery=0.5, priority=1, width=4, asphalt=1,
    site="noord",
)  # fmt: skip
STORM = CalendarEntry(
    id="storm", kind="event", name="Storm", first_day=date(2026, 5, 12), last_day=date(2026, 5, 12), effect="exclude"
)
SOURCE = DataSource(id="x", holder="X", licence="CC-BY-4.0", licence_url="https://x.example/by", attribution="X")
GOOD = Registry(
    owner=Owner(
        id="GM0106",
        host=True,
        name="Assen",
        publisher="Gemeente",
        contact_email="a@b.nl",
        contact_url="https://b.nl",
        centre="WK1",
        school_region="noord",
    ),
    districts=[District(id="WK1", name="Wijk", geometry=SQUARE)],
    sites=[SITE],
    stations=[STATION],
    links=[LINK],
    routes=[Route(id="r1", name="R1", links=["l1"])],
    screenlines=[Screenline(id="s1", name="S1", sites=["noord"])],
)


def changed(entry: Entry, **fields: object) -> Entry:
    """Copy an entry with other fields."""
    return msgspec.structs.replace(entry, **fields)


def with_stream(**fields: object) -> dict[str, object]:
    """Describe the registry whose one channel has a changed datastream."""
    return {"sites": [changed(SITE, channels=[changed(CHANNEL, datastreams=[changed(STREAM, **fields)])])]}


def with_source(**fields: object) -> dict[str, object]:
    """Describe the registry with a changed source of data."""
    return {"owner": changed(GOOD.owner, data_sources=[changed(SOURCE, **fields)])}


def with_air(**fields: object) -> dict[str, object]:
    """Describe the registry whose one station has a changed datastream."""
    return {"stations": [changed(STATION, datastreams=[changed(STATION.datastreams[0], **fields)])]}


def with_entry(**fields: object) -> dict[str, object]:
    """Describe the registry whose calendar has one changed entry."""
    return {"calendar": Calendar(entry=[changed(STORM, **fields)])}


def test_a_good_registry_has_no_problems() -> None:
    """The example below is what every broken copy starts from."""
    assert problems([GOOD]) == []
    assert problems([msgspec.structs.replace(GOOD, **with_entry())]) == []


def test_layers_of_a_station_stand_beside_each_other() -> None:
    """What a kit says and what its publisher made of it are of the same days."""
    raw, official = STATION.datastreams[0], changed(STATION.datastreams[0], source="pm25_kal", layer="publisher")
    assert problems([changed(GOOD, stations=[changed(STATION, datastreams=[raw, official])])]) == []
    twice = changed(GOOD, stations=[changed(STATION, datastreams=[raw, changed(official, layer="measured")])])
    assert problems([twice]) == [
        "lucht-1 pm25: device lucht-1 is valid from 2000-01-01, device lucht-1 until 2100-01-01"
    ]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"sites": [SITE, SITE]}, "site 'noord' is given 2 times"),
        ({"sites": [changed(SITE, district="WK9")]}, "district 'WK9' is not in districts.geojson"),
        ({"links": [changed(LINK, site="zuid")]}, "site 'zuid' is not in sites.toml"),
        ({"links": [changed(LINK, end="Mars")]}, "end 'Mars' is no district"),
        ({"links": [changed(LINK, site=None, assumed_from="l1")]}, "assumed_from 'l1' is not another link"),
        ({"links": [LINK, changed(LINK, id="l2", assumed_from="l1")]}, "a measured link assumes nothing"),
        (
            {"links": [changed(LINK, site=None), changed(LINK, id="l2", site=None, assumed_from="l1")]},
            "assumed_from 'l1' is not counted itself",
        ),
        ({"links": [changed(LINK, length=0)]}, "length is 0 km"),
        ({"links": [changed(LINK, id="L 1")]}, "link 'L 1' is not of a-z, 0-9 and -"),
        ({"sites": [changed(SITE, channels=[changed(CHANNEL, id="n/i")])]}, "channel 'n/i' is not of a-z"),
        ({"sites": [changed(SITE, channels=[changed(CHANNEL, direction="In?")])]}, "direction 'In?' is not of a-z"),
        ({"routes": [Route(id="r1", name="R1", links=["l9"])]}, "link 'l9' is not in links.toml"),
        ({"screenlines": [Screenline(id="s1", name="S1", sites=["zuid"])]}, "site 'zuid' is not in sites.toml"),
        ({"sites": [changed(SITE, channels=[changed(CHANNEL, mode="horses")])]}, "mode 'horses' is none of"),
        ({"stations": [changed(STATION, datastreams=[changed(STREAM, quantity="x")])]}, "'x' is not in the catalogue"),
        (with_stream(origin="recorded"), "recorded elsewhere, but no data_source says whose it is"),
        (with_stream(data_source="weg"), "data_source 'weg' is not in owner.toml"),
        (with_source(licence_url="http://x"), "licence_url 'http://x' is no address that begins with https://"),
        (with_source(licence_url='https://x>; rel="evil"'), "is no address"),
        (with_source(id="A B"), "data_source 'A B' is not of a-z"),
        (with_stream(interval=700), "interval 700 s does not divide an hour"),
        (with_stream(sensor="Noord/1"), "sensor 'Noord/1' does not match"),
        (with_stream(sensor="bridge"), "sensor 'bridge' is called as a user of the broker"),
        (with_stream(valid_until=date(1999, 1, 1)), "is not after valid_from"),
        (with_stream(valid_from=date(1, 1, 1)), "valid_from 0001-01-01 is not within 1970 to 2199"),
        (with_stream(valid_from=date(26, 1, 1)), "valid_from 0026-01-01 is not within 1970 to 2199"),
        ({"sites": [changed(SITE, channels=[changed(CHANNEL, until=date(9999, 12, 31))])]}, "until 9999-12-31 is not"),
        ({"sites": [changed(SITE, name="x\0y")]}, "'noord': name holds the sign U+0000"),
        ({"sites": [changed(SITE, name="\u202ex")]}, "'noord': name holds the sign U+202E"),
        ({"sites": [changed(SITE, name="x" * 100_000)]}, "'noord': name has 100,000 signs, at most 200"),
        (with_stream(source="a\0"), "source holds the sign U+0000"),
        (with_stream(source="s" * 5_000), "source has 5,000 signs, at most 200"),
        (
            {
                "sites": [
                    changed(SITE, channels=[changed(CHANNEL, datastreams=[STREAM, changed(STREAM, sensor="n-2")])])
                ]
            },
            "noord-in: device n-2 is valid from 2000-01-01, device noord-1 until 2100-01-01",
        ),
        ({"sites": [changed(SITE, position=(52.95, 6.55))]}, "longitude and latitude are swapped"),
        (with_stream(unit="ppb"), "instrument, unit, kappa and layer are for stations"),
        (with_air(unit="ppb"), "pm25 in 'ppb' cannot be turned into ug/m3"),
        (with_air(instrument="plantower", kappa=0.4), "expected more than 0 and instrument sds011 or sps30"),
        (with_air(instrument="sds011", kappa=0.0), "expected more than 0"),
        ({"links": [changed(LINK, detour=0.9)]}, "no way is shorter than the straight line"),
        ({"owner": changed(GOOD.owner, centre="WK9")}, "centre 'WK9' is not in districts.geojson"),
        ({"owner": changed(GOOD.owner, calibration=(0.0, 1.4))}, "a range of factors above 0"),
        ({"owner": changed(GOOD.owner, calibration=(0.8, 0.9))}, "that holds 1"),
        (with_entry(links=["l9"]), "calendar entry storm: link 'l9' is not in links.toml"),
        (with_entry(id="Storm!"), "calendar entry 'Storm!' is not of a-z"),
        (with_entry(last_day=date(2026, 5, 11)), "last_day 2026-05-11 is before first_day 2026-05-12"),
        (with_entry(kind="school_holiday"), "kind school_holiday with region None"),
        ({"calendar": Calendar(public_holidays="nl", years=(2026, 2025))}, "expected first and last"),
        ({"calendar": Calendar(years=(2025, 2026))}, "public_holidays and years go together"),
        ({"owner": changed(GOOD.owner, timezone="Europe/Atlantis")}, "not in the time zone database"),
        ({"owner": changed(GOOD.owner, timezone="Australia/Lord_Howe")}, "is 10:30:00 from UTC"),
    ],
)
def test_each_check_finds_what_it_is_for(broken: dict[str, object], sentence: str) -> None:
    """One sentence, naming the entry and what is wrong."""
    assert any(sentence in problem for problem in problems([msgspec.structs.replace(GOOD, **broken)]))


def with_intervals(*intervals: int, **second: object) -> Registry:
    """Make the registry whose site has a channel of each interval; the last one's datastream changed."""
    streams = [changed(STREAM, source=f"bicycles/{number}", interval=one) for number, one in enumerate(intervals)]
    streams[-1] = changed(streams[-1], **second)
    channels = [changed(CHANNEL, id=f"c{number}", datastreams=[one]) for number, one in enumerate(streams)]
    return changed(GOOD, sites=[changed(SITE, channels=channels)])


@pytest.mark.parametrize("intervals", [(900,), (900, 900), (60, 900), (600, 1200, 3600)])
def test_where_one_interval_holds_the_others_there_is_nothing_to_warn_of(intervals: tuple[int, ...]) -> None:
    """The coarsest of them is the grid."""
    assert warnings([with_intervals(*intervals)]) == []


@pytest.mark.parametrize(
    ("intervals", "sentence"),
    [
        ((600, 900), "intervals of 600, 900 s are paired by 1800 s"),
        ((900, 1200), "intervals of 900, 1200 s are paired by 3600 s"),
        ((900, 2400), "intervals of 900, 2400 s have a grid of 7200 s, over an hour"),
    ],
)
def test_a_grid_that_no_stream_has_is_warned_of(intervals: tuple[int, ...], sentence: str) -> None:
    """For the site, and for the line that crosses it."""
    found = warnings([with_intervals(*intervals)])
    assert [one.partition(": ")[0] for one in found] == ["site noord, bicycles", "screenline s1"]
    assert all(sentence in one for one in found)


def test_intervals_that_follow_each_other_are_no_mixture() -> None:
    """The second counter came when the first had gone."""
    what = with_intervals(600, 900, valid_from=date(2010, 1, 1))
    first = what.sites[0].channels[0]
    gone = changed(first, datastreams=[changed(first.datastreams[0], valid_until=date(2010, 1, 1))])
    follows = changed(what, sites=[changed(SITE, channels=[gone, what.sites[0].channels[1]])])
    assert warnings([follows]) == []


def test_a_missing_file_is_named() -> None:
    """Nothing is loaded from half a registry."""
    with pytest.raises(RegistryUnreadableError, match=r"links\.geojson"):
        read({name: b"" for name in FILES if name != "links.geojson"})


def test_a_field_nobody_knows_is_an_error_with_its_place() -> None:
    """`lenght` must not silently become a link of unknown length."""
    files = dict.fromkeys(FILES, b"") | {
        "districts.geojson": b'{"features": []}',
        "links.geojson": b'{"features": []}',
        "links.toml": b'[[link]]\nid = "l1"\nlenght = 2.4\n',
    }
    with pytest.raises(RegistryUnreadableError, match=r"links\.toml: .*lenght"):
        read(files)


def test_links_of_a_route_that_do_not_meet_are_warned_of() -> None:
    """A ladder of links that are not ridden one after the other tells of no route."""
    apart = changed(LINK, id="l2", site=None, start="region")
    found = changed(
        GOOD, links=[changed(LINK, end="WK1"), apart], routes=[Route(id="r1", name="R1", links=["l1", "l2"])]
    )
    assert warnings([found]) == ["route r1: l1 and l2 share no end"]


def test_a_line_drawn_elsewhere_is_warned_of() -> None:
    """Of the ends that are districts; 0.15 degree of longitude at 53 degrees north are 10 km."""
    near, far = [(6.55, 52.95), (6.7, 52.95)], [(6.75, 52.95), (6.8, 52.95)]
    assert warnings([changed(GOOD, links=[changed(LINK, geometry=near)])]) == []
    (sentence,) = warnings([changed(GOOD, links=[changed(LINK, geometry=far)])])
    assert sentence == "link l1: no end of its line lies in WK1, the nearer one is 10.0 km outside"


def test_a_place_in_another_district_than_it_names_is_warned_of() -> None:
    """By the distance and where it lies: 0.005 degree of longitude at 53 degrees north are 0.3 km, 0.002 are 0.1."""
    ring = [[6.6, 52.9], [6.7, 52.9], [6.7, 53.0], [6.6, 53.0], [6.6, 52.9]]
    next_to_it = District(id="WK2", name="Oost", geometry={"type": "Polygon", "coordinates": [ring]})
    beside = changed(GOOD, districts=[*GOOD.districts, next_to_it])
    found = {
        longitude: warnings([changed(beside, sites=[changed(SITE, position=(longitude, 52.95))])])
        for longitude in (6.602, 6.605, 6.495)
    }
    assert found == {
        6.602: [],
        6.605: ["noord: position (6.605, 52.95) lies 0.3 km outside its district WK1, in WK2"],
        6.495: ["noord: position (6.495, 52.95) lies 0.3 km outside its district WK1, in no district"],
    }
