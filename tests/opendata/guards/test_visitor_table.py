"""What visitors have used: one table for all web processes."""

from pathlib import Path

import pytest

from opendata.guards import visitor_table
from opendata.guards.pace import RequestPolicy
from opendata.guards.visitor_table import VisitorTable

pytestmark = pytest.mark.contracts

API = RequestPolicy("api", 60, 120, 4)
FILES = RequestPolicy("file", 60, 120, 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make an empty table."""
    visitor_table.prepare(tmp_path / "visitors")
    return tmp_path / "visitors"


def test_two_processes_count_one_budget(file: Path) -> None:
    """Who asks one of them has used it at the other."""
    tables = VisitorTable(file, 0), VisitorTable(file, 1)
    allowed = sum(not tables[turn % 2].use(FILES, b"visitor", 1, 50.0).is_refused for turn in range(1_200))
    assert allowed == 120
    assert not tables[0].use(FILES, b"another", 1, 50.0).is_refused
    assert not tables[0].use(API, b"visitor", 1, 50.0).is_refused


def test_answers_in_work_are_counted_over_all_processes(file: Path) -> None:
    """And given back by whoever took them."""
    tables = VisitorTable(file, 0), VisitorTable(file, 1)
    places = [tables[turn % 2].use(API, b"visitor", 1, 50.0).place for turn in range(4)]
    assert tables[0].use(API, b"visitor", 1, 50.0).is_busy
    assert places[1] is not None
    tables[1].leave(places[1])
    assert not tables[0].use(API, b"visitor", 1, 50.0).is_busy


def test_a_process_that_died_has_nothing_in_work_when_it_is_there_again(file: Path) -> None:
    """And what was used stays used."""
    for _ in range(4):
        VisitorTable(file, 1).use(FILES, b"visitor", 30, 50.0)
    dead = VisitorTable(file, 1)
    assert all(dead.use(API, b"visitor", 1, 50.0).place for _ in range(4))
    assert VisitorTable(file, 0).use(API, b"visitor", 1, 50.0).is_busy
    assert not VisitorTable(file, 1).use(API, b"visitor", 1, 50.0).is_busy
    assert VisitorTable(file, 0).use(FILES, b"visitor", 1, 50.0).is_refused


def test_a_hundred_thousand_visitors_take_nobodys_place(file: Path) -> None:
    """The table does not grow; who has an answer in work stays in it."""
    table = VisitorTable(file)
    places = [table.use(API, b"busy", 1, 50.0).place for _ in range(4)]
    for number in range(100_000):
        assert not table.use(FILES, number.to_bytes(8, "big"), 1, 50.0).is_refused
    assert table.use(API, b"busy", 1, 50.0).is_busy
    for place in places:
        assert place is not None
        table.leave(place)
    assert not table.use(API, b"busy", 1, 50.0).is_busy


def test_one_who_holds_the_table_stops_nobody(file: Path) -> None:
    """A process that was stopped in the middle of it."""
    holder, other = VisitorTable(file, 0), VisitorTable(file, 1)
    assert holder._begin_alone()
    assert not other.use(API, b"visitor", 1, 50.0).is_refused
    holder._end_alone(is_alone=True)


def test_there_is_room_for_sixteen_processes(file: Path) -> None:
    """And a seventeenth is refused at its start."""
    with pytest.raises(ValueError, match="process 16 of at most 16"):
        VisitorTable(file, 16)
