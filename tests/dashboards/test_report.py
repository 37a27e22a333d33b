"""What `dashboards check` prints."""

import json

import pytest

from dashboards.check import Run
from dashboards.report import as_json, as_lines

pytestmark = pytest.mark.pure

GOOD = Run("Fietsers (A)", "24 h", "all", 24, 3.0, ())
SLOW = Run("Fietsers (A)", "30 d", "all", 720, 301.0, ())
BAD = Run("Lucht (A)", "24 h", "one", 0, 0.0, ("selects *; name the columns",))


def test_one_line_per_query_with_its_worst_run() -> None:
    """Rows and milliseconds, and whether that is within the budget."""
    assert list(as_lines([GOOD])) == ["ok         24 rows     3.0 ms  Fietsers (A)"]
    assert list(as_lines([GOOD, SLOW])) == ["slow      720 rows   301.0 ms  Fietsers (A)"]


def test_a_mistake_is_told_once_with_the_runs_it_shows_in() -> None:
    """Twelve runs of one query make one line."""
    line, problem = as_lines([BAD, BAD._replace(range="30 d")])
    assert line.startswith("failed")
    assert problem.strip() == "selects *; name the columns (24 h/one, 30 d/one)"


def test_programs_get_every_run() -> None:
    """With stable keys."""
    document = json.loads("".join(as_json([GOOD, BAD])))
    assert document["budget_ms"] == 300.0
    assert [run["place"] for run in document["runs"]] == ["Fietsers (A)", "Lucht (A)"]
    assert set(document["runs"][0]) == {"place", "range", "chosen", "rows", "milliseconds", "problems"}
