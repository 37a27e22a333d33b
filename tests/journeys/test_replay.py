"""The same again, and in any order: duplicates, replays and shuffled files change no byte of an aggregate."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from schemas import named_sql
from tests.journeys.registry import CODES, FILES
from tests.journeys.sent_messages import SentMessages, messages, recent, write_city_file
from tests.journeys.simulator import SimulatorClient, counted, doorfiets, settle, strangers
from tests.services import wait_until

pytestmark = pytest.mark.journeys

_SQL = named_sql.parse(Path(__file__).with_name("replay.sql").read_text("utf-8"))
WINTER = datetime(2025, 1, 5, 23, tzinfo=UTC)
MESSAGES = 2_000


def test_the_same_messages_twice_change_nothing(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """A second reception of the same value is a duplicate: counted, and nothing else."""
    sent_messages, since = SentMessages(), recent(3)
    simulator = SimulatorClient(stack, "twice")
    simulator.publish(messages("x-twice", MESSAGES, since), sent_messages)
    settle(database, sent_messages)
    before = _aggregates(database, "x-twice-%")
    simulator.publish(messages("x-twice", MESSAGES, since), sent_messages)
    simulator.leave()
    wait_until(
        lambda: _duplicates(database, "x-twice-%") >= MESSAGES, "every second reception is counted as a duplicate"
    )
    settle(database, sent_messages)
    assert _aggregates(database, "x-twice-%") == before
    assert counted(database, "x-twice") == MESSAGES
    assert strangers(database, sent_messages) == []


def test_shuffled_files_and_a_second_import_give_the_same_aggregates(
    stack: Stack, database: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Two sets of sites get the same numbers, one in order, one shuffled and twice."""
    sent_messages = SentMessages()
    ordered, shuffled = (
        [_file(tmp_path, FILES[name] + number, number, sent_messages) for number in range(CODES)]
        for name in ("ordered", "shuffled")
    )
    shuffled = [shuffled[place] for place in (2, 0, 3, 1)]
    for files in (ordered, shuffled, shuffled[::-1]):
        for file in files:
            _import(stack, file)
    settle(database, sent_messages)
    assert strangers(database, sent_messages) == []
    first, second = (_contents(database, str(FILES[name])[:7]) for name in ("ordered", "shuffled"))
    assert len(first) > 0
    assert first == second
    before = _aggregates(database, f"{str(FILES['ordered'])[:7]}%")
    _import(stack, *ordered)
    settle(database, sent_messages)
    assert _aggregates(database, f"{str(FILES['ordered'])[:7]}%") == before


def _file(folder: Path, site: int, number: int, sent_messages: SentMessages) -> Path:
    path = folder / f"{site}.csv"
    sent_messages.note(write_city_file(path, site, WINTER, 10 + number))
    return path


def _import(stack: Stack, *files: Path) -> None:
    process = doorfiets(stack, "import", *files)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said


def _aggregates(database: psycopg.Connection[Any], sensors: str) -> list[tuple[Any, ...]]:
    """Give every aggregate row of these sensors whole, its revision and the moment of computing included."""
    return database.execute(_SQL["whole"].encode(), {"sensors": sensors}).fetchall()


def _contents(database: psycopg.Connection[Any], sensors: str) -> list[tuple[Any, ...]]:
    """Give what the aggregates of these sensors say, with the number of the experiment taken out of every name."""
    return database.execute(_SQL["contents"].encode(), {"sensors": f"{sensors}%", "prefix": sensors}).fetchall()


def _duplicates(database: psycopg.Connection[Any], sensors: str) -> int:
    row = database.execute(_SQL["duplicates"].encode(), {"sensors": sensors}).fetchone()
    return int(row[0]) if row else 0
