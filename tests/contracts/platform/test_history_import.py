"""`doorfiets import` by format: what it takes, what it says when it cannot, and when each delivery was received."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from deploy.settings import ROOT, write
from schemas.topics import OBSERVATIONS
from tests.contracts.test_bridge import held
from tests.ingest.test_deliveries import CHANGES, LOG, MONTH
from tests.services import stopped

pytestmark = pytest.mark.contracts

EXPORT = """\
Installation ID,Date and Time (Local),Pedestrian Total,Bike Total,Car Total,Large vehicle Total,Night Total,Uptime
10045,2026-05-12 08:00,5,43.5,205,2,0,Good uptime - 1
10045,2026-05-12 08:15,0,0,0,0,9,Good uptime - 1
"""


def imported(files: list[Path], *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import files as a person would."""
    command = [sys.executable, "-P", "-m", "deploy", "import", *options, *map(str, files)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )


def written(folder: Path, **files: str) -> list[Path]:
    """Write files as a publisher would."""
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return [folder / f"{name}.csv" for name in files]


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (
            ["--format", "telraam"],
            ["no format 'telraam'", "telraam-json", "telraam-csv", "city-deliveries", "--format"],
        ),
        (["--format", "telraam-json", "--timezone", "UTC"], ["--timezone says nothing about telraam-json"]),
        (["--format", "telraam-json", "--minutes", "60"], ["--minutes says nothing about telraam-json"]),
        (["--format", "samen-meten", "--timezone", "Europe/Assen"], ["no time zone 'Europe/Assen'"]),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_remedy(
    options: list[str], reported: list[str], tmp_path: Path
) -> None:
    """Before anything is read, and on the way out of a terminal of any width."""
    done = imported(written(tmp_path, export=EXPORT), *options, COLUMNS="400")
    assert done.returncode == 2
    assert all(words in done.stderr for words in reported), done.stderr


def test_a_file_of_another_format_names_itself_and_what_is_missing(stack: Stack, tmp_path: Path) -> None:
    """And quarters that are taken for hours name the option that helps."""
    other = ("expected Datetime", "try --format telraam-csv")
    for options, reported in (
        (("--format", "city-csv"), other),
        ((), ("read as telraam-csv", "import with --minutes 15")),
    ):
        done = imported(written(tmp_path, export=EXPORT), *options, **write(stack.settings()))
        assert done.returncode == 1
        assert "export.csv: line" in done.stderr
        assert all(words in done.stderr for words in reported)


def test_an_export_reaches_kafka(stack: Stack, tmp_path: Path) -> None:
    """With decimals, and nothing where the dark hid the modes."""
    done = imported(
        written(tmp_path, export=EXPORT), "--format", "telraam-csv", "--minutes", "15", **write(stack.settings())
    )
    assert done.returncode == 0, done.stderr
    seen = [one for one in asyncio.run(held(stack, OBSERVATIONS)) if one.sensor == "10045"]
    assert [(one.source, one.value) for one in seen if one.source == "bike/15min"] == [
        ("bike/15min", 43.5), ("bike/15min", None),
    ]  # fmt: skip


RECORDING = """\
Datetime,100031297 (Promenade),101031297 (Promenade),100031297-status,101031297-status
2024-05-12 00:00,3,3,0,0
"""


def test_who_waits_is_told_when_all_of_it_is_in_the_sums(stack: Stack, tmp_path: Path) -> None:
    """Who does not is told that it is on its way, or already there; a database that is silent is no failure then."""
    files = written(tmp_path, recording=RECORDING)
    environment = write(stack.settings())
    waited = imported(files, "--wait", **environment)
    assert waited.returncode == 0, waited.stderr
    assert re.search(r"All of it is stored and aggregated, \d+ s after it was sent\.", waited.stderr)
    sent = imported(files, **environment)
    assert sent.returncode == 0, sent.stderr
    assert "On its way: " in sent.stderr or "All of it is stored and aggregated." in sent.stderr
    silent = imported(files, **{**environment, "DOORFIETS_POSTGRES": "host=127.0.0.1 port=1 dbname=x"})
    assert silent.returncode == 0, silent.stderr
    assert "Whether it is stored already is not known" in silent.stderr


def test_who_waits_for_what_nobody_registered_is_told_that_it_was_refused(stack: Stack, tmp_path: Path) -> None:
    """Every time, and never that all of it is stored; each refused observation is counted once."""
    files = written(tmp_path, export=EXPORT.replace("10045", "10046"))
    options = ("--format", "telraam-csv", "--minutes", "15", "--wait")
    for _ in range(2):
        done = imported(files, *options, **write(stack.settings()))
        assert done.returncode == 1, done.stderr
        assert "All of it is stored" not in done.stderr
        reported = re.search(r"(\d+) observations were refused by `store` \((\d+) unknown_sensor\);", done.stderr)
        assert reported, done.stderr
        sent = re.search(r"(\d+) observations sent", done.stderr)
        assert sent, done.stderr
        assert reported.groups() == sent.groups() * 2


def test_a_source_that_nobody_registered_is_told_too(stack: Stack, tmp_path: Path) -> None:
    """Of a registered sensor it is no rejection; who imports it learns that it is not stored all the same."""
    file = tmp_path / "other.csv"
    file.write_text("sensor,source,start,interval,value\nkolk-1,nobodys,2026-11-09T08:00:00+01:00,900,5\n")
    done = imported([file], "--format", "plain", "--wait", **write(stack.settings()))
    assert done.returncode == 1, done.stderr
    assert "1 observations were refused by `store` (1 unregistered_source); see `doorfiets feeds show" in done.stderr


def test_who_stops_waiting_is_told_what_is_left(stack: Stack, tmp_path: Path) -> None:
    """It goes on by itself; Ctrl-C ends the waiting only."""
    files = written(tmp_path, export=EXPORT)
    options = ("--format", "telraam-csv", "--minutes", "15", "--wait")
    command = [sys.executable, "-P", "-m", "deploy", "import", *options, *map(str, files)]
    environment = {**os.environ, **write(stack.settings())}
    with (
        stopped(stack, "store"),
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        said: list[str] = []
        while "records to store" not in "".join(said):
            said.append(process.stderr.readline())
            assert said[-1], said
        process.send_signal(signal.SIGINT)
        left = process.stderr.read()
        assert process.wait(timeout=60) == 130
    assert re.search(r"Interrupted after \d+ s: [1-9]\d* records to store, .*; it goes on by itself\.", left), left


def test_deliveries_reach_kafka_as_they_were_received(stack: Stack, tmp_path: Path) -> None:
    """Three files together, in any order; one of them alone is refused."""
    log, changes, month = ("\n".join(lines) + "\n" for lines in (LOG, CHANGES, MONTH))
    files = written(tmp_path, month=month, log=log, changes=changes)
    environment = write(stack.settings())
    alone = imported(files[:1], "--format", "city-deliveries", **environment)
    assert (alone.returncode, "3 belong together" in alone.stderr) == (1, True)
    done = imported(files, "--format", "city-deliveries", **environment)
    assert done.returncode == 0, done.stderr
    seen = [one for one in asyncio.run(held(stack, OBSERVATIONS)) if one.sensor == "100000001"]
    assert [(f"{one.received_at:%d %H:%M}", one.value) for one in seen] == [
        ("12 03:13", 3), ("12 03:13", None), ("13 03:13", 3), ("13 03:13", 4), ("13 03:13", 5),
    ]  # fmt: skip
