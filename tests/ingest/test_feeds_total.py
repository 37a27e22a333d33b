"""Whatever a vendor's dialect is sent ends as observations or one rejection, and what stays of it says the same."""

import pytest
from hypothesis import given

from ingest.dialects import DIALECTS, decode, decode_permitted
from ingest.dialects.dialect import EXAMPLES_AT, Example
from schemas.rejection import Rejection
from tests.ingest.anything import CHOICES, Choices, message

pytestmark = pytest.mark.pure

FEEDS = ("airrohr", "senml", "sensor_things", "eco_counter", "telraam")
EXAMPLES = [
    pytest.param(example, id=f"{dialect.name}: {example.topic} {number}")
    for dialect in DIALECTS
    if dialect.name in FEEDS
    for number, example in enumerate(dialect.examples)
]


@pytest.mark.parametrize("example", EXAMPLES)
@given(choices=CHOICES)
def test_anything_ends_once_and_what_stays_says_the_same(example: Example, choices: Choices) -> None:
    """No dialect fails on it; halves of surrogate pairs alone, which are no text, are unreadable."""
    sent = message(example.payload).instead(choices)
    done = decode_permitted(example.topic, sent, EXAMPLES_AT)
    if isinstance(done.outcome, Rejection):
        assert done.outcome.reason != "unreadable" or "UnicodeEncodeError" in done.outcome.detail
        return
    assert done.outcome
    assert done.payload is not None
    assert decode(example.topic, done.payload, EXAMPLES_AT) == done.outcome
