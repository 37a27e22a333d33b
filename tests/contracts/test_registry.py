"""A registry that changes: what is not named goes, history is never torn off, indicators follow what they rest on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
import pytest

from registry import history as registry_history
from registry.files import RegistryRefusedError
from schemas.quality_flags import OUT_OF_RANGE
from schemas.registry import Registry, Route, Screenline
from streams.rebuild import rebuild
from streams.sinks.observation_store import Outcome
from tests.contracts.processing import NOON, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 5, 11, 22, tzinfo=UTC)  # where the owner is
MARKS = "SELECT count(*) FROM doorfiets.dirty_hour"
TOTAL = "SELECT total FROM doorfiets.site_hour WHERE site = 'a' AND mode = 'bicycles'"
Change = Callable[[Registry], Registry]
Entry = TypeVar("Entry", bound=msgspec.Struct)


def altered(what: Entry, **fields: Any) -> Entry:  # noqa: ANN401 - fields differ in type
    """Copy an entry with other fields."""
    return msgspec.structs.replace(what, **fields)


def with_site(name: str, /, **fields: Any) -> Change:  # noqa: ANN401 - likewise
    """Change fields of a site."""
    return lambda all_: altered(all_, sites=[altered(one, **fields) if one.id == name else one for one in all_.sites])


def with_stream(place: int, /, mode: str = "", **fields: Any) -> Change:  # noqa: ANN401 - likewise
    """Change the datastream of a channel of site `a`; `mode` is the channel's."""

    def change(all_: Registry) -> Registry:
        channels = list(all_.sites[0].channels)
        streams = [altered(one, **fields) for one in channels[place].datastreams]
        channels[place] = altered(channels[place], datastreams=streams, mode=mode or channels[place].mode)
        return with_site("a", channels=channels)(all_)

    return change


def with_link(name: str, /, **fields: Any) -> Change:  # noqa: ANN401 - likewise
    """Change fields of a link."""
    return lambda all_: altered(all_, links=[altered(one, **fields) if one.id == name else one for one in all_.links])


def with_station(**fields: Any) -> Change:  # noqa: ANN401 - likewise
    """Change the datastream of the station; fields of the station itself have a name that a datastream has not."""
    of_station = {name: fields.pop(name) for name in ("kind", "environment", "region") if name in fields}

    def change(all_: Registry) -> Registry:
        station = all_.stations[0]
        streams = [altered(one, **fields) for one in station.datastreams]
        return altered(all_, stations=[altered(station, datastreams=streams, **of_station)])

    return change


def without(name: str) -> Change:
    """Leave out the route, or one link and its place in the route."""

    def change(all_: Registry) -> Registry:
        routes = [altered(one, links=[link for link in one.links if link != name]) for one in all_.routes]
        links = [link for link in all_.links if link.id != name]
        return altered(all_, links=links, routes=[one for one in routes if one.id != name])

    return change


async def history(processing: StoreAndAggregate) -> None:
    """Count a whole day, and two hours of each day after it, on which ever fewer sites speak."""
    for at, count, sites in (
        (MIDNIGHT, 96, "abcde"),
        (NOON + DAY, 8, "abcd"),
        (NOON + 2 * DAY, 8, "ab"),
        (NOON + 3 * DAY, 8, "a"),
    ):
        values = [float(number % 7) for number in range(count)]
        await processing.store(*(one for site in sites for one in quarters(values, at=at, sensor=f"{site}-1")))
        await processing.store(*quarters(values, at=at, source="bicycles/out"), *quarters(values, at=at, source="cars"))
    await processing.store(*quarters([10] * 4, sensor="lucht-1", source="pm25"))
    await processing.aggregate()


async def test_a_sensor_that_was_written_wrongly_and_never_spoke_is_gone(processing: StoreAndAggregate) -> None:
    """Beside the right one it would be missed for ever: no total, no share, no link."""
    load(processing.conninfo, with_stream(1, sensor="a-9")(small()))
    await processing.store(*quarters([1, 2, 3, 4]))
    await processing.aggregate()
    assert processing.row(TOTAL) == (None,)
    load(processing.conninfo, small())
    await processing.writer._reset()
    await processing.store(*quarters([5] * 4, source="bicycles/out"))
    await processing.aggregate()
    assert processing.row(TOTAL) == (30,)
    assert processing.rows("SELECT FROM doorfiets.datastream WHERE sensor = 'a-9'") == []


async def test_totals_are_given_when_the_silent_stream_goes(processing: StoreAndAggregate) -> None:
    """Nobody says anything new, and no link or line asks: the old hours are computed again all the same."""
    bare = altered(small(), links=[], routes=[], screenlines=[])
    load(processing.conninfo, with_stream(1, sensor="a-9")(bare))
    await processing.store(*quarters([1, 2, 3, 4]))
    await processing.aggregate()
    load(processing.conninfo, with_site("a", channels=small().sites[0].channels[:1])(bare))
    await processing.aggregate()
    assert processing.row(TOTAL) == (10,)


async def test_what_the_files_no_longer_name_goes_with_its_indicators(processing: StoreAndAggregate) -> None:
    """Links, routes and screenlines with what was computed for them; places without history; nothing else."""
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([5] * 4, source="bicycles/out"))
    await processing.aggregate()
    first = small().sites[0]
    bare = altered(small(), sites=[first], stations=[], links=[], routes=[], screenlines=[])
    load(processing.conninfo, bare)
    for table in (
        "station",
        "link",
        "route",
        "route_link",
        "screenline",
        "link_day",
        "route_day",
        "share_hour",
        "share_day",
    ):
        assert processing.row(f"SELECT count(*) FROM doorfiets.{table}") == (0,), table  # noqa: S608 - names of ours
    assert processing.rows("SELECT site FROM doorfiets.site") == [("a",)]
    assert processing.row("SELECT count(*) FROM doorfiets.channel") == (3,)
    assert processing.row("SELECT count(*) FROM doorfiets.site_hour") == (1,)


async def test_an_unnamed_district_goes(processing: StoreAndAggregate) -> None:
    """Its places have moved to another one."""
    other = altered(small().districts[0], id="WK02")
    sites = [altered(one, district="WK02") for one in small().sites]
    stations = [altered(one, district="WK02") for one in small().stations]
    links = [altered(one, start="WK02") for one in small().links]
    moved = altered(small(), districts=[other], sites=sites, stations=stations, links=links)
    load(processing.conninfo, altered(moved, owner=altered(moved.owner, centre="WK02")))
    assert processing.rows("SELECT district FROM doorfiets.district") == [("WK02",)]


async def test_what_holds_history_is_not_dropped(processing: StoreAndAggregate) -> None:
    """One sentence each, and nothing has changed."""
    await processing.store(seen(), seen(sensor="b-1"), seen(10, sensor="lucht-1", source="pm25"))
    await processing.aggregate()
    before = processing.aggregate_rows()
    less = altered(small(), sites=small().sites[2:], stations=[], links=small().links[2:], routes=[], screenlines=[])
    with pytest.raises(RegistryRefusedError) as refused:
        load(processing.conninfo, less)
    assert str(refused.value).splitlines() == [
        "datastream a-1 bicycles/in from 2020-01-01 holds observations; end its validity with valid_until",
        "datastream b-1 bicycles/in from 2020-01-01 holds observations; end its validity with valid_until",
        "datastream lucht-1 pm25 from 2020-01-01 holds observations; end its validity with valid_until",
        "channel 'a-in' holds observations; keep it in sites.toml and end the validity of its datastreams",
        "channel 'b-in' holds observations; keep it in sites.toml and end the validity of its datastreams",
        "site 'a' holds observations; keep it in sites.toml and end the validity of its datastreams",
        "site 'b' holds observations; keep it in sites.toml and end the validity of its datastreams",
        "station 'lucht' holds observations; keep it in stations.toml and end the validity of its datastreams",
    ]
    assert processing.aggregate_rows() == before
    assert processing.row("SELECT count(*) FROM doorfiets.route") == (1,)
    assert processing.row(MARKS) == (0,)


MEANINGS: list[tuple[Change, str]] = [
    (with_stream(0, mode="cars"), "quantity bicycles to cars"),
    (with_stream(0, interval=300), "interval 900 to 300"),
    (with_site("a", id="z"), "site a to z"),
    (
        with_site("a", channels=[altered(one, id=f"{one.id}-2") for one in small().sites[0].channels]),
        "channel a-in to a-in-2",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), MEANINGS, ids=[sentence for _, sentence in MEANINGS])
async def test_what_was_counted_keeps_its_meaning(processing: StoreAndAggregate, change: Change, sentence: str) -> None:
    """Another mode, interval or place is another datastream; while nothing was counted it is a correction."""
    changed = altered(change(small()), links=[], routes=[], screenlines=[])
    load(processing.conninfo, changed)
    load(processing.conninfo, small())
    await processing.store(seen())
    with pytest.raises(RegistryRefusedError, match=f"{sentence}.*; end its validity and add a new one"):
        load(processing.conninfo, changed)


CHANGES: dict[str, Change] = {
    "a link is longer": with_link("link-a", length=9.9),
    "a link is green": with_link("link-a", green=True),
    "a link is counted elsewhere": with_link("link-a", site="e"),
    "a link is assumed": with_link("link-a", site=None, assumed_from="link-d"),
    "a link is not counted any more": with_link("link-a", site=None),
    "a link goes": without("link-a"),
    "a route goes": without("groen"),
    "a route is of other links": lambda all_: altered(all_, routes=[altered(all_.routes[0], links=["link-e"])]),
    "a route comes": lambda all_: altered(all_, routes=[*all_.routes, Route(id="kort", name="Kort", links=["link-b"])]),
    "a link comes": lambda all_: altered(all_, links=[*all_.links, altered(all_.links[0], id="link-f")]),
    "a screenline goes": lambda all_: altered(all_, screenlines=[]),
    "a screenline is elsewhere": lambda all_: altered(all_, screenlines=[altered(all_.screenlines[0], sites=["b"])]),
    "a screenline is wider": lambda all_: altered(all_, screenlines=[altered(all_.screenlines[0], sites=["a", "b"])]),
    "a screenline comes": lambda all_: altered(
        all_, screenlines=[*all_.screenlines, Screenline(id="lijn-b", name="Lijn B", sites=["a"])]
    ),
    "a counter goes away": with_stream(1, valid_until=(NOON + DAY).date()),
    "a counter was there later": with_stream(2, valid_until=(NOON + 2 * DAY).date()),
    "a sensor sent another unit": with_station(unit="ng/m3"),
    "a kit is known to swell": with_station(instrument="sds011", kappa=0.3),
    "the clock is another": lambda all_: altered(all_, owner=altered(all_.owner, timezone="Africa/Algiers")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_indicators_are_what_they_would_be_had_it_always_been_so(
    processing: StoreAndAggregate, change: Change
) -> None:
    """Compared with everything computed anew; and applying the same files again touches nothing."""
    await history(processing)
    before = processing.contents()
    load(processing.conninfo, change(small()))
    await processing.aggregate()
    after, rows = processing.contents(), processing.aggregate_rows()
    assert after != before
    load(processing.conninfo, change(small()))
    assert processing.row(MARKS) == (0,)
    assert processing.aggregate_rows() == rows
    await _all_anew(processing)
    assert after == processing.contents()


@pytest.mark.parametrize(
    "fields", [{"layer": "publisher"}, {"kind": "official"}, {"environment": "traffic"}, {"region": "drenthe"}], ids=str
)
async def test_what_air_is_corrected_and_judged_with_is_aggregated_again(
    processing: StoreAndAggregate, fields: dict[str, str]
) -> None:
    """Every hour of the station, and of no other place."""
    await history(processing)
    load(processing.conninfo, with_station(**fields)(small()))
    assert processing.rows(
        "SELECT station, count(*) FROM doorfiets.dirty_hour JOIN doorfiets.datastream USING (datastream) GROUP BY 1"
    ) == [("lucht", 1)]


async def test_names_touch_nothing(processing: StoreAndAggregate) -> None:
    """Words on a page are no indicators."""
    await history(processing)
    load(processing.conninfo, with_site("a", name="Anders", note="verhuisd")(small()))
    load(processing.conninfo, with_link("link-a", greenery=0.9, width=2.0, detour=1.2)(small()))
    assert processing.row(MARKS) == (0,)


async def test_what_is_plausible_is_judged_in_the_unit_that_was_sent(processing: StoreAndAggregate) -> None:
    """A thousand µg/m³ of nitrogen dioxide is 523 ppb (domain handbook 5.1)."""
    load(processing.conninfo, with_station(quantity="no2", source="no2", unit="ppb")(small()))
    await processing.store(*quarters([522, 524], sensor="lucht-1", source="no2"))
    assert processing.rows("SELECT quality_flags FROM doorfiets.observation ORDER BY started_at") == [
        (0,),
        (OUT_OF_RANGE,),
    ]
    assert processing.row("SELECT unit, scale FROM doorfiets.datastream WHERE station = 'lucht'") == ("ppb", 1.9125)


async def test_store_meets_a_datastream_that_has_just_gone(processing: StoreAndAggregate) -> None:
    """It still believes in the sensor for some seconds: what comes is a rejection, not an observation of nothing."""
    load(processing.conninfo, with_stream(1, sensor="a-9")(small()))
    await processing.store(seen())
    load(processing.conninfo, small())
    assert await processing.store(seen(sensor="a-9", source="bicycles/out")) == Outcome(rejections=1)


@pytest.mark.parametrize("name", ["a counter goes away", "a link is longer", "a screenline is wider"])
async def test_where_much_rests_on_a_change_days_are_computed_again(
    processing: StoreAndAggregate, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marking hour by hour would hold up `store`: a range says the same, and the indicators are those of all anew."""
    monkeypatch.setattr(registry_history, "_MOST_MARKS", 1)
    await history(processing)
    before = processing.contents()
    load(processing.conninfo, CHANGES[name](small()))
    assert processing.row(MARKS) == (0,)
    assert processing.row("SELECT count(*) > 0 FROM doorfiets.rebuild WHERE next_day > first_day") == (True,)
    await processing.aggregate()
    after = processing.contents()
    assert after != before
    await _all_anew(processing)
    assert after == processing.contents()


@pytest.mark.parametrize("role", ["registrar", "store", "aggregate", "api", "grafana_staff", "grafana_public"])
def test_nobody_who_works_reads_what_was_refused(processing: StoreAndAggregate, role: str) -> None:
    """The bytes of strangers are for those who look after the platform."""
    assert processing.row("SELECT has_column_privilege(%s, 'doorfiets.rejection', 'payload', 'SELECT')", role) == (
        False,
    )


def test_who_may_read_which_table(processing: StoreAndAggregate) -> None:
    """Writers read what their statements name, readers nothing but `api`."""
    ours = "relnamespace = 'doorfiets'::regnamespace"
    query = f"SELECT relname FROM pg_class WHERE {ours} AND has_table_privilege(%s, oid, 'SELECT')"  # noqa: S608 - ours
    readable = {
        role: {name for (name,) in processing.rows(query, role)}
        for role in ("registrar", "store", "aggregate", "quality", "console", "api", "grafana_public")
    }
    assert readable["api"] == readable["grafana_public"] == set()
    assert readable["store"] == {
        "datastream",
        "datastream_owner",
        "quantity",
        "observation",
        "measurement",
        "unregistered_source",
        "finding",
        "battery",
        "battery_field",
        "directory_state",
        "receipt_mark",
        "fence",
        "dirty_hour",
        "feed",
        "sender_run",
        "watermark",
        "stage",
        "intake",
    }
    assert not readable["aggregate"] & {"fence", "feed", "rejection"}
    assert not readable["quality"] & {"fence", "rejection", "published", "measurement", "site_hour"}
    assert not readable["console"] & {"fence", "published", "flags_due", "site_hour"}
    assert not readable["registrar"] & {"fence", "feed", "rejection", "published", "air_hour", "site_hour"}


async def _all_anew(processing: StoreAndAggregate) -> None:
    """Throw all aggregates away and compute them from the observations."""
    for table in processing.aggregate_rows():
        processing.database.execute(f"TRUNCATE doorfiets.{table}".encode())
    rebuild(processing.conninfo, MIDNIGHT, MIDNIGHT + 9 * DAY)
    await processing.aggregate()
