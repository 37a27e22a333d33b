"""The page for a new indicator, followed to the letter."""

from pathlib import Path

import pytest

from tests.howto.tree import Tree

pytestmark = pytest.mark.pure

COMPUTED = """
from datetime import date, timedelta
from streams.domain.indicators.indicator_value import SiteDay
from streams.domain.indicators.site import INDICATORS, CountedMode, site_indicators
days = [SiteDay(date(2025, 1, 1) + timedelta(days=n), float(n), True) for n in range(365)]
found = [one for one in site_indicators(CountedMode(days, (), {}), [2025]) if one.indicator == "median_day"]
print([(one.period.kind, one.value, one.valid, one.expected) for one in found], "median_day" in INDICATORS)
"""


def test_an_indicator_is_an_entry_a_statistic_and_its_place(tmp_path: Path) -> None:
    """A year that counted 0 to 364 has 182 in its middle; its page says what may not be claimed."""
    tree = Tree(tmp_path)
    (printed,) = tree.follow("indicator.md")
    assert "docs/reference/indicators/mediane-dag.md" in printed
    page = (tmp_path / "docs" / "reference" / "indicators" / "mediane-dag.md").read_text("utf-8")
    assert "de drukste dagen wegen er niet in mee" in page
    computed = tree.run(f"python - <<'END'\n{COMPUTED}\nEND\n", {})
    assert computed.splitlines() == ["[('year', 182.0, 365, 365)] True"]
