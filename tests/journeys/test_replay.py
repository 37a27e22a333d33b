"""The same again, and in any order: duplicates, replays and shuffled files change no byte of a tally."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from schemas import named_sql
from tests.journeys.ledger import Ledger, messages, recent, write_city_file
from tests.journeys.municipality import CODES, FILES
from tests.journeys.street import Street, counted, doorfiets, settle, strangers
from tests.services import wait_until

pytestmark = pytest.mark.journeys

_SQL = named_sql.parse(Path(__file__).with_name("replay.sql").read_text("utf-8"))
WINTER = datetime(2025, 1, 5, 23, tzinfo=UTC)
MESSAGES = 2_000


def test_the_same_messages_twice_change_nothing(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """A second hearing of the same value is a duplicate: counted, and nothing else."""
    ledger, since = Ledger(), recent(3)
    street = Street(stack, "twice")
    street.publish(messages("x-twice", MESSAGES, since), ledger)
    settle(database, ledger)
    before = _tallies(database, "x-twice-%")
    street.publish(messages("x-twice", MESSAGES, since), ledger)
    street.leave()
    wait_until(lambda: _duplicates(database, "x-twice-%") >= MESSAGES, "every second hearing is counted as a duplicate")
    settle(database, ledger)
    assert _tallies(database, "x-twice-%") == before
    assert counted(database, "x-twice") == MESSAGES
    assert strangers(database, ledger) == []


def test_shuffled_files_and_a_second_import_give_the_same_tallies(
    stack: Stack, database: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Two sets of sites get the same numbers, one in order, one shuffled and twice."""
    ledger = Ledger()
    ordered, shuffled = (
        [_file(tmp_path, FILES[name] + number, number, ledger) for number in range(CODES)]
        for name in ("ordered", "shuffled")
    )
    shuffled = [shuffled[place] for place in (2, 0, 3, 1)]
    for files in (ordered, shuffled, shuffled[::-1]):
        for file in files:
            _import(stack, file)
    settle(database, ledger)
    assert strangers(database, ledger) == []
    first, second = (_contents(database, str(FILES[name])[:7]) for name in ("ordered", "shuffled"))
    assert len(first) > 0
    assert first == second
    before = _tallies(database, f"{str(FILES['ordered'])[:7]}%")
    _import(stack, *ordered)
    settle(database, ledger)
    assert _tallies(database, f"{str(FILES['ordered'])[:7]}%") == before


def _file(folder: Path, site: int, number: int, ledger: Ledger) -> Path:
    path = folder / f"{site}.csv"
    ledger.note(write_city_file(path, site, WINTER, 10 + number))
    return path


def _import(stack: Stack, *files: Path) -> None:
    process = doorfiets(stack, "import", *files)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said


def _tallies(database: psycopg.Connection[Any], sensors: str) -> list[tuple[Any, ...]]:
    """Give every tally row of these sensors whole, its revision and the moment of computing included."""
    return database.execute(_SQL["whole"].encode(), {"sensors": sensors}).fetchall()


def _contents(database: psycopg.Connection[Any], sensors: str) -> list[tuple[Any, ...]]:
    """Give what the tallies of these sensors say, with the number of the experiment taken out of every name."""
    return database.execute(_SQL["contents"].encode(), {"sensors": f"{sensors}%", "prefix": sensors}).fetchall()


def _duplicates(database: psycopg.Connection[Any], sensors: str) -> int:
    row = database.execute(_SQL["duplicates"].encode(), {"sensors": sensors}).fetchone()
    return int(row[0]) if row else 0
