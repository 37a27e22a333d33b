"""What the broker says of itself: numbers only, and what it dropped is an error."""

import logging

import pytest

from ingest.bridge.broker import BrokerCounts

pytestmark = pytest.mark.pure

HELD = "$SYS/broker/store/messages/count"
DROPPED = "$SYS/broker/publish/messages/dropped"


def test_the_newest_number_counts() -> None:
    """Of each kind."""
    counts = BrokerCounts()
    assert (counts.held, counts.dropped) == (None, None)
    for held in (b"7", b"12"):
        counts.take(HELD, held)
    counts.take(DROPPED, b"0")
    counts.take("$SYS/broker/uptime", b"9")
    assert (counts.held, counts.dropped) == (12, 0)
    counts.forget()
    assert (counts.held, counts.dropped) == (None, None)


@pytest.mark.parametrize("payload", [b"", b"-1", b"1.5", b"12 seconds", b"\xd9\xa1", b"9" * 5000, b"\0"])
def test_what_is_no_number_changes_nothing(payload: bytes) -> None:
    """Another broker may mean something else by it."""
    counts = BrokerCounts()
    counts.take(HELD, b"7")
    counts.take(HELD, payload)
    assert counts.held == 7


def test_messages_that_were_dropped_meanwhile_are_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Those of before we came are not told again, nor is a broker that starts from zero."""
    counts = BrokerCounts()
    with caplog.at_level(logging.INFO):
        for dropped in (b"40", b"40", b"2"):
            counts.take(DROPPED, dropped)
        assert not caplog.records
        counts.take(DROPPED, b"5")
    assert [(one.levelname, vars(one)["dropped"], vars(one)["since_its_start"]) for one in caplog.records] == [
        ("ERROR", 3, 5)
    ]
