"""Every query of every dashboard on a real database: an invented city, nothing at all, and both clock changes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from dashboards import dashboard_queries
from dashboards.alerting.definitions import RULES
from dashboards.build import build
from dashboards.check import Run, check
from dashboards.definitions.usage import DASHBOARD
from dashboards.macros import DashboardRange, expand
from deploy.cli import assembled
from deploy.local.stack import Stack
from deploy.migrate import migrate
from tests.conftest import superuser
from tests.contracts.grafana import panel, requesting

pytestmark = pytest.mark.contracts

CITY = Path(__file__).parents[1] / "opendata" / "seed.sql"
OWNERS = CITY.with_name("owners.sql")
ASSEN = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def city(stack: Stack) -> Iterator[str]:
    """A database with an invented city in it."""
    with _made(stack, "dashboards_city") as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(CITY.read_bytes())
        yield _for_staff(conninfo)


@pytest.fixture(scope="module")
def owners(stack: Stack) -> Iterator[str]:
    """A database with the invented city and a second owner, whose places bear the names of the city's."""
    with _made(stack, "dashboards_owners") as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(CITY.read_bytes())
            connection.execute(OWNERS.read_bytes())
        yield _for_staff(conninfo)


@pytest.fixture(scope="module")
def nothing(stack: Stack) -> Iterator[str]:
    """A database with tables only."""
    with _made(stack, "dashboards_nothing") as conninfo:
        yield _for_staff(conninfo)


@pytest.fixture
def dashboard() -> dict[str, Any]:
    """The dashboard of use."""
    parsed: dict[str, Any] = json.loads(build()[f"{DASHBOARD.uid}.json"])
    return parsed


@pytest.mark.parametrize("name", sorted(build()))
def test_every_query_of_every_dashboard_is_sound(name: str, city: str) -> None:
    """For a day, a month and both clock changes; variables at default, one value and all."""
    runs = list(check(json.loads(build()[name]), city))
    assert [run for run in runs if run.problems] == []
    assert len({(run.range, run.chosen) for run in runs}) == 12


def test_every_query_finds_something_in_the_city(dashboard: dict[str, Any], city: str) -> None:
    """A panel that is always empty is a mistake; nothing was refused there, so that table is."""
    runs = list(check(dashboard, city))
    found = {run.place for run in runs if run.rows and "October" in run.range}
    assert {run.place for run in runs} - found == {"Geweigerde berichten per reden (A)"}


def test_places_of_one_name_stay_apart(owners: str, dashboard: dict[str, Any]) -> None:
    """One row per series and instant: two sites, screenlines, routes or stations of two owners are two lines."""
    span = DashboardRange(datetime(2026, 10, 25, 22, tzinfo=UTC), datetime(2026, 10, 26, 22, tzinfo=UTC))
    for query in dashboard_queries.queries(dashboard):
        if query.shape != "series":
            continue
        sql = expand(dashboard_queries.fill_in(query.sql, dashboard_queries.everything(dashboard)), span)
        keys = [row[:2] for row in requesting(owners, sql)]
        assert len(keys) == len(set(keys)), query.place
        assert any("(Eilandprovincie)" in metric for _, metric in keys), query.place
    for variable in dashboard["templating"]["list"]:
        names = [name for name, _ in requesting(owners, variable["query"])]
        assert len(names) == len(set(names)), variable["name"]


def test_an_empty_database_is_no_error(dashboard: dict[str, Any], nothing: str) -> None:
    """Before the first reading, every panel says "geen meting"."""
    runs = list(check(dashboard, nothing))
    assert [run for run in runs if run.problems] == []
    assert {run.rows for run in runs} == {0}


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2026-05-12", 96), ("2026-10-25", 100)])
def test_a_day_begins_at_local_midnight_and_has_its_own_length(city: str, day: str, quarters: int) -> None:
    """Whatever the server's zone is."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ASSEN)
    span = DashboardRange(midnight - timedelta(hours=1), midnight + timedelta(hours=1))
    days = "SELECT started_at, ended_at FROM api.local_days($__timeFrom(), $__timeTo(), 'Europe/Amsterdam')"
    ((started_at, ended_at),) = requesting(city, expand(days, span))
    assert started_at == midnight
    assert (ended_at - started_at) / QUARTER == quarters


@pytest.mark.parametrize("title", ["Fietsers per telpunt per etmaal", "Fietsaandeel per tellijn per etmaal"])
@pytest.mark.parametrize("around", ["2026-03-29", "2026-10-25"])
def test_day_series_stand_at_local_midnights_over_a_clock_change(
    city: str, dashboard: dict[str, Any], title: str, around: str
) -> None:
    """One row per series and local day, never two in one day, never none."""
    change = datetime.fromisoformat(around).replace(tzinfo=ASSEN)
    span = DashboardRange(change - timedelta(days=2), change + timedelta(days=2))
    rows = requesting(city, panel(dashboard, title, span))
    assert all(time.astimezone(ASSEN).strftime("%H:%M") == "00:00" for time, *_ in rows)
    assert len({time for time, *_ in rows}) == 5


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_hours_of_a_clock_change_add_up_to_the_day(city: str, dashboard: dict[str, Any], day: str, hours: int) -> None:
    """Both autumn hours are there and the missing spring hour is not, and the sums agree with the published days."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ASSEN)
    start = midnight.astimezone(UTC)
    span = DashboardRange(start, start + timedelta(hours=hours, seconds=-1))
    rows = requesting(city, panel(dashboard, "Fietsers per telpunt per uur", span))
    sums = {
        name: sum(value for _, metric, value in rows if metric == name) for name in {metric for _, metric, _ in rows}
    }
    published = dict(requesting(city, expand(PUBLISHED_DAYS, DashboardRange(midnight, midnight))))
    assert len({time for time, *_ in rows}) == hours
    assert sums == published


def test_a_gap_is_a_gap_and_an_incomplete_day_says_so(city: str, dashboard: dict[str, Any]) -> None:
    """Nothing was seen Vaart Noord on the 20th, and half of the 22nd is missing."""
    span = DashboardRange(datetime(2026, 10, 18, 22, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "Fietsers per telpunt per etmaal", span))
    days = {
        (time.astimezone(ASSEN).day, metric): value for time, metric, value in rows if metric.startswith("Vaart Noord")
    }
    assert days[20, "Vaart Noord"] is None
    assert days[21, "Vaart Noord"] > 0
    assert days[22, "Vaart Noord (onvolledig)"] > 0
    (gap,) = [row for row in requesting(city, annotation(dashboard, span)) if "geen meting" in row[2]]
    assert gap[0].astimezone(ASSEN).day == 20
    assert gap[2] == "Vaart Noord: geen meting"


def test_a_day_without_a_row_lowers_the_coverage_of_a_period(city: str, dashboard: dict[str, Any]) -> None:
    """Three measured days of the asked six are half of them, so the share is withheld."""
    span = DashboardRange(datetime(2026, 3, 25, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC))
    for _, share, *_, coverage, measured, requested_for, remark in requesting(
        city, panel(dashboard, "Fietsaandeel over de gekozen periode", span)
    ):
        assert (share, measured, requested_for) == (None, 3, 6)
        assert coverage == pytest.approx(0.5, abs=0.01)
        assert remark == "dekking onder 75 %"


def test_a_screenline_without_any_row_is_told_too(city: str, dashboard: dict[str, Any]) -> None:
    """Nothing was received in June of the year before: no share, and the reason."""
    span = DashboardRange(datetime(2025, 6, 1, 12, tzinfo=UTC), datetime(2025, 6, 11, 12, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "Fietsaandeel over de gekozen periode", span))
    assert [(name, share, coverage, remark) for name, share, *_, coverage, _, _, remark in rows] == [
        (name, None, 0, "dekking onder 75 %") for name in ("Centrumlijn", "Spoorlijn")
    ]


def test_long_ranges_may_not_read_observations(city: str, dashboard: dict[str, Any]) -> None:
    """A day of quarters is fine, a month of them is for the stored hours."""
    runs = {run.range: run for run in check(with_query(dashboard, QUARTERS), city) if run.place == "Proef (A)"}
    assert runs["24 h"].problems == ()
    assert runs["30 d"].problems == ("reads the observations for more than two days; use a stored hour or day",)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT now() AS time, value AS n FROM api.observation", "does not exist"),
        ("SELECT now() AS time, total FROM doorfiets.site_hour", "schema api only"),
        ("SELECT now() AS time, $__timeFiltre(x)", "no macro"),
        ("SELECT hour AS time, total FROM api.site_hour ORDER BY 1 DESC", "ascending"),
    ],
)
def test_a_broken_query_is_told_and_not_raised(city: str, dashboard: dict[str, Any], sql: str, complaint: str) -> None:
    """One bad panel does not hide what is wrong with the others."""
    runs = [run for run in check(with_query(dashboard, sql), city) if run.place == "Proef (A)"]
    assert complaint in reported(runs)


def test_the_command_prints_a_line_per_query(city: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a document for programs, with exit code 0 when all is well."""
    monkeypatch.setenv("DOORFIETS_POSTGRES", city)
    lines = CliRunner().invoke(assembled(), ["dashboards", "check"])
    document = CliRunner().invoke(assembled(), ["dashboards", "check", "--json"])
    assert (lines.exit_code, document.exit_code) == (0, 0)
    queries = [query for text in build().values() for query in dashboard_queries.queries(json.loads(text))]
    alerts = [line for line in lines.stdout.splitlines() if "ms  alert " in line]
    assert len(lines.stdout.splitlines()) == len(queries) + len(alerts)
    assert len(alerts) == len(RULES)
    assert {run["range"] for run in json.loads(document.stdout)["runs"]} >= {"24 h", "30 d"}


PUBLISHED_DAYS = (
    "SELECT s.name, d.total::float8 FROM api.site_day d JOIN api.site s USING (site)"
    " WHERE d.mode = 'bicycles' AND $__timeFilter(d.started_at)"
)
QUARTERS = (
    "SELECT started_at AS time, value FROM api.site_quarters('kolk', 'bicycles', $__timeFrom(), $__timeTo()) ORDER BY 1"
)


def annotation(dashboard: dict[str, Any], span: DashboardRange) -> str:
    """Give the SQL of the annotation likewise."""
    (query,) = [query for query in dashboard_queries.queries(dashboard) if query.shape == "annotation"]
    return expand(dashboard_queries.fill_in(query.sql, dashboard_queries.everything(dashboard)), span)


def with_query(dashboard: dict[str, Any], sql: str) -> Mapping[str, Any]:
    """Put one more panel, a trial, on the dashboard."""
    trial = {"title": "Proef", "targets": [{"refId": "A", "format": "time_series", "rawSql": sql}]}
    return {**dashboard, "panels": [trial]}


def reported(runs: list[Run]) -> str:
    """Give all problems as one text."""
    assert all(run.problems for run in runs)
    return "\n".join(problem for run in runs for problem in run.problems)


@contextmanager
def _made(stack: Stack, name: str) -> Iterator[str]:
    """Make a database beside the stack's own, migrated, and drop it afterwards."""
    own = superuser(stack)
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            made = make_conninfo(own, dbname=name)
            migrate(made)
            yield made
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _for_staff(conninfo: str) -> str:
    """Leave out the user: the check brings its own."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    parts.pop("user")
    return make_conninfo("", **parts)
