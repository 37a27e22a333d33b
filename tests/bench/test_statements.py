"""The database's own notes of statements are found back by name, and their time is added up."""

import pytest

from bench.statements import PAIRING, StatementTime, by_name, measurements, words
from streams.sinks.aggregation.recomputation import SQL

pytestmark = pytest.mark.pure


def test_a_note_without_constants_is_called_by_its_name() -> None:
    """The server writes parameters for constants, for names of parameters and for the field that is extracted."""
    noted = "-- What one stream speaks for alone\n" + SQL["put_alone"].replace("ELSE 0", "ELSE $1").replace(
        "> 0", "> $2"
    )
    assert noted != SQL["put_alone"]
    assert by_name([StatementTime(noted, 1, 2.0), StatementTime(SQL["put_alone"], 1, 1.0)]) == {"write.put_alone": 3.0}
    assert words("SELECT extract(epoch FROM at), %(rule)s, true") == words("SELECT extract($1 FROM at), $2, $3")


def test_what_has_no_name_is_called_by_how_it_begins() -> None:
    """Whoever reads the table can look it up."""
    assert by_name([StatementTime("-- why\nFETCH  FORWARD 2000 FROM changed", 1, 2.0)]) == {
        "FETCH FORWARD 2000 FROM changed": 2.0
    }


def test_pairing_has_a_line_of_its_own_and_small_statements_have_one_together() -> None:
    """Microseconds a reading, and the share of all statements beside it."""
    spent = [StatementTime(SQL[name.removeprefix("write.")], 1, 0.25) for name in PAIRING]
    spent += [StatementTime("COMMIT", 9, 1.492), StatementTime("BEGIN", 9, 0.008)]
    lines = {one.what: one for one in measurements("queue", 100_000, spent)}
    assert list(lines) == ["pairing", "COMMIT", *PAIRING, "all others"]
    assert lines["pairing"].value == pytest.approx(5)
    assert lines["pairing"].ratio == pytest.approx(0.25)
    assert lines["all others"].value == pytest.approx(0.08)
