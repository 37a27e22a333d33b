"""The alert rules that ship, in the order of a list.

What the platform's own alerts have, too, has their thresholds: whoever builds the rules gives them (`limits` of
`build`). Disk and certificate are alerted by the platform alone: no view of the database can tell of either.
"""

from datetime import timedelta
from typing import Final

from dashboards.alerting.rule import GrafanaRule, RuleLimits
from schemas.air_indices import SCHEMES

_INDEX: Final = "lki-2014"
_POOR: Final = SCHEMES[_INDEX].levels.index("poor")
"""The highest value of the index that is better than poor: its values begin with 1."""

RULES: Final[tuple[GrafanaRule, ...]] = (
    GrafanaRule("many_silent", "platform"),
    GrafanaRule("site_silent", "feed", ("name",), no_data="Alerting"),
    GrafanaRule("silent", "feed", ("name", "feed")),
    GrafanaRule("dead", "feed", ("name", "feed")),
    GrafanaRule("lag", "platform", ("stage",)),
    GrafanaRule("rejections", "platform", ("reason",)),
    GrafanaRule(
        "share_withheld",
        "publication",
        ("name",),
        own=RuleLimits("warning", 0, timedelta(minutes=10), timedelta(hours=24)),
    ),
    GrafanaRule(
        "poor_air",
        "publication",
        ("name",),
        own=RuleLimits("warning", _POOR, span=timedelta(hours=3), parameters={"scheme": _INDEX}),
    ),
)
"""Every rule.

- `many_silent`: percent of all feeds that fell silent together; one alert, and those about places wait for it.
- `site_silent`, `silent`: intervals of its own rhythm that all of a place, or one feed, has missed. A place that is in
  the registry owes something: that none does means that the registry is gone, so `site_silent` fires then.
- `dead`: 1 for a feed that gives nothing but zeros, or is blinded.
- `lag`: seconds that a stage is behind or stands still; `rejections`: messages refused for one reason.
- `share_withheld`: percent of the last 24 whole hours that is missing of a screenline, once its share is withheld.
- `poor_air`: the air quality index of a station in its newest hour.
"""
