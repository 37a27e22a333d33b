"""History by the same door: files become frames that the real Kafka holds, whole files or nothing of them."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from deploy.settings import ROOT, read, write
from schemas.topics import OBSERVATIONS, REJECTIONS
from tests.contracts.test_bridge import held
from tests.ports import apart

pytestmark = pytest.mark.contracts


@pytest.fixture(scope="module")
def kafka() -> Iterator[Stack]:
    """Start Kafka with its topics, nothing else."""
    stack = Stack(read({"DOORFIETS_PORT_BASE": apart(18_970)}), ephemeral=True)
    try:
        stack.start(only=("topics",))
        yield stack
    finally:
        stack.stop()


def imported(stack: Stack, *files: Path) -> subprocess.CompletedProcess[str]:
    """Import files as a person would."""
    command = [sys.executable, "-P", "-m", "deploy", "import", *map(str, files)]
    environment = os.environ | write(stack.settings())
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def spring(folder: Path) -> Path:
    """Write a file with one row in the hour that spring skips."""
    head = "Datetime,100000009 (A),101000009 (A in),100000009-status,101000009-status\n"
    file = folder / "2026-03.csv"
    file.write_text(head + "2026-03-29 01:45,1,1,0,0\n2026-03-29 02:15,5,5,0,0\n2026-03-29 03:00,2,2,0,0\n")
    return file


def broken(folder: Path) -> Path:
    """Write a file that is not of the format."""
    file = folder / "broken.csv"
    file.write_text(spring(folder).read_text() + "2026-03-29 03:15,2,two,0,0\n")
    return file


def test_a_year_of_a_counter_is_held_as_often_as_it_is_offered(kafka: Stack, recordings: Path, tmp_path: Path) -> None:
    """Every cell of every channel, and a rejection for the hour that was not; `store` makes one of two."""
    files = sorted((recordings / "100034978").glob("*.csv.gz"))
    for _ in range(2):
        done = imported(kafka, *files, spring(tmp_path))
        assert done.returncode == 0, done.stderr
    assert "rejections" in done.stderr
    seen = asyncio.run(held(kafka, OBSERVATIONS))
    assert Counter(one.sensor for one in seen) == {"100034978": 2 * 2 * 33_984, "100000009": 2 * 2}
    assert sum(one.value for one in seen if one.sensor == "100034978" and one.value) == 2 * 960_491
    assert {one.reason for one in asyncio.run(held(kafka, REJECTIONS))} == {"no_such_hour"}
    assert len({one.received_at for one in seen}) == 2 * 13


def test_nothing_is_taken_of_a_broken_file(kafka: Stack, tmp_path: Path) -> None:
    """The error names file, line and column, and what to do; what came before the broken row is not sent either."""
    before = len(asyncio.run(held(kafka, OBSERVATIONS)))
    file = broken(tmp_path)
    done = imported(kafka, file)
    assert done.returncode == 1
    assert f"{file}: line 5, column 3" in done.stderr
    assert "repair it" in done.stderr
    assert len(asyncio.run(held(kafka, OBSERVATIONS))) == before


def test_files_before_a_broken_one_are_told_of(kafka: Stack, tmp_path: Path) -> None:
    """What is in Kafka stands in the table, also when the import ends with an error."""
    done = imported(kafka, spring(tmp_path), broken(tmp_path))
    assert done.returncode == 1
    assert "2 observations sent" in done.stderr
    assert "repair it" in done.stderr


def test_a_broken_file_does_not_hide_that_kafka_took_nothing(kafka: Stack, tmp_path: Path) -> None:
    """Both are said, and the exit code is that of the missing service."""
    kafka.halt("kafka")
    done = imported(kafka, spring(tmp_path), broken(tmp_path))
    kafka.resume("kafka")
    assert done.returncode == 3
    assert "2026-03.csv: Kafka at" in done.stderr
    assert "broken.csv: line 5, column 3" in done.stderr


def test_without_kafka_the_import_says_what_to_start(kafka: Stack, tmp_path: Path) -> None:
    """Exit code 3: a needed service is missing."""
    kafka.halt("kafka")
    done = imported(kafka, spring(tmp_path))
    kafka.resume("kafka")
    assert done.returncode == 3
    assert "start it" in done.stderr
