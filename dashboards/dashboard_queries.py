"""What a dashboard asks the database, read back from the JSON that is shipped."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Shape: TypeAlias = Literal["series", "table", "variable", "annotation"]
Chosen: TypeAlias = Mapping[str, str]

_QUOTED: Final = re.compile(r"\$\{(\w+):sqlstring\}")
_SHAPES: Final[Mapping[str, Shape]] = {"time_series": "series", "table": "table"}


class Query(NamedTuple):
    """One SQL text of a dashboard: where it stands, and what Grafana expects of its answer."""

    place: str
    shape: Shape
    sql: str


def queries(dashboard: Mapping[str, Any]) -> Iterator[Query]:
    """Give the queries of all variables, annotations and panels."""
    for variable in dashboard["templating"]["list"]:
        yield Query(f"variable {variable['name']}", "variable", variable["query"])
    for annotation in dashboard["annotations"]["list"]:
        yield Query(f"annotation {annotation['name']}", "annotation", annotation["target"]["rawSql"])
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield Query(f"{panel['title']} ({target['refId']})", _SHAPES[target["format"]], target["rawSql"])


def everything(dashboard: Mapping[str, Any]) -> Chosen:
    """Answer every variable set to "all": Grafana pastes its text as it stands."""
    return {variable["name"]: variable["allValue"] for variable in dashboard["templating"]["list"]}


def default(dashboard: Mapping[str, Any]) -> Chosen:
    """Answer the variables as a visitor first finds them."""
    chosen = {variable["name"]: variable["current"]["value"] for variable in dashboard["templating"]["list"]}
    every = everything(dashboard)
    return {name: every[name] if value == "$__all" else sql_string(value) for name, value in chosen.items()}


def sql_string(value: str) -> str:
    """Quote one value as `${name:sqlstring}` does."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def fill_in(sql: str, chosen: Chosen) -> str:
    """Put the chosen values into `${name:sqlstring}`; any other form of a variable stays, for the linter to find."""
    return _QUOTED.sub(lambda found: chosen.get(found[1], found[0]), sql)
