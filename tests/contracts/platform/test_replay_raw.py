"""What was received is decoded again: a corrected profile corrects what stands, once, and undoes nothing later."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import pytest
from msgspec.structs import replace

from deploy.local.stack import Stack
from ingest.clock import system_time
from schemas.observation import Observation
from tests.contracts.platform.test_replay import Owners, message, owners, publish, run, site, text, values  # noqa: F401 - fixtures
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, seen
from tests.journeys.simulator import one
from tests.services import wait_until

pytestmark = pytest.mark.contracts

VALUES: Final = "SELECT value, revision, revised_at FROM doorfiets.observation ORDER BY datastream, started_at"
COUNTS: Final = "SELECT sum(stored), sum(corrections), sum(duplicates), sum(overtaken) FROM doorfiets.feed"
PROFILE: Final = """
maker = "Proef"
model = "Telpaal"
every = 900
field = [{{ field = "count_in", quantity = "bicycles" }}, {{ field = "count_out", quantity = "bicycles" }}]
[[layout]]
port = 2
length = 2
fields = [{{ field = "{source}", at = 0, type = "u16be", factor = {factor} }}]
"""
DEVICE: Final = """
[[device]]
id = "rp-lora"
profile = "rp-paal"
[[device.placement]]
site = "rp-lora"
from = 2020-01-01
sources = { count_in = "rp-lora-in", count_out = "rp-lora-out" }
"""
SITE: Final = """
[[site]]
id = "rp-lora"
name = "rp-lora"
district = "WK010600"
position = [6.56, 52.99]
channels = [{ id = "rp-lora-in", mode = "bicycles", direction = "in" }, { id = "rp-lora-out", mode = "bicycles", direction = "out" }]
"""  # noqa: E501 - TOML


def register(registry: Owners, source: str, factor: float) -> None:
    """Register a counter with a profile that says that its bytes are of this source, times a factor."""
    profile = registry.folder / "profiles" / "rp-paal.toml"
    profile.parent.mkdir(exist_ok=True)
    profile.write_text(PROFILE.format(source=source, factor=factor), "utf-8")
    for name in ("rp-lora", "rp-probe"):
        registry.add("sites.toml", name, SITE.replace("rp-lora", name))
        registry.add("devices.toml", name, DEVICE.replace("rp-lora", name))
    registry.put()


def known_to_the_bridge(database: psycopg.Connection[Any], say: Callable[[str, bytes], None], at: datetime) -> None:
    """Wait until it has the profile: what it receives before is refused, as nothing says what the bytes are."""

    def stored() -> bool:
        say(*frame(1, at, 1, "rp-probe"))
        return values(database, "rp-probe") != []

    wait_until(stored, "a frame of another device with the same profile is stored")


def frame(number: int, at: datetime, count: int, device: str = "rp-lora") -> tuple[str, bytes]:
    """Make an uplink of two bytes."""
    uplink = {"f_port": 2, "frm_payload": b64encode(count.to_bytes(2)).decode(), "received_at": text(at),
              "session_key_id": "AYw1", "f_cnt": number}  # fmt: skip
    envelope = {"end_device_ids": {"device_id": device}, "received_at": text(at), "uplink_message": uplink}
    return f"v3/proef/devices/{device}/up", json.dumps(envelope).encode()


def test_a_profile_that_was_wrong_is_corrected_for_what_was_received(
    stack: Stack,
    database: psycopg.Connection[Any],
    owners: Owners,  # noqa: F811 - the fixture
    publish: Callable[[str, bytes], None],  # noqa: F811 - the fixture
) -> None:
    """By a factor of ten, and for the other direction: both are put right, and a second replay changes nothing."""
    began = system_time() - timedelta(minutes=1)
    hour = began.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    register(owners, "count_in", 10)
    known_to_the_bridge(database, publish, hour)
    for number in range(4):
        publish(*frame(number, hour + (number + 1) * QUARTER - timedelta(minutes=1), number + 1))
    starts = [hour + number * QUARTER for number in range(4)]
    _stands(database, [("count_in", start, 10.0 * (number + 1)) for number, start in enumerate(starts)])
    register(owners, "count_out", 1)
    words = ["raw", "replay", "--from", text(began), "--to", text(system_time() + timedelta(minutes=5)), "--sensor",
             "rp-lora", "--json"]  # fmt: skip
    dry = _results(run(stack, *words, "--dry-run"))
    assert [(line["outcome"], line["readings"], line["emptied"]) for line in dry] == [("corrected", 1, 1)] * 4
    assert run(stack, *words).endswith(
        "4 messages: 4 corrected; 4 readings were published, 4 values that stood are withdrawn.\n"
    )
    _stands(database, [("count_out", start, 1.0 * (number + 1)) for number, start in enumerate(starts)])
    before = database.execute(b"SELECT * FROM doorfiets.observation WHERE value IS NOT NULL OR revision > 1").fetchall()
    again = run(stack, *words)
    assert (_results(again), "4 messages: 4 same; " in again) == ([], True)
    duplicates = (
        "SELECT sum(duplicates) FROM doorfiets.feed JOIN doorfiets.datastream USING (datastream) WHERE sensor = %s"
    )
    wait_until(lambda: one(database, duplicates, "rp-lora") == 4, "the second replay is counted")
    after = database.execute(b"SELECT * FROM doorfiets.observation WHERE value IS NOT NULL OR revision > 1").fetchall()
    assert [row for row in before if row not in after] == []


def _stands(database: psycopg.Connection[Any], expected: list[tuple[str, datetime, float]]) -> None:
    wait_until(lambda: values(database, "rp-lora") == expected, f"{expected} stand, not {values(database, 'rp-lora')}")


def _results(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("lasts", [QUARTER, QUARTER - timedelta(minutes=1), timedelta()])
async def test_of_one_reception_what_was_decoded_last_stands(
    processing: StoreAndAggregate,
    lasts: timedelta,
    numbered: bool,  # noqa: FBT001 - a parameter
) -> None:
    """On the grid, beside it, and as a frame: once is a correction, again a duplicate, and aggregates follow."""
    first = _placed(replace(seen(5), ended_at=NOON + lasts), 1 if numbered else None)
    again = replace(first, value=50.0, decoded_at=NOON + timedelta(days=1))
    await processing.store(first)
    await processing.aggregate()
    await processing.store(again)
    assert [value for value, *_ in processing.rows(VALUES)] == [50]
    assert processing.row(COUNTS) == (1, 1, 0, 0)
    stood = processing.rows(VALUES)
    assert {revised_at for *_, revised_at in stood} == {again.decoded_at}
    assert await processing.aggregate() > 0
    contents = processing.aggregate_rows()
    await processing.store(replace(again, decoded_at=NOON + timedelta(days=2)))
    await processing.store(first, again)
    assert processing.rows(VALUES) == stood
    assert processing.row(COUNTS)[:2] == (1, 1)
    assert await processing.aggregate() == 0
    assert processing.aggregate_rows() == contents


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("together", [False, True])
async def test_a_genuine_correction_stands_over_every_decoding(
    processing: StoreAndAggregate,
    numbered: bool,  # noqa: FBT001 - a parameter
    together: bool,  # noqa: FBT001 - likewise
) -> None:
    """Before the replay or after it, in one batch or in several."""
    first, later = (
        _placed(replace(seen(value), received_at=NOON + timedelta(hours=number)), number if numbered else None)
        for value, number in ((5, 1), (7, 2))
    )
    again = replace(first, value=50.0, decoded_at=NOON + timedelta(days=1))
    for order in ((first, again, later), (first, later, again)):
        await processing.store(*order) if together else [await processing.store(one) for one in order]
        assert [value for value, *_ in processing.rows(VALUES)] == [7]


def _placed(observation: Observation, number: int | None) -> Observation:
    return observation if number is None else replace(observation, run=1, number=number)
