"""The dashboard of cycling for everybody: without choices, which Grafana's public dashboards cannot have."""

from typing import Final

from dashboards.choices import SITES
from dashboards.dashboard import Dashboard
from dashboards.definitions import cycling

DASHBOARD: Final = Dashboard(
    "cycling_public",
    panels=(
        cycling.TYPICAL,
        cycling.COMPARED,
        cycling.SITE_DAYS._replace(width=24),
        cycling.SITE_COVERAGE._replace(width=24),
        cycling.SHARE_OF_PERIOD._replace(width=16),
        cycling.RECORDS._replace(width=8),
    ),
    variables=(SITES,),
    public=True,
)
