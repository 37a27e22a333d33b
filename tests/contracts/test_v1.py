"""What `/v1` answers from a real database: gaps, clock changes, shares, routes, air, pages and headers."""

import json

import httpx
import jsonschema
import pytest

from opendata.app import openapi
from tests.contracts.tables import rows, table

pytestmark = pytest.mark.contracts

AUTUMN = {"startTijd": "2026-10-24T22:00:00Z", "eindTijd": "2026-10-25T23:00:00Z"}
SPRING = {"startTijd": "2026-03-28T23:00:00Z", "eindTijd": "2026-03-29T22:00:00Z"}
GAP = {"startTijd": "2026-10-19T22:00:00Z", "eindTijd": "2026-10-20T22:00:00Z"}
COUNTS = "/v1/telpunten/vaart-noord/tellingen"


@pytest.mark.parametrize(("day", "quarters"), [(AUTUMN, 100), (SPRING, 92)])
def test_a_day_of_a_clock_change_has_its_real_quarters(site: httpx.Client, day: dict[str, str], quarters: int) -> None:
    """And the day row is their sum, with as many expected."""
    found = rows(site.get(COUNTS, params={**day, "interval": "kwartier"}))
    (whole,) = rows(site.get(COUNTS, params={**day, "interval": "dag"}))
    assert len(found) == len({row["startTijd"] for row in found}) == quarters
    assert whole["dekking"] == {"verwacht": quarters, "waargenomen": quarters, "percentage": 100.0}
    assert whole["waarde"] == sum(row["waarde"] for row in found)
    assert sum(row["waarde"] for row in rows(site.get(COUNTS, params={**day, "interval": "uur"}))) == whole["waarde"]


def test_a_gap_is_a_row_without_a_value_never_a_zero(site: httpx.Client) -> None:
    """A whole day of it, in every interval; the night's zeros stay zeros."""
    for interval, expected in (("kwartier", 96), ("uur", 24), ("dag", 1)):
        found = rows(site.get(COUNTS, params={**GAP, "interval": interval}))
        assert len(found) == expected
        assert {(row["waarde"], row["aard"]) for row in found} == {(None, "geen meting")}
        assert all(row["reden"] for row in found)
    night = {"startTijd": "2026-10-26T00:00:00Z", "eindTijd": "2026-10-26T04:00:00Z", "interval": "uur"}
    zeros = rows(site.get("/v1/telpunten/kolk/tellingen", params=night))
    assert [(row["waarde"], row["aard"]) for row in zeros] == [(0, "gemeten")] * 4


def test_a_total_with_a_channel_missing_is_no_total(site: httpx.Client) -> None:
    """The afternoon in which one of two channels was silent; the other direction is there by itself."""
    afternoon = {"startTijd": "2026-10-22T10:00:00Z", "eindTijd": "2026-10-22T16:00:00Z", "interval": "kwartier"}
    both = rows(site.get(COUNTS, params=afternoon))
    one = rows(site.get(COUNTS, params={**afternoon, "richting": "in"}))
    assert {row["waarde"] for row in both} == {None}
    assert both[0]["reden"] == "1 van 2 kanalen geldig: fietsers richting uit (geen meting ontvangen)"
    assert all(row["waarde"] is not None for row in one)


@pytest.mark.parametrize(
    ("interval", "start", "end", "expected"),
    [
        ("uur", "2026-10-22T10", "2026-10-22T11", [("uit", None)]),
        ("dag", "2026-10-21T22", "2026-10-22T22", [("uit", None)]),
        ("week", "2026-10-18T22", "2026-10-25T23", [("in", 1), ("uit", 2)]),
        ("geheel", "2026-10-18T22", "2026-10-25T23", [("in", 1), ("uit", 2)]),
    ],
)
def test_what_is_not_whole_says_which_channel_and_why(
    site: httpx.Client, interval: str, start: str, end: str, expected: list[tuple[str, int | None]]
) -> None:
    """By the hour and by the day of that afternoon; of a longer period with the days, of which one lacks both."""
    span = {"startTijd": f"{start}:00:00Z", "eindTijd": f"{end}:00:00Z", "interval": interval}
    (row,) = rows(site.get("/v1/telpunten/vaart-noord/tellingen", params=span))
    missing = [
        {"mode": "bicycles", "direction": direction, "why": "not_received"} | ({"days": days} if days else {})
        for direction, days in expected
    ]
    assert (row["redenCode"], row["redenParameters"]) == ("channels_incomplete", {"missing": missing})
    assert row["reden"].startswith("niet alle kanalen volledig: fietsers richting ")
    assert row["aard"] == ("geen meting" if interval == "uur" else "onvolledig")


def test_a_flag_of_one_quarter_is_seen_at_every_length(site: httpx.Client) -> None:
    """Forty thousand cyclists in a quarter: on its hour, its day with one hour of it, its week with one day."""
    for interval, parts in (("kwartier", 0), ("uur", 0), ("dag", 1), ("week", 1), ("geheel", 1)):
        start = {"uur": "2026-10-23T06:00:00Z", "kwartier": "2026-10-23T06:00:00Z", "week": "2026-10-18T22:00:00Z"}
        end = {"uur": "2026-10-23T07:00:00Z", "kwartier": "2026-10-23T06:15:00Z", "week": "2026-10-25T23:00:00Z"}
        span = {
            "startTijd": start.get(interval, "2026-10-22T22:00:00Z"),
            "eindTijd": end.get(interval, "2026-10-23T22:00:00Z"),
            "interval": interval,
        }
        (count,) = rows(site.get("/v1/telpunten/kolk/tellingen", params=span))
        (share,) = rows(site.get("/v1/fietsaandeel", params={**span, "tellijn": "centrum"}))
        for row in (count, share):
            assert (row["vlagCodes"], row["vlaggen"]) == (["out_of_range"], ["onwaarschijnlijk hoge of lage waarde"])
            assert row["vlagDelen"] == ({"out_of_range": parts} if parts else {})
        sheet = site.get("/v1/telpunten/kolk/tellingen", params={**span, "formaat": "csv"}).text
        assert "out_of_range" in sheet


def test_directions_add_up_to_the_site(site: httpx.Client) -> None:
    """By the hour and by the day."""
    for interval in ("uur", "dag"):
        day = {**AUTUMN, "interval": interval}
        each = [rows(site.get(COUNTS, params={**day, "richting": one})) for one in ("in", "uit")]
        both = [row["waarde"] for row in rows(site.get(COUNTS, params=day))]
        assert [a["waarde"] + b["waarde"] for a, b in zip(*each, strict=True)] == both


def test_the_future_has_no_rows_and_a_running_day_says_so(site: httpx.Client) -> None:
    """It is ten past ten: forty quarters are over, and today is not whole."""
    today = {"startTijd": "2026-10-26T23:00:00Z", "eindTijd": "2026-10-28T23:00:00Z"}
    assert len(rows(site.get(COUNTS, params={**today, "interval": "kwartier"}))) == 40
    (day,) = rows(site.get(COUNTS, params={**today, "interval": "dag"}))
    assert (day["aard"], day["vlaggen"], day["datum"]) == ("onvolledig", ["voorlopig"], "2026-10-27")
    assert day["reden"] == "de dag is nog niet voorbij"
    (share,) = rows(site.get("/v1/fietsaandeel", params={**today, "tellijn": "centrum"}))
    assert (share["vlaggen"], share["reden"]) == (["voorlopig"], "de dag is nog niet voorbij")
    (used,) = rows(site.get("/v1/doorfietsroutes/doorfietsroute/gebruik", params=today))
    assert (used["vlaggen"], used["reden"]) == (["voorlopig"], "de dag is nog niet voorbij")


def test_a_plain_day_is_the_local_day(site: httpx.Client) -> None:
    """The long day of autumn, as its midnights give it."""
    plain = {"startTijd": "2026-10-25", "eindTijd": "2026-10-26", "interval": "dag"}
    assert rows(site.get(COUNTS, params=plain)) == rows(site.get(COUNTS, params={**AUTUMN, "interval": "dag"}))


@pytest.mark.parametrize("address", ["/nl/", f"{COUNTS}?interval=kwartier", f"{COUNTS}?formaat=csv&interval=uur"])
def test_what_is_long_travels_packed(site: httpx.Client, address: str) -> None:
    """For who can unpack it, and the same for who cannot."""
    packed, plain = (site.get(address, headers={"Accept-Encoding": coding}) for coding in ("gzip", "identity"))
    assert (packed.headers["Content-Encoding"], packed.text) == ("gzip", plain.text)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers.get("ETag") == plain.headers.get("ETag")


def test_the_doors_without_a_slash_lead_on(site: httpx.Client) -> None:
    """As people type them."""
    assert site.get("/nl").headers["Location"] == "/nl/"
    program, person = site.get("/v1", headers={"Accept": "application/json"}), site.get("/v1")
    assert (program.headers["Location"], person.headers["Location"]) == ("/v1/openapi.json", "/nl/api")
    assert site.get("/v1", headers={"Accept": "text/html", "Accept-Language": "en"}).headers["Location"] == "/en/api"
    assert "Accept-Language" in person.headers["Vary"]
    assert site.get("/v1/").headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/v1/telpunten/weg", "Telpunt weg bestaat niet; /v1/telpunten geeft alle kenmerken."),
        ("/v1/telpunten/weg/tellingen", "Telpunt weg bestaat niet; /v1/telpunten geeft alle kenmerken."),
        ("/v1/tellijnen/weg", "Tellijn weg bestaat niet; /v1/tellijnen geeft alle kenmerken."),
        ("/v1/fietsaandeel?tellijn=weg", "Tellijn weg bestaat niet; /v1/tellijnen geeft alle kenmerken."),
    ],
)
def test_what_does_not_exist_is_named(site: httpx.Client, address: str, detail: str) -> None:
    """With the list to look in."""
    answer = site.get(address)
    assert (answer.status_code, answer.json()["detail"]) == (404, detail)


def test_a_browser_may_ask_whether_something_changed(site: httpx.Client) -> None:
    """From any origin, by the headers that we understand."""
    assert site.options(COUNTS).headers["Access-Control-Allow-Headers"] == "If-None-Match, Accept, X-Api-Key"


def test_longer_intervals_are_sums_of_days(site: httpx.Client) -> None:
    """September of the year before the quarters: thirty whole days."""
    month = {"startTijd": "2026-08-31T22:00:00Z", "eindTijd": "2026-09-30T22:00:00Z"}
    (whole,) = rows(site.get(COUNTS, params={**month, "interval": "maand"}))
    days = rows(site.get(COUNTS, params={**month, "interval": "dag"}))
    assert whole["dekking"]["verwacht"] == 30 * 96
    assert whole["waarde"] == sum(day["waarde"] for day in days)


def test_origin_quality_flag_and_revision_travel_with_the_number(site: httpx.Client) -> None:
    """Recorded elsewhere, excluded as implausible, corrected later."""
    assert rows(site.get(COUNTS, params=AUTUMN))[0]["herkomst"] == ["opgenomen"]
    kolk = "/v1/telpunten/kolk/tellingen"
    wild = {"startTijd": "2026-10-23T06:00:00Z", "eindTijd": "2026-10-23T06:15:00Z", "interval": "kwartier"}
    (excluded,) = rows(site.get(kolk, params=wild))
    assert (excluded["waarde"], excluded["aard"]) == (None, "geen meting")
    late = {"startTijd": "2026-10-24T06:00:00Z", "eindTijd": "2026-10-24T06:15:00Z", "interval": "kwartier"}
    (corrected,) = rows(site.get(kolk, params=late))
    assert (corrected["revisie"], corrected["gewijzigdTijd"]) == (2, "2026-10-26T09:00:00Z")


def test_the_worked_share_of_the_definitions(site: httpx.Client) -> None:
    """Thirty of ninety-six, three of four quarters."""
    hour = {"startTijd": "2026-05-12T06:00:00Z", "eindTijd": "2026-05-12T07:00:00Z"}
    (share,) = rows(site.get("/v1/fietsaandeel", params={**hour, "tellijn": "centrum", "interval": "uur"}))
    assert (share["teller"], share["noemer"], share["aandeel"]) == (30, 96, 0.3125)
    assert round(share["ondergrens"], 4) == 0.2285
    assert round(share["bovengrens"], 4) == 0.4109
    assert share["dekking"]["percentage"] == 75.0


def test_a_share_under_75_percent_is_withheld_with_its_reason(site: httpx.Client) -> None:
    """Numerator and denominator stay."""
    day = {"startTijd": "2026-10-20T22:00:00Z", "eindTijd": "2026-10-21T22:00:00Z"}
    (share,) = rows(site.get("/v1/fietsaandeel", params={**day, "tellijn": "centrum"}))
    assert (share["aandeel"], share["redenCode"], share["aard"]) == (None, "coverage_below_of_channels", "onvolledig")
    assert (
        share["reden"] == "dekking onder 75 %: personenauto's in beide richtingen bij De Kolk (geen meting ontvangen)"
    )
    assert share["noemer"] > share["teller"] > 0


def test_a_longer_share_is_pooled_not_averaged(site: httpx.Client) -> None:
    """A week is the sum of its days, divided once; the other denominator is another indicator."""
    week = {"startTijd": "2026-10-11T22:00:00Z", "eindTijd": "2026-10-18T22:00:00Z", "tellijn": "spoor"}
    (whole,) = rows(site.get("/v1/fietsaandeel", params={**week, "interval": "week"}))
    days = rows(site.get("/v1/fietsaandeel", params=week))
    assert whole["aandeel"] == sum(day["teller"] for day in days) / sum(day["noemer"] for day in days)
    (other,) = rows(site.get("/v1/fietsaandeel", params={**week, "interval": "week", "noemer": "alle"}))
    assert other["aandeel"] < whole["aandeel"]


def test_the_worked_route_of_the_definitions(site: httpx.Client) -> None:
    """And the day on which one link was not counted."""
    span = {"startTijd": "2026-10-24T22:00:00Z", "eindTijd": "2026-10-26T23:00:00Z"}
    without, worked = rows(site.get("/v1/doorfietsroutes/doorfietsroute/gebruik", params=span))
    assert (worked["fietskilometers"], worked["gelijkmatigheid"], worked["groenAandeel"]) == (33045, 0.16875, 0.256317)
    assert [link["aard"] for link in worked["wegvakken"]][:3] == ["gemeten", "gemeten", "verondersteld"]
    assert (without["fietskilometers"], without["reden"]) == (None, "geen geldige dag op Kanaal tot Haren")
    assert without["wegvakken"][3] == {**without["wegvakken"][3], "fietsers": None, "aard": "geen meting"}


def test_air_under_75_percent_of_the_hour_is_withheld(site: httpx.Client) -> None:
    """One hour of the night."""
    night = {"startTijd": "2026-10-27T02:00:00Z", "eindTijd": "2026-10-27T05:00:00Z", "stof": "pm25"}
    values = [row["waarde"] for row in rows(site.get("/v1/meetstations/park/metingen", params=night))]
    assert [value is None for value in values] == [False, True, False]


def test_pages_follow_each_other_without_a_gap_or_a_repeat(site: httpx.Client) -> None:
    """And together they are the CSV."""
    question = {**AUTUMN, "interval": "kwartier", "paginaGrootte": "30"}
    following, found = COUNTS + "?" + str(httpx.QueryParams(question)), []
    while following:
        answer = site.get(following)
        found += rows(answer)
        assert (answer.json()["volgende"] is None) == ('rel="next"' not in answer.headers["Link"])
        following = answer.json()["volgende"]
    whole = table(site.get(COUNTS, params={**AUTUMN, "interval": "kwartier", "formaat": "csv"}))
    assert [row["startTijd"] for row in found] == [row["startTijd"] for row in whole]
    assert len(found) == 100


def test_csv_says_empty_for_a_gap_and_uses_dots(site: httpx.Client) -> None:
    """Chosen by the Accept header; a year of quarters streams."""
    found = table(site.get(COUNTS, params={**GAP, "interval": "dag"}, headers={"Accept": "text/csv"}))
    assert (found[0]["waarde"], found[0]["aard"], found[0]["dekkingVerwacht"]) == ("", "geen meting", "96")
    year = {"startTijd": "2025-10-27T00:00:00Z", "interval": "kwartier", "formaat": "csv"}
    assert len(table(site.get(COUNTS, params=year))) == 35_076


def test_telpunten_are_geojson_in_longitude_latitude(site: httpx.Client) -> None:
    """By Accept; nothing of the sensor behind them is told."""
    answer = site.get("/v1/telpunten", headers={"Accept": "application/geo+json"})
    assert answer.headers["Content-Type"].startswith("application/geo+json")
    assert answer.json()["features"][2]["geometry"] == {"type": "Point", "coordinates": [6.567, 53.004]}
    assert "vaart-1" not in site.get("/v1/telpunten").text


def test_answers_are_what_the_document_says(site: httpx.Client) -> None:
    """Each kind of answer against its schema."""
    document = openapi()
    requested = {
        "/telpunten": "/v1/telpunten",
        "/telpunten/{telpunt}": "/v1/telpunten/kolk",
        "/telpunten/{telpunt}/tellingen": COUNTS,
        "/tellijnen": "/v1/tellijnen",
        "/tellijnen/{tellijn}": "/v1/tellijnen/spoor",
        "/fietsaandeel": "/v1/fietsaandeel?tellijn=centrum",
        "/doorfietsroutes": "/v1/doorfietsroutes",
        "/doorfietsroutes/{doorfietsroute}": "/v1/doorfietsroutes/doorfietsroute",
        "/doorfietsroutes/{doorfietsroute}/gebruik": "/v1/doorfietsroutes/doorfietsroute/gebruik",
        "/meetstations": "/v1/meetstations",
        "/meetstations/{meetstation}": "/v1/meetstations/park",
        "/meetstations/{meetstation}/metingen": "/v1/meetstations/park/metingen",
    }
    assert requested.keys() <= document["paths"].keys()
    for path, address in requested.items():
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = site.get(address)
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})


def test_head_options_etag_and_headers(site: httpx.Client) -> None:
    """On good answers and on bad ones."""
    answer = site.get("/v1/telpunten")
    assert site.head("/v1/telpunten").headers["Content-Length"] == answer.headers["Content-Length"]
    assert site.options("/v1/telpunten").headers["Allow"] == "GET, HEAD, OPTIONS"
    again = site.get("/v1/telpunten", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    missing = site.get("/v1/nergens")
    for one in (answer, again, missing):
        assert one.headers["API-Version"]
        assert one.headers["Access-Control-Allow-Origin"] == "*"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
    assert 'rel="license"' in answer.headers["Link"]
    assert missing.headers["Content-Type"] == "application/problem+json"


def test_the_served_document_is_the_committed_one_but_for_its_address(site: httpx.Client) -> None:
    """Programs find it where the rules say."""
    served = site.get("/v1/openapi.json")
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    assert json.dumps(served.json()["paths"]) == json.dumps(openapi()["paths"])
