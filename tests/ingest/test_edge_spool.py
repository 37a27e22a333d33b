"""The spool of a sensor: on disk before it is accepted, each number once, the oldest kept when there is no room."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from ingest.edge import (
    EdgePublisher,
    EdgeReading,
    EdgeSettings,
    ReadingRefusedError,
    SpoolFullError,
    SpoolUnusableError,
)
from ingest.edge.readings import readings_in
from ingest.edge.send_window import SendWindow
from ingest.edge.sender import EdgeSender
from ingest.edge.spool import Spool
from ingest.edge.status import NoSpoolError, status
from ingest.only_one import SecondProcessError
from schemas.runs import digest_of

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
PROGRAM = """
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from ingest.edge import EdgePublisher, EdgeReading, EdgeSettings
with EdgePublisher(EdgeSettings(sensor="a-1", spool=Path(sys.argv[1]))) as publisher:
    for number in range(1_000_000):
        start = datetime(2026, 5, 12, tzinfo=UTC) + timedelta(seconds=number)
        publisher.accept([EdgeReading("bicycles", start, start + timedelta(seconds=1), 1, "in")])
        print(number, flush=True)
"""


def settings(tmp_path: Path, **other: int) -> EdgeSettings:
    """A sensor whose spool nobody empties."""
    return EdgeSettings(sensor="a-1", spool=tmp_path / "a-1.spool", **other)  # type: ignore[arg-type] # numbers only


def at(spool: Path) -> EdgeSettings:
    """A sensor with this file."""
    return EdgeSettings(sensor="a-1", spool=spool)


def reading(number: int = 0, value: float | None = 5, quantity: str = "bicycles") -> EdgeReading:
    """A reading of a quarter."""
    start = NOON + number * QUARTER
    return EdgeReading(quantity, start, start + QUARTER, value, "in")


def payloads(file: Path) -> list[dict[str, object]]:
    """The messages in a spool, in order."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT payload FROM message ORDER BY place").fetchall()
    return [msgspec.json.decode(payload) for (payload,) in rows]


def test_messages_are_numbered_from_0_within_a_boot(tmp_path: Path) -> None:
    """Each start that accepts anything is a boot; one that does not is none."""
    for first in (0, 2):
        with EdgePublisher(settings(tmp_path)) as publisher:
            assert publisher.accept([]) == 0
            assert [publisher.accept([reading(number)]) for number in (first, first + 1)] == [1, 1]
    with EdgePublisher(settings(tmp_path)):
        pass
    found = payloads(tmp_path / "a-1.spool")
    assert [one["seq"] for one in found] == [0, 1, 0, 1]
    assert len({one["boot"] for one in found}) == 2
    assert status(settings(tmp_path))["boots"] == 2


def test_many_readings_are_several_messages_and_all_or_none(tmp_path: Path) -> None:
    """One that the platform would refuse lets none of its call in."""
    with EdgePublisher(settings(tmp_path)) as publisher:
        assert publisher.accept([reading(number) for number in range(301)]) == 2
        with pytest.raises(ReadingRefusedError, match="whole number"):
            publisher.accept([reading(400), reading(401, 1.5)])
        with pytest.raises(ReadingRefusedError, match="no quantity"):
            publisher.accept([reading(400, quantity="unicorns")])
        with pytest.raises(ReadingRefusedError, match="range"):
            publisher.accept([reading(400), reading(401, -1)])
        assert publisher.accept([reading(400)]) == 1
    assert [one["seq"] for one in payloads(tmp_path / "a-1.spool")] == [0, 1, 2]


def test_a_full_spool_keeps_the_oldest_and_counts_the_others(tmp_path: Path) -> None:
    """What it had stays; the reading that found no room is said to be lost."""
    with EdgePublisher(settings(tmp_path, most_messages=2)) as publisher:
        publisher.accept([reading(0)])
        publisher.accept([reading(1)])
        with pytest.raises(SpoolFullError, match="2 messages wait"):
            publisher.accept([reading(2), reading(3)])
    assert len(payloads(tmp_path / "a-1.spool")) == 2
    found = status(settings(tmp_path))
    assert (found["refused_by_full_spool"], found["accepted_readings"]) == (2, 2)


def test_a_full_spool_is_waited_for(tmp_path: Path) -> None:
    """Nothing is refused and counted that found room in the end; what no spool holds is not waited for."""
    with EdgePublisher(settings(tmp_path, most_messages=2)) as publisher:
        publisher.accept([reading(0)])
        publisher.accept([reading(1)])
        boot = str(payloads(tmp_path / "a-1.spool")[0]["boot"])
        waits = Thread(target=publisher.accept, args=([reading(2)],), kwargs={"patience": None})
        waits.start()
        waits.join(1.0)
        assert waits.is_alive()
        receipts = Spool(tmp_path / "a-1.spool", "a-1", most_bytes=10**6, most_messages=2)
        receipts.release(digest_of("boot", "a-1", boot), ((0, 0),), 0.0)
        waits.join(60.0)
        assert not waits.is_alive()
        assert [one["seq"] for one in payloads(tmp_path / "a-1.spool")] == [1, 2]
        assert status(settings(tmp_path))["refused_by_full_spool"] == 0
        receipts.release(digest_of("boot", "a-1", boot), ((0, 2),), 0.0)
        receipts.close()
        with pytest.raises(SpoolFullError):
            publisher.accept([reading(number) for number in range(900)], patience=None)
    assert status(settings(tmp_path))["refused_by_full_spool"] == 900


@pytest.mark.parametrize(
    ("file", "content"), [("damaged", b"SQLite format 3\0" + b"Z" * 9000), ("none", b"hello" * 900)]
)
def test_a_file_that_is_no_spool_is_named(tmp_path: Path, file: str, content: bytes) -> None:
    """By its path, with what to do; the file stays as it is."""
    spool = tmp_path / file
    spool.write_bytes(content)
    with pytest.raises(SpoolUnusableError, match=f"{file} cannot be used"), EdgePublisher(at(spool)):
        pass
    with pytest.raises(NoSpoolError, match="recover"):
        status(at(spool))
    assert spool.read_bytes() == content


def test_a_spool_that_is_damaged_later_refuses_what_it_cannot_hold(tmp_path: Path) -> None:
    """And says so to who measures: it is not on disk."""
    spool = tmp_path / "a-1.spool"
    with EdgePublisher(at(spool)) as publisher:
        publisher.accept([reading(number) for number in range(200)])
    spool.write_bytes(spool.read_bytes()[:4096] + b"Z" * (spool.stat().st_size - 4096))
    with EdgePublisher(at(spool)) as publisher, pytest.raises(SpoolUnusableError, match="malformed"):
        publisher.accept([reading(300)])


def test_one_publisher_at_a_time_has_a_spool(tmp_path: Path) -> None:
    """The state can be looked at meanwhile."""
    with EdgePublisher(settings(tmp_path)) as publisher:
        publisher.accept([reading()])
        with pytest.raises(SecondProcessError), EdgePublisher(settings(tmp_path)):
            pass
        assert status(settings(tmp_path))["waiting_readings"] == 1


def test_what_was_accepted_survives_a_kill_and_no_number_comes_twice(tmp_path: Path) -> None:
    """Killed at any point, several times."""
    accepted = 0
    for lives in range(5):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "a-1.spool")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(3 + 7 * lives):
                assert process.stdout.readline()
                accepted += 1
            os.kill(process.pid, signal.SIGKILL)
            accepted += len(process.stdout.read().split("\n")) - 1
    found = payloads(tmp_path / "a-1.spool")
    places = [(one["boot"], one["seq"]) for one in found]
    assert accepted <= len(found) <= accepted + 5  # one of each life may be on disk and not yet said
    assert len(set(places)) == len(places)
    assert [seq for _, seq in places][:1] == [0]


def test_a_receipt_releases_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    """Of its own boot; ranges beyond a gap too."""
    with EdgePublisher(settings(tmp_path)) as publisher:
        for number in range(6):
            publisher.accept([reading(number)])
    boot = str(payloads(tmp_path / "a-1.spool")[0]["boot"])
    spool = Spool(tmp_path / "a-1.spool", "a-1", most_bytes=10**6, most_messages=10)
    assert spool.release(digest_of("boot", "a-1", "another"), ((0, 9),), 0.0) == []
    assert spool.release(digest_of("boot", "a-1", boot), ((0, 1), (4, 4)), 1.0) == [1, 2, 5]
    assert spool.refuse(digest_of("boot", "a-1", boot), 2, "too_late", 2.0) == [3]
    spool.close()
    assert [one["seq"] for one in payloads(tmp_path / "a-1.spool")] == [3, 5]
    found = status(settings(tmp_path))
    assert (found["released_messages"], found["refused_messages"], found["reasons"]) == (3, 1, {"too_late": 1})


def test_what_has_no_receipt_goes_back_and_the_broker_is_not_filled() -> None:
    """After 1.5 s, then after longer; from the third time on one message goes alone, until a receipt comes."""
    flight = SendWindow(10, 1.5)
    flight.sent(1, 0.0)
    flight.sent(2, 1.0)
    assert not flight.go_back(1.4)
    assert flight.go_back(1.5)
    assert len(flight) == 0
    for limit in (3.0, 6.0):
        flight.sent(1, 10.0)
        assert not flight.go_back(10.0 + limit - 0.1)
        assert flight.go_back(10.0 + limit)
    assert flight.window == 1
    flight.sent(1, 20.0)
    flight.done([1], 21.0)
    assert (flight.window, flight.fruitless, len(flight)) == (10, 0, 0)


@pytest.mark.parametrize(
    "said",
    [
        {"seq": 2**53},
        {"seq": 2**70},
        {"seq": -2},
        {"seq": -1, "beyond": [[0, 2**64]]},
        {"seq": -1, "beyond": [[-5, 3]]},
        {"seq": -1, "beyond": [[1]]},
        {"seq": 1.5},
        {"boot": 7},
        {"reason": None},
        [],
    ],
)
def test_a_receipt_that_is_none_releases_nothing_and_ends_nothing(tmp_path: Path, said: object) -> None:
    """Whoever sent it: what is no receipt is passed over, on both topics."""
    with EdgePublisher(settings(tmp_path)) as publisher:
        publisher.accept([reading()])
        spool = Spool(tmp_path / "a-1.spool", "a-1", most_bytes=10**6, most_messages=10)
        boot = digest_of("boot", "a-1", str(payloads(tmp_path / "a-1.spool")[0]["boot"]))
        sender = EdgeSender(settings(tmp_path), spool, lambda: NOON)
        document = {"boot": boot, "seq": 0} | said if isinstance(said, dict) else said
        for topic in ("receipt/a-1", "nack/a-1"):
            sender.received(topic, json.dumps(document).encode())
        assert publisher.waiting == 1
        spool.close()


@pytest.mark.parametrize(("late", "hours"), [(True, 2), (False, 0), (True, -2)])
def test_what_is_far_from_the_own_clock_goes_with_the_wider_window(tmp_path: Path, hours: int, *, late: bool) -> None:
    """Ahead too: then the clock is behind, as after a start without a network, and the reading may be old."""
    spool = Spool(tmp_path / "a-1.spool", "a-1", most_bytes=10**6, most_messages=10)
    sender = EdgeSender(settings(tmp_path), spool, lambda: NOON + timedelta(hours=hours))
    assert sender.is_late(NOON.timestamp()) is late
    spool.close()


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:00-01:00"])
def test_a_time_that_is_none_in_utc_is_refused(tmp_path: Path, start: str) -> None:
    """As any other reading that the platform would refuse."""
    line = f'{{"quantity":"bicycles","start":"{start}","end":"{start}","value":4}}'
    with EdgePublisher(settings(tmp_path)) as publisher, pytest.raises(ReadingRefusedError, match="calendar"):
        publisher.accept(list(readings_in([line])))


def test_lines_that_are_no_readings_are_named() -> None:
    """By their number; blank lines are passed over."""
    good = '{"quantity":"bicycles","start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z","value":4}'
    assert [one.value for one in readings_in([good, "", good])] == [4, 4]
    with pytest.raises(ReadingRefusedError, match="line 2"):
        list(readings_in([good, '{"quantity":1}']))


def test_readings_are_accepted_from_any_thread(tmp_path: Path) -> None:
    """A program measures where it wants; numbers follow each other all the same."""
    with EdgePublisher(settings(tmp_path)) as publisher:
        threads = [Thread(target=publisher.accept, args=([reading(number)],)) for number in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert [one["seq"] for one in payloads(tmp_path / "a-1.spool")] == list(range(8))


def test_what_is_new_is_found_beside_the_oldest_and_every_boot_by_its_first_message(tmp_path: Path) -> None:
    """Until the platform has said something of a boot, its first message goes before all that is younger."""
    for first in (0, 10, 20):
        with EdgePublisher(settings(tmp_path)) as publisher:
            for number in range(first, first + 3):
                publisher.accept([reading(number)])
    spool = Spool(tmp_path / "a-1.spool", "a-1", most_bytes=10**6, most_messages=10)
    since = (NOON + 22 * QUARTER).timestamp()
    assert spool.places("heads", 5) == [1, 4, 7]
    assert spool.places("oldest", 2) == [1, 2]
    assert spool.places("newest", 5, since) == [8, 9]
    boot = str(payloads(tmp_path / "a-1.spool")[3]["boot"])
    spool.release(digest_of("boot", "a-1", boot), ((1, 1),), 0.0)
    assert spool.places("heads", 5) == [1, 7]
    spool.close()
