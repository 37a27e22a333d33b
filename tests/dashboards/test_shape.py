"""The form of an answer, as Grafana needs it."""

from datetime import UTC, datetime

import pytest

from dashboards.shape import ResultColumn, problems

pytestmark = pytest.mark.pure

NOON, ONE = datetime(2026, 5, 12, 12, tzinfo=UTC), datetime(2026, 5, 12, 13, tzinfo=UTC)
TIME, METRIC, VALUE, DAY = (
    ResultColumn("time", 1184),
    ResultColumn("metric", 25),
    ResultColumn("fietsers", 701),
    ResultColumn("day", 1082),
)


def test_a_series_is_time_labels_and_one_number() -> None:
    """A gap is a row without a value."""
    assert list(problems("series", [TIME, METRIC, VALUE], [(NOON, "kolk", 4.0), (ONE, "kolk", None)])) == []


@pytest.mark.parametrize(
    ("columns", "rows", "complaint"),
    [
        ([ResultColumn("ts", 1184), VALUE], [], "no column named time"),
        ([ResultColumn("time", 1114), VALUE], [], "no column named time"),
        ([TIME, VALUE], [(ONE, 1.0), (NOON, 2.0)], "ascending"),
        ([TIME, METRIC], [], "0 number columns"),
        ([TIME, VALUE, ResultColumn("id", 23)], [], "2 number columns"),
        ([TIME, DAY, VALUE], [], "neither label nor number"),
        ([TIME, METRIC, METRIC, VALUE], [], "two columns named metric"),
        ([TIME, METRIC, VALUE], [(NOON, "kolk", 1.0), (NOON, "kolk", 2.0)], "two values at one time"),
    ],
)
def test_what_grafana_would_draw_wrong(
    columns: list[ResultColumn], rows: list[tuple[object, ...]], complaint: str
) -> None:
    """Each of these gives an empty or a misleading panel."""
    assert any(complaint in problem for problem in problems("series", columns, rows))


def test_variables_and_marks_have_names_of_their_own() -> None:
    """Grafana looks for exactly these columns."""
    assert list(problems("variable", [ResultColumn("__text", 25), ResultColumn("__value", 25)], [])) == []
    assert list(problems("variable", [ResultColumn("name", 25)], [])) == ["must have the columns __text and __value"]
    assert list(problems("annotation", [TIME], [])) == ["lacks text"]
    assert list(problems("table", [METRIC, METRIC], [])) == ["has two columns named metric"]
