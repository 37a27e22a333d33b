"""What the platform says of itself: what was published until when has been processed, and how much waits."""

from datetime import datetime, timedelta

import pytest

from tests.contracts.mill import NOON, Mill, seen

pytestmark = pytest.mark.contracts

SECOND = timedelta(seconds=1)
WATERMARK = "SELECT * FROM api.watermark"
UNTIL = "SELECT received_until, stored_until FROM api.watermark"


def _passed(mill: Mill, bridge: str, *marks: datetime) -> None:
    """Let `keep` have passed these marks of a bridge, one per partition."""
    for partition, published_until in enumerate(marks):
        mill.database.execute(
            "INSERT INTO doorfiets.watermark VALUES (%s, %s, %s)"
            " ON CONFLICT (bridge, partition) DO UPDATE SET published_until = excluded.published_until",
            [bridge, partition, published_until],
        )


def _read(mill: Mill, partitions: int) -> None:
    """Let topic `observations` have so many partitions."""
    for partition in range(partitions):
        mill.database.execute("INSERT INTO doorfiets.fence VALUES ('observations', 'here', %s, 0)", [partition])


def _measured(mill: Mill, stage: str, worker: str, backlog: int, at: datetime) -> None:
    mill.database.execute(
        "INSERT INTO doorfiets.stage (stage, worker, backlog, measured_at) VALUES (%s, %s, %s, %s)",
        [stage, worker, backlog, at],
    )


def test_nothing_is_judged_where_nothing_was_marked(mill: Mill) -> None:
    """A database that no bridge has filled says nothing, in one row."""
    _measured(mill, "store", "1", 3, NOON)
    assert mill.rows(WATERMARK) == [(None,) * 7]
    assert mill.row("SELECT api.processed_until()") == (None,)


def test_stored_is_what_every_partition_has_passed(mill: Mill) -> None:
    """Received is the newest mark that was seen; a partition without any mark leaves open what is stored."""
    _read(mill, 3)
    _passed(mill, "one", NOON, NOON + 2 * SECOND)
    assert mill.row(UNTIL) == (NOON + 2 * SECOND, None)
    _passed(mill, "one", NOON, NOON + 2 * SECOND, NOON + SECOND)
    assert mill.row(UNTIL) == (NOON + 2 * SECOND, NOON)


def test_the_slower_of_two_bridges_counts_unless_it_is_retired(mill: Mill) -> None:
    """One that has marked nothing for a day holds nobody up; one that has just begun neither."""
    _read(mill, 2)
    _passed(mill, "one", NOON, NOON)
    _passed(mill, "two", NOON - SECOND, NOON + SECOND)
    assert mill.row(UNTIL) == (NOON, NOON - SECOND)
    _passed(mill, "three", NOON + SECOND)
    assert mill.row(UNTIL) == (NOON, NOON - SECOND)
    later = NOON + timedelta(days=1, seconds=2)
    _passed(mill, "two", later, later)
    assert mill.row(UNTIL) == (later, later)


def test_backlogs_are_those_of_the_workers_that_still_measure(mill: Mill) -> None:
    """Two workers share the partitions; one that is no more has nothing that waits."""
    _passed(mill, "one", NOON)
    _measured(mill, "store", "1", 30, NOON)
    _measured(mill, "store", "2", 12, NOON - SECOND)
    _measured(mill, "store", "3", 900, NOON - timedelta(minutes=1))
    _measured(mill, "aggregate", "", 7, NOON - timedelta(minutes=5))
    query = "SELECT receive_backlog, store_backlog, aggregate_backlog, measured_at FROM api.watermark"
    assert mill.row(query) == (None, 42, 7, NOON)


def test_readers_see_it(mill: Mill) -> None:
    """Everybody who shows numbers may say how far they have come."""
    for role in ("api", "grafana_staff", "grafana_public", "backup"):
        with mill.database.transaction(force_rollback=True):
            mill.database.execute(f"SET LOCAL ROLE {role}".encode())
            assert mill.row("SELECT api.processed_until() FROM api.watermark") == (None,)


async def test_when_an_hour_began_to_wait_stays(mill: Mill) -> None:
    """A mark that is set again is as old as it was."""
    await mill.keep(seen(5))
    mill.database.execute("UPDATE doorfiets.dirty SET marked_at = %s", [NOON])
    await mill.keep(seen(6, heard=60))
    assert mill.rows("SELECT marked_at FROM doorfiets.dirty") == [(NOON,)]
