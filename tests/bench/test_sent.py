"""The bench sends what its file says, read by the real readers; and its registry passes every check."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench import csv_counters, memory, processes, registry
from bench.load_sensors import LoadSensors, message, readings
from bench.probes import probes
from bench.year import BenchYear
from deploy.owner_folders import load
from ingest.dialects import decode
from ingest.history import city_csv
from ingest.history.profile import MUENSTER
from registry import checks
from schemas.observation import Observation

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
LOAD = LoadSensors("minute", 3, 60)
YEAR = BenchYear(sites=7, days=365, today=date(2026, 11, 24), zone=ZoneInfo("Europe/Amsterdam"))


def test_every_reading_has_an_interval_of_its_own_that_has_ended() -> None:
    """No two readings share sensor and start, and the last interval ends by now."""
    seen = list(readings(LOAD, 10, NOON))
    assert len({(one.sensor, one.started_at) for one in seen}) == len(seen) == 10
    assert max(one.ended_at for one in seen) == NOON.replace(second=0)


def test_a_message_says_what_the_sent_file_says() -> None:
    """The dialect reads back the very reading."""
    seen = next(readings(LOAD, 1, NOON))
    said = message(seen)
    assert decode(said.topic, said.payload, NOON) == [seen]


def test_probes_fill_hours_of_their_own_with_values_of_their_own() -> None:
    """A value found in the interface names its probe."""
    seen = list(probes(LoadSensors("single", 1, 3600), 50, NOON))
    assert len({one.value for one in seen}) == len({one.started_at for one in seen}) == 50
    assert all(one.ended_at - one.started_at == timedelta(hours=1) for one in seen)


@pytest.mark.parametrize(("month", "quarters"), [(2, 28 * 96), (3, 31 * 96 - 4), (10, 31 * 96)])
def test_a_city_skips_an_hour_in_spring_and_merges_two_in_autumn(month: int, quarters: int) -> None:
    """Local stamps without an offset, as the recorded city writes them."""
    assert len(list(csv_counters.stamps(month))) == quarters


def test_a_city_file_says_what_its_sent_file_says(tmp_path: Path) -> None:
    """The history reader finds every reading, also in the month of the merged hour."""
    counter = csv_counters.CsvCounter(3)
    lines = csv_counters.write(counter, 10, tmp_path).read_text("utf-8").splitlines()
    found = [one for one in city_csv.read(lines, MUENSTER, NOON) if isinstance(one, Observation)]
    reported = list(csv_counters.readings(counter, 10))
    assert [_key(one) for one in found] == [_key(one) for one in reported]


def test_late_readings_lie_anywhere_in_the_year_and_never_twice_in_a_message() -> None:
    """The dialect takes every message; a channel that counts cars is never asked for a direction."""
    sources = set()
    for said in islice(YEAR.late(50, 1), 40):
        seen = decode(said.topic, said.payload, NOON)
        assert isinstance(seen, list)
        assert len({(one.source, one.started_at) for one in seen}) == said.readings == 50
        assert all(YEAR.since <= one.started_at < one.ended_at <= YEAR.until for one in seen)
        sources |= {(one.sensor, one.source) for one in seen}
    assert sources >= {("year-000", "cars"), ("year-001", "bicycles/out")}
    assert ("year-000", "bicycles/out") not in sources


def test_a_year_has_the_days_that_the_clock_gives_it() -> None:
    """It ends at the local midnight before today."""
    assert (YEAR.since, YEAR.until) == (datetime(2025, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC))


def test_memory_is_what_a_process_has_for_itself() -> None:
    """This one has some; one that is gone has none."""
    with memory.Peak(lambda: [os.getpid()]) as peak:
        grown = bytearray(b"x") * 50_000_000
        time.sleep(1)
    assert peak.most > len(grown)
    assert memory.own(2**30) == 0


def test_the_registry_of_the_bench_passes_every_check(tmp_path: Path) -> None:
    """The example owners with sensors, a counter and a year of sites added."""
    root = registry.write(tmp_path / "owners", [LOAD], [csv_counters.CsvCounter(0)], YEAR)
    registries = [folder.registry for folder in load(root)]
    assert checks.problems(registries) == []
    assert {site.id for one in registries for site in one.sites} >= {"minute-00002", "city-00000", *YEAR.names}


def test_processor_time_counts_children_and_those_that_ended() -> None:
    """A name with spaces and brackets does not shift the fields; ticks of children and of ended ones are added."""
    ticks = processes._TICKS
    parent = processes.fields(f"1 (a) b) S 0 1 1 0 -1 0 0 0 0 0 {ticks} {ticks} {ticks} 0 20")
    child = processes.fields(f"2 (c) S 1 1 1 0 -1 0 0 0 0 0 {ticks} 0 0 0 20")
    assert processes.seconds(1, {1: parent, 2: child}) == 4.0


def _key(seen: Observation) -> tuple[str, str, datetime, float | None]:
    return seen.sensor, seen.source, seen.started_at, seen.value
