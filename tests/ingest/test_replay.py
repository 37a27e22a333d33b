"""A message that is decoded again: what its seal, its dialect and the registry make of it, and when it is stopped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from ingest.devices import nobody
from ingest.replay.decoding import STORE, MessageDialects
from ingest.replay.raw_log import RawLog
from ingest.replay.refused_messages import RefusedMessage
from ingest.replay.replayer import SummaryCounts
from ingest.seal import KeyRing
from schemas.replay import STORED, MessageResult, RefusalReason, RejectionSelection

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOPIC: Final = "sensors/noord-1/data"
PAYLOAD: Final = (
    b'{"sensor": "noord-1", "seq": 7, "readings": [{"quantity": "bicycles", "channel": "in",'
    b' "start": "2026-11-29T11:30:00Z", "end": "2026-11-29T11:45:00Z", "value": 12, "unit": "1"}]}'
)


@pytest.mark.parametrize(("days", "gone"), [(0, False), (7, False), (8, True)])
def test_what_was_sealed_is_decoded_for_seven_days(tmp_path: Path, days: int, gone: bool) -> None:  # noqa: FBT001 - a parameter
    """As a corrected dialect would read it, which could not be parsed then; after that nobody reads it."""
    sealed = KeyRing(tmp_path, lambda: NOON).seal(PAYLOAD, NOON)
    assert sealed is not None
    later = KeyRing(tmp_path, lambda: NOON + timedelta(days=days))
    later.forget()
    outcome = MessageDialects(RawLog("nowhere:1"), nobody, later.opened, 12).message(TOPIC, sealed, NOON)
    if gone:
        assert isinstance(outcome, RefusalReason)
        assert outcome.reason == "key_gone"
    else:
        assert isinstance(outcome, list)
        assert [(one.sensor, one.source, one.value, one.received_at) for one in outcome] == [
            ("noord-1", "bicycles/in", 12.0, NOON)
        ]


async def test_what_another_version_kept_in_another_form_is_refused_by_name(tmp_path: Path) -> None:
    """It stays where it is, and the others beside it are decoded."""
    dialects = MessageDialects(RawLog("nowhere:1"), nobody, KeyRing(tmp_path, lambda: NOON).opened, 12)
    messages = [
        RefusedMessage("1", "unknown_sensor", TOPIC, STORE, "noord-1", b'[{"sensor": 7}]', NOON, NOON, 1),
        RefusedMessage("2", "unit", TOPIC, "ours", "noord-1", PAYLOAD, NOON, NOON, 1),
    ]
    other, ours = await dialects.refused(messages)
    assert isinstance(other, RefusalReason)
    assert other.reason == "unreadable"
    assert isinstance(ours, list)


@pytest.mark.parametrize(
    ("outcomes", "stopped"),
    [
        ([STORED, "unit", "unit"], "unit"),
        ([STORED, "unit"], None),  # half is not more than half
        ([STORED, "range", "range"], None),  # another reason than before
        (["unit", "unit"], None),  # there is nothing that could be published
    ],
)
def test_more_than_half_refused_for_the_same_reason_stops(outcomes: list[str], stopped: str | None) -> None:
    """All were refused for their unit before."""
    counts = SummaryCounts()
    for outcome in outcomes:
        counts.add(MessageResult("", TOPIC, "noord-1", NOON, outcome, "", int(outcome == STORED)), "unit")
    assert counts.summary().stopped == stopped


def test_a_selection_that_names_nothing_is_nothing() -> None:
    """Nobody means everything by leaving everything out, nor by asking for what was replayed already."""
    assert not RejectionSelection(closed=True).names_any
    assert RejectionSelection(every=True).names_any
