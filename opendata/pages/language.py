"""The language of a page: its words, its numbers and days, and where its other pages are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from babel import Locale
from fastapi import Request
from markupsafe import Markup, escape

from locales import DEFAULT, LOCALES, Texts, texts
from opendata import negotiation, reasons, vocabulary
from opendata.explained import explained
from opendata.flag_words import Parts, RowFlags, excluded, excluded_of
from opendata.number_format import NumberFormat, clock
from opendata.pages.addresses import PageAddresses, locale_of, shown_elsewhere
from opendata.pages.moments import Moment
from opendata.read.day_pairs import ENOUGH
from schemas.quantities import QUANTITIES
from schemas.reasons import Reason


@dataclass(frozen=True)
class PageLanguage:
    """One language in which pages are drawn: everything that says a code, a number or an instant to people."""

    locale: str

    @cached_property
    def texts(self) -> Texts:
        """The words of `locales`."""
        return texts(self.locale)

    @cached_property
    def numbers(self) -> NumberFormat:
        """How numbers and days are written."""
        return NumberFormat(self.locale)

    @cached_property
    def addresses(self) -> PageAddresses:
        """Where the pages of this language are."""
        return PageAddresses(self.locale)

    @cached_property
    def name(self) -> str:
        """What the language calls itself."""
        return str(Locale(self.locale).display_name)

    def __call__(self, key: str, /, **parameters: object) -> str:
        """Give the words of a key."""
        return self.texts(key, **parameters)

    def html(self, key: str, /, **parameters: object) -> Markup:
        """Give the words of a key that hold marks of HTML; a parameter never adds any, unless it is markup itself."""
        safe = {name: escape(value) if isinstance(value, str) else value for name, value in parameters.items()}
        return Markup(self.texts(key, **safe))  # noqa: S704 - the words are ours, and the parameters are escaped

    def counted(self, key: str, number: int, **parameters: object) -> str:
        """Give the words of a key for so many: one, or any other number."""
        return self.texts(f"{key}.{'one' if number == 1 else 'other'}", number=number, **parameters)

    def clock(self, instant: datetime, moment: Moment) -> str:
        """Say the time of an instant by the clock of a moment's zone."""
        return self("page.clock", clock=clock(instant, moment.zone))

    def reported(self, instant: datetime, moment: Moment) -> str:
        """Say an instant as people do: with its day where that is not today."""
        day = instant.astimezone(moment.zone).date()
        at = self.clock(instant, moment)
        return at if day == moment.today else f"{self.numbers.short_day(day)} {at}"

    def dated(self, instant: datetime, moment: Moment) -> str:
        """Say an instant of the past: with its day where that is not today, of another year with that alone."""
        day = instant.astimezone(moment.zone).date()
        return self.reported(instant, moment) if day.year == moment.today.year else self.numbers.plain_day(day)

    def quantity(self, quantity: str) -> str:
        """Name what is counted or measured."""
        return self(f"quantity.{quantity}")

    def reason(self, why: Reason | None) -> str | None:
        """Say why there is no number, without a full stop; None where there is no reason."""
        return reasons.text(why, self.locale)

    def channels(self, why: Reason | None) -> str | None:
        """Name the channels of a reason that says no more than which are not whole; else None."""
        return reasons.channels(why, self.locale)

    def excluded(self, row: RowFlags, parts: Parts) -> str | None:
        """Say what was excluded of a row, of whose `parts` the flags are counted."""
        return excluded_of(row, parts, self.locale)

    def excluded_by(self, quality_flags: int, parts: Parts) -> str | None:
        """Say what was excluded by flags of which nobody counted the parts."""
        return excluded(quality_flags, {}, parts, self.locale)

    def windows(self, codes: Iterable[str]) -> str:
        """Say of which hours a coverage is, such as "of the hours of daylight"; nothing where it is of all."""
        return self("join.and").join(self._window(code) for code in codes)

    def partial(self, coverage: float, windows: Sequence[str] = (), excluded: str | None = None) -> str:
        """Say of how much a number is that is not whole; only below `ENOUGH` that it is incomplete."""
        of = " ".join(filter(None, (self.numbers.coverage(coverage), self.windows(windows))))
        if coverage >= ENOUGH:
            return ", ".join(filter(None, (self("page.mostly", coverage=of), excluded)))
        return self("page.partial", coverage=", ".join(filter(None, (of, excluded))))

    def whole(self, windows: Sequence[str] = ()) -> str:
        """Say that a number is whole, and of which hours, where it is not of all."""
        if not windows:
            return self("page.whole")
        return self("page.whole_of", coverage=self.numbers.coverage(1), windows=self.windows(windows))

    def mode(self, mode: str) -> str:
        """Name a mode."""
        return self(f"page.mode.{mode}")

    def denominator(self, variant: str) -> str:
        """Name what cyclists are a share of: all that is counted, motor traffic, or one other mode."""
        return self.mode(variant) if variant in QUANTITIES else self(f"page.variant.{variant}")

    def place(self, name: str) -> str:
        """Name an end of a link."""
        return vocabulary.place(name, self.locale)

    def licence_url(self, licence: str) -> str:
        """Give the address of a licence, in this language where there is one."""
        return vocabulary.licence_url(licence, self.locale)

    def unit(self, indicator: str, facet: str) -> str:
        """Give the unit beside an indicator, with what was counted or measured: cyclists, where nothing is named."""
        what = self(f"unit.{facet if facet in QUANTITIES else 'bicycles'}")
        return explained(indicator, self.locale).unit(what)

    def _window(self, code: str) -> str:
        first, _, until = code.partition("-")
        return self("window_part.hours", first=first, until=until) if until else self(f"window_part.{code}")


@cache
def language(locale: str) -> PageLanguage:
    """Give a language by its locale."""
    return PageLanguage(locale)


def of_request(request: Request) -> PageLanguage:
    """Give the language of the folder that was asked for; outside of these, the one that the reader prefers.

    What is shown elsewhere has the language that its address names, else that of the owners.
    """
    path, wanted = request.url.path, request.query_params.get("taal")
    if shown_elsewhere(path):
        return language(wanted if wanted in LOCALES else DEFAULT)
    return language(locale_of(path) or negotiation.language_of(request.headers))
