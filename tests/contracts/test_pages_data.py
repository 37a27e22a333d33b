"""The page from which data are downloaded: a year in which nothing was measured is said to be one."""

import re

import httpx
import psycopg
import pytest

pytestmark = pytest.mark.contracts

EARLIER = """
    INSERT INTO doorfiets.site_day SELECT (jsonb_populate_record(d,
        '{"day": "2023-05-08", "started_at": "2023-05-07T22:00Z", "ended_at": "2023-05-08T22:00Z"}')).*
    FROM doorfiets.site_day d WHERE site = 'kolk' AND mode = 'bicycles' AND paired > 0 ORDER BY day LIMIT 1"""


@pytest.mark.parametrize(("path", "nothing"), [("/nl/gegevens", "niets gemeten"), ("/en/data", "nothing measured")])
def test_a_year_without_measurement_has_no_sheet(
    site: httpx.Client, owner: psycopg.Connection, path: str, nothing: str
) -> None:
    """A day of 2023 and days of this year: the years between hold nothing, and lead to no empty file."""
    if not owner.execute("SELECT FROM doorfiets.site_day WHERE day < '2024-01-01'").rowcount:
        owner.execute(EARLIER)
    page = site.get(path).text
    rows = dict(re.findall(r"<li><span>(20\d\d)[^<]*</span> <small>(.*?)</small>", page))
    assert list(rows) == ["2026", "2025", "2024", "2023"]
    assert rows["2024"] == nothing
    assert [rows[year].count("formaat=csv") for year in ("2026", "2023")] == [3, 3]
    assert "startTijd=2022-12-31T23:00:00Z&amp;eindTijd=2023-12-31T23:00:00Z" in rows["2023"]
    assert "eindTijd" not in rows["2026"]
