"""Two hundred thousand payloads a dialect, made up and mutated: none raises, and how long the slowest one takes.

A plain loop over seeded bytes, and no property: that is twenty times as many in the same time. `DIALECTS_SEED` repeats
a night; a failure names it. How long something takes is printed and no reason to fail.
"""

import os
import random
from heapq import heappushpop
from time import process_time
from typing import Final

import pytest

from ingest.dialects import DIALECTS, Dialect, decode_permitted
from ingest.dialects.dialect import EXAMPLES_AT
from schemas.rejection import REASONS, Rejection
from tests.ingest.anything import Choices, message

pytestmark = [pytest.mark.pure, pytest.mark.night]

SEED: Final = os.environ.get("DIALECTS_SEED") or str(random.SystemRandom().getrandbits(32))
PAYLOADS: Final = 200_000
SLOWEST: Final = 20  # payloads that are decoded again
AGAIN: Final = 3  # times: the shortest is what one costs, the rest is what else the machine did


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_no_payload_of_a_night_raises(dialect: Dialect) -> None:
    """Each ends as observations or as one rejection with a known reason, on each topic of the dialect in turn."""
    drawn = random.Random(f"{SEED} {dialect.name}")  # noqa: S311 - a seed that can be repeated is what is wanted
    forms = [(example.topic, message(example.payload)) for example in dialect.examples]
    slowest: list[tuple[float, str, bytes]] = [(0.0, forms[0][0], b"{}")] * SLOWEST
    refused = 0
    for number in range(PAYLOADS):
        topic, form = forms[number % len(forms)]
        payload = form.instead(Choices(drawn.randbytes(drawn.randint(24, 72))))
        began = process_time()
        try:
            outcome = decode_permitted(topic, payload, EXAMPLES_AT).outcome
        except Exception as error:
            raise AssertionError(f"DIALECTS_SEED={SEED}: payload {number} on {topic}: {payload!r}") from error
        heappushpop(slowest, (process_time() - began, topic, payload))
        if isinstance(outcome, Rejection):
            refused += 1
            assert outcome.reason in REASONS, (SEED, number)
            raised = outcome.reason == "unreadable" and "UnicodeEncodeError" not in outcome.detail  # halves of pairs
            assert not raised, (SEED, number, topic, payload, outcome.detail)
        else:
            assert outcome, (SEED, number)
    assert 0 < refused < PAYLOADS  # right ones and wrong ones were among them
    cost = max(_cost(topic, payload) for _, topic, payload in slowest)
    print(f"{dialect.name}: {PAYLOADS:,} payloads, {refused:,} refused, slowest {cost * 1000:.2f} ms")


def _cost(topic: str, payload: bytes) -> float:
    """Give the processor seconds of decoding a payload, the least of some."""
    costs = []
    for _ in range(AGAIN):
        began = process_time()
        decode_permitted(topic, payload, EXAMPLES_AT)
        costs.append(process_time() - began)
    return min(costs)
