"""Reading the queries of a dashboard back, and filling in what a visitor chose."""

import json
from typing import Any

import pytest

from dashboards import dashboard_queries
from dashboards.build import build
from dashboards.dashboard import Dashboard
from dashboards.definitions import dashboards
from dashboards.definitions.cycling import DASHBOARD
from locales import LOCALES

pytestmark = pytest.mark.pure

BUILT = build()


@pytest.fixture
def dashboard() -> dict[str, Any]:
    """The dashboard of cycling."""
    parsed: dict[str, Any] = json.loads(BUILT[f"{DASHBOARD.uid('nl')}.json"])
    return parsed


@pytest.mark.parametrize("one", dashboards(), ids=lambda one: one.name)
def test_no_query_is_overlooked(one: Dashboard) -> None:
    """Every panel, variable and annotation asks once."""
    choices = () if one.public else one.variables
    for locale in LOCALES:
        found = list(dashboard_queries.queries(json.loads(BUILT[f"{one.uid(locale)}.json"])))
        assert len(found) == len(one.panels) + len(choices) + len(one.annotations)


def test_a_chosen_value_is_quoted() -> None:
    """A name with an apostrophe ends no string."""
    assert dashboard_queries.sql_string("'t Hof") == "'''t Hof'"


def test_all_is_pasted_as_it_stands(dashboard: dict[str, Any]) -> None:
    """So it is a query of its own, and `IN ()` cannot happen."""
    sql = dashboard_queries.fill_in("site IN (${site:sqlstring})", dashboard_queries.everything(dashboard))
    assert sql == "site IN (SELECT site FROM api.channel WHERE mode = 'bicycles')"
    assert dashboard_queries.default(dashboard) == dashboard_queries.everything(dashboard)


def test_of_a_choice_of_one_the_first_stands_for_all(dashboard: dict[str, Any]) -> None:
    """As Grafana opens with the first, where there is no "all"."""
    sql = dashboard_queries.fill_in("${screenline:sqlstring}", dashboard_queries.default(dashboard))
    assert sql.endswith(" LIMIT 1")
    assert sql == dashboard_queries.everything(dashboard)["screenline"]


def test_a_table_names_the_columns_that_have_a_heading(dashboard: dict[str, Any]) -> None:
    """So that a check can say which has none; a series has none at all."""
    headings = {one.place: one.headings for one in dashboard_queries.queries(dashboard)}
    assert headings["Drukste dagen (A)"] == frozenset({"name", "day", "cyclists"})
    assert headings["Fietsers per telpunt per etmaal (A)"] is None


def test_another_form_of_a_variable_is_left_for_the_macros_to_refuse() -> None:
    """Only `sqlstring` is safe inside SQL."""
    assert (
        dashboard_queries.fill_in("${site} $site ${street:sqlstring}", {"site": "'a'"})
        == "${site} $site ${street:sqlstring}"
    )
