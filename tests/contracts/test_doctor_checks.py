"""Each check of the doctor sees the one thing that is wrong: on a database, a Kafka and a site that are made so."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_httpserver import HTTPServer

from deploy.local.stack import Stack
from deploy.migrate import migrations
from deploy.owner_folders import SHIPPED
from operations.condition.questions import SiteUnreadyError, ask_web
from operations.doctor import database, log, processing
from operations.doctor.checks import DoubtfulError, NotAsExpectedError
from streams.epoch import epoch_of
from tests.conftest import superuser
from tests.contracts.processing import StoreAndAggregate

pytestmark = pytest.mark.contracts

OURS = [one.name for one in migrations()]


@pytest.fixture
def own(processing: StoreAndAggregate, own_database: tuple[str, str]) -> Iterator[psycopg.Connection]:
    """Connect to the database of a test as somebody who may change everything, each statement at once."""
    assert processing.conninfo == own_database[0]
    with psycopg.connect(own_database[1], autocommit=True) as connection:
        yield connection


@pytest.fixture
def conninfo(own_database: tuple[str, str]) -> str:
    """Give the connection string of the database of a test."""
    return own_database[0]


def marked(own: psycopg.Connection, ago: str, processed_ago: str = "0 s") -> None:
    """Let a bridge have marked, and `aggregate` have come, so long ago."""
    own.execute("DELETE FROM doorfiets.watermark")
    own.execute("DELETE FROM doorfiets.stage")
    own.execute("INSERT INTO doorfiets.watermark VALUES ('one', 0, now() - %s::interval, 0)", [ago])
    own.execute(
        "INSERT INTO doorfiets.stage VALUES ('store', 'one', 7, NULL, now()),"
        " ('aggregate', 'one', 3, now() - %s::interval, now())",
        [processed_ago],
    )


def test_a_database_without_the_extension(stack: Stack) -> None:
    """It answers, and is not ours."""
    name = f"bare_{uuid4().hex[:8]}"
    with psycopg.connect(superuser(stack), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            with pytest.raises(NotAsExpectedError, match="without TimescaleDB in this database"):
                database.timescaledb_is_there(make_conninfo(str(stack.settings().postgres), dbname=name))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.usefixtures("own")
def test_a_schema_that_is_older_or_newer(conninfo: str) -> None:
    """A migration is missing; one is there that this program does not have."""
    assert f"all {len(OURS)} migrations" in database.schema_is_newest(conninfo, OURS)
    with pytest.raises(NotAsExpectedError, match=r"1 migrations are not applied, the first 9999_later\.sql"):
        database.schema_is_newest(conninfo, [*OURS, "9999_later.sql"])
    with pytest.raises(NotAsExpectedError, match="this program does not have it"):
        database.schema_is_newest(conninfo, OURS[:-1])


def test_a_clock_that_is_elsewhere(own: psycopg.Connection, conninfo: str) -> None:
    """Seconds are doubtful, minutes are wrong."""

    def ahead(seconds: float) -> datetime:
        (there,) = own.execute("SELECT clock_timestamp()").fetchone() or (None,)
        assert isinstance(there, datetime)
        return there.astimezone(UTC) + timedelta(seconds=seconds)

    with pytest.raises(DoubtfulError, match=r"the clock of the database is (2\d|30)\.\d s"):
        database.clocks_agree(conninfo, lambda: ahead(30))
    with pytest.raises(NotAsExpectedError, match="from the one here"):
        database.clocks_agree(conninfo, lambda: ahead(-600))


def test_a_reader_that_may_write(own: psycopg.Connection, conninfo: str) -> None:
    """One right that was granted by hand is found and named."""
    assert "may write nowhere" in database.readers_cannot_write(conninfo)
    own.execute("GRANT UPDATE ON doorfiets.site TO grafana_public")
    try:
        with pytest.raises(
            NotAsExpectedError, match=r"grafana_public may write to 1 relations, such as doorfiets\.site"
        ):
            database.readers_cannot_write(conninfo)
    finally:
        own.execute("REVOKE UPDATE ON doorfiets.site FROM grafana_public")


async def test_a_topic_that_is_kept_otherwise(stack: Stack) -> None:
    """A setting that somebody changed."""
    address = str(stack.settings().kafka)

    async def retain(milliseconds: int) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=address)
        await admin.start()
        try:
            wanted = ConfigResource(ConfigResourceType.TOPIC, "changes", {"retention.ms": str(milliseconds)})
            await admin.alter_configs([wanted])
        finally:
            await admin.close()

    await retain(1_000_000)
    try:
        with pytest.raises(DoubtfulError, match=r"changes has retention\.ms=1000000, expected 86400000"):
            await asyncio.to_thread(log.topics_are_as_declared, address)
    finally:
        await retain(86_400_000)
    assert "topics of 12 partitions" in await asyncio.to_thread(log.topics_are_as_declared, address)


@pytest.mark.usefixtures("own")
async def test_a_log_that_nobody_reads(conninfo: str, stack: Stack) -> None:
    """Without a fence everything that the log holds waits."""
    try:
        said = await asyncio.to_thread(log.log_is_read, str(stack.settings().kafka), conninfo, epoch_of)
    except DoubtfulError as doubtful:  # other tests may have written more than the limit
        said = str(doubtful)
    waiting, held = said.replace(" records wait to be stored", "").split(" of ")
    assert waiting == held


def test_workers_that_never_worked_or_stand_still(own: psycopg.Connection, conninfo: str) -> None:
    """They measure themselves every second."""
    with pytest.raises(NotAsExpectedError, match="store and aggregate never measured anything"):
        processing.workers_measure(conninfo)
    marked(own, "0 s")
    assert "store 0 s ago" in processing.workers_measure(conninfo)
    own.execute("UPDATE doorfiets.stage SET measured_at = now() - interval '40 s' WHERE stage = 'store'")
    with pytest.raises(NotAsExpectedError, match=r"store 4\d s ago.*it stands still"):
        processing.workers_measure(conninfo)


def test_stages_that_fall_behind(own: psycopg.Connection, conninfo: str) -> None:
    """From ten seconds on somebody should look, from five minutes on it is wrong."""
    with pytest.raises(DoubtfulError, match="no bridge has marked yet"):
        processing.stored_in_time(conninfo)
    marked(own, "0 s")
    assert "7 records wait" in processing.stored_in_time(conninfo)
    marked(own, "60 s", "60 s")
    with pytest.raises(DoubtfulError, match=r"stored until 6\d s ago"):
        processing.stored_in_time(conninfo)
    with pytest.raises(DoubtfulError, match=r"aggregated until 6\d s ago, 3 hours wait"):
        processing.aggregated_in_time(conninfo)
    marked(own, "20 min", "20 min")
    for behind in (processing.stored_in_time, processing.aggregated_in_time):
        with pytest.raises(NotAsExpectedError, match=r"until 1,2\d\d s ago"):
            behind(conninfo)


def test_what_is_set_aside(own: psycopg.Connection, conninfo: str) -> None:
    """One hour that cannot be computed."""
    assert "0 records and 0 hours" in processing.nothing_is_set_aside(conninfo)
    own.execute("INSERT INTO doorfiets.failed_hour VALUES (1, '2026-05-12 06:00Z', 'why')")
    with pytest.raises(DoubtfulError, match="0 records and 1 hours are set aside"):
        processing.nothing_is_set_aside(conninfo)


def test_feeds_that_fall_silent(own: psycopg.Connection, conninfo: str) -> None:
    """One is a matter for its operator; many at once are one for whoever runs the platform."""
    marked(own, "0 s")
    assert processing.feeds_speak(conninfo).startswith("0 of ")
    spoke = (
        "INSERT INTO doorfiets.feed SELECT datastream, a, a, a, 1, 0, 0, a"
        " FROM doorfiets.datastream, (SELECT now() - interval '9 days' AS a) o"
    )
    own.execute("UPDATE doorfiets.datastream SET valid_until = 'infinity'")
    own.execute(f"{spoke} ORDER BY datastream LIMIT 1")
    with pytest.raises(DoubtfulError, match=r"1 of \d+ feeds are silent"):
        processing.feeds_speak(conninfo)
    own.execute(f"{spoke} ON CONFLICT DO NOTHING")
    with pytest.raises(NotAsExpectedError, match=r"(\d+) of \1 feeds are silent"):
        processing.feeds_speak(conninfo)


def test_messages_that_were_refused(own: psycopg.Connection, conninfo: str) -> None:
    """In the last day; what was refused before is history."""
    put = (
        "INSERT INTO doorfiets.rejection"
        " VALUES (%s, %s, '', 't', 'd', NULL, NULL, now() - %s::interval, now() - %s::interval, 1)"
    )
    own.execute(put, [b"1", "unit", "2 days", "2 days"])
    assert processing.little_is_refused(conninfo) == "nothing refused in the last day"
    own.execute(put, [b"2", "unknown_sensor", "1 h", "1 h"])
    with pytest.raises(DoubtfulError, match="1 messages refused in the last day, most as unknown_sensor"):
        processing.little_is_refused(conninfo)


def test_a_registry_that_is_not_applied(own: psycopg.Connection, conninfo: str) -> None:
    """The files of the example owners are not those of the small city."""
    with pytest.raises(DoubtfulError, match=r"the files of .*GM0106.* are not the ones that are applied"):
        processing.registry_is_applied(conninfo, Path("deploy/owners").absolute(), SHIPPED)
    own.execute("DELETE FROM doorfiets.calendar_entry")
    own.execute("UPDATE doorfiets.owner SET applied_state = ''")
    with pytest.raises(NotAsExpectedError, match="no owner's registry is applied"):
        processing.registry_is_applied(conninfo, Path("deploy/owners").absolute(), SHIPPED)


def test_a_broker_that_dropped(httpserver: HTTPServer) -> None:
    """As the metrics of the bridge tell."""
    httpserver.expect_request("/metrics").respond_with_data(
        "# TYPE mqtt_dropped_total gauge\nmqtt_dropped_total 5\n# TYPE bridge_backlog_messages gauge\n"
        "bridge_backlog_messages 2\n"
    )
    with pytest.raises(DoubtfulError, match="has dropped 5 messages"):
        processing.broker_drops_nothing((httpserver.host, httpserver.port))


def test_a_site_that_is_not_ready(httpserver: HTTPServer) -> None:
    """Its reason is in what was measured."""
    body = {"code": "database_away", "reden": "de database antwoordt niet"}
    httpserver.expect_request("/gezond/klaar").respond_with_json(body, status=503)
    with pytest.raises(SiteUnreadyError, match="not ready, database_away"):
        ask_web(f"{httpserver.host}:{httpserver.port}")


def test_an_api_that_describes_nothing(httpserver: HTTPServer) -> None:
    """A document without a path."""
    httpserver.expect_request("/v1/openapi.json").respond_with_json({"openapi": "3.1.0", "paths": {}})
    with pytest.raises(NotAsExpectedError, match="describes nothing"):
        processing.api_describes_itself(f"http://{httpserver.host}:{httpserver.port}")
