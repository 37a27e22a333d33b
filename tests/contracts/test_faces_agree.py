"""Every face tells the same total of a place and a local month: `/v1` as JSON and CSV, Grafana's queries, the pages."""

import asyncio
import html
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import fsum
from random import Random
from typing import Any, Final, TypeAlias

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dashboards.build import build
from dashboards.definitions import cycling, route
from dashboards.macros import DashboardRange
from deploy.local.stack import Stack
from opendata.vocabulary import VERVOERWIJZE
from tests.conftest import superuser
from tests.contracts.drawn_counts import (
    LINES,
    LINKS,
    MONTHS,
    ROUTES,
    STREAMS,
    ZONES,
    DrawnCounts,
    DrawnDays,
    DrawnTotal,
    drawn,
    month,
    registries,
)
from tests.contracts.grafana import panel, requesting
from tests.contracts.processing import HOUR, StoreAndAggregate, load
from tests.contracts.tables import rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts

PAIRS: Final = 50
SEED: Final = int(os.environ.get("FACES_SEED") or 20_261_025)
"""What is drawn: the same at each push, another where one is given."""
OF_MOTORS: Final = {"bicycles", "cars"}
_FACT: Final = r'<dt>.*?</dt><dd>(.*?)</dd><dd class="how">(.*?)</dd>'
_STORED_DAYS: Final = "SELECT total::float8, paired, expected FROM api.site_days('{}', '{}', '{}', '{}')"
LINE_NAMES: Final = {"lijn-a": "Lijn A", "lijn-ab": "Lijn A en B"}
WORDS: Final = {"onvolledig": "partly", "gemeten": "partly", "volledig": "whole", "geen meting": "none"}
MEASURED: Final = re.compile(r"onvolledig|(?<=%\s)gemeten|volledig|geen meting")
"""How a page says how much was measured: of most of it the percentage, "98 % gemeten"."""

FaceTotal: TypeAlias = tuple[float | None, str]
"""The number of a face, and how much it says was measured: `whole`, `partly` or `none`."""


@dataclass(frozen=True)
class ComparedPlace:
    """A place, and what of it is meant: a mode or a denominator, in one direction or in all."""

    kind: str
    name: str
    facet: str = ""
    direction: str | None = None


def subjects() -> list[ComparedPlace]:
    """Give every mode at every site, in all directions and in each of two, links, routes and shares."""
    modes = sorted({(one.site, one.mode) for one in STREAMS})
    return [
        *(ComparedPlace("site", site, mode) for site, mode in modes),
        *(ComparedPlace("site", "a", "bicycles", direction) for direction in ("in", "out")),
        *(ComparedPlace("link", name) for name in LINKS),
        *(ComparedPlace("route", name) for name in ROUTES),
        ComparedPlace("screenline", "lijn-a", "motor"),
        ComparedPlace("screenline", "lijn-a", "all"),
        ComparedPlace("screenline", "lijn-ab", "motor"),
    ]


@dataclass(frozen=True)
class Faces:
    """What was said, and everything that tells of it."""

    counts: DrawnCounts
    conninfo: str
    site: httpx.Client
    cycling: Mapping[str, Any]
    route: Mapping[str, Any]

    def grafana(self, dashboard: Mapping[str, Any], name: str, span: DrawnDays, **chosen: str) -> list[tuple[Any, ...]]:
        """Ask what a panel asks, of a local month; both ends of a dashboard's range belong to it."""
        both = DashboardRange(span.start, span.end - timedelta(seconds=1))
        return requesting(self.conninfo, panel(dashboard, name, both, **chosen))

    def walked(self, address: str, question: Mapping[str, str], interval: str = "") -> list[dict[str, Any]]:
        """Ask for all rows of a question."""
        by = {"interval": interval} if interval else {}
        return walked(self.site, address, **question, **by, paginaGrootte="1000")


@pytest.fixture(scope="module")
def faces(stack: Stack) -> Iterator[Faces]:
    """Put months of drawn counts through store and aggregate, and serve them."""
    counts = drawn(Random(SEED))  # noqa: S311 - a game, no secret
    with city.database(superuser(stack), "faces_agree", ()) as conninfo:
        asyncio.run(_processed(stack, conninfo, counts))
        with city.visitor(city.settings(conninfo)) as site:
            built = build()
            parsed = (json.loads(built[f"{one.DASHBOARD.uid('en')}.json"]) for one in (cycling, route))
            yield Faces(counts, conninfo, site, *parsed)


async def _processed(stack: Stack, conninfo: str, counts: DrawnCounts) -> None:
    named = str(conninfo_to_dict(conninfo)["dbname"])
    load(conninfo, *registries())
    processing = StoreAndAggregate(conninfo, make_conninfo(superuser(stack), dbname=named))
    said = [one for of_stream in counts.said.values() for one in of_stream]
    records = [processing.record(*said[number : number + 500]) for number in range(0, len(said), 500)]
    for number in range(0, len(records), 20):
        await processing.store_records(records[number : number + 20])
    await processing.aggregate()
    await processing.close()


def test_every_face_tells_the_same_total_of_a_month(faces: Faces) -> None:
    """Of 50 pairs of a place and a month, and all tell the sum of what was put in."""
    pairs = Random(SEED).sample(list(product(subjects(), MONTHS)), PAIRS)  # noqa: S311 - a game, no secret
    compared = 0
    for subject, first in pairs:
        expected, found = OF_KIND[subject.kind](faces, subject, first)
        for face, (value, measured) in found.items():
            where = (f"seed {SEED}", subject, str(first), face)
            assert (*where, measured) == (*where, expected[1])
            assert (*where, value) == (*where, None if expected[0] is None else pytest.approx(expected[0], abs=1e-6))
        compared += len(found)
    print(f"seed {SEED}: {PAIRS} pairs, {compared} totals of {len({kind.kind for kind, _ in pairs})} kinds of places")


def of_site(faces: Faces, subject: ComparedPlace, first: date) -> tuple[FaceTotal, dict[str, FaceTotal]]:
    """Compare counts: of a month, its days and its hours, as JSON and CSV, on a panel and on the page."""
    span = month(first, ZONES[subject.name])
    total = faces.counts.count(subject.name, subject.facet, subject.direction, span)
    address = f"/v1/telpunten/{subject.name}/tellingen"
    question = {**_span(span), "vervoerwijze": VERVOERWIJZE[subject.facet]}
    question |= {"richting": subject.direction} if subject.direction else {}
    months = rows(faces.site.get(address, params={**question, "interval": "maand"}))
    found = {
        "month as JSON": _added(months),
        "days as JSON": _added(faces.walked(address, question, "dag")),
        "hours as JSON": _added(faces.walked(address, question, "uur")),
        "month as CSV": _of_sheet(table(faces.site.get(address, params=_csv(question, "maand")))),
        "days as CSV": _of_sheet(table(faces.site.get(address, params=_csv(question, "dag")))),
        **_of_page(faces, f"/nl/telpunten/{subject.name}", span, **_chosen(subject)),
    }
    if not subject.direction:
        among = {**question, "telpunt": subject.name}
        found["months of sites"] = _added(rows(faces.site.get("/v1/tellingen", params={**among, "interval": "maand"})))
        found["view"] = _of_view(faces, subject, span)
    if subject.facet == "bicycles" and not subject.direction:
        for name, length in (("site_day", None), ("site_hour", HOUR)):
            buckets = (span.end - span.start) // length if length else 0
            found[name] = _of_panel(faces.grafana(faces.cycling, name, span, site=subject.name), buckets)
    return (total.value, total.measured), found


def of_link(faces: Faces, subject: ComparedPlace, first: date) -> tuple[FaceTotal, dict[str, FaceTotal]]:
    """Compare the cyclists of the days that are covered: in the usage of its route, on a panel and on the page."""
    site, _ = LINKS[subject.name]
    span = month(first, ZONES[site])
    total = faces.counts.link(site, span)
    (route,) = (name for name, links in ROUTES.items() if subject.name in links)
    days = faces.walked(f"/v1/doorfietsroutes/{route}/gebruik", _span(span))
    each = [link["fietsers"] for day in days for link in day["wegvakken"] if link["wegvak"] == subject.name]
    ladder = faces.grafana(faces.route, "route_ladder", span, route=route)
    place = list(ROUTES[route]).index(subject.name)
    counted, assumed, coverage, number = ladder[place][6:10]
    mean = assumed if counted is None else counted
    panelled = (None if mean is None else mean * number, _whole(mean, coverage))
    found = {
        "days as JSON": (_sum(each), total.measured),
        "ladder": panelled,
        **_of_page(faces, f"/nl/wegvakken/{subject.name}", span),
    }
    return (total.value, total.measured), found


def of_route(faces: Faces, subject: ComparedPlace, first: date) -> tuple[FaceTotal, dict[str, FaceTotal]]:
    """Compare bicycle-kilometres of the days on which every link has a number."""
    links = [LINKS[name] for name in ROUTES[subject.name]]
    span = month(first, ZONES[links[0][0]])
    total = faces.counts.route([site for site, _ in links], [length for _, length in links], span)
    address = f"/v1/doorfietsroutes/{subject.name}/gebruik"
    days = faces.walked(address, _span(span))
    sheet = table(faces.site.get(address, params=_csv(_span(span))))
    panelled = faces.grafana(faces.route, "route_kilometres", span, route=subject.name)
    ((mean, *_, number, _, coverage),) = faces.grafana(faces.route, "route_numbers", span, route=subject.name)
    found = {
        "days as JSON": _added(days, "fietskilometers"),
        "days as CSV": _of_sheet(sheet, "fietskilometers"),
        "panel": (_sum([value for _, metric, value in panelled if "measured part" not in metric]), total.measured),
        "means on a panel": (None if mean is None else mean * number, _whole(mean, coverage)),
        **_of_page(faces, f"/nl/doorfietsroutes/{subject.name}", span),
    }
    return (total.value, total.measured), found


def of_screenline(faces: Faces, subject: ComparedPlace, first: date) -> tuple[FaceTotal, dict[str, FaceTotal]]:
    """Compare the share of a month, pooled, and what it rests on; under 75 % of coverage nobody tells one."""
    span = month(first, ZONES["a"])
    modes = OF_MOTORS if subject.facet == "motor" else {*OF_MOTORS, "pedestrians"}
    total, everyone = faces.counts.share(LINES[subject.name], sorted(modes), span)
    share = total.value / everyone if total.value is not None and total.valid * 4 >= total.expected * 3 else None
    noemer = {"motor": "motor", "all": "alle"}[subject.facet]
    page = _of_page(faces, f"/nl/tellijnen/{subject.name}", span, noemer=noemer)
    question = {**_span(span), "tellijn": subject.name, "noemer": noemer}
    (row,) = rows(faces.site.get("/v1/fietsaandeel", params={**question, "interval": "maand"}))
    (line,) = table(faces.site.get("/v1/fietsaandeel", params=_csv(question, "maand")))
    found = {
        "month as JSON": _withheld(row["aandeel"], _added([row], "teller")[1]),
        "month as CSV": _withheld(_number(line["aandeel"]), _of_sheet([line], "teller")[1]),
        "days as JSON": _pooled(faces.walked("/v1/fietsaandeel", question, "dag")),
        **{face: _withheld(*found) for face, found in page.items()},
    }
    if subject.facet == "motor":
        lines = faces.grafana(faces.cycling, "share_period", span)
        ((_, value, _, _, coverage, _, cyclists, traffic, *_),) = [
            row for row in lines if row[0].startswith(f"{LINE_NAMES[subject.name]} (")
        ]
        assert (cyclists or None, traffic or 0) == (total.value, everyone)
        assert coverage == pytest.approx(total.valid / total.expected)
        found["panel"] = _withheld(value, total.measured)
    return _withheld(share, total.measured), found


OF_KIND: Final[Mapping[str, Callable[[Faces, ComparedPlace, date], tuple[FaceTotal, dict[str, FaceTotal]]]]] = {
    "site": of_site,
    "link": of_link,
    "route": of_route,
    "screenline": of_screenline,
}


def _of_page(faces: Faces, path: str, span: DrawnDays, **chosen: str) -> dict[str, FaceTotal]:
    """Read a month of the explorer: as a spreadsheet is given it, and the number that the page shows."""
    question = {"van": f"{span.first}", "tot": f"{span.last}", "interval": "maand", **chosen}
    sheet = table(faces.site.get(path, params={**question, "vorm": "csv"}))
    if not sheet:  # a link or a route before its first day
        return {"page as CSV": (None, "none")}
    (row,) = sheet
    number, words = list(row.values())[1], row["Meting"]
    page = faces.site.get(path, params=question).text
    ((shown, how),) = re.findall(_FACT, page[page.index('class="explored-chart"') :])[:1]
    return {
        "page as CSV": (_number(number), _words(words)),
        "page": (_shown(shown, number), _words(how)),
    }


def _words(text: str) -> str:
    """Give how much was measured by the word for it; what has none is a reason to withhold."""
    known = MEASURED.search(html.unescape(text).lower())
    return WORDS[known[0]] if known else "withheld"


def _shown(text: str, number: str) -> float | None:
    """Give the number that a page shows, to the digits that it shows: the whole one where these are its first."""
    digits = re.match(r"[\d.,]+", text)
    if digits is None:
        return None
    value = float(digits[0].replace(".", "").replace(",", "."))
    if "%" in text:
        return float(number) if abs(float(number) - value / 100) <= 0.0005 else value / 100
    return float(number) if abs(float(number) - value) <= 0.5 else value


def _of_view(faces: Faces, subject: ComparedPlace, span: DrawnDays) -> FaceTotal:
    """Ask the view of stored days, as whoever makes a panel of another mode would."""
    wanted = (subject.facet, span.first, span.last + timedelta(days=1), subject.name)
    days = requesting(faces.conninfo, _STORED_DAYS.format(*wanted))
    value = _sum([total for total, *_ in days])
    return value, DrawnTotal(value, sum(day[1] for day in days), sum(day[2] for day in days)).measured


def _of_panel(found: list[tuple[Any, ...]], buckets: int) -> FaceTotal:
    """Add up a panel of one site, whose incomplete parts are a series of their own; Grafana fills in `buckets`."""
    value = _sum([value for *_, value in found])
    partly = len(found) < buckets or any(value is None or "incomplete" in metric for _, metric, value in found)
    return value, "none" if value is None else "partly" if partly else "whole"


def _added(found: list[dict[str, Any]], field: str = "waarde") -> FaceTotal:
    """Add up rows; those without a number add what was expected of them, and nothing else."""
    value = _sum([row[field] for row in found])
    valid = sum(row["dekking"]["waargenomen"] for row in found if row[field] is not None)
    return value, DrawnTotal(value, valid, sum(row["dekking"]["verwacht"] for row in found)).measured


def _of_sheet(found: list[dict[str, str]], field: str = "waarde") -> FaceTotal:
    value = _sum([_number(row[field]) for row in found])
    valid = sum(int(row["dekkingWaargenomen"]) for row in found if row[field])
    return value, DrawnTotal(value, valid, sum(int(row["dekkingVerwacht"]) for row in found)).measured


def _pooled(found: list[dict[str, Any]]) -> FaceTotal:
    """Pool a share: added first, then divided, where three quarters were measured."""
    cyclists, traffic = (_sum([row[name] for row in found]) for name in ("teller", "noemer"))
    valid, expected = (sum(row["dekking"][name] for row in found) for name in ("waargenomen", "verwacht"))
    enough = cyclists is not None and traffic and valid * 4 >= expected * 3
    value = cyclists / traffic if enough and cyclists is not None and traffic else None
    return _withheld(value, DrawnTotal(value, valid, expected).measured)


def _withheld(share: float | None, measured: str) -> FaceTotal:
    """Give a share; where there is none, it is withheld for whichever reason."""
    return share, "withheld" if share is None else measured


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fsum(known) if known else None


def _whole(value: float | None, coverage: float) -> str:
    return "none" if value is None else "whole" if coverage == 1 else "partly"


def _number(text: str) -> float | None:
    return float(text) if text else None


def _span(span: DrawnDays) -> dict[str, str]:
    return {"startTijd": f"{span.start:%Y-%m-%dT%H:%M:%SZ}", "eindTijd": f"{span.end:%Y-%m-%dT%H:%M:%SZ}"}


def _csv(question: Mapping[str, str], interval: str = "") -> dict[str, str]:
    return {**question, **({"interval": interval} if interval else {}), "formaat": "csv"}


def _chosen(subject: ComparedPlace) -> dict[str, str]:
    """Give what the address of a page says of a mode and a direction."""
    return {
        "vervoerwijze": VERVOERWIJZE[subject.facet],
        **({"richting": subject.direction} if subject.direction else {}),
    }
