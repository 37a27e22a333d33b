"""Every query of every dashboard on a real database: an invented city, nothing at all, and both clock changes."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner

from dashboards import dashboard_queries
from dashboards.alerting.definitions import RULES
from dashboards.build import build
from dashboards.check import Run, check, check_all
from dashboards.dashboard import Dashboard
from dashboards.definitions import dashboards
from dashboards.macros import DashboardRange, expand
from dashboards.values import CODES
from deploy.cli import assembled
from deploy.local.secrets import SUPERUSER
from deploy.local.stack import Stack
from locales import LOCALES, texts
from tests.conftest import superuser
from tests.contracts.grafana import panel, requesting
from tests.opendata import city as invented

pytestmark = pytest.mark.contracts

BUILT: Final = build()
ASSEN = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)


UIDS: Final = sorted(name.removesuffix(".json") for name in BUILT)
MORE: Final = Path(__file__).with_name("dashboards.sql")


@pytest.fixture(scope="module")
def city(stack: Stack) -> Iterator[str]:
    """A database with an invented city in it, its indicators, indices and connections, and some of all else."""
    seeds = (invented.SEED, invented.INDICATORS)
    with invented.database(superuser(stack), "dashboards_city", seeds) as conninfo:
        with psycopg.connect(conninfo, user=SUPERUSER, autocommit=True) as connection:
            connection.execute(MORE.read_bytes())
        yield conninfo


@pytest.fixture(scope="module")
def owners(stack: Stack) -> Iterator[str]:
    """A database with the invented city and a second owner, whose places bear the names of the city's."""
    seeds = (invented.SEED, invented.OWNERS, invented.TYPICAL)
    with invented.database(superuser(stack), "dashboards_owners", seeds) as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
def nothing(stack: Stack) -> Iterator[str]:
    """A database with tables only."""
    with invented.database(superuser(stack), "dashboards_nothing", ()) as conninfo:
        yield conninfo


def parsed(name: str, locale: str = "nl") -> dict[str, Any]:
    """Give a dashboard in a language."""
    found: dict[str, Any] = json.loads(BUILT[f"doorfiets-{name}-{locale}.json"])
    return found


@pytest.fixture
def dashboard() -> dict[str, Any]:
    """The dashboard of cycling."""
    return parsed("cycling")


@pytest.fixture(scope="module")
def in_the_city(city: str) -> Mapping[str, list[Run]]:
    """Every run of every dashboard in the city, by the uid of the dashboard."""
    return runs_of(city)


@pytest.fixture(scope="module")
def in_nothing(nothing: str) -> Mapping[str, list[Run]]:
    """The same where nothing is."""
    return runs_of(nothing)


def runs_of(conninfo: str) -> Mapping[str, list[Run]]:
    """Run every query of every dashboard."""
    found: dict[str, list[Run]] = {}
    for uid, run in check_all([json.loads(text) for text in BUILT.values()], conninfo):
        found.setdefault(uid, []).append(run)
    return found


@pytest.mark.parametrize("uid", UIDS)
def test_every_query_of_every_dashboard_is_sound(uid: str, in_the_city: Mapping[str, list[Run]]) -> None:
    """For a day, a month, a year and both clock changes; variables at default, one value and all."""
    runs = in_the_city[uid]
    assert [run for run in runs if run.problems] == []
    assert len({(run.range, run.chosen) for run in runs}) == 15


@pytest.mark.parametrize("uid", UIDS)
def test_every_query_finds_something_in_the_city(uid: str, in_the_city: Mapping[str, list[Run]]) -> None:
    """A panel that is always empty is a mistake, and so is one that finds nothing around the 25th of October."""
    runs = in_the_city[uid]
    assert {run.place for run in runs} == {run.place for run in runs if run.rows and "October" in run.range}


@pytest.mark.parametrize("uid", UIDS)
def test_an_empty_database_is_no_error(uid: str, in_nothing: Mapping[str, list[Run]]) -> None:
    """Before the first reading, every panel says that there is no measurement."""
    runs = in_nothing[uid]
    assert [run for run in runs if run.problems] == []
    assert {run.rows for run in runs} == {0}


@pytest.mark.parametrize("one", dashboards(), ids=lambda one: one.name)
def test_no_code_gets_to_a_reader(one: Dashboard, city: str) -> None:
    """Whatever stands in a column of codes has words in both languages."""
    span = DashboardRange(datetime(2026, 10, 18, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC))
    built = json.loads(BUILT[f"{one.uid('en')}.json"])
    with psycopg.connect(city, user="grafana_staff", row_factory=dict_row) as connection:
        for drawn in (drawn for drawn in one.panels if any(column.values for column in drawn.columns)):
            rows = connection.execute(panel(built, drawn.name, span).encode()).fetchall()
            for column in drawn.columns:
                found = {row[column.name] for row in rows if column.values} - {None}
                assert {str(code) for code in found} <= set(CODES.get(column.values, ())), (drawn.name, column.name)


def test_events_of_the_calendar_are_marked(owners: str, dashboard: dict[str, Any]) -> None:
    """Those of the chosen sites or of everywhere, each over its own local days; holidays are left out."""
    span = DashboardRange(datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC))
    (query,) = [query for query in dashboard_queries.queries(dashboard) if query.shape == "annotation"]
    sql = expand(dashboard_queries.fill_in(query.sql, dashboard_queries.everything(dashboard)), span)
    found = [(started.astimezone(ASSEN).day, ended - started, text) for started, ended, text in requesting(owners, sql)]
    assert found == [
        (20, timedelta(days=1), "Eilanddag (Eilandprovincie)"),
        (20, timedelta(days=1), "Opbreking (Eilandprovincie)"),
        (21, timedelta(days=1), "Stadsdag (Voorbeeldstad)"),
    ]


@pytest.mark.parametrize("name", [one.name.replace("_", "-") for one in dashboards()])
def test_places_of_one_name_stay_apart(owners: str, name: str) -> None:
    """One row per series and instant: places of two owners are two lines, and two choices."""
    span = DashboardRange(datetime(2026, 10, 25, 22, tzinfo=UTC), datetime(2026, 10, 26, 22, tzinfo=UTC))
    one = parsed(name)
    several = {variable["name"] for variable in one["templating"]["list"] if variable["multi"]}
    for query in dashboard_queries.queries(one):
        if query.shape == "series":
            sql = expand(dashboard_queries.fill_in(query.sql, dashboard_queries.everything(one)), span)
            keys = [row[:2] for row in requesting(owners, sql)]
            assert len(keys) == len(set(keys)), query.place
            if keys and any(f"${{{variable}:" in query.sql for variable in several):
                assert any("(Eilandprovincie)" in metric for _, metric in keys), query.place
    for variable in one["templating"]["list"]:
        names = [name for name, _ in requesting(owners, variable["query"])]
        assert len(names) == len(set(names)), variable["name"]


def test_a_typical_day_is_that_of_the_site(owners: str, dashboard: dict[str, Any]) -> None:
    """Eleven working days of 100 to 200 with 110 on average, and twice as many as 52 weeks before."""
    span = DashboardRange(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC))
    ((cyclists, sites, without, coverage),) = requesting(
        owners, panel(dashboard, "typical_day", span, site="eiland-kolk")
    )
    assert (cyclists, sites, without) == (110, 1, 0)
    assert 0 < coverage < 1
    rows = {row[0]: row[1:] for row in requesting(owners, panel(dashboard, "compared", span, site="eiland-kolk"))}
    assert rows["typical"] == (1, 1210, 605, 11, 1, 0)
    assert list(rows) == ["typical", "year_to_date", "rolling_year"]


def test_too_few_pairs_make_no_comparison(owners: str, dashboard: dict[str, Any]) -> None:
    """Four working days have four beside them, and say so by their number."""
    span = DashboardRange(datetime(2026, 10, 6, tzinfo=UTC), datetime(2026, 10, 9, 12, tzinfo=UTC))
    rows = {row[0]: row[1:] for row in requesting(owners, panel(dashboard, "compared", span, site="eiland-kolk"))}
    assert rows["typical"] == (None, 400, 220, 4, 1, 0)


def test_the_band_is_what_the_owner_says_of_its_counters(city: str, dashboard: dict[str, Any]) -> None:
    """From 0.8 to 1.4 of the bicycles, with the share between."""
    span = DashboardRange(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "share_day", span, screenline="centrum"))
    words = texts("nl")
    found = {metric: value for _, metric, value in rows[-3:]}
    share = 1500 / 4600
    assert found[words("dashboard.token.share")] == pytest.approx(share)
    for edge, factor in (("low", 0.8), ("high", 1.4)):
        expected = factor * share / (factor * share + 1 - share)
        assert found[words(f"dashboard.token.calibrated_{edge}")] == pytest.approx(expected)


def test_an_hour_of_the_week_is_the_mean_of_the_sites_of_a_route(city: str) -> None:
    """Of hours that were measured whole: seven rows of 24 hours, with a true zero in the night."""
    span = DashboardRange(datetime(2026, 10, 12, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC))
    rows = requesting(city, panel(parsed("route"), "route_week", span, route="doorfietsroute"))
    usual = (
        "SELECT avg(total)::float8 FROM api.site_hour WHERE site = '{}' AND mode = 'bicycles' AND paired = expected"
        " AND to_char(hour AT TIME ZONE 'Europe/Amsterdam', 'ID HH24') = '1 08' AND $__timeFilter(hour)"
    )
    means = [
        requesting(city, expand(usual, span).format(site))[0][0] for site in ("vaart-noord", "kolk", "stationsplein")
    ]
    assert [row[0] for row in rows] == [str(day) for day in range(1, 8)]
    assert rows[0][1 + 8] == pytest.approx(sum(means) / 3)


def test_measured_and_assumed_stand_apart(city: str) -> None:
    """A link that takes its cyclists from another one has none that were measured."""
    span = DashboardRange(datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC))
    with psycopg.connect(city, user="grafana_staff", row_factory=dict_row) as connection:
        rows = connection.execute(panel(parsed("route"), "route_ladder", span).encode()).fetchall()
    assert [(row["kind"], row["cyclists_measured"], row["cyclists_assumed"]) for row in rows] == [
        ("measured", 3200, None), ("measured", 1450, None), ("assumed", None, 620), ("not_measured", None, 540),
        ("measured", 1900, None),
    ]  # fmt: skip


def test_a_district_stands_beside_all_of_its_city(city: str) -> None:
    """The links that begin or end there are some of all."""
    span = DashboardRange(datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC))
    with psycopg.connect(city, user="grafana_staff", row_factory=dict_row) as connection:
        sql = panel(parsed("district"), "district_against_city", span, district="noord")
        district, whole = connection.execute(sql.encode()).fetchall()
    assert (district["scope"], district["links"], whole["links"]) == ("district", 4, 10)
    assert district["length_km"] == pytest.approx(1 + 2 + 2 + 1.5)
    assert district["green_length"] == pytest.approx(3 / 6.5)
    assert (whole["feeds"], district["feeds"]) == (11, 4)


def test_both_languages_ask_the_same_but_for_their_words(city: str) -> None:
    """The same rows, of which only labels differ."""
    span = DashboardRange(datetime(2026, 10, 18, 22, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC))
    found = [requesting(city, panel(parsed("cycling", locale), "site_day", span)) for locale in LOCALES]
    assert [(time, value) for time, _, value in found[0]] == [(time, value) for time, _, value in found[1]]
    labels = [{metric for _, metric, _ in rows} for rows in found]
    assert ("Vaart Noord (onvolledig)" in labels[0], "Vaart Noord (incomplete)" in labels[1]) == (True, True)


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2026-05-12", 96), ("2026-10-25", 100)])
def test_a_day_begins_at_local_midnight_and_has_its_own_length(city: str, day: str, quarters: int) -> None:
    """Whatever the server's zone is."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ASSEN)
    span = DashboardRange(midnight - timedelta(hours=1), midnight + timedelta(hours=1))
    days = "SELECT started_at, ended_at FROM api.local_days($__timeFrom(), $__timeTo(), 'Europe/Amsterdam')"
    ((started_at, ended_at),) = requesting(city, expand(days, span))
    assert started_at == midnight
    assert (ended_at - started_at) / QUARTER == quarters


@pytest.mark.parametrize("title", ["site_day", "share_day"])
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
    rows = requesting(city, panel(dashboard, "site_hour", span))
    sums = {
        name: sum(value for _, metric, value in rows if metric == name) for name in {metric for _, metric, _ in rows}
    }
    published = dict(requesting(city, expand(PUBLISHED_DAYS, DashboardRange(midnight, midnight))))
    assert len({time for time, *_ in rows}) == hours
    assert sums == published


def test_a_sensor_is_judged_by_what_was_read(city: str) -> None:
    """As of when all that was published is stored, with what waits beside it: the tests run long after that."""
    span = DashboardRange(datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC))
    stages = [row[:2] + row[3:4] for row in requesting(city, panel(parsed("network"), "stages", span))]
    until = datetime(2026, 10, 27, 9, 6, 50, tzinfo=UTC)
    assert stages == [("receive", until, 2), ("store", until, 3), ("aggregate", until - timedelta(seconds=50), 5)]
    places = {row[1]: row for row in requesting(city, panel(parsed("network"), "feed_places", span))}
    assert {name: row[0] for name, row in places.items()} == {
        "Stationsplein <west>": "silent",  # for two hours, when the rest had been read
        "Singel": "never_received", "Stadspark": "never_received", "De Kolk": "ok", "Vaart Noord": "ok",
    }  # fmt: skip
    assert [(flag, place) for flag, place, *_ in requesting(city, panel(parsed("network"), "findings", span))] == [
        ("dead", "De Kolk")
    ]


def test_what_is_marked_is_about_what_is_chosen(city: str, dashboard: dict[str, Any]) -> None:
    """An event at one site on the dashboard of sites, works on a link on that of its route, and holidays on none."""
    span = DashboardRange(datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC))
    for one, name, chosen, expected in (
        (dashboard, "site", "kolk", ["Kolkdag"]),
        (dashboard, "site", "vaart-noord", []),
        (parsed("route"), "route", "doorfietsroute", ["Opbreking"]),
    ):
        (query,) = [query for query in dashboard_queries.queries(one) if query.shape == "annotation"]
        sql = dashboard_queries.fill_in(query.sql, {name: dashboard_queries.sql_string(chosen)})
        assert [text for *_, text in requesting(city, expand(sql, span))] == expected


def test_a_gap_is_a_gap_and_an_incomplete_day_says_so(city: str, dashboard: dict[str, Any]) -> None:
    """Nothing was seen Vaart Noord on the 20th, and half of the 22nd is missing."""
    span = DashboardRange(datetime(2026, 10, 18, 22, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "site_day", span))
    days = {
        (time.astimezone(ASSEN).day, metric): value for time, metric, value in rows if metric.startswith("Vaart Noord")
    }
    assert days[20, "Vaart Noord"] is None
    assert days[21, "Vaart Noord"] > 0
    assert days[22, "Vaart Noord (onvolledig)"] > 0
    strip = {
        (time.astimezone(ASSEN).day, metric): value
        for time, metric, value in requesting(city, panel(dashboard, "site_coverage", span))
    }
    assert (strip[20, "Vaart Noord"], strip[21, "Vaart Noord"]) == (0, 1)
    assert 0 < strip[22, "Vaart Noord"] < 1


def test_a_day_without_a_row_lowers_the_coverage_of_a_period(city: str, dashboard: dict[str, Any]) -> None:
    """Three measured days of the asked six are half of them, so the share is withheld."""
    span = DashboardRange(datetime(2026, 3, 25, 12, tzinfo=UTC), datetime(2026, 3, 31, 12, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "share_period", span))
    assert len(rows) == 2
    for _, share, _, _, coverage, reason, _, _, measured, requested_for in rows:
        assert (share, measured, requested_for) == (None, 3, 6)
        assert coverage == pytest.approx(0.5, abs=0.01)
        assert reason == "coverage_below"


def test_a_screenline_without_any_row_is_told_too(city: str, dashboard: dict[str, Any]) -> None:
    """Nothing was received in June of the year before: no share, and the reason."""
    span = DashboardRange(datetime(2025, 6, 1, 12, tzinfo=UTC), datetime(2025, 6, 11, 12, tzinfo=UTC))
    rows = requesting(city, panel(dashboard, "share_period", span))
    assert [(name, share, coverage, reason) for name, share, _, _, coverage, reason, *_ in rows] == [
        (f"{name} (voorbeeld)", None, 0, "coverage_below") for name in ("Centrumlijn", "Spoorlijn")
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
    queries = [query for text in BUILT.values() for query in dashboard_queries.queries(json.loads(text))]
    alerts = [line for line in lines.stdout.splitlines() if "ms  alert " in line]
    assert len(lines.stdout.splitlines()) == len(queries) + len(alerts)
    assert len(alerts) == len(RULES)
    assert "doorfiets-cycling-en, Busiest days (A)" in lines.stdout
    assert {run["range"] for run in json.loads(document.stdout)["runs"]} >= {"24 h", "30 d"}


PUBLISHED_DAYS = (
    "SELECT s.name, d.total::float8 FROM api.site_day d JOIN api.site s USING (site)"
    " WHERE d.mode = 'bicycles' AND $__timeFilter(d.started_at)"
)
QUARTERS = (
    "SELECT started_at AS time, value FROM api.site_quarters('kolk', 'bicycles', $__timeFrom(), $__timeTo()) ORDER BY 1"
)


def with_query(dashboard: dict[str, Any], sql: str) -> Mapping[str, Any]:
    """Put one more panel, a trial, on the dashboard."""
    trial = {"title": "Proef", "targets": [{"refId": "A", "format": "time_series", "rawSql": sql}]}
    return {**dashboard, "panels": [trial]}


def reported(runs: list[Run]) -> str:
    """Give all problems as one text."""
    assert all(run.problems for run in runs)
    return "\n".join(problem for run in runs for problem in run.problems)
