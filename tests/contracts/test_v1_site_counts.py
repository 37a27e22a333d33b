"""`/v1/tellingen`: counts of several sites in one answer are, row by row, what each site answers by itself."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.contracts.tables import mistakes, rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS)

COUNTS: Final = "/v1/tellingen"
SITES: Final = ("eiland-kolk", "kolk", "stationsplein", "vaart-noord")
TOWN: Final = ("kolk", "stationsplein", "vaart-noord")
SEPTEMBER: Final = {"startTijd": "2026-09-01", "eindTijd": "2026-10-01"}
CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/deed.nl"
GERMAN: Final = "https://www.govdata.de/dl-de/by-2-0"


def of_each(site: httpx.Client, question: dict[str, str], sites: tuple[str, ...] = SITES) -> list[dict[str, Any]]:
    """What the sites answer one by one, in the order of `/v1/tellingen`."""
    found = [
        {"telpunt": one, **row} for one in sites for row in walked(site, f"/v1/telpunten/{one}/tellingen", **question)
    ]
    return sorted(found, key=lambda row: (row["startTijd"], row["telpunt"]))


@pytest.mark.parametrize(
    ("interval", "start", "end"),
    [
        ("kwartier", "2026-10-25T23:00:00Z", "2026-10-27T09:00:00Z"),
        ("kwartier", "2026-10-24T22:45:00Z", "2026-10-25T03:30:00Z"),
        ("uur", "2026-10-19T22:00:00Z", "2026-10-27T09:00:00Z"),
        ("uur", "2026-03-28T20:30:00Z", "2026-03-29T04:30:00Z"),
        ("dag", "2026-10-01", "2026-10-28"),
        ("dag", "2026-10-19T22:00:00Z", "2026-10-27T09:00:00Z"),
        ("week", "2026-08-01", "2026-10-28"),
        ("maand", "2024-11-01", "2026-10-28"),
        ("jaar", "2020-01-01", "2026-10-28"),
        ("twaalf-maanden", "2026-01-01", "2026-10-28"),
        ("geheel", "2026-10-01", "2026-10-27"),
        ("geheel", "2024-01-01", "2024-02-01"),
    ],
)
@pytest.mark.parametrize("mode", ["fiets", "personenauto", "bromfiets"])
def test_each_row_is_that_of_its_site_to_the_digit(
    site: httpx.Client, interval: str, start: str, end: str, mode: str
) -> None:
    """Numbers, reasons, coverage, flags, revisions: gaps, clock changes, two time zones, what nobody counts."""
    question = {"interval": interval, "startTijd": start, "eindTijd": end, "vervoerwijze": mode}
    assert walked(site, COUNTS, **question) == of_each(site, question)


@pytest.mark.parametrize("at", ["2026-10-26T08:00:00Z", "2026-10-01T00:00:00Z"])
@pytest.mark.parametrize("interval", ["uur", "dag", "maand"])
def test_so_it_is_as_of_a_moment(site: httpx.Client, interval: str, at: str) -> None:
    """What was not over then has no number, and is still of its site."""
    question = {"interval": interval, "startTijd": "2026-09-29T22:00:00Z", "eindTijd": "2026-10-27T09:00:00Z"}
    question = {**question, "peilTijd": at}
    found = walked(site, COUNTS, **question)
    assert found == of_each(site, question)


def test_a_month_of_each_site_is_the_sum_of_its_days(site: httpx.Client) -> None:
    """September 2026 has 22 workdays and 8 days of weekends with 0.6 of their traffic: 26.8 days of each weight."""
    found = rows(site.get(COUNTS, params={**SEPTEMBER, "interval": "maand", "telpunt": ",".join(TOWN)}))
    assert {row["telpunt"]: row["waarde"] for row in found} == {
        "kolk": 26.8 * 1400,
        "stationsplein": 26.8 * 1900,
        "vaart-noord": 26.8 * 2400,
    }
    assert {row["dekking"]["verwacht"] for row in found} == {30 * 96}


def test_a_year_of_days_is_one_page(site: httpx.Client) -> None:
    """365 days of three sites, in the order of time and then of the sites."""
    question = {"startTijd": "2025-10-01", "eindTijd": "2026-10-01", "interval": "dag", "eigenaar": "GM0000"}
    answer = site.get(COUNTS, params={**question, "paginaGrootte": "10000"})
    found = rows(answer)
    assert (len(found), answer.json()["volgende"]) == (3 * 365, None)
    assert [row["telpunt"] for row in found[:6]] == [*TOWN, *TOWN]
    assert Counter(row["telpunt"] for row in found) == dict.fromkeys(TOWN, 365)
    by_formula = [row["waarde"] for row in found if row["telpunt"] == "vaart-noord" and row["datum"][:7] != "2026-03"]
    # 261 workdays and 104 days of weekends, less the 22 and 9 of March, of which some are by the formula of quarters
    assert sum(by_formula) == (261 - 22) * 2400 + (104 - 9) * 1440


@pytest.mark.parametrize("size", ["1", "2", "3", "7", "1000"])
def test_pages_have_every_row_once(site: httpx.Client, size: str) -> None:
    """Also where a page ends between two sites of one moment, and of two time zones."""
    question = {"startTijd": "2026-10-20", "eindTijd": "2026-10-28", "interval": "dag"}
    found = walked(site, COUNTS, **question, paginaGrootte=size)
    assert len(found) == len({(row["startTijd"], row["telpunt"]) for row in found}) == 4 * 8
    assert found == of_each(site, question)


def test_a_sheet_streams_the_same_rows(site: httpx.Client) -> None:
    """With the site in every line, and the words of the question."""
    question = {**SEPTEMBER, "interval": "dag"}
    sheet = table(site.get(COUNTS, params={**question, "formaat": "csv"}))
    found = walked(site, COUNTS, **question)
    assert [(row["telpunt"], row["startTijd"]) for row in sheet] == [
        (row["telpunt"], row["startTijd"]) for row in found
    ]
    assert [row["waarde"] for row in sheet] == ["" if row["waarde"] is None else str(row["waarde"]) for row in found]
    assert {(row["vervoerwijze"], row["interval"], row["richting"]) for row in sheet} == {("fiets", "dag", "alle")}
    whole = table(site.get(COUNTS, params={**SEPTEMBER, "interval": "geheel", "formaat": "csv"}))
    assert [row["telpunt"] for row in whole] == ["kolk", "stationsplein", "vaart-noord", "eiland-kolk"]


def test_it_names_the_terms_of_all_that_is_in_it(site: httpx.Client) -> None:
    """The town's own, those of the recordings it passes on, and the island's."""
    question = {**SEPTEMBER, "interval": "dag"}
    answer = site.get(COUNTS, params=question)
    meta = answer.json()["meta"]
    assert {one["licentieAdres"] for one in meta["bronnen"]} == {CC0, CC_BY, GERMAN}
    assert (meta["licentie"], meta["uitgever"]) == (None, "Gemeente Voorbeeldstad; Provincie Eilanden")
    assert set(re.findall(r'<([^>]+)>; rel="license"', answer.headers["Link"])) == {CC0, CC_BY, GERMAN}
    (own,) = site.get(COUNTS, params={**question, "telpunt": "stationsplein"}).json()["meta"]["bronnen"]
    assert own["licentieAdres"] == CC0


def test_of_an_owner_are_its_own_sites(site: httpx.Client) -> None:
    """By the days of that owner."""
    found = rows(site.get(COUNTS, params={"startTijd": "2026-10-26", "interval": "dag", "eigenaar": "PV0099"}))
    assert [(row["telpunt"], row["startTijd"], row["waarde"]) for row in found] == [
        ("eiland-kolk", "2026-10-26T01:00:00Z", 30),
        ("eiland-kolk", "2026-10-27T01:00:00Z", None),
    ]


def test_a_tag_holds_until_something_in_the_answer_changes(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A corrected day of one site makes another answer of all, and none of those without it."""
    both, other = (
        {**SEPTEMBER, "interval": "dag", "telpunt": named} for named in ("kolk,stationsplein", "stationsplein")
    )
    before = [site.get(COUNTS, params=question).headers["ETag"] for question in (both, other)]
    for question, tag in zip((both, other), before, strict=True):
        assert site.get(COUNTS, params=question, headers={"If-None-Match": tag}).status_code == 304
    owner.execute(
        "UPDATE doorfiets.site_day SET revision = revision + 1, total = total + 1, changed_in = pg_current_xact_id()"
        " WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-09-08'"
    )
    try:
        after = [site.get(COUNTS, params=question).headers["ETag"] for question in (both, other)]
        assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]
    finally:
        owner.execute(
            "UPDATE doorfiets.site_day SET revision = revision - 1, total = total - 1"
            " WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-09-08'"
        )


@pytest.fixture
def waiting(owner: psycopg.Connection) -> Iterator[str]:
    """Let one hour of Vaart Noord wait to be added up, on the day on which two sites have nothing."""
    owner.execute("INSERT INTO doorfiets.dirty_hour (datastream, hour) VALUES (1, '2026-10-20 10:00Z')")
    yield "vaart-noord"
    owner.execute("DELETE FROM doorfiets.dirty_hour")


def test_what_waits_is_said_of_its_own_site(site: httpx.Client, waiting: str) -> None:
    """A gap of another one on the same day stays a gap: nothing of it waits."""
    question = {"startTijd": "2026-10-20", "eindTijd": "2026-10-21", "interval": "dag"}
    found = walked(site, COUNTS, **question)
    assert found == of_each(site, question)
    assert {row["telpunt"]: row["aard"] for row in found} == {
        "kolk": "gemeten",
        "stationsplein": "gemeten",
        waiting: "nog niet verwerkt",
        "eiland-kolk": "geen meting",
    }
    meta = site.get(COUNTS, params=question).json()["meta"]
    assert meta["verwerking"] == {"toestand": "wacht", "stappen": []}


def test_nothing_is_no_mistake(site: httpx.Client) -> None:
    """A mode that no site counts, in both forms."""
    assert rows(site.get(COUNTS, params={"vervoerwijze": "bestelauto"})) == []
    assert table(site.get(COUNTS, params={"vervoerwijze": "bestelauto", "formaat": "csv"})) == []


def test_unknown_sites_are_all_named_in_one_answer(site: httpx.Client) -> None:
    """Whether somebody keeps them to himself or nobody has them."""
    answer = site.get(COUNTS, params={"telpunt": "kolk,weg,ook-weg"})
    assert mistakes(answer) == ["telpunt"]
    assert answer.json()["fouten"][0]["melding"] == ("bestaat niet: ook-weg, weg; /v1/telpunten geeft alle kenmerken.")
    of_other = site.get(COUNTS, params={"telpunt": "kolk,eiland-kolk", "eigenaar": "PV0099"})
    assert of_other.json()["fouten"][0]["melding"] == (
        "bestaat niet: kolk; /v1/telpunten?eigenaar=PV0099 geeft alle kenmerken."
    )
    assert site.get(COUNTS, params={"eigenaar": "GM9999"}).status_code == 404


def test_quarters_have_no_past(site: httpx.Client) -> None:
    """The answer says why."""
    answer = site.get(COUNTS, params={"interval": "kwartier", "peilTijd": "2026-10-26T08:00:00Z"})
    assert mistakes(answer) == ["peilTijd"]
    assert "oude uitgaven" in answer.json()["fouten"][0]["melding"]


def test_a_sheet_of_quarters_has_the_rows_of_all_pages(site: httpx.Client) -> None:
    """By their begin and then by site, in parts that begin wherever."""
    question = {"interval": "kwartier", "startTijd": "2026-10-26T21:45:00Z", "eindTijd": "2026-10-27T09:00:00Z"}
    sheet = table(site.get(COUNTS, params={**question, "formaat": "csv"}))
    pages = walked(site, COUNTS, **question, paginaGrootte="7")
    assert [(row["startTijd"], row["telpunt"], row["waarde"] or None) for row in sheet] == [
        (row["startTijd"], row["telpunt"], None if row["waarde"] is None else str(row["waarde"])) for row in pages
    ]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("telpunt=", ["telpunt"]),
        ("telpunt=kolk,", ["telpunt"]),
        ("telpunt=KOLK", ["telpunt"]),
        ("telpunt=kolk%00", ["telpunt"]),
        ("telpunt=kolk%0A", ["telpunt"]),
        ("telpunt=kolk;DROP%20TABLE", ["telpunt"]),
        ("telpunt=kolk&telpunt=stationsplein", ["telpunt"]),
        ("telpunt[]=kolk", ["telpunt[]"]),
        ("telpunt=" + "a," * 3500 + "a", ["telpunt"]),
        ("telpunt=kolk&richting=in", ["richting"]),
        ("interval=eeuw&vervoerwijze=bicycles&x=1", ["interval", "vervoerwijze", "x"]),
        ("paginaGrootte=0", ["paginaGrootte"]),
        ("paginaGrootte=10001", ["paginaGrootte"]),
        ("cursor=abc", ["cursor"]),
        ("startTijd=2026-05-12", ["startTijd"]),
        ("startTijd=2026-05-12T06:00:00Z&eindTijd=2026-05-11T06:00:00Z", ["startTijd"]),
        ("startTijd=1970-01-02T00:00:00Z&eindTijd=2100-01-01T00:00:00Z", ["interval"]),
        ("peilTijd=2030-01-01T00:00:00Z", ["peilTijd"]),
        ("formaat=geojson", ["formaat"]),
        ("eigenaar=%3Cimg%3E", ["eigenaar"]),
    ],
)  # fmt: skip
def test_every_mistake_is_named(site: httpx.Client, question: str, named: list[str]) -> None:
    """As everywhere in `/v1`."""
    assert sorted(mistakes(site.get(f"{COUNTS}?{question}"))) == sorted(named)


def test_too_many_rows_of_all_sites_together_are_refused(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Forty sites by two years of hours are 700,000; by the day they fit."""
    owner.execute(
        "INSERT INTO doorfiets.site SELECT 'veel-' || n, 'GM0000', 'Veel ' || n, 'centrum', 6, 53, false, ''"
        " FROM generate_series(1, 40) n;"
        "INSERT INTO doorfiets.channel SELECT 'veel-' || n, 'veel-' || n, 'bicycles', 'in'"
        " FROM generate_series(1, 40) n;"
        "INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, seconds, origin, method,"
        " valid_from, valid_until) OVERRIDING SYSTEM VALUE"
        " SELECT 100 + n, 'kolk-1', 'veel/' || n, 'bicycles', 'veel-' || n, 3600, 'measured', '', '2024-01-01Z',"
        " '2100-01-01Z' FROM generate_series(1, 40) n;"
        "SELECT doorfiets.refresh_expectations()"
    )
    try:
        years = {"startTijd": "2024-10-01T00:00:00Z", "eindTijd": "2026-10-01T00:00:00Z"}
        answer = site.get(COUNTS, params={**years, "interval": "uur"})
        assert mistakes(answer) == ["interval"]
        assert "interval=dag" in answer.json()["fouten"][0]["melding"]
        assert len(rows(site.get(COUNTS, params={**years, "interval": "dag", "paginaGrootte": "50"}))) == 50
    finally:
        owner.execute(
            "DELETE FROM doorfiets.datastream WHERE datastream > 100;"
            "DELETE FROM doorfiets.channel WHERE site LIKE 'veel-%';"
            "DELETE FROM doorfiets.site WHERE site LIKE 'veel-%';"
            "SELECT doorfiets.refresh_expectations()"
        )


def test_a_cursor_of_another_question_is_refused(site: httpx.Client) -> None:
    """It is signed for one."""
    question = {**SEPTEMBER, "interval": "dag", "paginaGrootte": "5"}
    cursor = httpx.URL(site.get(COUNTS, params=question).json()["volgende"]).params["cursor"]
    assert mistakes(site.get(COUNTS, params={**question, "telpunt": "kolk", "cursor": cursor})) == ["cursor"]
    assert mistakes(site.get(COUNTS, params={**question, "cursor": cursor[:-2] + "AA"})) == ["cursor"]
