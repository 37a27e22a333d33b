"""The explorer of a place: the numbers of `/v1`, days that count on both sides, and no mistake that breaks a page."""

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest

from opendata.pages.addresses import EXPLORER_PARAMETERS
from tests.opendata import city, questions
from tests.opendata.questions import questions_of

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS, "explorer.sql")
KOLK: Final = "/nl/telpunten/kolk"
CENTRUM: Final = "/nl/tellijnen/centrum"
ROUTE: Final = "/nl/doorfietsroutes/doorfietsroute"
ZONE: Final = ZoneInfo("Europe/Amsterdam")


def rows(site: httpx.Client, path: str, query: str) -> list[dict[str, str]]:
    """Give the table of a state as a spreadsheet is given it."""
    answer = site.get(f"{path}?{query}&vorm=csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def values(site: httpx.Client, path: str, query: str, column: int = 1) -> list[float | None]:
    """Give one column of numbers; None where there is none."""
    found = [list(row.values())[column] for row in rows(site, path, query)]
    return [float(one) if one else None for one in found]


def of_api(site: httpx.Client, address: str, field: str = "waarde") -> list[float | None]:
    """Give the numbers of an answer of `/v1`."""
    answer = site.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return [row[field] for row in answer.json()["gegevens"]]


def facts(site: httpx.Client, address: str) -> dict[str, str]:
    """Give the key numbers of a state by what they are called."""
    page = site.get(address).text
    block = page[page.index('class="explored-chart"') :]
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block)
    return {name: value.replace("\u00a0", " ") for name, value in found}


COUNTS: Final = "/v1/telpunten/kolk/tellingen?vervoerwijze=fiets"
SHARES: Final = "/v1/fietsaandeel?tellijn=centrum&noemer=motor"


NORTH: Final = "/nl/telpunten/vaart-noord"
TOWARDS: Final = "/v1/telpunten/vaart-noord/tellingen?vervoerwijze=fiets&richting=in"
USAGE: Final = "/v1/doorfietsroutes/doorfietsroute/gebruik?"


@pytest.mark.parametrize(
    ("path", "first", "last", "interval", "address", "field"),
    [
        (KOLK, "2026-10-12", "2026-10-26", "dag", COUNTS, "waarde"),
        (KOLK, "2026-10-19", "2026-10-25", "uur", COUNTS, "waarde"),
        (KOLK, "2026-08-03", "2026-10-25", "week", COUNTS, "waarde"),
        (KOLK, "2026-01-01", "2026-09-30", "maand", COUNTS, "waarde"),
        (f"{NORTH}?richting=in&", "2026-10-12", "2026-10-26", "dag", TOWARDS, "waarde"),
        (CENTRUM, "2026-09-15", "2026-10-26", "dag", SHARES, "aandeel"),
        (CENTRUM, "2026-09-21", "2026-10-25", "week", SHARES, "aandeel"),
        (CENTRUM, "2026-10-12", "2026-10-18", "uur", SHARES, "aandeel"),
        (ROUTE, "2026-10-25", "2026-10-26", "dag", USAGE, "fietskilometers"),
    ],
)
def test_numbers_are_those_of_the_api(
    site: httpx.Client, *, path: str, first: str, last: str, interval: str, address: str, field: str
) -> None:
    """The same place and period, by every interval; what one withholds, the other does."""
    place, _, more = path.partition("?")
    found = values(site, place, f"{more}van={first}&tot={last}&interval={interval}")
    start, end = (datetime.combine(date.fromisoformat(one), time.min, ZONE) for one in (first, last))
    covered = {
        "startTijd": start.isoformat(),
        "eindTijd": (end + timedelta(days=1)).isoformat(),
        "paginaGrootte": 10_000,
    }
    if interval != "dag" or address != USAGE:
        covered["interval"] = interval
    known = of_api(site, f"{address}&{urlencode(covered)}", field)
    assert [None if one is None else round(one, 4) for one in found] == [
        None if one is None else round(one, 4) for one in known
    ]
    assert any(one is not None for one in found)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (KOLK, "van=2026-10-12&tot=2026-10-26&interval=dag"),
        (KOLK, "periode=vorige-maand&interval=maand"),
        (KOLK, "van=2026-10-20&interval=uur"),
        (CENTRUM, "periode=vorige-maand&interval=dag"),
        (ROUTE, "van=2026-10-25&tot=2026-10-26&interval=dag"),
    ],
)
def test_the_link_to_the_api_gives_the_same_rows(site: httpx.Client, path: str, query: str) -> None:
    """As many, where a block offers it."""
    page = site.get(f"{path}?{query}").text.replace("&amp;", "&")
    (address,) = re.findall(r'<a href="(/v1/[^"]*)" download>CSV uit de API</a>', page)
    answer = site.get(address)
    assert answer.status_code == 200
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == len(rows(site, path, query))


@pytest.mark.parametrize(
    "query", ["dagen=weekend&van=2026-09-01&interval=dag", "van=2026-09-02&tot=2026-09-20&interval=week"]
)
def test_where_the_api_has_no_such_rows_none_are_offered(site: httpx.Client, query: str) -> None:
    """Weekends only, and weeks that are cut."""
    assert "CSV uit de API" not in site.get(f"{KOLK}?{query}").text


def test_weekends_are_saturdays_and_sundays(site: httpx.Client) -> None:
    """840 cyclists on each of the four weekend days of the first two weeks of August."""
    found = rows(site, KOLK, "dagen=weekend&van=2026-08-03&tot=2026-08-16&interval=dag")
    assert [row["Dag"] for row in found] == ["2026-08-08", "2026-08-09", "2026-08-15", "2026-08-16"]
    assert [float(row["Fietsers"]) for row in found] == [840] * 4


def test_a_gap_is_empty_and_not_zero(site: httpx.Client) -> None:
    """The whole 20th was not measured at Vaart Noord."""
    found = rows(site, "/nl/telpunten/vaart-noord", "van=2026-10-19&tot=2026-10-21&interval=dag")
    assert found[1]["Fietsers"] == ""
    assert found[1]["Meting"].startswith("geen meting")
    assert 'class="gap"' in site.get("/nl/telpunten/vaart-noord?van=2026-10-19&tot=2026-10-21&interval=dag").text


def test_before_and_after_counts_the_same_weekdays_and_says_which_not(site: httpx.Client) -> None:
    """Four weeks round the works: 1,400 on working days and 840 in weekends before, a tenth more after.

    Of 28 days two do not count: the half day of Wednesday the 16th, and Wednesday 23 September, which meets the market
    day of 2 September. Before: 20 - 2 working days and 8 of weekends, (18 * 1400 + 8 * 840) / 26 = 1227.69.
    """
    shown = facts(site, f"{KOLK}?beeld=voor-en-na&gebeurtenis=kolk-dicht")
    assert shown["Dagen die meetellen"] == "26 van 28 dagen"
    assert shown["Verschil"] == "+ 10,0 %"
    assert shown["Gemiddelde dag, ervoor"] == "1.228 fietsers"
    assert shown["Gemiddelde dag, erna"] == "1.350 fietsers"
    found = {row["Dag"]: row for row in rows(site, KOLK, "beeld=voor-en-na&gebeurtenis=kolk-dicht")}
    assert found["2026-09-14"]["Vergeleken met"] == "2026-08-10"
    assert found["2026-09-16"]["Telt mee"] == "niet volledig gemeten"
    assert [day for day, row in found.items() if row["Telt mee"] == "de kalender laat de dag weg"] == ["2026-10-07"]


def test_the_market_day_of_the_calendar_is_met_where_it_lies(site: httpx.Client) -> None:
    """2 September lies in the fourth week before the works, which the fourth week after meets: 7 October."""
    found = {row["Dag"]: row for row in rows(site, KOLK, "beeld=voor-en-na&gebeurtenis=kolk-dicht")}
    assert found["2026-10-07"]["Vergeleken met"] == "2026-09-02"


def test_a_comparison_counts_days_measured_on_both_sides(site: httpx.Client) -> None:
    """August beside the weeks 52 weeks before: the same formula on both sides, all days count, no change."""
    shown = facts(site, f"{KOLK}?beeld=vergelijking&van=2026-08-03&tot=2026-08-30")
    assert (shown["Verschil"], shown["Dagen die meetellen"]) == ("+ 0,0 %", "28 van 28 dagen")


def test_another_place_is_compared_on_the_same_days(site: httpx.Client) -> None:
    """Vaart Noord counts 24 where De Kolk counts 14."""
    shown = facts(site, f"{KOLK}?beeld=vergelijking&met=plaats&met-plaats=vaart-noord&van=2026-08-03&tot=2026-08-30")
    assert shown["Verschil"] == "\u2212 41,7 %"
    assert shown["Dagen die meetellen"] == "28 van 28 dagen"


def test_the_difference_of_a_share_is_in_points_with_both_ranges(site: httpx.Client) -> None:
    """1500 of 4600 on each day: 32.6 % on both sides, each with its interval."""
    shown = facts(site, f"{CENTRUM}?beeld=vergelijking&van=2026-09-29&tot=2026-10-05&met=periode-ervoor")
    assert shown["Verschil"] == "+ 0,0 procentpunt"
    assert shown["Aandeel, nu"].startswith("32,6 % (32,1 % tot 33,1 %)")


def test_records_are_the_highest_of_the_period(site: httpx.Client) -> None:
    """The busiest day of the list is the highest of `/v1`, and so are its hour and its quarter."""
    shown = facts(site, f"{KOLK}?beeld=records&van=2026-10-12&tot=2026-10-26")
    numbers = {name: int(value.split()[0].replace(".", "")) for name, value in shown.items()}
    span = "startTijd=2026-10-11T22:00:00Z&eindTijd=2026-10-26T23:00:00Z&paginaGrootte=10000"
    for name, interval in (("Hoogste dag", "dag"), ("Drukste uur", "uur"), ("Drukste 15 minuten", "kwartier")):
        known = [one for one in of_api(site, f"{COUNTS}&interval={interval}&{span}") if one is not None]
        assert numbers[name] == max(known), name
    assert len(rows(site, KOLK, "beeld=records&van=2026-10-12&tot=2026-10-26")) == 10


def test_records_are_drawn_in_their_order(site: httpx.Client) -> None:
    """Ten columns, the highest first, each with its rank and its day to be read."""
    page = site.get(f"{KOLK}?beeld=records&van=2026-10-12&tot=2026-10-26").text
    drawing = page[page.index('<svg class="explored"') :].partition("</figure>")[0]
    said = re.findall(r"<title>(\d+)\. ([^:<]+): ([\d.]+)", drawing)
    assert [int(rank) for rank, _, _ in said] == list(range(1, 11))
    numbers = [int(number.replace(".", "")) for _, _, number in said]
    assert numbers == sorted(numbers, reverse=True)


def test_the_week_is_the_mean_of_whole_hours(site: httpx.Client) -> None:
    """Of the two Mondays of October the hours from eight to nine, from `/v1`."""
    hours = of_api(site, f"{COUNTS}&interval=uur&startTijd=2026-10-11T22:00:00Z&eindTijd=2026-10-25T23:00:00Z")
    eight = [hours[8], hours[7 * 24 + 8]]
    found = rows(site, KOLK, "beeld=week&van=2026-10-12&tot=2026-10-25")
    assert found[8]["Uur"] == "8"
    assert float(found[8]["ma"]) == pytest.approx(sum(one or 0 for one in eight) / 2)
    # The night of the clock change has the hour from two to three twice, on a Sunday, and both are true zeros.
    assert float(found[2]["zo"]) == 0


def test_years_stand_beside_each_other_by_month(site: httpx.Client) -> None:
    """July of 2025 and of 2026: 23 working days of 1,400 and eight of 840 make 1,255."""
    found = rows(site, KOLK, "beeld=jaren")
    july = found[6]
    assert [round(float(july[year]), 2) for year in ("2026", "2025")] == [1255.48, 1255.48]
    assert found[0]["2025"] == ""


def test_years_are_all_years_whatever_the_period(site: httpx.Client) -> None:
    """There is no field for a period, but the form passes it on to the next view."""
    query = "beeld=jaren&van=2026-08-01&tot=2026-08-31"
    assert rows(site, KOLK, query) == rows(site, KOLK, "beeld=jaren")
    page = site.get(f"{KOLK}?{query}").text
    assert not re.findall(r'data-field="(?:period|first|last)"', page)
    assert '<input type="hidden" name="van" value="2026-08-01">' in page
    assert '<input type="hidden" name="beeld" value="jaren">' in page


WRONG: Final = ("x" * 300, "-1", "\u0663", "NaN", "2026-13-01", "9999-12-31", "' OR 1=1 --", '<b>"', "%00", "a,b")


@pytest.mark.parametrize("view", ["vergelijking", "voor-en-na"])
@pytest.mark.parametrize("name", [name for name in EXPLORER_PARAMETERS if name != "view"])
def test_a_wrong_value_is_a_page_with_a_message(site: httpx.Client, name: str, view: str) -> None:
    """400 where it is wrong, never an error of ours; what was typed is inert."""
    for wrong in WRONG:
        answer = site.get(f"{ROUTE}?beeld={view}&{EXPLORER_PARAMETERS[name]['nl']}={quote(wrong)}")
        assert answer.status_code in {200, 400}, wrong
        assert ('class="mistake"' in answer.text) == (answer.status_code == 400), wrong
        assert '<b>"' not in answer.text


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("van=gisteren", "first", "Dit is geen datum"),
        ("van=2026-10-01&tot=2026-09-01", "last", "De laatste dag ligt voor de eerste"),
        ("van=2019-01-01", "first", "Kies ten hoogste vijf jaar"),
        ("interval=uur", "interval", "Per uur kan van ten hoogste 31 dagen"),
        ("beeld=vergelijking&met=vanaf", "against_first", "Kies ook een eerste dag"),
        ("beeld=vergelijking&met=plaats&met-plaats=nergens", "against_place", "Kies een plaats uit de lijst"),
        ("beeld=voor-en-na&gebeurtenis=nooit", "event", "staat niet in de kalender"),
        ("beeld=voor-en-na&weken=99", "weeks", "heel getal van 1 tot en met 26"),
    ],
)
def test_a_message_stands_beside_its_field(site: httpx.Client, query: str, field: str, words: str) -> None:
    """And the field says that it is about it."""
    answer = site.get(f"{KOLK}?{query}")
    assert answer.status_code == 400
    (box,) = re.findall(rf'<div class="choice wrong" data-field="{field}">(.*?)</div>', answer.text, re.DOTALL)
    assert 'aria-invalid="true"' in box
    assert f'aria-describedby="explorer-{field}-mistake"' in box
    assert words in box


def test_the_way_to_the_other_language_leads_to_the_same_state(site: httpx.Client) -> None:
    """In its own words, and it shows the same numbers."""
    page = site.get(f"{KOLK}?beeld=week&dagen=weekend&van=2026-10-12").text.replace("&amp;", "&")
    (there,) = re.findall(r'<a class="language" href="([^"]*)"', page)
    assert there == "/en/sites/kolk?view=week&period=from-until&from=2026-10-12&days=weekend"
    english = site.get(there)
    assert english.status_code == 200
    assert "Saturday and Sunday" in english.text


@pytest.mark.parametrize("path", [KOLK, CENTRUM, ROUTE])
@pytest.mark.parametrize("form", ["csv", "svg", "afdruk"])
@pytest.mark.parametrize("view", ["verloop", "vergelijking", "voor-en-na", "records", "jaren"])
def test_every_view_has_its_files(site: httpx.Client, path: str, form: str, view: str) -> None:
    """A file names its period in its name; where there is nothing to draw, or no event, the page says so."""
    answer = site.get(f"{path}?beeld={view}&vorm={form}")
    drawn = view != "vergelijking" or path == KOLK
    if (path == ROUTE and view == "voor-en-na") or (form == "svg" and not drawn):
        assert (answer.status_code, 'class="mistake"' in answer.text) == (400, True)
        return
    assert answer.status_code == 200
    kind = answer.headers["content-type"].split(";")[0]
    assert kind == {"csv": "text/csv", "svg": "image/svg+xml", "afdruk": "text/html"}[form]
    if form != "afdruk":
        named = re.search(r'filename="([^"]*)"', answer.headers["content-disposition"])
        assert named
        assert re.fullmatch(r"[a-z-]+-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.\w+", named[1])


def test_a_printed_page_says_whose_and_how(site: httpx.Client) -> None:
    """Title, period, key numbers, licence, the rule of what counts, and the address of the state."""
    text = site.get(f"{KOLK}?beeld=voor-en-na&gebeurtenis=kolk-dicht&vorm=afdruk").text
    for words in (
        "De Kolk", "Kolkbrug dicht", "26 van 28 dagen", "CC0-1.0", "Gemeente Voorbeeldstad",
        "de kalender laat de dag weg",
        "niet dat dit er de oorzaak van is", "beeld=voor-en-na", "Herkomst: gesimuleerd",
    ):  # fmt: skip
        assert words in text, words


def test_a_file_is_given_again_until_its_numbers_move(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once: what does not move is not read again."""
    with questions.visitor(conninfo, monkeypatch) as visitor:
        address = f"{KOLK}?periode=vorige-maand&interval=dag&vorm=csv"
        first = visitor.get(address)
        assert questions_of(visitor, address, "*/*") == []
        assert visitor.get(address).text == first.text


@pytest.mark.parametrize("path", [KOLK, "/en/screenlines/centrum", ROUTE])
def test_every_link_of_the_block_leads_somewhere(site: httpx.Client, path: str) -> None:
    """Its views, its files, the paper, and `/v1`."""
    page = site.get(path).text
    block = page[page.index('<section class="explorer"') :].partition("</section>")[0]
    links = re.findall(r'href="(/[^"#]*)', block.replace("&amp;", "&"))
    assert len(links) > 8
    assert {link: status for link in links if (status := site.get(link).status_code) != 200} == {}


def test_a_place_without_calendar_events_says_so(site: httpx.Client) -> None:
    """Vaart Noord has none."""
    assert "De kalender noemt hier nog geen werk" in site.get("/nl/telpunten/vaart-noord?beeld=voor-en-na").text
