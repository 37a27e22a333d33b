"""Published tables: every one of the database is declared, and every declared one has all its parts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from schemas import named_sql
from schemas.published import PUBLISHED, PublishedTable
from streams.sinks.connection import statements

pytestmark = pytest.mark.contracts

SQL: Final = named_sql.parse(Path(__file__).with_name("published.sql").read_text("utf-8"))
BOOKKEEPING: Final = {"revision", "computed_at", "rule", "changed_in"}
SHOWN: Final = [table for table in PUBLISHED if table.shown is not None]


@pytest.fixture(scope="module")
def known(own_database: tuple[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """Connect to a database with our tables."""
    with psycopg.connect(own_database[1], autocommit=True) as connection:
        yield connection


def test_every_published_table_is_declared(known: psycopg.Connection[Any]) -> None:
    """Nobody makes one by hand, nor its past."""
    assert _names(known, "tables") == {table.name for table in PUBLISHED}
    assert _names(known, "pasts") == {f"{table.name}_past" for table in SHOWN}


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_a_table_is_as_declared(known: psycopg.Connection[Any], table: PublishedTable) -> None:
    """Its columns, its key, what the publisher reads it by, and who writes and withdraws."""
    columns = {column.name for column in table.columns}
    assert _names(known, "columns", table.name) == columns | BOOKKEEPING
    assert [name for (name,) in known.execute(SQL["key"].encode(), [table.name])] == [*table.key]
    assert "changed_in" in _names(known, "indexed", table.name)
    assert _names(known, "writers", table.name) == {"aggregate"}
    assert _names(known, "deleters", table.name) == {*table.withdrawn_by}
    assert f"doorfiets.{table.name}" in _names(known, "seen_by", "doorfiets.newest_write")
    assert "withdrawn" in _names(known, "triggers", table.name)
    (looked,) = known.execute("SELECT prosrc FROM pg_proc WHERE proname = 'changed_since'").fetchone() or ("",)
    assert f"FROM {table.name} " in looked, "who remembers answers does not learn of its changes"


@pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.name)
def test_a_table_that_readers_see_has_a_past(known: psycopg.Connection[Any], table: PublishedTable) -> None:
    """Kept by triggers, found by key and by moment, seen in a view of versions, in the list of all and in changes."""
    assert table.shown is not None
    past, version = f"{table.name}_past", f"api.{table.shown.view}_version"
    assert _names(known, "columns", past) == _names(known, "columns", table.name) | {"replaced_at"}
    assert _names(known, "indexed", past) == {table.key[0], "replaced_at"}
    assert _names(known, "triggers", table.name) == {"past_of_update", "past_of_delete", "withdrawn"}
    assert "computed_at" in _names(known, "indexed", table.name)
    assert f"doorfiets.{table.name}" in _names(known, "seen_by", f"api.{table.shown.view}")
    assert _names(known, "seen_by", version) == {f"doorfiets.{table.name}", f"doorfiets.{past}"}
    assert version in _names(known, "seen_by", "api.published")
    assert f"doorfiets.{table.name}" in _names(known, "seen_by", "api.newest_change")
    assert f"FROM {table.name}\n" in known.execute(SQL["change_list"].encode()).fetchone()[0]  # type: ignore[index]


def test_every_table_is_written_and_followed() -> None:
    """By statements that are made, and lie beside the arithmetic."""
    made = statements("aggregation/published.sql")
    written = {f"write_{name}" for table in PUBLISHED for name in table.computed_by or (table.name,)}
    rebuilt = {f"{way}_{table.name}" for table in PUBLISHED if table.rebuilt for way in ("compare", "insert")}
    assert made.keys() == written | rebuilt | {f"changed_{table.name}" for table in PUBLISHED}


def _names(connection: psycopg.Connection[Any], query: str, *requested: str) -> set[str]:
    return {name for (name,) in connection.execute(SQL[query].encode(), requested or None)}
