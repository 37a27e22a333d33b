"""By which version of which rule a tally is computed: a changed rule is a new name, its rows get a new revision."""

from types import MappingProxyType
from typing import Final

RULES: Final = MappingProxyType(
    {
        "tally_hour": "sum-1",
        "tally_day": "sum-1",
        "site_hour": "pair-1",
        "site_day": "pair-1",
        "share_hour": "pair-1",
        "share_day": "pair-1",
        "link_day": "usage-1",
        "route_day": "usage-1",
        "air_hour": "mean-1",
        "air_index_hour": "index-1",
    }
)
"""The rule in force, by table."""
