"""Reading the queries of a dashboard back, and filling in what a visitor chose."""

import json
from typing import Any

import pytest

from dashboards import dashboard_queries
from dashboards.build import build
from dashboards.dashboard import Dashboard
from dashboards.definitions import dashboards
from dashboards.definitions.usage import DASHBOARD

pytestmark = pytest.mark.pure


@pytest.fixture
def dashboard() -> dict[str, Any]:
    """The dashboard of use."""
    parsed: dict[str, Any] = json.loads(build()[f"{DASHBOARD.uid}.json"])
    return parsed


@pytest.mark.parametrize("one", dashboards(), ids=lambda one: one.uid)
def test_no_query_is_overlooked(one: Dashboard) -> None:
    """Every panel, variable and annotation asks once."""
    panels = sum(len(row.panels) for row in one.rows)
    found = list(dashboard_queries.queries(json.loads(build()[f"{one.uid}.json"])))
    assert len(found) == panels + len(one.variables) + len(one.annotations)


def test_a_chosen_value_is_quoted() -> None:
    """A name with an apostrophe ends no string."""
    assert dashboard_queries.sql_string("'t Hof") == "'''t Hof'"


def test_all_is_pasted_as_it_stands(dashboard: dict[str, Any]) -> None:
    """So it is a query of its own, and `IN ()` cannot happen."""
    sql = dashboard_queries.fill_in("site IN (${site:sqlstring})", dashboard_queries.everything(dashboard))
    assert sql == "site IN (SELECT site FROM api.channel WHERE mode = 'bicycles')"
    assert dashboard_queries.default(dashboard) == dashboard_queries.everything(dashboard)


def test_another_form_of_a_variable_is_left_for_the_macros_to_refuse() -> None:
    """Only `sqlstring` is safe inside SQL."""
    assert (
        dashboard_queries.fill_in("${site} $site ${street:sqlstring}", {"site": "'a'"})
        == "${site} $site ${street:sqlstring}"
    )
