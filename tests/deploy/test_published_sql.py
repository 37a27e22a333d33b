"""What follows from the declaration of a published table, on one that is made up."""

import pytest

from deploy.published_sql import statements, tables, views
from schemas.published import ListedAs, NumbersOf, PublishedTable, ShownAs, TableColumn

pytestmark = pytest.mark.pure

LISTED = ListedAs("'bridge'", "bridge", "'openings'", "''", "'hour'", "hour", "openings::float8")
BRIDGE = PublishedTable(
    "bridge_hour",
    "How often a bridge was open in an hour.",
    "openings-1",
    ("bridge", "hour"),
    (
        TableColumn("bridge", "text NOT NULL"),
        TableColumn("hour", "timestamptz NOT NULL"),
        TableColumn("openings", "int4", "null where its keeper said nothing"),
    ),
    ShownAs("bridge_hour", "hour + interval '1 hour'", LISTED),
    withdrawn_by=("registrar",),
)
WRITE = """\
-- write_bridge_hour --
INSERT INTO doorfiets.bridge_hour AS t (
    bridge, hour, openings, rule)
SELECT
    n.bridge, n.hour, n.openings, n.rule
FROM (
    SELECT bridge, hour, count(*) AS openings, %(rule)s AS rule
    FROM opened GROUP BY bridge, hour) n
ON CONFLICT (bridge, hour) DO UPDATE SET
    openings = excluded.openings, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.openings, t.rule) IS DISTINCT FROM (
    excluded.openings, excluded.rule);
"""
TABLE = """\
-- How often a bridge was open in an hour.
CREATE TABLE doorfiets.bridge_hour (
    bridge text NOT NULL,
    hour timestamptz NOT NULL,
    openings int4,  -- null where its keeper said nothing
"""
ARITHMETIC = {
    "bridge_hour": "SELECT bridge, hour, count(*) AS openings, %(rule)s AS rule\nFROM opened GROUP BY bridge, hour"
}


def test_an_upsert_is_made_of_the_arithmetic() -> None:
    """A row that differs gets the next revision, one that says the same stays what it is."""
    assert WRITE in statements(ARITHMETIC, [BRIDGE])


def test_only_a_table_that_is_rebuilt_is_compared_or_filled() -> None:
    """Others are written in rounds alone."""
    rebuilt = statements(ARITHMETIC, [BRIDGE._replace(rebuilt=True)])
    assert all(f"-- {way}_bridge_hour --" in rebuilt for way in ("write", "compare", "insert", "changed"))
    once = statements(ARITHMETIC, [BRIDGE])
    assert not any(f"-- {way}_bridge_hour --" in once for way in ("compare", "insert"))


def test_arithmetic_that_is_missing_is_named() -> None:
    """A declaration alone computes nothing."""
    with pytest.raises(KeyError, match="bridge_hour"):
        statements({}, [BRIDGE])


def test_a_table_has_its_rights_and_its_past() -> None:
    """The moment in which its bucket was over is the trigger's."""
    made = tables([BRIDGE])
    assert TABLE in made
    assert "GRANT SELECT, DELETE ON doorfiets.bridge_hour TO registrar;" in made
    assert "doorfiets.remember_past('hour + interval ''1 hour''')" in made


def test_what_readers_do_not_see_has_no_past() -> None:
    """It is followed by the topic, and by nobody else."""
    numbers = NumbersOf("'bridge'", "t.bridge", "t.hour", "t.hour + interval '1 hour'")
    made = tables([BRIDGE._replace(shown=None)])
    assert "_past" not in made.partition("SET ROLE owner;")[2]
    together = views([BRIDGE, BRIDGE._replace(name="other_hour", shown=None, numbers=numbers)])
    assert "FROM doorfiets.bridge_hour" in together
    assert "FROM (SELECT * FROM other_hour WHERE changed_in >=" in together


def test_what_readers_do_not_see_says_of_what_its_numbers_are() -> None:
    """Else nobody would learn that they moved."""
    with pytest.raises(ValueError, match="other_hour"):
        views([BRIDGE, BRIDGE._replace(name="other_hour", shown=None)])


def test_lines_stay_within_the_width() -> None:
    """However many columns there are."""
    many = BRIDGE._replace(columns=(*BRIDGE.columns, *(TableColumn(f"number_{n}", "int4") for n in range(60))))
    made = "".join([tables([many]), views([many]), statements(ARITHMETIC, [many])])
    assert [line for line in made.splitlines() if len(line) > 150] == []
