"""What a cache may keep: an entity tag that moves with what an answer rests on, and with nothing else."""

from typing import Final, LiteralString

import httpx
import psycopg
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

COUNTS: Final = "/v1/telpunten/kolk/tellingen"
WEEK: Final = "startTijd=2026-10-12T22:00:00Z&eindTijd=2026-10-19T22:00:00Z"
ELSEWHERE: Final[dict[str, LiteralString]] = {
    "a reading of another sensor": """
        UPDATE doorfiets.observation SET value = value + 1, revision = revision + 1, revised_at = now()
        WHERE datastream = 1 AND started_at = '2026-10-13 08:00Z'""",
    "an hour of another site": """
        UPDATE doorfiets.site_hour SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
            computed_at = now() WHERE site = 'vaart-noord' AND hour = '2026-10-13 08:00Z'""",
    "an hour and a day of another month": """
        UPDATE doorfiets.site_hour SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
            computed_at = now() WHERE site = 'kolk' AND hour = '2026-03-28 08:00Z';
        UPDATE doorfiets.site_day SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
            computed_at = now() WHERE site = 'kolk' AND day = '2026-03-28'""",
    "a newer reading of the same sensor": """
        INSERT INTO doorfiets.observation
        VALUES (3, '2026-10-27 09:00Z', '2026-10-27 09:15Z', 7, 1, 0, now(), now(), 1) ON CONFLICT DO NOTHING;
        UPDATE doorfiets.feed SET stored = stored + 1, last_received_at = now() WHERE datastream = 3""",
    "an hour of the air": """
        UPDATE doorfiets.air_hour SET mean = mean + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
            computed_at = now() WHERE station = 'singel'""",
}
"""What moves numbers, but none of the week at De Kolk."""
CORRECTION: Final[LiteralString] = """
    UPDATE doorfiets.observation SET value = value + 1, revision = revision + 1, revised_at = now()
    WHERE datastream IN (3, 4) AND started_at = '2026-10-13 08:00Z';
    UPDATE doorfiets.site_hour SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
        computed_at = now() WHERE site = 'kolk' AND hour = '2026-10-13 08:00Z';
    UPDATE doorfiets.site_day SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
        computed_at = now() WHERE site = 'kolk' AND day = '2026-10-13';
    UPDATE doorfiets.share_hour SET numerator = numerator + 1, revision = revision + 1, computed_at = now(),
        changed_in = pg_current_xact_id() WHERE screenline = 'centrum' AND hour = '2026-10-13 08:00Z';
    UPDATE doorfiets.share_day SET numerator = numerator + 1, revision = revision + 1, computed_at = now(),
        changed_in = pg_current_xact_id() WHERE screenline = 'centrum' AND day = '2026-10-13'
"""
"""A quarter at De Kolk corrected, and what follows from it."""
IN_RANGE: Final = (
    f"{COUNTS}?{WEEK}&interval=kwartier",
    f"{COUNTS}?{WEEK}&interval=kwartier&formaat=csv",
    f"{COUNTS}?{WEEK}&interval=uur&richting=beide",
    f"{COUNTS}?{WEEK}&interval=uur",
    f"{COUNTS}?{WEEK}&interval=dag",
    f"{COUNTS}?{WEEK}&interval=geheel",
    f"/v1/fietsaandeel?tellijn=centrum&{WEEK}&interval=kwartier",
    f"/v1/fietsaandeel?tellijn=centrum&{WEEK}&interval=uur",
    f"/v1/fietsaandeel?tellijn=centrum&{WEEK}",
)
OTHERS: Final = (
    f"/v1/doorfietsroutes/doorfietsroute/gebruik?{WEEK}",
    f"/v1/meetstations/park/metingen?{WEEK}",
    f"/v1/meetstations/park/luchtindex?{WEEK}",
    "/v1/telpunten/kolk/kengetallen",
    "/v1/telpunten",
    "/v1/telpunten?formaat=geojson",
    "/v1/telpunten?formaat=csv",
    "/v1/telpunten/kolk",
    "/v1/kalender",
    "/v1/indicatoren",
    "/v1/openapi.json",
)


def tag(site: httpx.Client, address: str) -> str:
    """The entity tag of an answer that succeeded."""
    answer = site.get(address)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


@pytest.mark.parametrize("statement", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_happens_elsewhere_leaves_an_answer_as_it_was(
    site: httpx.Client, owner: psycopg.Connection, statement: LiteralString
) -> None:
    """So that a client that holds it receives 304."""
    before = {address: (tag(site, address), site.get(address).text) for address in IN_RANGE}
    owner.execute(statement)
    for address, (held, text) in before.items():
        again = site.get(address, headers={"If-None-Match": held})
        assert (again.status_code, again.text) == (304, ""), address
        assert site.get(address).text == text


@pytest.mark.parametrize("address", IN_RANGE)
def test_a_correction_in_the_range_is_another_answer(
    site: httpx.Client, owner: psycopg.Connection, address: str
) -> None:
    """Of every interval, in every form."""
    before, text = tag(site, address), site.get(address).text
    owner.execute(CORRECTION)
    assert site.get(address).text != text
    assert site.get(address, headers={"If-None-Match": before}).status_code == 200
    assert tag(site, address) != before


@pytest.mark.parametrize("address", [*IN_RANGE[:4], *OTHERS[:4]])
def test_a_change_of_the_registry_is_another_answer(
    site: httpx.Client, owner: psycopg.Connection, address: str
) -> None:
    """Whatever it was: it may say what is expected, and where a number comes from."""
    before = tag(site, address)
    assert tag(site, address) == before
    owner.execute("UPDATE doorfiets.datastream SET method = method || '.' WHERE datastream = 3")
    assert tag(site, address) != before


@pytest.mark.parametrize("address", [*IN_RANGE, *OTHERS])
def test_every_answer_has_a_tag_of_its_own(site: httpx.Client, address: str) -> None:
    """Another question is another answer, and the same one is held for good."""
    held = tag(site, address)
    others = {tag(site, one) for one in (*IN_RANGE, *OTHERS) if one != address}
    assert held not in others
    assert site.get(address, headers={"If-None-Match": held}).status_code == 304
    assert site.head(address, headers={"If-None-Match": held}).status_code == 304


def test_what_stood_at_a_moment_stays(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A correction after that moment does not touch it; another moment is another answer."""
    requested = f"{COUNTS}?{WEEK}&interval=uur&peilTijd="
    then = owner.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')").fetchone()
    assert then is not None
    moment = city.NOW.isoformat().replace("+00:00", "Z")
    early = "2026-10-20T00:00:00Z"
    held, now = tag(site, requested + early), tag(site, f"{COUNTS}?{WEEK}&interval=uur")
    assert held != tag(site, requested + moment)
    owner.execute(CORRECTION)
    assert tag(site, requested + early) == held
    assert tag(site, f"{COUNTS}?{WEEK}&interval=uur") != now


def test_a_running_day_follows_the_newest_reading(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Without being asked for a moment."""
    address = f"{COUNTS}?interval=dag"
    before = tag(site, address)
    owner.execute(
        "UPDATE doorfiets.site_day SET total = total + 1, revision = revision + 1, computed_at = now(),"
        " changed_in = pg_current_xact_id() WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-10-27'"
    )
    assert tag(site, address) != before


@pytest.mark.parametrize("condition", ["*", '"x", {}', '{}, W/"x"', "{strong}"])
def test_a_condition_is_compared_as_the_standard_has_it(site: httpx.Client, condition: str) -> None:
    """Weakly, in lists, and any at all."""
    address = IN_RANGE[3]
    held = tag(site, address)
    requested = condition.replace("{strong}", held.removeprefix("W/")).replace("{}", held)
    answer = site.get(address, headers={"If-None-Match": requested})
    assert (answer.status_code, answer.headers["ETag"], answer.text) == (304, held, "")


def test_any_copy_is_none_of_what_is_not_there(site: httpx.Client) -> None:
    """A condition is of what would be answered well."""
    assert site.get("/v1/telpunten/weg", headers={"If-None-Match": "*"}).status_code == 404
    assert site.get("/v1/telpunten?x=1", headers={"If-None-Match": "*"}).status_code == 400


def test_the_revision_in_an_answer_is_of_what_it_rests_on(site: httpx.Client, owner: psycopg.Connection) -> None:
    """It moves with the tag, and stays with it."""
    address = IN_RANGE[3]
    before = site.get(address).json()["meta"]["gegevensrevisie"]
    owner.execute(ELSEWHERE["an hour of another site"])
    assert site.get(address).json()["meta"]["gegevensrevisie"] == before
    owner.execute(CORRECTION)
    assert site.get(address).json()["meta"]["gegevensrevisie"] != before


@pytest.mark.parametrize("path", ["/nl/", "/nl/telpunten/kolk", "/v1/telpunten", "/static/site.css", "/gezond/live"])
def test_what_may_be_done_is_said_when_something_may_not(site: httpx.Client, path: str) -> None:
    """405 without `Allow` is half an answer."""
    answer = site.post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
