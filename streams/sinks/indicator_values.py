"""Writing values of indicators: what differs from the table, and what is no more."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from schemas.indicators import INDICATORS
from streams.domain.calendar import local_day
from streams.domain.indicators.flagged_days import of_period
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
    flagged = await _flagged(connection, found, zones)
    rows = [
        _row(subject, one, zones[subject.kind, subject.id]) | _flags(flagged.get(subject, {}), one)
        for subject, one in found
    ]
    parameters = {
        "rows": json.dumps(rows, allow_nan=False),
        "scopes": json.dumps([_scope(one) for one in scopes]),
    }
    await connection.execute(_SQL["withdraw_indicator_values"], parameters)
    await connection.execute(_SQL["write_indicator_value"], parameters)


async def _flagged(
    connection: Connection, found: Sequence[tuple[Subject, IndicatorValue]], zones: Mapping[tuple[str, str], ZoneInfo]
) -> Mapping[Subject, Mapping[date, int]]:
    """Read the flags of the days that some values rest on, by subject; of days without a flag there is nothing."""
    by_subject: defaultdict[Subject, list[IndicatorValue]] = defaultdict(list)
    for subject, one in found:
        by_subject[subject].append(one)
    subjects = [
        {
            "kind": subject.kind, "subject": subject.id, "facet": subject.facet,
            "first": min(one.period.first_day for one in known).isoformat(),
            "last": max(one.period.last_day for one in known).isoformat(),
            "zone": zones[subject.kind, subject.id].key,
        }
        for subject, known in by_subject.items()
    ]  # fmt: skip
    flagged: defaultdict[Subject, dict[date, int]] = defaultdict(dict)
    cursor = await connection.execute(_SQL["flagged_days"], {"subjects": json.dumps(subjects)})
    async for kind, name, facet, day, bits in cursor:
        flagged[Subject(kind, name, facet)][day] = bits
    return flagged


def _flags(flagged: Mapping[date, int], one: IndicatorValue) -> dict[str, Any]:
    quality_flags, days = of_period(flagged, one.period)
    return {"quality_flags": quality_flags, "basis": {**one.basis, **({"flagged_days": days} if days else {})}}


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
