"""What is asked of the explorer: parameters of an address, each with its mistake beside it, and the way back."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlencode

from opendata.pages.addresses import EXPLORER_PARAMETERS, EXPLORER_VALUES, explorer_value

View: TypeAlias = Literal["course", "compare", "event", "records", "week", "years"]
PeriodName: TypeAlias = Literal["rolling", "year", "month", "school", "own"]
ExplorerInterval: TypeAlias = Literal["hour", "day", "week", "month", "year"]
WeekdayGroup: TypeAlias = Literal["all", "weekdays", "weekend"]
Against: TypeAlias = Literal["year", "previous", "own", "place"]
Form: TypeAlias = Literal["page", "csv", "svg", "print"]

VIEWS: Final[Sequence[View]] = ("course", "compare", "event", "records", "week", "years")
PERIODS: Final[Sequence[PeriodName]] = ("rolling", "year", "month", "school", "own")
INTERVALS: Final[Sequence[ExplorerInterval]] = ("hour", "day", "week", "month", "year")
WEEKDAYS: Final[Sequence[WeekdayGroup]] = ("all", "weekdays", "weekend")
AGAINST: Final[Sequence[Against]] = ("year", "previous", "own", "place")
FACETS: Final = ("mode", "variant", "quantity")
"""The parameters of which a place has one at most: what is counted, out of what, or which substance."""
MOST_WEEKS: Final = 26
USUAL_WEEKS: Final = 4
_LONGEST: Final = 60
"""Characters of a value that are shown again."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST: Final = date(2000, 1, 1)
"""The first day that can be asked for."""
_CHOSEN: Final = (
    ("first", "period", "own"),
    ("last", "period", "own"),
    ("against_first", "against", "own"),
    ("against_place", "against", "place"),
)
"""Parameters that mean something with one choice of another only: who fills them in must choose it too."""

Mistake: TypeAlias = Literal[
    "unknown", "repeated", "no_day", "too_early", "no_number", "missing", "before_first", "future", "too_long",
    "not_chosen", "no_holidays", "hours_too_long", "days_too_long", "direction_too_long", "no_days", "no_place",
    "no_event", "event_too_long",
]  # fmt: skip
"""What may be wrong with a parameter."""


@dataclass(frozen=True, kw_only=True)
class ExplorerOptions:
    """What of a place can be asked for; the first of each is meant where nothing is asked for.

    `facet` is the parameter that chooses among `facets`.
    """

    facet: str
    facets: Sequence[str]
    directions: Sequence[str] = ()
    views: Sequence[View] = VIEWS
    intervals: Sequence[ExplorerInterval] = INTERVALS
    against: Sequence[Against] = AGAINST


@dataclass(frozen=True, kw_only=True)
class ExplorerQuestion:
    """A state of the explorer, whole: what was not asked for, or wrongly, is what is usual.

    `mistakes` has what is wrong by parameter, and `typed` what was typed there.
    """

    view: View = "course"
    period: PeriodName = "rolling"
    first: date | None = None
    last: date | None = None
    interval: ExplorerInterval | None = None
    facet: str = ""
    direction: str | None = None
    weekdays: WeekdayGroup = "all"
    against: Against = "year"
    against_first: date | None = None
    against_place: str | None = None
    event: str | None = None
    weeks: int = USUAL_WEEKS
    form: Form = "page"
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def but(self, **changes: Any) -> "ExplorerQuestion":  # noqa: ANN401 - fields have types of their own
        """Give the same state with other values of some fields, on the page."""
        return replace(self, **{"form": "page", **changes})

    def wrong(self, parameter: str, mistake: Mistake) -> "ExplorerQuestion":
        """Give the same state with a mistake."""
        return replace(self, mistakes={parameter: mistake, **self.mistakes})


def read(pairs: Sequence[tuple[str, str]], locale: str, options: ExplorerOptions) -> ExplorerQuestion:
    """Read the parameters of an address in the words of a language; names that are not of the explorer are left out."""
    return _ParameterReader(pairs, locale, options).question()


def address(question: ExplorerQuestion, locale: str, options: ExplorerOptions) -> str:
    """Write a state as the query of an address, in the words of a language: only what is not usual."""
    usual = ExplorerQuestion(facet=options.facets[0] if options.facets else "")
    unused = {name for name, chooser, code in _CHOSEN if getattr(question, chooser) != code}
    stored = {
        name: getattr(question, name)
        for name in ("view", "period", "first", "last", "interval", "direction", "weekdays", "against", "against_first",
                     "against_place", "event", "weeks", "form")
        if name not in unused and getattr(question, name) != getattr(usual, name)
    }  # fmt: skip
    if question.facet != usual.facet:
        stored[options.facet] = question.facet
    return urlencode(
        {EXPLORER_PARAMETERS[name][locale]: explorer_value(name, str(value), locale) for name, value in stored.items()}
    )


class _ParameterReader:
    """Reads one parameter after the other, and collects what is wrong."""

    def __init__(self, pairs: Sequence[tuple[str, str]], locale: str, options: ExplorerOptions) -> None:
        self._options = options
        names = {called[locale]: name for name, called in EXPLORER_PARAMETERS.items()}
        known = [(names[name], value.strip()) for name, value in pairs if name in names]
        self._values = {name: value for name, value in known if value}
        self._locale = locale
        self.mistakes: dict[str, Mistake] = {
            name: "repeated" for name, times in Counter(name for name, _ in known).items() if times > 1
        }

    def question(self) -> ExplorerQuestion:
        """Give the whole state."""
        options = self._options
        first, last = self._day("first"), self._day("last")
        period = self._choice("period", PERIODS, "own" if first or last else "rolling")
        found = ExplorerQuestion(
            view=self._choice("view", options.views, "course"),
            period=period,
            first=first,
            last=last,
            interval=self._choice("interval", options.intervals, None),
            facet=self._choice(options.facet, options.facets, options.facets[0] if options.facets else ""),
            direction=self._choice("direction", options.directions, None),
            weekdays=self._choice("weekdays", WEEKDAYS, "all"),
            against=self._choice("against", options.against, "year"),
            against_first=self._day("against_first"),
            against_place=self._values.get("against_place"),
            event=self._values.get("event"),
            weeks=self._weeks(),
            form=self._choice("form", ("page", "csv", "svg", "print"), "page"),
        )
        for name, chooser, code in _CHOSEN:
            if name in self._values and getattr(found, chooser) != code:
                self.mistakes.setdefault(name, "not_chosen")
        typed = {name: value[:_LONGEST] for name, value in self._values.items()}
        return replace(found, mistakes=self.mistakes, typed=typed)

    def _choice(self, name: str, codes: Collection[Any], usual: Any) -> Any:  # noqa: ANN401 - codes of any field
        value = self._values.get(name)
        if value is None or name in self.mistakes:
            return usual
        called = EXPLORER_VALUES.get(name, {})
        words = {called[code][self._locale] if code in called else code: code for code in codes}
        if value not in words:
            self.mistakes[name] = "unknown"
            return usual
        return words[value]

    def _day(self, name: str) -> date | None:
        value = self._values.get(name)
        if value is None or name in self.mistakes:
            return None
        try:
            day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            self.mistakes[name] = "no_day"
        elif day < EARLIEST:
            self.mistakes[name] = "too_early"
            return None
        return day

    def _weeks(self) -> int:
        value = self._values.get("weeks")
        if value is None or "weeks" in self.mistakes:
            return USUAL_WEEKS
        if not (value.isascii() and value.isdecimal() and len(value) <= 2 and 1 <= int(value) <= MOST_WEEKS):  # noqa: PLR2004 - two digits
            self.mistakes["weeks"] = "no_number"
            return USUAL_WEEKS
        return int(value)
