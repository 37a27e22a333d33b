"""Values of indicators on their way into the table: taken of one subject after the other."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from streams.domain.indicators.indicator_value import IndicatorValue


class Subject(NamedTuple):
    """Who a value is about: the kind of thing, its id, and the mode, quantity or screenline that is meant."""

    kind: str
    id: str
    facet: str = ""


class Scope(NamedTuple):
    """What was computed whole: these indicators of a subject in these years; what was not found is no more."""

    subject: Subject
    indicators: Sequence[str]
    years: Sequence[int]


class IndicatorValues:
    """The values that one transaction writes."""

    def __init__(self) -> None:
        self._values: dict[tuple[object, ...], tuple[Subject, IndicatorValue]] = {}
        self._scopes: list[Scope] = []

    def put(
        self,
        subject: Subject,
        values: Iterable[IndicatorValue],
        *,
        all_of: Collection[str] = (),
        years: Sequence[int] = (),
    ) -> None:
        """Take values of one subject, `all_of` these indicators in these years: what is not among them is no more."""
        for one in values:
            self._values[(*subject, one.indicator, one.period.kind, one.period.first_day, one.part)] = subject, one
        if all_of:
            self._scopes.append(Scope(subject, sorted(all_of), list(years)))

    def taken(self) -> tuple[list[tuple[Subject, IndicatorValue]], list[Scope]]:
        """Hand over all that was put, and begin anew."""
        found = [*self._values.values()], [*self._scopes]
        self._values.clear()
        self._scopes.clear()
        return found
