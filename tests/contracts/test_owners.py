"""Several owners in one database: applied in any order, taken away and brought back, and nothing of another's moves."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from deploy import registrar
from registry.database import Applied, RemovalUnconfirmedError
from registry.files import OwnerFolder, RegistryRefusedError
from schemas.registry import Datastream, District, Registry, Route, Screenline
from tests.contracts.processing import NOON, StoreAndAggregate, quarters, small

pytestmark = pytest.mark.contracts

REGISTRY = (
    "owner", "data_source", "district", "site", "channel", "station", "device", "placement", "device_history",
    "directory_version", "datastream", "link", "route", "route_link",
    "screenline", "screenline_channel", "calendar_entry", "expectation",
)  # fmt: skip
TABLES = (
    *REGISTRY, "observation", "feed", "datastream_hour", "datastream_day",
    "site_hour", "site_day", "share_hour", "share_day", "link_day", "route_day", "air_hour", "indicator_value",
)  # fmt: skip
"""Every table with rows of an owner."""
NUMBERED = {"datastream", "observation", "feed", "datastream_hour", "datastream_day"}
"""Tables that name a datastream by its number."""

UNEXPECTED = (
    "SELECT * FROM (SELECT to_jsonb(t) FROM doorfiets.expectation t) kept FULL JOIN"
    " (SELECT to_jsonb(t) FROM doorfiets.registered_expectation t) now USING (to_jsonb)"
    " WHERE kept IS NULL OR now IS NULL"
)
"""Expectations that differ from what the registry says, in one statement: another may be applied at the moment."""


def zuid(**fields: Any) -> Registry:  # noqa: ANN401 - fields differ in type
    """Give another owner: a province with one district, one site, one link, and nothing that it shares."""
    first = small()
    streams = [
        Datastream(sensor="z-1", source="bicycles/in", valid_from=first.sites[0].channels[0].datastreams[0].valid_from)
    ]
    channel = msgspec.structs.replace(first.sites[0].channels[0], id="z-in", datastreams=streams)
    owner = msgspec.structs.replace(
        first.owner, id="PV99", kind="province", name="Zuid", publisher="Provincie Zuid", centre="", host=False
    )
    ends = {"start": "WK99", "end": "region", "site": "z"}
    return msgspec.structs.replace(
        Registry(
            owner=owner,
            districts=[msgspec.structs.replace(first.districts[0], id="WK99", name="Zuid")],
            sites=[msgspec.structs.replace(first.sites[0], id="z", name="Z", district="WK99", channels=[channel])],
            stations=[],
            links=[msgspec.structs.replace(first.links[0], id="link-z", **ends)],
            routes=[Route(id="zuidroute", name="Zuidroute", links=["link-z"])],
            screenlines=[Screenline(id="lijn-z", name="Lijn Z", sites=["z"])],
        ),
        **fields,
    )


def folder(registry: Registry, state: str = "0") -> OwnerFolder:
    """Give a registry as it is read from a folder."""
    return OwnerFolder(Path(registry.owner.name.lower()), registry, state * 64)


def apply(
    processing: StoreAndAggregate, *registries: Registry, confirmed: Collection[str] | None = (), state: str = "0"
) -> Applied:
    """Apply some owners together; afterwards what is expected is what the registry says."""
    applied = registrar.apply([folder(one, state) for one in registries], processing.conninfo, confirmed=confirmed)
    assert processing.rows(UNEXPECTED) == []
    return applied


def rows_of(processing: StoreAndAggregate, owner: str) -> dict[str, list[tuple[Any, ...]]]:
    """Give all rows of an owner, whole, with the transaction that wrote each."""
    return {table: processing.rows(_query(table), owner) for table in TABLES}


def _query(table: str) -> str:
    of_subject = "(SELECT owner FROM doorfiets.subject_owner o WHERE o.kind = '{}' AND o.subject = t.{})"
    columns = {
        "channel": of_subject.format("site", "site"),
        "placement": "(SELECT owner FROM doorfiets.device o WHERE o.device = t.device)",
        "device_history": "(SELECT owner FROM doorfiets.device o WHERE o.device = t.device)",
        "route_link": of_subject.format("route", "route"),
        "screenline_channel": of_subject.format("screenline", "screenline"),
        "expectation": (
            "(SELECT owner FROM doorfiets.subject_owner o"
            " WHERE (o.kind, o.subject) = (CASE t.kind WHEN 'share' THEN 'screenline' ELSE t.kind END, t.place))"
        ),
        "site_hour": of_subject.format("site", "site"),
        "site_day": of_subject.format("site", "site"),
        "share_hour": of_subject.format("screenline", "screenline"),
        "share_day": of_subject.format("screenline", "screenline"),
        "link_day": of_subject.format("link", "link"),
        "route_day": of_subject.format("route", "route"),
        "air_hour": of_subject.format("station", "station"),
        "indicator_value": (
            "(SELECT owner FROM doorfiets.subject_owner o WHERE o.kind = t.kind AND o.subject = t.subject)"
        ),
        **dict.fromkeys(NUMBERED, "(SELECT owner FROM doorfiets.datastream_owner o WHERE o.datastream = t.datastream)"),
    }
    of = columns.get(table, "t.owner")
    return f"SELECT t.xmin::text, to_jsonb(t)::text FROM doorfiets.{table} t WHERE {of} = %s ORDER BY 2"  # noqa: S608 - names of ours


async def both_counted(processing: StoreAndAggregate) -> None:
    """Let both owners count and all of it be computed."""
    await processing.writer._reset()
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([5] * 4, source="bicycles/out"))
    await processing.store(*quarters([9] * 96, sensor="z-1", at=NOON))
    await processing.aggregate()
    await processing.compute()


async def test_what_one_owner_applies_touches_no_row_of_another(processing: StoreAndAggregate) -> None:
    """Every row of the first owner is the very same, written by the same transaction, whatever the second one does."""
    apply(processing, zuid())
    await both_counted(processing)
    before = rows_of(processing, "GM0000")
    assert {"site", "site_hour", "site_day", "observation", "link_day", "route_day"} <= {
        t for t, rows in before.items() if rows
    }
    renamed = msgspec.structs.replace(zuid().sites[0], name="Zet", position=(6.4, 52.9))
    apply(processing, zuid(sites=[renamed]), state="1")
    await processing.aggregate()
    await processing.compute()
    assert rows_of(processing, "GM0000") == before


async def test_an_owner_is_removed_and_brought_back(processing: StoreAndAggregate) -> None:
    """Without observations it goes whole, and the other stays to the last row; with them it is refused."""
    await processing.store(*quarters([1, 2, 3, 4]))
    await processing.aggregate()
    before = rows_of(processing, "GM0000")
    apply(processing, zuid())
    assert rows_of(processing, "PV99")["site"]
    registrar.remove("PV99", processing.conninfo)
    assert not any(rows_of(processing, "PV99").values())
    assert rows_of(processing, "GM0000") == before
    apply(processing, zuid())
    await processing.writer._reset()
    await processing.store(*quarters([9] * 4, sensor="z-1"))
    await processing.aggregate()
    assert processing.row("SELECT total FROM doorfiets.site_hour WHERE site = 'z'") == (36,)
    with pytest.raises(RegistryRefusedError, match="holds observations"):
        registrar.remove("PV99", processing.conninfo)
    assert rows_of(processing, "GM0000") == before


async def test_the_order_of_owners_makes_no_difference(processing: StoreAndAggregate) -> None:
    """Numbers and moments apart, the registry says the same, the joint route included."""
    long = Route(id="lang", name="Lang", links=["link-a", "link-z"])
    registries = [msgspec.structs.replace(small(), routes=[*small().routes, long]), zuid()]
    registrar.remove("GM0000", processing.conninfo)
    found = []
    for order in (registries, registries[::-1]):
        for registry in order:
            apply(processing, registry)
        found.append(contents(processing))
        apply(processing, msgspec.structs.replace(small(), routes=[]), confirmed=None)
        for registry in registries[::-1]:  # the host last
            registrar.remove(registry.owner.id, processing.conninfo)
    assert found[0] == found[1]
    assert {table: len(rows) for table, rows in found[0].items() if table in {"site", "route", "route_link"}} == {
        "site": 6,
        "route": 3,
        "route_link": 8,
    }


def contents(processing: StoreAndAggregate) -> dict[str, list[tuple[Any, ...]]]:
    """Give the registry of all owners without numbers and moments."""
    left_out = "'{number,datastream,applied_at}'::text[]"
    query = "SELECT to_jsonb(t) - {} FROM doorfiets.{} t ORDER BY 1"
    return {table: processing.rows(query.format(left_out, table)) for table in REGISTRY}


async def test_a_route_waits_for_the_links_of_another_owner(processing: StoreAndAggregate) -> None:
    """It is stored, shown as waiting, and has no members until they are there; then it is whole."""
    long = Route(id="lang", name="Lang", links=["link-a", "link-z"])
    joined = msgspec.structs.replace(small(), routes=[*small().routes, long])
    assert [(one.kind, one.id, one.missing) for one in apply(processing, joined).waiting] == [
        ("route", "lang", ["link-z"])
    ]
    assert processing.rows("SELECT FROM doorfiets.route_link WHERE route = 'lang'") == []
    assert processing.rows("SELECT FROM api.route WHERE route = 'lang'") == []
    assert apply(processing, zuid()).waiting == []
    members = processing.rows("SELECT link FROM doorfiets.route_link WHERE route = 'lang' ORDER BY position")
    assert members == [("link-a",), ("link-z",)]
    with pytest.raises(RegistryRefusedError, match="route lang of GM0000 names it"):
        registrar.remove("PV99", processing.conninfo)
    assert processing.rows("SELECT link FROM doorfiets.route_link WHERE route = 'lang' ORDER BY position") == members


async def test_a_site_waits_for_nobody(processing: StoreAndAggregate) -> None:
    """A single reference to what is not there is refused, with what to apply first; together both are applied."""
    lodger = zuid(districts=[], sites=[msgspec.structs.replace(zuid().sites[0], district="WK98")], links=[], routes=[])
    owner = msgspec.structs.replace(zuid().owner, id="GM0098", name="Oost", kind="municipality", centre="WK98")
    host = Registry(
        owner=owner, districts=[District(id="WK98", name="Oost", geometry=small().districts[0].geometry)], sites=[],
        stations=[], links=[], routes=[], screenlines=[],
    )  # fmt: skip
    with pytest.raises(RegistryRefusedError, match="site z: district WK98 belongs to an owner that is not applied yet"):
        apply(processing, lodger)
    assert processing.rows("SELECT FROM doorfiets.owner WHERE owner = 'PV99'") == []
    apply(processing, lodger, host)
    with pytest.raises(RegistryRefusedError, match="district WK98 cannot go: site z of PV99 names it"):
        registrar.remove("GM0098", processing.conninfo)


async def test_nothing_goes_that_nobody_confirmed(processing: StoreAndAggregate) -> None:
    """It is told what would go, and nothing is changed, not even what comes."""
    other = msgspec.structs.replace(
        small(),
        sites=[*small().sites[:4], msgspec.structs.replace(zuid().sites[0], district="WK01")],
        links=small().links[:4],
        routes=[],
    )
    before = rows_of(processing, "GM0000")
    with pytest.raises(RemovalUnconfirmedError, match="site e"):
        apply(processing, other)
    assert rows_of(processing, "GM0000") == before
    assert registrar.plan([folder(other)], processing.conninfo).changes.takes_away
    apply(processing, other, confirmed=None)
    assert processing.rows("SELECT FROM doorfiets.site WHERE site = 'e'") == []


async def test_only_what_was_shown_and_confirmed_goes(processing: StoreAndAggregate) -> None:
    """A person has seen one site go; that two would go now is another question."""
    less = msgspec.structs.replace(small(), sites=small().sites[:3], links=small().links[:3], routes=[])
    with pytest.raises(RemovalUnconfirmedError, match="site e") as refused:
        apply(processing, less, confirmed=["site d", "channel d-in"])
    assert {"site d", "site e"} <= {*refused.value.gone}
    apply(processing, less, confirmed=refused.value.gone)
    assert processing.row("SELECT count(*) FROM doorfiets.site") == (3,)


async def test_the_host_stays_the_host(processing: StoreAndAggregate) -> None:
    """When another owner of the same apply has changed, and until another host was applied."""
    apply(processing, small(), zuid())
    apply(processing, small(), zuid(owner=msgspec.structs.replace(zuid().owner, contact_email="anders@example.org")))
    hosts = "SELECT owner FROM doorfiets.owner WHERE host"
    assert processing.rows(hosts) == [("GM0000",)]
    with pytest.raises(RegistryRefusedError, match="GM0000 is the host of the public site"):
        registrar.remove("GM0000", processing.conninfo)
    guest = msgspec.structs.replace(small(), owner=msgspec.structs.replace(small().owner, host=False))
    assert not apply(processing, guest).has_host
    assert apply(processing, guest, zuid(owner=msgspec.structs.replace(zuid().owner, host=True))).has_host
    assert processing.rows(hosts) == [("PV99",)]


async def test_two_are_applied_at_the_same_moment(processing: StoreAndAggregate) -> None:
    """Neither waits for a round of the other's, and the route that joins them is whole in the end."""
    long = Route(id="lang", name="Lang", links=["link-a", "link-z"])
    joined = msgspec.structs.replace(small(), routes=[*small().routes, long])
    await asyncio.gather(asyncio.to_thread(apply, processing, joined), asyncio.to_thread(apply, processing, zuid()))
    members = processing.rows("SELECT link FROM doorfiets.route_link WHERE route = 'lang' ORDER BY position")
    assert members == [("link-a",), ("link-z",)]
    with psycopg.connect(processing.conninfo, user="registrar") as holding:
        (number,) = holding.execute("SELECT number FROM doorfiets.owner WHERE owner = 'GM0000'").fetchone() or (0,)
        holding.execute("SELECT doorfiets.hold_aggregates(%s)", [[number]])
        renamed = msgspec.structs.replace(zuid().sites[0], name="Zet")
        async with asyncio.timeout(30):
            await asyncio.to_thread(apply, processing, zuid(sites=[renamed]), state="1")
    assert processing.row("SELECT name FROM doorfiets.site WHERE site = 'z'") == ("Zet",)


async def test_days_of_two_time_zones_are_not_joined(processing: StoreAndAggregate) -> None:
    """Also where the other owner is in the database only, and not among the files."""
    apply(processing, zuid(owner=msgspec.structs.replace(zuid().owner, timezone="Atlantic/Azores")))
    long = Route(id="lang", name="Lang", links=["link-a", "link-z"])
    with pytest.raises(RegistryRefusedError, match="link link-z has days of Atlantic/Azores"):
        apply(processing, msgspec.structs.replace(small(), routes=[*small().routes, long]))


async def test_what_another_owner_has_is_refused(processing: StoreAndAggregate) -> None:
    """An id, a device, and being the host."""
    apply(processing, zuid())
    twin = msgspec.structs.replace(
        zuid(), owner=msgspec.structs.replace(zuid().owner, id="PV98", name="Twee", host=True)
    )
    with pytest.raises(RegistryRefusedError) as refused:
        apply(processing, twin)
    sentences = str(refused.value).splitlines()
    assert "site 'z' belongs to PV99; choose another id" in sentences
    assert "device 'z-1' belongs to PV99; choose another id" in sentences
    assert "Proef is the host of the public site already; apply it without `host = true` first" in sentences


async def test_an_apply_that_changes_nothing_writes_nothing(processing: StoreAndAggregate) -> None:
    """The applied state is that of the files, and its moment that of the last change."""
    apply(processing, zuid())
    before = rows_of(processing, "PV99"), processing.row("SELECT * FROM api.applied_state")
    assert not apply(processing, zuid()).changes
    assert (rows_of(processing, "PV99"), processing.row("SELECT * FROM api.applied_state")) == before
    apply(processing, zuid(), state="1")
    assert processing.row("SELECT applied_state FROM doorfiets.owner WHERE owner = 'PV99'") == ("1" * 64,)
    assert processing.row("SELECT * FROM api.applied_state") != before[1]


async def test_an_owner_whose_registry_changes_holds_up_no_other(processing: StoreAndAggregate) -> None:
    """While its locks are held, the other's readings are stored and aggregated, and its own wait as marks."""
    apply(processing, zuid())
    await processing.writer._reset()
    with psycopg.connect(processing.conninfo, user="registrar") as holding:
        (number,) = holding.execute("SELECT number FROM doorfiets.owner WHERE owner = 'PV99'").fetchone() or (0,)
        await processing.store(*quarters([9] * 4, sensor="z-1"))
        holding.execute("SELECT doorfiets.hold_aggregates(%s), doorfiets.hold_marks(%s)", [[number], [number]])
        await processing.store(*quarters([1, 2, 3, 4]), *quarters([5] * 4, source="bicycles/out"))
        await processing.aggregate()
        assert processing.row("SELECT total FROM doorfiets.site_hour WHERE site = 'a' AND mode = 'bicycles'") == (30,)
        assert processing.rows("SELECT FROM doorfiets.site_hour WHERE site = 'z'") == []
        waiting = (
            "SELECT DISTINCT o.owner FROM doorfiets.dirty_hour JOIN doorfiets.datastream_owner o USING (datastream)"
        )
        assert processing.rows(waiting) == [("PV99",)]
    await processing.aggregate()
    assert processing.row("SELECT total FROM doorfiets.site_hour WHERE site = 'z'") == (36,)
