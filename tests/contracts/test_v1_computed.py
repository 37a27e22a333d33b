"""What processing really computes is told by `/v1`, every word of it in the catalogue."""

from dataclasses import replace
from typing import Any, Final

import pytest

from opendata.clock import now
from opendata.v1.basis import KEYS
from opendata.v1.indicator_values import SUBJECTS
from schemas.indicators import INDICATORS
from tests.contracts.processing import StoreAndAggregate
from tests.contracts.tables import walked
from tests.opendata import city

pytestmark = pytest.mark.contracts

TWO_YEARS: Final = """
    INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
    SELECT s.site, s.mode, d::date, d AT TIME ZONE 'Europe/Amsterdam',
           (d + interval '1 day') AT TIME ZONE 'Europe/Amsterdam', 96, 96, 96,
           100 + 10 * extract(isodow FROM d) + extract(doy FROM d) / 10, 20, 'pair-1'
    FROM (SELECT DISTINCT site, mode FROM doorfiets.site_stream) s,
         generate_series('2024-01-01'::timestamp, '2025-12-31', '1 day') d
    WHERE NOT (s.site = 'b' AND d BETWEEN '2025-03-01' AND '2025-04-15');
    INSERT INTO doorfiets.datastream_day
        (datastream, day, started_at, ended_at, rows, valid, expected, total, minimum, maximum, rule)
    SELECT d.datastream, y.day, y.started_at, y.ended_at, 96, 96, 96, 60, 0, 9, 'sum-1'
    FROM doorfiets.datastream d, (SELECT DISTINCT day, started_at, ended_at FROM doorfiets.site_day) y
    WHERE d.channel IS NOT NULL;
    INSERT INTO doorfiets.air_hour (station, quantity, layer, hour, mean, valid, expected, rule)
    SELECT 'lucht', 'pm25', 'measured', h, 8, 4, 4, 'mean-1'
    FROM generate_series('2024-12-31 23:00Z'::timestamptz, '2025-12-31 22:00Z', '1 hour') h;
    UPDATE doorfiets.link SET opened = '2024-06-01' WHERE link = 'link-b';
    INSERT INTO doorfiets.indicator_due
    SELECT DISTINCT 'site', site, mode, extract(year FROM day)::int, now() - interval '1 hour'
    FROM doorfiets.site_day WHERE site IN ('a', 'b') ON CONFLICT DO NOTHING;
    INSERT INTO doorfiets.indicator_due VALUES ('station', 'lucht', 'pm25', 2025, now() - interval '1 hour')
    ON CONFLICT DO NOTHING;
"""


def subjects(processing: StoreAndAggregate) -> list[tuple[str, str]]:
    """Everything that has indicators."""
    return processing.rows("SELECT DISTINCT kind, subject FROM doorfiets.indicator_value ORDER BY 1, 2")


async def test_every_indicator_of_the_processing_is_explained_and_served(processing: StoreAndAggregate) -> None:
    """Each with a kind and a period that its indicator has, a basis in public words, and a unit."""
    processing.database.execute(TWO_YEARS.encode())
    await processing.compute()
    found = processing.rows("SELECT DISTINCT indicator, kind, period FROM doorfiets.indicator_value")
    assert {row[0] for row in found} <= set(INDICATORS)
    strange = [
        row for row in found if row[1] not in INDICATORS[row[0]].kinds or row[2] not in INDICATORS[row[0]].periods
    ]
    assert strange == []
    keys = {
        row[0] for row in processing.rows("SELECT DISTINCT jsonb_object_keys(basis) FROM doorfiets.indicator_value")
    }
    assert keys - set(KEYS) == set()
    assert {"aadb", "expanded_aadb", "growth_since_opening", "day_max_8h", "month_mean"} <= {row[0] for row in found}
    served = _served(processing)
    stored = dict(processing.rows("SELECT kind || '/' || subject, count(*) FROM doorfiets.indicator_value GROUP BY 1"))
    assert {place: len(rows) for place, rows in served.items()} == stored
    assert all(row["eenheid"] and "{" not in row["eenheid"] for rows in served.values() for row in rows)
    assert all(row["herkomst"] for rows in served.values() for row in rows)


def _served(processing: StoreAndAggregate) -> dict[str, list[dict[str, Any]]]:
    collections = {subject.kind: subject.collection for subject in SUBJECTS}
    settings = replace(city.settings(city.without_user(processing.conninfo)), clock=now)
    with city.visitor(settings) as site:
        return {
            f"{kind}/{subject}": walked(
                site,
                f"/v1/{collections[kind]}/{subject}/kengetallen",
            )
            for kind, subject in subjects(processing)
        }
