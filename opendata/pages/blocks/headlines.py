"""The main indicators of one place: the newest of each, with its period, coverage, basis, and where it is explained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from opendata.database import NamedQueries
from opendata.explained import explained
from opendata.flag_words import excluded
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.read import indicator_values
from opendata.read.indicator_values import NewestValue
from opendata.read.states import AnswerSubject
from opendata.v1.basis import FLAGGED

OF_SITE: Final = (
    "aadb",
    "mean_day",
    "total_with_estimates",
    "like_for_like",
    "same_weekday",
    "wwi",
    "ami",
    "peak_hour_factor",
    "directionality",
)
OF_ROUTE: Final = ("bicycle_km", "mean_cyclists", "green_share", "measured_share", "through_ratio", "like_for_like",
                   "exposure_pm25")  # fmt: skip
OF_SCREENLINE: Final = ("directionality",)
OF_LINK: Final = ("cyclists_per_day", "bicycle_km", "growth_since_opening", "directionality")
OF_DISTRICT: Final = ("year_mean", "month_mean")
ESTIMATES: Final = ("neighbour_day", "own_weekday")
"""The rules of estimates; an indicator says of each its days and its error."""
USES: Final = ("utilitarian", "mixed_utilitarian", "mixed_recreational", "recreational")
"""What a site is used for, by its indices."""
PERIODS: Final = ("rolling_year", "year", "month", "opening")
"""The periods that are shown where nothing else is wanted, the longest first."""


@dataclass(frozen=True)
class Headline:
    """One indicator value as a page tells it."""

    name: str
    label: str
    value: str
    unit: str
    period: str
    coverage: float
    basis: str
    rule: str


async def read(
    store: NamedQueries,
    moment: Moment,
    about: AnswerSubject,
    language: PageLanguage,
    *,
    indicators: Sequence[str],
    periods: Sequence[str] = PERIODS,
) -> list[Headline]:
    """Read the newest value of each indicator over a period that is past."""
    rows = await indicator_values.newest(store, about, indicators=indicators, periods=periods, before=moment.today)
    return [_headline(row, language) for row in rows]


def _headline(row: NewestValue, language: PageLanguage) -> Headline:
    name = row.indicator
    percent = _PERCENT.get(name)
    return Headline(
        name=name,
        label=explained(name, language.locale).label,
        value=percent(row.value, language) if percent else _number(row.value, language),
        unit="" if percent else language.unit(name, row.facet),
        period=_PERIOD_WORDS[row.period](row, language),
        coverage=row.valid / row.expected if row.expected else 0.0,
        basis=_rests(row, language),
        rule=row.rule,
    )


def _rests(row: NewestValue, language: PageLanguage) -> str:
    stored, use = row.basis, row.basis.get("use")
    compared = (
        language("page.basis_compared", days=stored["days"])
        if "then" in stored and "days" in stored
        else language("page.basis_days", valid=row.valid, expected=row.expected)
    )
    left_out = excluded(row.quality_flags, stored.get(FLAGGED, {}), "days", language.locale)
    used = language(f"page.use.{use}") if use in USES else use
    return ", ".join(filter(None, (compared, used, *_estimated(stored, language), left_out)))


def _estimated(stored: Mapping[str, Any], language: PageLanguage) -> Iterator[str]:
    """Say by which rules days were estimated: how many, and which error the rule makes on days that were counted."""
    for rule in ESTIMATES:
        if days := stored.get(f"days_{rule}"):
            error = stored.get(f"rms_error_{rule}")
            off = language("page.estimate_error", error=language.numbers.percent(error)) if error is not None else ""
            yield " ".join(filter(None, (language(f"page.estimated.{rule}", days=days), off)))


def _number(value: float, language: PageLanguage) -> str:
    return language.numbers.decimal(value, 2 if abs(value) < 10 else 0)  # noqa: PLR2004 - ratios are below ten, counts seldom


def _share(value: float, language: PageLanguage) -> str:
    return language.numbers.percent(value, 1)


def _at_most(value: float, language: PageLanguage) -> str:
    return language("page.at_most_value", value=language.numbers.percent(value))


def _growth(value: float, language: PageLanguage) -> str:
    return language.numbers.signed(value, 1)


_PERCENT: Final[Mapping[str, Callable[[float, PageLanguage], str]]] = MappingProxyType(
    {
        "like_for_like": _growth,
        "same_weekday": _growth,
        "growth_since_opening": _growth,
        "green_share": _share,
        "measured_share": _share,
        "link_split": _share,
        "directionality": _share,
        "through_ratio": _at_most,
    }
)
"""What is shown as a percentage; the rest is shown with its unit."""

_PERIOD_WORDS: Final[Mapping[str, Callable[[NewestValue, PageLanguage], str]]] = MappingProxyType(
    {
        "rolling_year": lambda row, language: language(
            "page.twelve_months", month=language.numbers.month(row.last_day)
        ),
        "year": lambda row, _: f"{row.first_day.year}",
        "month": lambda row, language: language.numbers.month(row.first_day),
        "opening": lambda row, language: language(
            "page.since_opening",
            first=language.numbers.plain_day(row.first_day),
            last=language.numbers.plain_day(row.last_day),
        ),
    }
)
