"""What a visitor can choose at the top of the dashboard, and the marks over its time series."""

from typing import Final, NamedTuple


class Variable(NamedTuple):
    """A choice at the top of the dashboard; `every` is what "all" stands for inside `IN (...)`."""

    name: str
    label: str
    query: str
    every: str


class Annotation(NamedTuple):
    """Marks over every time series."""

    name: str
    query: str
    color: str


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable(
        "screenline", "Tellijn", "screenlines", "SELECT screenline FROM api.screenline_variant WHERE variant = 'motor'"
    ),
    Variable("route", "Doorfietsroute", "routes", "SELECT route FROM api.route"),
    Variable("site", "Telpunt", "sites", "SELECT site FROM api.channel WHERE mode = 'bicycles'"),
)

ANNOTATIONS: Final[tuple[Annotation, ...]] = (Annotation("Onvolledige etmalen", "gaps", "orange"),)
