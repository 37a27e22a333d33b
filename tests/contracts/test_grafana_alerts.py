"""Grafana's alert rules on a real database: quiet in a sound city, each fires by its fault and clears with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboards.alerting import evaluate
from dashboards.alerting.build import INTERVAL, RuleJson, build
from dashboards.alerting.duration import seconds_of
from dashboards.alerting.evaluate import EvaluatedAlert
from deploy.alert_limits import limits, runbooks
from deploy.local.stack import Stack
from operations.alerts.configuration import read
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
SPEAK: Final = "UPDATE doorfiets.feed SET last_ended_at = now() - interval '1 minute' WHERE datastream > 1"
FAULTS: Final = (
    Fault(
        "silent",
        HUSH.format(5, "datastream = 3"),
        SPEAK,
        [{"site": "kolk", "name": "De Kolk", "feed": "kolk-fiets", "datastream": "3"}],
    ),
)


@pytest.fixture(scope="module")
def sound(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    """A sound city, as its superuser."""
    own = superuser(stack)
    with city.database(own, "grafana_alerts") as conninfo:
        with psycopg.connect(make_conninfo(own, dbname="grafana_alerts"), autocommit=True) as connection:
            connection.execute(SOUND.read_bytes())
            yield connection
        assert conninfo


@pytest.fixture
def staff(sound: psycopg.Connection[Any]) -> Iterator[evaluate.Connection]:
    """The same as Grafana sees it."""
    with evaluate.connect(city.without_user(sound.info.dsn)) as connection:
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
def test_nothing_fires_in_a_sound_city(staff: evaluate.Connection, rule: RuleJson) -> None:
    """And every rule has subjects there, so that it could."""
    alerts = evaluate.evaluate(rule, staff, now(staff))
    assert {alert.state for alert in alerts} == {"normal"}
    assert {alert.problem for alert in alerts} == {""}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.inject[:40]}")
def test_a_rule_fires_by_its_fault_after_its_time_and_clears(
    sound: psycopg.Connection[Any], staff: evaluate.Connection, fault: Fault
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
