"""The main indicators of one place: the newest of each, with its period, coverage, basis, and where it is explained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from opendata import number_format
from opendata.database import NamedQueries
from opendata.explained import explained
from opendata.flag_words import excluded
from opendata.pages.moments import Moment
from opendata.read import indicator_values
from opendata.read.indicator_values import NewestValue
from opendata.read.states import AnswerSubject
from opendata.v1.basis import FLAGGED, basis
from opendata.v1.indicator_values import unit

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
_RULES: Final = (
    ("buren", "dagenUitBuren", "methodefoutUitBuren"),
    ("eigen weekdagen", "dagenUitEigenWeekdagen", "methodefoutUitEigenWeekdagen"),
)
"""How the rules of estimates are called on a page, and where an indicator says of each its days and its error."""
_PERIODS: Final = ("rolling_year", "year", "month")


@dataclass(frozen=True)
class Headline:
    """One indicator value as a page tells it."""

    slug: str
    label: str
    value: str
    unit: str
    period: str
    coverage: float
    basis: str
    rule: str


async def read(
    store: NamedQueries, moment: Moment, about: AnswerSubject, *, indicators: Sequence[str]
) -> list[Headline]:
    """Read the newest value of each indicator over a period that is past."""
    rows = await indicator_values.newest(store, about, indicators=indicators, periods=_PERIODS, before=moment.today)
    return [_headline(row) for row in rows]


def _headline(row: NewestValue) -> Headline:
    name = row.indicator
    indicator, percent = explained(name), _PERCENT.get(name)
    return Headline(
        slug=indicator.slug,
        label=indicator.label,
        value=percent(row.value) if percent else _number(row.value),
        unit="" if percent else unit(name, row.facet),
        period=_PERIOD_WORDS[row.period](row),
        coverage=row.valid / row.expected if row.expected else 0.0,
        basis=_rests(row),
        rule=row.rule,
    )


def _rests(row: NewestValue) -> str:
    reported = basis(row.basis)
    days = f"{number_format.decimal(row.valid)} van {number_format.decimal(row.expected)} dagen"
    compared = (
        f"{number_format.decimal(reported['dagen'])} dagen vergeleken"
        if "toen" in reported and "dagen" in reported
        else days
    )
    left_out = excluded(row.quality_flags, row.basis.get(FLAGGED, {}), "days")
    return ", ".join(filter(None, (compared, reported.get("gebruikssoort"), *_estimated(reported), left_out)))


def _estimated(reported: Mapping[str, Any]) -> Iterator[str]:
    """Say by which rules days were estimated: how many, and which error the rule makes on days that were counted."""
    for words, days, error in _RULES:
        if reported.get(days):
            off = "" if reported.get(error) is None else f" (fout {number_format.percent(reported[error])} per dag)"
            yield f"{number_format.decimal(reported[days])} geschat uit {words}{off}"


def _number(value: float) -> str:
    return number_format.decimal(value, 2 if abs(value) < 10 else 0)  # noqa: PLR2004 - ratios are below ten, counts seldom


def _share(value: float) -> str:
    return number_format.percent(value, 1)


def _at_most(value: float) -> str:
    return f"ten hoogste {number_format.percent(value)}"


def _growth(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}\u00a0{number_format.percent(abs(value), 1)}"  # noqa: RUF001 - a minus sign


_PERCENT: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {
        "like_for_like": _growth,
        "same_weekday": _growth,
        "green_share": _share,
        "measured_share": _share,
        "link_split": _share,
        "directionality": _share,
        "through_ratio": _at_most,
    }
)
"""What is shown as a percentage; the rest is shown with its unit."""

_PERIOD_WORDS: Final[Mapping[str, Callable[[NewestValue], str]]] = MappingProxyType(
    {
        "rolling_year": lambda row: f"twaalf maanden t/m {number_format.month(row.last_day)}",
        "year": lambda row: f"{row.first_day.year}",
        "month": lambda row: number_format.month(row.first_day),
    }
)
