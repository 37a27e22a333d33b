"""Ten times the load that a visitor may bring is refused, and what sensors publish meanwhile is stored."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from deploy.local.stack import Stack
from tests.journeys.sent_messages import SentMessages, messages, recent
from tests.journeys.simulator import SimulatorClient, settle, strangers

pytestmark = pytest.mark.journeys

VISITORS, EACH = 4, 300
BURST, A_MINUTE = 120, 60


def test_a_flood_is_refused_and_storing_goes_on(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """Four connections of one address, over all web processes: 429 and never 5xx; every message is stored once."""
    sent_messages = SentMessages()
    simulator = SimulatorClient(stack, "flood")
    with ThreadPoolExecutor(VISITORS) as visitors:
        floods = [visitors.submit(_flood, str(stack.settings().public_url), number) for number in range(VISITORS)]
        simulator.publish(messages("x-flood", 400, recent(2)), sent_messages)
        found = sum((one.result() for one in floods), Counter[int]())
    simulator.leave()
    settle(database, sent_messages)
    assert strangers(database, sent_messages) == []
    assert set(found) == {200, 429}
    assert BURST <= found[200] < BURST + 6 * A_MINUTE < found[429]


def _flood(site: str, visitor: int) -> Counter[int]:
    """Ask as somebody who claims to be another one each time: whoever speaks for others is limited on this machine."""
    statuses = Counter[int]()
    with httpx.Client(base_url=site, timeout=60) as client:
        for number in range(EACH):
            claims = {"X-Forwarded-For": f"203.0.{visitor}.{number % 250}"}
            statuses[client.get("/v1/kalender", headers=claims).status_code] += 1
    return statuses
