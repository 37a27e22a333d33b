"""The layer in front of the site: who may ask how often, with which key, and what everybody is told of it."""

import asyncio
import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.types import Message, Receive, Scope, Send

from opendata.app import openapi
from opendata.database import _MOST_SECONDS as MOST_SECONDS
from opendata.database import SHEET_SECONDS
from opendata.guards import api_keys, costs
from opendata.guards.layer import Guards
from opendata.guards.settings import GuardSettings
from opendata.guards.visitors import LOOPBACK
from opendata.negotiation import MEDIA_TYPES

pytestmark = pytest.mark.contracts

SITES: Final = "/v1/telpunten"
SERIES: Final = "/v1/telpunten/kolk/tellingen"


class Site:
    """An app that answers at once, or when it is let to."""

    def __init__(self) -> None:
        self.answered = 0
        self.held: asyncio.Event | None = None

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer."""
        if self.held:
            await self.held.wait()
        self.answered += 1
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await send({"type": "http.response.body", "body": b"well"})


class Visit:
    """Asks a guarded site, at a time that only grows when it is told to."""

    def __init__(self, settings: GuardSettings) -> None:
        self.now, self.site = 1000.0, Site()
        self._guards = Guards(self.site, settings, lambda: self.now)

    async def get(
        self, path: str = SITES, address: str = "192.0.2.1", query: str = "", method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "client": (address, 50_000),
        }
        await self._guards(scope, receive, send)
        said = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], said, b"".join(one.get("body", b"") for one in sent[1:])

    async def statuses(self, times: int, path: str = SITES, address: str = "192.0.2.1", **more: str) -> dict[int, int]:
        """Ask again and again; count the statuses."""
        found: dict[int, int] = {}
        for _ in range(times):
            status, _, _ = await self.get(path, address, **more)
            found[status] = found.get(status, 0) + 1
        return found


async def test_ten_times_what_is_allowed_is_refused_with_the_time_to_wait() -> None:
    """A problem, the budget and what is left of it; and a minute later one may ask sixty times again."""
    visit = Visit(GuardSettings())
    _, first, _ = await visit.get()
    assert (first["ratelimit-policy"], first["ratelimit"]) == ('"api";q=120;w=120', '"api";r=119;t=1')
    assert await visit.statuses(1_199) == {200: 119, 429: 1_080}
    status, said, body = await visit.get()
    assert (status, said["retry-after"], said["ratelimit"]) == (429, "1", '"api";r=0;t=120')
    assert said["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == 429
    assert "RateLimit" in said["access-control-expose-headers"]
    assert said["x-content-type-options"] == "nosniff"
    visit.now += 60
    assert await visit.statuses(100) == {200: 60, 429: 40}


async def test_addresses_have_budgets_of_their_own_and_a_subscriber_has_one() -> None:
    """A /64 of IPv6 is one visitor, whatever address it takes."""
    visit = Visit(GuardSettings())
    await visit.statuses(200)
    assert await visit.statuses(1, address="192.0.2.2") == {200: 1}
    requested = [(await visit.get(address=f"2001:db8:1:2::{number:x}"))[0] for number in range(200)]
    assert (requested.count(200), requested.count(429)) == (120, 80)
    assert await visit.statuses(1, address="2001:db8:1:3::1") == {200: 1}


async def test_a_page_with_its_files_exhausts_nobody() -> None:
    """Pages, what they are made of, and what they ask of `/v1` for their reader have budgets of their own."""
    visit = Visit(GuardSettings())
    await visit.statuses(200)
    for _ in range(200):
        assert await visit.statuses(1, "/nl/") == {200: 1}
        assert await visit.statuses(10, "/static/site.css") == {200: 10}
        assert await visit.statuses(2, SITES, sec_fetch_site="same-origin") == {200: 2}
        visit.now += 1
    while (answer := await visit.get("/nl/"))[0] == 200:
        pass
    status, said, body = answer
    assert (status, said["content-language"]) == (429, "nl")
    assert b"Even wachten" in body


async def test_heavy_questions_cost_more() -> None:
    """A long period, a sheet, and all places at once."""
    costs = {}
    for name, path, query in (
        ("a day", SERIES, "interval=kwartier&startTijd=2026-01-01T00:00:00Z&eindTijd=2026-01-02T00:00:00Z"),
        ("ten years of quarters as a sheet", SERIES, "interval=kwartier&startTijd=2016-01-01T00:00:00Z&formaat=csv"),
        ("ten years of quarters", SERIES, "interval=kwartier&startTijd=2016-01-01T00:00:00Z"),
        ("all places", "/v1/tellingen", "interval=dag"),
        ("nonsense", SERIES, "interval=eeuw&startTijd=x"),
    ):
        _, said, _ = await Visit(GuardSettings()).get(path, query=query)
        costs[name] = 120 - int(said["ratelimit"].partition("r=")[2].partition(";")[0])
    assert costs == {
        "a day": 1,
        "ten years of quarters as a sheet": 60,
        "ten years of quarters": 3,
        "all places": 5,
        "nonsense": 3,
    }


TEN_YEARS: Final = "interval=kwartier&startTijd=2016-01-01T00:00:00Z"
DEAR: Final = {
    "an encoded value": (SERIES, f"{TEN_YEARS}&formaat=%63sv", {}),
    "an encoded name": (SERIES, f"{TEN_YEARS}&form%61at=csv", {}),
    "a range of types": (SERIES, TEN_YEARS, {"accept": "text/*"}),
    "capitals": (SERIES, TEN_YEARS, {"accept": "TEXT/CSV"}),
    "the second of two": (SERIES, TEN_YEARS, {"accept": "application/json;q=0.1", "Accept": "text/csv"}),
    "lower case in a moment": (SERIES, "interval=kwartier&startTijd=2010-01-01t00:00:00z&formaat=csv", {}),
    "a moment that nobody can read": (SERIES, "interval=kwartier&startTijd=ooit&formaat=csv", {}),
    "an interval that nobody knows": (SERIES, "interval=eeuw&formaat=csv", {}),
    "all changes": ("/v1/wijzigingen", "gewijzigdSinds=1970-01-01T00:00:00Z&formaat=csv", {}),
    "an unknown resource": ("/v1/nieuw", "formaat=csv", {}),
    "for a page of ours, as it says": (SERIES, f"{TEN_YEARS}&formaat=csv", {"sec_fetch_site": "same-origin"}),
}


@pytest.mark.parametrize(("path", "query", "headers"), DEAR.values(), ids=DEAR.keys())
async def test_a_long_sheet_costs_the_most_however_it_is_asked(path: str, query: str, headers: dict[str, str]) -> None:
    """And takes one of two places."""
    visit = Visit(GuardSettings())
    _, said, _ = await visit.get(path, query=query, **headers)
    budget = {"sec_fetch_site": 600}.get(next(iter(headers), ""), 120)
    assert int(said["ratelimit"].partition("r=")[2].partition(";")[0]) == budget - 60
    visit.now += 600
    visit.site.held = asyncio.Event()
    two = [asyncio.create_task(visit.get(query="formaat=csv")) for _ in range(2)]
    await asyncio.sleep(0)
    assert (await visit.get(path, query=query, **headers))[0] == 429
    visit.site.held.set()
    await asyncio.gather(*two)


@pytest.mark.parametrize(
    ("path", "query", "accept", "seconds"),
    [
        (SERIES, "formaat=csv", "*/*", SHEET_SECONDS),
        (SERIES, "", "text/csv, application/json;q=0.9", SHEET_SECONDS),
        (SERIES, "", "application/json,text/csv;q=0.001", None),
        (SERIES, "formaat=json", "text/csv", None),
        (SERIES, "veld=formaat=csv", "*/*", None),
        (SITES, "", "application/geo+json, text/csv;q=0.9", None),
        (SERIES, "", "application/geo+json, text/csv;q=0.9", SHEET_SECONDS),
        ("/v1/telpunten/kolk", "", "text/csv, application/json;q=0.1", None),
    ],
)
async def test_only_a_sheet_has_the_time_of_a_sheet(path: str, query: str, accept: str, seconds: float | None) -> None:
    """What is answered as JSON has that of JSON, whatever else is taken."""
    found: list[float | None] = []

    async def site(_scope: Scope, _receive: Receive, send: Send) -> None:
        found.append(MOST_SECONDS.get())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    visit = Visit(GuardSettings())
    visit._guards = Guards(site, GuardSettings())
    await visit.get(path, query=query, accept=accept)
    assert found == [seconds]


async def test_the_site_sees_each_header_once() -> None:
    """What is a list is joined; of what is none, two are refused, and the site is not asked."""
    seen: list[list[tuple[bytes, bytes]]] = []

    async def site(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    visit = Visit(GuardSettings())
    visit._guards = Guards(site, GuardSettings())
    await visit.get(accept="text/csv", Accept="*/*")
    assert seen == [[(b"accept", b"text/csv, */*")]]
    assert (await visit.get("/en/", range="bytes=0-1", Range="bytes=2-3"))[0] == 400
    assert len(seen) == 1


def test_every_resource_says_what_it_costs_in_the_forms_that_it_has() -> None:
    """What is not declared would be the dearest there is."""
    for template, operations in openapi()["paths"].items():
        path = f"/v1{re.sub('{.*?}', 'x', template)}"
        offered = operations["get"]["responses"]["200"]["content"]
        assert costs.resource(path) is not costs._UNKNOWN, path
        assert {MEDIA_TYPES[one] for one in costs.resource(path).forms} == set(offered), path


async def test_four_answers_at_once_and_two_sheets() -> None:
    """Who asks for a fifth is told to wait; a sheet that was refused leaves nothing behind."""
    visit = Visit(GuardSettings())
    visit.site.held = asyncio.Event()
    sheets = [asyncio.create_task(visit.get(query="formaat=csv")) for _ in range(2)]
    await asyncio.sleep(0)
    status, said, body = await visit.get(query="formaat=csv")
    assert (status, said["ratelimit-policy"], said["retry-after"]) == (429, '"sheet";q=120;w=120', "1")
    assert "tegelijk" in json.loads(body)["detail"]
    others = [asyncio.create_task(visit.get()) for _ in range(2)]
    await asyncio.sleep(0)
    assert (await visit.get())[0] == 429
    visit.site.held.set()
    assert [one[0] for one in await asyncio.gather(*sheets, *others)] == [200] * 4
    assert (await visit.get(query="formaat=csv"))[0] == 200


async def test_open_pages_are_few_and_take_nothing_from_questions() -> None:
    """Six streams an address; whoever reads one has his other places."""
    visit = Visit(GuardSettings())
    visit.site.held = asyncio.Event()
    streams = [asyncio.create_task(visit.get("/nl/live/vandaag/stroom")) for _ in range(6)]
    await asyncio.sleep(0)
    assert (await visit.get("/en/live/today/stream"))[0] == 429
    pages = [asyncio.create_task(visit.get("/nl/")) for _ in range(16)]
    await asyncio.sleep(0)
    assert (await visit.get("/nl/"))[0] == 429
    visit.site.held.set()
    assert {one[0] for one in await asyncio.gather(*streams, *pages)} == {200}


async def test_a_key_has_a_budget_of_its_own_wherever_it_is_used(tmp_path: Path) -> None:
    """Ten times as much, of the key and not of the address; this machine's as well."""
    file, secret = tmp_path / "keys", tmp_path / "secret"
    key = api_keys.create(file, secret, "een", date(2026, 10, 27))
    visit = Visit(GuardSettings(keys=file, secret=secret, unlimited=LOOPBACK))
    assert await visit.statuses(1_000, x_api_key=key) == {200: 1_000}
    assert await visit.statuses(300, address="127.0.0.1", x_api_key=key) == {200: 200, 429: 100}
    assert await visit.statuses(1) == {200: 1}


async def test_guessing_keys_is_limited_and_stops_nobody_who_has_one(tmp_path: Path) -> None:
    """Ten wrong ones a minute of an address; whose key was right there goes on."""
    file, secret = tmp_path / "keys", tmp_path / "secret"
    key = api_keys.create(file, secret, "een", date(2026, 10, 27))
    visit = Visit(GuardSettings(keys=file, secret=secret))
    assert (await visit.get(x_api_key=key))[0] == 200
    before = visit.site.answered
    found: dict[int, int] = {}
    for number in range(1_000):
        status, _, _ = await visit.get(x_api_key=f"dfk_{number:08d}_" + "a" * 43)
        found[status] = found.get(status, 0) + 1
    assert found == {401: 10, 429: 990}
    assert visit.site.answered == before
    assert (await visit.get(x_api_key=key))[0] == 200
    assert (await visit.get(address="192.0.2.7", x_api_key=key))[0] == 200


async def test_what_is_no_request_is_told_so_and_never_asked() -> None:
    """As a problem below `/v1`, else as a page."""
    visit = Visit(GuardSettings(unlimited=LOOPBACK))
    for path, query, status in (("/v1//x", "", 400), (SITES, "api_key=x", 400), (SITES, "a=" + "b" * 8_200, 414)):
        found, said, body = await visit.get(path, "127.0.0.1", query=query)
        assert (found, said["content-type"]) == (status, "application/problem+json")
        assert json.loads(body)["status"] == status
    found, said, body = await visit.get("/en//x", "127.0.0.1")
    assert (found, said["content-type"], said["content-language"]) == (400, "text/html; charset=utf-8", "en")
    assert b'<html lang="en">' in body
    assert visit.site.answered == 0


async def test_what_somebody_says_of_himself_has_no_effect() -> None:
    """Ten thousand invented addresses are one visitor; this machine is limited when it speaks for others."""
    visit = Visit(GuardSettings(unlimited=LOOPBACK))
    found = [(await visit.get(x_forwarded_for=f"10.0.{number}.1"))[0] for number in range(200)]
    assert (found.count(200), found.count(429)) == (120, 80)
    found = [(await visit.get(address="127.0.0.1", x_forwarded_for=f"10.0.{number}.1"))[0] for number in range(200)]
    assert (found.count(200), found.count(429)) == (120, 80)
    assert await visit.statuses(500, address="127.0.0.1") == {200: 500}


async def test_more_than_five_ranges_are_no_ranges() -> None:
    """The site never sees them."""
    seen: list[list[bytes]] = []

    async def site(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append([value for name, value in scope["headers"] if name == b"range"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    visit = Visit(GuardSettings())
    visit._guards = Guards(site, GuardSettings())
    await visit.get("/static/site.css", range="bytes=" + ",".join(["0-1"] * 6))
    await visit.get("/static/site.css", range="bytes=0-1,4-5")
    assert seen == [[], [b"bytes=0-1,4-5"]]
