"""What the bench sends is what its ledger says, read by the real readers; and its registry passes every check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy import registry
from deploy.bench import city, municipality, processes
from deploy.bench.crowd import Crowd, message, readings
from deploy.bench.probes import probes
from ingest.dialects import read
from ingest.history import city_csv
from ingest.history.profile import MUENSTER
from schemas import registry_checks
from schemas.observation import Observation

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
CROWD = Crowd("minute", 3, 60)


def test_every_reading_has_an_interval_of_its_own_that_has_ended() -> None:
    """No two readings share sensor and start, and the last interval ends by now."""
    seen = list(readings(CROWD, 10, NOON))
    assert len({(one.sensor, one.started_at) for one in seen}) == len(seen) == 10
    assert max(one.ended_at for one in seen) == NOON.replace(second=0)


def test_a_message_says_what_the_ledger_says() -> None:
    """The dialect reads back the very reading."""
    seen = next(readings(CROWD, 1, NOON))
    said = message(seen)
    assert read(said.topic, said.payload, NOON) == [seen]


def test_probes_fill_hours_of_their_own_with_values_of_their_own() -> None:
    """A value found in the interface names its probe."""
    seen = list(probes(Crowd("single", 1, 3600), 50, NOON))
    assert len({one.value for one in seen}) == len({one.started_at for one in seen}) == 50
    assert all(one.ended_at - one.started_at == timedelta(hours=1) for one in seen)


@pytest.mark.parametrize(("month", "quarters"), [(2, 28 * 96), (3, 31 * 96 - 4), (10, 31 * 96)])
def test_a_city_skips_an_hour_in_spring_and_merges_two_in_autumn(month: int, quarters: int) -> None:
    """Local stamps without an offset, as the recorded city writes them."""
    assert len(list(city.stamps(month))) == quarters


def test_a_city_file_says_what_its_ledger_says(tmp_path: Path) -> None:
    """The history reader finds every reading, also in the month of the merged hour."""
    counter = city.Counter(3)
    lines = city.write(counter, 10, tmp_path).read_text("utf-8").splitlines()
    found = [one for one in city_csv.read(lines, MUENSTER, NOON) if isinstance(one, Observation)]
    told = list(city.readings(counter, 10))
    assert [_key(one) for one in found] == [_key(one) for one in told]


def test_the_registry_of_the_bench_passes_every_check(tmp_path: Path) -> None:
    """The example municipality with a crowd and a counter added."""
    folder = municipality.write(tmp_path / "registry", [CROWD], [city.Counter(0)])
    loaded = registry.load(folder)
    assert registry_checks.problems(loaded) == []
    assert {site.id for site in loaded.sites} >= {"minute-00002", "city-00000"}


def test_processor_time_counts_children_and_those_that_ended() -> None:
    """A name with spaces and brackets does not shift the fields; ticks of children and of ended ones are added."""
    ticks = processes._TICKS
    parent = processes.fields(f"1 (a) b) S 0 1 1 0 -1 0 0 0 0 0 {ticks} {ticks} {ticks} 0 20")
    child = processes.fields(f"2 (c) S 1 1 1 0 -1 0 0 0 0 0 {ticks} 0 0 0 20")
    assert processes.seconds(1, {1: parent, 2: child}) == 4.0


def _key(seen: Observation) -> tuple[str, str, datetime, float | None]:
    return seen.sensor, seen.source, seen.started_at, seen.value
