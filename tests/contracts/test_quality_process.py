"""Process `quality`: checks find what no single message shows, late data change that, and a crash loses nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, Final

import msgspec
import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg.conninfo import make_conninfo

from deploy.local.stack import Stack
from deploy.settings import write
from schemas.observation import Observation
from schemas.quality_flags import BY_HAND, DEAD, OUTSIDE_WINDOW, STATUS_BAD, STATUS_SUSPECT
from streams.domain.quality import OPEN, LocalCalendar, Overrides, QualityRun, SeriesSet
from streams.progress import Progress
from streams.quality.checking import check
from streams.quality.metrics import QualityMetrics
from streams.quality.process import QualityRounds, _work
from streams.sinks.check_inputs import Place, series_of
from streams.sinks.findings import FindingChanges, FindingStore
from streams.sinks.lock_waits import StoreBusyError
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small
from tests.contracts.test_findings import flags, said, settled
from tests.services import wait_until

pytestmark = pytest.mark.contracts

WEEK: Final = timedelta(weeks=1)
START: Final = datetime(2026, 1, 5, tzinfo=UTC)
DIED: Final = START + 12 * WEEK + timedelta(days=2, hours=9)
DEADS: Final = (
    "SELECT c.channel, f.started_at, isfinite(f.ended_at), f.withdrawn_at IS NULL, f.rule, f.evidence->>'expected'"
    " FROM doorfiets.finding f JOIN doorfiets.datastream c USING (datastream) WHERE flag = 'dead' ORDER BY finding"
)


@pytest.fixture
def store(processing: StoreAndAggregate) -> Iterator[FindingStore]:
    """Give the writer of findings over the same database."""
    made = FindingStore(processing.conninfo)
    yield made
    made.drop()


def busy(source: str, until: datetime, *, dies_at: datetime | None = None, **of: Any) -> list[Observation]:  # noqa: ANN401 - fields of an observation
    """Quarters of a busy counter from START on, a day like every other; zeros from some moment on."""
    chance, made, at = Random(7), [], START  # noqa: S311 - an example, no secret
    while at < until:
        usual = 2 if at.hour < 5 or at.hour > 21 else 30
        value = (
            0
            if dies_at and at >= dies_at
            else round(chance.gauss(usual, usual**0.5) if usual > 2 else chance.choice((0, 1, 3)))
        )
        made.append(seen(max(0, value), source=source, at=at, **of))
        at += QUARTER
    return made


async def stored(processing: StoreAndAggregate, observations: Iterable[Observation]) -> None:
    """Store and aggregate."""
    await processing.store(*observations)
    while await processing.aggregate():
        pass


def rounds(store: FindingStore) -> QualityRounds:
    """Give the rounds of a process that waits for nothing between two checks of a place."""
    return QualityRounds(store, QualityMetrics(CollectorRegistry()), timedelta(0))


def idle(of: QualityRounds) -> None:
    """Go on until there is nothing to do."""
    while of.once():
        pass


async def test_a_counter_that_dies_with_zeros_is_found_and_its_run_goes(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """From its first zero, with its evidence; late data that say otherwise withdraw it, and its figures are there."""
    working = rounds(store)
    idle(working)  # follows what changes from now on
    until = DIED + timedelta(days=4)
    await stored(processing, busy("bicycles/in", until, dies_at=DIED))
    await stored(processing, busy("bicycles/out", until))
    idle(working)
    ((channel, started_at, ended, stands, rule, expected),) = processing.rows(DEADS)
    assert (channel, ended, stands, rule) == ("a-in", False, True, "dead-1")
    assert DIED - HOUR <= started_at <= DIED
    assert float(expected) > 1000
    query = "SELECT count(*) FROM doorfiets.observation WHERE found_flags & %s <> 0"
    (flagged,) = processing.row(query, DEAD)
    assert flagged == (until - started_at) / QUARTER
    while await processing.aggregate():
        pass
    during = "SELECT paired, total FROM doorfiets.site_hour WHERE mode = 'bicycles' AND hour = %s"
    assert processing.row(during, DIED + 12 * HOUR) == (0, None)
    await processing.store(seen(0, at=until))  # what comes gets the flag as well
    assert processing.row(query, DEAD) == (flagged + 1,)
    late = [one for one in busy("bicycles/in", until + QUARTER, received=9 * 86_400) if one.started_at >= started_at]
    await stored(processing, late)
    idle(working)
    assert [row[3] for row in processing.rows(DEADS)] == [False]
    assert processing.row(query, DEAD) == (0,)
    while await processing.aggregate():
        pass
    paired, total = processing.row(during, DIED + 12 * HOUR)
    assert (paired, total > 0) == (4, True)


async def test_checking_twice_changes_nothing(processing: StoreAndAggregate, store: FindingStore) -> None:
    """A finding does not make itself go, nor does what it flags bring it again; a dry run changes nothing."""
    await stored(processing, busy("bicycles/in", DIED + 5 * WEEK, dies_at=DIED))
    place = Place("site", "a")
    with store.session().transaction(force_rollback=True):
        assert check(store, place, START, write=store.found_only).new >= 1
    assert processing.rows(DEADS) == []
    first = check(store, place, START)
    assert first.new >= 1
    before = processing.rows("SELECT to_jsonb(f) FROM doorfiets.finding f ORDER BY finding")
    settled(store)
    for since in (START, DIED, DIED + 2 * WEEK, DIED + 5 * WEEK):
        assert check(store, place, since) == FindingChanges()
    assert processing.rows("SELECT to_jsonb(f) FROM doorfiets.finding f ORDER BY finding") == before


async def test_checks_see_what_a_person_excluded_and_not_what_they_found(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """Their own flags are left aside, a person's are not; quarters of minutes are added up."""
    await processing.store(*quarters([1, 2, 3, 4]))
    said(processing, "a-in", NOON, NOON + QUARTER)
    settled(store)

    def everything(given: SeriesSet, _: LocalCalendar, __: Overrides, ___: datetime) -> list[QualityRun]:
        return [
            QualityRun(one.datastream, "stuck", NOON + QUARTER, OPEN, "stuck-0", {})
            for one in given.series
            if len(one.starts)
        ]

    assert check(store, Place("site", "a"), NOON, checks=everything) == FindingChanges(new=1)
    assert flags(processing) == [BY_HAND, 4096, 4096, 4096]
    given = series_of(store.session(), Place("site", "a"), NOON, NOON + HOUR)
    assert given is not None
    one = next(one for one in given.series.series if len(one.starts))
    assert (one.values.tolist(), one.valid.tolist()) == ([1, 2, 3, 4], [False, True, True, True])
    assert {other.place for other in given.series.neighbours} == set("bcde")


@pytest.mark.parametrize("seconds", [900, 300])
async def test_checks_leave_out_what_a_message_excluded(
    processing: StoreAndAggregate, store: FindingStore, seconds: int
) -> None:
    """A fault that the sensor reports, and the night of a camera; what only makes suspect is looked at."""
    processing.database.execute("UPDATE doorfiets.datastream SET seconds = %s", [seconds])
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    processing.read_registry_anew()
    of_quarters = [(NOON, 0), (NOON + QUARTER, STATUS_BAD), (NOON + 2 * QUARTER, STATUS_SUSPECT)]
    for start, quality_flags in of_quarters:
        for number in range(900 // seconds):
            at = start + number * timedelta(seconds=seconds)
            await processing.store(seen(5, at=at, lasts=timedelta(seconds=seconds), quality_flags=quality_flags))
    processing.database.execute(
        "UPDATE doorfiets.observation SET quality_flags = %s, found_flags = %s WHERE started_at < %s",
        [OUTSIDE_WINDOW, DEAD, NOON + QUARTER],
    )
    given = series_of(store.session(), Place("site", "a"), NOON, NOON + HOUR)
    assert given is not None
    one = next(one for one in given.series.series if len(one.starts))
    assert one.valid.tolist() == [False, False, True]


async def test_what_others_recorded_is_checked_on_request_only(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """An archive that is brought in is no news."""
    processing.database.execute("UPDATE doorfiets.datastream SET origin = 'recorded'")
    idle(rounds(store))
    await stored(processing, busy("bicycles/in", DIED + WEEK, dies_at=DIED))
    idle(rounds(store))
    assert processing.rows("SELECT * FROM doorfiets.place_check") == []
    assert check(store, Place("site", "a"), START).new >= 1


async def test_a_place_that_cannot_be_checked_keeps_its_findings_and_holds_up_nobody(
    processing: StoreAndAggregate, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its next turn like the others."""
    working = rounds(store)
    idle(working)
    await stored(processing, [*quarters([1, 2]), *quarters([1, 2], sensor="b-1")])

    def broken(*_: object, **__: object) -> FindingChanges:
        raise ValueError("no such threshold")

    monkeypatch.setattr("streams.quality.process.check", broken)
    idle(working)
    assert processing.row("SELECT count(*), count(due_from), count(checked_at) FROM doorfiets.place_check") == (2, 0, 2)


class Killed(BaseException):
    """The process ends here."""


async def test_a_check_that_ends_the_process_stands_behind_all_others(
    processing: StoreAndAggregate, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else no other place would be checked any more."""
    idle(rounds(store))
    await stored(processing, [*quarters([1, 2]), *quarters([1, 2], sensor="b-1")])
    begun = []

    def fatal(_store: FindingStore, place: Place, *_: object, **__: object) -> FindingChanges:
        begun.append(place.place)
        if place.place == "a":
            raise Killed
        return FindingChanges()

    monkeypatch.setattr("streams.quality.process.check", fatal)
    with pytest.raises(Killed):
        idle(rounds(store))
    assert rounds(store).once()
    assert begun == ["a", "b"]


async def test_a_check_that_takes_too_long_is_one_that_fails(
    processing: StoreAndAggregate, store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statement is cancelled, and the connection goes on."""
    working = rounds(store)
    idle(working)
    await stored(processing, quarters([1, 2]))

    def slow(of: FindingStore, *_: object, **__: object) -> FindingChanges:
        with of.session().transaction():
            of.session().execute("SET LOCAL statement_timeout = '20ms'")
            of.session().execute("SELECT pg_sleep(5)")
        return FindingChanges()

    monkeypatch.setattr("streams.quality.process.check", slow)
    idle(working)
    assert processing.row("SELECT count(due_from), count(checked_at) FROM doorfiets.place_check") == (0, 1)


async def test_what_comes_together_is_checked_together(processing: StoreAndAggregate, store: FindingStore) -> None:
    """Half a minute after the first of it."""
    working = QualityRounds(store, QualityMetrics(CollectorRegistry()), timedelta(minutes=15))
    idle(working)
    await stored(processing, quarters([1, 2]))
    due = "SELECT count(due_from), count(checked_at) FROM doorfiets.place_check"
    idle(working)
    assert processing.row(due) == (1, 0)
    processing.database.execute("UPDATE doorfiets.place_check SET due_at = due_at - interval '30 seconds'")
    idle(working)
    assert processing.row(due) == (0, 1)


async def test_a_check_that_finds_nothing_new_waits_for_nobody(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """`store` is in the middle of a batch of this owner, and stays there."""
    await stored(processing, quarters([1, 2, 3]))
    with storing(processing):
        assert await asyncio.wait_for(asyncio.to_thread(check, store, Place("site", "a"), NOON), 30) == FindingChanges()


async def test_who_is_in_the_way_for_too_long_is_named_and_the_place_stays_due(
    processing: StoreAndAggregate,
) -> None:
    """`store` is in the middle of a batch and stays there: nothing is found meanwhile, and all of it afterwards."""
    reported: list[str] = []
    store = FindingStore(processing.conninfo, patience=0, tell_waits=reported.append)
    working = rounds(store)
    idle(working)
    await stored(processing, busy("bicycles/in", DIED + WEEK, dies_at=DIED))
    due = "SELECT count(due_from) FROM doorfiets.place_check WHERE place = 'a'"
    with storing(processing):
        with pytest.raises(StoreBusyError, match=r"gave up after 0 s, waiting for store .*; of this nothing was"):
            idle(working)
        with pytest.raises(StoreBusyError):
            check(store, Place("site", "a"), START)
        assert (processing.row(due), processing.rows(DEADS)) == ((1,), [])
        assert reported[0].startswith("waiting for store (")
    idle(working)
    assert processing.row(due) == (0,)
    assert [row[3] for row in processing.rows(DEADS)] == [True]
    store.drop()


async def test_the_process_tries_again_when_others_are_in_the_way_for_too_long(
    processing: StoreAndAggregate, caplog: pytest.LogCaptureFixture
) -> None:
    """What a person says is followed as soon as `store` goes on."""
    store, stop = FindingStore(processing.conninfo, patience=0), Event()
    await processing.store(*quarters([1, 2]))
    said(processing, "a", NOON, NOON + HOUR)
    with storing(processing):
        working = asyncio.create_task(asyncio.to_thread(_work, rounds(store), Progress(None), stop))
        await asyncio.to_thread(
            wait_until, lambda: "others are in the way, and it is tried again" in caplog.text, "it gave up once"
        )
    await asyncio.to_thread(wait_until, lambda: processing.row(FLAGGED, BY_HAND) == (2,), "what was said is followed")
    stop.set()
    await working
    store.drop()


@contextmanager
def storing(processing: StoreAndAggregate) -> Iterator[None]:
    """Be `store` in the middle of a batch of every owner."""
    (owners,) = processing.row("SELECT array_agg(number) FROM doorfiets.owner")
    with psycopg.connect(make_conninfo(processing.conninfo, user="store")) as batch:
        batch.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        batch.execute("SELECT doorfiets.share_marks(%s)", [owners])
        yield


FLAGGED: Final = "SELECT count(*) FROM doorfiets.observation WHERE found_flags = %s"
UNFLAGGED: Final = (
    "SELECT count(*) FROM doorfiets.observation o JOIN doorfiets.finding f ON f.datastream = o.datastream"
    " AND f.withdrawn_at IS NULL AND f.started_at <= o.started_at AND o.started_at < f.ended_at"
    " WHERE o.found_flags & f.bit = 0 AND NOT EXISTS (SELECT FROM doorfiets.flags_due d"
    " WHERE d.datastream = o.datastream AND d.started_at <= o.started_at AND o.started_at < d.ended_at)"
)


async def test_killed_in_the_middle_it_leaves_all_or_nothing_of_a_piece(
    processing: StoreAndAggregate, stack: Stack, tmp_path: Path
) -> None:
    """At random moments: what is not flagged is noted as due; the next process goes on until all of it is."""
    observations = [one for source in ("bicycles/in", "bicycles/out") for one in busy(source, START + 26 * WEEK)]
    for start in range(0, len(observations), 10_000):
        await processing.store(*observations[start : start + 10_000])
    total = len(observations)
    said(processing, "a", START, START + 30 * WEEK)
    environment = {**os.environ, **write(stack.settings())} | {
        "DOORFIETS_POSTGRES": processing.conninfo, "DOORFIETS_HOME": str(tmp_path), "DOORFIETS_METRICS": "",
    }  # fmt: skip
    seed = Random().randrange(2**32)  # noqa: S311 - likewise
    print(f"seed {seed}")
    chance, kills = Random(seed), 0  # noqa: S311 - likewise
    while processing.row(FLAGGED, BY_HAND) < (total,) and kills < 40:
        await asyncio.to_thread(_kill, processing, environment, chance.uniform(0, 0.2))
        kills += 1
        assert processing.row(UNFLAGGED) == (0,)
    assert processing.row(FLAGGED, BY_HAND) == (total,)
    assert kills > 1
    assert processing.row("SELECT count(*) FROM doorfiets.flags_due") == (0,)
    assert processing.rows("SELECT count(*), min(revision), max(revision) FROM doorfiets.observation") == [
        (total, 2, 2)
    ]


def _kill(processing: StoreAndAggregate, environment: dict[str, str], later: float) -> None:
    """Let a process flag a piece at least, and kill it so many seconds later."""
    (before,) = processing.row(FLAGGED, BY_HAND)
    with subprocess.Popen([sys.executable, "-P", "-m", "deploy", "run", "quality"], env=environment) as process:
        wait_until(lambda: processing.row(FLAGGED, BY_HAND) > (before,), "it flags a piece")
        time.sleep(later)
        process.send_signal(signal.SIGKILL)


async def test_runs_that_reach_into_each_other_are_found_once(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """A check that begins where one of them does finds the end of the other again, which stands already."""
    await processing.store(*quarters([1] * 12), *quarters([2] * 12, source="bicycles/out"))
    (into,), (out,) = processing.rows(
        "SELECT datastream FROM doorfiets.datastream WHERE channel IN ('a-in', 'a-out') ORDER BY channel"
    )
    both = [
        QualityRun(into, "event", NOON, NOON + HOUR, "event-0", {}),
        QualityRun(out, "stuck", NOON + 3 * QUARTER, OPEN, "stuck-0", {}),
    ]

    def again(since: datetime, found: list[QualityRun]) -> FindingChanges:
        return check(store, Place("site", "a"), since, checks=lambda *_: found)

    assert again(NOON, both) == FindingChanges(new=2)
    for since in (NOON, NOON + QUARTER, NOON + HOUR, NOON + 2 * HOUR):
        assert again(since, both) == FindingChanges()
    longer = [both[0]._replace(started_at=NOON - HOUR, ended_at=NOON + 4 * QUARTER), both[1]]
    assert again(NOON + 2 * HOUR, longer) == FindingChanges(new=1, withdrawn=1)
    assert again(NOON + 2 * HOUR, longer) == FindingChanges()
    assert again(NOON + 2 * HOUR, []) == FindingChanges(withdrawn=2)


async def test_a_run_of_a_sensor_that_was_replaced_ends_with_it(
    processing: StoreAndAggregate, store: FindingStore
) -> None:
    """It does not go on for ever, or each check would read from its beginning on; the new one has nothing of it."""
    await processing.store(*quarters([0] * 8))
    registry, replaced = small(), date(2026, 5, 13)
    (channel, *others) = registry.sites[0].channels
    (stream,) = channel.datastreams
    streams = [
        msgspec.structs.replace(stream, valid_until=replaced),
        msgspec.structs.replace(stream, sensor="a-2", valid_from=replaced),
    ]
    site = msgspec.structs.replace(
        registry.sites[0], channels=[msgspec.structs.replace(channel, datastreams=streams), *others]
    )
    (old,) = processing.row("SELECT datastream FROM doorfiets.datastream WHERE channel = 'a-in'")
    goes_on = [QualityRun(old, "dead", NOON, OPEN, "dead-0", {})]
    ends = "SELECT CASE WHEN isfinite(ended_at) THEN ended_at END FROM doorfiets.finding WHERE withdrawn_at IS NULL"
    place = Place("site", "a")
    assert check(store, place, NOON, checks=lambda *_: goes_on) == FindingChanges(new=1)
    assert processing.row(ends) == (None,)
    load(processing.conninfo, msgspec.structs.replace(registry, sites=[site, *registry.sites[1:]]))
    assert check(store, place, NOON + WEEK, checks=lambda *_: goes_on) == FindingChanges(moved=1)
    assert processing.row(ends) == (datetime(2026, 5, 12, 22, tzinfo=UTC),)
    assert check(store, place, NOON + WEEK, checks=lambda *_: []) == FindingChanges()
