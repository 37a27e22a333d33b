"""From rows to HTML: one environment, and moments, numbers and lengths as readers of the language write them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from locales import LOCALES, texts
from operations.feed_words import first_step, why
from schemas.quality_flags import named

_MOMENT: Final = {"nl": "d MMM y HH:mm", "en": "d MMM y HH:mm"}
_ABSENT: Final = "\u2013"
_ZONE: Final = "Europe/Amsterdam"


@cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("operations.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": texts(locale), "locale": locale, "locales": LOCALES}
    environment.filters |= {
        "moment": lambda value, zone=_ZONE: moment(value, locale, zone),
        "ago": lambda value, now: ago(value, now, locale),
        "number": lambda value, digits=0: number(value, locale, digits),
        "percent": lambda value: _ABSENT if value is None else format_percent(value, "#,##0 %", locale=locale),
        "duration": lambda seconds: length(seconds, locale),
        "day": lambda value: format_date(value, "EEE d MMM y", locale=locale),
        "why": lambda reason: why(reason, locale),
        "first_step": lambda status: first_step(status, locale),
        "flags": lambda bits: [f"quality_flag.{one.name}" for one in named(bits or 0)],
    }
    return environment


def page(template: str, locale: str, status: int, words: Mapping[str, Any]) -> HTMLResponse:
    """Draw a page in a language."""
    content = _environment(locale).get_template(template).render(words)
    return HTMLResponse(content, status, {"Content-Language": locale, "Cache-Control": "no-store"})


def moment(value: datetime | None, locale: str, zone: str = _ZONE) -> Markup:
    """Write a moment in a time zone, with UTC for machines and for who points at it."""
    if value is None:
        return escape(_ABSENT)
    local = format_datetime(value.astimezone(ZoneInfo(zone)), _MOMENT[locale], locale=locale)
    utc = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(utc, utc, local)


def ago(value: datetime | None, now: datetime, locale: str) -> str:
    """Write how long ago a moment was, roughly."""
    return _ABSENT if value is None else length((now - value).total_seconds(), locale)


def length(seconds: float | None, locale: str) -> str:
    """Write a number of seconds in the unit that suits it."""
    if seconds is None:
        return _ABSENT
    return format_timedelta(timedelta(seconds=round(seconds)), threshold=2, granularity="second", locale=locale)


def number(value: float | None, locale: str, digits: int = 0) -> str:
    """Write a number with so many decimals at most."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return _ABSENT if value is None else format_decimal(value, pattern, locale=locale)
