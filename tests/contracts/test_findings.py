"""What people say of a run does not count, every figure follows, and taking it back restores them to the digit."""

import asyncio
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg
import pytest
from psycopg import errors
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.local.stack import Stack
from deploy.settings import write
from operations import exclusions
from operations.database import console
from operations.exclusions import Entry
from operations.findings import findings
from schemas.quality_flags import BY_HAND, DST_MERGED, MAINTENANCE, OUT_OF_RANGE
from schemas.reasons import REASONS
from schemas.registry import Registry
from streams.rebuild import rebuild
from streams.sinks.findings import FindingChanges, FindingStore, FoundRun
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small
from tests.contracts.test_measurement import frame
from tests.contracts.test_measurement_races import Worker

pytestmark = pytest.mark.contracts

FLAGS: Final = "SELECT started_at, found_flags, revision FROM doorfiets.observation ORDER BY datastream, started_at"
TABLES: Final = (
    "datastream_hour", "datastream_day", "site_hour", "site_day", "share_hour", "share_day", "link_day", "route_day",
    "indicator_value",
)  # fmt: skip


@pytest.fixture
def store(processing: StoreAndAggregate) -> Iterator[FindingStore]:
    """Give the writer of findings over the same database."""
    made = FindingStore(processing.conninfo)
    yield made
    made.drop()


def said(
    processing: StoreAndAggregate,
    name: str,
    start: datetime,
    end: datetime | None,
    *,
    kind: exclusions.Kind = "exclude",
) -> list[int]:
    """Enter something as a person would, and give the numbers of the entries."""
    with console(processing.conninfo) as session:
        found = exclusions.subjects(session, name)
        return [
            exclusions.enter(session, Entry(kind, one, start, end, "kabel kapot"), entered_by="j.jansen")
            for one in found
        ]


def undone(processing: StoreAndAggregate, *entries: int) -> None:
    """Take entries back."""
    with console(processing.conninfo) as session:
        for entry in entries:
            exclusions.undo(session, entry, reason="bleek goed", entered_by="p.pietersen")


def settled(store: FindingStore) -> FindingChanges:
    """Let findings and flags follow, until nothing is due."""
    changed = store.entries()
    while store.due():
        store.flag()
    return changed


def flags(processing: StoreAndAggregate) -> list[int]:
    """Give the found flags of all observations."""
    return [found for _, found, _ in processing.rows(FLAGS)]


def hourly() -> Registry:
    """The small registry with counters that speak by the hour."""
    whole = small()
    sites = [
        msgspec.structs.replace(
            site,
            channels=[
                msgspec.structs.replace(
                    one, datastreams=[msgspec.structs.replace(stream, interval=3600) for stream in one.datastreams]
                )
                for one in site.channels
            ],
        )
        for site in whole.sites
    ]
    return msgspec.structs.replace(whole, sites=sites)


async def a_year(processing: StoreAndAggregate) -> None:
    """Store a whole year, hour by hour, of every counter."""
    first, until = datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)
    sources = [("a-1", "bicycles/in"), ("a-1", "bicycles/out"), ("a-1", "cars")]
    sources += [(f"{name}-1", "bicycles/in") for name in "bcde"]
    for place, (sensor, source) in enumerate(sources):
        hours = int((until - first) / HOUR)
        values = (round(40 + 3 * place + 35 * math.sin(number / 24 * math.tau)) + number % 7 for number in range(hours))
        batch = [
            seen(value, sensor=sensor, source=source, at=first + number * HOUR, lasts=HOUR)
            for number, value in enumerate(values)
        ]
        await processing.store(*batch)


async def computed(processing: StoreAndAggregate) -> dict[str, list[tuple[Any, ...]]]:
    """Aggregate and compute all that is due, and give what the published tables say."""
    while await processing.aggregate():
        pass
    while await processing.compute():
        pass
    return processing.contents()


async def test_every_figure_follows_and_undoing_restores_it(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Eleven days of March, from half past six to a quarter past eight: hours, days, shares, links, routes, AADB."""
    load(processing.conninfo, hourly())
    await a_year(processing)
    before = await computed(processing)
    assert all(before[name] for name in TABLES)
    entries = said(
        processing, "a", datetime(2025, 3, 3, 6, 30, tzinfo=UTC), datetime(2025, 3, 14, 8, 15, tzinfo=UTC),
    )  # fmt: skip
    assert settled(store) == FindingChanges(new=3)
    excluded = processing.rows(
        "SELECT min(started_at), max(started_at), count(*), min(revision) FROM doorfiets.observation"
        " WHERE found_flags = %s GROUP BY datastream",
        BY_HAND,
    )
    every = (datetime(2025, 3, 3, 6, tzinfo=UTC), datetime(2025, 3, 14, 8, tzinfo=UTC), 267, 2)
    assert excluded == [every] * 3
    during = await computed(processing)
    assert {name for name in TABLES if during[name] == before[name]} == set()
    changed = set(map(str, before["indicator_value"])) ^ set(map(str, during["indicator_value"]))
    for indicator in ("aadb", "share", "bicycle_km"):
        assert any(indicator in row for row in changed), indicator
    revised = processing.rows("SELECT min(revision), max(revision) FROM doorfiets.site_hour WHERE site = 'a'")
    assert revised == [(1, 2)]
    undone(processing, *entries)
    assert settled(store) == FindingChanges(withdrawn=3)
    assert await computed(processing) == before
    assert processing.rows("SELECT min(revision), max(revision) FROM doorfiets.site_hour WHERE site = 'a'") == [(1, 3)]
    assert processing.row("SELECT count(*) FROM doorfiets.observation WHERE found_flags <> 0") == (0,)


async def test_what_comes_within_a_run_has_its_flags(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Late, corrected, twice in one batch: the run was entered before any of it came."""
    said(processing, "a-in", NOON + QUARTER, NOON + 3 * QUARTER)
    settled(store)
    await processing.store(*quarters([1, 2, 3, 4]))
    assert flags(processing) == [0, BY_HAND, BY_HAND, 0]
    assert processing.row("SELECT last_valid_ended_at FROM doorfiets.feed") == (NOON + 4 * QUARTER,)
    await processing.store(seen(7, at=NOON + QUARTER, received=90))
    await processing.store(
        seen(8, at=NOON + 2 * QUARTER, received=90), seen(9, at=NOON + 2 * QUARTER, received=95),
        seen(50000, at=NOON + QUARTER, received=99),
    )  # fmt: skip
    assert flags(processing) == [0, BY_HAND, BY_HAND, 0]
    assert processing.rows("SELECT value, quality_flags FROM doorfiets.observation ORDER BY started_at") == [
        (1, 0), (50000, OUT_OF_RANGE), (9, 0), (4, 0),
    ]  # fmt: skip
    await processing.store(  # two at once about an interval that nothing stands of
        seen(5, source="bicycles/out", at=NOON + QUARTER),
        seen(6, source="bicycles/out", at=NOON + QUARTER, received=80),
    )
    assert flags(processing)[-1] == 0
    said(processing, "a", NOON, NOON + HOUR, kind="maintenance")
    settled(store)
    await processing.store(
        seen(5, source="bicycles/out", at=NOON + 2 * QUARTER),
        seen(6, source="bicycles/out", at=NOON + 2 * QUARTER, received=80),
    )
    assert flags(processing) == [MAINTENANCE, *[BY_HAND | MAINTENANCE] * 2, MAINTENANCE, *[MAINTENANCE] * 2]
    await processing.aggregate()
    assert processing.rows("SELECT DISTINCT rows > 0, valid, total FROM doorfiets.datastream_hour") == [(True, 0, None)]


async def test_the_newest_value_that_counts_follows(processing: StoreAndAggregate, store: FindingStore) -> None:
    """The feed knows it before, during and after."""
    query = "SELECT last_valid_ended_at FROM doorfiets.feed"
    await processing.store(*quarters([1, 2, 3, 4]))
    (entry,) = said(processing, "a-in", NOON + 2 * QUARTER, NOON + HOUR)
    settled(store)
    assert processing.row(query) == (NOON + 2 * QUARTER,)
    await processing.store(seen(9, at=NOON + 3 * QUARTER, received=90))
    assert processing.row(query) == (NOON + 2 * QUARTER,)
    undone(processing, entry)
    settled(store)
    assert processing.row(query) == (NOON + HOUR,)


async def test_store_that_has_not_committed_is_waited_for(processing: StoreAndAggregate, store: FindingStore) -> None:
    """It asked for findings before there was one; its row has the flags all the same once both are done."""
    worker = Worker(processing, 1)
    async with worker.stored(seen(5)):
        said(processing, "a-in", NOON, NOON + HOUR)
        finding = asyncio.create_task(asyncio.to_thread(settled, store))
        await asyncio.sleep(1.0)
        assert not finding.done()
    await finding
    assert flags(processing) == [BY_HAND]
    await worker.store.drop()


async def test_store_waits_for_a_finding_and_sees_it(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Its statement began before the finding was committed."""
    said(processing, "a-in", NOON, NOON + HOUR)
    (datastream, owner), *_ = store._rows("entries_due")
    with store._holding(owner) as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        storing = asyncio.create_task(processing.store(seen(5)))
        await asyncio.sleep(1.0)
        assert not storing.done()
        from streams.sinks import findings as writer  # noqa: PLC0415 - the statements of one transaction

        cursor.execute(writer._SQL["put_entries"], {"datastream": datastream})
    await storing
    assert flags(processing) == [BY_HAND]


async def test_a_datastream_beside_the_grid_is_flagged_likewise(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """Rows that follow from measurements: those that stand, those that come, and those that are derived anew."""
    await processing.store(frame(7, 890, 1), frame(8, 1790, 2))
    said(processing, "b-1", NOON + QUARTER, NOON + HOUR)
    settled(store)
    assert flags(processing) == [0, BY_HAND]
    await processing.store(frame(9, 2690, 3), frame(5, 1200, 4))
    assert flags(processing) == [0, BY_HAND, BY_HAND]
    await processing.aggregate()
    assert processing.row("SELECT rows, valid, total FROM doorfiets.datastream_hour") == (3, 1, 7)
    assert processing.row("SELECT last_valid_ended_at FROM doorfiets.feed") == (NOON + QUARTER,)


async def test_leaving_the_grid_keeps_the_flags(processing: StoreAndAggregate, store: FindingStore) -> None:
    """What was stored on the grid is derived from then on."""
    await processing.store(*quarters([1, 2], sensor="b-1"))
    said(processing, "b-1", NOON, NOON + QUARTER)
    settled(store)
    await processing.store(frame(7, 4000, 1))
    assert flags(processing) == [BY_HAND, 0, 0]


async def test_a_rebuild_keeps_what_was_found(processing: StoreAndAggregate, store: FindingStore) -> None:
    """It computes from observations with their flags."""
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([1, 2, 3, 4], source="bicycles/out"))
    await processing.aggregate()
    said(processing, "a-in", NOON, NOON + QUARTER)
    settled(store)
    before = await computed(processing)
    assert processing.row("SELECT paired, total FROM doorfiets.site_hour WHERE mode = 'bicycles'") == (3, 18)
    assert rebuild(processing.conninfo) is not None
    assert await computed(processing) == before


async def test_a_device_of_which_more_is_registered_later(processing: StoreAndAggregate, store: FindingStore) -> None:
    """An entry is about whatever speaks for its subject, whenever that was registered; and only while it is valid."""
    said(processing, "a-in", NOON, NOON + HOUR)
    assert settled(store) == FindingChanges(new=1)
    registry = small()
    (channel, *others) = registry.sites[0].channels
    (stream,) = channel.datastreams
    streams = [
        msgspec.structs.replace(stream, valid_until=date(2026, 5, 1)),
        msgspec.structs.replace(stream, sensor="a-2", valid_from=date(2026, 5, 1)),
    ]
    site = msgspec.structs.replace(
        registry.sites[0], channels=[msgspec.structs.replace(channel, datastreams=streams), *others]
    )
    load(processing.conninfo, msgspec.structs.replace(registry, sites=[site, *registry.sites[1:]]))
    processing.read_registry_anew()
    assert settled(store) == FindingChanges(new=1, withdrawn=1)
    await processing.store(seen(5, sensor="a-2"))
    assert flags(processing) == [BY_HAND]


async def test_maintenance_is_open_until_somebody_closes_it(processing: StoreAndAggregate, store: FindingStore) -> None:
    """What comes while it is open does not count; once closed, what is after its end does."""
    said(processing, "a", NOON, None, kind="maintenance")
    settled(store)
    await processing.store(*quarters([1, 2, 3, 4]))
    assert flags(processing) == [MAINTENANCE] * 4
    with console(processing.conninfo) as session:
        (site,) = exclusions.subjects(session, "a")
        entry = exclusions.close(session, site, NOON + 2 * QUARTER, entered_by="j.jansen")
        assert [one["state"] for one in exclusions.entries(session, all_=True)] == ["holds", "replaced"]
    settled(store)
    assert [(found, revision) for _, found, revision in processing.rows(FLAGS)] == [
        (MAINTENANCE, 1), (MAINTENANCE, 1), (0, 2), (0, 2),
    ]  # fmt: skip
    undone(processing, entry)
    settled(store)
    assert flags(processing) == [0] * 4


async def test_maintenance_that_was_said_twice_is_closed_at_once(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """What begins later than the end stays as it was said."""
    await processing.store(*quarters([1] * 6))
    for start in (NOON, NOON + QUARTER, NOON + 4 * QUARTER):
        said(processing, "a", start, None, kind="maintenance")
    with console(processing.conninfo) as session:
        (site,) = exclusions.subjects(session, "a")
        exclusions.close(session, site, NOON + 2 * QUARTER, entered_by="j.jansen")
        assert [one["state"] for one in exclusions.entries(session)] == ["holds", "holds", "open"]
    settled(store)
    assert flags(processing) == [*[MAINTENANCE] * 2, 0, 0, *[MAINTENANCE] * 2]


async def test_a_row_of_both_autumn_hours_is_meant_by_either(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """It starts in the first of them; who excludes a quarter of the second means it too, before it comes and after."""
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    both = [seen(10, at=first + number * QUARTER, quality_flags=DST_MERGED) for number in (-1, 0, 1)]
    await processing.store(*both, seen(3, at=second + HOUR))
    (entry,) = said(processing, "a-in", second, second + QUARTER)
    with console(processing.conninfo) as session:
        assert [one.observations for one in exclusions.undone_preview(session, entry).datastreams] == [1]
    settled(store)
    assert flags(processing) == [0, BY_HAND, 0, 0]
    undone(processing, entry)
    settled(store)
    assert flags(processing) == [0] * 4
    said(processing, "a-out", second, second + QUARTER)
    settled(store)
    await processing.store(*(msgspec.structs.replace(one, source="bicycles/out") for one in both))
    assert flags(processing) == [*[0] * 4, 0, BY_HAND, 0]


async def test_days_that_count_again_are_foreseen(processing: StoreAndAggregate, store: FindingStore) -> None:
    """An entry that is shortened gives days back; what it is about itself is less."""
    day = timedelta(days=1)
    for number in range(4):
        await processing.store(*quarters([1] * 4, at=NOON + number * day))
    (entry,) = said(processing, "a-in", NOON, NOON + 3 * day + HOUR)
    settled(store)
    with console(processing.conninfo) as session:
        (channel,) = exclusions.subjects(session, "a-in")
        changes = exclusions.preview(session, Entry("exclude", channel, NOON, NOON + day, "x"))
        assert changes.days == [date(2026, 5, 12 + number) for number in range(4)]
        assert [(one.observations, one.counting) for one in changes.datastreams] == [(4, 0)]
        assert changes.instead_of == [entry]
        longer = exclusions.preview(session, Entry("maintenance", channel, NOON + day, None, "x"))
        assert longer.days == [date(2026, 5, 13 + number) for number in range(3)]
        assert [one.observations for one in longer.datastreams] == [12]


async def test_a_look_at_an_end_changes_nothing(processing: StoreAndAggregate, stack: Stack) -> None:
    """It says which observations count again, each once, and in the place of which entries; no number is used up."""
    await processing.store(*quarters([1, 2, 3, 4]))
    for start in (NOON, NOON + QUARTER):
        said(processing, "b", start, None, kind="maintenance")
        said(processing, "a-in", start, None, kind="maintenance")
    environment = write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo}
    end = ["maintenance", "a-in", "--end", "--to", (NOON + QUARTER * 2).isoformat()]
    looked = CliRunner().invoke(assembled(), [*end, "--dry-run", "--json"], env=environment)
    assert looked.exit_code == 0, looked.output
    (changes,) = json.loads(looked.stdout)
    assert [(one["channel"], one["observations"]) for one in changes["datastreams"]] == [("a-in", 2)]
    assert changes["instead_of"] == [2, 4]
    assert said(processing, "c", NOON, None, kind="maintenance") == [5]


async def test_all_that_is_open_is_closed_together(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Who said twice that somebody works on it, says once that they are done; what is planned for later stays open."""
    await processing.store(*quarters([1, 2, 3, 4]))
    for start in (NOON, NOON + QUARTER, NOON + HOUR):
        said(processing, "a", start, None, kind="maintenance")
    with console(processing.conninfo) as session:
        (site,) = exclusions.subjects(session, "a")
        ends = exclusions.closings(session, site, NOON + 2 * QUARTER)
        assert [(one.started_at, one.ended_at) for one in ends] == [
            (NOON + QUARTER, NOON + 2 * QUARTER), (NOON, NOON + 2 * QUARTER),
        ]  # fmt: skip
        looked = exclusions.preview(session, ends[1])
        assert [(one.channel, one.observations) for one in looked.datastreams if one.observations] == [("a-in", 2)]
        assert looked.instead_of == [1]
        exclusions.close(session, site, NOON + 2 * QUARTER, entered_by="j.jansen")
        assert [(one["entry"], one["state"]) for one in exclusions.entries(session)] == [
            (5, "holds"), (4, "holds"), (3, "open"),
        ]  # fmt: skip
    settled(store)
    assert flags(processing) == [MAINTENANCE, MAINTENANCE, 0, 0]


async def test_a_long_run_is_flagged_piece_by_piece(
    processing: StoreAndAggregate, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest first; what is left is noted in the same transaction, and found by whoever goes on."""
    monkeypatch.setattr("streams.sinks.findings._ROWS", 7)
    await processing.store(*quarters(range(30)))
    said(processing, "a-in", NOON - timedelta(days=4000), NOON + timedelta(days=4000))
    left = [30]
    assert store.entries() == FindingChanges(new=1)
    while store.due():
        left.append(flags(processing).count(0))
        store.drop()  # as if it had crashed
        store.flag()
    assert left == [30, 23, 16, 9, 2]
    assert flags(processing) == [BY_HAND] * 30


async def test_runs_of_checks_come_grow_and_go(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Nothing is deleted: what holds no more is withdrawn; what grows is the same finding; what others said stays."""
    await processing.store(*quarters([0, 0, 0, 0, 5, 6]))
    said(processing, "a-in", NOON, NOON + QUARTER)
    settled(store)
    (stream, owner), *_ = processing.rows(
        "SELECT datastream, number FROM doorfiets.datastream JOIN doorfiets.datastream_owner USING (datastream)"
        " WHERE channel = 'a-in'"
    )
    since, until = NOON - HOUR, NOON + 2 * HOUR

    def found(*runs: FoundRun) -> FindingChanges:
        return store.found(stream, owner, since, until, runs)

    dead = FoundRun("dead", NOON, NOON + 3 * QUARTER, "dead-1", {"expected": 12.5})
    assert found(dead) == FindingChanges(new=1)
    assert flags(processing) == [BY_HAND | 1024, 1024, 1024, 0, 0, 0]
    assert found(dead) == FindingChanges()
    assert found(dead._replace(ended_at=None, evidence={"expected": 30})) == FindingChanges(moved=1)
    assert flags(processing) == [BY_HAND | 1024, *[1024] * 5]
    await processing.store(seen(7, at=NOON + 6 * QUARTER))
    assert flags(processing)[-1] == 1024
    assert found(dead._replace(ended_at=NOON + HOUR)) == FindingChanges(moved=1)
    assert flags(processing) == [BY_HAND | 1024, 1024, 1024, 1024, 0, 0, 0]
    assert found() == FindingChanges(withdrawn=1)
    assert flags(processing) == [BY_HAND, *[0] * 6]
    assert [(one["flag"], one["withdrawn_at"] is None) for one in findings(processing.conninfo, withdrawn=True)] == [
        ("dead", False), ("by_hand", True),
    ]  # fmt: skip
    assert [one["flag"] for one in findings(processing.conninfo, sensor="a-1")] == ["by_hand"]


def test_a_name_of_a_person_is_in_no_view(processing: StoreAndAggregate, store: FindingStore) -> None:
    """The reason that was given is."""
    said(processing, "a-in", NOON, NOON + HOUR)
    settled(store)
    with psycopg.connect(processing.conninfo, user="api") as reader:
        rows = reader.execute("SELECT row_to_json(f)::text FROM api.finding f").fetchall()
        assert "kabel kapot" in rows[0][0]
        assert "jansen" not in rows[0][0]
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute("SELECT FROM doorfiets.exclusion")


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("console", "DELETE FROM doorfiets.exclusion"),
        ("console", "UPDATE doorfiets.exclusion SET reason = 'x'"),
        ("console", "INSERT INTO doorfiets.exclusion (entered_at) VALUES ('2020-01-01')"),
        ("console", "INSERT INTO doorfiets.finding (flag) VALUES ('x')"),
        ("quality", "UPDATE doorfiets.observation SET value = 1"),
        ("quality", "UPDATE doorfiets.observation SET quality_flags = 1"),
        ("quality", "INSERT INTO doorfiets.observation (datastream) VALUES (1)"),
        ("quality", "DELETE FROM doorfiets.finding"),
        ("quality", "UPDATE doorfiets.finding SET started_at = now()"),
        ("quality", "INSERT INTO doorfiets.exclusion (reason) VALUES ('x')"),
        ("store", "UPDATE doorfiets.observation SET found_flags = 0"),
        ("store", "INSERT INTO doorfiets.finding (flag) VALUES ('x')"),
    ],
)
def test_nobody_rewrites_what_was_said_or_measured(processing: StoreAndAggregate, role: str, statement: str) -> None:
    """Each role adds what is its own."""
    with (
        psycopg.connect(processing.conninfo, user=role) as session,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        session.execute(statement.encode())


@contextmanager
def refused(key: str, remedy: str) -> Iterator[None]:
    """Expect a refusal that names its key and what to do."""
    with pytest.raises(exclusions.EntryRefusedError, match=remedy) as caught:
        yield
    assert caught.value.key == key


def test_what_cannot_be_entered_is_refused_with_a_remedy(processing: StoreAndAggregate) -> None:
    """Key, value and what to write."""
    with console(processing.conninfo) as session:
        with refused("subject", "did you mean 'a-in'"):
            exclusions.subjects(session, "a-inn")
        with refused("direction", "site a has auto, in, out"):
            exclusions.subjects(session, "a", direction="north")
        with refused("channel", "only a site has channels"):
            exclusions.subjects(session, "a-1", channel="a-in")
        (site,) = exclusions.subjects(session, "a")
        assert [str(one) for one in exclusions.subjects(session, "a", direction="in")] == ["channel a-in"]
        with refused("to", "later than"):
            exclusions.enter(session, Entry("exclude", site, NOON, NOON, "x"), entered_by="j")
        with refused("to", "until when"):
            exclusions.enter(session, Entry("exclude", site, NOON, None, "x"), entered_by="j")
        with refused("reason", "say why"):
            exclusions.enter(session, Entry("exclude", site, NOON, NOON + HOUR, " "), entered_by="j")
        with refused("undo", "no such entry"):
            exclusions.undo(session, 99, reason="x", entered_by="j")
        with refused("subject", "no maintenance of it is open"):
            exclusions.close(session, site, NOON, entered_by="j")
        first = exclusions.enter(session, Entry("exclude", site, NOON, NOON + HOUR, "x"), entered_by="j")
        second = exclusions.enter(session, Entry("exclude", site, NOON, NOON + QUARTER, "x"), entered_by="j")
        with refused("undo", f"entry {second} stands in its place"):
            exclusions.undo(session, first, reason="x", entered_by="j")
        restore = exclusions.undo(session, second, reason="x", entered_by="j")
        with refused("undo", f"entry {restore} has taken it back already"):
            exclusions.undo(session, second, reason="x", entered_by="j")
        with refused("undo", "enter anew"):
            exclusions.undo(session, restore, reason="x", entered_by="j")


def test_local_times_are_read_in_the_zone_of_the_owner() -> None:
    """Amsterdam, both changes of the clocks."""
    zone = "Europe/Amsterdam"
    assert exclusions.moment("from", "2026-05-12T07:30", zone) == datetime(2026, 5, 12, 5, 30, tzinfo=UTC)
    assert exclusions.moment("from", "2026-05-12 07:30+00:00", zone) == datetime(2026, 5, 12, 7, 30, tzinfo=UTC)
    assert exclusions.moment("from", "2026-01-12", zone) == datetime(2026, 1, 11, 23, tzinfo=UTC)
    assert exclusions.moment("to", "2026-10-25T02:30+01:00", zone) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with refused("from", r"comes twice; add the offset, \+02:00 or \+01:00"):
        exclusions.moment("from", "2026-10-25T02:30", zone)
    with refused("from", "put on past this moment"):
        exclusions.moment("from", "2026-03-29T02:30", zone)
    with refused("to", "write a day"):
        exclusions.moment("to", "12 mei", zone)
    for slip in ("0206-05-12", "0001-01-01", "9999-12-31T23:59-05:00", "9999-12-31"):
        with refused("to", "write a year from 1970"):
            exclusions.moment("to", slip, zone)


def test_a_day_whose_midnight_is_left_out_has_a_beginning() -> None:
    """In Cairo clocks go from 0:00 to 1:00; in Havana from 1:00 back to 0:00, and the first is the beginning."""
    assert exclusions.moment("from", "2026-04-24", "Africa/Cairo") == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert exclusions.moment("from", "2026-11-01", "America/Havana") == datetime(2026, 11, 1, 4, tzinfo=UTC)
    with refused("from", "put on past this moment"):
        exclusions.moment("from", "2026-04-24T00:00", "Africa/Cairo")
    with refused("from", "comes twice"):
        exclusions.moment("from", "20261025x0230", "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (0, None), (4 | 8 | 64, None), (1 | 256, "status_bad"), (1 | 1024, "dead"), (1 | 8192, "spike"),
        (1024 | BY_HAND, "by_hand"), (BY_HAND | MAINTENANCE, "maintenance"), (2048 | 4096, "blind"),
        (4096 | 32768, "saturated"), (65536, "sentinel"), (4096 | 8192, "stuck"), (2097152 | 128, "few_samples"),
        (16384 | 131072 | 262144, None), (2097152, None),
    ],
)  # fmt: skip
def test_a_gap_says_what_was_found(processing: StoreAndAggregate, flags: int, reason: str | None) -> None:
    """A code of the catalogue, whose words are in the locales; what a person said comes first."""
    assert processing.row("SELECT api.excluded_reason(%s)->>'code'", flags) == (reason,)
    assert reason is None or reason in REASONS
