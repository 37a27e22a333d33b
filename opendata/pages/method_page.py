"""How numbers are computed: an overview of one screen, and a page for each topic and each indicator."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata.explained import explained
from opendata.pages import addresses
from opendata.pages.page_context import Context, Id
from opendata.v1.models import zulu
from schemas.indicators import INDICATORS

router = APIRouter()

GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "counts": ("count", "mean_day", "aadb", "madb", "naive_aadb", "total", "total_with_estimates", "expanded_aadb"),
        "growth": ("like_for_like", "same_weekday", "growth_since_opening"),
        "rhythm": ("weekday_index", "seasonal_factor", "peak_hour_factor", "wwi", "ami", "directionality"),
        "share": ("cycling_share",),
        "route": (
            "cyclists_per_day",
            "bicycle_km",
            "mean_cyclists",
            "green_share",
            "measured_share",
            "through_ratio",
            "uniformity",
            "link_split",
        ),
        "air": (
            "air_hour_mean",
            "day_mean",
            "day_max_8h",
            "month_mean",
            "year_mean",
            "lki",
            "eaqi",
            "exposure_pm25",
            "barkjohn",
            "koehler",
            "regional",
            "gas_conversion",
        ),
    }
)
"""The indicators, each in the group in which a reader looks for it."""
TOPICS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "counts": ("counts", "typical", "sites"),
        "growth": (),
        "rhythm": ("calendar",),
        "share": (),
        "route": ("route",),
        "air": ("air",),
    }
)
"""The topics that belong to a group."""
OF_ALL: Final = ("changes", "origin", "privacy")
"""The topics that hold for all numbers."""
TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sites": ("sites_are",),
        "typical": ("typical_is", "typical_change"),
        "counts": ("counts_are", "gap", "coverage", "processing", "compared"),
        "cycling_share": ("share_is", "share_pooled", "share_sure", "share_not"),
        "route": ("route_is", "route_assumed"),
        "air": ("air_is", "air_layers"),
        "calendar": ("calendar_is",),
        "changes": ("changes_are",),
        "origin": ("origin_is",),
        "privacy": ("privacy_is",),
    }
)
"""The paragraphs of a topic, or on the page of an indicator, in their order."""


@addresses.get(router, "method")
async def overview(context: Context) -> HTMLResponse:
    """Draw the overview: in three sentences what holds for every number, and where each one is explained."""
    return context.page(
        "method.html",
        groups={group: [explained(one, context.language.locale) for one in names] for group, names in GROUPS.items()},
        topics_of=TOPICS_OF,
        of_all=OF_ALL,
    )


@addresses.get(router, "topic")
async def topic(context: Context, topic: Id) -> HTMLResponse:
    """Draw the page of a topic or of an indicator, with what belongs to it."""
    name = context.there(context.language.addresses.topic(topic))
    group = next((one for one, names in GROUPS.items() if name in (*names, *TOPICS_OF[one])), None)
    locale = context.language.locale
    return context.page(
        "topic.html",
        topic=name,
        indicator=explained(name, locale) if name in INDICATORS else None,
        texts=TEXTS.get(name, ()),
        beside=[explained(one, locale) for one in GROUPS.get(group or "", ()) if one != name],
        topics=[one for one in TOPICS_OF.get(group or "", OF_ALL) if one != name],
        yesterday=zulu(context.moment.start_of(context.moment.yesterday)),
    )
