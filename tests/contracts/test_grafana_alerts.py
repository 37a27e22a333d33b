"""Grafana's alert rules on a real database: quiet in a sound city, each fires by its fault and clears with it."""

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboards.alerting import evaluate
from dashboards.alerting.build import INTERVAL, RuleJson, build
from dashboards.alerting.check import check_alerts
from dashboards.alerting.duration import seconds_of
from dashboards.alerting.evaluate import EvaluatedAlert
from dashboards.staff import StaffConnection, connect
from deploy.alert_limits import limits, runbooks
from deploy.local.stack import Stack
from operations.alerts.configuration import plan, read
from tests.conftest import superuser
from tests.opendata import city

pytestmark = pytest.mark.contracts

SOUND: Final = Path(__file__).with_name("sound.sql")
PLAN: Final = read(None)
RULES: Final = {rule["labels"]["rule"]: rule for rule in build(limits(PLAN), runbooks(PLAN))}


class Fault(NamedTuple):
    """What goes wrong by SQL, what is mended by SQL, and for which subjects a rule fires meanwhile."""

    rule: str
    inject: str
    mend: str
    fires: list[dict[str, str]]


HUSH: Final = (
    "UPDATE doorfiets.feed SET last_ended_at = now() - interval '1 minute' - {} * interval '15 minutes' WHERE {}"
)
SPEAK: Final = (
    "UPDATE doorfiets.feed SET last_ended_at = now() - interval '1 minute' WHERE datastream > 1;"
    " UPDATE doorfiets.feed SET last_ended_at = now() - interval '30 days' WHERE datastream = 1"
)
FIND: Final = (
    "INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)"
    " VALUES (6, '{}', 1024, now() - interval '1 day', 'infinity', 'test-1', '{{}}')"
)
MEASURE: Final = (
    "UPDATE doorfiets.watermark SET published_until = now();"
    " UPDATE doorfiets.stage SET measured_at = now(), processed_until = CASE WHEN stage = 'aggregate' THEN now() END"
)
LATE: Final = "UPDATE doorfiets.{} SET {} = {} - interval '3 minutes' {}"
BACK: Final = LATE.replace(" - ", " + ")
REFUSE: Final = (
    "INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, first_received_at, last_received_at,"
    " receptions) VALUES ('\\x02', 'unit', '', 'x', 'ours', now(), now(), {})"
)
UNPAIR: Final = (
    "UPDATE doorfiets.share_hour SET paired = {} WHERE screenline = 'centrum' AND hour > now() - interval '8 h'"
)
AIR: Final = (
    "UPDATE doorfiets.air_index_hour SET value = {}, level = '{}'"
    " WHERE station = 'singel' AND hour > now() - interval '2 h'"
)
DE_KOLK: Final = {"site": "kolk", "name": "De Kolk"}
PLEIN: Final = {"site": "stationsplein", "name": "Stationsplein <west>"}
FAULTS: Final = (
    Fault("silent", HUSH.format(5, "datastream = 3"), SPEAK, [{**DE_KOLK, "feed": "kolk-fiets", "datastream": "3"}]),
    Fault("site_silent", HUSH.format(5, "datastream IN (9, 10)"), SPEAK, [{"site": "park", "name": "Stadspark"}]),
    Fault("many_silent", HUSH.format(5, "datastream IN (3, 6, 9, 10)"), SPEAK, [{}]),
    Fault(
        "dead",
        FIND.format("dead"),
        "DELETE FROM doorfiets.finding",
        [{**PLEIN, "feed": "plein-fiets", "datastream": "6"}],
    ),
    Fault(
        "dead",
        FIND.format("blind"),
        "DELETE FROM doorfiets.finding",
        [{**PLEIN, "feed": "plein-fiets", "datastream": "6"}],
    ),
    *(
        Fault(
            "lag",
            LATE.format(table, column, column, where),
            BACK.format(table, column, column, where),
            [{"stage": stage}],
        )
        for table, column, where, stage in (
            ("watermark", "published_until", "", "receive"),
            ("stage", "measured_at", "WHERE stage = 'store'", "store"),
            ("stage", "measured_at", "WHERE stage = 'aggregate'", "aggregate"),
            ("stage", "processed_until", "WHERE stage = 'aggregate'", "aggregate"),
        )
    ),
    Fault(
        "lag",
        "INSERT INTO doorfiets.watermark VALUES ('one', 1, now() - interval '3 minutes', 0)",
        "DELETE FROM doorfiets.watermark WHERE partition = 1",
        [{"stage": "store"}],
    ),
    Fault(
        "rejections", REFUSE.format(20), "DELETE FROM doorfiets.rejection WHERE reason = 'unit'", [{"reason": "unit"}]
    ),
    Fault("share_withheld", UNPAIR.format(0), UNPAIR.format(4), [{"site": "centrum", "name": "Centrumlijn"}]),
    Fault("poor_air", AIR.format(9, "poor"), AIR.format(8, "insufficient"), [{"site": "singel", "name": "Singel"}]),
)
MAINTAIN: Final = (
    "INSERT INTO doorfiets.exclusion (kind, channel, started_at, ended_at, reason, entered_by)"
    " VALUES ('maintenance', 'kolk-fiets', now() - interval '1 hour', 'infinity', 'x', 'x')"
)
LEAVE: Final = (
    "DELETE FROM doorfiets.exclusion;"
    " UPDATE doorfiets.feed SET last_ended_at = now() - interval '1 minute' WHERE datastream = 3"
)
NEAR: Final = (
    ("silent", HUSH.format("2.8", "datastream = 3"), SPEAK),
    ("silent", HUSH.format(50, "datastream IN (1, 2)"), SPEAK),
    (
        "silent",
        f"{HUSH.format(50, 'datastream = 3')}; {MAINTAIN}",
        LEAVE,
    ),
    ("many_silent", HUSH.format(5, "datastream IN (3, 6)"), SPEAK),
    ("many_silent", HUSH.format(50, "datastream IN (3, 6, 9, 10)"), SPEAK),
    ("rejections", REFUSE.format(19), "DELETE FROM doorfiets.rejection WHERE reason = 'unit'"),
    ("share_withheld", UNPAIR.format(3), UNPAIR.format(4)),
    ("poor_air", AIR.format(8, "insufficient"), AIR.format(3, "good")),
)
"""What is just not enough, or no fault: two intervals, what has ended or is recorded, what somebody works at."""


@pytest.fixture(scope="module")
def sound(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    """A sound city, as its superuser."""
    own = superuser(stack)
    with city.database(own, "grafana_alerts") as conninfo:
        with psycopg.connect(make_conninfo(own, dbname="grafana_alerts"), autocommit=True) as connection:
            connection.execute(SOUND.read_bytes())
            yield connection
        assert conninfo


@pytest.fixture(scope="module")
def nothing(stack: Stack) -> Iterator[StaffConnection]:
    """A database with tables only, as Grafana sees it."""
    with (
        city.database(superuser(stack), "grafana_nothing", seeds=()) as conninfo,
        connect(conninfo, "doorfiets alerts") as staff,
    ):
        yield staff


@pytest.fixture
def staff(sound: psycopg.Connection[Any]) -> Iterator[StaffConnection]:
    """The same as Grafana sees it; every stage has just measured, however long the tests before took."""
    sound.execute(MEASURE.encode())
    with connect(city.without_user(sound.info.dsn), "doorfiets alerts") as connection:
        yield connection


def now(connection: psycopg.Connection[Any]) -> datetime:
    """Give the time by the clock of the database."""
    (found,) = connection.execute("SELECT now()").fetchall()[0]
    assert isinstance(found, datetime)
    return found


def firing(alerts: list[EvaluatedAlert]) -> list[dict[str, str]]:
    """Give the labels of what fires."""
    return [dict(alert.labels) for alert in alerts if alert.state == "firing"]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_nothing_fires_in_a_sound_city(staff: StaffConnection, rule: RuleJson) -> None:
    """And every rule has subjects there, so that it could."""
    alerts = evaluate.evaluate(rule, staff, now(staff))
    assert {alert.state for alert in alerts} == {"normal"}
    assert {alert.problem for alert in alerts} == {""}


def test_every_query_is_sound(sound: psycopg.Connection[Any]) -> None:
    """As `doorfiets dashboards check` runs them: one row or more, no rule of SQL broken, and quick."""
    runs = list(check_alerts(list(RULES.values()), city.without_user(sound.info.dsn)))
    assert {run.place: run.problems for run in runs if run.problems} == {}
    assert len(runs) == len(RULES)
    assert all(run.rows for run in runs)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT 'a' AS site, total AS value FROM doorfiets.site_hour", "schema api only"),
        ("SELECT hour AS time, total AS value FROM api.site_hour", "neither text nor"),
        ("SELECT site, nonsense AS value FROM api.site_hour", "does not exist"),
        ("SELECT $__timeFiltre(x)", "no macro"),
    ],
)
def test_a_broken_query_is_reported(sound: psycopg.Connection[Any], sql: str, complaint: str) -> None:
    """And the next one is run all the same."""
    runs = list(check_alerts([trial("table", sql), RULES["lag"]], city.without_user(sound.info.dsn)))
    assert complaint in runs[0].problems[0]
    assert runs[1].problems == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.inject[:40]}")
def test_a_rule_fires_by_its_fault_after_its_time_and_clears(
    sound: psycopg.Connection[Any], staff: StaffConnection, fault: Fault
) -> None:
    """It waits first, where it has to; no other rule fires for the same."""
    rule, at = RULES[fault.rule], now(staff)
    waits = timedelta(seconds=seconds_of(rule["for"]))
    sound.execute(fault.inject.encode())
    try:
        alerts = evaluate.evaluate(rule, staff, at)
        assert (firing(alerts) == []) == (waits > timedelta(0))
        while waits > timedelta(0):
            waits, at = waits - INTERVAL, at + INTERVAL
            alerts = evaluate.evaluate(rule, staff, at, alerts)
        assert firing(alerts) == fault.fires
        others = {
            name
            for name, one in RULES.items()
            if name != fault.rule and firing(evaluate.evaluate({**one, "for": "0s"}, staff, now(staff)))
        }
        assert others == set()
    finally:
        sound.execute(fault.mend.encode())
    assert firing(evaluate.evaluate(rule, staff, at + INTERVAL, alerts)) == []


@pytest.mark.parametrize(("rule", "inject", "mend"), NEAR, ids=lambda text: str(text)[:40])
def test_what_is_almost_a_fault_fires_nothing(
    sound: psycopg.Connection[Any], staff: StaffConnection, rule: str, inject: str, mend: str
) -> None:
    """However long it lasts."""
    sound.execute(inject.encode())
    try:
        assert firing(evaluate.evaluate({**RULES[rule], "for": "0s"}, staff, now(staff))) == []
    finally:
        sound.execute(mend.encode())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_an_empty_database_is_no_error_but_what_no_data_means(nothing: StaffConnection, rule: RuleJson) -> None:
    """A registry without a feed is alerted once, by the rule that says so."""
    (alert,) = evaluate.evaluate({**rule, "for": "0s"}, nothing, now(nothing))
    means = {"OK": "normal", "Alerting": "firing"}
    assert (alert.problem, alert.state) == ("no data", means[rule["noDataState"]])
    assert (rule["noDataState"] == "Alerting") == (rule["labels"]["rule"] == "site_silent")


def test_a_limit_of_one_reason_stands_for_it_alone(sound: psycopg.Connection[Any], staff: StaffConnection) -> None:
    """As the file of alerts may say it."""
    (rule,) = (
        one for one in built("[rule.rejections]\nreasons = { unit = 200 }") if one["labels"]["rule"] == "rejections"
    )
    sound.execute(REFUSE.format(199).encode())
    try:
        assert firing(evaluate.evaluate(rule, staff, now(staff))) == []
        sound.execute(b"UPDATE doorfiets.rejection SET receptions = 200 WHERE reason = 'unit'")
        assert firing(evaluate.evaluate(rule, staff, now(staff))) == [{"reason": "unit"}]
    finally:
        sound.execute(b"DELETE FROM doorfiets.rejection WHERE reason = 'unit'")


def built(text: str) -> list[RuleJson]:
    """Build the rules by a file of alerts."""
    found = plan(tomllib.loads(text), Path())
    return build(limits(found), runbooks(found))


SHAPES: Final = (
    ("table", "SELECT 'a' AS site, 7 AS value", "firing", ""),
    ("table", "SELECT 'a' AS site, 'b' AS name, 7.5 AS value", "firing", ""),
    ("table", "SELECT 'a' AS site, 7 AS value WHERE false", "no_data", "no data"),
    ("table", "SELECT NULL::float8 AS value", "no_data", "no data"),
    ("table", "SELECT 'a' AS site, 1 AS value, 2 AS other", "error", "2 number columns"),
    ("table", "SELECT 'a' AS site, true AS yes, 1 AS value", "error", "neither text nor"),
    ("table", "SELECT now() AS time, 'a' AS site, 1 AS value", "error", "neither text nor"),
    ("table", "SELECT 'a' AS site, n AS value FROM generate_series(1, 2) n", "error", "duplicate results"),
    ("table", "SELECT 'a' AS site, 1 / 0 AS value", "error", "division by zero"),
    ("table", "SELECT digest AS site, 1 AS value FROM doorfiets.rejection", "error", "permission denied"),
    ("table", "SELECT $__timeFiltre(x), 1 AS value", "error", "no macro of Grafana"),
    ("time_series", "SELECT now() AS time, 'a' AS site, 7 AS value", "firing", ""),
    ("time_series", "SELECT now() AS time, 'a' AS metric, 7 AS value", "error", "metric names a series"),
    ("time_series", "SELECT now() AS time, 'a' AS site, 7 AS value WHERE false", "error", "wide series"),
    ("time_series", "SELECT now() AS time, 7 AS value WHERE false", "no_data", "no data"),
    ("time_series", "SELECT 'a' AS site, 7 AS value", "error", "named time"),
)
"""What Grafana 9.3 and 12.2 were seen to make of results."""


@pytest.mark.parametrize(("form", "sql", "state", "problem"), SHAPES)
def test_results_mean_what_grafana_makes_of_them(
    staff: StaffConnection, form: str, sql: str, state: str, problem: str
) -> None:
    """More than three fires; without a reducer that drops it, what is no number fires whatever it is compared with."""
    rule = trial(form, sql)
    (alert,) = evaluate.evaluate(rule, staff, now(staff))
    assert alert.state == state
    assert problem in alert.problem
    assert (alert.problem == "") == (problem == "")
    if state == "no_data" and "NULL" in sql:
        rule["data"][1]["model"]["settings"] = {}
        (alert,) = evaluate.evaluate(rule, staff, now(staff))
        assert (alert.state, alert.value) == ("firing", None)


def trial(form: str, sql: str) -> RuleJson:
    """Make a rule of a query: more than three."""
    rule: RuleJson = json.loads(json.dumps({**RULES["silent"], "for": "0s", "noDataState": "NoData"}))
    rule["data"][0]["model"] |= {"format": form, "rawSql": sql}
    return rule
