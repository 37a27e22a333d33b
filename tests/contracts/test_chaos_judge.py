"""The judge of the chaos sees every kind of harm, each done by hand here, and nothing where there is none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest

from bench.chaos.judge import raw_log
from bench.chaos.judge.case import Case
from bench.chaos.judge.recompute import disagreements
from bench.chaos.judge.verdict import ChaosVerdict
from bench.chaos.messages import LoadMessage, LoadReading
from bench.chaos.record import LoadRecord
from schemas.registry import Screenline
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, load, other, quarters, seen

pytestmark = pytest.mark.contracts

BEGAN: Final = 1_000.0
_REJECTION: Final = (
    "INSERT INTO doorfiets.rejection"
    " (digest, reason, detail, topic, dialect, sensor, payload, first_received_at, last_received_at)"
    " VALUES (%s, 'malformed', '', %s, 'ours', %s, %s, now(), now())"
)


@dataclass
class Reported:
    """A record that is being written, and what the raw log holds."""

    record: LoadRecord
    raw: set[bytes] = field(default_factory=set)
    number: int = 0

    def say(
        self, value: int, at: datetime = NOON, *, acknowledged: float | None = BEGAN, raw: bool = True
    ) -> LoadMessage:
        """Note a message with one reading."""
        reading = LoadReading("a-1", "bicycles/in", at, value)
        return self._note("fresh", "sensors/a-1/data", b"%d" % value, (reading,), acknowledged, raw=raw)

    def copy(self, one: LoadMessage) -> LoadMessage:
        """Note that the network handed a frame on again, and the platform received that."""
        return self._note("copy", one.topic, b"copy", one.readings, BEGAN + 1, raw=True)

    def refuse(self, kind: str, sensor: str, payload: bytes, *, acknowledged: float | None = BEGAN) -> LoadMessage:
        """Note a message that has to be refused."""
        return self._note(kind, f"sensors/{sensor}/data", payload, (), acknowledged, raw=True, sensor=sensor)

    def _note(
        self,
        kind: str,
        topic: str,
        payload: bytes,
        readings: tuple[LoadReading, ...],
        acknowledged: float | None,
        *,
        raw: bool,
        sensor: str = "a-1",
    ) -> LoadMessage:
        self.number += 1
        message = LoadMessage(self.number, kind, sensor, topic, payload, readings)
        self.record.sent(message, BEGAN)
        if acknowledged is not None:
            self.record.acknowledge(self.number, acknowledged, acknowledged - 1)
        if raw:
            self.raw.add(raw_log.digest(topic, payload))
        return message


@pytest.fixture
def reported(tmp_path: Path) -> Reported:
    """Begin a record."""
    return Reported(LoadRecord(tmp_path / "record.db"))


@pytest.fixture
def judge(reported: Reported, processing: StoreAndAggregate) -> Callable[[], ChaosVerdict]:
    """Judge what was told beside what the database holds."""

    def checked() -> ChaosVerdict:
        reported.record.close()
        return Case(reported.record.file, processing.database).verdict(lambda: reported.raw)

    return checked


async def test_all_is_well(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """A correction, a message that nobody acknowledged, and two that were refused."""
    for value, at in ((5, NOON), (6, NOON), (7, NOON + QUARTER)):
        reported.say(value, at)
    reported.say(9, NOON + 2 * QUARTER, acknowledged=None)
    reported.refuse("malformed", "a-1", b"{")
    reported.refuse("unknown", "nobody-1", b"{}")
    _reject(processing, "sensors/a-1/data", "a-1", b"{")
    _reject(processing, "observations", "nobody-1", b"[]")
    await processing.store(seen(5, received=20), seen(6, received=21), seen(7, at=NOON + QUARTER))
    await processing.aggregate()
    verdict = judge()
    assert verdict.is_clean, verdict
    assert (verdict.messages, verdict.readings) == (5, 3)


async def test_days_are_the_owner_s(processing: StoreAndAggregate) -> None:
    """Two days of everything that has days, on the Azores, whose midnight is not ours."""
    line = Screenline(id="lijn-z", name="Lijn Z", sites=["z"])
    load(processing.conninfo, msgspec.structs.replace(other("Atlantic/Azores"), screenlines=[line]))
    for source in ("bicycles/in", "cars"):
        await processing.store(*quarters(range(96), sensor="z-1", source=source))
    await processing.aggregate()
    for table in ("datastream_day", "site_day", "share_day", "link_day"):
        assert processing.row(f"SELECT count(DISTINCT day) FROM doorfiets.{table}") == (2,)  # noqa: S608 - names of ours
    assert disagreements(processing.database) == {}


async def test_a_value_that_was_not_acknowledged_may_stand(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """Who receives no answer knows nothing."""
    reported.say(5)
    reported.say(6, acknowledged=None)
    await processing.store(seen(6))
    await processing.aggregate()
    assert judge().is_clean


async def test_a_reading_that_is_missing_is_lost(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """Nothing explains it, though the broker was killed long after."""
    reported.say(5, raw=False)
    reported.record.fault("kill-mosquitto", BEGAN + 60, BEGAN + 60)
    verdict = judge()
    assert (verdict.lost, verdict.lost_with_broker, verdict.is_clean) == (1, 0, False)
    assert await processing.aggregate() == 0


@pytest.mark.parametrize(("raw", "lost", "with_broker"), [(False, 0, 1), (True, 1, 0)])
async def test_a_killed_broker_explains_what_the_bridge_never_saw(
    reported: Reported, judge: Callable[[], ChaosVerdict], *, raw: bool, lost: int, with_broker: int
) -> None:
    """What is in the raw log was seen: then it was lost behind it."""
    reported.say(5, raw=raw)
    reported.record.fault("kill-mosquitto", BEGAN + 3, BEGAN + 3)
    verdict = judge()
    assert (verdict.lost, verdict.lost_with_broker) == (lost, with_broker)
    assert verdict.is_clean is (lost == 0)


@pytest.mark.parametrize(("killed_after", "found"), [(60, (1, 0)), (3, (0, 1))])
async def test_an_older_value_stands(
    reported: Reported,
    processing: StoreAndAggregate,
    judge: Callable[[], ChaosVerdict],
    killed_after: int,
    found: tuple[int, int],
) -> None:
    """Unless the newer one went down with the broker."""
    reported.say(5, acknowledged=BEGAN - 100)
    reported.say(6, raw=False)
    reported.record.fault("kill-all", BEGAN + killed_after, BEGAN + killed_after)
    await processing.store(seen(5))
    await processing.aggregate()
    verdict = judge()
    assert (verdict.older, verdict.older_with_broker) == found
    assert verdict.lost == 0


@pytest.mark.parametrize(("value", "at"), [(8, NOON), (5, NOON + QUARTER)])
async def test_what_was_never_sent_is_a_phantom(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict], value: int, at: datetime
) -> None:
    """Another value, or another interval."""
    reported.say(5)
    await processing.store(seen(5), seen(value, at=at, received=30))
    await processing.aggregate()
    assert judge().phantom == 1


async def test_a_rejection_of_nothing_is_a_phantom(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """Nobody sent it."""
    reported.say(5)
    await processing.store(seen(5))
    await processing.aggregate()
    _reject(processing, "observations", "a-1", b"\x00damaged")
    assert judge().phantom == 1


async def test_a_reading_under_two_datastreams_is_doubled(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """The key of the table cannot see that."""
    reported.say(5)
    await processing.store(seen(5))
    await processing.aggregate()
    processing.database.execute(
        "WITH other AS (INSERT INTO doorfiets.datastream"
        " (sensor, source, quantity, channel, seconds, origin, method, valid_from, valid_until)"
        " SELECT sensor, source, quantity, channel, seconds, origin, method, '2019-01-01', '2019-06-01'"
        " FROM doorfiets.datastream WHERE (sensor, source) = ('a-1', 'bicycles/in') RETURNING datastream)"
        " INSERT INTO doorfiets.observation"
        " (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at)"
        " SELECT other.datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at"
        " FROM doorfiets.observation, other"
    )
    assert judge().doubled == 1


async def test_what_was_counted_twice_is_doubled(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """One row, but two were counted as new."""
    reported.say(5)
    await processing.store(seen(5))
    await processing.aggregate()
    processing.database.execute("UPDATE doorfiets.feed SET stored = stored + 1")
    assert judge().doubled == 1


@pytest.mark.parametrize(
    ("raw", "stored", "found"),
    [
        (False, 5 + 3, (0, 1, 0, 0)),  # with the interval in which the copy came
        (False, 5, (0, 1, 0, 0)),  # whose own frame was lost too
        (False, 9, (1, 0, 1, 1)),  # of neither
        (True, 5 + 3, (1, 0, 1, 1)),  # the first came, and decides
    ],
)
async def test_a_copy_of_what_went_down_with_the_broker_is_of_its_own_time(
    reported: Reported,
    processing: StoreAndAggregate,
    judge: Callable[[], ChaosVerdict],
    *,
    raw: bool,
    stored: int,
    found: tuple[int, int, int, int],
) -> None:
    """The network says another time than that of the first, which nobody has any more."""
    first = reported.say(5, raw=raw)
    reported.copy(first)
    reported.say(3, NOON + QUARTER, acknowledged=BEGAN + 60 if stored != 5 else None)
    reported.record.fault("kill-mosquitto", BEGAN + 3, BEGAN + 3)
    await processing.store(seen(stored, at=NOON + QUARTER))
    await processing.aggregate()
    processing.database.execute("UPDATE doorfiets.feed SET stored = stored + 1")
    verdict = judge()
    assert (verdict.lost, verdict.lost_with_broker, verdict.phantom, verdict.doubled) == found


@pytest.mark.parametrize("rejections", [0, 2])
async def test_what_is_malformed_is_rejected_once(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict], rejections: int
) -> None:
    """Neither never nor twice."""
    reported.refuse("malformed", "a-1", b"{")
    for number in range(rejections):
        _reject(processing, "sensors/a-1/data", "a-1", b"{", digest=b"%d" % number)
    assert judge().unrejected == 1


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("datastream_hour", "total = total + 1"),
        ("datastream_day", "valid = valid - 1"),
        ("site_hour", "total = total + 1"),
        ("site_day", "paired = paired - 1"),
        ("share_hour", "numerator = numerator + 1"),
        ("share_day", "denominator = denominator + 1"),
        ("link_day", "cyclists = cyclists + 1"),
    ],
)
async def test_a_sum_that_is_wrong(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict], table: str, change: str
) -> None:
    """Every table of hours and days is recomputed."""
    reported.say(5)
    others = {"bicycles/in": 5.0, "bicycles/out": 3.0, "cars": 4.0}
    await processing.store(*(seen(value, source=source) for source, value in others.items()))
    await processing.aggregate()
    for source in ("bicycles/out", "cars"):
        reported.number += 1
        reading = LoadReading("a-1", source, NOON, int(others[source]))
        reported.record.sent(
            LoadMessage(reported.number, "fresh", "a-1", "sensors/a-1/data", source.encode(), (reading,)), BEGAN
        )
        reported.record.acknowledge(reported.number, BEGAN, BEGAN)
    processing.database.execute(f"UPDATE doorfiets.{table} SET {change}".encode())  # noqa: S608 - names of ours
    verdict = judge()
    assert set(verdict.wrong) == {table}
    assert not verdict.is_clean


async def test_an_hour_that_is_not_computed(
    reported: Reported, processing: StoreAndAggregate, judge: Callable[[], ChaosVerdict]
) -> None:
    """It is waited for, and then it counts."""
    reported.say(5)
    await processing.store(seen(5))
    verdict = judge()
    assert verdict.waiting == 1
    assert not verdict.is_clean


def _reject(processing: StoreAndAggregate, topic: str, sensor: str, payload: bytes, digest: bytes = b"") -> None:
    processing.database.execute(_REJECTION, [digest or topic.encode(), topic, sensor, payload])
