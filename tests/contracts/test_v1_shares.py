"""The cycling share as `/v1` tells it: by the quarter, over twelve months or any days, against one mode, calibrated."""

from collections import defaultdict
from random import Random
from typing import Any, Final

import httpx
import pytest

from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, seen
from tests.contracts.tables import rows, table
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.EDGES, city.INDICATORS)
SHARES: Final = "/v1/fietsaandeel"
WEEKS: Final = {"startTijd": "2026-10-12", "eindTijd": "2026-10-26"}


def requested(site: httpx.Client, **question: str) -> list[dict[str, Any]]:
    """The rows of a share."""
    return rows(site.get(SHARES, params={"tellijn": "centrum", "paginaGrootte": "10000", **question}))


@pytest.mark.parametrize("line", ["centrum", "spoor"])
@pytest.mark.parametrize("variant", ["motor", "personenauto"])
def test_quarters_add_up_to_their_hours(site: httpx.Client, line: str, variant: str) -> None:
    """Numerator, denominator and coverage, over a clock change, a gap and an excluded value."""
    span = {"startTijd": "2026-10-19T22:00:00Z", "eindTijd": "2026-10-27T08:00:00Z", "tellijn": line, "noemer": variant}
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in requested(site, **span, interval="kwartier"):
        hour = f"{row['startTijd'][:13]}:00:00Z"
        reported = (row["teller"], row["noemer"], row["dekking"]["waargenomen"], row["dekking"]["verwacht"])
        sums[hour] = [a + (b or 0) for a, b in zip(sums[hour], reported, strict=True)]
    for row in requested(site, **span, interval="uur"):
        coverage = row["dekking"]
        stored = [row["teller"] or 0, row["noemer"] or 0, coverage["waargenomen"], coverage["verwacht"]]
        assert sums[row["startTijd"]] == stored, row["startTijd"]


async def test_a_quarter_is_paired_as_the_aggregate_pairs(processing: StoreAndAggregate) -> None:
    """Random gaps, quality flags and merged rows: what is added up from observations is what processing stored."""
    random = Random(7)  # noqa: S311 - a seed that every run shares
    for number in range(96):
        merged = random.random() < 0.5
        for source in ("bicycles/in", "bicycles/out", "cars"):
            if random.random() < 0.97:
                quality_flags = (random.random() < 0.05) | (4 if merged ^ (random.random() < 0.05) else 0)
                value = random.choice((None, 0, 5, 17, 9, 3, 2, 1))
                await processing.store(
                    seen(value, source=source, at=NOON + number * QUARTER, quality_flags=quality_flags)
                )
    await processing.aggregate()
    stored = processing.rows(
        "SELECT variant, hour, numerator, denominator, paired, expected FROM doorfiets.share_hour ORDER BY 1, 2"
    )
    added = processing.rows(
        "SELECT v.variant, date_trunc('hour', q.started_at), coalesce(sum(q.numerator), 0),"
        " coalesce(sum(q.denominator), 0), sum(q.paired)::int, sum(q.expected)::int"
        " FROM (SELECT DISTINCT variant FROM doorfiets.share_hour) v,"
        " api.share_quarters('lijn-a', v.variant, %s, %s) q GROUP BY 1, 2 ORDER BY 1, 2",
        NOON,
        NOON + 96 * QUARTER,
    )
    assert {row[0] for row in stored} == {"cars", "motor"}
    assert any(row[4] > row[5] for row in stored)
    assert any(row[4] == 0 for row in stored)
    assert added == stored


def test_domain_handbook_section_2_calibrated_range(site: httpx.Client) -> None:
    """312 of 1040: 0.3000, and 0.2553 to 0.3750 for factors of 0.8 to 1.4 on the bicycles."""
    (row,) = requested(site, startTijd="2026-10-14", eindTijd="2026-10-15")
    assert row["aandeel"] == 0.3
    assert (round(row["ondergrens"], 4), round(row["bovengrens"], 4)) == (0.2729, 0.3285)
    assert (round(row["gekalibreerdOndergrens"], 4), round(row["gekalibreerdBovengrens"], 4)) == (0.2553, 0.375)


def test_a_withheld_share_has_no_calibrated_range(site: httpx.Client) -> None:
    """Under 75 per cent."""
    (row,) = requested(site, startTijd="2026-10-21", eindTijd="2026-10-22")
    assert (row["aandeel"], row["gekalibreerdOndergrens"], row["gekalibreerdBovengrens"]) == (None, None, None)


def test_bicycles_against_one_other_mode_are_a_share_of_their_own(site: httpx.Client) -> None:
    """The same bicycles at most, a smaller denominator, another name."""
    day = {"startTijd": "2026-10-13", "eindTijd": "2026-10-14"}
    (motor,), (cars,) = requested(site, **day), requested(site, **day, noemer="personenauto")
    assert cars["teller"] == motor["teller"]
    assert cars["noemer"] < motor["noemer"]
    meta = site.get(SHARES, params={"tellijn": "centrum", "noemer": "personenauto"}).json()["meta"]
    assert meta["onderwerp"]["vervoerwijzen"] == ["fiets", "personenauto"]
    variants = {one["noemer"] for one in site.get("/v1/tellijnen/spoor").json()["noemers"]}
    assert variants == {"motor", "alle", "personenauto", "voetganger"}


def test_makers_stay_visible(site: httpx.Client) -> None:
    """With what each mode is counted at each site: in the line, in the answer, in the sheet."""
    line = site.get("/v1/tellijnen/centrum").json()
    assert {"telpunt": "kolk", "vervoerwijze": "fiets", "methode": "radar"} in line["methoden"]
    meta = site.get(SHARES, params={"tellijn": "brug"}).json()["meta"]
    assert {one["methode"] for one in meta["methoden"]} == {"lus in het wegdek", "slang", "radar"}
    sheet = table(site.get(SHARES, params={"tellijn": "centrum", "formaat": "csv"}))
    assert sheet[0]["methoden"].split("|")[0] == "kolk fiets: radar"


def test_a_whole_range_is_one_row(site: httpx.Client) -> None:
    """Any local days: the sum of its days, divided once; for counts too, and as a sheet."""
    days = requested(site, **WEEKS)
    (whole,) = requested(site, **WEEKS, interval="geheel")
    assert whole["teller"] == sum(day["teller"] for day in days)
    assert whole["aandeel"] == whole["teller"] / whole["noemer"]
    assert (whole["datum"], whole["eindTijd"]) == ("2026-10-12", "2026-10-25T23:00:00Z")
    counts = "/v1/telpunten/kolk/tellingen"
    (total,) = table(site.get(counts, params={**WEEKS, "interval": "geheel", "formaat": "csv"}))
    each = rows(site.get(counts, params={**WEEKS, "interval": "dag"}))
    assert float(total["waarde"]) == sum(day["waarde"] or 0 for day in each)
    assert int(total["dekkingVerwacht"]) == sum(day["dekking"]["verwacht"] for day in each)


def test_a_whole_range_without_an_end_is_made_of_days_that_are_over(site: httpx.Client) -> None:
    """With an end that is not yet there, of today as far as it goes."""
    (over,) = requested(site, startTijd="2026-10-12", interval="geheel")
    assert (over["eindTijd"], over["vlagCodes"]) == ("2026-10-26T23:00:00Z", ["out_of_range"])
    (running,) = requested(site, startTijd="2026-10-12", eindTijd="2026-12-31", interval="geheel")
    assert (running["eindTijd"], running["vlagCodes"]) == ("2026-10-27T23:00:00Z", ["out_of_range", "running"])


@pytest.mark.parametrize(
    "span",
    [
        {"startTijd": "2026-10-12", "eindTijd": "2026-10-12"},
        {"startTijd": "2027-01-01", "eindTijd": "2027-02-01"},
        {"startTijd": "1970-01-02", "eindTijd": "1990-01-01", "paginaGrootte": "10000"},
    ],
)
def test_a_whole_range_without_days_to_tell_of_is_no_trouble(site: httpx.Client, span: dict[str, str]) -> None:
    """Empty, in the future, or from before anything was counted."""
    for address, line in ((SHARES, {"tellijn": "centrum"}), ("/v1/telpunten/kolk/tellingen", {})):
        for form in ("json", "csv"):
            answer = site.get(address, params={**span, **line, "interval": "geheel", "formaat": form})
            assert answer.status_code == 200, answer.text[:300]


def test_twelve_months_end_with_each_month(site: httpx.Client) -> None:
    """A row for every month that begins in the range, over the year up to its end; in one direction as well."""
    span = {"startTijd": "2026-08-01", "eindTijd": "2026-10-01", "interval": "twaalf-maanden"}
    counts = "/v1/telpunten/kolk/tellingen"
    found = rows(site.get(counts, params=span))
    assert [(row["datum"], row["eindTijd"]) for row in found] == [
        ("2025-09-01", "2026-08-31T22:00:00Z"),
        ("2025-10-01", "2026-09-30T22:00:00Z"),
    ]
    months = rows(site.get(counts, params={"startTijd": "2025-10-01", "eindTijd": "2026-10-01", "interval": "maand"}))
    assert found[1]["waarde"] == sum(row["waarde"] for row in months)
    assert found[1]["dekking"]["verwacht"] == sum(row["dekking"]["verwacht"] for row in months)
    pages = rows(site.get(counts, params={**span, "paginaGrootte": "1"}))
    assert pages == found[:1]
    directed = {**span, "startTijd": "2026-10-01", "eindTijd": "2026-11-01", "richting": "beide"}
    (row,) = rows(site.get(counts, params=directed))
    assert "voorlopig" in row["vlaggen"]
    (share,) = requested(site, startTijd="2026-10-01", eindTijd="2026-11-01", interval="twaalf-maanden")
    assert share["vlagCodes"] == ["out_of_range", "running"]


def test_a_quarter_before_every_mode_is_counted_expects_nothing(site: httpx.Client) -> None:
    """Cars began two years later."""
    span = {"startTijd": "2026-10-12T12:00:00Z", "eindTijd": "2026-10-12T13:00:00Z", "interval": "kwartier"}
    found = rows(site.get(SHARES, params={**span, "tellijn": "brug"}))
    reported = {(row["aandeel"], row["dekking"]["verwacht"], row["reden"]) for row in found}
    assert reported == {(None, 0, "niet alle vervoerwijzen werden geteld")}
