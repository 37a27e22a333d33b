"""The judge of the chaos sees every kind of harm, each done by hand here, and nothing where there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from deploy.bench.chaos.judge import raw_log
from deploy.bench.chaos.judge.judging import Case
from deploy.bench.chaos.judge.verdict import Verdict
from deploy.bench.chaos.messages import Message, Reading
from deploy.bench.chaos.record import Record
from tests.contracts.mill import NOON, QUARTER, Mill, seen

pytestmark = pytest.mark.contracts

BEGAN: Final = 1_000.0
_REJECTION: Final = (
    "INSERT INTO doorfiets.rejection"
    " (digest, reason, detail, topic, dialect, sensor, payload, first_heard_at, last_heard_at)"
    " VALUES (%s, 'malformed', '', %s, 'ours', %s, %s, now(), now())"
)


@dataclass
class Told:
    """A record that is being written, and what the raw log holds."""

    record: Record
    raw: set[bytes] = field(default_factory=set)
    number: int = 0

    def say(self, value: int, at: datetime = NOON, *, acknowledged: float | None = BEGAN, raw: bool = True) -> Message:
        """Note a message with one reading."""
        reading = Reading("a-1", "bicycles/in", at, value)
        return self._note("fresh", "sensors/a-1/data", b"%d" % value, (reading,), acknowledged, raw=raw)

    def refuse(self, kind: str, sensor: str, payload: bytes, *, acknowledged: float | None = BEGAN) -> Message:
        """Note a message that has to be refused."""
        return self._note(kind, f"sensors/{sensor}/data", payload, (), acknowledged, raw=True, sensor=sensor)

    def _note(
        self,
        kind: str,
        topic: str,
        payload: bytes,
        readings: tuple[Reading, ...],
        acknowledged: float | None,
        *,
        raw: bool,
        sensor: str = "a-1",
    ) -> Message:
        self.number += 1
        message = Message(self.number, kind, sensor, topic, payload, readings)
        self.record.sent(message, BEGAN)
        if acknowledged is not None:
            self.record.acknowledge(self.number, acknowledged, acknowledged - 1)
        if raw:
            self.raw.add(raw_log.digest(topic, payload))
        return message


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Begin a record."""
    return Told(Record(tmp_path / "record.db"))


@pytest.fixture
def judge(told: Told, mill: Mill) -> Callable[[], Verdict]:
    """Judge what was told beside what the database holds."""

    def judged() -> Verdict:
        told.record.close()
        return Case(told.record.file, mill.database).verdict(lambda: told.raw)

    return judged


async def test_all_is_well(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """A correction, a message that nobody acknowledged, and two that were refused."""
    for value, at in ((5, NOON), (6, NOON), (7, NOON + QUARTER)):
        told.say(value, at)
    told.say(9, NOON + 2 * QUARTER, acknowledged=None)
    told.refuse("malformed", "a-1", b"{")
    told.refuse("unknown", "nobody-1", b"{}")
    _reject(mill, "sensors/a-1/data", "a-1", b"{")
    _reject(mill, "observations", "nobody-1", b"[]")
    await mill.keep(seen(5, heard=20), seen(6, heard=21), seen(7, at=NOON + QUARTER))
    await mill.tally()
    verdict = judge()
    assert verdict.is_clean, verdict
    assert (verdict.messages, verdict.readings) == (5, 3)


async def test_a_value_that_was_not_acknowledged_may_stand(
    told: Told, mill: Mill, judge: Callable[[], Verdict]
) -> None:
    """Who hears no answer knows nothing."""
    told.say(5)
    told.say(6, acknowledged=None)
    await mill.keep(seen(6))
    await mill.tally()
    assert judge().is_clean


async def test_a_reading_that_is_missing_is_lost(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """Nothing explains it, though the broker was killed long after."""
    told.say(5, raw=False)
    told.record.fault("kill-mosquitto", BEGAN + 60, BEGAN + 60)
    verdict = judge()
    assert (verdict.lost, verdict.lost_with_broker, verdict.is_clean) == (1, 0, False)
    assert await mill.tally() == 0


@pytest.mark.parametrize(("raw", "lost", "with_broker"), [(False, 0, 1), (True, 1, 0)])
async def test_a_killed_broker_explains_what_the_bridge_never_saw(
    told: Told, judge: Callable[[], Verdict], *, raw: bool, lost: int, with_broker: int
) -> None:
    """What is in the raw log was seen: then it was lost behind it."""
    told.say(5, raw=raw)
    told.record.fault("kill-mosquitto", BEGAN + 3, BEGAN + 3)
    verdict = judge()
    assert (verdict.lost, verdict.lost_with_broker) == (lost, with_broker)
    assert verdict.is_clean is (lost == 0)


@pytest.mark.parametrize(("killed_after", "found"), [(60, (1, 0)), (3, (0, 1))])
async def test_an_older_value_stands(
    told: Told, mill: Mill, judge: Callable[[], Verdict], killed_after: int, found: tuple[int, int]
) -> None:
    """Unless the newer one went down with the broker."""
    told.say(5, acknowledged=BEGAN - 100)
    told.say(6, raw=False)
    told.record.fault("kill-all", BEGAN + killed_after, BEGAN + killed_after)
    await mill.keep(seen(5))
    await mill.tally()
    verdict = judge()
    assert (verdict.older, verdict.older_with_broker) == found
    assert verdict.lost == 0


@pytest.mark.parametrize(("value", "at"), [(8, NOON), (5, NOON + QUARTER)])
async def test_what_was_never_sent_is_a_phantom(
    told: Told, mill: Mill, judge: Callable[[], Verdict], value: int, at: datetime
) -> None:
    """Another value, or another interval."""
    told.say(5)
    await mill.keep(seen(5), seen(value, at=at, heard=30))
    await mill.tally()
    assert judge().phantom == 1


async def test_a_rejection_of_nothing_is_a_phantom(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """Nobody sent it."""
    told.say(5)
    await mill.keep(seen(5))
    await mill.tally()
    _reject(mill, "observations", "a-1", b"\x00damaged")
    assert judge().phantom == 1


async def test_a_reading_under_two_datastreams_is_doubled(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """The key of the table cannot see that."""
    told.say(5)
    await mill.keep(seen(5))
    await mill.tally()
    mill.database.execute(
        "WITH other AS (INSERT INTO doorfiets.datastream"
        " (sensor, source, quantity, channel, seconds, origin, method, valid_from, valid_until)"
        " SELECT sensor, source, quantity, channel, seconds, origin, method, '2019-01-01', '2019-06-01'"
        " FROM doorfiets.datastream WHERE (sensor, source) = ('a-1', 'bicycles/in') RETURNING datastream)"
        " INSERT INTO doorfiets.observation"
        " (datastream, started_at, ended_at, value, uptime, doubts, heard_at, revised_at)"
        " SELECT other.datastream, started_at, ended_at, value, uptime, doubts, heard_at, revised_at"
        " FROM doorfiets.observation, other"
    )
    assert judge().doubled == 1


async def test_what_was_counted_twice_is_doubled(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """One row, but two were counted as new."""
    told.say(5)
    await mill.keep(seen(5))
    await mill.tally()
    mill.database.execute("UPDATE doorfiets.feed SET stored = stored + 1")
    assert judge().doubled == 1


@pytest.mark.parametrize("rejections", [0, 2])
async def test_what_is_malformed_is_rejected_once(
    told: Told, mill: Mill, judge: Callable[[], Verdict], rejections: int
) -> None:
    """Neither never nor twice."""
    told.refuse("malformed", "a-1", b"{")
    for number in range(rejections):
        _reject(mill, "sensors/a-1/data", "a-1", b"{", digest=b"%d" % number)
    assert judge().unrejected == 1


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("tally_hour", "total = total + 1"),
        ("tally_day", "valid = valid - 1"),
        ("site_hour", "total = total + 1"),
        ("site_day", "paired = paired - 1"),
        ("share_hour", "numerator = numerator + 1"),
        ("share_day", "denominator = denominator + 1"),
        ("link_day", "cyclists = cyclists + 1"),
    ],
)
async def test_a_sum_that_is_wrong(
    told: Told, mill: Mill, judge: Callable[[], Verdict], table: str, change: str
) -> None:
    """Every table of hours and days is recomputed."""
    told.say(5)
    others = {"bicycles/in": 5.0, "bicycles/out": 3.0, "cars": 4.0}
    await mill.keep(*(seen(value, source=source) for source, value in others.items()))
    await mill.tally()
    for source in ("bicycles/out", "cars"):
        told.number += 1
        reading = Reading("a-1", source, NOON, int(others[source]))
        told.record.sent(Message(told.number, "fresh", "a-1", "sensors/a-1/data", source.encode(), (reading,)), BEGAN)
        told.record.acknowledge(told.number, BEGAN, BEGAN)
    mill.database.execute(f"UPDATE doorfiets.{table} SET {change}".encode())  # noqa: S608 - names of ours
    verdict = judge()
    assert set(verdict.wrong) == {table}
    assert not verdict.is_clean


async def test_an_hour_that_is_not_computed(told: Told, mill: Mill, judge: Callable[[], Verdict]) -> None:
    """It is waited for, and then it counts."""
    told.say(5)
    await mill.keep(seen(5))
    verdict = judge()
    assert verdict.waiting == 1
    assert not verdict.is_clean


def _reject(mill: Mill, topic: str, sensor: str, payload: bytes, digest: bytes = b"") -> None:
    mill.database.execute(_REJECTION, [digest or topic.encode(), topic, sensor, payload])
