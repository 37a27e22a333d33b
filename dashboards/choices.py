"""What can be chosen at the top of dashboards, and the marks that several of them have."""

from typing import Final

from dashboards.dashboard import Annotation, Variable

SITES: Final = Variable("site", "sites", "SELECT site FROM api.channel WHERE mode = 'bicycles'")
SCREENLINE: Final = Variable(
    "screenline",
    "screenlines",
    "SELECT screenline FROM api.screenline_variant WHERE variant = 'motor' ORDER BY screenline LIMIT 1",
    multi=False,
)
ROUTE: Final = Variable(
    "route",
    "routes",
    "SELECT p.route FROM api.route_link p JOIN api.link k USING (link) GROUP BY p.route"
    " ORDER BY sum(k.length_km) DESC, p.route LIMIT 1",
    multi=False,
)
"""One of them, first the longest: its numbers say nothing of two together."""
DISTRICT: Final = Variable(
    "district",
    "districts",
    "SELECT district FROM api.district ORDER BY api.name_with_owner(name, owner) LIMIT 1",
    multi=False,
)
STATIONS: Final = Variable("station", "stations", "SELECT station FROM api.station")

CALENDAR: Final = Annotation("calendar", "calendar", "purple")
CALENDAR_OF_ROUTE: Final = Annotation("calendar", "calendar_of_route", "purple")
