"""What was published on a day, and what changed since: as of a moment, rows that moved, and the list of changes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import httpx
import pytest

from opendata.clock import now
from tests.contracts.processing import NOON, StoreAndAggregate, quarters, seen
from tests.contracts.tables import mistakes, one, rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS)
KOLK: Final = "/v1/telpunten/kolk/tellingen"
SHARE: Final = "/v1/fietsaandeel"
USAGE: Final = "/v1/doorfietsroutes/doorfietsroute/gebruik"
AIR: Final = "/v1/meetstations/singel/metingen"
INDICATOR: Final = "/v1/telpunten/vaart-noord/kengetallen"
DAY: Final = {"startTijd": "2026-10-13T22:00:00Z", "eindTijd": "2026-10-14T22:00:00Z"}
HOUR: Final = {"startTijd": "2026-10-14T06:00:00Z", "eindTijd": "2026-10-14T07:00:00Z"}
WEEK: Final = {"startTijd": "2026-10-11T22:00:00Z", "eindTijd": "2026-10-18T22:00:00Z", "interval": "week"}
BEFORE, AFTER = "2026-10-20T11:59:59Z", "2026-10-20T12:00:00Z"


@pytest.mark.parametrize(
    ("address", "question", "field", "change"),
    [
        (KOLK, {**DAY, "interval": "dag"}, "waarde", 100),
        (KOLK, {**HOUR, "interval": "uur"}, "waarde", 100),
        (KOLK, WEEK, "waarde", 100),
        (KOLK, {**WEEK, "interval": "geheel"}, "waarde", 100),
        (SHARE, {**DAY, "tellijn": "centrum"}, "teller", None),
        (SHARE, {**HOUR, "tellijn": "centrum", "interval": "uur"}, "teller", None),
        (SHARE, {**WEEK, "tellijn": "centrum"}, "teller", None),
    ],
)
def test_a_number_is_told_as_it_was_published(
    site: httpx.Client, address: str, question: dict[str, str], field: str, change: int | None
) -> None:
    """A second before the correction, from the correction on, and now."""
    before = one(site, address, **question, peilTijd=BEFORE)
    after = one(site, address, **question, peilTijd=AFTER)
    today = one(site, address, **question)
    assert after == today
    assert after["revisie"] == before["revisie"] + 1
    assert change is None or after[field] - before[field] == change
    assert (field == "waarde") or (after[field] != before[field])


@pytest.mark.parametrize(
    ("address", "question", "field", "numbers"),
    [
        (USAGE, {"startTijd": "2026-10-26", "eindTijd": "2026-10-27"}, "fietskilometers", (30000, 33045)),
        (AIR, {"startTijd": "2026-10-26T12:00:00Z", "eindTijd": "2026-10-26T13:00:00Z"}, "waarde", (99, None)),
        (INDICATOR, {"kengetal": "gewoon-daggemiddelde"}, "waarde", (2350, 2400)),
    ],
)
def test_usage_air_and_indicators_are_too(
    site: httpx.Client, address: str, question: dict[str, str], field: str, numbers: tuple[float, float | None]
) -> None:
    """With the revision of then."""
    at = "2026-10-20T11:00:00Z" if address == INDICATOR else "2026-10-27T07:59:59Z"
    was, stands = one(site, address, **question, peilTijd=at), one(site, address, **question)
    assert (was[field], was["revisie"], stands["revisie"]) == (numbers[0], 1, 2)
    assert stands[field] == (numbers[1] or stands[field])


def test_links_of_a_route_are_those_of_then(site: httpx.Client) -> None:
    """The count of a link that was corrected with it."""
    day = {"startTijd": "2026-10-26", "eindTijd": "2026-10-27"}
    was = one(site, USAGE, **day, peilTijd="2026-10-27T07:00:00Z")
    assert [link["fietsers"] for link in was["wegvakken"]][:2] == [3000, 1450]


@pytest.mark.parametrize(
    ("address", "question", "at"),
    [
        (KOLK, {**DAY, "interval": "dag"}, "2026-10-14"),
        (KOLK, WEEK, "2026-10-14"),
        (SHARE, {**DAY, "tellijn": "centrum"}, "2026-10-14"),
        (USAGE, {"startTijd": "2026-10-26", "eindTijd": "2026-10-27"}, "2026-10-26"),
    ],
)
def test_before_its_bucket_was_over_there_is_no_number(
    site: httpx.Client, address: str, question: dict[str, str], at: str
) -> None:
    """Steps in between are not kept."""
    row = one(site, address, **question, peilTijd=f"{at}T12:00:00Z")
    assert (row["reden"], row["aard"], row["revisie"]) == ("toen nog niet afgesloten", "geen meting", 0)
    assert not any(row.get(name) for name in ("waarde", "aandeel", "teller", "fietskilometers"))


def test_when_nothing_stood_yet_it_says_so(site: httpx.Client) -> None:
    """Five minutes after the day was over, five before its number came; and indicators that were not there."""
    row = one(site, KOLK, **DAY, interval="dag", peilTijd="2026-10-14T22:05:00Z")
    assert (row["waarde"], row["reden"]) == (None, "toen nog geen cijfer")
    indicator = one(site, "/v1/eigenaren/GM0000/kengetallen", peilTijd="2026-09-30T23:00:00Z")
    assert (indicator["waarde"], indicator["reden"]) == (None, "toen nog geen cijfer")


def test_without_an_end_the_days_up_to_the_moment_are_answered(site: httpx.Client) -> None:
    """The last of them was not over; the sheet says as of when."""
    found = table(site.get(KOLK, params={"interval": "dag", "peilTijd": AFTER, "formaat": "csv"}))
    assert (found[-1]["datum"], found[-1]["reden"]) == ("2026-10-20", "toen nog niet afgesloten")
    assert {row["peilTijd"] for row in found} == {AFTER}


@pytest.mark.parametrize(
    ("address", "question"),
    [
        (KOLK, {"interval": "kwartier", "peilTijd": BEFORE}),
        (KOLK, {"interval": "dag", "richting": "beide", "peilTijd": BEFORE}),
        (SHARE, {"tellijn": "centrum", "interval": "kwartier", "peilTijd": BEFORE}),
        (KOLK, {"peilTijd": "2026-10-28T00:00:00Z"}),
        (USAGE, {"peilTijd": "2026-10-20"}),
    ],
)
def test_where_no_past_is_kept_it_is_refused(site: httpx.Client, address: str, question: dict[str, str]) -> None:
    """Quarters, one direction, the future, and a day that is no moment."""
    assert mistakes(site.get(address, params=question)) == ["peilTijd"]


def test_only_rows_that_moved_are_told(site: httpx.Client) -> None:
    """After the moment, not at it."""
    days = {"startTijd": "2026-10-12", "eindTijd": "2026-10-19", "interval": "dag"}
    assert len(rows(site.get(KOLK, params=days))) == 7
    moved = rows(site.get(KOLK, params={**days, "gewijzigdSinds": BEFORE}))
    assert [row["datum"] for row in moved] == ["2026-10-14"]
    assert rows(site.get(KOLK, params={**days, "gewijzigdSinds": AFTER})) == []


def test_changes_come_in_their_order_with_what_stood_before(site: httpx.Client) -> None:
    """All pages together, the newest moment told on each, the last page's too."""
    found = walked(site, "/v1/wijzigingen", gewijzigdSinds=BEFORE, paginaGrootte="97")
    assert [row["gewijzigdTijd"] for row in found] == sorted(row["gewijzigdTijd"] for row in found)
    names = ("soort", "onderwerp", "kengetal", "facet", "periode", "startTijd", "deel")
    assert len({tuple(row[name] for name in names) for row in found}) == len(found)
    corrected = [row for row in found if row["gewijzigdTijd"] == AFTER]
    assert {(row["soort"], row["kengetal"], row["periode"]) for row in corrected} == {
        ("telpunt", "telling", "dag"),
        ("telpunt", "telling", "uur"),
        ("telpunt", "gewoon-daggemiddelde", "jaar"),
        ("tellijn", "fietsaandeel", "dag"),
        ("tellijn", "fietsaandeel", "uur"),
    }
    counted = [row for row in corrected if row["kengetal"] == "telling"]
    assert [row["waarde"] - row["vorigeWaarde"] for row in counted] == [100, 100]
    assert {row["revisie"] for row in corrected} == {2}
    sheet = table(site.get("/v1/wijzigingen", params={"gewijzigdSinds": BEFORE, "formaat": "csv"}))
    assert [row["startTijd"] for row in sheet] == [row["startTijd"] for row in found]


def test_who_asks_on_from_the_newest_moment_misses_nothing(site: httpx.Client) -> None:
    """And gets nothing twice."""
    answer = site.get("/v1/wijzigingen", params={"gewijzigdSinds": BEFORE, "paginaGrootte": "1"})
    newest = answer.json()["meta"]["gewijzigdTot"]
    assert site.get(answer.json()["volgende"]).json()["meta"]["gewijzigdTot"] == newest
    on = site.get("/v1/wijzigingen", params={"gewijzigdSinds": newest})
    assert (rows(on), on.json()["meta"]["gewijzigdTot"]) == ([], newest)


def test_changes_are_chosen_by_kind_and_indicator(site: httpx.Client) -> None:
    """Layers of air are told apart."""
    since = {"gewijzigdSinds": BEFORE, "paginaGrootte": "10000"}
    assert {row["soort"] for row in rows(site.get("/v1/wijzigingen", params={**since, "soort": "wegvak"}))} == {
        "wegvak"
    }
    air = rows(site.get("/v1/wijzigingen", params={**since, "kengetal": "uurgemiddelde"}))
    assert {row["facet"] for row in air} == {"pm25", "no2", "pm25/koehler-1"}
    indices = rows(site.get("/v1/wijzigingen", params={**since, "kengetal": "luchtkwaliteitsindex"}))
    assert {row["facet"] for row in indices} == {"lki-2014"}


async def test_what_the_processing_replaced_can_be_asked_again(processing: StoreAndAggregate) -> None:
    """A correction through the whole processing: then, now, and in the list of changes."""
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([1, 1, 1, 1], source="bicycles/out"))
    await processing.aggregate()
    published = processing.row("SELECT max(computed_at) FROM doorfiets.site_hour")[0]
    await processing.store(seen(11, received=3600))
    await processing.aggregate()
    hour = {"startTijd": f"{NOON:%Y-%m-%dT%H:%M:%SZ}", "eindTijd": f"{NOON + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}
    settings = replace(city.settings(city.without_user(processing.conninfo)), clock=now)
    with city.visitor(settings) as site:
        then = one(site, "/v1/telpunten/a/tellingen", **hour, peilTijd=_z(published))
        today = one(site, "/v1/telpunten/a/tellingen", **hour)
        changed = walked(site, "/v1/wijzigingen", gewijzigdSinds=_z(published), soort="telpunt", paginaGrootte="1")
    assert (then["waarde"], then["revisie"], today["waarde"], today["revisie"]) == (14, 1, 24, 2)
    assert [(row["periode"], row["waarde"], row["vorigeWaarde"]) for row in changed if row["facet"] == "fiets"] == [
        ("dag", 24, 14),
        ("uur", 24, 14),
    ]
    assert date.fromisoformat(today["startTijd"][:10]) == NOON.date()


def _z(moment: Any) -> str:  # noqa: ANN401 - whatever the driver gives
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
