"""Figures on their way into the table: taken of one subject after the other, written where they say something new."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from schemas.indicators import INDICATORS
from streams.domain.figures.figure import Figure
from streams.sinks.facts import Facts


class Subject(NamedTuple):
    """Who a figure is about: the kind of thing, its id, and the mode, quantity or screenline that is meant."""

    kind: str
    id: str
    facet: str = ""


class Desk:
    """The figures of one transaction, and the facts that they are reckoned from."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._rows: dict[tuple[object, ...], dict[str, Any]] = {}
        self._scopes: list[dict[str, Any]] = []

    def put(
        self, subject: Subject, figures: Iterable[Figure], *, all_of: Collection[str] = (), years: Sequence[int] = ()
    ) -> None:
        """Take figures of one subject, `all_of` these indicators in these years: what is not among them is no more."""
        for one in figures:
            key = (*subject, one.indicator, one.period.kind, one.period.first_day, one.part)
            self._rows[key] = _row(subject, one)
        if all_of:
            scope = {"kind": subject.kind, "subject": subject.id, "facet": subject.facet}
            self._scopes.append({**scope, "indicators": sorted(all_of), "years": list(years)})

    async def write(self) -> None:
        """Write what differs from the table, and take away what is no more."""
        rows = json.dumps(list(self._rows.values()), allow_nan=False)
        await self.facts.write_figures(rows, json.dumps(self._scopes))
        self._rows.clear()
        self._scopes.clear()


def _row(subject: Subject, one: Figure) -> dict[str, Any]:
    period = one.period
    return {
        "kind": subject.kind, "subject": subject.id, "facet": subject.facet, "indicator": one.indicator,
        "period": period.kind, "first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat(),
        "part": one.part, "value": one.value, "low": one.low, "high": one.high, "withheld": one.withheld,
        "basis": one.basis, "valid": one.valid, "expected": one.expected, "rule": INDICATORS[one.indicator].rule,
    }  # fmt: skip
