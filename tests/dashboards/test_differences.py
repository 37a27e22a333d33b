"""What is said of two dashboards that differ."""

from typing import Any, Final

import pytest

from dashboards.differences import differences

pytestmark = pytest.mark.pure

HERE: Final[dict[str, Any]] = {
    "title": "Fietsen",
    "tags": ["doorfiets"],
    "panels": [
        {"id": 1, "title": "Per dag", "gridPos": {"h": 8, "w": 12}},
        {"id": 2, "title": "Per uur", "targets": [{"refId": "A", "rawSql": "SELECT 1"}]},
    ],
}


def test_what_grafana_counts_for_itself_is_no_difference() -> None:
    """Its id and its version, and what is empty."""
    assert differences({**HERE, "id": 9, "version": 4, "description": None, "links": []}, HERE) == []


def test_a_place_is_named_as_its_panel_is_here() -> None:
    """Whatever it is called there, and in whichever order the panels stand."""
    there = {**HERE, "panels": [{**HERE["panels"][1], "title": "Mijn uren"}, HERE["panels"][0]]}
    assert differences(there, HERE) == ["panels[Per uur].title: there 'Mijn uren', here 'Per uur'"]


def test_what_is_on_one_side_only_is_nothing_on_the_other() -> None:
    """A long text is cut."""
    there = {**HERE, "panels": [HERE["panels"][0], {"id": 2, "title": "Per uur"}], "tags": ["doorfiets", "x" * 99]}
    assert differences(there, HERE) == [
        "panels[Per uur].targets[A].refId: there nothing, here 'A'",
        "panels[Per uur].targets[A].rawSql: there nothing, here 'SELECT 1'",
        f"tags[1]: there '{'x' * 59}…, here nothing",
    ]
