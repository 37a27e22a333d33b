"""Requests for replays while Kafka is away: they wait, are done once it is back, and store everything once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from deploy.local.stack import Stack
from ingest.clock import system_time
from ingest.kafka_log import LogUnavailableError
from ingest.replay.assembly import replays
from ingest.replay.metrics import ReplayMetrics
from ingest.replay.requests import RequestReplay
from ingest.replay.settings import ReplaySettings
from operations import replay_requests
from schemas.replay import RawSelection, RejectionSelection
from streams.verdicts import RegistryVerdicts
from tests.contracts.kafka_proxy import KafkaProxy
from tests.contracts.platform.test_replay import (  # noqa: F401 - fixtures
    FEED,
    OPEN,
    Owners,
    message,
    owners,
    publish,
    quarters,
    refused,
    site,
    stored,
)
from tests.journeys.simulator import one
from tests.services import stopped

pytestmark = pytest.mark.contracts

TRIES: Final = 4  # one more than those after which a request that cannot be brought to an end has failed
LONG: Final = 90.0
NUMBER: Final = 6


@pytest.fixture
def moments(
    stack: Stack,
    database: psycopg.Connection[Any],
    owners: Owners,  # noqa: F811 - the fixture
    publish: Callable[[str, bytes], None],  # noqa: F811 - the fixture
) -> Iterator[Callable[[str], list[datetime]]]:
    """Give what lets a sensor be refused and then be registered, while process `replay` stands still; answers when."""

    def refuse(sensor: str) -> list[datetime]:
        owners.apply()
        starts = quarters(NUMBER, timedelta(hours=9))
        for number, start in enumerate(starts):
            publish(*message(sensor, number, start, {"in": number}))
        refused(database, sensor, NUMBER)
        owners.apply(site(sensor, "bicycles/in"))
        return starts

    with stopped(stack, "replay"):
        yield refuse


@pytest.mark.parametrize("kind", ["rejections", "raw"])
async def test_a_request_waits_for_kafka_and_stores_everything_once(
    stack: Stack, database: psycopg.Connection[Any], moments: Callable[[str], list[datetime]], kind: str
) -> None:
    """Kafka is away more often than a request may fail; then it takes what it is given, and its answer is lost."""
    sensor = f"rp-away-{kind}"
    starts = await asyncio.to_thread(moments, sensor)
    number = _ask(stack, kind, sensor)
    async with _requests(stack, attempts=1) as (requests, proxy):
        proxy.away = True
        for _ in range(TRIES):
            with pytest.raises(LogUnavailableError):
                await requests.carry_out_next()
            assert _state(database, number) == ("waiting", 0, None)
        proxy.away, proxy.mute = False, True
        async with asyncio.timeout(LONG):
            with pytest.raises(LogUnavailableError):
                await requests.carry_out_next()
        assert proxy.produced.is_set()
        assert _state(database, number) == ("waiting", 0, None)
        values = [("bicycles/in", start, float(value)) for value, start in enumerate(starts)]
        await asyncio.to_thread(stored, database, sensor, values)
        proxy.mute = False
        proxy.frozen.clear()
        async with asyncio.timeout(LONG):
            assert await requests.carry_out_next()
            assert not await requests.carry_out_next()
    assert _state(database, number) == ("done", 1, NUMBER)
    await asyncio.to_thread(stored, database, sensor, values)
    assert database.execute(FEED.encode(), [sensor]).fetchall() == [(NUMBER, 0)]
    if kind == "rejections":
        await asyncio.to_thread(refused, database, sensor, 0)


async def test_a_request_that_publishes_goes_on_when_kafka_takes_anything_again(
    stack: Stack, database: psycopg.Connection[Any], moments: Callable[[str], list[datetime]]
) -> None:
    """As the process has it: what was decoded waits for Kafka, for as long as that takes."""
    starts = await asyncio.to_thread(moments, "rp-away-begun")
    number = _ask(stack, "rejections", "rp-away-begun")
    async with _requests(stack, attempts=None) as (requests, proxy):
        proxy.full = True
        working = asyncio.create_task(requests.carry_out_next())
        async with asyncio.timeout(LONG):
            await proxy.produced.wait()
            assert _state(database, number) == ("running", 1, None)
            assert not working.done()
            assert one(database, OPEN, "rp-away-begun") == NUMBER  # what is marked is held
            proxy.full = False
            assert await working
    assert _state(database, number) == ("done", 1, NUMBER)
    values = [("bicycles/in", start, float(value)) for value, start in enumerate(starts)]
    await asyncio.to_thread(stored, database, "rp-away-begun", values)
    await asyncio.to_thread(refused, database, "rp-away-begun", 0)


@asynccontextmanager
async def _requests(stack: Stack, attempts: int | None) -> AsyncIterator[tuple[RequestReplay, KafkaProxy]]:
    """Give what carries out requests, and the proxy through which it reaches Kafka."""
    postgres = str(stack.settings().postgres)
    verdicts = RegistryVerdicts(postgres, role="replay")
    async with KafkaProxy(str(stack.settings().kafka)) as proxy:
        settings = ReplaySettings(kafka=f"127.0.0.1:{proxy.port}", postgres=postgres)
        async with replays(settings, verdicts, attempts=attempts) as parts:
            yield RequestReplay(parts, ReplayMetrics(CollectorRegistry())), proxy
    await verdicts.close()


def _ask(stack: Stack, kind: str, sensor: str) -> int:
    """Ask for all of a sensor, as the console does."""
    until = system_time() + timedelta(minutes=5)
    raw = RawSelection(until - timedelta(hours=1), until, sensors=(sensor,))
    with psycopg.connect(str(stack.settings().postgres), user="console") as console:
        return replay_requests.ask(
            console, raw if kind == "raw" else RejectionSelection(sensors=(sensor,)), by="anna", dry_run=False
        )


def _state(database: psycopg.Connection[Any], number: int) -> tuple[str, int, int | None]:
    """Give the state of a request, how often it was begun, and how many messages it was about in the end."""
    (row,) = database.execute(
        "SELECT state, attempts, (summary->>'messages')::int FROM doorfiets.replay_request WHERE request = %s", [number]
    ).fetchall()
    return row  # type: ignore[no-any-return] # a row of three
