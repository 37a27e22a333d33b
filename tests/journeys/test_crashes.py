"""Every part is killed in the middle of an import and a live load: nothing is lost, nothing counts twice."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.chaos.judge.recompute import disagreements
from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.journeys.registry import CODES, FILES
from tests.journeys.sent_messages import SentMessages, messages, recent, write_city_file
from tests.journeys.simulator import SimulatorClient, counted, doorfiets, kill_and_time, settle, strangers
from tests.services import wait_until

pytestmark = pytest.mark.journeys

MESSAGES = 20_000
WINTER = datetime(2025, 1, 5, 23, tzinfo=UTC)  # a local midnight
DAYS = 80


@pytest.mark.parametrize("victim", ["bridge", "store", "aggregate", "kafka", "postgres"])
def test_a_crash_loses_and_doubles_nothing(
    victim: str, stack: Stack, database: psycopg.Connection[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """20,000 live messages and 123,000 readings of history, with a kill while both are under way."""
    sent_messages, prefix, history_sensors = SentMessages(), f"x-{victim}", str(FILES[victim])[:7]
    files = [tmp_path / f"{FILES[victim] + number}.csv" for number in range(CODES)]
    for number, file in enumerate(files):
        sent_messages.note(write_city_file(file, FILES[victim] + number, WINTER, DAYS))
    simulator = SimulatorClient(stack, victim)
    load = simulator.in_background(messages(prefix, MESSAGES, recent(10)), sent_messages, per_second=4_000)
    wait_until(lambda: counted(database, prefix) > MESSAGES // 10, "a tenth of the messages is stored")
    history = doorfiets(stack, "import", *files)
    wait_until(lambda: counted(database, history_sensors) > 0, "the first readings of history are stored")
    seconds = kill_and_time(stack, victim)
    load.join()
    said, _ = history.communicate(timeout=180)
    assert history.returncode == 0, said
    simulator.leave()
    with psycopg.connect(superuser(stack), autocommit=True) as after:  # the server may be another one by now
        settle(after, sent_messages)
        assert strangers(after, sent_messages) == []
        assert counted(after, prefix) + counted(after, history_sensors) == len(sent_messages.values)
        assert disagreements(after) == {}
    with capsys.disabled():
        print(f"\n{victim}: back at work after {seconds:.1f} s; {len(sent_messages.values)} readings, each stored once")
