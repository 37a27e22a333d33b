"""The calendar of an owner: what processing takes from it, and what `/v1/kalender` tells."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from schemas.registry import Calendar, CalendarEntry, Registry
from tests.contracts import tables
from tests.contracts.processing import StoreAndAggregate, load, other, small
from tests.contracts.test_registry import altered
from tests.opendata import city

pytestmark = pytest.mark.contracts

SPRING = CalendarEntry(
    id="voorjaarsvakantie-2026", kind="school_holiday", name="Voorjaarsvakantie", region="noord",
    first_day=date(2026, 2, 21), last_day=date(2026, 3, 1), note="Adviesdatum; scholen kunnen afwijken.",
)  # fmt: skip
ELSEWHERE = altered(SPRING, id="carnaval-2026", region="zuid", first_day=date(2026, 2, 14), last_day=date(2026, 2, 22))
WORKS = CalendarEntry(
    id="werk-a", kind="works", name="Werk aan de weg", first_day=date(2026, 5, 12), last_day=date(2026, 5, 13),
    effect="exclude", sites=["a"], links=["link-b"],
)  # fmt: skip
STORM = altered(
    WORKS, id="storm", kind="event", first_day=date(2026, 5, 20), last_day=date(2026, 5, 20), sites=[], links=[]
)


def reported() -> Registry:
    """The small owner with holidays of one year, and four entries of its own."""
    rule = Calendar(public_holidays="nl", years=(2026, 2026), good_friday=True)
    return altered(small(), calendar=altered(rule, entry=[SPRING, ELSEWHERE, WORKS, STORM]))


@pytest.fixture
def visitor(processing: StoreAndAggregate) -> Iterator[httpx.Client]:
    """A visitor of the site of that owner."""
    load(processing.conninfo, reported())
    with city.visitor(city.settings(processing.conninfo)) as client:
        yield client


def rows(visitor: httpx.Client, **question: str) -> list[dict[str, Any]]:
    """Ask for the calendar."""
    return tables.rows(visitor.get("/v1/kalender", params=question))


def test_public_and_school_holidays_are_no_working_days(processing: StoreAndAggregate) -> None:
    """Of our own school region; Good Friday is a working day."""
    load(processing.conninfo, reported())
    days = {day for (day,) in processing.rows("SELECT day FROM doorfiets.holiday")}
    assert {date(2026, 1, 1), date(2026, 4, 6), date(2026, 4, 27), date(2026, 2, 21), date(2026, 3, 1)} <= days
    assert not {date(2026, 4, 3), date(2026, 2, 20), date(2026, 3, 2), date(2026, 5, 12)} & days
    assert len(days) == 10 + 9


def test_days_are_excluded_where_the_entry_says(processing: StoreAndAggregate) -> None:
    """At a site, at the site that counts a link, or everywhere."""
    load(processing.conninfo, reported())
    excluded = processing.rows("SELECT site, day, entry FROM doorfiets.excluded_day ORDER BY entry DESC, site, day")
    assert excluded == [
        *(("a", date(2026, 5, day), "werk-a") for day in (12, 13)),
        *(("b", date(2026, 5, day), "werk-a") for day in (12, 13)),
        *((site, date(2026, 5, 20), "storm") for site in "abcde"),
    ]


def test_an_owner_s_calendar_says_nothing_of_another_s_sites(processing: StoreAndAggregate) -> None:
    """Not where a link of its own is counted there, nor where it names the site."""
    link = altered(small().links[1], id="link-zb", site="z")
    works = altered(WORKS, sites=["a"], links=["link-b", "link-zb"])
    ours = reported()
    load(processing.conninfo, altered(ours, links=[*ours.links, link], calendar=altered(ours.calendar, entry=[works])),
         other("Europe/Amsterdam"))  # fmt: skip
    assert {site for (site,) in processing.rows("SELECT site FROM doorfiets.excluded_day")} == {"a", "b"}
    processing.database.execute(
        b"UPDATE doorfiets.calendar_entry SET sites = '{z}', links = '{}' WHERE entry = 'werk-a'"
    )
    assert processing.rows("SELECT site FROM doorfiets.excluded_day") == []


def test_what_the_files_no_longer_say_goes(processing: StoreAndAggregate) -> None:
    """A calendar is corrected by applying it again."""
    load(processing.conninfo, reported())
    load(processing.conninfo, altered(small(), calendar=Calendar(entry=[altered(WORKS, name="Anders")])))
    assert processing.rows("SELECT entry, name FROM doorfiets.calendar_entry") == [("werk-a", "Anders")]


def test_an_entry_tells_when_where_and_what_follows(visitor: httpx.Client) -> None:
    """Whole, in Dutch, the last day included."""
    (works,) = rows(visitor, startDatum="2026-05-12", eindDatum="2026-05-13")
    assert works == {
        "id": "werk-a", "eigenaar": "GM0000", "soort": "werkzaamheden", "naam": "Werk aan de weg",
        "beginDatum": "2026-05-12", "eindDatum": "2026-05-13", "telpunten": ["a"], "wegvakken": ["link-b"],
        "gevolg": "uitgesloten", "toelichting": "",
    }  # fmt: skip


def test_the_calendar_is_in_order_and_ours(visitor: httpx.Client) -> None:
    """Ten holidays, Good Friday, and three entries; not those of another school region."""
    found = rows(visitor)
    assert len(found) == 14
    assert [one["beginDatum"] for one in found] == sorted(one["beginDatum"] for one in found)
    assert "carnaval-2026" not in {one["id"] for one in found}
    assert {one["id"] for one in found if one["soort"] == "evenement"} == {"goede-vrijdag-2026", "storm"}


def test_bounds_belong_to_what_is_asked(visitor: httpx.Client) -> None:
    """An entry is there when one of its days is."""
    assert [one["id"] for one in rows(visitor, startDatum="2026-05-13", eindDatum="2026-05-13")] == ["werk-a"]
    assert rows(visitor, startDatum="2026-05-15", eindDatum="2026-05-19") == []
    assert [one["id"] for one in rows(visitor, startDatum="2026-12-26")] == ["tweede-kerstdag-2026"]
    assert [one["id"] for one in rows(visitor, eindDatum="2026-01-01")] == ["nieuwjaarsdag-2026"]


def test_the_calendar_is_a_csv_file_too(visitor: httpx.Client) -> None:
    """The same rows as CSV."""
    answer = visitor.get("/v1/kalender", params={"formaat": "csv"})
    sheet = list(csv.DictReader(io.StringIO(answer.text)))
    assert [one["id"] for one in sheet] == [one["id"] for one in rows(visitor)]
    (works,) = [one for one in sheet if one["id"] == "werk-a"]
    assert (works["eindDatum"], works["telpunten"], works["gevolg"]) == ("2026-05-13", "a", "uitgesloten")


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ({"startDatum": "2026-05-14", "eindDatum": "2026-05-13"}, "startDatum"),
        ({"startDatum": "2026-02-30"}, "startDatum"),
        ({"eindDatum": "2026-05-13T00:00:00Z"}, "eindDatum"),
        ({"eindDatum": "20260513"}, "eindDatum"),
        ({"startDatum": "٢٠٢٦-05-13"}, "startDatum"),
        ({"startTijd": "2026-05-13"}, "startTijd"),
        ({"formaat": "geojson"}, "formaat"),
    ],
)
def test_a_mistake_is_named(visitor: httpx.Client, question: dict[str, str], parameter: str) -> None:
    """Always 400, always with the parameter."""
    answer = visitor.get("/v1/kalender", params=question)
    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json()["fouten"]] == [parameter]


def test_a_changed_calendar_is_a_changed_state(processing: StoreAndAggregate) -> None:
    """Caches ask again."""
    states = []
    for registry in (small(), reported()):
        load(processing.conninfo, registry)
        states.append(processing.row("SELECT registry FROM api.data_revision"))
    assert states[0] != states[1]
