"""The form of the explorer: its fields with what is chosen, in the words of a page, and what is wrong beside each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from opendata.pages.addresses import EXPLORER_PARAMETERS, explorer_value
from opendata.pages.explorer.event_windows import ExplorerEvent
from opendata.pages.explorer.question import AGAINST, MOST_WEEKS, PERIODS, WEEKDAYS, View
from opendata.pages.explorer.view_request import ViewRequest

FieldKind: TypeAlias = Literal["select", "date", "number"]
_OWN_INTERVAL: frozenset[View] = frozenset({"course"})
_WITHOUT_PERIOD: frozenset[View] = frozenset({"years"})
"""Views that show all there is."""


@dataclass(frozen=True)
class FieldOption:
    """One value that can be chosen; `foreign` where its words are a name of the registry."""

    value: str
    words: str
    chosen: bool
    foreign: bool = False


@dataclass(frozen=True)
class FormField:
    """One field by its name in the address; `typed` is what it holds, `most` the largest number."""

    code: str
    name: str
    label: str
    kind: FieldKind
    options: Sequence[FieldOption] = ()
    typed: str = ""
    mistake: str = ""
    most: int = 0


@dataclass(frozen=True)
class FieldWriter:
    """Writes the fields of one question."""

    request: ViewRequest
    places: Mapping[str, str]
    events: Sequence[ExplorerEvent]
    event: ExplorerEvent | None

    def fields(self) -> list[FormField]:
        """Give the fields of the view, in the order of the form."""
        question, subject = self.request.question, self.request.subject
        found = [self._facet()] if len(subject.options.facets) > 1 else []
        if subject.options.directions:
            found.append(self._direction())
        if question.view == "event":
            found += [self._event(), self._weeks()]
        elif question.view not in _WITHOUT_PERIOD:
            found += [self._select("period", PERIODS, question.period), self._date("first", question.first)]
            found.append(self._date("last", question.last))
        if question.view in _OWN_INTERVAL:
            found.append(self._select("interval", subject.options.intervals, self.request.interval))
        found.append(self._select("weekdays", WEEKDAYS, question.weekdays))
        if question.view == "compare":
            offered = [one for one in AGAINST if one in subject.options.against and (one != "place" or self.places)]
            found += [
                self._select("against", offered, question.against),
                self._date("against_first", question.against_first),
            ]
            if self.places:
                found.append(self._place())
        return found

    def _field(
        self, code: str, kind: FieldKind, options: Iterable[FieldOption] = (), typed: str = "", most: int = 0
    ) -> FormField:
        language, mistake = self.request.language, self.request.question.mistakes.get(code)
        return FormField(
            code,
            EXPLORER_PARAMETERS[code][language.locale],
            language(f"page.explorer_field.{code}"),
            kind,
            list(options),
            typed,
            language(f"page.explorer_mistake.{mistake}") if mistake else "",
            most,
        )

    def _select(self, code: str, codes: Iterable[str], chosen: str) -> FormField:
        language = self.request.language
        options = [
            FieldOption(
                explorer_value(code, one, language.locale), language(f"page.explorer_{code}.{one}"), one == chosen
            )
            for one in codes
        ]
        return self._field(code, "select", options)

    def _facet(self) -> FormField:
        language, options, chosen = self.request.language, self.request.subject.options, self.request.question.facet
        name = options.facet
        said: dict[str, Callable[[str], str]] = {"mode": language.mode, "variant": language.denominator}
        words = said.get(name, self._substance)
        facets = [
            FieldOption(explorer_value(name, one, language.locale), words(one), chosen=one == chosen)
            for one in options.facets
        ]
        return self._field(name, "select", facets)

    def _substance(self, quantity: str) -> str:
        return self.request.language(f"quantity.{quantity}")

    def _direction(self) -> FormField:
        language, chosen = self.request.language, self.request.question.direction
        every = FieldOption("", language("page.explorer.every_direction"), chosen is None)
        directions = self.request.subject.options.directions
        return self._field(
            "direction",
            "select",
            [every, *(FieldOption(one, language.texts.towards(one), one == chosen) for one in directions)],
        )

    def _place(self) -> FormField:
        chosen = self.request.question.against_place
        return self._field(
            "against_place",
            "select",
            [
                FieldOption("", self.request.language("page.explorer.no_place"), chosen is None),
                *(FieldOption(name, title, name == chosen, foreign=True) for name, title in self.places.items()),
            ],
        )

    def _event(self) -> FormField:
        return self._field(
            "event",
            "select",
            [
                FieldOption(
                    one.id,
                    f"{one.name} ({self.request.span(one.first, one.last)})",
                    one == self.event,
                    foreign=not one.ours,
                )
                for one in self.events
            ],
        )

    def _weeks(self) -> FormField:
        question = self.request.question
        return self._field("weeks", "number", typed=question.typed.get("weeks", str(question.weeks)), most=MOST_WEEKS)

    def _date(self, code: str, day: date | None) -> FormField:
        typed = self.request.question.typed.get(code, "")
        return self._field(code, "date", typed=day.isoformat() if day else typed)
