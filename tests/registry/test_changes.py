"""What a change of a registry is said to be: old and new of each field, in the words of the files."""

from datetime import UTC, datetime
from typing import Any

import pytest

from registry.beginnings import moved
from registry.changes import RegistryChanges, compare
from registry.rows import KINDS, Row, Rows, key

pytestmark = pytest.mark.pure

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


def rows(kind: str, *of_kind: Row) -> Rows:
    """Give rows of one kind by their keys, none of the others."""
    return {one: {key(one, row): row for row in of_kind if one == kind} for one in KINDS}


def stream(day: int, until: datetime = FOREVER, **fields: Any) -> Row:  # noqa: ANN401 - fields differ in type
    """Give a datastream that begins on a day of November."""
    usual = {"sensor": "lus-3", "source": "in", "channel": "a-in", "station": None, "quantity": "bicycles"}
    return {**usual, "seconds": 900, "valid_from": november(day), "valid_until": until, **fields}


def november(day: int) -> datetime:
    """Give a day."""
    return datetime(2026, 11, day, tzinfo=UTC)


def changes(kind: str, before: Row, after: Row) -> RegistryChanges:
    """Compare one row with another one."""
    said, existing = rows(kind, after), rows(kind, before)
    return compare(said, existing, moved(said, existing))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"profile": ""}, {"profile": "pole"}, 'profile "" -> "pole"'),
        ({"serial": "SN-4711"}, {"serial": "SN-4712"}, "serial changed"),
        ({"credential": "a"}, {"credential": "b"}, "credential changed"),
        ({"note": "n" * 70}, {"note": "short"}, "note changed"),
        ({"firmware": "1", "note": ""}, {"firmware": "2", "note": "new"}, 'firmware "1" -> "2", note "" -> "new"'),
        (
            {"profile_content": {"every": 600, "window": "always"}},
            {"profile_content": {"every": 300, "window": "always"}},
            "every of its profile 600 -> 300",
        ),
    ],
)
def test_a_change_says_what_changes(before: Row, after: Row, line: str) -> None:
    """From what to what, unless it is long or private."""
    found = changes("device", {"id": "lus-1", **before}, {"id": "lus-1", **after})
    assert [*found.lines()] == [f"~ device lus-1: {line}"]


def test_another_first_day_is_a_change() -> None:
    """Nothing comes and nothing goes, so nobody has to confirm anything."""
    found = changes("datastream", stream(16), stream(18))
    assert [*found.lines()] == ["~ datastream lus-3 in from 2026-11-16 -> 2026-11-18"]
    assert (found.summary(), [*found.gone()], found.takes_away) == ("0 added, 1 changed, 0 removed", [], False)


@pytest.mark.parametrize(
    "after",
    [stream(18, channel="b-in"), stream(18, quantity="cars"), stream(18, seconds=60), stream(20), stream(25)],
    ids=["place", "quantity", "interval", "on the day of its end", "after its end"],
)
def test_what_is_something_else_on_another_day_comes_and_goes(after: Row) -> None:
    """The same sensor elsewhere, of something else, or when the one before had ended is no correction."""
    found = changes("datastream", stream(16, until=november(20)), after)
    assert found.summary() == "1 added, 0 changed, 1 removed"


def test_of_two_that_come_and_go_nobody_knows_which_is_which() -> None:
    """Only one of each can be meant."""
    said = rows("datastream", stream(12, until=november(17)), stream(18))
    existing = rows("datastream", stream(10, until=november(16)), stream(16))
    assert moved(said, existing)["datastream"] == {}
