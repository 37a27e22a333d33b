"""The dashboard of the longest doorfietsroute for everybody: without choices and without marks."""

from typing import Final

from dashboards.choices import ROUTE
from dashboards.dashboard import Dashboard
from dashboards.definitions import route

DASHBOARD: Final = Dashboard("route_public", panels=route.PANELS, variables=(ROUTE,), public=True)
