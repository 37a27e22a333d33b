"""The queries of a dashboard, read back from its JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Shape: TypeAlias = Literal["series", "table", "variable", "annotation"]
Chosen: TypeAlias = Mapping[str, str]

_QUOTED: Final = re.compile(r"\$\{(\w+):sqlstring\}")
_SHAPES: Final[Mapping[str, Shape]] = {"time_series": "series", "table": "table"}


class Query(NamedTuple):
    """One query of a dashboard: its place, its SQL, and the shape of result that Grafana expects.

    `headings` are the columns of a table that the dashboard gives a heading; None where there are none.
    """

    place: str
    shape: Shape
    sql: str
    headings: frozenset[str] | None = None


def queries(dashboard: Mapping[str, Any]) -> Iterator[Query]:
    """Return the queries of all variables, annotations and panels."""
    for variable in dashboard["templating"]["list"]:
        yield Query(f"variable {variable['name']}", "variable", variable["query"])
    for annotation in dashboard["annotations"]["list"]:
        yield Query(f"annotation {annotation['name']}", "annotation", annotation["target"]["rawSql"])
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            place, shape = f"{panel['title']} ({target['refId']})", _SHAPES[target["format"]]
            yield Query(place, shape, target["rawSql"], _headings(panel) if shape == "table" else None)


def _headings(panel: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        one["matcher"]["options"]
        for one in panel.get("fieldConfig", {}).get("overrides", ())
        if one["matcher"]["id"] == "byName" and any(each["id"] == "displayName" for each in one["properties"])
    )


def everything(dashboard: Mapping[str, Any]) -> Chosen:
    """Return the values of all variables set to "all", which Grafana inserts unquoted; the first of a choice of one."""
    return {variable["name"]: variable["allValue"] for variable in dashboard["templating"]["list"]}


def default(dashboard: Mapping[str, Any]) -> Chosen:
    """Return the default values of all variables; of a choice of one, for which Grafana takes the first, that one."""
    chosen = {one["name"]: one.get("current", {}).get("value") for one in dashboard["templating"]["list"]}
    every = everything(dashboard)
    return {name: every[name] if value in {None, "$__all"} else sql_string(value) for name, value in chosen.items()}


def sql_string(value: str) -> str:
    """Quote one value as Grafana's `${name:sqlstring}` does."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def fill_in(sql: str, chosen: Chosen) -> str:
    """Insert the chosen values for `${name:sqlstring}`; any other form of a variable stays, for the linter to find."""
    return _QUOTED.sub(lambda found: chosen.get(found[1], found[0]), sql)
