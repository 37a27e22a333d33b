"""Writing values of indicators: what differs from the table, and what is no more."""

import json
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from schemas.indicators import INDICATORS
from streams.domain.calendar import local_day
from streams.domain.indicators.indicator_value import IndicatorValue
from streams.indicators.inputs import Inputs
from streams.indicators.values import IndicatorValues, Scope, Subject
from streams.sinks.connection import Connection, statements

_SQL: Final = {**statements("indicator_values.sql"), **statements("aggregation/published.sql")}


async def write(connection: Connection, values: IndicatorValues, inputs: Inputs) -> None:
    """Write what was put since the last time, each with the bounds of its days in the time zone of its subject's owner.

    What the table says already is left alone.
    """
    found, scopes = values.taken()
    subjects = {(subject.kind, subject.id) for subject, _ in found}
    zones = {subject: await inputs.zone_of(*subject) for subject in subjects}
    parameters = {
        "rows": json.dumps([_row(*one, zones[one[0].kind, one[0].id]) for one in found], allow_nan=False),
        "scopes": json.dumps([_scope(one) for one in scopes]),
    }
    await connection.execute(_SQL["withdraw_indicator_values"], parameters)
    await connection.execute(_SQL["write_indicator_value"], parameters)


def _scope(scope: Scope) -> dict[str, Any]:
    subject = {"kind": scope.subject.kind, "subject": scope.subject.id, "facet": scope.subject.facet}
    return {**subject, "indicators": scope.indicators, "years": scope.years}


def _row(subject: Subject, one: IndicatorValue, zone: ZoneInfo) -> dict[str, Any]:
    period = one.period
    return {
        "kind": subject.kind, "subject": subject.id, "facet": subject.facet, "indicator": one.indicator,
        "period": period.kind, "first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat(),
        "started_at": local_day(period.first_day, zone).started_at.isoformat(),
        "ended_at": local_day(period.last_day, zone).ended_at.isoformat(),
        "part": one.part, "value": one.value, "low": one.low, "high": one.high,
        "withheld": msgspec.to_builtins(one.withheld),
        "basis": one.basis, "valid": one.valid, "expected": one.expected, "rule": INDICATORS[one.indicator].rule,
    }  # fmt: skip
