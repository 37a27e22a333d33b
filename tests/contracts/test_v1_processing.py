"""Not measured and not yet processed are two facts: in JSON and in CSV, of a row and of the whole answer."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

NOW: Final = city.NOW
GAP: Final = "startTijd=2026-10-19T22:00:00Z&eindTijd=2026-10-20T22:00:00Z"
"""The day that Vaart Noord did not measure."""
BESIDE: Final = "startTijd=2026-10-18T22:00:00Z&eindTijd=2026-10-19T22:00:00Z"
COUNTS: Final = "/v1/telpunten/vaart-noord/tellingen"
SEPTEMBER: Final = "startDatum=2026-09-01&eindDatum=2026-09-30"
INDICATOR: Final = f"/v1/telpunten/vaart-noord/kengetallen?kengetal=maandgemiddelde-etmaal&{SEPTEMBER}"
UNPROCESSED: Final = ("nog niet verwerkt", "nog niet verwerkt")


@pytest.fixture
def owner(owner: psycopg.Connection) -> psycopg.Connection:
    """Somebody who may change everything; nothing is marked and nothing waits before a test."""
    owner.execute(
        "TRUNCATE doorfiets.watermark, doorfiets.stage, doorfiets.dirty_hour, doorfiets.failed_hour, doorfiets.rebuild,"
        " doorfiets.indicator_due"
    )
    return owner


def reached(owner: psycopg.Connection, until: datetime, measured: datetime = NOW) -> None:
    """Let the platform have come so far, in all its stages."""
    owner.execute("INSERT INTO doorfiets.watermark VALUES ('b', 0, %s, 7)", [until])
    for stage, backlog in (("store", 500), ("aggregate", 0)):
        owner.execute("INSERT INTO doorfiets.stage VALUES (%s, 'w', %s, %s, %s)", [stage, backlog, until, measured])


def reported(site: httpx.Client, address: str) -> list[tuple[str, str | None]]:
    """Kind and reason of each row, as JSON and as CSV say it alike."""
    answer = site.get(address)
    assert answer.status_code == 200, answer.text
    rows = [(row["aard"], row["reden"]) for row in answer.json()["gegevens"]]
    sheet = csv.DictReader(io.StringIO(site.get(f"{address}&formaat=csv").text))
    assert [(row["aard"], row["reden"] or None) for row in sheet] == rows
    return rows


def processing(site: httpx.Client, address: str) -> Any:  # noqa: ANN401 - JSON
    """What the meta of an answer says."""
    return site.get(address).json()["meta"]["verwerking"]


@pytest.mark.parametrize("interval", ["kwartier", "uur", "dag"])
def test_a_bucket_beyond_the_watermark_is_not_yet_processed(
    site: httpx.Client, owner: psycopg.Connection, interval: str
) -> None:
    """And without a watermark nothing is judged: it is a gap, as before."""
    address = f"{COUNTS}?{GAP}&interval={interval}"
    assert {kind for kind, _ in reported(site, address)} == {"geen meting"}
    assert processing(site, address) is None
    reached(owner, datetime.fromisoformat("2026-10-19T20:00:00Z"))
    assert set(reported(site, address)) == {UNPROCESSED}
    owner.execute("UPDATE doorfiets.stage SET processed_until = '2026-10-20T22:00:00Z'")
    assert {kind for kind, _ in reported(site, address)} == {"geen meting"}
    assert processing(site, address) == {"toestand": "verwerkt", "stappen": []}


def test_the_watermark_divides_a_day(site: httpx.Client, owner: psycopg.Connection) -> None:
    """What lies before it was not measured."""
    reached(owner, datetime.fromisoformat("2026-10-20T10:30:00Z"))
    hours = reported(site, f"{COUNTS}?{GAP}&interval=uur")
    assert [kind for kind, _ in hours] == ["geen meting"] * 12 + ["nog niet verwerkt"] * 12


def test_what_was_measured_stays_what_it_is(site: httpx.Client, owner: psycopg.Connection) -> None:
    """However far the platform is."""
    before = reported(site, f"{COUNTS}?{BESIDE}&interval=uur")
    reached(owner, datetime.fromisoformat("2026-10-18T20:00:00Z"))
    assert reported(site, f"{COUNTS}?{BESIDE}&interval=uur") == before
    assert {kind for kind, _ in before} == {"gemeten"}


def test_hours_of_the_past_that_wait_are_not_yet_processed(site: httpx.Client, owner: psycopg.Connection) -> None:
    """An import under way: its own hours, and the day they lie in; not those of another site."""
    reached(owner, NOW)
    owner.execute("INSERT INTO doorfiets.dirty_hour VALUES (1, '2026-10-20T05:00Z'), (3, '2026-10-20T07:00Z')")
    hours = reported(site, f"{COUNTS}?{GAP}&interval=uur")
    assert [index for index, one in enumerate(hours) if one == UNPROCESSED] == [7]
    assert reported(site, f"{COUNTS}?{GAP}&interval=dag") == [UNPROCESSED]
    assert reported(site, f"{COUNTS}?{GAP}&interval=uur&richting=uit") != hours
    said = processing(site, f"{COUNTS}?{GAP}&interval=dag")
    assert said["toestand"] == "wacht"
    assert processing(site, f"{COUNTS}?{BESIDE}&interval=dag")["toestand"] == "verwerkt"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO doorfiets.failed_hour VALUES (1, '2026-10-20T05:00Z', 'numeric field overflow')",
        """INSERT INTO doorfiets.rebuild (rebuild, part, owner, first_day, last_day, next_day)
        VALUES (1, 1, 'GM0000', '2026-10-20', '2026-10-22', '2026-10-23')""",
    ],
)
def test_hours_that_are_set_aside_or_computed_again_wait_too(
    site: httpx.Client, owner: psycopg.Connection, statement: str
) -> None:
    """Nobody says of them that they were not measured."""
    reached(owner, NOW)
    owner.execute(statement.encode())
    assert reported(site, f"{COUNTS}?{GAP}&interval=dag") == [UNPROCESSED]


def test_shares_usage_air_and_indicators_say_it_alike(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A share under its coverage, a route with a link missing, an hour of air, an indicator of a month."""
    owner.execute(
        "INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day, "
        "started_at, ended_at, withheld, valid, expected, rule)"
        " VALUES ('site', 'vaart-noord', 'bicycles', 'madb', 'month', '2026-09-01', '2026-09-30',"
        " '2026-08-31T22:00Z', '2026-09-30T22:00Z',"
        ' \'{"code": "weekdays_empty", "parameters": {"empty": 4}}\', 3, 30, \'madb-1\') ON CONFLICT DO NOTHING'
    )
    addresses = (
        "/v1/fietsaandeel?tellijn=centrum&startTijd=2026-10-20T22:00:00Z&eindTijd=2026-10-21T22:00:00Z",
        "/v1/doorfietsroutes/doorfietsroute/gebruik?startTijd=2026-10-24T22:00:00Z&eindTijd=2026-10-25T22:00:00Z",
        "/v1/meetstations/park/metingen?startTijd=2026-10-27T03:00:00Z&eindTijd=2026-10-27T04:00:00Z&stof=pm25",
        INDICATOR,
    )
    for address in addresses:
        ((kind, reason),) = reported(site, address)
        assert kind != "nog niet verwerkt", address
        assert reason, address
    reached(owner, datetime.fromisoformat("2026-09-02T00:00:00Z"))
    for address in addresses:
        assert reported(site, address) == [UNPROCESSED], address
    used = site.get(addresses[1]).json()["gegevens"][0]["wegvakken"]
    assert [link["aard"] for link in used if link["fietsers"] is None] == ["nog niet verwerkt"]


def test_a_indicator_waits_while_its_year_is_computed_again(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Of its own site only."""
    reached(owner, NOW)
    owner.execute("INSERT INTO doorfiets.indicator_due VALUES ('site', 'kolk', 'bicycles', 2026, now())")
    assert reported(site, INDICATOR) != [UNPROCESSED]
    owner.execute("INSERT INTO doorfiets.indicator_due VALUES ('site', 'vaart-noord', 'bicycles', 2026, now())")
    assert reported(site, INDICATOR) == [UNPROCESSED]


def test_what_stood_at_a_moment_is_not_judged_by_now(site: httpx.Client, owner: psycopg.Connection) -> None:
    """It was published as it was."""
    address = f"{COUNTS}?{GAP}&interval=dag&peilTijd=2026-10-26T00:00:00Z"
    before = site.get(address).json()
    reached(owner, datetime.fromisoformat("2026-10-18T20:00:00Z"))
    assert site.get(address).json() == before


def test_a_running_answer_tells_each_stage(site: httpx.Client, owner: psycopg.Connection) -> None:
    """With its lag and what waits; a platform that is behind says so."""
    address = f"{COUNTS}?interval=uur"
    reached(owner, NOW - timedelta(seconds=3))
    said = processing(site, address)
    assert said["toestand"] == "bij"
    assert said["stappen"][0] == {
        "stap": "ontvangen",
        "verwerktTot": "2026-10-27T09:06:57Z",
        "achterstandSeconden": 3,
        "wachtend": 7,
    }
    assert [one["stap"] for one in said["stappen"]] == ["ontvangen", "opgeslagen", "opgeteld"]
    owner.execute("UPDATE doorfiets.stage SET processed_until = processed_until - interval '1 hour'")
    assert processing(site, address)["toestand"] == "loopt achter"
    whole = site.get("/v1/verwerking")
    assert (whole.json()["toestand"], whole.headers["Cache-Control"]) == ("loopt achter", "no-store")


def test_a_tag_moves_with_what_is_said_of_the_platform_and_else_stays(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """A body that differs has another tag; of a range that is processed the watermark moves neither."""
    addresses = [f"{COUNTS}?{one}&interval={interval}" for one in (GAP, BESIDE) for interval in ("uur", "dag")]
    steps = (
        "SELECT 1",
        "UPDATE doorfiets.stage SET processed_until = '2026-10-19T23:10:00Z'",
        "UPDATE doorfiets.stage SET processed_until = '2026-10-20T12:10:00Z'",
        "UPDATE doorfiets.stage SET processed_until = '2026-10-25T00:00:00Z'",
        "INSERT INTO doorfiets.dirty_hour VALUES (1, '2026-10-20T05:00Z')",
        "INSERT INTO doorfiets.dirty_hour VALUES (1, '2026-10-20T09:00Z')",
        "DELETE FROM doorfiets.dirty_hour",
    )
    reached(owner, datetime.fromisoformat("2026-10-18T20:00:00Z"))
    seen: dict[str, dict[str, str]] = {address: {} for address in addresses}
    for step in steps:
        owner.execute(step.encode())
        for address, bodies in seen.items():
            answer = site.get(address)
            assert bodies.setdefault(answer.headers["ETag"], answer.text) == answer.text, (step, address)
    held = {address: site.get(address).headers["ETag"] for address in addresses}
    owner.execute(
        "UPDATE doorfiets.stage SET processed_until = '2026-10-26T00:00:00Z', backlog = 3, measured_at = now()"
    )
    assert {address: site.get(address).headers["ETag"] for address in addresses} == held


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT 1", None),
        ("UPDATE doorfiets.stage SET backlog = 900000", None),
        ("UPDATE doorfiets.watermark SET published_until = published_until - interval '31 seconds'", "opslag"),
        (
            (
                "UPDATE doorfiets.watermark SET published_until = published_until - interval '31 seconds';"
                "UPDATE doorfiets.stage SET backlog = 0"
            ),
            "ontvangst",
        ),
        (
            (
                "UPDATE doorfiets.watermark SET published_until = published_until - interval '31 seconds';"
                "UPDATE doorfiets.stage SET backlog = 0, measured_at = measured_at - interval '11 seconds'"
                " WHERE stage = 'store'"
            ),
            "opslag",
        ),
        ("UPDATE doorfiets.stage SET processed_until = processed_until - interval '130 seconds'", "optelling"),
        ("UPDATE doorfiets.stage SET measured_at = measured_at - interval '31 seconds'", "meting"),
        ("UPDATE doorfiets.stage SET processed_until = NULL WHERE stage = 'aggregate'", None),
        (
            (
                "UPDATE doorfiets.stage SET processed_until = NULL, measured_at = measured_at - interval '121 seconds'"
                " WHERE stage = 'aggregate'"
            ),
            "optelling",
        ),
        ("TRUNCATE doorfiets.watermark", None),
        (
            "INSERT INTO doorfiets.dirty_hour SELECT 1, generate_series('2025-01-01Z'::timestamptz, now(), '1 hour')",
            None,
        ),
    ],
)
def test_the_site_is_ready_as_long_as_the_platform_moves(
    site: httpx.Client, owner: psycopg.Connection, statement: str, code: str | None
) -> None:
    """Work on the past holds nothing up, nor does a platform that was never marked; the process lives anyhow."""
    reached(owner, NOW - timedelta(seconds=1))
    owner.execute(statement.encode())
    answer = site.get("/gezond/klaar")
    assert (answer.status_code, answer.json().get("code")) == (503 if code else 200, code)
    assert site.get("/gezond/live").status_code == 200


def test_a_database_that_hangs_is_not_waited_for(conninfo: str, owner: psycopg.Connection) -> None:
    """Whoever asks whether the site is ready receives no within seconds, not never."""
    with city.visitor(city.settings(conninfo)) as site, owner.transaction():
        owner.execute("LOCK TABLE doorfiets.watermark IN ACCESS EXCLUSIVE MODE")
        answer = site.get("/gezond/klaar", timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (503, "database")
