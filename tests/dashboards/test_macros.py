"""The macros of Grafana's PostgreSQL data source, as its sources and its running servers have them."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.macros import DashboardRange, MacroError, expand

pytestmark = pytest.mark.pure

REQUESTED = DashboardRange(
    datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, 0, 500_000, tzinfo=UTC), timedelta(hours=1)
)


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("$__time(hour)", 'hour AS "time"'),
        ("$__timeEpoch(hour)", 'extract(epoch from hour) as "time"'),
        ("$__timeFilter(h.hour)", "h.hour BETWEEN '2026-03-28T23:00:00Z' AND '2026-03-29T22:00:00.5Z'"),
        ("f($__timeFrom(), $__timeTo())", "f('2026-03-28T23:00:00Z', '2026-03-29T22:00:00.5Z')"),
        ("$__timeGroup(hour,'1h')", "time_bucket('3600.000s',hour)"),
        ("$__timeGroup(hour, 15m)", "time_bucket('900.000s',hour)"),
        ("$__timeGroup(hour,'1M')", "time_bucket('2592000.000s',hour)"),
        ("$__timeGroupAlias(hour,'1h',NULL)", "time_bucket('3600.000s',hour) AS \"time\""),
        ("$__timeGroupAlias(hour,'1h',previous)", "time_bucket('3600.000s',hour) AS \"time\""),
        ("$__timeGroup(hour,$__interval)", "time_bucket('3600.000s',hour)"),
        ("$__interval_ms", "3600000"),
        ("$__unixEpochFilter(e)", "e >= 1774738800 AND e <= 1774821600"),
        ("$__unixEpochFrom()", "1774738800"),
        ("$__unixEpochTo()", "1774821600"),
        ("$__unixEpochNanoFilter(e)", "e >= 1774738800000000000 AND e <= 1774821600500000000"),
        ("$__unixEpochNanoFrom()", "1774738800000000000"),
        ("$__unixEpochNanoTo()", "1774821600500000000"),
        ("$__unixEpochGroup(e,'5m')", "floor((e)/300)*300"),
        ("$__unixEpochGroupAlias(e,'5m')", 'floor((e)/300)*300 AS "time"'),
    ],
)
def test_each_macro_becomes_what_grafana_makes_of_it(written: str, becomes: str) -> None:
    """The table of the data source, with TimescaleDB switched on."""
    assert expand(written, REQUESTED) == becomes


def test_a_comma_directly_behind_time_group_gives_every_same_call_an_alias() -> None:
    """Which is why `GROUP BY` the same macro is a syntax error in Grafana."""
    bucket = "time_bucket('3600.000s',hour)"
    both = expand("SELECT $__timeGroup(hour,'1h'), 1 GROUP BY $__timeGroup(hour,'1h')", REQUESTED)
    assert both == f'SELECT {bucket} AS "time", 1 GROUP BY {bucket} AS "time"'
    assert expand("ORDER BY $__timeGroup(hour,'1h') , 1", REQUESTED) == f"ORDER BY {bucket} , 1"


def test_macros_in_comments_expand_too() -> None:
    """Grafana knows no SQL."""
    assert expand("-- $__timeFrom()", REQUESTED) == "-- '2026-03-28T23:00:00Z'"


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("$__timeFilter(date_trunc('hour', t))", "first closing parenthesis"),
        ("$__timeFiltre(t)", "no macro of Grafana"),
        ("$__timeFilter()", "needs a time column"),
        ("$__timeGroup(t)", "an interval"),
        ("$__timeGroup(t,'1x')", "no interval"),
        ("$__timeGroup(t,'1h',zero)", "fills with NULL"),
        ("site = '$site'", "replaced by nobody"),
        ("site IN (${site})", "replaced by nobody"),
        ("site IN (${site:csv})", "replaced by nobody"),
        ("site = '[[site]]'", "replaced by nobody"),
        ("rate > $__rate_interval", "replaced by nobody"),
    ],
)
def test_what_grafana_refuses_or_leaves_standing_is_an_error(written: str, complaint: str) -> None:
    """An unreplaced word reaches PostgreSQL verbatim, and inside quotes nobody notices."""
    with pytest.raises((MacroError, ValueError), match=complaint):
        expand(written, REQUESTED)
