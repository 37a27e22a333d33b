"""Rules for the SQL of dashboards."""

import pytest

from dashboards.lint import problems

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT hour AS time, total FROM api.site_hour ORDER BY 1",
        "WITH known AS (SELECT site FROM api.site) SELECT site FROM known",
        "SELECT time_bucket('3600.000s', hour) AS time, count(*) FROM api.site_hour GROUP BY 1",
        "SELECT time_bucket('1 day', hour, 'Europe/Amsterdam') AS time FROM api.site_hour",
        "SELECT date_trunc('day', hour, 'Europe/Amsterdam') AS time FROM api.site_hour",
        "SELECT site FROM api.site WHERE EXISTS (SELECT FROM api.channel)",
    ],
)
def test_sound_queries_pass(sql: str) -> None:
    """The rules leave good SQL alone."""
    assert list(problems(sql)) == []


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT FROM WHERE", "does not parse"),
        ("SELECT #{partly} AS metric", "#{partly} has no words"),
        ("SELECT #{substance.co} AS metric", "#{substance.co} has no words"),
        ("SELECT 1; SELECT 2", "not a single SELECT"),
        ("DELETE FROM api.site", "not a single SELECT"),
        ("SELECT * FROM api.site", "selects *"),
        ("SELECT s.* FROM api.site s", "selects *"),
        ("SELECT site FROM doorfiets.site", "schema api only"),
        ("SELECT site FROM site", "schema api only"),
        ("SELECT site FROM api.site WHERE site IN (SELECT site FROM doorfiets.site)", "schema api only"),
        ("SELECT time_bucket('86400.000s', hour) FROM api.site_hour", "at UTC"),
        ("SELECT time_bucket('24 hours', hour) FROM api.site_hour", "at UTC"),
        ("SELECT time_bucket(INTERVAL '1 month', hour) FROM api.site_hour", "at UTC"),
        ("SELECT date_trunc('day', hour) FROM api.site_hour", "at UTC"),
        ("SELECT date_bin('7 days', hour, '2001-01-01') FROM api.site_hour", "at UTC"),
        ("SELECT time_bucket('1 hour', hour, 'Europe/Amsterdam') FROM api.site_hour", "merges the two autumn hours"),
    ],
)
def test_each_rule_bites(sql: str, complaint: str) -> None:
    """The complaint says what to write instead."""
    found = list(problems(sql))
    assert len(found) == 1
    assert complaint in found[0]
