"""What is not public is in no public byte: random words planted in all of it, and everything that can be read."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from random import Random, SystemRandom
from typing import Any, Final
from urllib.parse import parse_qs

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.PLACES, city.OUTAGES)
PLANTS: Final = {
    "device": "INSERT INTO doorfiets.device (device, owner, profile, serial, credential, firmware, note)"
    " VALUES (%(word)s, 'GM0000', %(word)s, %(word)s, %(word)s, %(word)s, %(word)s)",
    "placement": "INSERT INTO doorfiets.placement"
    " VALUES (%(word)s, 'kolk', NULL, '2026-01-01Z', '9999-12-30Z', %(word)s)",
    "device_history": "INSERT INTO doorfiets.device_history VALUES (%(word)s, '2026-10-01', 'calibration', %(word)s)",
    "sensor": "UPDATE doorfiets.datastream SET sensor = %(word)s, source = %(word)s WHERE datastream = 1",
    "unregistered_source": "INSERT INTO doorfiets.unregistered_source (sensor, source, first_received_at)"
    " VALUES (%(word)s, %(word)s, now())",
    "rejection": "INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, payload,"
    " first_received_at, last_received_at) VALUES (sha256(%(word)s::bytea), 'unknown_sensor', %(word)s,"
    " 'sensors/' || %(word)s, 'ours', %(word)s, %(word)s::bytea, now(), now())",
    "account": "INSERT INTO doorfiets.account (account, role, digest) VALUES (%(word)s, 'viewer', %(word)s)",
    "acknowledgement": "INSERT INTO doorfiets.acknowledgement (datastream, status, note, account)"
    " VALUES (3, 'silent', %(word)s, %(word)s)",
    "audit": "INSERT INTO doorfiets.audit (account, act, subject, result, detail)"
    " VALUES (%(word)s, 'login', %(word)s, 'done', %(word)s)",
    "exclusion": "INSERT INTO doorfiets.exclusion (kind, device, started_at, ended_at, reason, entered_by)"
    " VALUES ('maintenance', %(word)s, '2026-10-26Z', '2026-10-28Z', %(word)s, %(word)s)",
}
"""What is not public, by what it is of: a device in every word that is said of it, who wrote, and what was refused."""


_VIEW: Final = re.compile(r"[?&](?:beeld|view|vorm|form)=\w+")
ALONE: Final = {"Connection": "close"}
"""Each answer on a connection of its own: after an error of its own the server lets go of it."""


class _Links(HTMLParser):
    """The addresses that a page leads to on its own site."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what it links to."""
        for name, value in attrs:
            if name in {"href", "src", "hx-get", "data-src", "action"} and value and value.startswith("/"):
                self.found.add(value.partition("#")[0])


@pytest.fixture(scope="module")
def words() -> str:
    """Draw the word of this run."""
    seed = SystemRandom().randrange(2**32)
    print("seed", seed)
    draw = Random(seed)  # noqa: S311 - no secret: what is drawn has to be drawn again
    return "kanarie" + "".join(draw.choice("bcdfghjkmnpqrstvwxz") for _ in range(12))


@pytest.fixture
def planted(owner: psycopg.Connection[Any], words: str) -> Iterator[tuple[str, ...]]:
    """Plant the word in whatever is not public; take it out again."""
    for statement in PLANTS.values():
        owner.execute(statement.encode(), {"word": words})
    yield tuple(PLANTS)
    owner.execute("UPDATE doorfiets.datastream SET sensor = 'vaart-1', source = 'bicycles/in' WHERE datastream = 1")
    for table in ("exclusion", "acknowledgement", "account", "rejection", "unregistered_source", "placement"):
        owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("doorfiets", table)))
    owner.execute("DELETE FROM doorfiets.device_history WHERE device = %s", [words])
    owner.execute("DELETE FROM doorfiets.device WHERE device = %s", [words])


def _crawled(site: httpx.Client) -> Iterator[tuple[str, bytes]]:
    """Read every page that the start pages lead to, and what those lead to; of the states of a place each kind once."""
    waiting, seen = ["/nl/", "/en/", "/robots.txt", "/.well-known/security.txt", "/gezond/klaar"], set[str]()
    kinds = set[tuple[str, ...]]()
    while waiting:
        path = waiting.pop()
        page, _, query = path.partition("?")
        kind = ("/".join(page.split("/")[:3]) if query else page, *sorted(parse_qs(query)), *_VIEW.findall(path))
        if kind in kinds or path in seen or path.endswith(("stroom", "stream")):
            continue
        kinds.add(kind)
        seen.add(path)
        answer = site.get(path, headers=ALONE)
        assert answer.status_code < 500, path
        yield path, answer.content + repr(answer.headers.multi_items()).encode()
        if answer.headers["content-type"].startswith("text/html"):
            links = _Links()
            links.feed(answer.text)
            waiting += links.found - seen
    assert {"/nl/over", "/en/about", "/nl/gegevens", "/en/data"} <= seen


def _resources(site: httpx.Client) -> Iterator[tuple[str, bytes]]:
    """Read every resource of the document, each thing of each list, in every form."""
    paths = site.get("/v1/openapi.json").json()["paths"]
    ids = _ids(site, paths)
    for path in paths:
        for known in ids.get(path.split("/")[1], ["kolk"])[:4] if "{" in path else [""]:
            address = re.sub(r"\{\w+\}", known, path)
            for form in ("", "?formaat=csv", "?formaat=geojson"):
                answer = site.get(f"/v1{address}{form}", headers=ALONE)
                assert answer.status_code < 500, address
                yield f"{address}{form}", answer.content + repr(answer.headers.multi_items()).encode()


def _ids(site: httpx.Client, paths: dict[str, Any]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        if "{" not in path:
            rows = site.get(f"/v1{path}").json()
            listed = rows.get("gegevens", []) if isinstance(rows, dict) else []
            found[path.strip("/")] = [str(one["id"]) for one in listed if "id" in one]
    return found


def test_what_is_not_public_is_in_no_public_byte(site: httpx.Client, words: str, planted: tuple[str, ...]) -> None:
    """Pages in both languages, `/v1` in every form, headers and errors: nowhere the word, and no trace of asking."""
    assert planted
    read = [*_crawled(site), *_resources(site)]
    assert len(read) > 60
    assert [place for place, content in read if words.encode() in content.lower()] == []
    assert sum(b"lus in het wegdek" in content for _, content in read) > 2  # what is public of the same row is found


@pytest.mark.parametrize(
    "template", ["/v1/telpunten/{}", "/v1/meetstations/{}", "/nl/telpunten/{}", "/v1/doorfietsroutes/{}"]
)
def test_who_guesses_a_name_learns_nothing(
    site: httpx.Client, words: str, planted: tuple[str, ...], template: str
) -> None:
    """The answer for what is there and not public is that for what is not there at all, but for the name itself."""
    assert planted
    hidden, absent = words, "zomaar-een-naam"
    answers = [site.get(template.format(name)) for name in (hidden, absent)]
    assert [one.status_code for one in answers] == [404, 404]
    texts = [one.text.replace(name, "NAAM") for one, name in zip(answers, (hidden, absent), strict=True)]
    assert texts[0] == texts[1]
    assert {name: value for name, value in answers[0].headers.items() if name not in {"date", "content-length"}} == {
        name: value for name, value in answers[1].headers.items() if name not in {"date", "content-length"}
    }


def test_what_is_published_of_passages_is_a_mode_and_a_direction(site: httpx.Client) -> None:
    """No speed, no kind of bicycle, no person: nothing optional, so there is no small cell of it to suppress."""
    document = site.get("/v1/openapi.json").json()["components"]["schemas"]
    assert set(document["Vervoerwijze"]["enum"]) == {
        "fiets", "bromfiets", "personenauto", "bestelauto", "vrachtverkeer", "voetganger",
    }  # fmt: skip
    assert set(document["Telling"]["properties"]) == {
        "startTijd", "eindTijd", "datum", "waarde", "eenheid", "aard", "reden", "redenCode", "redenParameters",
        "dekking", "herkomst", "vlaggen", "vlagCodes", "vlagDelen", "revisie", "gewijzigdTijd",
    }  # fmt: skip


def test_what_owners_write_is_no_formula_of_a_sheet(site: httpx.Client, owner: psycopg.Connection[Any]) -> None:
    """Text that begins as one has an apostrophe before it."""
    owner.execute("UPDATE doorfiets.site SET note = '=1+1', name = '@kolk' WHERE site = 'kolk'")
    sheet = site.get("/v1/telpunten?formaat=csv").text
    owner.execute("UPDATE doorfiets.site SET note = '', name = 'De Kolk' WHERE site = 'kolk'")
    assert {"'=1+1", "'@kolk"} <= set(re.split(r"[,\r\n]", sheet))
    assert not re.search(r"(^|,)[=@]", sheet, re.MULTILINE)
